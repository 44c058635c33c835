"""`kakehashi show`: one record with its evidence, ledger and history."""

from __future__ import annotations

import click

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.screens import show_record
from harvester.terminal.views import record_view
from harvester.workplace import Workplace


@click.command(short_help="Show a record with its evidence, ledger and history.")
@click.argument("record", metavar="ID")
@common_options
def show(console: Console, record: str) -> None:
    """Show a record: every value with where it came from, what was lost, and how its versions differ.

    ID is a record's id, its identifier, or the beginning of an id. With --json: `id`, `iri`, `registry`, `state`,
    `version`, `not_found_since`, `retrieved_at`, `payload`, `descriptor`, `listing`, `places`, `ledger`, `issues` and
    `versions`.

    \b
    Example:
      kakehashi show jmicro-46z2
    """  # noqa: D301
    view = record_view(Workplace.of(settings()).database, record)
    console.emit(view) if console.as_json else show_record(console, view)
