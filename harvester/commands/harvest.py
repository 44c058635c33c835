"""`kakehashi harvest`: harvest one registry now."""

from __future__ import annotations

import sys

import click
import orjson
from rich.markup import escape
from rich.status import Status

from config.settings import settings
from harvester.accepting import require_accepted
from harvester.addressing import source_at
from harvester.running.report import RunReport
from harvester.running.runner import Order
from harvester.running.runner import harvest as run_harvest
from harvester.scheduling.rounds import followed
from harvester.terminal.console import NOT_GOOD, Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table, show_groups, show_run
from harvester.terminal.views import run_view
from harvester.watching.posting import post_round
from harvester.workplace import Workplace


@click.command(short_help="Harvest a registry.")
@click.argument("registry")
@click.option(
    "--preview",
    type=click.IntRange(min=1),
    metavar="N",
    help="Read N listings with the real code; keep nothing.",
)
@click.option("--address", metavar="URL", help="Harvest from this address of the same shape.")
@click.option("--allow-loopback", is_flag=True, help="Let the crawl reach this machine, for stand-ins.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="Override an option of the connector.")
@common_options
def harvest(
    console: Console,
    registry: str,
    preview: int | None,
    address: str | None,
    allow_loopback: bool,  # noqa: FBT001  click passes it by name
    options: tuple[str, ...],
) -> None:
    """Harvest a registry: ask, keep the answers, plan, publish what is new or changed.

    With --json: the run as `kakehashi runs RUN --json` shows it; a preview has `preview`, `state`, the figures,
    `proposals` and `issues`. Exit status 0 when the run succeeded, 3 when it failed; what is public stays as it was
    then. A registry that nobody accepted (`kakehashi registry accept`) can only be previewed.

    \b
    Example:
      kakehashi harvest nzqa --preview 5
      kakehashi harvest mqa --address http://127.0.0.1:8000/full/portalmc/carian.cfm --allow-loopback
    """  # noqa: D301
    allow_loopback = allow_loopback or settings().allow_loopback
    source = source_at(registry, address, options, allow_loopback=allow_loopback)
    place = Workplace.of(settings())
    if not preview:
        require_accepted(place, source, even_paused=address is not None)
    order = Order(source, console.actor, allow_loopback=allow_loopback, preview=preview)
    showing = console.screen.status(f"{console.word('harvesting')} {registry}")
    with followed(place, console.aside), showing as status:
        report = run_harvest(place, order, lambda stage, figures: _tell(console, status, registry, stage, figures))
    if preview:
        _show_preview(console, report)
    else:
        post_round(place)
        view = run_view(place.database, report.run_id)
        console.emit(view) if console.as_json else show_run(console, view)
    if not report.succeeded:
        sys.exit(NOT_GOOD)


def _tell(console: Console, status: Status, registry: str, stage: str, figures: dict[str, int]) -> None:
    told = " · ".join(f"{console.word(name)} {number}" for name, number in figures.items())
    status.update(f"{console.word('harvesting')} {registry} · {console.word(stage)} · {told}")


def _show_preview(console: Console, report: RunReport) -> None:
    if console.as_json:
        proposals = [
            {
                "op": item.op,
                "id": item.record_id,
                "key": item.key,
                "fields": item.fields,
                "descriptor": item.descriptor,
            }
            for item in report.proposals
        ]
        console.emit({"preview": True, "state": report.state, **report.counts(), "proposals": proposals,
                      "issues": report.groups()})  # fmt: skip
        return
    screen = console.screen
    screen.print(f"[bold]{console.word('preview')}[/bold] · {console.word(report.state)}")
    table = plain_table(console, ("would_be", "title", "record_id"))
    for item in report.proposals:
        table.add_row(console.word(item.op), Prose.of(escape(_title(console, item.descriptor))), item.record_id)
    screen.print(table)
    show_groups(console, report.groups(), screen)


def _title(console: Console, descriptor: str) -> str:
    title: dict[str, str] = orjson.loads(descriptor)["title"]
    return title.get(console.language) or next(iter(title.values()))
