"""When a registry is to be harvested: slots of a rule, in its own time zone, as pure functions of a moment.

The rule for the nights when clocks change: a slot that falls into the skipped hour comes at the next minute that
exists, once for all that fall there; a slot in the doubled hour comes once, the first time round. A rule by interval
counts elapsed minutes and knows no such nights.

Nothing here reads a clock: the moment is always given, and the jitter of a slot follows from registry and slot, so
that every process finds the same times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.messages import CodedError
from harvester.scheduling.cron import Cron

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_ANCHOR = datetime(2000, 1, 3)  # noqa: DTZ001  a wall clock's Monday; the zone comes with the rule
_GRACE = timedelta(minutes=15)
_HORIZON = timedelta(days=35)
_WIDEST = timedelta(days=400)
_MINUTE = timedelta(minutes=1)
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of a local day, the first minute and the last included; `until` before `since` goes over midnight."""

    since: time
    until: time

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read `HH:MM-HH:MM`. Raises `CodedError` with `window_invalid`."""
        found = _WINDOW.fullmatch(text.strip())
        if found is None:
            raise CodedError.of("window_invalid", window=text[:40])
        parts = [int(part) for part in found.groups()]
        return cls(time(parts[0], parts[1]), time(parts[2], parts[3]))

    def __str__(self) -> str:
        return f"{self.since:%H:%M}-{self.until:%H:%M}"

    def holds(self, wall: datetime) -> bool:
        """Tell whether a moment of the wall clock is inside."""
        moment = wall.time().replace(second=0, microsecond=0)
        if self.since <= self.until:
            return self.since <= moment <= self.until
        return moment >= self.since or moment <= self.until

    def end(self, wall: datetime) -> datetime:
        """Return when the window that holds a moment of the wall clock ends."""
        end = datetime.combine(wall.date(), self.until)
        return end if end >= wall.replace(second=0, microsecond=0) else end + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A schedule's rule: `cron` or `every` (a number of minutes), in a zone, inside a window, with a jitter."""

    zone: ZoneInfo
    cron: Cron | None = None
    every: timedelta | None = None
    window: Window | None = None
    jitter: timedelta = timedelta()

    @classmethod
    def of(
        cls, *, zone: str, cron: str | None, every_minutes: int | None, window: str | None, jitter_minutes: int = 0
    ) -> Rule:
        """Make a rule of what people write.

        Raises `CodedError` with `zone_unknown`, `cron_invalid`, `window_invalid` or `rule_unclear`.
        """
        if bool(cron) is bool(every_minutes):
            raise CodedError.of("rule_unclear")
        return cls(
            zone_of(zone),
            Cron.parse(cron) if cron else None,
            timedelta(minutes=every_minutes) if every_minutes else None,
            Window.parse(window) if window else None,
            timedelta(minutes=jitter_minutes),
        )

    def slots(self, after: datetime) -> Iterator[datetime]:
        """Yield the slots after a moment, in UTC and in order; it ends for a rule that never comes to pass."""
        last = after.astimezone(UTC)
        for slot in self._by_cron(last) if self.cron else self._by_interval(last):
            if slot > last:
                yield slot
                last = slot

    def next(self, after: datetime) -> datetime | None:
        """Return the first slot after a moment; None when the rule never comes to pass."""
        return next(self.slots(after), None)

    def start(self, registry: str, slot: datetime) -> datetime:
        """Return when the run of a slot is to begin: the slot and a jitter that is its own.

        It stays inside the window and before the middle of the way to the next slot.
        """
        if not self.jitter:
            return slot
        digest = blake2b(f"{registry} {slot.isoformat()}".encode(), digest_size=8).digest()
        wished = timedelta(seconds=int.from_bytes(digest) % (int(self.jitter.total_seconds()) + 1))
        following = self.next(slot)
        room = [(following - slot) / 2] if following else []
        if self.window:
            room.append(max(self._window_end(slot) - slot, timedelta()))
        return slot + min([wished, *room])

    def deadline(self, registry: str, slot: datetime) -> datetime | None:
        """Return until when a missed slot is worth catching up; None when there is no window to end it."""
        if self.window is None:
            return None
        return max(self._window_end(slot), self.start(registry, slot) + _GRACE)

    def open_until(self, moment: datetime) -> datetime | None:
        """Return until when a harvest may ask, while it may; the end of time without a window, None outside it."""
        if self.window is None:
            return _FOREVER
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        if not self.window.holds(wall):
            return None
        return max(instant(self.window.end(wall), self.zone) + _MINUTE, moment)

    def opens_after(self, moment: datetime) -> datetime:
        """Return when the window opens next after a moment; the moment itself without a window."""
        if self.window is None:
            return moment
        today = moment.astimezone(self.zone).date()
        walls = (datetime.combine(today + timedelta(days=day), self.window.since) for day in range(3))
        return next(opening for wall in walls if (opening := instant(wall, self.zone)) > moment)

    def _by_cron(self, after: datetime) -> Iterator[datetime]:
        wall_now = after.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0)
        for wall in self.cron.walls(wall_now) if self.cron else ():
            if self.window is None or self.window.holds(wall):
                yield instant(wall, self.zone)

    def _by_interval(self, after: datetime) -> Iterator[datetime]:
        every = self.every or _HORIZON
        anchor = instant(datetime.combine(_ANCHOR, self.window.since if self.window else time()), self.zone)
        slot = anchor + ((after - anchor) // every) * every
        while slot < after + _WIDEST:
            if self.window is None or self.window.holds(slot.astimezone(self.zone).replace(tzinfo=None)):
                yield slot
            slot += every

    def _window_end(self, slot: datetime) -> datetime:
        wall = slot.astimezone(self.zone).replace(tzinfo=None)
        if self.window is None or not self.window.holds(wall):
            return slot
        return max(instant(self.window.end(wall), self.zone), slot)


@dataclass(frozen=True, slots=True)
class Due:
    """What is due at a moment: the slot to run if any, whether it comes late, the slots given up, and the next one."""

    slot: datetime | None
    late: bool
    missed: tuple[datetime, ...]
    next_at: datetime | None


def due(rule: Rule, registry: str, next_at: datetime | None, now: datetime) -> Due:
    """Tell what is due now, when `next_at` is the first slot that was not looked at yet.

    Of several slots that have passed, only the last is run, and only inside its window; the others are missed. A clock
    that was set back never leaves the rule waiting for a far `next_at`. Slots more than 35 days ago are not listed.
    """
    upcoming = rule.next(now)
    if next_at is None:
        return Due(None, late=False, missed=(), next_at=upcoming)
    since = max(min(next_at, upcoming or next_at), now - _HORIZON)
    passed: list[datetime] = []
    following = None
    for slot in rule.slots(since - _MINUTE / 60):
        if rule.start(registry, slot) > now:
            following = slot
            break
        passed.append(slot)
    if not passed:
        return Due(None, late=False, missed=(), next_at=following)
    last = passed[-1]
    deadline = rule.deadline(registry, last)
    if deadline is not None and now > deadline:
        return Due(None, late=True, missed=tuple(passed), next_at=following)
    late = len(passed) > 1 or now > rule.start(registry, last) + _GRACE
    return Due(last, late=late, missed=tuple(passed[:-1]), next_at=following)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC at which a wall clock shows a time.

    A time that the clock shows twice means the first; one that it skips means the next minute that it does show.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    offset = before.astimezone(zone).utcoffset()
    while after - before > _MINUTE:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return (before + _MINUTE).replace(second=0, microsecond=0)


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name. Raises `CodedError` with `zone_unknown`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CodedError.of("zone_unknown", zone=name[:60]) from None
