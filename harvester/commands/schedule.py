"""`kakehashi schedule`: when registries are harvested, and changing that."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import tzlocal
from rich.markup import escape

from config.messages import CodedError
from config.settings import settings
from harvester.scheduling.ticking import change, pause, run_now, views
from harvester.scheduling.timetable import Window, zone_of
from harvester.terminal.console import Console, common_options
from harvester.terminal.prose import Prose
from harvester.terminal.screens import plain_table
from harvester.workplace import Workplace
from store.clock import now

_ANY_TIME = "any"
_COLOURS = {"on": "green", "paused": "yellow", "unreadable": "red"}


@click.group(invoke_without_command=True, short_help="Show when registries are harvested, and change it.")
@click.option("--in", "here", metavar="ZONE", help="Your time zone; by default that of this machine.")
@common_options
def schedule(console: Console, here: str | None) -> None:
    """Show each registry's schedule: rule, zone, and its next five slots in the registry's zone and in yours.

    A slot is when a run may begin; a jitter of its own delays it a little. With --json: `your_zone` and `schedules`,
    each with `registry`, `state`, `zone`, `cron` or `every_minutes`, `jitter_minutes`, `window`, `paused`, `edited`,
    `missed_lately` and `next`: five of `slot`, `begins_at`, `in_registry_zone`, `in_your_zone`.

    \b
    Example:
      kakehashi schedule
      kakehashi schedule --in Asia/Tokyo --json
    """  # noqa: D301
    if click.get_current_context().invoked_subcommand is None:
        _show(console, Workplace.of(settings()), None, here)


@schedule.command("pause", short_help="Queue no more runs for a registry.")
@click.argument("registry")
@common_options
def pause_one(console: Console, registry: str) -> None:
    """Queue no more runs for a registry until it is resumed; a run that waits or is under way is left alone.

    Slots that pass meanwhile do not count as missed. With --json: as `kakehashi schedule --json`, for this registry.

    \b
    Example:
      kakehashi schedule pause nzqa --as "Operator"
    """  # noqa: D301
    place = Workplace.of(settings())
    pause(place, console.actor, registry, paused=True)
    _show(console, place, registry, None)


@schedule.command("resume", short_help="Queue runs for a registry again.")
@click.argument("registry")
@common_options
def resume_one(console: Console, registry: str) -> None:
    """Queue runs for a paused registry again, from its next slot on.

    With --json: as `kakehashi schedule --json`, for this registry.

    \b
    Example:
      kakehashi schedule resume nzqa
    """  # noqa: D301
    place = Workplace.of(settings())
    pause(place, console.actor, registry, paused=False)
    _show(console, place, registry, None)


@schedule.command("run-now", short_help="Queue a run for a registry at once.")
@click.argument("registry")
@common_options
def run_one_now(console: Console, registry: str) -> None:
    """Queue a run for a registry at once; `kakehashi work` executes it as soon as a worker is free.

    The schedule stays as it is, and may be paused. With --json: `run`, `registry`, `state`.

    \b
    Example:
      kakehashi schedule run-now nzqa
    """  # noqa: D301
    run_id = run_now(Workplace.of(settings()), console.actor, registry)
    if console.as_json:
        console.emit({"run": run_id, "registry": registry, "state": "queued"})
    else:
        console.screen.print(console.word("queued_as", registry=registry, run=run_id))


@schedule.command("set", short_help="Change a registry's schedule.")
@click.argument("registry")
@click.option("--cron", metavar="RULE", help="Minute, hour, day, month, weekday; for instance '0 2 * * sun'.")
@click.option("--every", type=click.IntRange(1, 527_040), metavar="MINUTES", help="An interval instead of a rule.")
@click.option("--zone", metavar="ZONE", help="The IANA time zone that rule and window are in.")
@click.option("--window", metavar="HH:MM-HH:MM", help="The hours in which a run may begin; `any` for none.")
@click.option("--jitter", type=click.IntRange(0, 1440), metavar="MINUTES", help="How much later a run may begin.")
@common_options
def set_one(
    console: Console,
    registry: str,
    cron: str | None,
    every: int | None,
    zone: str | None,
    window: str | None,
    jitter: int | None,
) -> None:
    """Change a registry's schedule; what is not given stays. From then on the registry list no longer changes it.

    With --json: as `kakehashi schedule --json`, for this registry.

    \b
    Example:
      kakehashi schedule set nzqa --cron "30 2 * * mon,thu" --zone Pacific/Auckland
      kakehashi schedule set nzqa --every 360 --window any --jitter 10
    """  # noqa: D301
    changes: dict[str, Any] = {}
    if cron is not None and every is not None:
        raise CodedError.of("rule_unclear")
    if cron is not None:
        changes |= {"cron": cron, "every_minutes": None}
    if every is not None:
        changes |= {"cron": None, "every_minutes": every}
    if zone is not None:
        changes["zone"] = zone_of(zone).key
    if window is not None:
        changes["time_window"] = None if window == _ANY_TIME else str(Window.parse(window))
    if jitter is not None:
        changes["jitter_minutes"] = jitter
    place = Workplace.of(settings())
    if changes:
        change(place, console.actor, registry, changes)
    _show(console, place, registry, None)


def _show(console: Console, place: Workplace, registry: str | None, here: str | None) -> None:
    zone = zone_of(here) if here else _zone_of_this_machine()
    rows = [row for row in views(place, now(), zone) if registry in {None, row["registry"]}]
    if console.as_json:
        console.emit({"your_zone": zone.key, "schedules": rows})
        return
    if not rows:
        console.screen.print(console.word("no_schedules"))
        return
    table = plain_table(console, ("registry", "state", "rule", "zone", "missed_lately"), right=("missed_lately",))
    table.add_column(console.word("next_times"))
    table.add_column(console.word("in_your_zone", zone=zone.key))
    for row in rows:
        theirs, ours = (
            "\n".join(f"{one[name][:10]} {one[name][11:16]}" for one in row["next"])
            for name in ("in_registry_zone", "in_your_zone")
        )
        table.add_row(
            row["registry"],
            _state(console, row["state"]),
            Prose.of(escape(_rule(console, row))),
            row["zone"],
            str(row["missed_lately"] or ""),
            theirs if row["state"] == "on" else "—",
            ours if row["state"] == "on" else "—",
        )
    console.screen.print(table)


def _state(console: Console, state: str) -> str:
    colour = _COLOURS.get(state, "dim")
    return f"[{colour}]{console.word(f'schedule_{state}')}[/{colour}]"


def _rule(console: Console, row: dict[str, Any]) -> str:
    rule = row["cron"] or console.word("every_minutes", minutes=row["every_minutes"])
    told = [rule, *filter(None, [row["window"]])]
    if row["jitter_minutes"]:
        told.append(console.word("up_to_later", minutes=row["jitter_minutes"]))
    if row["edited"]:
        told.append(f"({console.word('own_rule')})")
    return "\n".join(told)


def _zone_of_this_machine() -> ZoneInfo:
    """Return the machine's zone, or UTC where it does not say."""
    try:
        found = tzlocal.get_localzone()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
    return found if getattr(found, "key", None) else ZoneInfo("UTC")
