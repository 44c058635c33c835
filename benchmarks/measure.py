"""Taking time of two sides in turn, and what one goal came to.

Other work on the machine disturbs both sides alike when they run in turn; the ratio of each pair of runs is taken,
and the median of the ratios is what counts. CPU time includes that of child processes that have ended, and of the
nurseries that our crawls are forked by, which live on.
"""

from __future__ import annotations

import gc
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Literal

Measure = Literal["cpu", "wall"]
_NOISY_SPREAD = 1.35
_NOISY_WAIT = 1.5


class LeftOut(Exception):
    """A benchmark cannot be run here; the text says what it needs."""


@dataclass(frozen=True, slots=True)
class Time:
    """Seconds of one run."""

    wall: float
    cpu: float


def cpu_seconds() -> float:
    """Return the processor time of this process, of its children that have ended, and of its nurseries."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime + _nursery_seconds()


def _nursery_seconds() -> float:
    """Return the processor time of the nurseries that live, and of the crawls they forked."""
    spent = 0.0
    for number in nurseries():
        with suppress(OSError):
            spent += seconds_of(number)
    return spent


def seconds_of(process: int) -> float:
    """Return the processor time of another process and of its children that have ended."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(int(one) for one in told[11:15]) / os.sysconf("SC_CLK_TCK")


def nurseries() -> Iterator[int]:
    """Give the processes of this one that fork crawls."""
    for number in children(os.getpid()):
        with suppress(OSError):
            if b"harvester.crawling.nursery" in Path(f"/proc/{number}/cmdline").read_bytes():
                yield number


def children(process: int) -> list[int]:
    """Return the children that the first thread of a process started; none where it has gone."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def peak_memory(process: int | str = "self") -> int:
    """Return the most memory (KB) a process has had since its program began.

    `ru_maxrss` would not do: a program starts with the mark of the process that started it.
    """
    told = Path(f"/proc/{process}/status").read_text()
    return int(told.partition("VmHWM:")[2].split(maxsplit=1)[0])


def timed(work: Callable[[], Any], *, collect: bool = True) -> tuple[Time, Any]:
    """Run something and return its times and its result; with `collect` off, without the cyclic garbage collector."""
    gc.collect()
    was_on = gc.isenabled()
    if not collect:
        gc.disable()
    try:
        wall, cpu = time.perf_counter(), cpu_seconds()
        result = work()
        return Time(time.perf_counter() - wall, cpu_seconds() - cpu), result
    finally:
        if was_on:
            gc.enable()


@dataclass(slots=True)
class Outcome:
    """What one goal came to: `ours` and `naive` in `unit`; `ratio` is compared with `wanted`.

    `at_most` turns the comparison round (memory). `equal` says what was proven equal; a goal whose outputs differ has
    None there and the difference in `difference`. `noisy` says why the figure should not be trusted too far.
    """

    name: str
    wanted: float
    unit: str
    ours: float
    naive: float | None
    ratio: float
    equal: str | None = None
    difference: str = ""
    noisy: str = ""
    at_most: bool = False
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the goal was reached."""
        return self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted


@dataclass(slots=True)
class Pairs:
    """The times of both sides, run by run."""

    ours: list[Time]
    naive: list[Time]

    def ratio(self, measure: Measure = "cpu") -> float:
        """Return the median of how many times longer the naive side took."""
        return median(self.ratios(measure))

    def ratios(self, measure: Measure = "cpu") -> list[float]:
        """Return how many times longer the naive side took, run by run."""
        return [getattr(b, measure) / getattr(a, measure) for a, b in zip(self.ours, self.naive, strict=True)]

    def noise(self, measure: Measure = "cpu") -> str:
        """Return a word on runs that differ much, or that waited for the processor."""
        found = self.ratios(measure)
        words = []
        if max(found) > _NOISY_SPREAD * min(found):
            words.append(f"ratios from {min(found):.3g} to {max(found):.3g}")
        for name, side in (("ours", self.ours), ("naive", self.naive)):
            wait = median(one.wall / one.cpu for one in side)
            if wait > _NOISY_WAIT:
                words.append(f"{name} waited (wall {wait:.1f} × CPU)")
        return "; ".join(words)

    def outcome(self, name: str, wanted: float, unit: str, scale: float, measure: Measure = "cpu") -> Outcome:
        """Return what a goal came to; `scale` turns seconds into the unit."""
        ours, naive = ([getattr(one, measure) for one in side] for side in (self.ours, self.naive))
        return Outcome(
            name, wanted, unit, median(ours) * scale, median(naive) * scale, self.ratio(measure),
            noisy=self.noise(measure),
            details={
                "ratios": self.ratios(measure), "measure": measure, "wall_ratio": self.ratio("wall"),
                "cpu_ratio": self.ratio("cpu"),
                "ours": [[one.wall, one.cpu] for one in self.ours],
                "naive": [[one.wall, one.cpu] for one in self.naive],
            },
        )  # fmt: skip


def in_turn(
    ours: Callable[[], Any],
    naive: Callable[[], Any],
    repetitions: int,
    *,
    collect: bool = True,
    warm: Callable[[], Any] | None = None,
) -> tuple[Pairs, Any, Any]:
    """Run both sides in turn, the first to go changing each time; return the times and the last results.

    `warm` is run before, untimed; without it both sides run once for nothing.
    """
    if warm is not None:
        warm()
    else:
        ours()
        naive()
    pairs = Pairs([], [])
    results: list[Any] = [None, None]
    for number in range(repetitions):
        order = (0, 1) if number % 2 == 0 else (1, 0)
        for side in order:
            results[side] = None
            spent, results[side] = timed((ours, naive)[side], collect=collect)
            (pairs.ours, pairs.naive)[side].append(spent)
    return pairs, results[0], results[1]
