"""Translations of a record's texts that one person wrote and another approved; they lie over the original.

How they lie over a record is in `recognition.reviewed`.
"""

from __future__ import annotations

from config.messages import CodedError, Language
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.privacy import mask
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import load
from crosswalks.text import UNDETERMINED
from harvester.workplace import Workplace
from recognition.decisions.machine import MACHINE, same_person
from recognition.loading import load_subject
from recognition.models.translator import drafted
from recognition.reviewed import Place, places
from store.publications import contents, standing_row
from store.records import find_record
from store.translations import Translation, Written, keep_translation, keep_verdict, translation

LANGUAGES: tuple[Language, ...] = ("ja", "en")
"""The languages that texts are translated into."""
_LONGEST = 8000


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
    found = _place(subject.descriptor, field, language)
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


def draft_translation(place: Workplace, actor: str, record: str, field: str, language: str) -> Translation:
    """Have the translation service draft one text of a record, and keep that as machine-made; it shows to nobody yet.

    Raises `CodedError` as `write_translation` and `drafted` do, or with `translation_not_released` where the terms of
    the registry keep the text from leaving.
    """
    subject = load_subject(place.database, record)
    found = _place(subject.descriptor, field, language)
    if not any(one.field == field for one in places(releasable(subject.descriptor)[0])):
        raise CodedError.of("translation_not_released", field=field)
    tag, original = _original(found.texts)
    made = drafted(place.settings, original, tag, language)
    return write_translation(place, actor, record, field, language, made.text, note=made.note, machine=True)


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


def standing_descriptor(place: Workplace, record: str) -> tuple[str, Descriptor | None]:
    """Return a record's id and what is public of it now; None once it is gone. Raises as `find_record` does."""
    record_id = find_record(place.database, record)["id"]
    row = standing_row(place.database, record_id)
    if row is None or row.deleted:
        return record_id, None
    return record_id, load(contents(place.database, [row.seq])[row.seq])


def _place(descriptor: Descriptor, field: str, language: str) -> Place:
    """Return the text at a place that is to be translated into a language."""
    found = next((one for one in places(descriptor) if one.field == field), None)
    if found is None or language not in LANGUAGES:
        raise CodedError.of("translation_place_unknown", field=field or "-", language=language or "-")
    if not found.lacks(language):
        raise CodedError.of("translation_not_needed", field=field, language=language)
    return found


def _original(texts: dict[str, str]) -> tuple[str, str]:
    """Return the text that a translation is made of: the first that is stated, rather one whose language is known."""
    known = [item for item in texts.items() if item[0] != UNDETERMINED]
    return known[0] if known else next(iter(texts.items()))


def _named(actor: str) -> None:
    if not actor.strip() or same_person(actor, MACHINE):
        raise CodedError.of("decision_actor_reserved", name=actor or "-", act="translate")
