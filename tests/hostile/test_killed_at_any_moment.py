"""`kill -9` of a crawl or a whole harvest at seeded moments: one more run, and all is as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest

from harvester.crawling.crawl import _LOOPBACK_CONCURRENCY as AT_ONCE
from tests.harvester.loopback import Asked, Line, Reply
from tests.harvester.situations import codes, rows
from tests.harvester.test_crash import children, crawls, wait_until_ended
from tests.hostile.endstate import is_clean, public
from tests.hostile.situations import Days, dice, opened, run, seeds
from tests.hostile.source import DRESSINGS, Source

pytestmark = pytest.mark.slow
Give = Callable[[str], Days]
PATIENCE = 60.0
TROUBLES = {"crawl_failed", "download_failed", "server_error", "archive_refused", "parse_failed", "connector_fault"}
WRITTEN_DOWN = 1.0
"""Seconds after which an answer that was given must never be asked for again; a busy machine is allowed for."""
PARENT = """
import json, sys
from pathlib import Path
from config.settings import Settings
from connectors.contract import Manifest, Registry
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
home, connector, manifest = sys.argv[1:]
source = Registry("source", connector, Manifest.model_validate(json.loads(manifest)))
harvest(Workplace.of(Settings(home=Path(home))), Order(source, "test", allow_loopback=True))
"""


def found(look: Callable[[], list[int]]) -> list[int]:
    """Look at processes again as long as the system does not show them; it leaves some out while others end."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        with suppress(OSError):
            if processes := look():
                return processes
        sleep(0.01)
    return []


class Blow:
    """A kill at the request of a number: before its answer, or a little after it while all later ones wait."""

    def __init__(self, source: Source, seed: int, requests: int, victims: Callable[[], list[int]]) -> None:
        throw = dice(seed)
        self.number = throw.randint(1, requests)
        self.after = throw.random() < 0.4 and self.number < requests
        self.delay = throw.random() * 0.08
        self._source, self._victims = source, victims
        self.killed: list[int] = []
        self.at = 0.0
        self.given: dict[str, float] = {}
        self._fell = Event()
        source.pause = throw.random() * 0.01
        source.faults[self.number] = self._strike
        if self.after:
            source.faults |= dict.fromkeys(range(self.number + 1, requests + 1), self._wait)

    def _strike(self, whole: bytes) -> Reply:
        def reply(asked: Asked, line: Line) -> None:
            if self.after:
                line.send(whole)
                self._source.answered[asked.path] = monotonic()
            sleep(self.delay)
            self.given = dict(self._source.answered)
            self.at = monotonic()
            self.killed = self._victims()
            for victim in self.killed:
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
            self._fell.set()

        return reply

    def _wait(self, whole: bytes) -> Reply:
        def reply(asked: Asked, line: Line) -> None:
            self._fell.wait(PATIENCE)
            line.send(whole)

        return reply

    def may_be_asked_again(self) -> set[str]:
        """What was asked for and not answered, or answered just then."""
        under_way = {path for path in self._source.times if path not in self.given}
        return under_way | {path for path, moment in self.given.items() if self.at - moment < WRITTEN_DOWN}


@pytest.mark.parametrize("seed", seeds(1, 40))
@pytest.mark.parametrize("dressing", DRESSINGS)
def test_the_crawl(days: Give, dressing: str, seed: int, tmp_path: Path) -> None:
    of = days(dressing)
    with opened(of.home(seed, tmp_path / "home")) as place:
        blow = Blow(of.source, seed, of.requests(seed), lambda: found(lambda: crawls(os.getpid())))
        print(f"{dressing}, seed {seed}: request {blow.number}, {'after' if blow.after else 'before'} its answer")
        killed = run(place, of.source)
        assert len(blow.killed) == 1
        assert killed.state == "failed"
        of.source.settle()
        again = blow.may_be_asked_again()
        once = of.source.times
        of.source.faults.clear()
        report = run(place, of.source)
        assert (report.complete, codes(report) & TROUBLES) == (True, set())
        twice = {path for path, times in of.source.times.items() if times > 1}
        assert set(once.values()) == {1}
        assert max(of.source.times.values()) <= 2
        assert twice <= again
        assert len(twice) <= AT_ONCE
        assert public(place) == of.end(seed)
        assert is_clean(place)


@pytest.mark.parametrize("seed", seeds(1, 10))
@pytest.mark.parametrize(
    "dressing", [name if name == "details" else pytest.param(name, marks=pytest.mark.torture) for name in DRESSINGS]
)
def test_the_harvest(days: Give, dressing: str, seed: int, tmp_path: Path) -> None:
    of = days(dressing)
    home = of.home(seed, tmp_path / "home")
    manifest = of.source.registry().manifest.model_dump(mode="json", by_alias=True)
    arguments = [sys.executable, "-c", PARENT, str(home), of.source.dressing.connector, json.dumps(manifest)]
    blow = Blow(of.source, seed, of.requests(seed), lambda: [parent.pid])
    print(f"{dressing}, seed {seed}: request {blow.number}, {'after' if blow.after else 'before'} its answer")
    family: list[int] = []
    watched = blow._victims

    def victims() -> list[int]:
        family.extend(found(lambda: [*children(parent.pid), *crawls(parent.pid)]))
        return watched()

    blow._victims = victims
    parent = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
    try:
        assert parent.wait(PATIENCE) == -signal.SIGKILL
        assert len(family) == 2
        for process in family:
            wait_until_ended(process)
        of.source.settle()
        again = blow.may_be_asked_again()
        of.source.faults.clear()
        with opened(home) as place:
            assert rows(place, "run")[-1]["state"] == "running"
            report = run(place, of.source)
            assert (report.complete, codes(report) & TROUBLES) == (True, set())
            twice = {path for path, times in of.source.times.items() if times > 1}
            assert twice <= again
            assert len(twice) <= AT_ONCE
            assert [row["state"] for row in rows(place, "run")][1] == "lost"
            assert public(place) == of.end(seed)
            assert is_clean(place)
    finally:
        parent.kill()
        parent.wait(PATIENCE)
