"""The table for people: one row for each record, in CSV that no spreadsheet takes for formulas.

Values are the descriptor's own; several in one cell stand on lines of `|`. Source: RFC 4180. A cell that begins as a
formula does gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.types import LangText
from crosswalks.text import legal
from store.publications import LogRow

COLUMNS = (
    "id", "registry", "published_at", "title_ja", "title_en", "title_other", "issuer", "issuer_country", "landing_page",
    "language_of_instruction", "field_codes", "total_hours", "duration", "level", "credit", "credit_status",
    "teaching_mode", "recognition_status", "recognition_valid_until", "rights", "attribution",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_SEPARATOR = " | "


def head() -> bytes:
    """Return the first line."""
    return _line(COLUMNS)


def row(published: LogRow, released: Descriptor) -> bytes:
    """Return the line of one record."""
    return _line(_cells(published, released))


def _cells(published: LogRow, record: Descriptor) -> list[str]:
    volume, issuer, recognition, source = record.volume, record.issuer, record.recognition, record.source_record
    others = [text for tag, text in record.title.items() if tag not in {"ja", "en"}]
    return [
        record.id,
        published.registry,
        published.published_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        record.title.get("ja", ""),
        record.title.get("en", ""),
        _SEPARATOR.join(others),
        _first(issuer.name) if issuer else "",
        (issuer.country if issuer else None) or "",
        record.landing_page or "",
        _SEPARATOR.join(record.language_of_instruction),
        _SEPARATOR.join(f"{field.scheme} {field.code}" for field in record.field if field.code),
        str(volume.total_hours) if volume and volume.total_hours is not None else "",
        (volume.duration if volume else None) or "",
        _SEPARATOR.join(f"{level.scheme} {level.value}" for level in record.level),
        _SEPARATOR.join(f"{credit.value} {credit.system}" for credit in record.credit),
        record.credit_status or "",
        _SEPARATOR.join(method.mode for method in record.teaching_method if method.mode),
        recognition.status if recognition else "",
        recognition.valid_until.isoformat() if recognition and recognition.valid_until else "",
        source.rights or "",
        source.attribution or "",
    ]


def _first(texts: LangText) -> str:
    return texts.get("en") or texts.get("ja") or next(iter(texts.values()))


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_harmless(legal(cell)) for cell in cells])
    return out.getvalue().encode()


def _harmless(cell: str) -> str:
    """Return a cell on one line that begins as no formula does."""
    cell = " ".join(cell.splitlines()) if "\n" in cell or "\r" in cell else cell
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
