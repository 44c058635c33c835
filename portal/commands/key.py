"""`kakehashi key`: keys that machines of partners come with."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape

from config.settings import settings
from harvester.terminal.console import Console, common_options
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from portal.accounts.keys import listed_keys, make_key, revoke_key


@click.group(short_help="Make and end keys for machines.")
def key() -> None:
    """Make keys for machines of partners, list them and end them. A key is told once; only its hash is kept.

    \b
    Example:
      kakehashi key list
    """  # noqa: D301


@key.command("list", short_help="List the keys.")
@common_options
def list_keys(console: Console) -> None:
    """List the keys: what they are for, who made them, when they were last used and when they end.

    With --json: `keys`, each with `prefix`, `title`, `scopes`, `made_by`, `created_at`, `expires_at`, `used_at` and
    `revoked_at`.

    \b
    Example:
      kakehashi key list --json
    """  # noqa: D301
    rows = listed_keys(Workplace.of(settings()).database)
    console.emit({"keys": rows}) if console.as_json else _show(console, rows)


@key.command(short_help="Make a key.")
@click.option("--title", required=True, metavar="TITLE", help="Who uses it, and for what.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, metavar="SCOPE", help="What it is for; several may be."
)
@click.option("--days", type=click.IntRange(1, 3650), metavar="DAYS", help="After how many days it ends.")
@common_options
def new(console: Console, title: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a key and tell it, once. Scopes: read, check, submit, operate.

    With --json: as one of `kakehashi key list --json`, and `key`.

    \b
    Example:
      kakehashi key new --title "Contoh registry, nightly copy" --scope read --days 365
    """  # noqa: D301
    whole, row = make_key(Workplace.of(settings()).database, console.actor, title, list(scopes), days)
    if console.as_json:
        console.emit({**row, "key": whole})
        return
    _show(console, [row])
    console.screen.print(f"{console.word('key_is')} [bold]{whole}[/bold]", soft_wrap=True)
    console.screen.print(console.word("told_once"))


@key.command(short_help="End a key.")
@click.argument("prefix")
@common_options
def revoke(console: Console, prefix: str) -> None:
    """End a key for ever, by its prefix.

    \b
    Example:
      kakehashi key revoke 1f6a0c39d2b7
    """  # noqa: D301
    row = revoke_key(Workplace.of(settings()).database, console.actor, prefix)
    console.emit(row) if console.as_json else _show(console, [row])


def _show(console: Console, rows: list[dict[str, Any]]) -> None:
    table = plain_table(console, ("key_prefix", "title", "key_scopes", "key_made_by", "key_used", "key_ends"))
    for row in rows:
        ended = console.word("key_revoked") if row["revoked_at"] else _day(row["expires_at"])
        made = f"{escape(row['made_by'])} {_day(row['created_at'])}"
        scopes = ", ".join(row["scopes"])
        table.add_row(row["prefix"], escape(row["title"]), scopes, made, _day(row["used_at"]), ended)
    console.screen.print(table)


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "–"
