"""Hours as the pivot: what figures come to, and that nothing is claimed beyond them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.frameworks import credit_systems
from config.messages import Issue
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.types import Credit
from crosswalks.descriptor.workload import Credits, Hours, amounts, credit_hours, credits_of, duration_hours, overlaps
from tests.crosswalks.descriptor.strategies import descriptors, quantities

SOURCED = sorted(code for code, system in credit_systems().items() if system.sourced)
OTHERS = sorted(set(credit_systems()) - set(SOURCED))


def total(least: str, most: str | None = None) -> Hours:
    return Hours(
        Decimal(least), Decimal(most or least), "total", "stated", "volume.total_hours", "stated_hours", "the listing"
    )


def units(hours: Hours, system: str) -> Credits:
    found = credits_of(hours, system)
    assert isinstance(found, Credits)
    return found


@pytest.mark.parametrize(
    ("value", "system", "hours"),
    [("1", "NZ-credit", ("10", "10")), ("40", "NZ-credit", ("400", "400")), ("1", "MY-credit", ("40", "40")),
     ("1", "JP-tani", ("45", "45")), ("1", "ECTS", ("25", "30")), ("2.5", "ECTS", ("62.5", "75"))],
)  # fmt: skip
def test_units_in_hours(value: str, system: str, hours: tuple[str, str]) -> None:
    found = credit_hours(Credit(system=system, value=Decimal(value)), "credit.0")
    assert isinstance(found, Hours)
    assert (found.least, found.most) == tuple(map(Decimal, hours))
    assert (found.basis, found.counted) == ("derived", "total")
    assert found.source
    assert found.year


@pytest.mark.parametrize(
    ("hours", "system", "least", "most"),
    [(total("10"), "JP-tani", "0.22", "0.22"), (total("400"), "JP-tani", "8.88", "8.88"),
     (total("400"), "ECTS", "13.33", "16"), (total("40"), "ECTS", "1.33", "1.6"),
     (total("25", "30"), "ECTS", "0.83", "1.2"), (total("25", "30"), "NZ-credit", "2.5", "3")],
)  # fmt: skip
def test_hours_in_units(hours: Hours, system: str, least: str, most: str) -> None:
    found = units(hours, system)
    assert (found.least, found.most) == (Decimal(least), Decimal(most))
    assert found.remainder is None


def test_steps_go_down_and_tell_what_is_left() -> None:
    found = units(total("45"), "MY-credit")
    assert (found.least, found.step, found.remainder) == (Decimal(1), Decimal("0.5"), (Decimal(5), Decimal(5)))
    assert units(total("60"), "MY-credit").least == Decimal("1.5")


def test_below_the_first_step_there_is_no_credit() -> None:
    found = units(total("30"), "MY-credit")
    assert (found.least, found.most) == (Decimal(0), Decimal(0))
    assert found.remainder == (Decimal(30), Decimal(30))


@pytest.mark.parametrize(
    ("duration", "hours", "basis"),
    [("PT40H", "40", "stated"), ("PT1H30M", "1.5", "stated"), ("P1DT12H", "36", "derived"), ("PT90M", "1.5", "stated")],
)
def test_durations_in_time(duration: str, hours: str, basis: str) -> None:
    found = duration_hours(duration)
    assert isinstance(found, Hours)
    assert (found.least, found.most, found.basis) == (Decimal(hours), Decimal(hours), basis)


@pytest.mark.parametrize("duration", ["P3D", "P2W", "P6M", "P1Y", "P1Y6M", "P1MT4H", "PT0H", "P0DT0M"])
def test_periods_are_no_hours(duration: str) -> None:
    found = duration_hours(duration)
    assert isinstance(found, Issue)
    assert found.code == "duration_says_no_hours"


@pytest.mark.parametrize("system", OTHERS)
def test_no_hours_without_a_sourced_row(system: str) -> None:
    there = credit_hours(Credit(system=system, value=Decimal(2)), "credit.0")
    back = credits_of(total("100"), system)
    assert isinstance(there, Issue)
    assert isinstance(back, Issue)
    assert there.code == back.code == "credit_without_sourced_hours"


@pytest.mark.parametrize("system", OTHERS)
def test_what_the_source_says_of_its_unit_counts_in_any_system(system: str) -> None:
    found = credit_hours(Credit(system=system, value=Decimal(2), hours_per_unit=Decimal(30)), "credit.0")
    assert isinstance(found, Hours)
    assert (found.least, found.rule) == (Decimal(60), "hours_per_unit_stated")


@given(st.sampled_from(SOURCED), st.sampled_from(SOURCED), quantities)
def test_a_round_trip_never_gains(source: str, target: str, value: Decimal) -> None:
    start = credit_hours(Credit(system=source, value=value), "credit.0")
    if isinstance(start, Issue):
        assert not value
        return
    there = units(start, target)
    assert there.least <= there.most
    light, heavy = credit_systems()[target].hours or (1, 1)
    assert there.least * heavy <= start.least
    assert there.most * light <= start.most
    if there.remainder is not None:
        assert there.least * heavy + there.remainder[0] == start.least
        assert there.most * light + there.remainder[1] == start.most


@given(descriptors(always=("volume", "credit")))
def test_every_figure_is_answered_and_taught_time_stays_taught(descriptor: Descriptor) -> None:
    hours, issues = amounts(descriptor)
    told = descriptor.volume.model_dump(exclude_none=True, exclude={"text"}) if descriptor.volume else {}
    stated = {f"volume.{name}" for name in told}
    stated |= {f"credit.{index}" for index in range(len(descriptor.credit))}
    assert {one.place for one in hours} | {one.place for one in issues} == stated
    for one in hours:
        assert one.counted == ("taught" if one.place == "volume.contact_hours" else "total")
        if one.counted == "taught":
            assert all(isinstance(credits_of(one, system), Issue) for system in credit_systems())


def test_taught_and_total_time_are_not_compared() -> None:
    taught = Hours(Decimal(40), Decimal(40), "taught", "stated", "volume.contact_hours", "stated_hours", "the listing")
    assert overlaps(total("40"), taught) is None
    assert overlaps(total("25", "30"), total("30", "45")) is True
    assert overlaps(total("25", "30"), total("31")) is False
