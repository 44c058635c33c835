"""What the tests of faults share: sources that were harvested once already, and the public state without a fault."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from tests.hostile.endstate import public
from tests.hostile.source import DRESSINGS, Source, State

FIRST_SEED = int(os.environ.get("KAKEHASHI_TORTURE_SEED", "1000"))
"""Where the seeds of the tests begin; another number tries other moments."""


def seeds(short: int, long: int) -> list[Any]:
    """Seeds as parameters of a test: the first few always, the others under `make torture`."""
    return [
        pytest.param(FIRST_SEED + number, id=f"seed{FIRST_SEED + number}",
                     marks=[pytest.mark.torture] if number >= short else [])
        for number in range(long)
    ]  # fmt: skip


def parts(number: int) -> list[Any]:
    """Parts of a table as parameters of a test: the first always, the others under `make torture`."""
    return [pytest.param(part, marks=[pytest.mark.torture] if part else []) for part in range(number)]


def dice(*seed: object) -> random.Random:
    """The same throws for the same seed."""
    return random.Random(" ".join(map(str, seed)))  # noqa: S311 - nothing is kept secret by it


@contextmanager
def opened(home: Path) -> Iterator[Workplace]:
    """Give the deployment of a home, and close it."""
    place = Workplace.of(Settings(home=home))
    try:
        yield place
    finally:
        place.database.close()


def run(place: Workplace, steered: Source, **changes: Any) -> RunReport:
    """Harvest a source."""
    return harvest(place, Order(steered.registry(**changes), "test", allow_loopback=True))


class Days:
    """A source on two days: a home as the first left it, and what the second leaves when nothing goes wrong.

    Every second seed takes the days the other way round, so that records go as well as come.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._folder = folder
        self.source = Source(DRESSINGS[name])
        self._good: dict[int, dict[str, Any]] = {}

    def states(self, seed: int) -> tuple[State, State]:
        """What the source shows on the first day and on the second."""
        dressing = self.source.dressing
        return (dressing.after, dressing.before) if seed % 2 else (dressing.before, dressing.after)

    def home(self, seed: int, target: Path) -> Path:
        """A home as the first day left it; the source shows the second."""
        first = self._folder / f"first-{seed % 2}"
        if not first.exists():
            self.source.begin(self.states(seed)[0])
            with opened(first) as place:
                assert run(place, self.source).succeeded
        shutil.copytree(first, target)
        self.source.begin(self.states(seed)[1])
        return target

    def requests(self, seed: int) -> int:
        """How many requests a run on the second day takes."""
        return int(self._undisturbed(seed)["requests"])

    def end(self, seed: int) -> dict[str, Any]:
        """What is public after a second day without a fault."""
        return dict(self._undisturbed(seed)["public"])

    def _undisturbed(self, seed: int) -> dict[str, Any]:
        """Harvest a second day without a fault, once; the source is then as a call of `home` leaves it."""
        backwards = seed % 2
        if backwards not in self._good:
            with opened(self.home(seed, self._folder / f"second-{backwards}")) as place:
                report = run(place, self.source)
                assert report.complete
                assert report.published.updated
                assert report.published.gone if backwards else report.published.created
                self._good[backwards] = {"requests": len(self.source.paths()), "public": public(place)}
            self.source.begin()
        return self._good[backwards]


@pytest.fixture(scope="session")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give a source on two days by the name of its dressing; each is harvested when it is asked for, once for all."""
    made: dict[str, Days] = {}

    def of(name: str) -> Days:
        if name not in made:
            made[name] = Days(name, tmp_path_factory.mktemp(name))
        return made[name]

    yield of
    for one in made.values():
        one.source.close()


__all__ = ["FIRST_SEED", "Days", "days", "dice", "opened", "run", "seeds"]
