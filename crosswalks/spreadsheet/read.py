"""Filled listing → descriptor: the workbook asks for what the descriptor holds, so most of it is carried word for word.

What a cell says that could not be understood stays unknown, with the finding of that cell; columns that nobody knows
stay with the listing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from config.messages import Issue
from crosswalks.descriptor.model import (
    Descriptor,
    ExternalQuality,
    FurtherInfo,
    QualityAssurance,
    QualityStatement,
    SourceRecord,
)
from crosswalks.descriptor.types import Identifier
from crosswalks.ledger import Crossing, Ledger
from crosswalks.spreadsheet.load import issue_of
from crosswalks.spreadsheet.model import SpreadsheetListing
from crosswalks.stated import fields_of

SAME = (
    "version", "identifiers", "title", "description", "language_of_instruction", "field", "landing_page", "issuer",
    "co_providers", "learning_outcomes", "outcome_summary", "assessment", "volume", "level", "teaching_method",
    "credit", "credit_status", "other_recognition", "certificate", "stackability", "stackability_status",
    "grading_scheme", "fee", "offer", "education_classification",
)  # fmt: skip
"""Fields that the workbook and the descriptor have in common."""
_STATEMENT = ("text", "body", "url")
_DECISION = ("body", "body_country", "scheme", "object", "decision_ref", "valid_from", "valid_until", "text", "url")
_NOTES = {"prerequisite": "prerequisites", "target_group": "target_group"}
_KINDS = (*_NOTES, "link")
_OWN_SCHEME = "jmicro"


def natural_key(listing: SpreadsheetListing) -> str:
    """Return the identifier the registry gave the record, else the number under its awarding body."""
    key = listing.id or f"{_body(listing)} | {listing.number or next(iter(listing.title.values()))}"
    return key if listing.ordinal == 1 else f"{key} | {listing.ordinal}"


def own_iri(listing: SpreadsheetListing) -> str | None:
    """Return the identifier the record brings; a second record under the same one brings none."""
    return listing.id if listing.ordinal == 1 else None


def read(listing: SpreadsheetListing, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one listing to the descriptor."""
    ledger = Ledger("spreadsheet", "jmicro")
    values: dict[str, Any] = {name: getattr(listing, name) for name in SAME}
    _account(listing, ledger)
    values["id"] = iri
    if listing.id is None or listing.id == iri:
        if listing.id:
            ledger.mapped("id", "id")
    else:
        ledger.normalised("id", f"identifiers.{len(listing.identifiers)}", "own_identifier_kept", value=listing.id)
        values["identifiers"] = (*listing.identifiers, Identifier(scheme=_OWN_SCHEME, value=listing.id))
    values["source_record"] = _found(listing, source, ledger)
    values["quality_assurance"] = _quality(listing, ledger)
    values.update(_notes(listing, ledger))
    issues = _unread(listing, ledger)
    return Crossing(Descriptor(**values), ledger, tuple(issues))


def _body(listing: SpreadsheetListing) -> str:
    """Return what names the awarding body the same way every time: its first identifier, else its name."""
    if listing.issuer is None:
        return ""
    if listing.issuer.id:
        return f"{listing.issuer.id[0].scheme}:{listing.issuer.id[0].value}"
    name = listing.issuer.name
    return name.get("ja") or name.get("en") or next(iter(name.values()))


def _account(listing: SpreadsheetListing, ledger: Ledger) -> None:
    """Note what became of every field that is carried word for word, and of those that are silent."""
    stated = listing.model_dump(mode="json", exclude_defaults=True, include=set(SAME))
    for one in fields_of(stated):
        ledger.mapped(one.path, one.path)
    said = {entry.source.partition(".")[0] for entry in ledger.entries}
    for name in SAME:
        if name not in said:
            ledger.unknown(name)
    if listing.number is not None:
        if listing.id:
            ledger.dropped("number", "running_number", value=listing.number)
        else:
            ledger.derived("number", "source_record.source_id", "number_under_the_awarding_body")
    if listing.ordinal > 1:
        ledger.derived("ordinal", "source_record.source_id", "ordinal_of_equal_keys")


def _found(listing: SpreadsheetListing, source: SourceRecord, ledger: Ledger) -> SourceRecord:
    """Say where the record was found; the source's own word on its state, and the stricter rights, stay."""
    kept: dict[str, Any] = {}
    if listing.status is not None:
        kept["status"] = listing.status
    if listing.rights is not None:
        kept["rights"] = "facts_only" if "facts_only" in {listing.rights, source.rights} else listing.rights
    if listing.attribution is not None:
        other = source.attribution
        kept["attribution"] = (
            listing.attribution if not other or other in listing.attribution else f"{listing.attribution}; {other}"
        )
    for name, value in kept.items():
        before = getattr(listing, name)
        if value == before:
            ledger.mapped(name, f"source_record.{name}")
        else:
            rule = "stricter_rights" if name == "rights" else "both_attributions"
            ledger.normalised(name, f"source_record.{name}", rule, value=before)
    return source.model_copy(update=kept) if kept else source


def _quality(listing: SpreadsheetListing, ledger: Ledger) -> QualityAssurance | None:
    found: dict[str, list[Any]] = {"internal": [], "external": [], "undivided": []}
    note = _carrier(ledger, [list(found).index(row.kind) for row in listing.quality])
    for index, row in enumerate(listing.quality):
        group = found[row.kind]
        names = _DECISION if row.kind == "external" else _STATEMENT
        target = f"quality_assurance.{row.kind}.{len(group)}"
        said = set(row.model_dump(exclude_defaults=True))
        for name in names:
            if name in said:
                note(f"quality.{index}.{name}", f"{target}.{name}")
        _tell_kind(ledger, f"quality.{index}.kind", target, says=len(said) > 1)
        values = {name: getattr(row, name) for name in names}
        group.append((ExternalQuality if row.kind == "external" else QualityStatement)(**values))
    if not listing.quality:
        ledger.unknown("quality")
        return None
    return QualityAssurance(**{name: tuple(group) for name, group in found.items()})


def _carrier(ledger: Ledger, order: list[int]) -> Callable[[str, str], None]:
    """Return what notes a carried value: where rows of several kinds are mixed, their order is not kept."""
    if order == sorted(order):
        return ledger.mapped
    return lambda source, target: ledger.normalised(source, target, "rows_put_by_kind")


def _tell_kind(ledger: Ledger, source: str, target: str, *, says: bool) -> None:
    """Note that the kind of a row decided where it went; of a row that says nothing else, nothing is left to see."""
    if says:
        ledger.derived(source, target, "kind_of_row")
    else:
        ledger.unknown(source)


def _notes(listing: SpreadsheetListing, ledger: Ledger) -> dict[str, Any]:
    texts: dict[str, list[dict[str, str]]] = {"prerequisites": [], "target_group": []}
    links: list[FurtherInfo] = []
    note = _carrier(ledger, [_KINDS.index(row.kind) for row in listing.notes])
    for index, row in enumerate(listing.notes):
        source = f"notes.{index}"
        if row.kind == "link":
            target = f"further_info.{len(links)}"
            if row.text:
                note(f"{source}.text", f"{target}.label")
            if row.url:
                note(f"{source}.url", f"{target}.url")
            links.append(FurtherInfo(label=row.text, url=row.url))
        else:
            target = f"{_NOTES[row.kind]}.{len(texts[_NOTES[row.kind]])}"
            note(f"{source}.text", target)
            texts[_NOTES[row.kind]].append(row.text or {})
        _tell_kind(ledger, f"{source}.kind", target, says=bool(row.text or row.url))
    if not listing.notes:
        ledger.unknown("notes")
    return {**{name: tuple(found) for name, found in texts.items()}, "further_info": tuple(links)}


def _unread(listing: SpreadsheetListing, ledger: Ledger) -> list[Issue]:
    issues = []
    for index, finding in enumerate(listing.findings):
        ledger.unknown(f"findings.{index}", finding.code, value=finding.value)
        issues.append(issue_of(finding, listing.number))
    for name, value in listing.others.items():
        ledger.unknown(f"others.{name}", "unmapped_field", value=value)
        issues.append(Issue("unmapped_field", {"field": name}, place=f"others.{name}"))
    return issues
