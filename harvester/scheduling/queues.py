"""How the news of a queued run reaches a worker. The run table is the truth; a queue only carries the run's number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from config.messages import CodedError
from harvester.scheduling.execution import execute
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from store.queue import claim

QueueName = Literal["local", "inline", "procrastinate"]


class Queue(Protocol):
    """Carries run numbers to workers. What is lost is made up for by `sweep`; what comes twice does no harm."""

    def enqueue(self, run_id: int) -> None:
        """Tell that a run waits. Raises `CodedError` with `queue_unreachable`."""

    def sweep(self, waiting: list[int]) -> None:
        """Look after the runs that could be taken now and that nobody may have heard of.

        Raises `CodedError` with `queue_unreachable`.
        """


class LocalQueue:
    """For workers on this machine that look into the run table themselves: there is nothing to carry."""

    def enqueue(self, run_id: int) -> None:
        """Leave it to the workers."""

    def sweep(self, waiting: list[int]) -> None:
        """Leave it to the workers."""


class InlineQueue:
    """Executes a run where it is queued; for tests, and for a machine that can do only one thing at a time."""

    def __init__(self, place: Workplace, diary: Diary, worker: str) -> None:
        self._place, self._diary, self._worker = place, diary, worker

    def enqueue(self, run_id: int) -> None:
        """Execute the run, if its registry is free."""
        if claimed := claim(self._place.database, self._worker, run_id, self._place.settings.runs_at_once):
            execute(self._place, claimed, self._diary, _nothing)

    def sweep(self, waiting: list[int]) -> None:
        """Execute what waits."""
        for run_id in waiting:
            self.enqueue(run_id)


def queue_of(name: QueueName, place: Workplace, diary: Diary, worker: str) -> Queue:
    """Return the queue of a name. Raises `CodedError` with `queue_needs_postgres` or `queue_unreachable`."""
    if name == "inline":
        return InlineQueue(place, diary, worker)
    if name == "local":
        return LocalQueue()
    if place.database.is_sqlite:
        raise CodedError.of("queue_needs_postgres")
    from harvester.scheduling.jobs import JobQueue  # noqa: PLC0415  loaded only where it is used: it takes half a second

    return JobQueue(place.database.address)


_nothing: Callable[[], None] = lambda: None  # noqa: E731
