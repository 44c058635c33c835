"""Agreements between registries: recorded, ended, and told as information."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from config.messages import CodedError
from crosswalks.descriptor.serialise import from_dict
from harvester.workplace import Workplace
from recognition.agreeing import agreements, agreements_on, finish_agreement, record_agreement
from recognition.deciding import decisions
from recognition.decisions.agreements import Agreement, Covering, coverage
from store.audit import verify
from tests.portal.publishing import descriptor_of, name
from tests.recognition.decided import HOME, OTHER, WHO, publish

PARTIES = [{"name": "JMICRO", "registry": "jmicro"}, {"name": "Example Agency"}]
DAY = date(2026, 6, 1)


def agreement(scope: dict[str, Any] | None = None, **changes: Any) -> Agreement:
    told = {"parties": PARTIES, "title": "Example agreement", "document": "Example agreement, article 2",
            "valid_from": "2026-04-01", "valid_until": "2029-03-31", "scope": scope or {}, **changes}  # fmt: skip
    return Agreement.model_validate(told)


def said(scope: dict[str, Any], day: date = DAY, **changes: Any) -> Covering:
    found = coverage(1, agreement(scope), from_dict(descriptor_of(HOME, 1, **changes)), day)
    assert found is not None
    assert found.statement.code == "agreement_informs"
    return found.covering


FIELD = {"field": [{"scheme": "ISCED-F", "code": "0613"}]}
LEVEL = {"level": [{"scheme": "NZQCF", "value": "7"}]}


@pytest.mark.parametrize(
    ("scope", "changes", "covering"),
    [
        ({}, {}, Covering.COVERS),
        ({"fields": ["06"]}, FIELD, Covering.COVERS),
        ({"fields": ["0613", "07"]}, FIELD, Covering.COVERS),
        ({"fields": ["07"]}, FIELD, Covering.OUTSIDE),
        ({"fields": ["0613"]}, {"field": [{"scheme": "ISCED-F", "code": "06"}]}, Covering.CANNOT_TELL),
        ({"fields": ["06"]}, {"field": []}, Covering.CANNOT_TELL),
        ({"fields": ["06"]}, {"field": [{"scheme": "NZSCED", "code": "0201"}]}, Covering.CANNOT_TELL),
        ({"levels": [{"scheme": "NZQCF", "value": "7"}]}, LEVEL, Covering.COVERS),
        ({"levels": [{"scheme": "NZQCF", "value": "6"}]}, LEVEL, Covering.OUTSIDE),
        ({"levels": [{"scheme": "EQF", "value": "7"}]}, LEVEL, Covering.CANNOT_TELL),
        ({"levels": [{"scheme": "EQF", "value": "7"}]}, {"level": []}, Covering.CANNOT_TELL),
        ({"kinds": ["stand_alone"]}, {"education_classification": "stand_alone"}, Covering.COVERS),
        ({"kinds": ["stand_alone"]}, {"education_classification": "consortium"}, Covering.OUTSIDE),
        ({"kinds": ["stand_alone"]}, {"education_classification": "unknown"}, Covering.CANNOT_TELL),
        ({"kinds": ["stand_alone"], "fields": ["07"]}, {**FIELD, "education_classification": "unknown"},
         Covering.OUTSIDE),
    ],
)  # fmt: skip
def test_what_an_agreement_says_of_a_record(scope: dict[str, Any], changes: dict[str, Any], covering: Covering) -> None:
    assert said(scope, **changes) is covering


def test_it_says_nothing_outside_its_days_and_of_other_registries() -> None:
    for day, covering in (
        (date(2026, 3, 31), Covering.NOT_IN_FORCE), (date(2026, 4, 1), Covering.COVERS),
        (date(2029, 3, 31), Covering.COVERS), (date(2029, 4, 1), Covering.NOT_IN_FORCE),
    ):  # fmt: skip
        assert said({}, day) is covering
    assert coverage(1, agreement(), from_dict(descriptor_of("nzqa", 1)), DAY) is None


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(CodedError) as caught:
        call()
    return caught.value.issues[0].code


@pytest.mark.parametrize(
    "wrong",
    [
        {"parties": PARTIES[:1]}, {"parties": [PARTIES[0], {"name": "jmicro "}]}, {"title": " "}, {"document": ""},
        {"valid_until": "2026-03-31"}, {"scope": {"kinds": ["fun"]}}, {"scope": {"fields": ["6"]}},
        {"scope": {"levels": [{"scheme": "UAE", "value": "7"}]}},
    ],
)  # fmt: skip
def test_an_agreement_that_is_not_whole_is_refused(place: Workplace, wrong: dict[str, Any]) -> None:
    assert code_of(lambda: record_agreement(place, WHO, agreement(**wrong), why="w")) == "agreement_incomplete"
    assert agreements(place) == []


def test_agreements_are_recorded_and_ended_and_decide_nothing(any_place: Workplace) -> None:
    publish(any_place)
    made = record_agreement(any_place, WHO, agreement(), why="signed in March")
    (told,) = agreements_on(any_place, name(HOME, 1), DAY)
    assert (told.number, told.covering) == (made.number, Covering.COVERS)
    assert decisions(any_place) == []
    assert code_of(lambda: finish_agreement(any_place, OTHER, made.number, why=" ")) == "reason_missing"
    ended = finish_agreement(any_place, OTHER, made.number, why="notice given")
    assert (ended.ended_by, ended.ended_because, ended.agreement) == (OTHER, "notice given", made.agreement)
    assert agreements_on(any_place, name(HOME, 1), DAY) == []
    assert code_of(lambda: finish_agreement(any_place, OTHER, made.number, why="w")) == "agreement_ended"
    assert code_of(lambda: finish_agreement(any_place, OTHER, 99, why="w")) == "agreement_unknown"
    assert len(agreements(any_place)) == 1
    assert verify(any_place.database).sound
