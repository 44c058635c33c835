"""Home listing ↔ descriptor."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.serialise import dump
from crosswalks.jmicro.lines import read_lines
from crosswalks.jmicro.model import JmicroListing
from crosswalks.ledger import FieldOutcome
from crosswalks.mapping import descriptor_paths
from tests.crosswalks.descriptor.strategies import descriptors
from tests.crosswalks.laws import check_reading, leaves

JMICRO = crosswalk_for("jmicro")
FOUND = SourceRecord(
    registry="jmicro", source_id="key", url="https://registry.example/list.jsonl",
    retrieved_at=datetime(2026, 11, 21, tzinfo=UTC), rights="reuse_with_attribution", attribution="JMICRO",
)  # fmt: skip
PLAIN = {
    "id": "urn:example:a",
    "source_record": {"registry": "jmicro", "source_id": "a"},
    "title": {"ja": "架空"},
}


def _written(descriptor: Descriptor) -> JmicroListing:
    assert JMICRO.write is not None
    listing = JMICRO.write(descriptor).value
    assert isinstance(listing, JmicroListing)
    return listing


@given(descriptors(), st.sampled_from(["own", "ours"]), st.integers(1, 3))
def test_laws_of_reading(descriptor: Descriptor, keeps: str, ordinal: int) -> None:
    listing = _written(descriptor).model_copy(update={"ordinal": ordinal})
    iri = listing.id if keeps == "own" else "https://kakehashi.example/id/mc/other"
    crossing = JMICRO.read(listing, iri, FOUND)
    check_reading(JMICRO, listing, crossing)
    assert crossing.value.id == iri
    own = {(each.scheme, each.value) for each in crossing.value.identifiers}
    assert (keeps == "own") or ("jmicro", listing.id) in own


@given(descriptors())
def test_every_field_of_the_descriptor_has_an_outcome_in_both_directions(descriptor: Descriptor) -> None:
    assert JMICRO.write is not None
    out = JMICRO.write(descriptor)
    back = JMICRO.read(out.value, descriptor.id, FOUND)
    names = set(Descriptor.model_fields)
    for ledger in (out.ledger, back.ledger):
        assert {entry.source.partition(".")[0] for entry in ledger.entries} == names
    carried = {entry.source for entry in out.ledger.entries if entry.outcome is FieldOutcome.MAPPED}
    stated = {leaf.partition(".")[0] for leaf in leaves(descriptor.model_dump(exclude_defaults=True))}
    assert {name.partition(".")[0] for name in carried} == stated | {"descriptor_version"}
    assert out.ledger.losses() == []


@given(descriptors())
def test_what_was_written_reads_back_but_for_where_it_was_found(descriptor: Descriptor) -> None:
    assert JMICRO.dump is not None
    out = io.BytesIO()
    JMICRO.dump([_written(descriptor)], "jsonl", out, {})
    content = out.getvalue()
    assert content == dump(descriptor) + b"\n"
    (listing,) = JMICRO.load(content, "out.jsonl")
    again = JMICRO.read(listing, descriptor.id, descriptor.source_record)
    assert again.value == descriptor
    assert again.ledger.losses() == []


@given(descriptors())
def test_the_stricter_rights_win_and_no_attribution_is_lost(descriptor: Descriptor) -> None:
    own = descriptor.source_record
    found = JMICRO.read(_written(descriptor), descriptor.id, FOUND).value.source_record
    assert (found.registry, found.source_id, found.url) == (FOUND.registry, FOUND.source_id, FOUND.url)
    assert (found.rights == "facts_only") == (own.rights == "facts_only")
    assert (own.attribution or "") in (found.attribution or "")
    assert "JMICRO" in (found.attribution or "")
    assert (found.status, found.selected_by) == (own.status, own.selected_by)


def test_a_part_that_says_nothing_counts_as_silence() -> None:
    blank = {"assessment": [{}], "volume": {}, "quality_assurance": {"external": [{"object": "unknown"}]}}
    (listing,) = JMICRO.load(orjson.dumps({**PLAIN, **blank}), "one.json")
    ledger = JMICRO.read(listing, listing.id, FOUND).ledger
    outcomes = {entry.source: entry.outcome for entry in ledger.entries}
    assert {outcomes[name] for name in blank} == {FieldOutcome.UNKNOWN}
    assert outcomes["title"] is FieldOutcome.MAPPED


def test_a_second_record_under_one_identifier_gets_another() -> None:
    (listing,) = JMICRO.load(orjson.dumps(PLAIN), "one.json")
    second = listing.model_copy(update={"ordinal": 2})
    assert (JMICRO.iri(listing), JMICRO.iri(second)) == (listing.id, None)
    assert JMICRO.key(listing) != JMICRO.key(second)


def test_the_schema_has_the_fields_of_the_descriptor() -> None:
    assert JMICRO.fields() - {"ordinal"} == descriptor_paths()


@pytest.mark.parametrize(
    "data",
    [
        orjson.dumps(PLAIN),
        orjson.dumps(PLAIN, option=orjson.OPT_INDENT_2),
        orjson.dumps([PLAIN]),
        orjson.dumps([PLAIN], option=orjson.OPT_INDENT_2) + b"\n",
        b"\xef\xbb\xbf" + orjson.dumps(PLAIN) + b"\r\n\r\n",
        b"\n  \n" + orjson.dumps(PLAIN),
    ],
    ids=["line", "object", "array", "indented-array", "bom-crlf", "blank-lines"],
)
def test_lines_arrays_and_single_objects_load(data: bytes) -> None:
    assert [listing.id for listing in JMICRO.load(data, "file")] == [PLAIN["id"]]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (orjson.dumps({**PLAIN, "learner": {"name": "架空"}}), "pii_present"),
        (orjson.dumps({**PLAIN, "credit_status": "x", "email": "架空"}), "pii_present"),
        (orjson.dumps({key: value for key, value in PLAIN.items() if key != "title"}), "title_missing"),
        (orjson.dumps({**PLAIN, "volume": {"total_hours": -1}}), "record_invalid"),
        (orjson.dumps({**PLAIN, "popularity": 1, "version": 7}), "record_invalid"),
        (orjson.dumps({**PLAIN, "ordinal": 2}), "record_invalid"),
        (b'["not", "a", "record"]', "record_invalid"),
        (b'{"id": "urn:example:a", "title"', "row_invalid"),
        (b"hello", "row_invalid"),
    ],
)
def test_a_bad_line_is_told_once_and_takes_no_other_with_it(line: bytes, code: str) -> None:
    good = [orjson.dumps({**PLAIN, "id": f"urn:example:{name}"}) for name in ("b", "c")]
    data = b"\n".join([good[0], line, good[1]])
    found = list(read_lines(data))
    assert [entry.issue.code for entry in found if entry.issue] == [code]
    taken: list[str] = []
    with pytest.raises(CodedError) as error:
        taken.extend(listing.id for listing in JMICRO.load(data, "f.jsonl"))
    assert taken == ["urn:example:b", "urn:example:c"]
    assert [(issue.code, (issue.place or "")[:13]) for issue in error.value.issues] == [(code, "f.jsonl, line")]
    assert "line 2" in str(error.value.issues[0].place)
