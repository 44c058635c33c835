"""Eras, months, units and offsets: the tables are whole, and a day that an era does not have is none of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from crosswalks.calendars import eras, month_names, offsets, spans
from crosswalks.lexical import DURATION


def test_eras_follow_one_another_without_a_gap() -> None:
    own = sorted(set(eras().values()))
    assert len(own) * 2 == len(eras())
    for one, following in pairwise(own):
        assert one.last + timedelta(days=1) == following.first
    assert own[-1].last == date.max


@pytest.mark.parametrize(
    ("era", "year", "day"),
    [("令和", 8, "2026-04-01"), ("R", 1, None), ("平成", 31, "2019-04-01"), ("H", 40, None), ("昭和", 64, None)],
)
def test_a_day_of_an_era_is_a_day_that_the_era_had(era: str, year: int, day: str | None) -> None:
    found = eras()[era].day(year, 4, 1)
    assert (found.isoformat() if found else None) == day
    assert eras()[era].day(year, 2, 30) is None


def test_every_language_has_twelve_months_and_every_unit_a_duration() -> None:
    for language in ("en", "ms"):
        names = month_names(language)
        assert len(names) == len(set(names)) == 12
        assert all(name == name.lower() for name in names)
    assert all(DURATION.match(form.format(3)) for form in spans().values())
    assert all(re.fullmatch(r"[+-][0-9]{2}:[0-9]{2}", offset) for offset in offsets().values())
