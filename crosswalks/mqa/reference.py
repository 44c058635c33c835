"""Malaysian accreditation references: told apart by shape, and only where the shape matches whole.

Shapes: `MQA/PA12318` (provisional), `MQA/FA…` (full), `MQA/SWA…` (self-accrediting institution), the older `A 1234`
and `PA 1234`, and the ministry's approvals `KPT/JPS (…)` that wrap one of them and end in month/year of expiry.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, cast

from crosswalks.values import table_path, value_rows

Kind = Literal["provisional", "full", "self_accrediting", "unknown"]

_VALUES = table_path(Path(__file__).parent, "references")
_GAP = r"[\s/\-]{0,3}"
_CURRENT = re.compile(rf"^MQA{_GAP}(PA|FA|SWA|A){_GAP}(\d{{1,9}})$", re.IGNORECASE)
_OLDER = re.compile(rf"^(PA|A){_GAP}(\d{{1,9}})$", re.IGNORECASE)
_APPROVAL = re.compile(r"^KPT\s?/\s?JPS\s?\(([^()]{1,40})\)\s?(\d\d)/(\d\d)$", re.IGNORECASE)
_NEWER = re.compile(
    r"^KPT\s?/\s?JPS\s?\(\s?([NR])\s?/\s?(\d{3,4})\s?/\s?(\d)\s?/\s?(\d{1,9})\s?\)\s?\(([^()]{1,40})\)\s?(\d\d)/(\d\d)$",
    re.IGNORECASE,
)


class AccreditationReference(NamedTuple):
    """A reference taken apart. `expiry` is `yyyy-mm`; everything but `raw` and `kind` may be unknown."""

    raw: str
    kind: Kind
    number: str | None = None
    expiry: str | None = None
    nec: str | None = None
    level: str | None = None


class _Known(NamedTuple):
    kind: Kind
    scheme: dict[str, str]


@cache
def _kinds() -> dict[str, _Known]:
    return {
        row.subject.code: _Known(cast("Kind", row.object.code), {"ms": row.subject.label, "en": row.object.label})
        for row in value_rows(_VALUES)
    }


@cache
def accreditation(kind: Kind) -> dict[str, str]:
    """Return what a kind of accreditation is called. Raises `StopIteration` for the kind `unknown`."""
    return next(known.scheme for known in _kinds().values() if known.kind == kind)


def parse_reference(raw: str) -> AccreditationReference:
    """Take a reference apart. A shape that nobody knows keeps its text and gets the kind `unknown`."""
    text = " ".join(raw.split())
    if match := _CURRENT.match(text) or _OLDER.match(text):
        return AccreditationReference(raw, _kinds()[match.group(1).upper()].kind, match.group(2))
    if match := _NEWER.match(text):
        inner = parse_reference(match.group(5))
        expiry = f"20{match.group(7)}-{match.group(6)}"
        return AccreditationReference(raw, inner.kind, inner.number, expiry, match.group(2), match.group(3))
    if match := _APPROVAL.match(text):
        inner = parse_reference(match.group(1))
        return AccreditationReference(raw, inner.kind, inner.number, f"20{match.group(3)}-{match.group(2)}")
    return AccreditationReference(raw, "unknown")
