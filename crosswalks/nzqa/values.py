"""Single values of the register taken apart. What does not match whole is no value: None, never a guess."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from config.frameworks import level_schemes
from crosswalks.text import matching_key
from crosswalks.values import table_path, value_rows, values_by_code

FRAMEWORK = "NZQCF"

_LEVEL = re.compile(r"(?:level\s{0,3})?(\d{1,2})", re.IGNORECASE)
_LEVEL_AT_END = re.compile(r"\s{0,3}\(\s{0,3}level\s{0,3}(\d{1,2})\s{0,3}\)\s{0,3}$", re.IGNORECASE)
_CREDITS = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)(?:\s{0,3}credits?)?", re.IGNORECASE)
_DIGITS = re.compile(r"\d{1,20}")
_LONG_DATE = re.compile(r"(\d{1,2})\s{1,3}([A-Za-z]{3,9})\.?,?\s{1,3}(\d{4})")
_SHORT_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DOUBLE_VOWEL = re.compile(r"([aeiou])\1")
_BETWEEN = " \t-–—:>()[],;/"


@cache
def meanings(listed: str) -> dict[str, str]:
    """Return what the words of a list mean, by their matching key: `headings`, `te_hono`, `nothing`."""
    rows = value_rows(table_path(Path(__file__).parent, "reading"))
    return {matching_key(row.subject.label): row.object.code for row in rows if row.subject.listed == listed}


@cache
def headings() -> dict[str, str]:
    """Return the heading of an outcome statement for each category of outcomes that has one."""
    found = values_by_code(table_path(Path(__file__).parent, "writing"), "OutcomeCategory")
    return {code: value.label for code, value in found.items()}


def level_of(raw: str) -> str | None:
    """Return the level that `3` or `Level 3` states, None for anything the framework does not have."""
    match = _LEVEL.fullmatch(raw.strip())
    value = str(int(match.group(1))) if match else ""
    return value if value in (level_schemes()[FRAMEWORK].values or ()) else None


def level_in_title(title: str) -> str | None:
    """Return the level that a title ends with, as in `Welding (Level 3)`."""
    match = _LEVEL_AT_END.search(title)
    return str(int(match.group(1))) if match else None


def title_key(title: str) -> str:
    """Return a title for matching only: without the level at its end, macrons and capitals."""
    return maori_key(_LEVEL_AT_END.sub("", title))


def maori_key(text: str) -> str:
    """Return a form for matching only, in which `Māori`, `Mäori`, `Maaori` and `Maori` are the same."""
    return _DOUBLE_VOWEL.sub(r"\1", matching_key(text))


def credits_of(raw: str) -> Decimal | None:
    """Return the figure of `10`, `2.5` or `10 credits`, with the digits it was written with."""
    match = _CREDITS.fullmatch(raw.strip())
    return Decimal(match.group(1)) if match else None


def field_of(raw: str) -> tuple[str | None, str | None] | None:
    """Return code and label of an NZSCED statement; a code has two, four or six digits.

    Where several codes stand in one line, they must be one branch (`09 … > 0915 … > 091599 …`) and the most
    detailed counts. None when there is a number that is no such code.
    """
    codes = list(_DIGITS.finditer(raw))
    if not codes:
        return (None, raw) if raw.strip(_BETWEEN) else None
    chosen = max(codes, key=lambda match: len(match.group()))
    code = chosen.group()
    if len(code) not in {2, 4, 6} or any(not code.startswith(match.group()) for match in codes):
        return None
    after = next((match.start() for match in codes if match.start() > chosen.start()), len(raw))
    label = raw[chosen.end() : after].strip(_BETWEEN) or (
        raw[: chosen.start()].strip(_BETWEEN) if len(codes) == 1 else ""
    )
    return code, label or None


def date_of(raw: str) -> date | None:
    """Return the day of `31 December 2026` or `31/12/2026` (day first)."""
    text = raw.strip()
    if match := _LONG_DATE.fullmatch(text):
        word = match.group(2).lower()
        months = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
        month = months[0] if len(months) == 1 else 0
    elif match := _SHORT_DATE.fullmatch(text):
        month = int(match.group(2))
    else:
        return None
    try:
        return date(int(match.group(3)), month, int(match.group(1)))
    except ValueError:
        return None
