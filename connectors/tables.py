"""Reading HTML tables by their headers, not by their place, id or class.

Header cells may be `th` or `td`, stand in any order, and repeat; unknown columns are kept; a missing column, or
values that no longer look as they should, break the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from lxml import html

from connectors.contract import Payload, StructureBroken
from connectors.pages import text_of
from crosswalks.text import clean, matching_key


@dataclass(frozen=True, slots=True)
class Table:
    """A table found by its headers. `columns` maps our field to a cell number; `unknown` a header to one."""

    element: html.HtmlElement
    columns: dict[str, int]
    unknown: dict[str, int]
    rows: list[html.HtmlElement]
    path: str


def rows_of(table: html.HtmlElement) -> list[html.HtmlElement]:
    """Return the rows of a table, without those of tables nested in it."""
    rows: list[html.HtmlElement] = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in {"thead", "tbody", "tfoot"}:
            rows.extend(row for row in child if row.tag == "tr")
    return rows


def cells_of(row: html.HtmlElement) -> list[html.HtmlElement]:
    """Return the cells of a row."""
    return [cell for cell in row if cell.tag in {"td", "th"}]


def find_table(
    document: html.HtmlElement, payload: Payload, headers: Mapping[str, str], required: frozenset[str]
) -> Table | None:
    """Return the table whose header row holds the required fields, or None when no table comes near.

    `headers` maps a header text, as `matching_key` gives it, to our field. Raises `StructureBroken` with
    `columns_changed` when a table has some of the required headers but not all, and with `structure_changed` when two
    that hold different rows have them all: nobody could say which is the list of today.
    """
    nearest: list[str] = []
    best = 1
    found: list[Table] = []
    for table in cast("list[html.HtmlElement]", document.xpath("//table")):
        rows = rows_of(table)
        for index, row in enumerate(rows[:5]):
            labels = [clean(text_of(cell)) for cell in cells_of(row)]
            fields = [headers.get(matching_key(label)) for label in labels]
            known = {field for field in fields if field}
            if known >= required:
                columns = {field: number for number, field in reversed(list(enumerate(fields))) if field}
                unknown = {label: n for n, label in enumerate(labels) if label and fields[n] is None}
                found.append(Table(table, columns, unknown, rows[index + 1 :], table.getroottree().getpath(table)))
                break
            if len(known & required) > best:
                best, nearest = len(known & required), labels
    filled = [table for table in found if table.rows]
    if len(filled) > 1 and len({tuple(map(text_of, table.rows)) for table in filled}) > 1:
        detail = f"{len(filled)} tables with the columns of the list"
        raise StructureBroken.of("structure_changed", detail=detail, url=payload.url)
    if found:
        return (filled or found)[0]
    if nearest:
        expected = ", ".join(sorted(required))
        raise StructureBroken.of("columns_changed", expected=expected, found=", ".join(nearest), url=payload.url)
    return None


def values_of(table: Table, row: html.HtmlElement) -> tuple[dict[str, str], dict[str, str]] | None:
    """Return the cleaned values of a row by field, and those of unknown columns by header.

    None for a row that repeats the headers or has fewer cells than the columns need.
    """
    cells = [clean(text_of(cell)) for cell in cells_of(row)]
    needed = max(table.columns.values())
    if len(cells) <= needed:
        return None
    values = {field: cells[number] for field, number in table.columns.items()}
    others = {label: cells[number] for label, number in table.unknown.items() if number < len(cells) and cells[number]}
    return values, others


def places_of(table: Table) -> dict[str, str]:
    """Return, for each field, where its cell is below its row."""
    return {field: f"td[{number + 1}]" for field, number in table.columns.items()}


def expect_shape(
    values: Iterator[str] | list[str],
    shape: Any,
    column: str,
    payload: Payload,
    *,
    least_share: float,
    unless_fewer: int,
) -> None:
    """Stop the run when too few values of a column match a pattern: its cells have probably shifted.

    Blank values do not count. Raises `StructureBroken` with `columns_shifted`.
    """
    stated = [value for value in values if value]
    if len(stated) < unless_fewer:
        return
    odd = [value for value in stated if not shape.match(value)]
    if len(odd) / len(stated) > 1 - least_share:
        share = f"{len(odd) / len(stated):.0%}"
        raise StructureBroken.of("columns_shifted", column=column, share=share, sample=odd[0][:80], url=payload.url)
