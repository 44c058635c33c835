"""What one cell says, by the kind of its column. Nothing is guessed: what is not plain becomes a `Bad` with a hint.

Numbers typed as text or in full width are plain; dates are plain as date cells and as `2026-04-01`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import cache
from typing import Any, get_args

from crosswalks.calendars import eras, spans
from crosswalks.descriptor.model import RightsPolicy
from crosswalks.spreadsheet.grid import Cell, serial_day
from crosswalks.spreadsheet.layout import Codes, Column, codes_named
from crosswalks.text import clean_lines, matching_key

LONGEST = 32_767
"""Most characters of one cell (Excel's specification)."""


class Bad(Exception):
    """A cell that was not understood: the message code, and what it may have been meant to say."""

    def __init__(self, code: str, hint: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says; `remark` is the code of a message when it had to be put into another form first."""

    value: Any
    remark: str = ""


_NUMBER = re.compile(r"^[+-]?\d{1,15}(\.\d{1,10})?$")
_IN_TEXT = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
_PERCENT = re.compile(r"^(\d{1,3}(?:\.\d{1,6})?)\s?%$")
_YEARS = range(1900, 2101)
"""Numbers of days that are a year typed into a cell of dates rather than a day of 1905."""
_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_GROUPED = re.compile(r"^\d{1,3}(,\d{3})+(\.\d+)?$")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$")
_YEAR_FIRST = re.compile(r"^(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})\s?日?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$")
_ERA = re.compile(
    r"^(令和|平成|昭和|R|H|S)\s?(\d{1,2}|元)\s?[年./-]\s?(\d{1,2})\s?[月./-]\s?(\d{1,2})\s?日?$", re.IGNORECASE
)
_DURATION = re.compile(r"^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$")
_SPAN = re.compile(
    r"^(\d{1,4})\s?(年間?|years?|か月間?|ヶ月間?|カ月間?|months?|週間?|weeks?|日間?|days?|時間|hours?)$", re.IGNORECASE
)
_TAG = re.compile(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
_URL = re.compile(r'^https?://[^\x00-\x20<>"{}|\\^`]+$')
_IRI = re.compile(r'^[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{}|\\^`]+$')
_SEVERAL = re.compile(r"[\n,、;；]")
_SCHEME_END = re.compile(r"(?<!\\)[:：]")
_PATTERNS = {
    "country": (re.compile(r"^[A-Z]{2}$"), "JP"),
    "region": (re.compile(r"^[A-Z]{2}-[A-Z0-9]{1,3}$"), "JP-13"),
    "currency": (re.compile(r"^[A-Z]{3}$"), "JPY"),
    "tag": (_TAG, "ja"),
    "iri": (_IRI, "https://…"),
    "url": (_URL, "https://…"),
}


def cell_value(cell: Cell, column: Column) -> Value:
    """Return what a cell says. Raises `Bad`."""
    if cell.kind == "error":
        raise Bad("cell_error_value")
    if cell.formula and not cell.value:
        raise Bad("formula_without_value")
    found = _READERS[column.kind](cell, column)
    return Value(found.value, found.remark or "formula_value") if cell.formula else found


def shown(cell: Cell) -> str:
    """Return a cell as a person sees it."""
    return f"{cell.value:%Y-%m-%d}" if isinstance(cell.value, datetime) else str(cell.value)


def number_of_listing(cell: Cell) -> str:
    """Return the number of a listing in one form, whether it was typed as text or as a number, wide or not."""
    text = unicodedata.normalize("NFKC", shown(cell)).strip()
    return text.removesuffix(".0") if cell.kind == "number" else text


def plain(cell: Cell) -> str:
    """Return the text of a cell, cleaned line by line. Raises `Bad` for what is no text."""
    if cell.kind == "date":
        raise Bad("cell_date_in_text", shown(cell))
    if cell.kind == "number":
        return _simple(str(cell.value))
    return clean_lines(str(cell.value))


def _text(cell: Cell, column: Column) -> Value:
    text = plain(cell)
    doubtful = column.language == "en" and _JAPANESE.search(text) and not _LATIN.search(text)
    return Value(text, "cell_language_doubtful" if doubtful else "")


def _field_code(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    """Read the code of a field of study, whose zeros in front a number does not keep."""
    text = plain(cell)
    return Value(text, "cell_code_digits" if cell.kind == "number" and len(text) % 2 else "")


def _number_of_listing(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    return Value(number_of_listing(cell))


def _number(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    if cell.kind == "number":
        return Value(Decimal(_simple(str(cell.value))))
    if cell.kind == "time":
        hours, minutes, seconds = (int(part) for part in str(cell.value).split(":"))
        raise Bad("cell_number_time", "" if minutes or seconds else str(hours))
    if cell.kind != "text":
        raise Bad("cell_number_wrong")
    text = unicodedata.normalize("NFKC", str(cell.value)).strip()
    if _NUMBER.match(text):
        return Value(Decimal(text), "cell_number_text")
    if _GROUPED.match(text):
        raise Bad("cell_number_wrong", text.replace(",", ""))
    inside = _IN_TEXT.findall(text)
    raise Bad("cell_number_wrong", inside[0] if len(inside) == 1 else "")


def _integer(cell: Cell, column: Column) -> Value:
    found = _number(cell, column)
    if found.value != int(found.value) or found.value < 0:
        raise Bad("cell_number_range", "0, 1, 2 …")
    return Value(int(found.value), found.remark)


def _share(cell: Cell, column: Column) -> Value:
    """Read a share, 0 to 1; a percentage in words is none."""
    text = unicodedata.normalize("NFKC", str(cell.value)).strip()
    if cell.kind == "text" and (percent := _PERCENT.match(text)):
        raise Bad("cell_number_wrong", _simple(str(Decimal(percent[1]) / 100)))
    found = _number(cell, column)
    if found.value > 1:
        raise Bad("cell_number_range", "0 … 1")
    return found


def _simple(raw: str) -> str:
    """Return a number of a cell as decimal text, at the fifteen digits that workbooks keep."""
    try:
        number = Decimal(raw)
    except InvalidOperation:
        raise Bad("cell_number_wrong") from None
    if len(number.as_tuple().digits) > 15:
        number = Decimal(format(float(number), ".15g"))
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    if isinstance(cell.value, datetime):
        if cell.serial in _YEARS:
            raise Bad("cell_date_year", str(cell.serial))
        return Value(cell.value.date())
    if cell.kind == "text" and _DAY.match(str(cell.value).strip()):
        if day := _day(*map(int, str(cell.value).strip().split("-"))):
            return Value(date.fromisoformat(day))
        raise Bad("cell_date_wrong")
    raise _no_date(cell)


def _moment(cell: Cell, column: Column) -> Value:
    if isinstance(cell.value, datetime) and cell.value.time() != datetime.min.time():
        return Value(f"{cell.value:%Y-%m-%dT%H:%M:%S}")
    if cell.kind == "text" and _MOMENT.match(text := str(cell.value).strip()):
        return Value(text)
    return Value(str(_date(cell, column).value))


def _no_date(cell: Cell) -> Bad:
    """Say why a cell is no date, with the day it may have been meant to be."""
    if cell.kind == "number":
        day = serial_day(float(str(cell.value)), cell.since)
        return Bad("cell_date_serial", day) if day else Bad("cell_date_wrong")
    text = unicodedata.normalize("NFKC", str(cell.value)).strip()
    if era := _ERA.match(text):
        meant = eras()[era[1].upper()].day(1 if era[2] == "元" else int(era[2]), int(era[3]), int(era[4]))
        return Bad("cell_date_era", meant.isoformat() if meant else "")
    if first := _YEAR_FIRST.match(text):
        return Bad("cell_date_text", _day(int(first[1]), int(first[2]), int(first[3])) or "")
    if last := _YEAR_LAST.match(text):
        one, other, year = (int(part) for part in last.groups())
        days = dict.fromkeys(filter(None, (_day(year, other, one), _day(year, one, other))))
        return Bad("cell_date_ambiguous", " / ".join(days)) if days else Bad("cell_date_wrong")
    return Bad("cell_date_wrong")


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _duration(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    text = unicodedata.normalize("NFKC", plain(cell)).strip()
    if _DURATION.match(text.upper()):
        return Value(text.upper())
    if span := _SPAN.match(text):
        return Value(spans()[span[2][0].lower()].format(int(span[1])), "cell_duration_words")
    raise Bad("cell_duration_wrong")


def _patterned(cell: Cell, column: Column) -> Value:
    pattern, example = _PATTERNS[column.kind]
    text = plain(cell)
    if pattern.match(text):
        return Value(text)
    narrow = unicodedata.normalize("NFKC", text).strip()
    for one in (narrow, narrow.upper(), f"https://{narrow}" if "." in narrow and column.kind == "url" else ""):
        if pattern.match(one):
            raise Bad("cell_form_wrong", one)
    raise Bad("cell_form_wrong", example)


def _rights(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    text = plain(cell)
    if text not in get_args(RightsPolicy):
        raise Bad("cell_code_unknown", ", ".join(get_args(RightsPolicy)))
    return Value(text)


def _code(cell: Cell, column: Column) -> Value:
    return Value(code_of(plain(cell), column.codes))


def _codes(cell: Cell, column: Column) -> Value:
    text = plain(cell)
    try:
        return Value((code_of(text, column.codes),))
    except Bad as bad:
        parts = [part for part in re.split(r"[\n、;；]", text) if part.strip()]
        if len(parts) < 2:
            raise
        first = bad
    try:
        return Value(tuple(code_of(part, column.codes) for part in parts))
    except Bad as bad:
        raise Bad(first.code, bad.hint) from None


def code_of(text: str, name: str) -> str:
    """Return the code that a text names: by its cell text, the code or one of its labels. Raises `Bad`."""
    known = _known(name)
    wanted = matching_key(text)
    if wanted in known:
        return known[wanted]
    near = get_close_matches(wanted, known, n=1, cutoff=0.5) or [one for one in known if wanted and wanted in one][:1]
    raise Bad("cell_code_unknown", codes_named(name).shown(known[near[0]]) if near else "")


@cache
def _known(name: str) -> dict[str, str]:
    """Return codes by whatever names them; a label that two codes share names neither."""
    codes: Codes = codes_named(name)
    found: dict[str, str | None] = {}
    for code, labels in codes.labels.items():
        for text in {matching_key(one) for one in (*labels.values(), codes.shown(code))}:
            found[text] = None if text in found else code
    found.update((matching_key(code), code) for code in codes.labels)
    return {text: code for text, code in found.items() if code is not None}


def _tags(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    parts = [part.strip() for part in _SEVERAL.split(unicodedata.normalize("NFKC", plain(cell))) if part.strip()]
    if not all(_TAG.match(part) for part in parts):
        raise Bad("cell_form_wrong", "ja, en")
    return Value(tuple(parts))


def _lines(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    return Value(tuple(unfolded(line) for line in plain(cell).split("\n")))


def _iris(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    lines = tuple(plain(cell).split("\n"))
    if not all(_IRI.match(line) for line in lines):
        raise Bad("cell_form_wrong", "https://…")
    return Value(lines)


def _identifiers(cell: Cell, column: Column) -> Value:  # noqa: ARG001
    found = []
    for line in plain(cell).split("\n"):
        parts = _SCHEME_END.split(line, maxsplit=1)
        scheme, value = (unfolded(part).strip() for part in (*parts, "")[:2])
        if not scheme or not value or scheme in {"http", "https"}:
            raise Bad("identifier_line_wrong", "course-code: MC-101")
        found.append({"scheme": scheme, "value": value})
    return Value(tuple(found))


def folded(text: str, *, scheme: bool = False) -> str:
    """Return a text on one line of a cell; `unfolded` gives it back."""
    kept = text.replace("\\", "\\\\").replace("\n", "\\n")
    return kept.replace(":", "\\:").replace("：", "\\：") if scheme else kept


def unfolded(text: str) -> str:
    """Return what `folded` put on one line; other backslashes stay as they are."""
    return re.sub(r"\\([\\n:：])", lambda found: "\n" if found[1] == "n" else found[1], text)


_READERS: dict[str, Callable[[Cell, Column], Value]] = {
    "number_of_listing": _number_of_listing,
    "lang": _text,
    "text": _text,
    "number": _number,
    "integer": _integer,
    "share": _share,
    "field_code": _field_code,
    "date": _date,
    "moment": _moment,
    "duration": _duration,
    "code": _code,
    "codes": _codes,
    "rights": _rights,
    "tags": _tags,
    "lines": _lines,
    "iris": _iris,
    "identifiers": _identifiers,
    **dict.fromkeys(_PATTERNS, _patterned),
}
