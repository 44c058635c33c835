"""The file that goes back to the institution: what was found is marked in its cells, and listed on a sheet of its own.

Each cell found gets a colour by severity and a comment in Japanese and English. Marks of an earlier round are taken
away first, so a file can come and go as often as it needs.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import column_index_from_string

from config.messages import CodedError, Issue, Severity
from crosswalks.spreadsheet import styles
from crosswalks.spreadsheet.dump import as_text, repacked
from crosswalks.spreadsheet.grid import OUR_AUTHOR
from crosswalks.spreadsheet.heads import FINDINGS
from crosswalks.spreadsheet.load import issue_of, read_workbook

_COLOURS = {
    Severity.STOP: "F8CBAD",
    Severity.REJECT: "F8CBAD",
    Severity.ERROR: "F8CBAD",
    Severity.WARNING: "FFE699",
    Severity.INFO: "DDEBF7",
}
_WORDS = {
    Severity.STOP: "誤り Error",
    Severity.REJECT: "誤り（読んでいません） Error (not read)",
    Severity.ERROR: "誤り Error",
    Severity.WARNING: "確認 Check",
    Severity.INFO: "お知らせ Note",
}
_PLACE = re.compile(r"^([A-Z]{0,3})(\d{0,7})(?::[A-Z]{1,3}\d{1,7})?$")
_WIDTHS = {"A": 26, "B": 30, "C": 70, "D": 50, "E": 70, "F": 50}
_HEADINGS = ("種類 Kind", "場所 Place", "内容", "直し方", "What", "What to do")


def everything_found(data: bytes, name: str) -> list[Issue]:
    """Return all that a person should know about a filled workbook. Raises `CodedError` for a file that is none."""
    filled = read_workbook(data, name)
    of_cells = [issue_of(one, listing.number) for listing, _ in filled.listings for one in listing.findings]
    return sorted([*filled.issues, *of_cells], key=lambda issue: list(Severity).index(issue.severity))


def marked(data: bytes, name: str) -> bytes:
    """Return a copy of a filled workbook with everything found marked in it. Raises `CodedError` as reading does."""
    found = everything_found(data, name)
    try:
        book = load_workbook(io.BytesIO(data), keep_links=False)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise CodedError.of("workbook_unreadable", file=name, detail=f"{type(error).__name__}: {error}"[:200]) from None
    _clean(book)
    notes: dict[tuple[str, str], list[Issue]] = {}
    for issue in found:
        if (cell := _cell_of(book, issue.place or "")) is not None:
            notes.setdefault(cell, []).append(issue)
    for (title, place), issues in notes.items():
        _mark(book[title][place], issues)
    _list(book, found)
    out = io.BytesIO()
    book.save(out)
    packed = io.BytesIO()
    repacked(out, packed)
    return packed.getvalue()


def _clean(book: Workbook) -> None:
    """Take away what an earlier round marked."""
    if FINDINGS in book.sheetnames:
        del book[FINDINGS]
    for cell in _commented(book):
        if cell.comment.author == OUR_AUTHOR:
            cell.comment = None
            cell.fill = PatternFill()


def _commented(book: Workbook) -> Iterator[Any]:
    for page in book.worksheets:
        for row in page.iter_rows(max_row=min(page.max_row, styles.LAST_ROW * 5)):
            yield from (cell for cell in row if cell.comment is not None)


def _cell_of(book: Workbook, place: str) -> tuple[str, str] | None:
    """Return the sheet and cell to mark for a place; a row stands for its first cell, a column for its heading."""
    title, _, where = place.rpartition("!")
    found = _PLACE.match(where)
    if title not in book.sheetnames or found is None:
        return None
    column, row = found.groups()
    if column and column_index_from_string(column) > 16_384:
        return None
    return title, f"{column or 'A'}{row or 1}"


def _mark(cell: Any, issues: list[Issue]) -> None:
    worst = min(issues, key=lambda issue: list(Severity).index(issue.severity))
    before = f"{cell.comment.text}\n\n" if cell.comment is not None else ""
    text = "\n\n".join(
        f"{issue.text('ja')}\n→ {issue.fix('ja')}\n{issue.text('en')}\n→ {issue.fix('en')}" for issue in issues
    )
    if type(cell).__name__ != "MergedCell":
        cell.comment = Comment(before + text, OUR_AUTHOR, height=180, width=420)
        cell.fill = styles.filled(_COLOURS[worst.severity])


def _list(book: Workbook, found: list[Issue]) -> None:
    page = book.create_sheet(FINDINGS, 0)
    page.sheet_properties.tabColor = "C00000"
    for letter, width in _WIDTHS.items():
        page.column_dimensions[letter].width = width
    for place, text in enumerate(_HEADINGS, 1):
        cell = page.cell(1, place, text)
        cell.font, cell.fill = styles.HEADING, styles.filled("2F5597")
    for row, issue in enumerate(found, 2):
        words = (_WORDS[issue.severity], issue.place or "", issue.text("ja"), issue.fix("ja"), issue.text("en"),
                 issue.fix("en"))  # fmt: skip
        for place, text in enumerate(words, 1):
            cell = page.cell(row, place)
            cell.value = as_text(text)
            cell.data_type = "s"
            cell.font, cell.alignment = styles.TEXT, styles.WRAPPED
        page.cell(row, 1).fill = styles.filled(_COLOURS[issue.severity])
    if not found:
        page.cell(2, 1, "誤りは見つかりませんでした。 Nothing was found.").font = styles.TEXT
    page.freeze_panes = "A2"
    book.active = 0
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is page
