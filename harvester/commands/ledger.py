"""`kakehashi ledger`: what became of every field, summed over the records of a registry."""

from __future__ import annotations

import click
from rich.markup import escape

from config.messages import Issue
from config.settings import settings
from connectors.discovery import registries as all_registries
from crosswalks.ledger import FieldOutcome
from harvester.ledgers import LedgerSums, way_in, way_out
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table, show_more
from harvester.terminal.views import check_registries
from harvester.workplace import Workplace
from store.runs import registry_sizes

_MOST = 20


@click.command(short_help="Sum what became of every field of a registry's records.")
@click.argument("registry", required=False)
@click.option("--to", "target", metavar="SCHEMA", help="Sum a way out instead, for instance to elm, mqa, nzqa.")
@common_options
def ledger(console: Console, registry: str | None, target: str | None) -> None:
    """Sum the ledgers of a registry's live records, of all registries without REGISTRY.

    The way in is summed as it was kept when the records were harvested; with --to, the records are carried to that
    schema and what becomes of them there is summed. Nothing is written.

    With --json: `ways`, each with `registry`, `from`, `to`, `records`, `mapped`, `normalised`, `derived`, `defaulted`,
    `dropped`, `unknown` and `losses`, which have `field`, `outcome`, `reason` and `count`.

    \b
    Example:
      kakehashi ledger mqa
      kakehashi ledger jmicro --to elm --json
    """  # noqa: D301
    place = Workplace.of(settings())
    check_registries(place, (registry,) if registry else ())
    names = [registry] if registry else sorted(registry_sizes(place.database))
    known = all_registries(settings().registries_file)
    ways = []
    for name in names:
        if target:
            ways.append(way_out(place.database, name, target))
        else:
            schema = known[name].manifest.schema_name if name in known else name
            ways.append(way_in(place.database, name, schema))
    if console.as_json:
        console.emit({"ways": [way.as_json() for way in ways]})
        return
    _show(console, ways)


def _show(console: Console, ways: list[LedgerSums]) -> None:
    figures = ("records", *FieldOutcome)
    table = plain_table(console, ("registry", "way", *figures), right=figures)
    for way in ways:
        counts = (way.records, *(way.outcomes[outcome] for outcome in FieldOutcome))
        table.add_row(way.registry, f"{way.source} → {way.target}", *map(str, counts))
    console.screen.print(table)
    for way in ways:
        if way.lost:
            _show_losses(console, way)


def _show_losses(console: Console, way: LedgerSums) -> None:
    console.screen.print(f"\n[bold]{way.registry}: {way.source} → {way.target}[/bold]")
    table = plain_table(console, ("count", "field", "outcome", "reason"))
    losses = way.as_json()["losses"]
    for row in losses[:_MOST]:
        reason = _in_general(row["reason"], row["field"]).text(console.language)
        table.add_row(str(row["count"]), row["field"], console.word(row["outcome"]), Prose.of(escape(reason)))
    console.screen.print(table)
    show_more(console.screen, console, len(losses) - _MOST)


def _in_general(reason: str, name: str) -> Issue:
    """Return a reason as it holds for many values of a field at once."""
    return Issue(reason, {"field": name, "value": "…", "list": "…"})
