"""`kakehashi registry`: accept a registry, refuse it, or see who decided what about it."""

from __future__ import annotations

from typing import Any

import click
from rich.markup import escape

from config.settings import settings
from connectors.discovery import registry as find_registry
from harvester.accepting import decide_on, state_of_registry
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from store.acceptances import Verdict, standing_verdicts, verdicts_on

_WHY = click.option("--why", required=True, metavar="REASON", help="Why; it stays with the registry.")
_NAMES = click.argument("names", metavar="REGISTRY…", nargs=-1, required=True)


@click.group(short_help="Accept or refuse registries.")
def registry() -> None:
    """Accept or refuse registries: `kakehashi registries` lists them, a preview shows what one would bring.

    A registry that nobody has accepted is pending: it has no schedule, and no harvest but a preview asks it for
    anything.

    \b
    Example:
      kakehashi registry accept nzqa --why "terms read, staff told" --as "N. Operator"
      kakehashi registry history nzqa
    """  # noqa: D301


@registry.command("accept", short_help="Let registries be harvested.")
@_NAMES
@_WHY
@common_options
def accept(console: Console, names: tuple[str, ...], why: str) -> None:
    """Accept registries: from now on they are harvested by their schedules and by hand.

    With --json: `registries`, each with `registry`, `state`, `verdict`, `actor`, `at` and `why`.

    \b
    Example:
      kakehashi registry accept nzqa jmicro --why "terms read, staff told" --as "N. Operator"
    """  # noqa: D301
    _decide(console, names, "accepted", why)


@registry.command("refuse", short_help="Keep registries from being harvested.")
@_NAMES
@_WHY
@common_options
def refuse(console: Console, names: tuple[str, ...], why: str) -> None:
    """Refuse registries, accepted ones too: they are asked for nothing more, and runs that wait are cancelled.

    What is public of them stays. With --json: as `kakehashi registry accept --json`.

    \b
    Example:
      kakehashi registry refuse europass --why "their staff asked us to wait" --as "N. Operator"
    """  # noqa: D301
    _decide(console, names, "refused", why)


@registry.command("history", short_help="Show who decided what about a registry.")
@click.argument("name", metavar="REGISTRY")
@common_options
def history(console: Console, name: str) -> None:
    """Show every decision about a registry, the latest last.

    With --json: `registry`, `state` and `decisions`, each with `verdict`, `actor`, `at` and `why`.

    \b
    Example:
      kakehashi registry history nzqa
    """  # noqa: D301
    place = Workplace.of(settings())
    source = find_registry(name, settings().registries_file)
    decisions = [_told(row) for row in verdicts_on(place.database, name)]
    state = state_of_registry(source, standing_verdicts(place.database))
    if console.as_json:
        console.emit({"registry": name, "state": state, "decisions": decisions})
        return
    console.screen.print(f"{escape(name)} · {console.word(STATES[state])}")
    _table(console, decisions)


STATES = {"active": "active", "pending": "pending", "refused": "refused_registry", "paused": "paused"}
"""The words for the states of registries."""
_VERDICTS = {"accepted": "accepted", "refused": "refused_registry"}


def _decide(console: Console, names: tuple[str, ...], verdict: Verdict, why: str) -> None:
    place = Workplace.of(settings())
    rows = decide_on(place, console.actor, names, verdict, why)
    verdicts = standing_verdicts(place.database)
    told = []
    for row in rows:
        source = find_registry(row["registry_id"], settings().registries_file)
        state = state_of_registry(source, verdicts)
        told.append({"registry": source.id, "state": state, **_told(row)})
    if console.as_json:
        console.emit({"registries": told})
    else:
        _table(console, told, "registry")


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {"verdict": row["verdict"], "actor": row["actor"], "at": row["at"], "why": row["reason"]}


def _table(console: Console, rows: list[dict[str, Any]], *more: str) -> None:
    table = plain_table(console, (*more, "state", "actor", "when", "why"))
    for row in rows:
        table.add_row(
            *(escape(str(row[name])) for name in more),
            console.word(_VERDICTS[row["verdict"]]),
            escape(row["actor"]),
            f"{row['at']:%Y-%m-%d %H:%M}Z",
            Prose.of(escape(row["why"])),
        )
    console.screen.print(table)
