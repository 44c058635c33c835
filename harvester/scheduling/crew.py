"""The worker processes of this machine: started, watched, replaced when they die, and stopped in time."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

import orjson

from config.messages import CodedError
from harvester.scheduling.queues import QueueName
from harvester.scheduling.worker import PATIENCE
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from store.queue import PutBack, put_back, runs_of_worker

_LOOK = 0.1
_RESTART_AFTER = 1.0
_SLOWEST_RESTART = 60.0
_SOON = 30.0


def own_name() -> str:
    """Return a name for this process that no other has had: machine, process id and chance."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"


@dataclass(slots=True)
class _Member:
    name: str
    process: subprocess.Popen[bytes]
    since: float


class Crew:
    """A number of worker processes."""

    def __init__(self, place: Workplace, queue: QueueName, size: int, diary: Diary) -> None:
        self._place, self._queue, self._size, self._diary = place, queue, size, diary
        self._members: list[_Member] = []
        self._put_back_later: list[str] = []
        self._not_before = 0.0
        self._pause = _RESTART_AFTER

    def start(self) -> None:
        """Start the workers."""
        while len(self._members) < self._size:
            self._members.append(self._another())

    @property
    def names(self) -> list[str]:
        """The names of the workers."""
        return [member.name for member in self._members]

    @property
    def process_ids(self) -> list[int]:
        """The process ids of the workers."""
        return [member.process.pid for member in self._members]

    def watch(self) -> list[PutBack]:
        """Replace workers that have died, slower and slower when they die at once; return what became of their runs.

        Call it often.
        """
        for member in list(self._members):
            if not _has_ended(member.process):
                continue
            status = _buried(member.process)
            self._members.remove(member)
            self._put_back_later.append(member.name)
            self._diary.tell("worker_gone", worker=member.name, status=_told(status))
            soon = time.monotonic() - member.since < _SOON
            self._pause = min(2 * self._pause, _SLOWEST_RESTART) if soon else _RESTART_AFTER
            self._not_before = time.monotonic() + self._pause
        if time.monotonic() >= self._not_before:
            self.start()
        return self._put_back(stopped=False)

    def stop(self) -> list[PutBack]:
        """Stop all workers within their patience, by force after it; return what became of the runs they had."""
        for member in self._members:
            with suppress(ProcessLookupError):
                member.process.terminate()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not all(_has_ended(member.process) for member in self._members):
            time.sleep(_LOOK)
        for member in self._members:
            _buried(member.process)
            self._put_back_later.append(member.name)
        self._members = []
        return self._put_back(stopped=True)

    def _put_back(self, *, stopped: bool) -> list[PutBack]:
        """Put back the runs of workers that are gone; what the database cannot do now is done the next time."""
        done: list[PutBack] = []
        with suppress(CodedError):
            while self._put_back_later:
                name = self._put_back_later[0]
                left = runs_of_worker(self._place.database, name)
                backs = (put_back(self._place.database, run_id, worker=name, stopped=stopped) for run_id in left)
                done.extend(filter(None, backs))
                self._put_back_later.pop(0)
        return done

    def _another(self) -> _Member:
        name = own_name()
        order = {
            "settings": self._place.settings.model_dump(mode="json", exclude_none=True),
            "queue": self._queue,
            "name": name,
            "language": self._diary.language,
            "as_json": self._diary.as_json,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "harvester.scheduling.worker"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.write(orjson.dumps(order) + b"\n")
                process.stdin.flush()
        return _Member(name, process, time.monotonic())


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a process has ended, leaving its id in use, so that its group cannot be another's yet."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _buried(process: subprocess.Popen[bytes]) -> int:
    """End what is left of a worker's process group and return how the worker ended."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
    return process.wait()


def _told(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"
