"""From rules to queued runs: schedules seeded from the registry list, and a tick that queues what is due.

A tick may happen in any number of processes at once: a slot still has one run. The moment is always given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

from config.messages import CodedError, Issue
from connectors.contract import Registry
from connectors.contract import Schedule as Wish
from connectors.discovery import registry
from harvester.accepting import accepted_registries, require_accepted
from harvester.crawling.folder import door_of
from harvester.scheduling.timetable import Rule, due
from harvester.workplace import Workplace
from store.clock import now
from store.queue import queue_run
from store.schedules import change_schedule, missed_counts, schedules, seed_schedules, take_slot

State = Literal["on", "paused", "off", "no_address", "unreadable"]
_LATELY = timedelta(days=30)


@dataclass(slots=True)
class Ticked:
    """What a tick did: the runs it queued, and what there is to tell."""

    runs: list[int] = field(default_factory=list)
    notes: list[Issue] = field(default_factory=list)


def tick(place: Workplace, moment: datetime) -> Ticked:
    """Queue a run for every registry whose slot has come, and note the slots that were missed."""
    known = _seeded(place)
    ticked = Ticked()
    for name, row in schedules(place.database).items():
        source = known.get(name)
        if source is None:
            continue
        try:
            _tick_one(place, source, row, moment, ticked)
        except CodedError as error:
            if any(issue.code == "database_unreachable" for issue in error.issues):
                raise
            ticked.notes.append(Issue("schedule_invalid", {"registry": name, "detail": error.issues[0].text("en")}))
    return ticked


def _tick_one(place: Workplace, source: Registry, row: dict[str, Any], moment: datetime, ticked: Ticked) -> None:
    rule = rule_of(row)
    asleep = state_of(source, row) != "on"
    found = due(rule, source.id, None if asleep else row["next_at"], moment)
    if found.slot is None and not found.missed and found.next_at == row["next_at"]:
        return
    run_id, given_up = take_slot(
        place.database,
        source.id,
        source.connector,
        slot=found.slot,
        missed=found.missed,
        next_at=found.next_at,
        moment=moment,
    )
    if given_up:
        first, last = _shown(found.missed[0], rule.zone), _shown(found.missed[-1], rule.zone)
        told = {"registry": source.id, "count": given_up, "first": first, "last": last}
        ticked.notes.append(Issue("slots_missed", told))
    if run_id is not None and found.slot is not None:
        ticked.runs.append(run_id)
        told = {"registry": source.id, "run": run_id, "slot": _shown(found.slot, rule.zone)}
        ticked.notes.append(Issue("slot_caught_up" if found.late else "slot_queued", told))


def rule_of(row: dict[str, Any]) -> Rule:
    """Return the rule of a schedule's row. Raises `CodedError` when it cannot be read."""
    return Rule.of(
        zone=row["zone"],
        cron=row["cron"],
        every_minutes=row["every_minutes"],
        window=row["time_window"],
        jitter_minutes=row["jitter_minutes"],
    )


def state_of(source: Registry, row: dict[str, Any]) -> State:
    """Return whether a schedule is acted on, and if not, why."""
    if not source.active and not source.pending:
        return "off"
    if row["paused"]:
        return "paused"
    try:
        return "on" if door_of(source.manifest) else "no_address"
    except CodedError:
        return "no_address"


def views(place: Workplace, moment: datetime, here: ZoneInfo, count: int = 5) -> list[dict[str, Any]]:
    """Return every schedule with its next slots, in the registry's zone and in that of the reader."""
    known = _seeded(place)
    missed = missed_counts(place.database, moment - _LATELY)
    rows = schedules(place.database).items()
    return [_view(known[name], row, moment, here, count, missed.get(name, 0)) for name, row in rows if name in known]


def _view(
    source: Registry, row: dict[str, Any], moment: datetime, here: ZoneInfo, count: int, missed: int
) -> dict[str, Any]:
    state = state_of(source, row)
    upcoming: list[dict[str, Any]] = []
    try:
        rule = rule_of(row)
        for slot in islice(rule.slots(moment), count):
            local, theirs = (slot.astimezone(zone).isoformat() for zone in (rule.zone, here))
            begins = rule.start(source.id, slot)
            upcoming.append({"slot": slot, "begins_at": begins, "in_registry_zone": local, "in_your_zone": theirs})
    except CodedError:
        state = "unreadable"
    return {
        "registry": source.id,
        "state": state,
        "zone": row["zone"],
        "cron": row["cron"],
        "every_minutes": row["every_minutes"],
        "jitter_minutes": row["jitter_minutes"],
        "window": row["time_window"],
        "paused": row["paused"],
        "edited": row["edited"],
        "missed_lately": missed,
        "next": upcoming,
    }


def pause(place: Workplace, actor: str, name: str, *, paused: bool) -> None:
    """Pause a schedule, or resume it. What passes meanwhile is not missed. Raises `CodedError`."""
    _row(place, name)
    change_schedule(place.database, name, actor, "schedule_pause" if paused else "schedule_resume", {"paused": paused})


def run_now(place: Workplace, actor: str, name: str) -> int:
    """Queue a run at once, whatever the schedule says. Raises `CodedError`."""
    source = registry(name, place.settings.registries_file)
    require_accepted(place, source)
    if not door_of(source.manifest):
        raise CodedError.of("address_missing", registry=name)
    return queue_run(place.database, name, source.connector, actor)


def change(place: Workplace, actor: str, name: str, changes: dict[str, Any]) -> None:
    """Change a schedule's rule; from then on it is the deployment's own.

    Raises `CodedError` when the rule cannot be read (`cron_invalid`, `zone_unknown`, …) or never comes to pass.
    """
    row = {**_row(place, name), **changes}
    if rule_of(row).next(now()) is None:
        raise CodedError.of("rule_never", registry=name)
    change_schedule(place.database, name, actor, "schedule_set", {**changes, "edited": True})


def _row(place: Workplace, name: str) -> dict[str, Any]:
    require_accepted(place, registry(name, place.settings.registries_file), even_paused=True)
    _seeded(place)
    row = schedules(place.database).get(name)
    if row is None:
        raise CodedError.of("schedule_missing", registry=name)
    return row


def _seeded(place: Workplace) -> dict[str, Registry]:
    """Bring the rows up to the registry list, and return the registries that may have one: those accepted."""
    known = accepted_registries(place)
    seed_schedules(place.database, {name: _columns(one.manifest.schedule) for name, one in known.items()})
    return known


def _columns(wish: Wish) -> dict[str, Any]:
    return {
        "zone": wish.zone,
        "cron": wish.cron or None,
        "every_minutes": wish.every_minutes,
        "jitter_minutes": wish.jitter_minutes,
        "time_window": wish.window or None,
    }


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
