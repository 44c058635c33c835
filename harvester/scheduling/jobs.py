"""Runs as jobs of procrastinate, for workers on several machines that share a PostgreSQL database.

A job carries the number of a run and no lock: a claim in the run table decides who executes it, so a job too many
ends at once. A worker that is killed leaves its job as if under way; the sweep ends that job, or hands it out again
when its run waits. It runs beside the scheduler, as no job of its own, so that it cannot be left lying itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from config.messages import CodedError
from store.database import Database

_QUEUE = "kakehashi"
_TASK = "kakehashi.harvest"
_POLL = 5.0
_BEAT = 10.0
STALLED = 30.0
"""Seconds without a sign of life after which a worker's job counts as left behind."""


class JobQueue:
    """Hands runs out as jobs."""

    def __init__(self, address: str, stalled: float = STALLED) -> None:
        self._address, self._stalled = _plain(address), stalled
        self._prepare()

    def enqueue(self, run_id: int) -> None:
        """Hand out a job for a run."""
        with _reachable(), App(connector=SyncPsycopgConnector(conninfo=self._address)).open() as app:
            app.configure_task(_TASK, queue=_QUEUE).defer(run_id=run_id)

    def sweep(self, waiting: list[int]) -> None:
        """End or hand out again the jobs of dead workers, and hand out a job for each waiting run that has none."""
        with _reachable():
            asyncio.run(self._sweep(waiting))

    async def _sweep(self, waiting: list[int]) -> None:
        app = App(connector=PsycopgConnector(conninfo=self._address, min_size=1, max_size=1))
        async with app.open_async():
            jobs = app.job_manager
            wanted = set(waiting)
            stalled = {
                job.id: job for job in await jobs.get_stalled_jobs(queue=_QUEUE, seconds_since_heartbeat=self._stalled)
            }
            live = [
                job for status in ("todo", "doing") for job in await jobs.list_jobs_async(queue=_QUEUE, status=status)
            ]
            heard = {_run_of(job) for job in live if job.id not in stalled}
            for job in stalled.values():
                if _run_of(job) in wanted - heard:
                    await jobs.retry_job(job)
                    heard.add(_run_of(job))
                else:
                    await jobs.finish_job(job, Status.FAILED, delete_job=True)
            for run_id in sorted(wanted - heard):
                await app.configure_task(_TASK, queue=_QUEUE).defer_async(run_id=run_id)

    def _prepare(self) -> None:
        """Make procrastinate's tables if they are not there; another process may be doing the same."""
        with _reachable(), App(connector=SyncPsycopgConnector(conninfo=self._address)).open() as app:
            if not app.check_connection():
                try:
                    app.schema_manager.apply_schema()
                except ConnectorException:
                    if not app.check_connection():
                        raise


def work_on_jobs(database: Database, execute_run: Callable[[int], None], patience: float) -> None:
    """Take jobs one after the other until the process is told to end; `patience` is for the job under way then.

    What procrastinate logs of its own is left out: what matters of it is told by the sweep and by the worker.
    """
    app = App(connector=PsycopgConnector(conninfo=_plain(database.address), min_size=1, max_size=4))

    @app.task(name=_TASK, queue=_QUEUE)
    def harvest_job(run_id: int) -> None:
        execute_run(run_id)

    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    with _reachable():
        app.run_worker(
            queues=[_QUEUE],
            concurrency=1,
            fetch_job_polling_interval=_POLL,
            update_heartbeat_interval=_BEAT,
            stalled_worker_timeout=STALLED,
            shutdown_graceful_timeout=patience,
            delete_jobs="always",
        )


def _run_of(job: Job) -> int:
    return int(str(job.task_kwargs["run_id"]))


def _plain(address: str) -> str:
    """Return an address as the database's own library reads it."""
    return address.replace("postgresql+psycopg:", "postgresql:", 1)


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except ConnectorException as error:
        reason = str(error.__cause__ or error).strip().partition("\n")[0]
        raise CodedError.of("queue_unreachable", detail=reason) from error
