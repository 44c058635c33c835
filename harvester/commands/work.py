"""`kakehashi work`: watch the schedules and harvest what is due."""

from __future__ import annotations

import sys
from typing import cast

import click

from config.settings import settings
from harvester.scheduling.queues import QueueName
from harvester.scheduling.working import work as work_on
from harvester.scheduling.working import work_once
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from store.runs import run

_GOOD = {"succeeded", "succeeded_with_warnings", "cancelled"}


@click.command(short_help="Watch the schedules and harvest what is due.")
@click.option("--workers", type=click.IntRange(0, 64), default=2, show_default=True, help="Worker processes here.")
@click.option(
    "--queue",
    type=click.Choice(["local", "inline", "procrastinate"]),
    default="local",
    show_default=True,
    help="How runs reach workers: local = processes of this machine; procrastinate = of any machine, on PostgreSQL; "
    "inline = in this process, one by one.",
)
@click.option("--once", is_flag=True, help="Queue what is due now, execute all that waits, and end.")
@common_options
def work(
    console: Console,
    workers: int,
    queue: str,
    once: bool,  # noqa: FBT001  click passes it by name
) -> None:
    """Watch the schedules, queue a run for each slot that comes, and execute queued runs with workers.

    It goes on until SIGTERM or Ctrl-C: then no more work is taken, and within 25 seconds it has ended; a run that was
    under way goes on from there the next time. Any number may run on one database: one watches the schedules, all
    have workers. With --workers 0 it only watches. With --json, or KAKEHASHI_LOG_FORMAT=json, each line is one JSON
    object: `at`, `registry`, `run`, `code`, `severity`, `params`, `message`. On a port of its own
    (KAKEHASHI_HEALTH_PORT) it answers /healthz, /readyz and /metrics. With --once there is no such port, and the exit
    status is 3 when a run did not succeed.

    \b
    Example:
      kakehashi work --once
      kakehashi work --workers 4
      kakehashi work --queue procrastinate
    """  # noqa: D301
    place = Workplace.of(settings())
    diary = Diary(console.language, console.as_json or place.settings.log_format == "json")
    name = cast("QueueName", queue)
    if not once:
        work_on(place, name, workers, diary)
        return
    done = work_once(place, name, max(workers, 1), diary)
    ended = [run(place.database, run_id) for run_id in done]
    if any(one["state"] not in _GOOD and one["not_before"] is None for one in ended):
        sys.exit(NOT_GOOD)
