"""`kakehashi prune`: let payloads go that nothing needs any more."""

from __future__ import annotations

import click
from rich.table import Table

from config.settings import settings
from harvester.keeping.pruning import Pruning, Size, plan_pruning
from harvester.keeping.pruning import prune as let_go
from harvester.terminal.console import Console, common_options
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace


@click.command(short_help="Let payloads go that nothing needs any more.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and why the rest stays; change nothing.")
@click.option("--days", type=click.IntRange(min=1), metavar="N", help="Keep younger payloads; by default the setting.")
@click.option("--runs", type=click.IntRange(min=1), metavar="N", help="Keep those of so many last complete runs.")
@common_options
def prune(console: Console, dry_run: bool, days: int | None, runs: int | None) -> None:  # noqa: FBT001  as click passes
    """Let go of payloads that are older than `payload_days` and that nothing needs.

    Never those that the current version of a live record was read from, those of runs that wait, run or are held, of
    a registry's last run, and of its last complete runs. Nothing is let go while a run is under way, nor by itself.
    With --json: `dry_run`, `days`, `runs`, `kept` by reason, `gone` and `leftover` (files that no row knows), each with
    `count` and `bytes`.

    \b
    Example:
      kakehashi prune --dry-run
      kakehashi prune --days 90 --as "N. Operator"
    """  # noqa: D301
    place = Workplace.of(settings())
    plan = plan_pruning(place, days or settings().payload_days, runs or settings().payload_runs)
    if not dry_run:
        let_go(place, console.actor, plan)
    if console.as_json:
        console.emit({"dry_run": dry_run, **plan.as_json()})
    else:
        _show(console, plan, dry_run=dry_run)


def _show(console: Console, plan: Pruning, *, dry_run: bool) -> None:
    table = plain_table(console, ("payloads", "reason", "count", "size"), right=("count", "size"))
    stays, goes = console.word("stays"), console.word("would_go" if dry_run else "went")
    for reason, size in plan.kept.items():
        _add(table, stays, console.word(f"kept_{reason}", days=plan.days, runs=plan.runs), size)
    _add(table, goes, console.word("needed_by_nothing"), plan.gone)
    _add(table, goes, console.word("known_to_nothing"), plan.leftover)
    console.screen.print(table)


def _add(table: Table, what: str, why: str, size: Size) -> None:
    table.add_row(what, why, f"{size.count:,}", f"{size.bytes:,} B")
