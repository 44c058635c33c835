"""`kakehashi serve`: the portal, for people and for partner registries."""

from __future__ import annotations

import threading

import click

from config.demonstration import DEMO_HOME, is_demo_home
from config.settings import Settings, settings
from harvester.terminal.console import Console, common_options
from harvester.workplace import Workplace
from portal.accounts.demo import demo_accounts_of
from portal.serving import listening, run, server


@click.command(short_help="Serve the records to people and to partner registries.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port to listen on; 0 a free one."
)
@click.option("--seconds", type=click.FloatRange(min=0), metavar="S", help="Stop by itself after this time.")
@common_options
def serve(console: Console, host: str, port: int, seconds: float | None) -> None:
    """Serve the portal until stopped: records at their addresses in every form, OAI-PMH, sitemap.

    Without a home that is set, and without data in ./var, the home of the demonstration is served if there is one.
    Addresses inside answers begin with KAKEHASHI_PUBLIC_BASE; put a server that speaks HTTPS in front. With --json:
    `address`, `home`, `public_base` and `oai`.

    \b
    Example:
      kakehashi serve --port 8080
    """  # noqa: D301
    chosen = served_settings(settings())
    place = Workplace.of(chosen)
    with listening(host, port) as (bound, address):
        if console.as_json:
            console.emit(
                {"address": address, "home": str(chosen.home), "public_base": chosen.base, "oai": f"{address}/oai"}
            )
        else:
            console.screen.print(f"[bold]{console.word('serving_portal')}[/bold] {address}", soft_wrap=True)
            console.screen.print(f"  OAI-PMH {address}/oai?verb=Identify", soft_wrap=True)
            console.screen.print(
                f"  {console.word('serving_sign_in')} {address}/{console.language}/sign-in", soft_wrap=True
            )
            if demo_accounts_of(chosen):
                console.screen.print(console.word("serving_demo", home=chosen.home), soft_wrap=True)
        web = server(chosen, place.database)
        if seconds is not None:
            timer = threading.Timer(seconds, setattr, (web, "should_exit", True))
            timer.daemon = True
            timer.start()
        try:
            run(web, bound)
        except KeyboardInterrupt:
            return
        finally:
            place.database.close()


def served_settings(given: Settings) -> Settings:
    """Return the settings to serve by: as given, or with the demonstration's home when nothing else is there."""
    chosen = {"home", "database_url"} & given.model_fields_set
    if chosen or (given.home / "kakehashi.sqlite").exists() or not is_demo_home(DEMO_HOME):
        return given
    return given.model_copy(update={"home": DEMO_HOME})
