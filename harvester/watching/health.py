"""Whether a working process is alive, and whether it can do its work.

Alive is asked of the process alone. Ready also asks what it stands on: the database, its schema, the rounds that
watch the schedules, and the disk.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from config.messages import CodedError, Issue
from harvester.workplace import Workplace
from store.schema import standing_of

LONGEST_SILENCE = 120.0
"""Seconds without a turn of the main loop after which a process counts as stuck."""
LONGEST_ROUND = 60.0
"""Seconds since the last round after which nobody may rely on schedules being watched."""
LEAST_DISK = 200 * 2**20
"""Bytes that must be free: less, and a run may not be able to keep its answers."""


@dataclass(slots=True)
class Pulse:
    """What a working process notes of itself as it goes. Moments are of the clock that cannot jump."""

    workers: Callable[[], int] = lambda: 0
    wanted_workers: int = 0
    watches: bool = False
    loop_at: float = field(default_factory=time.monotonic)
    round_at: float = field(default_factory=time.monotonic)

    def turned(self) -> None:
        """Note a turn of the main loop."""
        self.loop_at = time.monotonic()

    def went_round(self, *, watches: bool) -> None:
        """Note a round, and whether it was this process's turn to watch."""
        self.round_at, self.watches = time.monotonic(), watches

    @property
    def loop_age(self) -> float:
        """Seconds since the main loop turned."""
        return time.monotonic() - self.loop_at

    @property
    def round_age(self) -> float:
        """Seconds since the last round."""
        return time.monotonic() - self.round_at

    @property
    def alive(self) -> bool:
        """Whether the main loop still turns."""
        return self.loop_age <= LONGEST_SILENCE


class Check(NamedTuple):
    """One thing that was looked at, and what is wrong with it, if anything is."""

    name: str
    trouble: Issue | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the check for machines. What a database or a system said of itself is left to the log."""
        return {"check": self.name, "ok": self.trouble is None, "code": self.trouble.code if self.trouble else None}


def readiness(place: Workplace, pulse: Pulse) -> list[Check]:
    """Return every check; the process is ready when none has trouble."""
    return [*_database(place), _rounds(pulse), _workers(pulse), _disk(place)]


def _database(place: Workplace) -> list[Check]:
    try:
        standing = standing_of(place.database)
    except CodedError as error:
        return [Check("database", error.issues[0])]
    told = None if standing == "current" else Issue("schema_not_current", {"standing": standing})
    return [Check("database"), Check("schema", told)]


def _rounds(pulse: Pulse) -> Check:
    late = pulse.round_age > LONGEST_ROUND
    return Check("schedules", Issue("rounds_stopped", {"seconds": round(pulse.round_age)}) if late else None)


def _workers(pulse: Pulse) -> Check:
    number = pulse.workers()
    told = {"number": number, "wanted": pulse.wanted_workers}
    return Check("workers", Issue("workers_missing", told) if pulse.wanted_workers and not number else None)


def _disk(place: Workplace) -> Check:
    return Check("disk", disk_trouble(place.settings.home.resolve(), LEAST_DISK))


def disk_trouble(folder: Any, least: int) -> Issue | None:
    """Return what is wrong with the room on a folder's disk, None when there is at least so much."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Issue("home_unwritable", {"folder": str(folder), "detail": error.strerror or str(error)})
    told = {"folder": str(folder), "free": free // 2**20, "least": least // 2**20}
    return Issue("disk_low", told) if free < least else None
