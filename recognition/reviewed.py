"""Which approved translations lie over the texts of a record.

A translation belongs to the very words it was made of: once the source says something else, or states the language
itself, it no longer shows. It is never put into the record, and takes no part in what a registry is said to state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from config.messages import Language
from crosswalks.descriptor.model import Descriptor
from recognition.subject import Reviewed
from store.database import Database
from store.translations import Translation, translations_of


class Place(NamedTuple):
    """A text of a record: where it stands, and what it says in each language that the source states."""

    field: str
    texts: dict[str, str]

    def lacks(self, language: str) -> bool:
        """Tell whether the source does not state it in a language."""
        return all(tag.partition("-")[0] != language for tag in self.texts)


def places(descriptor: Descriptor) -> Iterator[Place]:
    """Yield the running texts of a record."""
    yield Place("title", descriptor.title)
    for name in ("description", "outcome_summary", "grading_scheme"):
        if texts := getattr(descriptor, name):
            yield Place(name, texts)
    for index, outcome in enumerate(descriptor.learning_outcomes):
        yield Place(f"learning_outcomes.{index}.text", outcome.text)
    for index, one in enumerate(descriptor.assessment):
        if one.text:
            yield Place(f"assessment.{index}.text", one.text)
    for name in ("prerequisites", "target_group"):
        for index, texts in enumerate(getattr(descriptor, name)):
            yield Place(f"{name}.{index}", texts)


def reviewed_over(database: Database, record_id: str, descriptor: Descriptor) -> tuple[Reviewed, ...]:
    """Return the approved translations that fit the words of a descriptor, in the order of their places."""
    return fitting(translations_of(database, record_id), descriptor)


def laid_over(
    database: Database, record_id: str, descriptor: Descriptor, language: Language
) -> dict[str, list[Reviewed]]:
    """Return those into one language, by the place of the text."""
    laid: dict[str, list[Reviewed]] = {}
    for one in reviewed_over(database, record_id, descriptor):
        if one.language == language:
            laid.setdefault(one.field, []).append(one)
    return laid


def fitting(rows: Iterable[Translation], descriptor: Descriptor) -> tuple[Reviewed, ...]:
    """Return what of some translations lies over a descriptor: of each place and language the last one approved."""
    stated = {one.field: one for one in places(descriptor)}
    found: dict[tuple[str, str], Reviewed] = {}
    for row in rows:
        held = row.standing
        if held is not None and held.verdict == "approved" and not stale(row, stated.get(row.field)):
            found[row.field, row.language] = Reviewed(
                field=row.field, language=row.language, text=row.text, original_language=row.original_language,
                original=row.original, machine=row.machine, note=row.note if row.machine else "",
                by=shown_name(row.actor), approved_by=shown_name(held.actor), on=held.at.date().isoformat(),
            )  # fmt: skip
    order = {field: number for number, field in enumerate(stated)}
    return tuple(sorted(found.values(), key=lambda one: (order[one.field], one.language)))


def stale(row: Translation, here: Place | None) -> bool:
    """Tell whether a translation was made of words that a place no longer has, or no longer needs."""
    return here is None or not here.lacks(row.language) or here.texts.get(row.original_language) != row.original


def shown_name(actor: str) -> str:
    """Return what a person is called, without the name of the account."""
    return actor.rpartition(" (")[0] if actor.endswith(")") and " (" in actor else actor
