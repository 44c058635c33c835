"""Every crosswalk has a mapping table that agrees with its model and with the descriptor, in both directions."""

from __future__ import annotations

import pytest

from crosswalks.contract import crosswalk_table
from crosswalks.mapping import DESCRIPTOR, Mapping, descriptor_paths, read_table
from crosswalks.outgoing import TABLE

SCHEMAS = sorted(crosswalk_table())
OUTGOING = [schema for schema in SCHEMAS if (crosswalk_table()[schema].folder / TABLE).exists()]


def outgoing_rows(schema: str) -> list[Mapping]:
    return read_table(crosswalk_table()[schema].folder / TABLE, DESCRIPTOR, schema)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_field_without_a_row_and_no_row_without_a_field(schema: str) -> None:
    crosswalk = crosswalk_table()[schema]
    rows = read_table(crosswalk.folder / "mapping.sssom.tsv", schema)
    fields = crosswalk.fields()
    assert fields, "the schema names no fields"
    assert sorted(fields - {row.subject for row in rows if not row.negative}) == [], "fields without a row"
    assert sorted({row.subject for row in rows} - fields) == [], "rows without a field"


@pytest.mark.parametrize("schema", SCHEMAS)
def test_rows_point_at_fields_of_the_descriptor(schema: str) -> None:
    rows = read_table(crosswalk_table()[schema].folder / "mapping.sssom.tsv", schema)
    objects = {row.object for row in rows if row.object}
    assert sorted(objects - descriptor_paths()) == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_rows_are_unique_and_complete(schema: str) -> None:
    rows = read_table(crosswalk_table()[schema].folder / "mapping.sssom.tsv", schema)
    pairs = [(row.subject, row.object, row.negative) for row in rows]
    assert len(pairs) == len(set(pairs))
    assert all(row.justification and row.author and row.date for row in rows)


def test_listings_of_registries_have_a_table_of_the_way_out() -> None:
    assert {"jvcampus", "mqa", "nzqa"} <= set(OUTGOING)


@pytest.mark.parametrize("schema", OUTGOING)
def test_every_field_of_the_descriptor_has_a_row_on_the_way_out(schema: str) -> None:
    subjects = {row.subject for row in outgoing_rows(schema)}
    assert sorted(subjects - descriptor_paths()) == [], "rows without a field"
    bare = []
    for path in descriptor_paths():
        above = {path.rsplit(".", cut)[0] for cut in range(path.count(".") + 1)}
        inside = any(subject.startswith(f"{path}.") for subject in subjects)
        if not (inside or above & subjects):
            bare.append(path)
    assert sorted(bare) == [], "fields without a row"


@pytest.mark.parametrize("schema", OUTGOING)
def test_rows_of_the_way_out_point_at_fields_of_the_schema(schema: str) -> None:
    rows = outgoing_rows(schema)
    assert sorted({row.object for row in rows if row.object} - crosswalk_table()[schema].fields()) == []
    pairs = [(row.subject, row.object, row.negative) for row in rows]
    assert len(pairs) == len(set(pairs))
    assert all(row.justification and row.author and row.date for row in rows)
    nowhere = {row.subject for row in rows if row.object is None}
    assert sorted(nowhere & {row.subject for row in rows if row.object and not row.negative}) == [], "a place, and none"
