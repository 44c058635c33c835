"""Which runs still have a process: each holds a lock that the system lets go when the process ends, however it ends.

A lock is a file in the home, so it speaks only for runs of this machine and home; about all others it says nothing,
and their heartbeat counts. Who began a run from a terminal is found gone at once that way; a worker's runs are put
back by its crew.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harvester.workplace import Workplace
from store.clock import now
from store.queue import LOST_AFTER, put_back
from store.runs import running_by_hand


@contextmanager
def present(home: Path, run_id: int) -> Iterator[None]:
    """Hold the lock of a run as long as the block lasts."""
    path = _path(home, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=path.parent)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        Path(made).rename(path)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def bury_dead(place: Workplace, registry: str | None = None) -> None:
    """Close runs begun from a terminal whose process is gone: as lost, or as what they had published."""
    for run_id, beat in running_by_hand(place.database, registry).items():
        path = _path(place.settings.home, run_id)
        if _is_free(path) or beat < now() - LOST_AFTER:
            put_back(place.database, run_id, beat=beat)
            path.unlink(missing_ok=True)


def _path(home: Path, run_id: int) -> Path:
    return home / "locks" / f"run-{run_id}"


def _is_free(path: Path) -> bool:
    """Tell whether a lock is there and nobody holds it."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(handle)
        return True
    return False
