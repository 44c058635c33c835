"""Dates as Japanese, English and Malay texts write them, Japanese eras among them."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from crosswalks.calendars import eras, month_names
from crosswalks.prose.numbers import NUMBER, number, plain_form

_JAPANESE = re.compile(
    rf"(?:(?P<era>令和|平成|昭和)\s?(?P<first>元)?|(?P<letter>[RHS])\s?(?=[0-9]))?(?P<year>{NUMBER})?\s?年\s?"
    rf"(?P<month>{NUMBER})\s?月\s?(?P<day>{NUMBER})\s?日"
)
_DOTTED = re.compile(
    r"(?<![A-Za-z0-9])(?P<letter>[RHS])\s?(?P<year>[0-9]{1,2})[./](?P<month>[0-9]{1,2})[./](?P<day>[0-9]{1,2})(?![0-9])"
)
_ISO = re.compile(r"(?<![A-Za-z0-9])(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})(?![0-9])")
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_WRITTEN = (
    re.compile(rf"(?<![0-9])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)? {_MONTH},? (?P<year>[0-9]{{4}})(?![0-9])"),
    re.compile(rf"\b{_MONTH} (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<year>[0-9]{{4}})(?![0-9])"),
)


class DateSaid(NamedTuple):
    """A day, and where it stands in a text in compatibility form."""

    day: date
    start: int
    end: int


def date_in(text: str) -> date | None:
    """Return the one date that a text states, or None for none, for several, and for one that cannot be."""
    found = {said.day for said in dates_in(plain_form(text))}
    return found.pop() if len(found) == 1 else None


def dates_in(plain: str) -> list[DateSaid]:
    """Return the dates of a text in compatibility form, in order; what cannot be a day is left out."""
    patterns = (_JAPANESE, _DOTTED, _ISO, *_WRITTEN)
    found = [
        DateSaid(day, *match.span())
        for pattern in patterns
        for match in pattern.finditer(plain)
        if (day := _day(match))
    ]
    return sorted(found, key=lambda said: said.start)


def _day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    era = parts.get("era") or parts.get("letter")
    year = 1 if parts.get("first") else _whole(parts.get("year"))
    month = _month(parts["name"]) if parts.get("name") else _whole(parts.get("month"))
    day = _whole(parts["day"])
    if year is None or month is None or day is None:
        return None
    if era is not None:
        return eras()[era].day(year, month, day)
    try:
        return date(year, month, day) if year > 999 else None
    except (ValueError, OverflowError):
        return None


def _month(name: str) -> int | None:
    """Return the number of a month by its English or Malay name."""
    word = name.lower()
    if word in month_names("ms"):
        return month_names("ms").index(word) + 1
    meant = [number for number, one in enumerate(month_names("en"), 1) if len(word) > 2 and one.startswith(word)]
    return meant[0] if meant else None


def _whole(text: str | None) -> int | None:
    value = number(text) if text else None
    return int(value) if value is not None and value == value.to_integral_value() else None
