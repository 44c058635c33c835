"""Work on what strangers send, in a child process with limits of time, memory and size, killed when it is over them.

Children are forked by a server process that has loaded their code (`multiprocessing`'s forkserver). They return bytes,
or the coded errors that ended them.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

import orjson

from config.messages import CodedError, Issue

_WAIT = 5
_DONE, _TOLD, _FULL, _DIED = b"d", b"i", b"m", b"x"
_PRELOADED = ["portal.warm"]
_OVER_TIME = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000
_PAGE = resource.getpagesize()
_PATIENCE = 2.0

Work = Callable[..., bytes]


class Confinement:
    """Runs work, a few pieces at once; who comes while all places are taken is told to come again."""

    def __init__(self, places: int, seconds: float, megabytes: int, answer_bytes: int) -> None:
        self._free = threading.BoundedSemaphore(places)
        self._seconds = seconds
        self._megabytes = megabytes
        self._most = answer_bytes

    def run(self, work: Work, *arguments: Any) -> bytes:
        """Return what a function of a module makes of its arguments.

        Raises `CodedError` with `work_crowded`, `work_too_long` or `work_too_large`, and what the work itself raises.
        """
        if not self._free.acquire(timeout=_PATIENCE):
            raise CodedError.of("work_crowded", seconds=_WAIT)
        try:
            return self._run(work, arguments)
        finally:
            self._free.release()

    def _run(self, work: Work, arguments: tuple[Any, ...]) -> bytes:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_PRELOADED)
        ours, theirs = context.Pipe(duplex=False)
        limits = (self._seconds, self._megabytes, self._most)
        child = context.Process(target=confined, args=(theirs, work, arguments, limits), daemon=True)
        until = monotonic() + self._seconds
        with ours:
            child.start()
            theirs.close()
            try:
                if not ours.poll(max(0.0, until - monotonic())):
                    raise CodedError.of("work_too_long", seconds=self._seconds)
                told = ours.recv_bytes(self._most + 1)
            except (EOFError, OSError):
                child.join(_PATIENCE)
                told = _DIED
            finally:
                child.kill()
                child.join()
                status = child.exitcode
                child.close()
        return self._outcome(told, status)

    def _outcome(self, told: bytes, status: int | None) -> bytes:
        kind, rest = told[:1], told[1:]
        if kind == _DONE:
            return rest
        if kind == _TOLD:
            raise CodedError(*(Issue(*one) for one in orjson.loads(rest)))
        if kind == _DIED and status in _OVER_TIME:
            raise CodedError.of("work_too_long", seconds=self._seconds)
        if kind == _DIED and status is not None and status > 0:
            raise RuntimeError(f"confined work ended with status {status}")
        raise CodedError.of("work_too_large")


def confined(pipe: Connection, work: Work, arguments: tuple[Any, ...], limits: tuple[float, int, int]) -> None:
    """Do the work in this process, within limits that hold for the rest of its life."""
    seconds, megabytes, most = limits
    with suppress(OSError, ValueError):
        os.nice(5)
    _limit(seconds, megabytes)
    try:
        made = work(*arguments)
        told = _DONE + made if len(made) < most else _FULL
    except CodedError as error:
        issues = [(one.code, one.params, one.record, one.place) for one in error.issues]
        told = _TOLD + orjson.dumps(issues, default=str)
    except (MemoryError, RecursionError):
        told = _FULL
    pipe.send_bytes(told)
    pipe.close()


def without_network() -> None:
    """Leave the network for the rest of this process's life, where the system lets us: a second wall, not the only one.

    Source: unshare(2), a user namespace with a network namespace of its own.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).unshare(_NEW_USERS | _NEW_NETWORK)


def _limit(seconds: float, megabytes: int) -> None:
    whole = max(1, round(seconds))
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm", "rb") as told:  # noqa: PTH123 - a file of the system's own
        used = int(told.read().split()[0]) * _PAGE
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * 2**20,) * 2)
