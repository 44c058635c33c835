"""Five-field cron expressions, as minutes of a wall clock; nothing here knows a time zone.

Minute, hour, day of the month, month, day of the week (0 and 7 are Sunday; names in English). As cron has it, a day
matches when the day of the month or the day of the week does, if both are given.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from config.messages import CodedError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("weekday", 0, 7, {name: number for number, name in enumerate(_DAYS)}),
)
_LONGEST = 100
_FURTHEST = timedelta(days=3000)
"""Longer than the eight years that may lie between two 29ths of February."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed expression. `days` or `weekdays` is None where the field was `*`."""

    times: tuple[time, ...]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None

    @classmethod
    def parse(cls, text: str) -> Cron:
        """Read an expression. Raises `CodedError` with `cron_invalid`."""
        words = text.lower().split()
        if len(words) != len(_FIELDS) or len(text) > _LONGEST:
            raise CodedError.of("cron_invalid", cron=text[:_LONGEST], detail=f"{len(words)} of 5 fields")
        try:
            minutes, hours, days, months, weekdays = map(_numbers, words, _FIELDS)
        except ValueError as error:
            raise CodedError.of("cron_invalid", cron=text, detail=str(error)) from None
        return cls(
            tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)),
            None if words[2].startswith("*") else days,
            months,
            None if words[4].startswith("*") else frozenset(number % 7 for number in weekdays),
        )

    def walls(self, since: datetime) -> Iterator[datetime]:
        """Yield the moments of a wall clock that match, from `since` (naive) on, in order; an end after eight years."""
        day, last = since.date(), (since + _FURTHEST).date()
        while day <= last:
            if self._on(day):
                begin = bisect_left(self.times, since.time()) if day == since.date() else 0
                for moment in self.times[begin:]:
                    yield datetime.combine(day, moment)
            day += timedelta(days=1)

    def _on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        in_month = self.days is None or day.day in self.days
        in_week = self.weekdays is None or day.isoweekday() % 7 in self.weekdays
        if self.days is not None and self.weekdays is not None:
            return in_month or in_week
        return in_month and in_week


def _numbers(word: str, field: tuple[str, int, int, dict[str, int]]) -> frozenset[int]:
    name, least, most, names = field
    found: set[int] = set()
    for part in word.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        low = least if span == "*" else _number(first, name, names)
        high = most if span == "*" or (slash and not dash) else _number(last, name, names) if dash else low
        pace = _number(step, name, {}) if slash else 1
        if not least <= low <= high <= most or not pace:
            raise ValueError(f"{name}: {part}")
        found.update(range(low, high + 1, pace))
    return frozenset(found)


def _number(text: str, name: str, names: dict[str, int]) -> int:
    if text in names:
        return names[text]
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise ValueError(f"{name}: {text or '?'}")
    return int(text)
