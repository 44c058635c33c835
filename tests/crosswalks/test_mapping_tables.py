"""Every crosswalk has a mapping table that agrees with its model and with the descriptor, in both directions."""

from __future__ import annotations

import pytest

from crosswalks.contract import crosswalk_table
from crosswalks.mapping import descriptor_paths, read_table

SCHEMAS = sorted(crosswalk_table())


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_field_without_a_row_and_no_row_without_a_field(schema: str) -> None:
    crosswalk = crosswalk_table()[schema]
    rows = read_table(crosswalk.folder / "mapping.sssom.tsv", schema)
    subjects = {row.subject for row in rows}
    fields = crosswalk.fields()
    assert fields, "the schema names no fields"
    assert sorted(fields - subjects) == [], "fields without a row"
    assert sorted(subjects - fields) == [], "rows without a field"


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
