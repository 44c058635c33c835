"""The pivot survives its own serialisation, and its hash says what the record says."""

from __future__ import annotations

import random
from hashlib import blake2b
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.identity import converted_iri, record_id, record_iri
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.serialise import PERSONAL_FIELDS, content_hash, dump, from_dict, load
from tests.crosswalks.descriptor.strategies import descriptors, hashes, short

LEAST: dict[str, Any] = {
    "id": "urn:example:a",
    "source_record": {"registry": "example", "source_id": "a"},
    "title": {"ja": "架空"},
}


def _shuffled(value: object, chance: random.Random) -> object:
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: _shuffled(value[key], chance) for key in keys}
    return [_shuffled(item, chance) for item in value] if isinstance(value, list) else value


@given(descriptors())
def test_what_was_dumped_loads_as_it_was(descriptor: Descriptor) -> None:
    content = dump(descriptor)
    again = load(content)
    assert again == descriptor
    assert dump(again) == content
    assert b"\n" not in content


@given(descriptors(), st.integers())
def test_the_order_of_keys_does_not_count(descriptor: Descriptor, seed: int) -> None:
    mixed = orjson.dumps(_shuffled(orjson.loads(dump(descriptor)), random.Random(seed)))  # noqa: S311  any order will do
    assert dump(load(mixed)) == dump(descriptor)


@given(descriptors())
def test_nothing_empty_is_written(descriptor: Descriptor) -> None:
    def empty(value: object) -> bool:
        if isinstance(value, dict):
            return any(empty(item) for item in value.values())
        return any(empty(item) for item in value) if isinstance(value, list) else value is None

    assert not empty(orjson.loads(dump(descriptor)))


@given(descriptors(), hashes)
def test_when_a_record_was_retrieved_does_not_change_its_hash(descriptor: Descriptor, other: str) -> None:
    source = descriptor.source_record.model_copy(update={"retrieved_at": None, "content_hash": other})
    assert content_hash(descriptor.model_copy(update={"source_record": source})) == content_hash(descriptor)


@given(descriptors())
def test_the_hash_is_that_of_the_json_without_when_and_where(descriptor: Descriptor) -> None:
    without = {"source_record": {"url", "retrieved_at", "content_hash"}}
    content = descriptor.model_dump_json(exclude_defaults=True, exclude=without).encode()
    assert content_hash(descriptor, dump(descriptor)) == blake2b(content, digest_size=16).hexdigest()


def said(value: Any) -> Any:
    """A tree without its empty parts, which say nothing."""
    if isinstance(value, dict):
        return {name: inner for name, item in value.items() if (inner := said(item)) not in ({}, [], None)}
    if isinstance(value, list):
        inner = [said(item) for item in value]
        while inner and inner[-1] in ({}, [], None):
            inner.pop()
        return inner
    return value


@given(descriptors(), descriptors())
def test_what_differs_has_another_hash_and_a_difference_that_names_it(one: Descriptor, two: Descriptor) -> None:
    changed = two.model_copy(update={"id": one.id, "source_record": one.source_record})
    left, right = orjson.loads(dump(one)), orjson.loads(dump(changed))
    found = list(differences(left, right))
    assert not found or left != right
    assert found or said(left) == said(right)
    assert (content_hash(one) == content_hash(changed)) == (left == right)
    swapped = {"LOST": "SPURIOUS", "SPURIOUS": "LOST", "CHANGED": "CHANGED"}
    assert {(swapped[each.kind], each.path) for each in differences(right, left)} == {
        (each.kind, each.path) for each in found
    }


def test_differences_name_kind_and_place() -> None:
    before = {
        "title": {"ja": "a"},
        "level": [{"value": "1"}],
        "hours": "52",
        "old": 1,
        "gone": [],
        "flag": True,
    }
    after = {
        "title": {"ja": "b"},
        "level": [{"value": "1"}, {"value": "2"}],
        "hours": 52.0,
        "new": 1,
        "flag": False,
    }
    assert [(each.kind, each.path) for each in differences(before, after)] == [
        ("CHANGED", "title.ja"), ("SPURIOUS", "level.1"), ("LOST", "old"), ("CHANGED", "flag"),
        ("SPURIOUS", "new"),
    ]  # fmt: skip


@pytest.mark.parametrize("field", sorted(PERSONAL_FIELDS))
def test_a_field_about_people_is_refused_wherever_it_stands(field: str) -> None:
    places: list[dict[str, Any]] = [
        {**LEAST, field: "架空花子"},
        {**LEAST, field.upper(): {"given": "架空"}},
        {**LEAST, "issuer": {"name": {"ja": "架空大学"}, field: "x"}},
        {**LEAST, "offer": [{"starts": "2026-04-01", field: ["x"]}], "volume": {"total_hours": 0}},
    ]
    for data in places:
        with pytest.raises(CodedError) as loaded:
            load(orjson.dumps(data))
        with pytest.raises(CodedError) as built:
            from_dict(data)
        for error in (loaded, built):
            assert error.value.issues[0].code == "pii_present"
            assert "架空花子" not in str(error.value)


def test_errors_are_coded() -> None:
    without_title = {key: value for key, value in LEAST.items() if key != "title"}
    for data, code, place in (
        (without_title, "title_missing", "title"),
        ({**LEAST, "level": [{"value": "1"}]}, "record_invalid", "level.0.scheme"),
        ({**LEAST, "unheard_of": 1}, "record_invalid", "unheard_of"),
    ):
        with pytest.raises(CodedError) as error:
            from_dict(data)
        assert [(issue.code, issue.place) for issue in error.value.issues] == [(code, place)]


def test_no_more_than_twenty_errors_are_told() -> None:
    with pytest.raises(CodedError) as error:
        from_dict({**LEAST, "level": [{} for _ in range(50)]})
    assert len(error.value.issues) == 20


@given(short, short, st.text(min_size=1), st.text(min_size=1))
def test_identifiers_are_stable_and_tell_records_apart(registry: str, other: str, key: str, another: str) -> None:
    assert record_id(registry, key) == record_id(registry, key)
    assert (record_id(registry, key) == record_id(registry, another)) == (key == another)
    if registry != other:
        assert record_id(registry, key) != record_id(other, key)
    assert record_iri("https://a.example", registry, key).endswith(f"/id/mc/{record_id(registry, key)}")
    assert converted_iri(registry, key).startswith("urn:kakehashi:")
