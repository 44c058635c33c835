"""`kakehashi standins`: serve the stand-in registries on loopback, to try things out."""

from __future__ import annotations

import time
from typing import Any

import click

from connectors.discovery import connector
from connectors.standins import entry_url
from harvester.serving import served
from harvester.terminal.console import Console, common_options
from harvester.terminal.screens import plain_table


@click.command(short_help="Serve the stand-in registries on this machine.")
@click.option("--only", "names", multiple=True, metavar="NAME", help="Only this connector's stand-in.")
@click.option("--listings", type=click.IntRange(min=1), metavar="N", help="How many listings each shows.")
@click.option("--port", type=click.IntRange(min=0, max=65535), default=0, help="First port; by default free ones.")
@click.option("--seconds", type=click.FloatRange(min=0), metavar="S", help="Stop by itself after this time.")
@common_options
def standins(console: Console, names: tuple[str, ...], listings: int | None, port: int, seconds: float | None) -> None:
    """Serve the stand-in registries until stopped: their real shapes, our own pages.

    The first step of an address picks the state a registry is in (full, login, truncated …). With --json: `standins`,
    each with `connector`, `address` and `variants`.

    \b
    Example:
      kakehashi standins --only mqa --port 8000 --listings 10000
    """  # noqa: D301
    for name in names:
        connector(name)
    with served(names or None, listings, port) as bound:
        rows: list[dict[str, Any]] = [
            {
                "connector": item.name,
                "address": entry_url(connector(item.name).standin, item.address),
                "variants": connector(item.name).standin.variants,
            }
            for item in bound
        ]
        try:
            if console.as_json:
                console.emit({"standins": rows})
            else:
                _show(console, rows)
            until = time.monotonic() + seconds if seconds is not None else None
            while until is None or time.monotonic() < until:
                time.sleep(0.2)
        except KeyboardInterrupt:
            return


def _show(console: Console, rows: list[dict[str, Any]]) -> None:
    screen = console.screen
    screen.print(f"[bold]{console.word('serving')}[/bold]")
    table = plain_table(console, ("connector", "address", "variants"))
    for row in rows:
        variants = row["variants"]
        table.add_row(
            str(row["connector"]),
            str(row["address"]),
            " ".join(variants) if isinstance(variants, dict) else "",
        )
    screen.print(table)
    first = rows[0]
    command = f"kakehashi harvest {first['connector']} --address {first['address']} --allow-loopback"
    screen.print(f"{console.word('harvest_with')}: [bold]{command}[/bold]", soft_wrap=True)
