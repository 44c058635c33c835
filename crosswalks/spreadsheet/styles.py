"""How the cells of the workbook look and what they let in: fonts, colours, protection, and checks with messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import east_asian_width

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from crosswalks.spreadsheet.layout import Column

FIRST_ROW = 4
"""The first row that people fill: headings, needs and keys stand above it."""
LAST_ROW = 2_003
"""The last row that the checks cover in an empty template."""

COLOURS = {
    "required": "C55A11",
    "one_language": "C55A11",
    "wanted": "C55A11",
    "optional": "2F5597",
    "registry": "7F7F7F",
}
"""The colour of a heading by how much the column is needed."""

HEADING = Font(name="Yu Gothic", bold=True, color="FFFFFF", size=10)
NEED = Font(name="Yu Gothic", size=9, color="595959")
KEY = Font(name="Consolas", size=7, color="BFBFBF")
TITLE = Font(name="Yu Gothic", bold=True, size=14)
STRONG = Font(name="Yu Gothic", bold=True, size=10)
TEXT = Font(name="Yu Gothic", size=10)
EXAMPLE = Font(name="Yu Gothic", size=10, italic=True, color="7F7F7F")
WRAPPED = Alignment(wrap_text=True, vertical="top")
CENTRED = Alignment(wrap_text=True, vertical="center", horizontal="center")
PALE = PatternFill("solid", fgColor="F2F2F2")
LINE = Border(bottom=Side(style="thin", color="BFBFBF"), right=Side(style="thin", color="D9D9D9"))
OPEN = Protection(locked=False)
SHUT = Protection(locked=True)

_LONGEST = 255
_LINE, _MOST_LINES = 15, 20
_NUMBERS = {"number", "integer", "share"}
_DAYS = {"date", "moment"}
_LENGTHS = {"country": 2, "currency": 3}


def filled(colour: str) -> PatternFill:
    """Return a plain fill."""
    return PatternFill("solid", fgColor=colour)


def on_paper(page: Any, columns: int) -> None:
    """Print a sheet across, on as many sheets of paper side by side as its columns need."""
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", "8"
    page.page_setup.fitToHeight, page.page_setup.fitToWidth = 0, 1 + columns // 15
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = "1:1"


def height(texts: Iterable[object], widths: Iterable[int]) -> float:
    """Return the height of a row whose texts are wrapped in columns of these widths; wide letters count twice."""
    lines = [
        sum(1 + _width(line) // max(width - 1, 1) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
        if isinstance(text, str)
    ]
    return _LINE * min(max(lines, default=1), _MOST_LINES) + 3


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)


def number_format(column: Column) -> str:
    """Return the format of the cells of a column: texts stay as typed, dates show as they are written here."""
    if column.kind in _DAYS:
        return "yyyy-mm-dd"
    return "General" if column.kind in _NUMBERS else "@"


def validation(column: Column, letter: str, last: int, choices: str, *, main: bool) -> DataValidation:
    """Return the check of a column, with what to write as its prompt. `choices` is the range of its list, if any."""
    rule = _rule(column, letter, last, choices, main=main)
    rule.promptTitle = column.names["ja"][:32]
    rule.prompt = _both(column.write)
    rule.showInputMessage = True
    rule.errorTitle = "入力の確認 Check"
    rule.add(f"{letter}{FIRST_ROW}:{letter}{last}")
    return rule


def _rule(column: Column, letter: str, last: int, choices: str, *, main: bool) -> DataValidation:
    first = f"{letter}{FIRST_ROW}"
    if choices:
        several = column.kind == "codes"
        return _stop(DataValidation(type="list", formula1=choices, allow_blank=True, showErrorMessage=not several),
                     "一覧から選んでください。", "Choose from the list.")  # fmt: skip
    if column.kind == "number_of_listing" and main:
        span = f"${letter}${FIRST_ROW}:${letter}${last}"
        return _stop(DataValidation(type="custom", formula1=f"COUNTIF({span},{first})=1", allow_blank=True),
                     "この番号はもう使われています。", "This number is taken.")  # fmt: skip
    if column.kind in _NUMBERS:
        kind = "whole" if column.kind == "integer" else "decimal"
        check = DataValidation(type=kind, operator="greaterThanOrEqual", formula1="0", allow_blank=True)
        return _stop(
            check, "0以上の数だけを書いてください（単位は書きません）。", "A number of 0 or more, without a unit."
        )
    if column.kind in _DAYS:
        check = DataValidation(type="date", operator="between", formula1="DATE(1950,1,1)", formula2="DATE(2150,1,1)",
                               allow_blank=True)  # fmt: skip
        return _stop(check, "日付を 2026-04-01 の形で書いてください。", "Write a date as 2026-04-01.")
    if length := _LENGTHS.get(column.kind):
        return _stop(DataValidation(type="textLength", operator="equal", formula1=str(length), allow_blank=True),
                     f"{length}文字のコードを書いてください。", f"A code of {length} letters.")  # fmt: skip
    return DataValidation(allow_blank=True)


def _stop(rule: DataValidation, ja: str, en: str) -> DataValidation:
    rule.error = f"{ja}\n{en}"
    rule.errorStyle = "stop"
    if rule.showErrorMessage is None:
        rule.showErrorMessage = True
    return rule


def _both(texts: dict[str, str]) -> str:
    return f"{texts['ja']}\n{texts['en']}"[:_LONGEST]
