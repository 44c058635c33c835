"""Marks on kept dossiers: only by named persons with a reason, never changed, shown with who and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.messages import CodedError
from harvester.workplace import Workplace
from recognition.dossier import EvidenceState, Question
from recognition.marking import keep, kept, kept_on, mark, unmark
from store.audit import events, verify
from tests.portal.publishing import name
from tests.recognition.decided import HOME, LEVEL, OTHER, WHO, publish

QUESTION = Question(purpose="credit", receiving="架空大学", framework="EQF")


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(CodedError) as caught:
        call()
    return caught.value.issues[0].code


def test_software_fills_in_no_grade(place: Workplace) -> None:
    publish(place)
    made = keep(place, WHO, name(HOME, 1), QUESTION)
    assert not [row for row in (*made.dossier.elements, *made.dossier.criteria) if row.mark is not None]
    assert (made.kept_by, made.history, made.newer) == (WHO, (), None)
    assert keep(place, OTHER, name(HOME, 1), QUESTION).kept_by == WHO, "kept once"


def test_a_mark_stands_with_who_when_and_why_and_earlier_ones_stay(any_place: Workplace) -> None:
    publish(any_place, HOME, 1, level=LEVEL)
    key = keep(any_place, WHO, name(HOME, 1), QUESTION).dossier.key
    mark(any_place, WHO, key, "elements", "level", "differs", material=True, why="one level lower")
    view = mark(any_place, OTHER, key, "elements", "level", "met", why="the comparison has it")
    (row,) = [one for one in view.dossier.elements if one.code == "level"]
    assert row.mark is not None
    assert (row.mark.by, row.mark.grade, row.mark.material, row.mark.reason) == (
        OTHER, "met", None, "the comparison has it",
    )  # fmt: skip
    assert [(one.by, one.grade, one.material) for one in view.history] == [(WHO, "differs", True), (OTHER, "met", None)]
    assert view.dossier.criteria == keep(any_place, WHO, name(HOME, 1), QUESTION).dossier.criteria
    cleared = unmark(any_place, WHO, key, "elements", "level", why="not settled")
    assert not [one for one in cleared.dossier.elements if one.mark is not None]
    assert [one.grade for one in cleared.history] == ["differs", "met", None]
    assert kept(any_place, key) == cleared
    assert [event.action for event in events(any_place.database, limit=4)] == ["dossier mark"] * 3 + ["dossier keep"]
    assert verify(any_place.database).sound
    with pytest.raises(DBAPIError, match="append-only"), any_place.database.writing() as connection:
        connection.execute(text("UPDATE dossier_mark SET actor = 'X'"))


def test_what_may_not_be_marked(place: Workplace) -> None:
    publish(place, HOME, 1, level=[])
    made = keep(place, WHO, name(HOME, 1), QUESTION).dossier
    silent = next(row.code for row in made.elements if row.state is EvidenceState.NOT_STATED)

    def set_mark(who: str = WHO, view: str = "elements", row: str = silent, grade: str = "met", **more: Any) -> Any:
        return mark(place, who, made.key, view, row, grade, **{"why": "w", **more})

    assert code_of(lambda: set_mark(grade="differs")) == "dossier_silence_is_no_difference"
    assert code_of(lambda: set_mark(material=True)) == "dossier_material_without_difference"
    assert code_of(lambda: set_mark(why=" ")) == "dossier_mark_unsigned"
    assert code_of(lambda: set_mark(who=" ")) == "decision_actor_reserved"
    assert code_of(lambda: set_mark(who="Kakehashi")) == "decision_actor_reserved"
    assert code_of(lambda: set_mark(row="colour")) == "dossier_row_unknown"
    assert code_of(lambda: set_mark(view="points")) == "dossier_row_unknown"
    assert code_of(lambda: set_mark(grade="strong")) == "dossier_grade_unknown"
    assert code_of(lambda: unmark(place, WHO, made.key, "elements", "level", why="w")) == "dossier_row_unknown"
    assert code_of(lambda: mark(place, WHO, "nokey", "elements", "level", "met", why="w")) == "dossier_unknown"
    assert kept(place, made.key).history == ()


def test_marks_stay_with_the_version_they_were_set_on(place: Workplace) -> None:
    publisher = publish(place, HOME, 1, level=LEVEL)
    before = keep(place, WHO, name(HOME, 1), QUESTION).dossier
    mark(place, WHO, before.key, "elements", "level", "met", why="w")
    publisher.publish(1, op="changed", level=[{"scheme": "NZQCF", "value": "8"}])
    view = kept(place, before.key)
    assert (view.dossier.version, view.newer) == (1, 2)
    assert view.dossier.levels == before.levels
    after = keep(place, WHO, name(HOME, 1), QUESTION)
    assert after.dossier.key != before.key
    assert not [row for row in after.dossier.elements if row.mark is not None]
    assert {one.key for one in kept_on(place, view.dossier.record)} == {before.key, after.dossier.key}
