"""`kakehashi runs`: what harvests did."""

from __future__ import annotations

import click

from config.settings import settings
from harvester.console import Console, common_options
from harvester.screens import show_run, show_runs
from harvester.views import run_view, runs_view
from harvester.workplace import Workplace


@click.command()
@click.argument("run", type=int, required=False)
@click.option("--registry", metavar="NAME", help="Only runs of this registry.")
@common_options
def runs(console: Console, run: int | None, registry: str | None) -> None:
    """List the latest runs, or show one with its figures and issues.

    \b
    Example:
      kakehashi runs
      kakehashi runs 12 --json
    """  # noqa: D301
    database = Workplace.of(settings()).database
    if run is None:
        views = runs_view(database, registry)
        console.emit({"runs": views}) if console.as_json else show_runs(console, views)
        return
    view = run_view(database, run)
    console.emit(view) if console.as_json else show_run(console, view)
