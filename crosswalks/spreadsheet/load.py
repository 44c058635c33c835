"""A filled workbook → its listings, and everything a person should know about it, by sheet, row and column.

A cell that is not understood never becomes a value: it stays with its listing as a finding. A listing is refused
only without a title or under a number that is not its own alone. The other rows are never affected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from openpyxl.utils.cell import get_column_letter, range_boundaries
from pydantic import BaseModel, ValidationError

from config.messages import CodedError, Issue
from crosswalks.spreadsheet.cells import Bad, cell_value, number_of_listing, shown
from crosswalks.spreadsheet.grid import Cell, Grid, grids
from crosswalks.spreadsheet.heads import Head, field_by_name, head_of, sheet_by_name
from crosswalks.spreadsheet.layout import MAIN, NUMBER, TRANSLATIONS, Column, Sheet, sheet_named, sheets
from crosswalks.spreadsheet.model import Finding, SpreadsheetListing
from crosswalks.spreadsheet.parts import PARTS, set_value

_EXAMPLES = ("例", "ex")
_OUTSIDE = ("scheme", "object", "decision_ref", "valid_from", "valid_until", "body_country")


@dataclass(slots=True)
class Row:
    """One row that somebody filled: its cells by column, what they say, and what could not be taken."""

    grid: str
    sheet: Sheet
    number: int
    cells: dict[str, Cell]
    headings: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)

    def find(self, code: str, column: Column, path: str, hint: str = "") -> None:
        """Note a cell whose value could not be taken. `path` is the field of the listing that the row is for."""
        cell = self.cells.get(column.key)
        place = f"{get_column_letter(cell.column)}{self.number}" if cell else f"{self.number}"
        self.findings.append(
            Finding(
                code=code,
                field=path,
                sheet=self.grid,
                cell=place,
                heading=self.headings.get(column.key, ""),
                value=shown(cell)[:200] if cell else "",
                hint=hint,
            )
        )


@dataclass(slots=True)
class Filled:
    """What a workbook says: its listings with the place of each, and what was found beside them."""

    listings: list[tuple[SpreadsheetListing, str]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    rows: int = 0
    blank: int = 0


def load(data: bytes, name: str) -> Iterator[SpreadsheetListing]:
    """Yield the listings of a workbook, then tell everything else in a `CodedError`."""
    filled = read_workbook(data, name)
    for listing, _ in filled.listings:
        yield listing
    if filled.issues:
        raise CodedError(*filled.issues)


def read_workbook(data: bytes, name: str) -> Filled:
    """Return what a workbook says. Raises `CodedError` for a file that is no such workbook."""
    filled = Filled()
    reading = _Reading(filled)
    found = grids(data, name)
    for grid in found:
        head = head_of(grid, filled.issues)
        if head is not None:
            reading.take(grid, head)
    if MAIN not in reading.rows:
        raise CodedError.of("workbook_not_ours", file=name, sheet=sheet_named(MAIN).title)
    for sheet in sheets():
        if sheet.key not in reading.rows:
            filled.issues.append(Issue("sheet_missing", {"sheet": sheet.title}, place=sheet.title))
    reading.join()
    return filled


class _Reading:
    """The rows of all sheets on their way to listings."""

    def __init__(self, filled: Filled) -> None:
        self._filled = filled
        self.rows: dict[str, dict[str, list[Row]]] = {}

    def take(self, grid: Grid, head: Head) -> None:
        """Read the rows of one sheet."""
        key = head.sheet.key
        if key in self.rows:
            self._tell("sheet_twice", grid.name, {"sheet": grid.name})
            return
        by_number: dict[str, list[Row]] = self.rows.setdefault(key, {})
        if head.place_of(NUMBER) is None:
            return
        self._tell_oddities(grid, head)
        for number, cells in sorted(grid.rows.items()):
            if number > head.last_row:
                self._row(grid, head, number, cells, by_number)

    def _row(self, grid: Grid, head: Head, number: int, cells: list[Cell], by_number: dict[str, list[Row]]) -> None:
        known = {head.columns[cell.column].key: cell for cell in cells if cell.column in head.columns}
        others = [cell for cell in cells if cell.column in head.others and str(cell.value).strip()]
        first = known.pop(NUMBER, None)
        name = number_of_listing(first) if first else ""
        if name.lower().startswith(_EXAMPLES):
            return
        params: dict[str, Any] = {"sheet": grid.name, "row": number}
        where = f"{grid.name}!{number}"
        if not name or (first and first.kind in {"error", "date", "time", "truth"}):
            if known or others:
                self._tell("row_without_number", where, params)
                self._filled.rows += head.sheet.key == MAIN
            return
        if number in grid.hidden_rows:
            self._tell("row_hidden", where, params, name)
        headings = {column.key: f"{column.headings['ja']} {column.headings['en']}" for column in head.columns.values()}
        row = Row(grid.name, head.sheet, number, known, headings)
        nth = len(by_number.setdefault(name, [])) + 1
        start = "" if head.sheet.key == MAIN else f"{grid.name} {nth}: "
        for cell in others:
            row.others[f"{start}{head.others[cell.column]}"] = shown(cell)
        by_number[name].append(row)

    def join(self) -> None:
        """Make listings of the rows."""
        main = self.rows[MAIN]
        for name, every in list(main.items()):
            rows = [row for row in every if row.cells or row.others or self._continued(name)]
            for row in every:
                if row not in rows:
                    self._tell_empty(row, name)
            if not rows:
                del main[name]
                continue
            self._filled.rows += len(rows)
            if len(rows) > 1:
                for row in rows:
                    others = ", ".join(str(one.number) for one in rows if one is not row)
                    params = {"sheet": row.grid, "row": row.number, "number": name, "others": others}
                    self._tell("number_twice", f"{row.grid}!{row.number}", params, name)
                continue
            self._listing(name, rows[0])
        for key, by_number in self.rows.items():
            for name in by_number:
                if key != MAIN and name not in main:
                    self._tell_orphans(name, by_number[name], list(main))

    def _continued(self, name: str) -> bool:
        """Tell whether another sheet says something under a number."""
        return any(name in by_number for key, by_number in self.rows.items() if key != MAIN)

    def _tell_empty(self, row: Row, name: str) -> None:
        self._filled.blank += 1
        self._tell("row_empty", f"{row.grid}!{row.number}", {"sheet": row.grid, "row": row.number}, name)

    def _listing(self, name: str, row: Row) -> None:
        parts = {
            key: by_number.get(name, []) for key, by_number in self.rows.items() if key not in {MAIN, TRANSLATIONS}
        }
        for key, rows in {MAIN: [row], **parts}.items():
            for index, one in enumerate(rows):
                self._values(one, "" if key == MAIN else f"{sheet_named(key).parts}.{index}.", name)
        self._translate(name, row, parts)
        values: dict[str, Any] = dict(row.values)
        for key, rows in parts.items():
            sheet = sheet_named(key)
            for one in rows:
                if not (one.values or one.findings or one.others):
                    self._tell_empty(one, name)
            built = [_built(one, index) for index, one in enumerate(rows)]
            values[sheet.parts] = tuple(part for part in built if part is not None)
        _whole_groups(row)
        values.update({key: row.values.get(key) for key in ("issuer", "volume", "fee", "certificate")})
        everything = [row, *(one for rows in parts.values() for one in rows)]
        listing = _valid({**values, NUMBER: name}, row) if values.get("title") else None
        if listing is None:
            code = "listing_unreadable" if values.get("title") else "listing_without_title"
            params = {"sheet": row.grid, "row": row.number, "number": name}
            self._tell(code, f"{row.grid}!{row.number}", params, name)
            self._filled.issues.extend(issue_of(finding, name) for one in everything for finding in one.findings)
            return
        extra = {key: text for one in everything for key, text in one.others.items()}
        findings = tuple(finding for one in everything for finding in one.findings)
        listing = listing.model_copy(update={"others": extra, "findings": findings})
        self._filled.listings.append((listing, f"{row.grid}!{row.number}"))
        self._tell_wanted(name, parts, everything)

    def _values(self, row: Row, start: str, name: str) -> None:
        columns = {column.key: column for column in row.sheet.columns}
        for key, cell in row.cells.items():
            column = columns[key]
            try:
                value = cell_value(cell, column)
            except Bad as bad:
                row.find(bad.code, column, f"{start}{column.field}", bad.hint)
                continue
            if value.value in ("", ()):
                continue
            set_value(row.values, column, value.value)
            if value.remark:
                params = {"sheet": row.grid, "row": row.number, "column": get_column_letter(cell.column),
                          "heading": row.headings[key], "value": shown(cell), "taken": str(value.value)}  # fmt: skip
                self._tell(value.remark, f"{row.grid}!{params['column']}{row.number}", params, name)

    def _translate(self, name: str, main: Row, parts: dict[str, list[Row]]) -> None:
        """Lay texts in other languages beside the Japanese and English ones."""
        for row in self.rows.get(TRANSLATIONS, {}).get(name, []):
            self._values(row, "", name)
            for finding in row.findings:
                self._tell(finding.code, f"{finding.sheet}!{finding.cell}", _params(finding), name)
            said = row.values
            sheet = sheet_by_name(str(said.get("sheet", "")))
            field = field_by_name(sheet, str(said.get("column", ""))) if sheet else None
            rows = [main] if sheet and sheet.key == MAIN else parts.get(sheet.key, []) if sheet else []
            index = int(said.get("row", 0)) - 1
            if field and 0 <= index < len(rows) and said.get("tag") and said.get("text"):
                column = next(one for one in rows[index].sheet.columns if one.field == field)
                set_value(rows[index].values, column, said["text"], str(said["tag"]))
            elif not row.findings:
                params = {"sheet": row.grid, "row": row.number}
                self._tell("text_without_place", f"{row.grid}!{row.number}", params, name)

    def _tell_oddities(self, grid: Grid, head: Head) -> None:
        for reference in grid.merged:
            try:
                last = range_boundaries(reference)[3]
            except ValueError:
                continue
            if last is None or last > head.last_row:
                place = f"{grid.name}!{reference}"
                self._tell("cells_merged", place, {"sheet": grid.name, "cells": reference})
        if grid.comments:
            self._tell("comments_not_read", grid.name, {"sheet": grid.name, "count": grid.comments})
        if grid.hidden:
            self._tell("sheet_hidden", grid.name, {"sheet": grid.name})

    def _tell_orphans(self, name: str, rows: list[Row], known: list[str]) -> None:
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        for row in rows:
            params = {"sheet": row.grid, "row": row.number, "number": name, "hint": near[0] if near else "—"}
            self._tell("row_without_listing", f"{row.grid}!{row.number}", params)

    def _tell_wanted(self, name: str, parts: dict[str, list[Row]], rows: list[Row]) -> None:
        """Tell required cells that are empty, and sheets that have no row for a listing though they want one."""
        for row in rows:
            if not (row.cells or row.values):
                continue
            for column in row.sheet.columns:
                if column.need not in {"required", "one_language"} or column.key == NUMBER:
                    continue
                siblings = [one.key for one in row.sheet.columns if one.field == column.field]
                given = column.field in row.values or any(one in row.cells for one in siblings)
                if given or _has(row.values, column.field) or column.key != siblings[0]:
                    continue
                params = {"sheet": row.grid, "row": row.number, "heading": " ".join(column.names.values())}
                self._tell("cell_required", f"{row.grid}!{row.number}", params, name)
        for key, found in parts.items():
            if not found and sheet_named(key).need == "wanted":
                params = {"sheet": sheet_named(key).title, "number": name}
                self._tell("row_wanted", sheet_named(key).title, params, name)

    def _tell(self, code: str, place: str, params: dict[str, Any], record: str | None = None) -> None:
        self._filled.issues.append(Issue(code, params, record=record, place=place))


def issue_of(finding: Finding, record: str | None) -> Issue:
    """Return the message of a cell whose value could not be taken."""
    return Issue(finding.code, _params(finding), record=record, place=f"{finding.sheet}!{finding.cell}")


def _params(finding: Finding) -> dict[str, Any]:
    column = finding.cell.rstrip("0123456789")
    return {
        "sheet": finding.sheet, "row": finding.cell[len(column) :], "column": column or "—",
        "heading": finding.heading, "value": finding.value, "hint": finding.hint or "—",
    }  # fmt: skip


def _has(values: dict[str, Any], path: str) -> bool:
    value: Any = values
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value is not None


def _built(row: Row, index: int) -> BaseModel | None:
    """Return the part that a row makes up, without the values that its type refuses; None when it cannot be made."""
    start = f"{row.sheet.parts}.{index}."
    columns = {column.field: column for column in reversed(row.sheet.columns)}
    if row.sheet.key == "quality" and row.values.get("kind") != "external":
        for name in _OUTSIDE:
            if row.values.pop(name, None) is not None:
                row.find("cell_not_for_kind", columns[name], f"{start}{name}")
    if row.sheet.key == "notes" and row.values.get("kind") != "link" and row.values.pop("url", None) is not None:
        row.find("cell_not_for_kind", columns["url"], f"{start}url")
    if not row.values:
        return None
    for _ in range(len(row.values) + 1):
        try:
            return PARTS[row.sheet.key].model_validate(row.values)
        except ValidationError as error:
            refused = {str(one["loc"][0]) for one in error.errors() if one["loc"]} & set(row.values)
            if not refused:
                break
            for name in sorted(refused):
                row.find("cell_value_refused", columns[name], f"{start}{name}")
                del row.values[name]
    for name in list(row.values):
        row.find("row_incomplete", columns[name], f"{start}{name}")
    return None


def _whole_groups(row: Row) -> None:
    """Take back what was said of an awarding body that has no name: nothing can be said of nobody."""
    issuer = row.values.get("issuer")
    if isinstance(issuer, dict) and "name" not in issuer:
        columns = {column.field: column for column in reversed(row.sheet.columns)}
        for name in issuer:
            row.find("row_incomplete", columns[f"issuer.{name}"], f"issuer.{name}")
        del row.values["issuer"]


def _valid(values: dict[str, Any], row: Row) -> SpreadsheetListing | None:
    """Return the listing, without the values that their types refuse."""
    columns = {column.field: column for column in reversed(row.sheet.columns)}
    for _ in range(len(row.sheet.columns)):
        try:
            return SpreadsheetListing.model_validate(values)
        except ValidationError as error:
            taken = False
            for one in error.errors():
                path = [str(step) for step in one["loc"]]
                name = next((name for name in (".".join(path[:2]), path[0] if path else "") if name in columns), None)
                if name and _take_away(values, name):
                    row.find("cell_value_refused", columns[name], name)
                    taken = True
            if not taken:
                return None
    return None


def _take_away(values: dict[str, Any], path: str) -> bool:
    head, _, rest = path.partition(".")
    if not rest:
        return values.pop(head, None) is not None
    inner = values.get(head)
    return isinstance(inner, dict) and _take_away(inner, rest)
