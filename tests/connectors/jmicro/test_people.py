"""Nothing about people is kept from the home registry's files, and nothing else changes."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jmicro.people import redact
from connectors.jmicro.standin import lines
from crosswalks.descriptor.serialise import PERSONAL_FIELDS, dump
from crosswalks.jmicro.lines import read_lines
from tests.crosswalks.descriptor.strategies import descriptors

SECRET = "架空花子"
LEAST = {"id": "urn:example:a", "source_record": {"registry": "a", "source_id": "b"}, "title": {"ja": "架空"}}
VALUES = [SECRET, 20010203, {"given": SECRET, "deep": [{"more": [SECRET]}]}, [SECRET, SECRET], None]


def _codes(body: bytes) -> list[str]:
    return [line.issue.code for line in read_lines(body) if line.issue]


def test_a_file_without_people_stays_as_it_is() -> None:
    body = b"".join(line + b"\n" for line in lines(300))
    assert redact(body, "application/jsonl") is body


@given(st.lists(descriptors(), max_size=3), st.sampled_from(sorted(PERSONAL_FIELDS)), st.sampled_from(VALUES))
def test_the_value_goes_and_the_reason_stays(found: list[object], field: str, value: object) -> None:
    good = [dump(each) for each in found]  # type: ignore[arg-type]
    bad = orjson.dumps({**LEAST, "issuer": {"name": {"ja": "架空大学"}, field: value}})
    kept = redact(b"\n".join([*good, bad, *good]), "application/jsonl")
    assert SECRET.encode() not in kept
    assert b"20010203" not in kept
    assert _codes(kept) == ["pii_present"]
    assert [line.listing for line in read_lines(kept) if line.listing] == [
        line.listing for line in read_lines(b"\n".join([*good, *good])) if line.listing
    ]


@pytest.mark.parametrize(
    "body",
    [
        orjson.dumps([{**LEAST, "learner": {"name": SECRET}}]),
        orjson.dumps({**LEAST, "learner": {"name": SECRET}}, option=orjson.OPT_INDENT_2),
        orjson.dumps({**LEAST, "learner": {"name": SECRET}}).decode().encode("utf-16"),
        b'{"id":"urn:example:a","lear\\u006eer":{"name":"' + SECRET.encode() + b'"}}',
        b'{"id":"urn:example:a","Learner" : {"name":"' + SECRET.encode() + b'"}}',
        orjson.dumps(LEAST) + b'\n{"id":"urn:example:b","learner":{"name":"' + SECRET.encode(),
    ],
    ids=["array", "indented", "utf-16", "escaped", "capital", "cut"],
)
def test_no_form_of_file_hides_a_person(body: bytes) -> None:
    kept = redact(body, "application/json")
    assert SECRET.encode() not in kept
    assert SECRET.encode("utf-16-le") not in kept


def test_a_cut_line_stays_cut_so_that_the_cut_is_seen() -> None:
    body = orjson.dumps(LEAST) + b'\n{"id":"urn:example:b","learner":{"name":"' + SECRET.encode()
    assert not redact(body, "").endswith(b"\n")


@pytest.mark.parametrize("address", ["a.b@c.example", "a.b%40c.example", "a.b\\u0040c.example", "a.b&#64;c.example"])
def test_addresses_go_in_every_spelling(address: str) -> None:
    kept = redact(f'{{"title":{{"ja":"質問は {address} まで"}}}}'.encode(), "")
    assert b"a.b" not in kept
    assert b"c.example" not in kept
    assert "質問は".encode() in kept
