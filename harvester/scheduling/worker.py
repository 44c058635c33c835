"""One worker process: `python -m harvester.scheduling.worker`, ordered by one line of JSON on standard input.

It takes one run after the other. SIGTERM, or the end of its standard input (its parent is gone), lets it finish the
run it has and take no other; who started it waits so long and no longer. It leads a process group of its own, so that
crawls never outlive it unseen.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import traceback
from threading import Thread
from typing import Any

import orjson

from config.messages import CodedError
from config.settings import Settings
from harvester.scheduling.execution import execute
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from store.queue import claim

PATIENCE = 18.0
"""Seconds that a run under way is given when its worker is to stop."""
_LOOK = 0.25
_EVERY = 4
_AFTER_TROUBLE = 12


class Worker:
    """Takes runs and executes them."""

    def __init__(self, place: Workplace, name: str, diary: Diary) -> None:
        self._place, self._name, self._diary = place, name, diary
        self._stopping = False
        self._most = place.settings.runs_at_once

    def stop(self, number: int = 0, frame: object = None) -> None:  # noqa: ARG002  as signal handlers are called
        """Take no further run."""
        self._stopping = True

    def work(self) -> None:
        """Take what waits in the run table until told to stop."""
        pause = 0
        while not self._stopping:
            if pause:
                pause -= 1
                time.sleep(_LOOK)
                continue
            pause = 0 if self._took_one() else _EVERY

    def take(self, run_id: int) -> None:
        """Execute one run that was announced, if it still waits."""
        try:
            if not self._stopping and (claimed := claim(self._place.database, self._name, run_id, self._most)):
                execute(self._place, claimed, self._diary, end_group)
        except CodedError as error:
            self._diary.note(error.issues[0])
        except Exception as error:  # noqa: BLE001  a worker outlives the faults of one run, and tells them
            self._troubled(error)

    def _took_one(self) -> bool:
        try:
            claimed = claim(self._place.database, self._name, None, self._most)
            if claimed is None:
                return False
            execute(self._place, claimed, self._diary, end_group)
        except CodedError as error:
            self._diary.note(error.issues[0])
            time.sleep(_LOOK * _AFTER_TROUBLE)
        except Exception as error:  # noqa: BLE001  a worker outlives the faults of one run, and tells them
            self._troubled(error)
        return True

    def _troubled(self, error: Exception) -> None:
        with tempfile.NamedTemporaryFile(
            "w", prefix="kakehashi-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            traceback.print_exception(error, file=log)
        detail = f"{type(error).__name__}: {error}"
        self._diary.tell("worker_troubled", worker=self._name, detail=detail[:300], file=log.name)


def end_group() -> None:
    """End this process and every crawl it has, at once; what a run did so far is safe in the database."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _end_with_parent() -> None:
    """Stop in an orderly way when standard input ends, and by force when that takes too long."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    end_group()


def main() -> None:
    """Work as ordered."""
    order: dict[str, Any] = orjson.loads(_line())
    diary = Diary(order["language"], order["as_json"])
    try:
        _work_as(order, diary)
    except CodedError as error:
        diary.note(error.issues[0])
        sys.exit(1)


def _work_as(order: dict[str, Any], diary: Diary) -> None:
    place = Workplace.of(Settings(**order["settings"]))
    worker = Worker(place, order["name"], diary)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, worker.stop)
    Thread(target=_end_with_parent, daemon=True).start()
    if order["queue"] == "procrastinate":
        from harvester.scheduling.jobs import work_on_jobs  # noqa: PLC0415  loaded only where it is used

        work_on_jobs(place.database, worker.take, PATIENCE)
    else:
        worker.work()


def _line() -> bytes:
    """Read a line of standard input and nothing after it."""
    read = b""
    while not read.endswith(b"\n"):
        if not (piece := os.read(0, 1)):
            sys.exit(1)
        read += piece
    return read


if __name__ == "__main__":
    main()
