"""Which sheet of the layout a grid is, and which column stands where, whatever was moved, renamed or added.

The row of keys under the headings decides; without it, headings do. A key and a heading that contradict each other are
told, and the column is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from openpyxl.utils.cell import get_column_letter

from config.messages import Issue
from crosswalks.spreadsheet.cells import shown
from crosswalks.spreadsheet.grid import Cell, Grid
from crosswalks.spreadsheet.layout import NUMBER, Column, Sheet, sheets
from crosswalks.text import matching_key

GUIDE = "はじめに Guide"
CODES = "コード表 Codes"
FINDINGS = "確認結果 Findings"
NEEDS = {
    "required": ("必須", "Required"),
    "one_language": ("必須（日英いずれか）", "Required (ja or en)"),
    "wanted": ("1行以上", "One row or more"),
    "optional": ("任意", "Optional"),
    "registry": ("記入不要", "Leave empty"),
}
"""How much a column is needed, as the row under the headings says it."""

_SEARCHED = 30
_PEOPLE = re.compile(
    r"氏名|担当者|連絡先|メール|電話|講師|教員名|学生|受講者|学籍番号|生年月日|e-?mail|phone|contact|teacher|instructor"
    r"|student|learner|birth|person"
)


@dataclass(slots=True)
class Head:
    """The head of one sheet: the last row of it, its columns by place, and unknown headings by place."""

    sheet: Sheet
    last_row: int
    columns: dict[int, Column] = field(default_factory=dict)
    others: dict[int, str] = field(default_factory=dict)

    def place_of(self, key: str) -> int | None:
        """Return where a column stands."""
        return next((place for place, column in self.columns.items() if column.key == key), None)


def head_of(grid: Grid, issues: list[Issue]) -> Head | None:
    """Return the head of a sheet, or None for a sheet that is none of the layout's; what is odd is told."""
    if matching_key(grid.name) in _ours():
        return None
    top = dict(sorted(grid.rows.items())[:_SEARCHED])
    key_row = max(top, key=lambda row: len(_keys(top[row])), default=0)
    keys = _keys(top[key_row]) if key_row else {}
    sheet = _sheet_of_keys(keys) or sheet_by_name(grid.name)
    heading_row = _heading_row({row: cells for row, cells in top.items() if not keys or row < key_row}, sheet)
    if sheet is None:
        sheet, heading_row = _sheet_of_headings(top)
    if sheet is None or (not keys and not heading_row):
        if grid.rows:
            issues.append(Issue("sheet_unknown", {"sheet": grid.name}, place=grid.name))
        return None
    own = {place: key for place, key in keys.items() if key.partition(":")[0] == sheet.key}
    last = key_row if own else heading_row
    while not own and last + 1 in top and _is_hint(top[last + 1]):
        last += 1
    head = Head(sheet, last)
    headings = {cell.column: shown(cell) for cell in top.get(heading_row, ())}
    for place in sorted({*own, *headings}):
        _place(head, grid, place, own.get(place), headings.get(place, ""), issues)
    _tell_missing(head, grid, issues)
    return head


def _place(head: Head, grid: Grid, place: int, key: str | None, heading: str, issues: list[Issue]) -> None:
    sheet = head.sheet
    by_key = next((column for column in sheet.columns if sheet.key_of(column) == key), None)
    by_heading = _headings(sheet.key).get(matching_key(heading))
    params = {"sheet": grid.name, "column": get_column_letter(place), "heading": _one_line(heading)}
    where = f"{grid.name}!{params['column']}"
    column = by_key or by_heading
    if column is None:
        _other(head, place, params, where, issues)
    elif by_key and by_heading and by_key is not by_heading:
        told = {**params, "expected": _one_line(by_key.heading)}
        issues.append(Issue("column_conflict", told, place=where))
    elif head.place_of(column.key) is not None:
        issues.append(Issue("column_twice", params, place=where))
    else:
        head.columns[place] = column
        if by_heading is None and heading:
            issues.append(Issue("column_renamed", {**params, "expected": _one_line(column.heading)}, place=where))


def _other(head: Head, place: int, params: dict[str, str], where: str, issues: list[Issue]) -> None:
    heading = params["heading"]
    if not heading:
        return
    if _PEOPLE.search(matching_key(heading)):
        issues.append(Issue("column_personal", params, place=where))
        return
    near = get_close_matches(matching_key(heading), _headings(head.sheet.key), n=1, cutoff=0.6)
    hint = _one_line(_headings(head.sheet.key)[near[0]].heading) if near else "—"
    issues.append(Issue("spreadsheet_column_unknown", {**params, "hint": hint}, place=where))
    head.others[place] = heading


def _tell_missing(head: Head, grid: Grid, issues: list[Issue]) -> None:
    present = {column.key for column in head.columns.values()}
    fields = {column.field for column in head.columns.values()}
    for column in head.sheet.columns:
        if column.key in present:
            continue
        needed = column.need == "required" or (column.need == "one_language" and column.field not in fields)
        code = "column_missing_required" if needed else "column_missing"
        params = {"sheet": grid.name, "heading": _one_line(column.heading)}
        issues.append(Issue(code, params, place=grid.name))


def _keys(cells: list[Cell]) -> dict[int, str]:
    return {cell.column: text for cell in cells if (text := str(cell.value).strip()) in _all_keys()}


def _sheet_of_keys(keys: dict[int, str]) -> Sheet | None:
    counts: dict[str, int] = {}
    for key in keys.values():
        name = key.partition(":")[0]
        counts[name] = counts.get(name, 0) + 1
    best = max(counts, key=lambda name: counts[name], default="")
    return next((sheet for sheet in sheets() if sheet.key == best), None)


def sheet_by_name(name: str) -> Sheet | None:
    """Return the sheet that a text names: by its tab, its Japanese or English name, or its key."""
    wanted = matching_key(name)
    for sheet in sheets():
        if wanted in {matching_key(one) for one in (sheet.title, *sheet.names.values(), sheet.key)}:
            return sheet
    return None


def field_by_name(sheet: Sheet, name: str) -> str | None:
    """Return the text field of a sheet that a text names, without its language."""
    wanted = matching_key(name)
    for column in sheet.columns:
        if column.language and wanted in {matching_key(one) for one in (*column.names.values(), column.field,
                                          f"{column.names['ja']} {column.names['en']}")}:  # fmt: skip
            return column.field
    return None


def _sheet_of_headings(top: dict[int, list[Cell]]) -> tuple[Sheet | None, int]:
    best: tuple[int, Sheet | None, int] = (2, None, 0)
    for sheet in sheets():
        for row, cells in top.items():
            if (count := _matches(cells, sheet)) > best[0]:
                best = (count, sheet, row)
    return best[1], best[2]


def _heading_row(top: dict[int, list[Cell]], sheet: Sheet | None) -> int:
    if sheet is None or not top:
        return 0
    best = max(top, key=lambda row: _matches(top[row], sheet))
    return best if _matches(top[best], sheet) else 0


def _matches(cells: list[Cell], sheet: Sheet) -> int:
    known = _headings(sheet.key)
    return sum(matching_key(shown(cell)) in known for cell in cells)


def _is_hint(cells: list[Cell]) -> bool:
    words = {matching_key(f"{ja}\n{en}") for ja, en in NEEDS.values()}
    return all(matching_key(shown(cell)) in words for cell in cells)


def _one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def _ours() -> frozenset[str]:
    return frozenset(matching_key(name) for name in (GUIDE, CODES, FINDINGS))


@cache
def _all_keys() -> frozenset[str]:
    return frozenset(sheet.key_of(column) for sheet in sheets() for column in sheet.columns)


@cache
def _headings(key: str) -> dict[str, Column]:
    """Return the columns of a sheet by everything their headings may say; what two share names neither."""
    sheet = next(sheet for sheet in sheets() if sheet.key == key)
    found: dict[str, Column | None] = {}
    for column in sheet.columns:
        for text in {matching_key(one) for one in (*column.headings.values(), column.heading)}:
            found[text] = None if text in found else column
    return {text: column for text, column in found.items() if column is not None and (text or column.key == NUMBER)}
