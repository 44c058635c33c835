"""Dossiers: fifteen points, two views of the same evidence, nothing graded by the software."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from config.messages import CodedError
from crosswalks.descriptor.model import Descriptor
from recognition.criteria import evidence_items, points, view
from recognition.dossier import Dossier, EvidenceState, Mark, Question, dossier, graded
from recognition.facts import CODES, TEXTS
from recognition.headings import headings
from recognition.subject import Subject
from tests.crosswalks.descriptor.strategies import descriptors
from tests.recognition.test_comparison import credit, hours, level, made, outcomes

QUESTION = Question(purpose="credit", receiving="Example University")


def about(question: Question = QUESTION, **fields: Any) -> Dossier:
    return dossier(made("a", **fields), question)


def state(item: str, **fields: Any) -> str:
    (found,) = [one for one in about(**fields).evidence if one.code == item]
    return found.state.value


def mark(grade: str = "met", **changes: Any) -> Mark:
    values = {"grade": grade, "by": "A. Reader", "on": date(2026, 4, 1), "reason": "read in full", **changes}
    return Mark.model_validate(values)


@pytest.mark.parametrize(
    ("item", "fields", "expected"),
    [
        ("level", {}, "not_stated"), ("level", level("EQF 6"), "stated"),
        ("workload", hours("10"), "stated"), ("workload", {"volume": {"contact_hours": "8"}}, "partly_stated"),
        ("workload", {"volume": {"duration": "P4W"}}, "partly_stated"),
        ("outcomes", {"outcome_summary": {"en": "Can prune."}}, "partly_stated"),
        ("outcomes", outcomes({"en": "Prune trees."}), "stated"),
        ("quality", {"quality_assurance": {"external": [{"object": "institution"}]}}, "partly_stated"),
        ("quality", {"quality_assurance": {"external": [{"object": "credential"}]}}, "stated"),
        ("identification", {"assessment": [{"supervision": "unknown"}]}, "not_stated"),
        ("profile", {"field": [{"scheme": "ISCED-F", "code": "0613"}]}, "partly_stated"),
    ],
)  # fmt: skip
def test_how_far_a_thing_is_stated(item: str, fields: dict[str, Any], expected: str) -> None:
    assert state(item, **fields) == expected


def test_there_are_fifteen_points_five_elements_and_seven_criteria() -> None:
    found = about()
    assert [point.number for point in found.points] == list(range(1, 16))
    assert (len(found.elements), len(found.criteria)) == (5, 7)
    assert [point.code for point in found.points if point.for_receiver] == ["receiver"]
    rows = {aspect.code for heading in headings() for aspect in heading.aspects}
    assert {row for point in points() for row in point.rows} <= rows
    assert {row for item in evidence_items() for row in item.rows} <= rows
    assert {row.item for name in ("elements", "criteria") for row in view(name)} == {i.code for i in evidence_items()}


def test_the_level_shows_the_row_used_or_that_there_is_none() -> None:
    europe = about(QUESTION.model_copy(update={"framework": "EQF"}), **level("NZQCF 7"))
    (found,) = europe.levels
    assert (found.answer, [row.to_level for row in found.rows]) == ("corresponds", ["6"])
    assert "2016" in {str(source.year) for source in europe.sources}
    for framework, native, answer in (
        ("EQF", "NZQCF 8", "not_levelled"), ("EQF", "MQF-MY 6", "no_official_comparison"),
        ("JEQF", "NZQCF 7", "no_official_comparison"), ("MQF-MY", "NZQCF 7", "degree_types_only"),
        ("HKQF", "NZQCF 8", "no_agreement"), ("EQF", "NZQCF 12", "not_in_table"), ("EQF", "AQF 7", "unconfirmed"),
        ("EQF", "RQF 6", "expired"), ("EQF", "EQF 6", "same_level"),
    ):  # fmt: skip
        whole = about(QUESTION.model_copy(update={"framework": framework}), **level(native))
        (one,) = whole.levels
        assert one.answer == answer, (framework, native)
        assert f'"second":"{framework} no' not in whole.model_dump_json()
    (point,) = [one for one in about(**level("EQF 6")).points if one.code == "level"]
    assert [remark.code for remark in point.remarks] == ["dossier_no_framework_named"]


def test_what_is_missing_names_whom_to_ask() -> None:
    found = about(issuer={"name": {"en": "Example body"}, "country": "NZ"}, **hours("10"))
    asked = {one.item: one.ask for one in found.missing}
    assert "workload" not in asked
    assert "Example body" in asked["level"].text["en"]
    assert asked["quality"].code == "dossier_ask_registry"
    (point,) = [one for one in found.points if one.code == "missing"]
    assert "NZ" in point.remarks[0].text["ja"]


def test_hours_are_shown_in_the_system_of_the_receiver() -> None:
    found = about(QUESTION.model_copy(update={"credit_system": "MY-credit"}), **credit("2", "JP-tani"))
    (point,) = [one for one in found.points if one.code == "workload"]
    (value,) = point.rows[0].cell.values
    assert [one.system for one in value.converted] == ["MY-credit", "JP-tani"]


def test_the_statement_says_that_it_decides_nothing() -> None:
    found = about()
    assert "no decision" in found.statement.text["en"]
    assert "決定ではありません" in found.statement.text["ja"]


def test_a_mark_needs_a_name_and_a_reason_and_changes_one_row_only() -> None:
    made_one = about(**level("EQF 6"))
    marked = graded(made_one, "criteria", "level", mark("differs", material=True))
    assert [row.code for row in marked.criteria if row.mark] == ["level"]
    assert not any(row.mark for row in marked.elements)
    assert marked.evidence == made_one.evidence
    for code, wrong in (("dossier_mark_unsigned", mark(by=" ")), ("dossier_mark_unsigned", mark(reason=""))):
        with pytest.raises(CodedError, match=code):
            graded(made_one, "criteria", "level", wrong)
    with pytest.raises(CodedError, match="dossier_row_unknown"):
        graded(made_one, "elements", "assessment", mark())
    with pytest.raises(CodedError, match="dossier_material_without_difference"):
        graded(made_one, "elements", "level", mark("met", material=False))


def test_silence_cannot_be_graded_as_a_difference() -> None:
    with pytest.raises(CodedError, match="dossier_silence_is_no_difference"):
        graded(about(), "elements", "level", mark("differs"))
    assert graded(about(), "elements", "level", mark("no_information")).elements[0].mark is not None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": "fame"}, "dossier_purpose_unknown"), ({"receiving": " "}, "dossier_receiving_missing"),
        ({"framework": "UAE"}, "dossier_framework_unknown"), ({"credit_system": "x"}, "dossier_credit_system_unknown"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(CodedError, match=code):
        about(QUESTION.model_copy(update=changes))


@settings(max_examples=40, deadline=None)
@given(descriptors(always=("level", "volume", "assessment", "quality_assurance")))
def test_the_software_fills_in_states_only_and_says_the_same_each_time(descriptor: Descriptor) -> None:
    subject = Subject.of(descriptor, identity="a")
    found = dossier(subject, QUESTION)
    assert found == dossier(subject, QUESTION)
    assert Dossier.model_validate_json(found.model_dump_json()) == found
    assert not [row for row in (*found.elements, *found.criteria) if row.mark]
    states = {one.code: one.state for one in found.evidence}
    assert all(row.state is states[row.item] for row in (*found.elements, *found.criteria))
    assert {one.item for one in found.missing} == {name for name, how in states.items() if how != "stated"}
    for one in found.evidence:
        assert bool(one.values) == (one.state is not EvidenceState.NOT_STATED)
        assert all(value.evidence.path for value in one.values)


def test_every_row_that_is_gathered_is_one_a_descriptor_can_state() -> None:
    measured = {"level", "total_hours", "taught_hours", "duration", "credit"}
    assert {row for item in evidence_items() for row in item.rows} <= set(CODES) | set(TEXTS) | measured
