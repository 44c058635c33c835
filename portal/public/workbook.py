"""A comparison as a workbook: what each record says, how they differ, where every value came from, and which versions.

Text stays text: nothing that a source wrote is ever read as a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from string import ascii_uppercase
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from config.labels import label
from config.messages import Language
from portal.public.laying import Laid, Row
from portal.public.names import said
from portal.public.wording import (
    cell_text,
    difference_text,
    made_by,
    origin_words,
    place_words,
    reviewed_text,
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOST_SIGNS = 32_000
_HEAD = PatternFill("solid", fgColor="ECEEF2")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def workbook(laid: Laid, titles: dict[str, dict[str, str]], language: Language) -> bytes:
    """Return a comparison as an XLSX file."""
    book = Workbook()
    book.remove(book.active)
    letters = ascii_uppercase[: len(laid.pins)]
    heads = [label("heading", language), "", *letters]
    heads += [label("page_beside", language, first="A", second=letter) for letter in letters[1:]]
    rows: list[Sequence[str]] = [heads]
    for heading, found in laid.headings:
        name = said(heading.labels, language).text
        rows += [_compared(name, row, language) for row in found]
    _sheet(book, label("page_compare", language), rows, (18, 22, *([42] * len(letters)), *([36] * (len(letters) - 1))))
    _sheet(
        book,
        label("page_source", language),
        list(_sources(laid, titles, language)),
        (6, 24, 30, 22, 44, 22, 26, 40, 18),
    )
    _sheet(book, label("page_outcomes", language), list(_outcomes(laid, language)), (8, 50, 50, 40))
    _sheet(
        book,
        label("page_versions_compared", language),
        list(_about(laid, titles, language)),
        (6, 50, 30, 10, 24, 60, 40),
    )
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _compared(heading: str, row: Row, language: Language) -> list[str]:
    cells = [cell_text(cell, row.of.code, language) for cell in row.cells]
    pairs = [difference_text(one, language) for one in row.beside]
    return [heading, said(row.of.labels, language).text, *cells, *pairs]


def _sources(laid: Laid, titles: dict[str, dict[str, str]], language: Language) -> Iterable[Sequence[str]]:
    names = ("heading", "registry", "retrieved", "address", "page_source_field", "page_source_place", "page_quotation",
             "page_how")  # fmt: skip
    yield ["", *(label(name, language) for name in names)]
    for _, rows in laid.headings:
        for row in rows:
            for index, cell in enumerate(row.cells):
                for value in cell.values if cell else ():
                    one = value.evidence
                    quote = label("page_quotation_withheld", language) if laid.hidden[index] else one.quotation
                    registry = said(titles[one.registry], language).text if one.registry in titles else one.registry
                    yield [
                        ascii_uppercase[index], said(row.of.labels, language).text, registry,
                        one.retrieved_at.isoformat() if one.retrieved_at else "", one.address or "", one.field or "",
                        place_words(one.place, language) if one.place else "", quote if one.quotation and quote else "",
                        origin_words(one, language),
                    ]  # fmt: skip


def _outcomes(laid: Laid, language: Language) -> Iterable[Sequence[str]]:
    yield ["", "", "", label("matched_words", language)]
    for one in laid.alignments:
        for link in one.links:
            texts = [
                "\n".join([said(value.texts, language).text, *([reviewed_text(used, language)] if used else [])])
                for value, used in zip((link.left, link.right), link.used, strict=True)
            ]
            words = f"{link.words} ({label(f'means_{link.means}', language)})"
            yield [f"{one.first} – {one.second}", *texts, words]
        for left, right, maker in one.suggested:
            texts = [said(value.texts, language).text for value in (left, right)]
            yield [f"{one.first} – {one.second}", *texts, made_by(maker, language)]


def _about(laid: Laid, titles: dict[str, dict[str, str]], language: Language) -> Iterable[Sequence[str]]:
    names = ("title", "registry", "version", "retrieved", "page_cite", "rights")
    yield ["", *(label(name, language) for name in names)]
    for letter, pin, one in zip(ascii_uppercase, laid.pins, laid.whole.subjects, strict=False):
        registry = said(titles[one.registry], language).text if one.registry in titles else one.registry
        retrieved = one.retrieved_at.isoformat() if one.retrieved_at else ""
        rights = label(one.rights, language) if one.rights else ""
        about = " ".join(filter(None, (rights, one.attribution)))
        yield [letter, said(one.title, language).text, registry, str(pin.row.version), retrieved, one.iri, about]
    yield [""]
    yield ["", laid.whole.statement.text[language]]
    yield ["", f"{label('page_compare_key', language)}: {laid.whole.key}"]
    if laid.silent:
        named = [said(row.labels, language).text for row in laid.silent]
        yield ["", label("nobody_states", language, names=("、" if language == "ja" else ", ").join(named))]


def _sheet(book: Any, title: str, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    sheet = book.create_sheet(title=title[:31])
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            _write(sheet.cell(number, place), text, head=number == 1)
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "C2" if len(widths) > 4 else "A2"
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _write(cell: Any, text: str, *, head: bool) -> None:
    if not text:
        return
    cell.value = _NOT_IN_XML.sub("\ufffd", text)[:_MOST_SIGNS]
    cell.data_type, cell.number_format = "s", "@"
    cell.quotePrefix = text.startswith(_FORMULA)
    cell.alignment = _WRAPPED
    if head:
        cell.font, cell.fill = Font(bold=True), _HEAD
