"""The texts of a listing: outcomes, pathways, and the notes that have no heading of their own."""

from __future__ import annotations

from crosswalks.descriptor.model import FurtherInfo, Outcome, StackLink
from crosswalks.descriptor.types import LangText
from crosswalks.nzqa.model import NzqaProposal
from crosswalks.nzqa.notes import Notes
from crosswalks.nzqa.values import date_of, meanings
from crosswalks.text import UNDETERMINED, matching_key

LABELS = {
    "review_period": "Review period",
    "review_date": "Review date",
    "pathway_employment": "Employment or community pathway",
    "pathway_education": "Education pathway",
    "standards": "Standard used",
}
"""What stands before a value that becomes a note, by field."""


def outcomes(listing: NzqaProposal, notes: Notes) -> tuple[Outcome, ...]:
    """Return what the page itself itemises; running text is never cut into outcomes."""
    if not listing.outcomes:
        notes.ledger.unknown("outcomes")
        return ()
    result = []
    for index, stated in enumerate(listing.outcomes):
        here, target = f"outcomes.{index}", f"learning_outcomes.{index}"
        notes.ledger.mapped(f"{here}.text", f"{target}.text")
        category = meanings("headings").get(matching_key(stated.heading)) if stated.heading else None
        if category:
            notes.ledger.normalised(
                f"{here}.heading", f"{target}.category", "heading_of_the_list", value=stated.heading
            )
        elif stated.heading:
            notes.ledger.normalised(f"{here}.heading", f"{target}.note", "heading_of_the_list", value=stated.heading)
        note = {UNDETERMINED: stated.heading} if stated.heading and not category else None
        text = notes.text("outcomes", stated.text, f"{target}.text")
        result.append(Outcome(text=text, category=category, note=note))
    return tuple(result)


def _says_nothing(text: str) -> bool:
    return matching_key(text).rstrip(".") in meanings("nothing")


def stackability(listing: NzqaProposal, notes: Notes) -> tuple[StackLink, ...]:
    """Return the education pathway as a link without a named target.

    Whether the credential is stackable is not judged from it. A pathway of `None` is no link.
    """
    pathway = listing.pathway_education
    if pathway is None:
        notes.ledger.unknown("pathway_education")
        return ()
    if _says_nothing(pathway):
        return ()
    target = "stackability.0"
    notes.ledger.mapped("pathway_education", f"{target}.conditions")
    notes.ledger.defaulted(f"{target}.target_kind", "kind_of_target_not_stated")
    conditions = notes.text("pathway_education", pathway, f"{target}.conditions")
    return (StackLink(target_kind="unspecified", conditions=conditions),)


def further_info(listing: NzqaProposal, notes: Notes) -> tuple[FurtherInfo, ...]:
    """Return, label and value as one note each, what has no heading of its own."""
    pieces: list[tuple[str, str, str | None]] = [
        (name, LABELS[name], getattr(listing, name)) for name in ("review_period", "review_date", "pathway_employment")
    ]
    if listing.pathway_education and _says_nothing(listing.pathway_education):
        pieces.append(("pathway_education", LABELS["pathway_education"], listing.pathway_education))
    pieces.extend((f"standards.{index}", LABELS["standards"], text) for index, text in enumerate(listing.standards))
    if not listing.standards:
        notes.ledger.unknown("standards")
    info: list[FurtherInfo] = []
    for name, label, value in pieces:
        if value is None:
            notes.ledger.unknown(name)
            continue
        target = f"further_info.{len(info)}.label"
        if text := _labelled(name, label, value, target, notes):
            notes.ledger.normalised(name, target, "label_and_value", value=value)
            info.append(FurtherInfo(label=text))
    return tuple(info)


def _labelled(name: str, label: str, value: str, target: str, notes: Notes) -> LangText | None:
    """Return label and value as one text; None for a date that is none."""
    if name != "review_date":
        return {tag: f"{label}: {text}" for tag, text in notes.text(name, value, target).items()}
    if day := date_of(value):
        return {"en": f"{label}: {day.isoformat()}"}
    notes.not_understood(name, value)
    return None
