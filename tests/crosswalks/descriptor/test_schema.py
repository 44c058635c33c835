"""The published JSON Schema says what the model says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given

from config.codelists import codelists
from config.frameworks import credit_systems, level_schemes
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.schema import PUBLISHED, SCHEMA_ID, json_schema, text
from crosswalks.descriptor.serialise import dump
from tests.crosswalks.descriptor.strategies import descriptors

SCHEMA = json_schema()


def test_the_published_copy_is_fresh() -> None:
    fresh = PUBLISHED.read_text(encoding="utf-8") == text()
    assert fresh, "schema.json is out of date; refresh it with: python -m crosswalks.descriptor.schema"


def test_it_has_a_stable_address_and_words_for_titles() -> None:
    assert SCHEMA["$id"] == SCHEMA_ID == "https://kakehashi.example/ns/descriptor/1.0/schema.json"
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert "JMICRO" in SCHEMA["title"]
    for name, field in SCHEMA["properties"].items():
        assert "$ref" in json.dumps(field) or field["title"], name
        assert "_" not in field.get("title", ""), name


def test_every_code_list_stands_in_it_whole() -> None:
    lists: dict[str, list[str]] = {name: list(entry.labels) for name, entry in codelists().items()}
    lists |= {"LevelScheme": list(level_schemes()), "CreditSystem": list(credit_systems())}
    found = {node["title"]: node["enum"] for node in _nodes(SCHEMA) if "enum" in node and "title" in node}
    assert {name: found.get(name) for name in lists} == lists


def test_every_field_is_in_it_and_no_object_is_open() -> None:
    assert set(SCHEMA["properties"]) == set(Descriptor.model_fields)
    assert set(SCHEMA["required"]) == {"id", "source_record", "title"}
    objects = [node for node in _nodes(SCHEMA) if node.get("type") == "object"]
    assert [node for node in objects if node.get("additionalProperties", True) is True] == []


@given(descriptors())
def test_what_the_model_writes_is_valid(descriptor: Descriptor) -> None:
    assert list(_faults(orjson.loads(dump(descriptor)), SCHEMA, "")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"title": None}, {"learner": {}}, {"volume": {"total_hours": -1}}, {"volume": {"total_hours": "-1"}},
        {"level": [{"value": "1"}]}, {"credit_status": "perhaps"}, {"title": {"日本語": "x"}},
        {"landing_page": "x:y"},
    ],
    ids=str,
)  # fmt: skip
def test_what_the_model_refuses_is_not_valid(change: dict[str, Any]) -> None:
    least = {
        "id": "urn:example:a",
        "source_record": {"registry": "a", "source_id": "b"},
        "title": {"ja": "架空"},
    }
    assert list(_faults(least, SCHEMA, "")) == []
    assert list(_faults({**least, **change}, SCHEMA, "")) != []


def _nodes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for item in node.values():
            yield from _nodes(item)
    elif isinstance(node, list):
        for item in node:
            yield from _nodes(item)


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "number": (int, float), "integer": (int,),
    "boolean": (bool,), "null": (type(None),),
}  # fmt: skip
_KEYWORDS = {
    "$defs", "$id", "$ref", "$schema", "additionalProperties", "anyOf", "const", "default", "description",
    "enum",
    "exclusiveMinimum", "format", "items", "maxLength", "minLength", "minProperties", "minimum", "pattern",
    "patternProperties", "properties", "propertyNames", "required", "title", "type",
}  # fmt: skip


def _faults(value: object, schema: dict[str, Any], path: str) -> Iterator[str]:
    """A judge for exactly the keywords the schema uses (`format` is only an annotation)."""
    assert set(schema) <= _KEYWORDS, f"a keyword the judge does not know: {sorted(set(schema) - _KEYWORDS)}"
    if "$ref" in schema:
        yield from _faults(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], path)
    if "anyOf" in schema and all(list(_faults(value, option, path)) for option in schema["anyOf"]):
        yield f"{path}: no alternative"
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind in {"number", "integer"})):
        yield f"{path}: not {kind}"
        return
    if ("enum" in schema and value not in schema["enum"]) or ("const" in schema and value != schema["const"]):
        yield f"{path}: not one of the values"
    if isinstance(value, str):
        yield from _text_faults(value, schema, path)
    elif isinstance(value, dict):
        yield from _object_faults(value, schema, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, schema.get("items", {}), f"{path}.{index}")
    elif isinstance(value, (int, float)) and _too_small(value, schema):
        yield f"{path}: too small"


def _too_small(value: float, schema: dict[str, Any]) -> bool:
    least, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    return (least is not None and value < least) or (above is not None and value <= above)


def _text_faults(value: str, schema: dict[str, Any], path: str) -> Iterator[str]:
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{path}: length"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path}: pattern"


def _object_faults(value: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
    if len(value) < schema.get("minProperties", 0):
        yield f"{path}: too few"
    yield from (f"{path}: {name} missing" for name in schema.get("required", ()) if name not in value)
    properties, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name, item in value.items():
        rules = [properties[name]] if name in properties else []
        rules += [rule for pattern, rule in patterns.items() if re.search(pattern, name)]
        rest = schema.get("additionalProperties", True)
        if not rules and rest is False:
            yield f"{path}: {name} not allowed"
        for rule in rules or ([rest] if isinstance(rest, dict) else []):
            yield from _faults(item, rule, f"{path}.{name}")
        if "propertyNames" in schema:
            yield from _text_faults(name, schema["propertyNames"], f"{path}.{name}")
