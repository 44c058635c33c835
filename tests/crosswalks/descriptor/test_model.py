"""The descriptor itself: what it takes, what it refuses, and how it tells where a value came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from config.codelists import codelists
from config.frameworks import credit_systems, level_schemes
from crosswalks.descriptor.model import STATED, Descriptor
from crosswalks.descriptor.types import Origin
from tests.crosswalks.descriptor.strategies import FIELDS, descriptors

LEAST: dict[str, Any] = {
    "id": "urn:example:a",
    "source_record": {"registry": "example", "source_id": "a"},
    "title": {"ja": "架空"},
}


def _with(**fields: object) -> Descriptor:
    return Descriptor.model_validate({**LEAST, **fields})


def test_only_identifier_source_and_title_are_required() -> None:
    required = {name for name, field in Descriptor.model_fields.items() if field.is_required()}
    assert required == set(LEAST)
    assert _with().model_dump(exclude_defaults=True) == LEAST


@pytest.mark.parametrize("name", sorted(LEAST))
def test_nothing_required_may_be_missing(name: str) -> None:
    with pytest.raises(ValidationError):
        Descriptor.model_validate({key: value for key, value in LEAST.items() if key != name})


def test_the_strategies_of_the_tests_know_every_field() -> None:
    assert set(FIELDS) == set(Descriptor.model_fields) - {*LEAST, "descriptor_version"}


@given(descriptors())
def test_a_descriptor_cannot_be_changed(descriptor: Descriptor) -> None:
    with pytest.raises(ValidationError):
        descriptor.title = {"ja": "別"}  # type: ignore[misc]


@pytest.mark.parametrize(
    "fields",
    [
        {"learner": {"name": "架空"}},
        {"title": {}},
        {"title": {"ja": " "}},
        {"title": {"日本語": "架空"}},
        {"title": "架空"},
        {"id": "no-iri"},
        {"id": "https://a.example/a b"},
        {"landing_page": "javascript:alert(1)"},
        {"landing_page": "mailto:somebody"},
        {"language_of_instruction": ["Japanese language"]},
        {"issuer": {"name": {"ja": "架空"}, "country": "Japan"}},
        {"issuer": {"name": {"ja": "架空"}, "region": "Tokyo"}},
        {"issuer": {"name": {"ja": "架空"}, "role": "provider"}},
        {"volume": {"total_hours": 0}},
        {"volume": {"total_hours": "-45"}},
        {"volume": {"total_hours": "NaN"}},
        {"volume": {"total_hours": "Infinity"}},
        {"volume": {"total_hours": "60 hours"}},
        {"volume": {"duration": "15 weeks"}},
        {"volume": {"duration": "P"}},
        {"level": [{"value": "2"}]},
        {"level": [{"scheme": "MQF", "value": "2"}]},
        {"credit": [{"value": "2"}]},
        {"credit": [{"system": "JP-tani", "value": "-1"}]},
        {"credit": [{"system": "points", "value": "1"}]},
        {"credit_status": "perhaps"},
        {"field": [{"scheme": "ISCED-F"}]},
        {"fee": {"amount": 1, "currency": "yen"}},
        {"offer": [{"starts": "April 2026"}]},
        {"recognition": {"status": "recognised", "decided_on": "2026-02-30"}},
        {"recognition": {"id": "1"}},
        {"origins": {"level": {"kind": "derived"}}},
        {"origins": {"level": {"kind": "assigned", "by": "office"}}},
        {"origins": {"level": {"kind": "guessed"}}},
        {"source_record": {"registry": "a", "source_id": "b", "rights": "everything"}},
        {"descriptor_version": "2.0"},
    ],
    ids=lambda fields: "-".join(fields) + str(sorted(map(str, fields.values())))[:40],
)
def test_what_is_not_in_the_dictionary_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _with(**fields)


@pytest.mark.parametrize(
    ("path", "name", "wrap"),
    [
        ("learning_outcomes", "OutcomeCategory", lambda code: [{"text": {"ja": "成果"}, "category": code}]),
        ("assessment", "AssessmentType", lambda code: [{"type": code}]),
        ("assessment", "Supervision", lambda code: [{"supervision": code}]),
        ("teaching_method", "DeliveryMode", lambda code: [{"mode": code}]),
        ("credit_status", "CreditStatus", lambda code: code),
        ("other_recognition", "OtherRecognition", lambda code: [{"kind": code}]),
        ("certificate", "CertificateForm", lambda code: {"form": [code]}),
        ("certificate", "TechStandard", lambda code: {"technical": [code]}),
        ("stackability", "StackTarget", lambda code: [{"target_kind": code}]),
        ("stackability_status", "StackStatus", lambda code: code),
        ("education_classification", "McClass", lambda code: code),
        ("issuer", "ProviderType", lambda code: {"name": {"ja": "架空"}, "type": code}),
        ("co_providers", "ProviderRole", lambda code: [{"name": {"ja": "架空"}, "role": code}]),
        ("quality_assurance", "QaObject", lambda code: {"external": [{"object": code}]}),
        ("recognition", "RecognitionStatus", lambda code: {"status": code}),
        ("field", "FieldScheme", lambda code: [{"scheme": code, "code": "01"}]),
        ("level", "LevelScheme", lambda code: [{"scheme": code, "value": "1"}]),
        ("credit", "CreditSystem", lambda code: [{"system": code, "value": "1"}]),
    ],
)
def test_each_coded_field_takes_its_whole_list_and_nothing_else(
    path: str, name: str, wrap: Callable[[str], object]
) -> None:
    tables: dict[str, Any] = {"LevelScheme": level_schemes(), "CreditSystem": credit_systems()}
    codes = tables.get(name) or codelists()[name].labels
    for code in codes:
        assert code in _with(**{path: wrap(code)}).model_dump_json()
    for wrong in ("", "no such code", next(iter(codes)).swapcase() + "x"):
        with pytest.raises(ValidationError):
            _with(**{path: wrap(wrong)})


def test_an_origin_covers_what_stands_below_it() -> None:
    derived = Origin(kind="derived", rule="parent_programme_named")
    descriptor = _with(origins={"volume": derived.model_dump(), "level.1": {"kind": "stated"}})
    assert descriptor.origin_of("volume.total_hours") == derived
    assert descriptor.origin_of("volume") == derived
    assert descriptor.origin_of("level.0") == STATED
    assert descriptor.origin_of("title") == STATED


def test_unknown_absent_and_no_are_three_values() -> None:
    absent, unknown, no = _with(), _with(credit_status="unknown"), _with(credit_status="non_credit")
    assert len({absent.credit_status, unknown.credit_status, no.credit_status}) == 3
