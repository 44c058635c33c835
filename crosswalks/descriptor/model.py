"""The descriptor of one micro-credential listing.

Source: the data dictionary of the JMICRO descriptor (UNESCO 2022, framework 1.0 of 2024-04 and the registry's
own needs). The model itself requires an identifier, the source record and a title; whatever else a source does
not state stays empty. What a JMICRO listing should carry is the *JMICRO profile*, checked in `checks.py`.

An empty field means that the source is silent. "No" is a value of its own (`non_credit`, `standalone`), and so is
"unknown" where a source says that it does not know.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator

from crosswalks.descriptor.types import (
    AssessmentType,
    CertificateForm,
    ContentHash,
    CountryCode,
    Credit,
    CreditStatus,
    CurrencyCode,
    DeliveryMode,
    Duration,
    FieldOfStudy,
    Hours,
    Identifier,
    Iri,
    LangText,
    LanguageTag,
    Level,
    McClass,
    Moment,
    Origin,
    OtherRecognitionKind,
    OutcomeCategory,
    Part,
    ProviderRole,
    ProviderType,
    QaObject,
    Quantity,
    RecognitionStatus,
    RegionCode,
    StackStatus,
    StackTarget,
    Supervision,
    TechStandard,
    Text,
    Url,
)

DESCRIPTOR_VERSION: Literal["1.0"] = "1.0"
"""Version of this data model, written into every descriptor."""

RightsPolicy = Literal["facts_only", "reuse_with_attribution"]


class SourceRecord(Part):
    """Where the record was found. `status` is the registry's own word for its state, unchanged.

    `rights` binds every way out; it is empty only for a file that somebody converts by hand.
    `selected_by` names the rules by which a record was taken from a source that mixes credentials of all kinds.
    """

    registry: Text
    source_id: Text
    url: Url | None = None
    retrieved_at: datetime | None = None
    content_hash: ContentHash | None = None
    status: Text | None = None
    rights: RightsPolicy | None = None
    attribution: Text | None = None
    selected_by: tuple[str, ...] = ()


class Organisation(Part):
    """An awarding body or provider. Country and region are ISO 3166 codes."""

    name: LangText
    country: CountryCode | None = None
    region: RegionCode | None = None
    id: tuple[Identifier, ...] = ()
    type: ProviderType | None = None
    url: Url | None = None
    former_names: tuple[Text, ...] = ()


class CoProvider(Organisation):
    """Another body that takes part, and as what."""

    role: ProviderRole | None = None


class Outcome(Part):
    """One learning outcome. `skill_refs` are identifiers of skills, for instance in ESCO."""

    text: LangText
    category: OutcomeCategory | None = None
    skill_refs: tuple[Iri, ...] = ()
    note: LangText | None = None


class Assessment(Part):
    """One method of assessment."""

    type: AssessmentType | None = None
    text: LangText | None = None
    threshold: LangText | None = None
    supervision: Supervision | None = None


class Volume(Part):
    """How much learning. `total_hours` counts class, own study and assessment; taught hours stay apart."""

    total_hours: Hours | None = None
    contact_hours: Hours | None = None
    duration: Duration | None = None
    text: LangText | None = None


class TeachingMethod(Part):
    """A form of participation."""

    mode: DeliveryMode | None = None
    text: LangText | None = None


class QualityStatement(Part):
    """A statement on quality assurance in words."""

    text: LangText
    body: LangText | None = None
    url: Url | None = None


class ExternalQuality(Part):
    """A decision of an outside body. `object` says what was judged: the institution, a programme or the credential."""

    body: LangText | None = None
    body_country: CountryCode | None = None
    scheme: LangText | None = None
    object: QaObject = "unknown"
    decision_ref: Text | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    text: LangText | None = None
    url: Url | None = None


class QualityAssurance(Part):
    """Internal and external quality assurance; `undivided` holds what a source does not tell apart."""

    internal: tuple[QualityStatement, ...] = ()
    external: tuple[ExternalQuality, ...] = ()
    undivided: tuple[QualityStatement, ...] = ()


class OtherRecognition(Part):
    """Recognition other than credit, for instance a certificate under the School Education Act."""

    kind: OtherRecognitionKind
    body: LangText | None = None
    text: LangText | None = None


class Certificate(Part):
    """The certificate of attainment; no technical standard is ever required."""

    form: tuple[CertificateForm, ...] = ()
    technical: tuple[TechStandard, ...] = ()


class StackLink(Part):
    """What the credential can count towards. `share` is the part of the target it covers, 0 to 1."""

    target_kind: StackTarget
    target_ref: Text | None = None
    target_title: LangText | None = None
    share: Quantity | None = None
    conditions: LangText | None = None


class Fee(Part):
    """The price as the provider states it."""

    amount: Quantity | None = None
    currency: CurrencyCode | None = None
    text: LangText | None = None


class Offer(Part):
    """One intake of the programme; its dates say nothing about recognition."""

    starts: Moment | None = None
    ends: Moment | None = None
    application_deadline: Moment | None = None
    capacity: int | None = None
    location: LangText | None = None
    schedule: LangText | None = None
    admission: LangText | None = None


class FurtherInfo(Part):
    """A link or a note beside the headings."""

    label: LangText | None = None
    url: Url | None = None


class RecognitionEvent(Part):
    """One step in the recognition of a listing. Reviewers are never named."""

    event: RecognitionStatus
    on: date
    note: LangText | None = None


class Recognition(Part):
    """Recognition by JMICRO. Every date in it needs a source; none is ever computed."""

    status: RecognitionStatus
    id: Text | None = None
    framework_version: Text | None = None
    decided_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    next_review: date | None = None
    certificate: Url | None = None
    mark: bool | None = None
    history: tuple[RecognitionEvent, ...] = ()
    source: Text | None = None


def _by_path(origins: dict[str, Origin]) -> dict[str, Origin]:
    return dict(sorted(origins.items())) if len(origins) > 1 else origins


class Descriptor(Part):
    """One listing. See the module's text for what empty means."""

    descriptor_version: Literal["1.0"] = DESCRIPTOR_VERSION
    id: Iri
    source_record: SourceRecord
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
    quality_assurance: QualityAssurance | None = None
    credit: tuple[Credit, ...] = ()
    credit_status: CreditStatus | None = None
    other_recognition: tuple[OtherRecognition, ...] = ()
    certificate: Certificate | None = None
    stackability: tuple[StackLink, ...] = ()
    stackability_status: StackStatus | None = None

    prerequisites: tuple[LangText, ...] = ()
    grading_scheme: LangText | None = None
    fee: Fee | None = None
    offer: tuple[Offer, ...] = ()
    target_group: tuple[LangText, ...] = ()
    education_classification: McClass | None = None
    further_info: tuple[FurtherInfo, ...] = ()

    recognition: Recognition | None = None

    origins: Annotated[dict[str, Origin], AfterValidator(_by_path)] = {}  # noqa: RUF012 - copied for each

    def origin_of(self, path: str) -> Origin:
        """Return how the value at a path (`volume.total_hours`, `level.0`) came about."""
        while path:
            if path in self.origins:
                return self.origins[path]
            path = path.rpartition(".")[0]
        return STATED


STATED = Origin(kind="stated")
