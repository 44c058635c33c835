"""NZQA listing → descriptor.

Levels and credits are carried in New Zealand's own schemes and never converted; hours are not worked out
from credits. Being listed means that the credential was approved, but the pages do not say by which body. A
review date is when the register looks again: it is never a date of recognition or validity.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urljoin

from config.messages import CodedError, Issue
from crosswalks.descriptor.model import (
    Descriptor,
    ExternalQuality,
    QualityAssurance,
    SourceRecord,
)
from crosswalks.descriptor.types import Credit, FieldOfStudy, Identifier, LangText, Level
from crosswalks.ledger import Crossing
from crosswalks.nzqa.model import NzqaProposal
from crosswalks.nzqa.notes import Notes
from crosswalks.nzqa.parties import parties
from crosswalks.nzqa.prose import further_info, outcomes, stackability
from crosswalks.nzqa.values import FRAMEWORK, credits_of, field_of, level_in_title, level_of, meanings
from crosswalks.origins import origins_of
from crosswalks.prose.reading import add_from_prose
from crosswalks.text import UNDETERMINED, matching_key

V = TypeVar("V")
REGISTER = "https://www.nzqa.govt.nz/nzqf/search/results.do"
"""The public page that addresses of records are relative to when it is not known where a record was found."""

CREDIT_SYSTEM = "NZ-credit"
CREDIT_CEILING = 40
"""Most credits of a micro-credential, by rule 6 of the listing rules."""

NUMBER_SCHEME = "nzqa-register"
LISTED = {"en": "Listed on the New Zealand Qualifications and Credentials Framework (NZQCF)"}
STATUS_LABEL = "Status"
TYPE_LABEL = "type: "
TE_HONO = {"mi": "Te Hono o Te Kahurangi"}
PAGE = re.compile(r"(?!/)[A-Za-z0-9._~/\-]{1,300}\?[A-Za-z0-9._~=&%+\-]{1,500}")


def natural_key(listing: NzqaProposal) -> str:
    """Return the key of a listing: its register number, whoever provides it and whatever it is called.

    What has no number yet is known by its title and developer.
    """
    if listing.number is None:
        parts = ("proposal", listing.developer or "", listing.title or "")
        key = " | ".join(matching_key(part) for part in parts)
        return key if listing.ordinal == 1 else f"{key} | {listing.ordinal}"
    return listing.number if listing.ordinal == 1 else f"{listing.number} | {listing.ordinal}"


def read(listing: NzqaProposal, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one listing to the descriptor. Raises `CodedError` with `title_missing`."""
    if listing.title is None:
        raise CodedError.of("title_missing", place="title")
    notes = Notes(listing.languages)
    title = _title(listing.title, notes)
    issuer, taking_part = parties(listing, notes)
    levels, credit = _levels(listing, notes), _credit(listing, notes)
    descriptor = Descriptor(
        id=iri,
        source_record=_source(listing, source, notes),
        version=_plain("version", listing.version, "version", notes),
        identifiers=_number(listing, notes),
        title=title,
        description=_text("purpose", listing.purpose, "description", notes),
        field=_fields(listing, notes),
        landing_page=_landing_page(listing, source, notes),
        issuer=issuer,
        co_providers=taking_part,
        learning_outcomes=outcomes(listing, notes),
        outcome_summary=_text("outcome_statement", listing.outcome_statement, "outcome_summary", notes),
        level=levels,
        quality_assurance=_assurance(listing, notes),
        credit=credit,
        credit_status=_credit_status(credit, notes),
        stackability=stackability(listing, notes),
        further_info=further_info(listing, notes),
        origins=origins_of(notes.ledger.entries),
    )
    _rest(listing, notes)
    prose = [("purpose", descriptor.description), ("outcome_statement", descriptor.outcome_summary)]
    descriptor, entries, doubts = add_from_prose(descriptor, prose)
    notes.ledger.entries.extend(entries)
    return Crossing(descriptor, notes.ledger, (*notes.issues, *doubts))


def _plain(name: str, value: str | None, target: str, notes: Notes) -> str | None:
    if value is None:
        notes.ledger.unknown(name)
    else:
        notes.ledger.mapped(name, target)
    return value


def _text(name: str, value: str | None, target: str, notes: Notes) -> LangText | None:
    return None if _plain(name, value, target, notes) is None or value is None else notes.text(name, value, target)


def _title(title: str, notes: Notes) -> LangText:
    notes.ledger.mapped("title", "title")
    return notes.text("title", title, "title")


def _number(listing: NzqaProposal, notes: Notes) -> tuple[Identifier, ...]:
    if listing.number is None:
        notes.ledger.unknown("number")
        return ()
    notes.ledger.mapped("number", "source_record.source_id")
    notes.ledger.mapped("number", "identifiers.0.value")
    notes.ledger.defaulted("identifiers.0.scheme", "numbering_of_the_register")
    return (Identifier(scheme=NUMBER_SCHEME, value=listing.number),)


def _source(listing: NzqaProposal, source: SourceRecord, notes: Notes) -> SourceRecord:
    update: dict[str, object] = {}
    if _plain("status", listing.status, "source_record.status", notes):
        update["status"] = listing.status
    if listing.type is None:
        notes.ledger.unknown("type")
    else:
        notes.ledger.derived("type", "source_record.selected_by", "type_counts_as_micro_credential")
        update["selected_by"] = (*source.selected_by, f"{TYPE_LABEL}{listing.type}")
    return source.model_copy(update=update) if update else source


def _landing_page(listing: NzqaProposal, source: SourceRecord, notes: Notes) -> str | None:
    if listing.page is None:
        notes.ledger.unknown("page")
        return None
    if not PAGE.fullmatch(listing.page):
        notes.not_understood("page", listing.page)
        return None
    notes.derived("landing_page", "address_below_the_register", "page")
    if source.url and source.url.endswith("/" + listing.page.rpartition("/")[2]):
        return source.url
    return urljoin(source.url or REGISTER, listing.page)


def _figure(
    name: str, stated: str | None, figure_of: Callable[[str], V | None], target: str, rule: str, notes: Notes
) -> V | None:
    """Return the figure that a field states, told as carried or as brought to its plain form."""
    if stated is None:
        notes.ledger.unknown(name)
        return None
    value = figure_of(stated)
    if value is None:
        notes.not_understood(name, stated)
    elif str(value) == stated:
        notes.ledger.mapped(name, target)
    else:
        notes.ledger.normalised(name, target, rule, value=stated)
    return value


def _levels(listing: NzqaProposal, notes: Notes) -> tuple[Level, ...]:
    value = _figure("level", listing.level, level_of, "level.0.value", "level_number", notes)
    if value is None:
        return ()
    notes.ledger.defaulted("level.0.scheme", "framework_of_the_register")
    in_title = level_in_title(listing.title or "")
    if in_title and in_title != value:
        notes.issues.append(Issue("title_level_differs", {"title": in_title, "level": value}, place="title"))
    return (Level(scheme=FRAMEWORK, value=value),)


def _credit(listing: NzqaProposal, notes: Notes) -> tuple[Credit, ...]:
    value = _figure("credits", listing.credits, credits_of, "credit.0.value", "credit_number", notes)
    if value is None:
        return ()
    notes.ledger.defaulted("credit.0.system", "credit_system_of_the_register")
    if value > CREDIT_CEILING:
        figures = {"value": str(value), "ceiling": CREDIT_CEILING}
        notes.issues.append(Issue("credit_above_ceiling", figures, place="credits"))
    return (Credit(system=CREDIT_SYSTEM, value=value),)


def _credit_status(credit: tuple[Credit, ...], notes: Notes) -> str | None:
    if not credit or not credit[0].value:
        return None
    notes.derived("credit_status", "credit_value_stated", "credits")
    return "credit_awarded"


def _fields(listing: NzqaProposal, notes: Notes) -> tuple[FieldOfStudy, ...]:
    if listing.nzsced is None:
        notes.ledger.unknown("nzsced")
        return ()
    stated = field_of(listing.nzsced)
    if stated is None:
        notes.not_understood("nzsced", listing.nzsced)
        return ()
    code, label = stated
    for part, target in ((code, "field.0.code"), (label, "field.0.label")):
        if part == listing.nzsced:
            notes.ledger.mapped("nzsced", target)
        elif part:
            notes.ledger.normalised("nzsced", target, "code_and_label", value=listing.nzsced, quote=part)
    notes.ledger.defaulted("field.0.scheme", "classification_of_the_register")
    return (FieldOfStudy(scheme="NZSCED", code=code, label={UNDETERMINED: label} if label else None),)


def _assurance(listing: NzqaProposal, notes: Notes) -> QualityAssurance | None:
    found = _listed(listing, notes)
    found += _te_hono(listing, f"quality_assurance.external.{len(found)}", notes)
    return QualityAssurance(external=found) if found else None


def _listed(listing: NzqaProposal, notes: Notes) -> tuple[ExternalQuality, ...]:
    """Return the approval that a register number stands for; what is only proposed has none."""
    if listing.number is None:
        return ()
    path = "quality_assurance.external.0"
    notes.derived(f"{path}.scheme", "listed_means_approved", "number")
    notes.derived(f"{path}.object", "listed_means_approved", "number")
    text = None
    if listing.status:
        notes.ledger.normalised("status", f"{path}.text", "status_of_the_listing", value=listing.status)
        text = {UNDETERMINED: f"{STATUS_LABEL}: {listing.status}"}
    return (ExternalQuality(scheme=LISTED, object="credential", text=text),)


def _te_hono(listing: NzqaProposal, path: str, notes: Notes) -> tuple[ExternalQuality, ...]:
    if listing.te_hono is None:
        notes.ledger.unknown("te_hono")
        return ()
    answer = meanings("te_hono").get(matching_key(listing.te_hono))
    if answer == "yes":
        notes.ledger.normalised("te_hono", f"{path}.scheme", "flag_is_set", value=listing.te_hono)
        return (ExternalQuality(scheme=TE_HONO),)
    if answer == "no":
        notes.ledger.dropped("te_hono", "no_place_for_this_value", value=listing.te_hono)
    else:
        notes.not_understood("te_hono", listing.te_hono)
    return ()


def _rest(listing: NzqaProposal, notes: Notes) -> None:
    """Account for what nobody has mapped, for language marks that no text used, and for ordinals."""
    for label, value in listing.others.items():
        notes.ledger.unknown(f"others.{label}", "unmapped_field", value=value)
        notes.issues.append(Issue("unmapped_field", {"field": label}, place=f"others.{label}"))
    used = {entry.source for entry in notes.ledger.entries if entry.source.startswith("languages.")}
    for name, tag in listing.languages.items():
        if f"languages.{name}" not in used:
            notes.ledger.dropped(f"languages.{name}", "language_of_no_text", value=tag)
    if listing.ordinal > 1:
        notes.ledger.derived("ordinal", "source_record.source_id", "ordinal_of_equal_keys")
