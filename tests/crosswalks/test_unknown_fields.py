"""A field that nobody has decided about is a loud issue and an entry of the ledger, whatever the schema."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from crosswalks.contract import crosswalk_table
from crosswalks.ctdl.parse import TERMS as TERMS_OF_CTDL
from crosswalks.descriptor.model import SourceRecord
from crosswalks.elm.model import ElmListing, ElmValue
from crosswalks.ledger import FieldOutcome
from crosswalks.schemaorg.parse import TERMS as TERMS_OF_SCHEMAORG
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
    assert {"mqa", "nzqa", "jvcampus", "openbadges", "ctdl", "schemaorg"} <= {line.schema for line in OTHERS}


@pytest.mark.parametrize("line", OTHERS, ids=lambda line: line.schema)
def test_an_unknown_field_is_told_and_nothing_of_it_is_carried(line: Line) -> None:
    listing = listing_of(line)
    more = listing.model_copy(update={"others": {**listing.others, UNHEARD_OF: "value of it"}})  # type: ignore[attr-defined]
    read = crosswalk_table()[line.schema].read
    before, after = read(listing, ID, SOURCE), read(more, ID, SOURCE)
    assert unmapped(after) - unmapped(before) == {f"others.{UNHEARD_OF}"}
    assert after.value == before.value


LINKED = {
    "ctdl": ("registry.source.json", TERMS_OF_CTDL),
    "schemaorg": ("written.jsonld", TERMS_OF_SCHEMAORG),
}


def loaded(schema: str, data: Any) -> Any:
    (listing,) = crosswalk_table()[schema].load(orjson.dumps(data), "file.json")
    return listing


def objects_in(tree: Any) -> list[dict[str, Any]]:
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    found = [one for item in inner for one in objects_in(item)]
    speaks = isinstance(tree, dict) and any(key[:1] != "@" for key in tree) and "@value" not in tree
    return [tree, *found] if speaks and not all(isinstance(item, str) for item in tree.values()) else found


@pytest.mark.parametrize("schema", LINKED)
def test_an_unknown_key_is_told_wherever_it_stands(schema: str) -> None:
    name, terms = LINKED[schema]
    plain = orjson.loads((crosswalk_table()[schema].folder / "goldens" / name).read_bytes())
    number = len([one for one in objects_in(plain) if "@graph" not in one])
    assert number > 5
    told = 0
    for which in range(number):
        data = orjson.loads(orjson.dumps(plain))
        node = [one for one in objects_in(data) if "@graph" not in one][which]
        node[UNHEARD_OF] = "value of it"
        listing = loaded(schema, data)
        left = any(key in name.split(".") for name in listing.left_out for key in terms.personal)
        places = {
            place for place in unmapped(crosswalk_table()[schema].read(listing, ID, SOURCE)) if UNHEARD_OF in place
        }
        told += bool(places)
        assert places or left or "value of it" in str(listing.unplaced), node
    assert told > 5


@pytest.mark.parametrize("schema", LINKED)
def test_a_value_without_the_form_of_its_field_is_told(schema: str) -> None:
    """Nothing that stands where a field is read is passed over: it is read, or kept and told."""
    name, terms = LINKED[schema]
    plain = orjson.loads((crosswalk_table()[schema].folder / "goldens" / name).read_bytes())
    model = "CtdlListing" if schema == "ctdl" else "SchemaorgListing"
    for term in terms.rows[model]:
        if term.form in {"id", "kinds"} or term.field == "name":
            continue
        data = orjson.loads(orjson.dumps(plain))
        data["@graph"][0][term.key] = [{UNHEARD_OF: {"inside": ["value of it"]}}, [["deep"]]]
        listing = loaded(schema, data)
        told = unmapped(crosswalk_table()[schema].read(listing, ID, SOURCE))
        assert any(term.key in place for place in told), term
        assert "value of it" in str(listing.others), term
        assert "deep" in str(listing.others), term


@pytest.mark.parametrize("schema", LINKED)
def test_fields_that_a_table_gives_a_place_are_looked_at(schema: str) -> None:
    """A field with a place that the reader never speaks of would be told as unmapped; no golden has one."""
    folder = crosswalk_table()[schema].folder / "goldens"
    for path in sorted(folder.glob("*.ledger.json")):
        entries = orjson.loads(path.read_bytes())["entries"]
        loud = [entry["source"] for entry in entries if entry.get("reason") == "unmapped_field"]
        assert [place for place in loud if not place.startswith("others.")] == [], path.name


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
