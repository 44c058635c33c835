"""`kakehashi publish`, `drop`, `stop` and `retry`: what a person decides about a run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from config.messages import CodedError
from config.settings import settings
from harvester.accepting import require_accepted
from harvester.addressing import source_at
from harvester.deciding import OPEN_STATES, publish_held, retire_record
from harvester.deciding import drop as drop_held
from harvester.deciding import stop as stop_open
from harvester.running.runner import Order
from harvester.running.runner import harvest as run_harvest
from harvester.scheduling.rounds import followed
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.terminal.screens import show_run
from harvester.terminal.views import run_view
from harvester.watching.posting import post_round
from harvester.workplace import Workplace
from store.audit import audit
from store.runs import run

_WHY = click.option("--why", required=True, metavar="REASON", help="Why; it stays with the run.")


@click.command(short_help="Publish the plan of a held run.")
@click.argument("number", metavar="RUN", type=int)
@_WHY
@common_options
def publish(console: Console, number: int, why: str) -> None:
    """Publish the plan of a held RUN, after a person has looked at what held it (`kakehashi runs RUN`).

    Refused when a later run of the registry has published or confirmed something: harvest again then. With --json:
    `run`, `registry`, `new`, `changed`, `gone`, `returned` and `retired` (at once, because the source says so).

    \b
    Example:
      kakehashi publish 12 --why "the register moved 40 courses to another list" --as "N. Operator"
    """  # noqa: D301
    _decide(console, number, why, publish_held)


@click.command(short_help="Drop the plan of a held run.")
@click.argument("number", metavar="RUN", type=int)
@_WHY
@common_options
def drop(console: Console, number: int, why: str) -> None:
    """Drop the plan of a held RUN: nothing of it is ever published, what is public stays as it is.

    \b
    Example:
      kakehashi drop 12 --why "the page was half empty" --as "N. Operator"
    """  # noqa: D301
    _decide(console, number, why, drop_held)


@click.command(short_help="Stop a run that waits or runs.")
@click.argument("number", metavar="RUN", type=int)
@_WHY
@common_options
def stop(console: Console, number: int, why: str) -> None:
    """Stop a RUN that waits or runs; it publishes nothing.

    \b
    Example:
      kakehashi stop 12 --why "the registry asked us to pause" --as "N. Operator"
    """  # noqa: D301
    _decide(console, number, why, stop_open)


@click.command(short_help="Harvest again what a run did not finish.")
@click.argument("number", metavar="RUN", type=int)
@click.option("--address", metavar="URL", help="Harvest from this address of the same shape.")
@click.option("--allow-loopback", is_flag=True, help="Let the crawl reach this machine, for stand-ins.")
@common_options
def retry(
    console: Console,
    number: int,
    address: str | None,
    allow_loopback: bool,  # noqa: FBT001  click passes it by name
) -> None:
    """Harvest the registry of a RUN that failed, was held, dropped, stopped or lost, again and now.

    It is asked at its own address, whatever the RUN was given, unless --address names another. With --json and exit
    status as `kakehashi harvest`.

    \b
    Example:
      kakehashi retry 12 --as "N. Operator"
      kakehashi retry 12 --address http://127.0.0.1:8000/full/portalmc/carian.cfm --allow-loopback
    """  # noqa: D301
    allow_loopback = allow_loopback or settings().allow_loopback
    place = Workplace.of(settings())
    row = run(place.database, number)
    if row["state"] in OPEN_STATES:
        raise CodedError.of("run_still_open", run=number, state=row["state"])
    source = source_at(row["registry_id"], address, allow_loopback=allow_loopback)
    require_accepted(place, source, even_paused=True)
    audit(place.database, console.actor, "retry", f"run {number}", {"registry": source.id})
    with followed(place, console.aside), console.screen.status(f"{console.word('harvesting')} {source.id}"):
        report = run_harvest(place, Order(source, console.actor, allow_loopback=allow_loopback))
    post_round(place)
    view = run_view(place.database, report.run_id)
    console.emit(view) if console.as_json else show_run(console, view)
    if not report.succeeded:
        sys.exit(NOT_GOOD)


@click.command(short_help="Take a record out of what is public.")
@click.argument("record", metavar="ID")
@click.option("--successor", metavar="ID", help="The record that takes its place; partners are led there.")
@_WHY
@common_options
def retire(console: Console, record: str, successor: str | None, why: str) -> None:
    """Take a record out of what is public, for a reason that partners are told; its history stays.

    Records that a registry no longer lists are retired by themselves in time; this is for what must go sooner, and for
    what was merged into another. With --json: `record`, `registry`, `run` and `successor`.

    \b
    Example:
      kakehashi retire mqa-24gy --why "withdrawn by the provider" --as "N. Operator"
      kakehashi retire mqa-24gy --successor mqa-677b --why "merged into the new course" --as "N. Operator"
    """  # noqa: D301
    place = Workplace.of(settings())
    with followed(place, console.aside):
        done = retire_record(place, console.actor, record, why, successor)
    console.emit(done) if console.as_json else console.screen.print(f"{console.word('retired')} {done['record']}")


def _decide(
    console: Console, number: int, why: str, decide: Callable[[Workplace, str, int, str], dict[str, Any]]
) -> None:
    place = Workplace.of(settings())
    with followed(place, console.aside):
        done = decide(place, console.actor, number, why)
    console.emit(done) if console.as_json else show_run(console, run_view(place.database, number))
