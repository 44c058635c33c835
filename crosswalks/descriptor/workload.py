"""Hours as the pivot between credit systems: what a listing's figures come to, with their basis and source.

Each figure of a listing gives an amount of its own; amounts are never mixed or averaged. Ranges stay ranges. Taught
time is never read as the whole of learning. Nothing is rounded up: where the target system has steps, the figure goes
down to the step and the remainder is told. Only rows that rest on a system's own text are used.

The figures, with their sources and years, are in `config/frameworks/credit_systems.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Any, Literal

from config.frameworks import CreditSystem, credit_systems
from config.messages import Issue
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.types import Credit

Basis = Literal["stated", "derived"]
Counted = Literal["total", "taught"]

_TIME = re.compile(r"^P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")
_FINE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Hours:
    """An amount of learning in hours: the least and the most that a figure can mean.

    `counted` is what the figure counts, the whole of learning or only taught time. `place` is the descriptor's field,
    `rule` how the hours came out of it, `source` and `year` what the rule rests on.
    """

    least: Decimal
    most: Decimal
    counted: Counted
    basis: Basis
    place: str
    rule: str
    source: str
    year: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the amount for machines, numbers as text."""
        return {
            "least": format(self.least, "f"),
            "most": format(self.most, "f"),
            "counted": self.counted,
            "basis": self.basis,
            "place": self.place,
            "rule": self.rule,
            "source": self.source,
            "year": self.year,
        }


@dataclass(frozen=True, slots=True)
class Credits:
    """What hours come to in a credit system: least and most units, and the hours that were left by rounding down.

    Without a step in the system, figures are cut after the second decimal, and no remainder is told.
    """

    system: str
    least: Decimal
    most: Decimal
    step: Decimal | None
    remainder: tuple[Decimal, Decimal] | None
    source: str
    year: int

    def as_json(self) -> dict[str, Any]:
        """Return the credits for machines, numbers as text."""
        return {
            "system": self.system,
            "least": format(self.least, "f"),
            "most": format(self.most, "f"),
            "step": None if self.step is None else format(self.step, "f"),
            "remainder_hours": None if self.remainder is None else [format(part, "f") for part in self.remainder],
            "source": self.source,
            "year": self.year,
        }


def amounts(descriptor: Descriptor) -> tuple[list[Hours], list[Issue]]:
    """Return the hours that each figure of a listing comes to, and why others come to none."""
    figures = list(_figures(descriptor))
    hours = [figure for figure in figures if isinstance(figure, Hours)]
    return hours, [figure for figure in figures if isinstance(figure, Issue)]


def _figures(descriptor: Descriptor) -> Iterator[Hours | Issue]:
    if volume := descriptor.volume:
        if volume.total_hours is not None:
            yield _stated(volume.total_hours, "total", "volume.total_hours")
        if volume.contact_hours is not None:
            yield _stated(volume.contact_hours, "taught", "volume.contact_hours")
            if volume.total_hours is None and not descriptor.credit:
                yield Issue("taught_time_only", {"hours": str(volume.contact_hours)}, place="volume.contact_hours")
        if volume.duration:
            yield duration_hours(volume.duration)
    for index, credit in enumerate(descriptor.credit):
        yield credit_hours(credit, f"credit.{index}")


def _stated(hours: Decimal, counted: Counted, place: str) -> Hours:
    return Hours(hours, hours, counted, "stated", place, "stated_hours", "the listing")


def duration_hours(duration: str, place: str = "volume.duration") -> Hours | Issue:
    """Return the hours of an ISO 8601 duration, or why it says none.

    `PTnH` is taken as stated. Days beside a time are days of 24 hours, which is marked as derived. Days, weeks, months
    or years alone say how long something runs and not how much is learnt.
    """
    match = _TIME.match(duration)
    if match is None or not any(match.groups()):
        return Issue("duration_says_no_hours", {"duration": duration}, place=place)
    days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups())
    with localcontext(prec=40):
        total = days * 24 + hours + (minutes * 60 + seconds) / 3600
    if not total:
        return Issue("duration_says_no_hours", {"duration": duration}, place=place)
    if days:
        return Hours(total, total, "total", "derived", place, "days_of_24_hours", "ISO 8601")
    return Hours(total, total, "total", "stated", place, "stated_hours", "the listing")


def credit_hours(credit: Credit, place: str) -> Hours | Issue:
    """Return the hours that a credit figure stands for, or why it stands for none.

    What the source says of its unit goes before what the system says.
    """
    if not credit.value:
        return Issue("credit_is_zero", {"system": credit.system}, place=place)
    if credit.hours_per_unit is not None:
        hours = credit.value * credit.hours_per_unit
        return Hours(hours, hours, "total", "derived", place, "hours_per_unit_stated", "the listing")
    system = credit_systems()[credit.system]
    if system.hours is None or not system.sourced:
        return Issue("credit_without_sourced_hours", {"system": credit.system}, place=place)
    least, most = (credit.value * side for side in system.hours)
    return Hours(least, most, "total", "derived", place, "hours_of_the_system", system.source, system.year)


def credits_of(hours: Hours, target: str) -> Credits | Issue:
    """Return what hours come to in a credit system, or why they come to nothing there.

    Raises `KeyError` for a system that there is none of.
    """
    system = credit_systems()[target]
    if hours.counted == "taught":
        return Issue("taught_time_only", {"hours": format(hours.least, "f")}, place=hours.place)
    if system.hours is None or not system.sourced:
        return Issue("credit_without_sourced_hours", {"system": target}, place=hours.place)
    light, heavy = system.hours
    least, most = _cut(hours.least / heavy, system), _cut(hours.most / light, system)
    remainder = (hours.least - least * heavy, hours.most - most * light) if system.step else None
    return Credits(target, least, most, system.step, remainder, system.source, system.year)


def _cut(units: Decimal, system: CreditSystem) -> Decimal:
    """Return units cut down to the system's step; below its first step there are none."""
    step = system.step or _FINE
    with localcontext(prec=60):
        cut = (units / step).to_integral_value(ROUND_FLOOR) * step
    return cut if system.least is None or cut >= system.least else Decimal(0)


def overlaps(one: Hours, other: Hours) -> bool | None:
    """Tell whether two amounts can mean the same; None when one counts taught time and the other all learning."""
    if one.counted != other.counted:
        return None
    return one.least <= other.most and other.least <= one.most
