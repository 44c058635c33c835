"""Translations of a record's texts that one person wrote and another approved; they lie over the original.

A translation belongs to the very words it was made of: once the source says something else, or states the language
itself, it no longer shows. It is never put into the record, and takes no part in what a registry is said to state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from config.messages import CodedError, Language
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.privacy import mask
from crosswalks.descriptor.serialise import load
from crosswalks.text import UNDETERMINED
from harvester.workplace import Workplace
from recognition.decisions.machine import MACHINE, same_person
from recognition.loading import load_subject
from store.database import Database
from store.publications import contents, standing_row
from store.records import find_record
from store.translations import Translation, Written, keep_translation, keep_verdict, translation, translations_of

LANGUAGES: tuple[Language, ...] = ("ja", "en")
"""The languages that texts are translated into."""
_LONGEST = 8000


class Place(NamedTuple):
    """A text of a record: where it stands, and what it says in each language that the source states."""

    field: str
    texts: dict[str, str]

    def lacks(self, language: str) -> bool:
        """Tell whether the source does not state it in a language."""
        return all(tag.partition("-")[0] != language for tag in self.texts)


class Laid(NamedTuple):
    """A translation as readers see it: the text, its language, what it was made of, who wrote and approved it, when."""

    field: str
    text: str
    language: str
    original_language: str
    machine: bool
    by: str
    approved_by: str
    on: str


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


def write_translation(
    place: Workplace, actor: str, record: str, field: str, language: str, text: str, *, note: str, machine: bool = False
) -> Translation:  # fmt: skip
    """Keep a translation of one text of a record; it shows once somebody else has approved it.

    Raises `CodedError` with `record_unknown`, `record_retired`, `translation_place_unknown`, `translation_not_needed`,
    `translation_empty`, `translation_names_people` or `decision_actor_reserved`.
    """
    _named(actor)
    subject = load_subject(place.database, record)
    row = standing_row(place.database, subject.id)
    if row is None or row.deleted:
        raise CodedError.of("record_retired", record=subject.id)
    found = next((one for one in places(subject.descriptor) if one.field == field), None)
    if found is None or language not in LANGUAGES:
        raise CodedError.of("translation_place_unknown", field=field or "-", language=language or "-")
    if not found.lacks(language):
        raise CodedError.of("translation_not_needed", field=field, language=language)
    text = text.strip()[:_LONGEST]
    if not text:
        raise CodedError.of("translation_empty")
    if mask(text)[1]:
        raise CodedError.of("translation_names_people")
    tag, original = _original(found.texts)
    number = keep_translation(
        place.database, Written(subject.id, field, language, tag, original, text, machine, note.strip()), actor
    )  # fmt: skip
    return translation(place.database, number)


def judge_translation(place: Workplace, actor: str, number: int, verdict: str, *, why: str) -> Translation:
    """Approve, refuse or withdraw a translation. Raises `CodedError`.

    Codes: `translation_unknown`, `reason_missing`, `translation_same_person` where who wrote it would approve it
    (unless the rule of four eyes is off), `translation_judged` where that stands already, `decision_actor_reserved`.
    """
    _named(actor)
    found = translation(place.database, number)
    if not why.strip():
        raise CodedError.of("reason_missing")
    if verdict == "approved" and place.settings.four_eyes and same_person(found.actor, actor):
        raise CodedError.of("translation_same_person", name=actor)
    standing = found.standing.verdict if found.standing else None
    if standing == verdict or (verdict == "withdrawn" and standing != "approved"):
        raise CodedError.of("translation_judged", number=number)
    keep_verdict(place.database, number, verdict, actor, why.strip())
    return translation(place.database, number)


def laid_over(database: Database, record_id: str, descriptor: Descriptor, language: Language) -> dict[str, list[Laid]]:
    """Return the approved translations into a language that fit the words of a descriptor, by the place of the text.

    The last one approved of a place is the one that shows.
    """
    rows = [row for row in translations_of(database, record_id) if row.language == language]
    return fitting(rows, descriptor)


def fitting(rows: Iterable[Translation], descriptor: Descriptor) -> dict[str, list[Laid]]:
    """Return what of some translations lies over a descriptor. Pure."""
    stated = {one.field: one for one in places(descriptor)}
    found: dict[tuple[str, str], Laid] = {}
    for row in rows:
        held, here = row.standing, stated.get(row.field)
        if held is None or held.verdict != "approved" or here is None or not here.lacks(row.language):
            continue
        if here.texts.get(row.original_language) == row.original:
            found[row.field, row.language] = Laid(
                row.field, row.text, row.language, row.original_language, row.machine, shown_name(row.actor),
                shown_name(held.actor), held.at.date().isoformat(),
            )  # fmt: skip
    laid: dict[str, list[Laid]] = {}
    for one in found.values():
        laid.setdefault(one.field, []).append(one)
    return laid


def stale(row: Translation, descriptor: Descriptor | None) -> bool:
    """Tell whether a translation was made of words that the record no longer has, or no longer needs."""
    here = next((one for one in places(descriptor) if one.field == row.field), None) if descriptor else None
    return here is None or not here.lacks(row.language) or here.texts.get(row.original_language) != row.original


def standing_descriptor(place: Workplace, record: str) -> tuple[str, Descriptor | None]:
    """Return a record's id and what is public of it now; None once it is gone. Raises as `find_record` does."""
    record_id = find_record(place.database, record)["id"]
    row = standing_row(place.database, record_id)
    if row is None or row.deleted:
        return record_id, None
    return record_id, load(contents(place.database, [row.seq])[row.seq])


def shown_name(actor: str) -> str:
    """Return what a person is called, without the name of the account."""
    return actor.rpartition(" (")[0] if actor.endswith(")") and " (" in actor else actor


def _original(texts: dict[str, str]) -> tuple[str, str]:
    """Return the text that a translation is made of: the first that is stated, rather one whose language is known."""
    known = [item for item in texts.items() if item[0] != UNDETERMINED]
    return known[0] if known else next(iter(texts.items()))


def _named(actor: str) -> None:
    if not actor.strip() or same_person(actor, MACHINE):
        raise CodedError.of("decision_actor_reserved", name=actor or "-", act="translate")
