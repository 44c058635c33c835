"""The workbook's own record: one row of the sheet of listings, with the rows of the other sheets that bear its number.

Parts that the descriptor has as well are the descriptor's types: the workbook asks for the same things in the same
words. Quality assurance and notes stand on one sheet each, told apart by their kind.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import model_validator

from crosswalks.descriptor.model import (
    Assessment,
    Certificate,
    CoProvider,
    Fee,
    Offer,
    Organisation,
    OtherRecognition,
    Outcome,
    RightsPolicy,
    StackLink,
    TeachingMethod,
    Volume,
)
from crosswalks.descriptor.types import (
    CountryCode,
    Credit,
    CreditStatus,
    FieldOfStudy,
    Identifier,
    Iri,
    LangText,
    LanguageTag,
    Level,
    McClass,
    Part,
    QaObject,
    StackStatus,
    Text,
    Url,
)
from crosswalks.listing import Listing

_OUTSIDE_ONLY = ("scheme", "decision_ref", "valid_from", "valid_until", "body_country")


class QualityRow(Part):
    """One row on quality assurance. Scheme, object, reference, dates and country belong to external decisions."""

    kind: Literal["internal", "external", "undivided"]
    text: LangText | None = None
    body: LangText | None = None
    url: Url | None = None
    scheme: LangText | None = None
    object: QaObject = "unknown"
    decision_ref: Text | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    body_country: CountryCode | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> QualityRow:
        if self.kind != "external":
            if self.text is None:
                raise ValueError("a statement on quality assurance needs a text")
            if self.object != "unknown" or any(getattr(self, name) is not None for name in _OUTSIDE_ONLY):
                raise ValueError(
                    "only external quality assurance has a scheme, an object, a reference, dates, a country"
                )
        return self


class NoteRow(Part):
    """One row of notes; only a link has an address."""

    kind: Literal["prerequisite", "target_group", "link"]
    text: LangText | None = None
    url: Url | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> NoteRow:
        if self.kind != "link" and (self.text is None or self.url is not None):
            raise ValueError("entry requirements and target groups are texts")
        return self


class Finding(Part):
    """A cell whose value could not be taken: the message code, the field it was for, where it stands, and what it says.

    `hint` is what the cell may have been meant to say; nobody acts on it but the person who filled the cell.
    """

    code: Text
    field: Text
    sheet: Text
    cell: Text
    heading: str = ""
    value: str = ""
    hint: str = ""


class SpreadsheetListing(Listing):
    """One micro-credential of a workbook. `number` is its number there, `others` what columns nobody knows say.

    `id`, `status`, `rights` and `attribution` are written by a registry, not by institutions.
    """

    number: Text | None = None
    id: Iri | None = None
    status: Text | None = None
    rights: RightsPolicy | None = None
    attribution: Text | None = None
    version: Text | None = None
    identifiers: tuple[Identifier, ...] = ()
    title: LangText
    description: LangText | None = None
    language_of_instruction: tuple[LanguageTag, ...] = ()
    field: tuple[FieldOfStudy, ...] = ()
    landing_page: Url | None = None
    issuer: Organisation | None = None
    co_providers: tuple[CoProvider, ...] = ()
    learning_outcomes: tuple[Outcome, ...] = ()
    outcome_summary: LangText | None = None
    assessment: tuple[Assessment, ...] = ()
    volume: Volume | None = None
    level: tuple[Level, ...] = ()
    teaching_method: tuple[TeachingMethod, ...] = ()
    quality: tuple[QualityRow, ...] = ()
    credit: tuple[Credit, ...] = ()
    credit_status: CreditStatus | None = None
    other_recognition: tuple[OtherRecognition, ...] = ()
    certificate: Certificate | None = None
    stackability: tuple[StackLink, ...] = ()
    stackability_status: StackStatus | None = None
    notes: tuple[NoteRow, ...] = ()
    grading_scheme: LangText | None = None
    fee: Fee | None = None
    offer: tuple[Offer, ...] = ()
    education_classification: McClass | None = None
    others: dict[str, Text] = {}  # noqa: RUF012 - copied for each
    findings: tuple[Finding, ...] = ()
