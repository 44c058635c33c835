"""What texts and cells call days and spans of time: eras, months, units, offsets (`calendars.yaml`)."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from config.yaml_files import load_yaml


class Era(NamedTuple):
    """A Japanese era by its first and last day; the current one has no last day yet."""

    first: date
    last: date

    def day(self, year: int, month: int, day: int) -> date | None:
        """Return a day of a year of the era; None for one that the calendar or the era does not have."""
        try:
            found = date(self.first.year + year - 1, month, day)
        except (ValueError, OverflowError):
            return None
        return found if self.first <= found <= self.last else None


@cache
def eras() -> dict[str, Era]:
    """Return the eras by name and by letter."""
    found = {}
    for row in _table()["eras"]:
        found[row["name"]] = found[row["letter"]] = Era(row["first"], row.get("last", date.max))
    return found


@cache
def month_names(language: str) -> tuple[str, ...]:
    """Return the names of the months in small letters, from January on."""
    return tuple(_table()["months"][language])


@cache
def spans() -> dict[str, str]:
    """Return the form of a duration by the first character of its unit's name."""
    return dict(_table()["spans"])


@cache
def offsets() -> dict[str, str]:
    """Return the offset from UTC of the countries that have a single one all year."""
    return dict(_table()["offsets"])


@cache
def _table() -> dict[str, Any]:
    return dict(load_yaml(Path(__file__).parent / "calendars.yaml"))
