"""The first sheet: how to fill the workbook, and every column with what to write, whether it is needed and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment

from crosswalks.spreadsheet import styles
from crosswalks.spreadsheet.heads import GUIDE, NEEDS
from crosswalks.spreadsheet.layout import MAIN, NUMBER, Sheet, guide, sheets

TITLE = "マイクロクレデンシャル一覧 記入用紙 / Listing of micro-credentials"

_HEADINGS = (
    "シート\nSheet", "見出し\nHeading", "必須・任意\nNeeded", "書くこと\nWhat to write (ja)",
    "What to write (en)", "根拠\nSource",
)  # fmt: skip
_WIDTHS = (26, 34, 20, 60, 60, 12)


def add_guide(book: Workbook) -> None:
    """Add the guide to a workbook that is written row by row."""
    page = _Page(book)
    page.add([TITLE], font=styles.TITLE, alignment=Alignment())
    words = guide()
    for number, step in enumerate(words["steps"], 1):
        page.add([f"{number}", "", "", step["ja"], step["en"]])
    caution = words["not_official"]
    page.add(["", "", "", caution["ja"], caution["en"]], font=styles.STRONG)
    page.add([""])
    page.add(_HEADINGS, font=styles.HEADING, fill=styles.filled("2F5597"))
    for sheet in sheets():
        _describe(page, sheet)
    page.add([""])
    page.add(["根拠の記号 Source marks"], font=styles.STRONG)
    for mark, text in words["sources"].items():
        page.add([mark, "", "", text["ja"], text["en"]])


def _describe(page: _Page, sheet: Sheet) -> None:
    need = "\n".join(NEEDS[sheet.need])
    page.add([sheet.title, "", need, sheet.about["ja"], sheet.about["en"], ""], font=styles.STRONG, fill=styles.PALE)
    done: set[str] = set()
    for column in sheet.columns:
        if column.field in done or (column.key == NUMBER and sheet.key != MAIN):
            continue
        done.add(column.field)
        heading = f"{column.names['ja']}\n{column.names['en']}"
        page.add(["", heading, "\n".join(NEEDS[column.need]), column.write["ja"], column.write["en"], column.source])


class _Page:
    """The sheet while it is written, row by row, each as high as its texts."""

    def __init__(self, book: Workbook) -> None:
        self._page = book.create_sheet(GUIDE)
        self._page.sheet_properties.tabColor = "548235"
        styles.on_paper(self._page, len(_WIDTHS))
        self._page.protection.sheet = True
        self._page.protection.formatColumns = self._page.protection.formatRows = False
        for letter, width in zip("ABCDEF", _WIDTHS, strict=True):
            self._page.column_dimensions[letter].width = width
        self._row = 0

    def add(self, texts: Sequence[str], **looks: Any) -> None:
        """Add a row. Looks are styles of its cells."""
        self._row += 1
        if len(texts) > 1:
            self._page.row_dimensions[self._row].height = styles.height(texts, _WIDTHS[: len(texts)])
        cells = []
        for text in texts:
            cell = WriteOnlyCell(self._page, value=text or None)
            cell.font, cell.alignment = styles.TEXT, styles.WRAPPED
            for name, look in looks.items():
                setattr(cell, name, look)
            cells.append(cell)
        self._page.append(cells)
