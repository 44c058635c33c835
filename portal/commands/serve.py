"""`kakehashi serve`: the portal, for people and for partner registries."""

from __future__ import annotations

import threading

import click

from config.settings import settings
from harvester.console import Console, common_options
from harvester.workplace import Workplace
from portal.serving import listening, server


@click.command(short_help="Serve the records to people and to partner registries.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port to listen on; 0 a free one."
)
@click.option("--seconds", type=click.FloatRange(min=0), metavar="S", help="Stop by itself after this time.")
@common_options
def serve(console: Console, host: str, port: int, seconds: float | None) -> None:
    """Serve the portal until stopped: records at their addresses in every form, OAI-PMH, sitemap.

    Addresses inside answers begin with KAKEHASHI_PUBLIC_BASE; put a server that speaks HTTPS in front. With --json:
    `address`, `public_base` and `oai`.

    \b
    Example:
      kakehashi serve --port 8080
    """  # noqa: D301
    chosen = settings()
    place = Workplace.of(chosen)
    with listening(host, port) as (bound, address):
        if console.as_json:
            console.emit({"address": address, "public_base": chosen.base, "oai": f"{address}/oai"})
        else:
            console.screen.print(f"[bold]{console.word('serving')}[/bold] {address}", soft_wrap=True)
            console.screen.print(f"  OAI-PMH {address}/oai?verb=Identify", soft_wrap=True)
        web = server(chosen, place.database)
        if seconds is not None:
            timer = threading.Timer(seconds, setattr, (web, "should_exit", True))
            timer.daemon = True
            timer.start()
        try:
            web.run(sockets=[bound])
        except KeyboardInterrupt:
            return
        finally:
            place.database.close()
