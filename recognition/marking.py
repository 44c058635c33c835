"""Dossiers that are kept, with the marks that named people set on their rows.

A kept dossier is gathered anew whenever it is read, from the version it was made of; only the question and the marks
are stored. Marks are added and never changed: the last one on a row stands, the earlier ones stay in its history.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from config.messages import CodedError
from harvester.workplace import Workplace
from recognition.decisions.machine import MACHINE, same_person
from recognition.dossier import Dossier, Mark, Question, graded
from recognition.dossier import dossier as gather
from recognition.loading import load_subject, load_version
from recognition.subject import Frozen
from store.clock import now
from store.dossiers import Kept, MarkRow, add_mark, keep_dossier, kept_dossier, kept_dossiers, marks_of
from store.publications import standing_row

ViewName = Literal["elements", "criteria"]
_GRADES = ("met", "differs", "no_information")


class MarkSet(Frozen):
    """One entry of a row's history: who held what of it, when and why. Without a grade the mark was taken back."""

    view: str
    row: str
    grade: str | None
    material: bool | None
    by: str
    at: datetime
    reason: str


class KeptView(Frozen):
    """A kept dossier with the marks that stand, and every mark ever set. `newer` is set once the record has changed."""

    dossier: Dossier
    kept_by: str
    kept_at: datetime
    history: tuple[MarkSet, ...]
    newer: int | None = None


def keep(place: Workplace, actor: str, record: str, question: Question) -> KeptView:
    """Gather a dossier on a record as it stands and keep it; the same question on the same version is kept once."""
    _named(actor)
    subject = load_subject(place.database, record)
    made = gather(subject, question)
    row = standing_row(place.database, subject.id)
    if row is None or row.deleted:
        raise CodedError.of("record_retired", record=subject.id)
    keep_dossier(place.database, Kept(made.key, subject.id, subject.version, row.seq, subject.content_hash,
                                      question.model_dump_json(), actor, now()))  # fmt: skip
    return kept(place, made.key)


def kept(place: Workplace, key: str) -> KeptView:
    """Return a kept dossier with its marks. Raises `CodedError` with `dossier_unknown`."""
    row = kept_dossier(place.database, key)
    made = gather(load_version(place.database, row.seq), Question.model_validate_json(row.question))
    history = marks_of(place.database, key)
    for mark in _standing(history):
        made = graded(made, *_placed(mark))
    latest = standing_row(place.database, row.record_id)
    newer = latest.version if latest is not None and latest.content_hash != row.content_hash else None
    return KeptView(dossier=made, kept_by=row.actor, kept_at=row.at, history=tuple(map(_entry, history)), newer=newer)


def kept_on(place: Workplace, record_id: str | None = None) -> list[Kept]:
    """Return which dossiers are kept, of all records or of one, the latest first."""
    return kept_dossiers(place.database, record_id)


def mark(
    place: Workplace, actor: str, key: str, view: str, row: str, grade: str, *, material: bool | None = None, why: str
) -> KeptView:  # fmt: skip
    """Set a mark on a row of a view: `elements` or `criteria`; grades are `met`, `differs` and `no_information`.

    Raises `CodedError` with `dossier_unknown`, `dossier_row_unknown`, `dossier_grade_unknown`, `dossier_mark_unsigned`,
    `dossier_silence_is_no_difference`, `dossier_material_without_difference` or `decision_actor_reserved`.
    """
    _named(actor)
    if grade not in _GRADES:
        raise CodedError.of("dossier_grade_unknown", name=grade, known=", ".join(_GRADES))
    fields = {"grade": grade, "material": material, "by": actor, "on": now().date(), "reason": why}
    graded(kept(place, key).dossier, _view_name(view), row, Mark.model_validate(fields))
    add_mark(place.database, key, view, row, grade, material, actor, why)
    return kept(place, key)


def unmark(place: Workplace, actor: str, key: str, view: str, row: str, *, why: str) -> KeptView:
    """Take back the mark that stands on a row.

    Raises `CodedError` with `dossier_unknown`, `dossier_mark_unsigned`, `decision_actor_reserved`, or
    `dossier_row_unknown` for a row without a mark.
    """
    _named(actor)
    if not why.strip():
        raise CodedError.of("dossier_mark_unsigned", name=row)
    found = kept(place, key).dossier
    marked = [one.code for one in getattr(found, _view_name(view)) if one.mark is not None]
    if row not in marked:
        raise CodedError.of("dossier_row_unknown", name=row, known=", ".join(marked) or "-")
    add_mark(place.database, key, view, row, None, None, actor, why)
    return kept(place, key)


def _view_name(view: str) -> ViewName:
    if view not in {"elements", "criteria"}:
        raise CodedError.of("dossier_row_unknown", name=view, known="elements, criteria")
    return "elements" if view == "elements" else "criteria"


def _named(actor: str) -> None:
    if not actor.strip() or same_person(actor, MACHINE):
        raise CodedError.of("decision_actor_reserved", name=actor or "-", act="mark")


def _standing(history: list[MarkRow]) -> list[MarkRow]:
    last = {(one.view, one.row): one for one in history}
    return [one for one in last.values() if one.grade is not None]


def _placed(one: MarkRow) -> tuple[ViewName, str, Mark]:
    mark = Mark.model_validate({
        "grade": one.grade, "material": one.material, "by": one.actor, "on": one.at.date(), "reason": one.reason
    })  # fmt: skip
    return _view_name(one.view), one.row, mark


def _entry(one: MarkRow) -> MarkSet:
    return MarkSet(view=one.view, row=one.row, grade=one.grade, material=one.material, by=one.actor, at=one.at,
                   reason=one.reason)  # fmt: skip
