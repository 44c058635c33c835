"""`kakehashi runs`: what harvests did."""

from __future__ import annotations

import click

from config.settings import settings
from harvester.running.presence import bury_dead
from harvester.terminal.console import Console, common_options
from harvester.terminal.screens import show_run, show_runs
from harvester.terminal.views import check_registries, run_view, runs_view
from harvester.workplace import Workplace


@click.command(short_help="List the latest runs, or show one.")
@click.argument("run", type=click.IntRange(1, 2**31 - 1), required=False)
@click.option("--registry", metavar="NAME", help="Only runs of this registry.")
@common_options
def runs(console: Console, run: int | None, registry: str | None) -> None:
    """List the latest runs, or show one with its figures and issues; a held one with its plan and what held it.

    With --json: `runs`, each with `run`, `registry`, `state`, `started_at`, `seconds` and its figures; or one run with
    these and `address`, `actor`, `scheduled_for`, `attempt`, `worker`, `complete`, `ended_at`, `fetches`, `stated`,
    `passed_over`, `publications`, `same_as_run`, `gates`, `drift`, `plan`, `decisions` and `issues`. Figures are
    `payloads`, `listings`, `new`, `changed`, `unchanged`, `gone`, `missing`, `returned`, `rejected` and `blank`.

    \b
    Example:
      kakehashi runs
      kakehashi runs 2 --json
    """  # noqa: D301
    place = Workplace.of(settings())
    database = place.database
    bury_dead(place)
    if run is None:
        check_registries(place, [registry] if registry else [])
        views = runs_view(database, registry)
        console.emit({"runs": views}) if console.as_json else show_runs(console, views)
        return
    view = run_view(database, run)
    console.emit(view) if console.as_json else show_run(console, view)
