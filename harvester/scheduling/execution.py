"""Executing a claimed run in this process, and keeping its heart beating meanwhile.

The heart beats in a thread of its own, so that long reading or publishing never looks like death. When a beat finds
that the run is no longer this worker's, the worker must not go on: `abandon` is called.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

from config.messages import CodedError
from connectors.discovery import registry
from harvester.accepting import require_accepted
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.scheduling.ticking import rule_of
from harvester.scheduling.timetable import Rule
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from store.clock import now
from store.database import Database
from store.queue import Claimed, keep_alive, pause_run
from store.runs import close_run, note_issues
from store.schedules import schedules

BEAT = 10.0
"""Seconds between heartbeats."""


def execute(place: Workplace, claimed: Claimed, diary: Diary, abandon: Callable[[], None]) -> RunReport | None:
    """Execute a claimed run to its end; None when it could not begin, which closes it as failed.

    A run of a schedule keeps to its registry's window: outside it, it is not begun, and when the window closes, it is
    put back in the queue and goes on from there when the window opens again. One that a person asked for does not wait.
    Raises `CodedError` with `database_unreachable`; the run is then put back by whoever finds it silent.
    """
    told = {"registry": claimed.registry, "run": claimed.run_id}
    diary = diary.about(registry=claimed.registry, run=claimed.run_id)
    diary.tell("run_begun", **told, attempt=claimed.attempt, worker=claimed.worker)
    rule = _rule_for(place, claimed)
    until = rule.open_until(now()) if rule else None
    if rule and until is None:
        _pause(place, claimed, rule, diary, begun=False)
        return None
    with Heart(place.database, claimed, diary, abandon):
        try:
            source = registry(claimed.registry, place.settings.registries_file)
            require_accepted(place, source, even_paused=True)
            loopback = place.settings.allow_loopback
            order = Order(source, claimed.actor, allow_loopback=loopback, run_id=claimed.run_id, until=until)
            report = harvest(place, order)
        except CodedError as error:
            note_issues(place.database, claimed.run_id, error.issues)
            close_run(place.database, claimed.run_id, "failed", complete=False)
            diary.tell("run_not_good", **told, seconds=0, state="failed")
            return None
    if rule and report.state == "paused":
        _pause(place, claimed, rule, diary, begun=True)
        return report
    code = "run_ended" if report.succeeded else "run_not_good"
    diary.tell(code, **told, seconds=round(report.seconds, 1), state=report.state)
    return report


def _rule_for(place: Workplace, claimed: Claimed) -> Rule | None:
    """Return the rule that a run of a schedule keeps to; None where it need not, or the rule cannot be read."""
    row = schedules(place.database).get(claimed.registry) if claimed.scheduled_for else None
    if row is None:
        return None
    try:
        return rule_of(row)
    except CodedError:
        return None


def _pause(place: Workplace, claimed: Claimed, rule: Rule, diary: Diary, *, begun: bool) -> None:
    opens = rule.opens_after(now())
    if pause_run(place.database, claimed.run_id, claimed.worker, opens, begun=begun):
        shown = f"{opens.astimezone(rule.zone):%Y-%m-%d %H:%M} {rule.zone.key}"
        diary.tell("run_paused", registry=claimed.registry, run=claimed.run_id, opens=shown)


class Heart:
    """Beats for a run as long as the block lasts."""

    def __init__(self, database: Database, claimed: Claimed, diary: Diary, abandon: Callable[[], None]) -> None:
        self._database, self._claimed = database, claimed
        self._diary, self._abandon = diary, abandon
        self._over = Event()
        self._thread = Thread(target=self._beat, name=f"heart of run {claimed.run_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            with suppress(CodedError):
                if not self._is_mine():
                    self._diary.tell("run_taken_away", run=self._claimed.run_id)
                    self._abandon()
                    return

    def _is_mine(self) -> bool:
        """Beat once. A run that has just ended is not taken away, only done."""
        return keep_alive(self._database, self._claimed.run_id, self._claimed.worker) or self._over.is_set()
