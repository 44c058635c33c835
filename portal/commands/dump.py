"""`kakehashi dump`: all records in files, and what changed since the last time."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import click
from rich.markup import escape

from config.messages import CodedError
from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from portal.dumps.building import build
from portal.dumps.keeping import Dumps
from portal.dumps.manifest import Manifest
from portal.ldes.pages import Pages
from portal.partners.log import PublicationLog
from store.audit import audit

_HOUR = 3600.0


@click.command(short_help="Write what is public into files, with the changes since the last dump.")
@click.option(
    "--every", type=click.FloatRange(min=0, min_open=True), metavar="HOURS", help="Go on, and look again after so long."
)
@common_options
def dump(console: Console, every: float | None) -> None:
    """Write everything that is public into packed files below the home, which `kakehashi serve` hands out.

    A dump stands for one moment of the publication log; when the latest holds just that, none is made. Beside it are
    the changes since the dump before; the pages of the event stream are brought up to date. With --every it goes on
    until SIGTERM or Ctrl-C; a dump that fails is told, and tried again the next time. With --json: `fresh`, `folder`
    and the `manifest`.

    \b
    Example:
      kakehashi dump
      kakehashi dump --every 24
    """  # noqa: D301
    if every is None:
        _made(console)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt):
        while True:
            try:
                _made(console)
            except CodedError as error:
                for issue in error.issues:
                    console.aside(issue)
            time.sleep(every * _HOUR)


def _made(console: Console) -> None:
    """Make a dump unless there is one already, and show it."""
    chosen = settings()
    place = Workplace.of(chosen)
    try:
        with console.screen.status(console.word("exporting")):
            log = PublicationLog(place.database, chosen.base)
            manifest, fresh = build(log, chosen)
            Pages(log, chosen).catch_up()
        folder = Dumps(chosen.home).folder / manifest.version
        if fresh:
            details = {"horizon": manifest.horizon, "records": manifest.records}
            audit(place.database, console.actor, "dump", manifest.version, details)
    finally:
        place.database.close()
    if console.as_json:
        console.emit({"fresh": fresh, "folder": str(folder), "manifest": manifest.model_dump(mode="json")})
    else:
        _shown(console, manifest, folder)


def _shown(console: Console, manifest: Manifest, folder: Path) -> None:
    told = console.screen
    told.print(f"[bold]{escape(str(folder))}[/bold]", soft_wrap=True)
    told.print(f"{console.word('written')}: {manifest.records} · {console.word('withheld')}: {manifest.withheld or 0}")
    table = plain_table(console, ("file", "count", "size"))
    delta = manifest.delta.files if manifest.delta else ()
    for entry in (*manifest.files, *manifest.europe, *delta):
        table.add_row(entry.name, str(entry.records), f"{entry.size:,} B")
    told.print(table)
