"""The workbook's listing ↔ descriptor: the laws, there and back, and goldens."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.ledger import Crossing
from crosswalks.spreadsheet.cells import LONGEST
from crosswalks.spreadsheet.dump import examples
from crosswalks.spreadsheet.load import read_workbook
from crosswalks.spreadsheet.model import SpreadsheetListing
from tests.crosswalks.descriptor.strategies import descriptors
from tests.crosswalks.laws import account_of, check_reading, check_there_and_back, check_writing
from tests.crosswalks.spreadsheet.strategies import as_cells_hold_it, listings

SHEET = crosswalk_for("spreadsheet")
IRI = "https://kakehashi.example/id/mc/spreadsheet-test"
SOURCE = SourceRecord(registry="spreadsheet", source_id="key", rights="reuse_with_attribution", attribution="JMICRO")
GOLDENS = SHEET.folder / "goldens"
QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def written(descriptor: Descriptor) -> Crossing[Any]:
    assert SHEET.write is not None
    crossing = SHEET.write(descriptor)
    check_writing(SHEET, descriptor, crossing)
    return crossing


def dumped(records: list[SpreadsheetListing]) -> bytes:
    assert SHEET.dump is not None
    out = io.BytesIO()
    SHEET.dump(records, "xlsx", out, {})
    return out.getvalue()


@given(listings(), st.booleans())
@QUIET
def test_laws_of_reading(listing: SpreadsheetListing, keeps: bool) -> None:  # noqa: FBT001
    crossing = SHEET.read(listing, listing.id if keeps and listing.id else IRI, SOURCE)
    check_reading(SHEET, listing, crossing)
    told = [issue.code for issue in crossing.issues]
    assert told == [finding.code for finding in listing.findings] + ["unmapped_field"] * len(listing.others)


@given(descriptors())
@QUIET
def test_laws_of_writing(descriptor: Descriptor) -> None:
    crossing = written(descriptor)
    assert not any(issue.severity == "reject" for issue in crossing.issues)
    assert crossing.value.rights == descriptor.source_record.rights


@given(descriptors())
@QUIET
def test_what_was_written_reads_back_but_for_what_the_ledgers_name(descriptor: Descriptor) -> None:
    out = written(descriptor)
    back = SHEET.read(out.value, descriptor.id, descriptor.source_record)
    check_there_and_back(descriptor, back.value, out.ledger, back.ledger)
    lost = {entry.source.partition(".")[0] for entry in out.ledger.losses() if entry.reason != "rights_withheld"}
    assert lost <= {"source_record", "recognition", "origins"}


@given(listings())
@QUIET
def test_a_listing_comes_back_but_for_what_the_ledgers_name(listing: SpreadsheetListing) -> None:
    there = SHEET.read(listing, IRI, SourceRecord(registry="spreadsheet", source_id="key"))
    back = written(there.value)
    check_there_and_back(listing, back.value, there.ledger, back.ledger)


@given(st.lists(listings(), min_size=1, max_size=3))
@settings(QUIET, max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@pytest.mark.slow
def test_the_workbook_holds_every_listing_word_for_word(records: list[SpreadsheetListing]) -> None:
    plain = [one for one in map(as_cells_hold_it, records) if one is not None]
    assume(plain)
    numbered = [one.model_copy(update={"number": str(place)}) for place, one in enumerate(plain, 1)]
    content = dumped(numbered)
    assert content == dumped(numbered)
    filled = read_workbook(content, "written.xlsx")
    told = {issue.code for issue in filled.issues}
    harmless = {"cell_required", "row_wanted", "cell_language_doubtful"}
    assert told <= harmless, [issue.text("en") for issue in filled.issues]
    read = [listing for listing, _ in filled.listings]
    for before, after in zip(numbered, read, strict=True):
        assert after.findings == ()
        found = differences(before.model_dump(), after.model_dump())
        assert [str(one) for one in found] == []


def test_a_text_longer_than_a_cell_keeps_the_record_back() -> None:
    assert SHEET.write is not None
    descriptor = Descriptor(id=IRI, source_record=SOURCE, title={"en": "Example " * LONGEST})
    crossing = SHEET.write(descriptor)
    assert [(issue.code, issue.severity.value) for issue in crossing.issues] == [("text_too_long_for_cell", "reject")]


def test_only_facts_leave_where_the_policy_says_so() -> None:
    source = SourceRecord(registry="mqa", source_id="1", rights="facts_only", attribution="MQA")
    text = {"en": "Prose of the source"}
    crossing = written(Descriptor(id=IRI, source_record=source, title={"en": "Example"}, description=text))
    assert b"Prose of the source" not in orjson.dumps(crossing.value.model_dump(mode="json"))
    assert (crossing.value.rights, crossing.value.attribution) == ("facts_only", "MQA")


def test_the_key_is_the_same_on_every_harvest_and_differs_between_institutions() -> None:
    one, other = (example.model_copy(update={"number": "1"}) for example in examples())
    assert SHEET.key(one) == SHEET.key(one.model_copy(update={"description": None}))
    assert SHEET.key(one) != SHEET.key(other)
    assert SHEET.iri(one) is None


@pytest.mark.parametrize("number", [1, 2])
def test_goldens(number: int) -> None:
    (listing,) = [one for one in examples() if one.number == f"例{number}"]
    crossing = SHEET.read(listing, IRI, SOURCE)
    check_reading(SHEET, listing, crossing)
    descriptor = orjson.loads((GOLDENS / f"example-{number}.descriptor.json").read_bytes())
    ours = crossing.value.model_dump(mode="json", exclude_defaults=True)
    assert list(differences(descriptor, ours)) == []
    account = orjson.loads((GOLDENS / f"example-{number}.account.json").read_bytes())
    assert list(differences(account, account_of(crossing))) == []


def test_an_empty_file_is_told() -> None:
    with pytest.raises(CodedError) as caught:
        list(SHEET.load(b"", "nothing.xlsx"))
    assert caught.value.issues[0].code == "workbook_unreadable"
