"""A field that nobody has decided about is a loud issue and an entry of the ledger, whatever the schema."""

from __future__ import annotations

from typing import Any

import pytest

from crosswalks.contract import crosswalk_table
from crosswalks.descriptor.model import SourceRecord
from crosswalks.elm.model import ElmListing, ElmValue
from crosswalks.ledger import FieldOutcome
from tests.crosswalks.corpus import IRI, Line, listing_of, snapshot

SOURCE = SourceRecord(registry="made-up", source_id="1", rights="facts_only")
UNHEARD_OF = "unheardOf"
ID = IRI.format(1)
LINES = list({line.schema: line for line in snapshot()}.values())
OTHERS = [line for line in LINES if "others" in type(listing_of(line)).model_fields]


def unmapped(crossing: Any) -> set[str]:
    """The places of unmapped fields in the ledger; each must be an issue as well."""
    told = {
        entry.source
        for entry in crossing.ledger.entries
        if entry.reason == "unmapped_field" and entry.outcome is FieldOutcome.UNKNOWN
    }
    assert told == {issue.place for issue in crossing.issues if issue.code == "unmapped_field"}
    return told


def test_the_schemas_that_take_unknown_fields_are_here() -> None:
    assert {"mqa", "nzqa", "jvcampus", "openbadges"} <= {line.schema for line in OTHERS}


@pytest.mark.parametrize("line", OTHERS, ids=lambda line: line.schema)
def test_an_unknown_field_is_told_and_nothing_of_it_is_carried(line: Line) -> None:
    listing = listing_of(line)
    more = listing.model_copy(update={"others": {**listing.others, UNHEARD_OF: "value of it"}})  # type: ignore[attr-defined]
    read = crosswalk_table()[line.schema].read
    before, after = read(listing, ID, SOURCE), read(more, ID, SOURCE)
    assert unmapped(after) - unmapped(before) == {f"others.{UNHEARD_OF}"}
    assert after.value == before.value


def test_an_unknown_property_of_elm_is_told() -> None:
    line = next(line for line in LINES if line.schema == "elm")
    listing = listing_of(line)
    assert isinstance(listing, ElmListing)
    root = listing.nodes[listing.root]
    said = {**root.properties, f"elm:{UNHEARD_OF}": (ElmValue(value="value of it"),)}
    more = listing.model_copy(
        update={"nodes": {**listing.nodes, listing.root: root.model_copy(update={"properties": said})}}
    )
    read = crosswalk_table()["elm"].read
    before, after = read(listing, ID, SOURCE), read(more, ID, SOURCE)
    new = {entry.source for entry in after.ledger.entries} - {entry.source for entry in before.ledger.entries}
    (place,) = [one for one in new if UNHEARD_OF in one]
    assert [entry.reason for entry in after.ledger.entries if entry.source == place] == ["unmapped_field"]
    assert [issue.code for issue in after.issues if UNHEARD_OF in str(issue.params)] == ["unmapped_field"]
    assert after.value == before.value
