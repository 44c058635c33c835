"""`kakehashi traffic`: what was asked of whom, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click
from rich.markup import escape

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.terminal.views import check_registries
from harvester.workplace import Workplace
from store.clock import now
from store.traffic import Traffic
from store.traffic import traffic as traffic_since

_MIB = 2**20


@click.command(short_help="Show what was asked of whom, and when.")
@click.option("--registry", metavar="NAME", help="Only what runs of this registry asked.")
@click.option("--since", type=click.IntRange(1, 36_500), default=30, show_default=True, metavar="DAYS",
              help="How many days back.")  # fmt: skip
@common_options
def traffic(console: Console, registry: str | None, since: int) -> None:
    """Show what runs asked of each host: requests with all further attempts, how they ended, bytes, first, last and
    the busiest hour. Times are in UTC. Requests for robots.txt and steps of redirects are not counted.

    With --json: `since` and `traffic`, each with `registry`, `host`, `runs`, `requests`, `states`, `bytes`, `unsized`
    (answers whose size is not known), `first`, `last` and `busiest_hour`, which has `from` and `requests`.

    \b
    Example:
      kakehashi traffic
      kakehashi traffic --registry jmicro --since 7 --json
    """  # noqa: D301
    place = Workplace.of(settings())
    check_registries(place, [registry] if registry else [])
    begin = now() - timedelta(days=since)
    found = traffic_since(place.database, begin, registry)
    if console.as_json:
        console.emit({"since": begin, "traffic": [_row(one) for one in found]})
    elif found:
        _show(console, found)
    else:
        console.screen.print(console.word("no_traffic", days=since))


def _row(one: Traffic) -> dict[str, Any]:
    hour = one.busiest
    return {
        "registry": one.registry,
        "host": one.host,
        "runs": len(one.runs),
        "requests": one.requests,
        "states": dict(sorted(one.states.items())),
        "bytes": one.size,
        "unsized": one.unsized,
        "first": one.first,
        "last": one.last,
        "busiest_hour": {"from": hour[0], "requests": hour[1]} if hour else None,
    }


def _show(console: Console, found: list[Traffic]) -> None:
    names = ("registry", "host", "runs", "requests", "endings", "mebibytes", "first_request", "last_request",
             "busiest_hour")  # fmt: skip
    table = plain_table(console, names, right=("runs", "requests", "mebibytes"))
    for one in found:
        endings = ", ".join(f"{console.word(state)} {number}" for state, number in sorted(one.states.items()))
        hour = one.busiest
        table.add_row(
            one.registry,
            Prose.of(escape(one.host)),
            str(len(one.runs)),
            str(one.requests),
            endings,
            f"{one.size / _MIB:.1f}",
            _moment(one.first),
            _moment(one.last),
            f"{_moment(hour[0])} · {hour[1]}" if hour else "—",
        )
    console.screen.print(table)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z" if moment else "—"
