"""Slots of rules: laws over zones and years, and the nights when clocks change by name."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from harvester.scheduling.cron import Cron
from harvester.scheduling.timetable import Rule, Window, due, instant

ZONES = ("Europe/Brussels", "Pacific/Auckland", "Asia/Tokyo")
BRUSSELS, AUCKLAND, TOKYO = (ZoneInfo(name) for name in ZONES)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def clock(text: str) -> datetime:
    """What a clock on a wall shows: a time without a zone."""
    return datetime.fromisoformat(text)


few = settings(max_examples=30, deadline=None)
zones = st.sampled_from([BRUSSELS, AUCKLAND, TOKYO])
moments = st.datetimes(clock("2024-01-01"), clock("2030-12-31"), timezones=st.just(UTC))


@st.composite
def changing_nights(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone and a moment within a day of a change of its clocks."""
    zone, month = draw(st.sampled_from([(BRUSSELS, 3), (BRUSSELS, 10), (AUCKLAND, 4), (AUCKLAND, 9)]))
    day = datetime(draw(st.integers(2024, 2030)), month, 1, tzinfo=UTC)
    while (day + DAY).astimezone(zone).utcoffset() == day.astimezone(zone).utcoffset():
        day += DAY
    return zone, day + draw(st.timedeltas(-DAY, 2 * DAY))


crons = st.builds(
    lambda minute, hour, weekday: f"{minute} {hour} * * {weekday}",
    st.one_of(st.integers(0, 59).map(str), st.sampled_from(["*", "*/15", "0,30", "10-20/5"])),
    st.one_of(st.integers(0, 23).map(str), st.sampled_from(["*", "*/6", "1-4"])),
    st.sampled_from(["*", "*", "sun", "mon-fri", "0,3"]),
)
windows = st.one_of(st.none(), st.sampled_from(["01:00-05:00", "22:00-04:00", "02:00-02:59", "00:00-23:59"]))


@st.composite
def rules(draw: st.DrawFn, zone: ZoneInfo | None = None) -> Rule:
    zone = zone or draw(zones)
    timed = draw(st.booleans())
    return Rule.of(
        zone=zone.key,
        cron=draw(crons) if timed else None,
        every_minutes=None if timed else draw(st.integers(1, 3000)),
        window=draw(windows),
        jitter_minutes=draw(st.integers(0, 90)),
    )


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def rule(zone: ZoneInfo, cron: str, window: str | None = None, jitter: int = 0) -> Rule:
    return Rule.of(zone=zone.key, cron=cron, every_minutes=None, window=window, jitter_minutes=jitter)


@few
@given(rules(), moments)
def test_slots_come_in_order_after_the_moment_on_whole_minutes_in_utc(rule: Rule, moment: datetime) -> None:
    found = list(islice(rule.slots(moment), 12))
    assert all(earlier < later for earlier, later in pairwise([moment, *found]))
    assert all(slot.tzinfo is UTC and (slot.second, slot.microsecond) == (0, 0) for slot in found)


@few
@given(rules(), moments, st.timedeltas(timedelta(), timedelta(days=9)))
def test_slots_do_not_depend_on_when_one_asks(rule: Rule, moment: datetime, later: timedelta) -> None:
    early = list(islice(rule.slots(moment), 100))
    assume(early and moment + later < early[-1])
    assert [slot for slot in early if slot > moment + later] == [
        slot for slot in islice(rule.slots(moment + later), 100) if slot <= early[-1]
    ]


def by_minutes(zone: ZoneInfo, cron: Cron, since: datetime, until: datetime) -> list[datetime]:
    """The rule said again, minute by minute of the real time, with what the clock shows and skips."""
    found, shown = [], set()
    before = wall(since - 3 * HOUR, zone)
    moment = since - 3 * HOUR
    while moment < until:
        now = wall(moment, zone)
        skipped = [before + MINUTE * step for step in range(1, max(int((now - before) / MINUTE), 1))]
        if any(matches(cron, one) for one in [*skipped, now] if one not in shown):
            found.append(moment)
        shown.update([*skipped, now])
        before, moment = now, moment + MINUTE
    return [slot for slot in found if slot > since]


def matches(cron: Cron, moment: datetime) -> bool:
    return next(iter(cron.walls(moment)), None) == moment


@few
@given(changing_nights(), crons)
def test_around_a_change_of_clocks_every_time_shown_runs_once_and_every_time_skipped_right_after(
    night: tuple[ZoneInfo, datetime], cron: str
) -> None:
    zone, moment = night
    moment = moment.replace(second=0, microsecond=0)
    until = moment + 8 * HOUR
    expected = by_minutes(zone, Cron.parse(cron), moment, until)
    assert [slot for slot in islice(rule(zone, cron).slots(moment), 600) if slot < until] == expected


@few
@given(
    zones,
    st.datetimes(clock("2024-01-01"), clock("2030-12-31")).map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_an_instant_shows_the_time_asked_for_or_the_first_after_a_gap(zone: ZoneInfo, asked: datetime) -> None:
    found = instant(asked, zone)
    shown = wall(found, zone)
    if shown != asked:
        assert shown > asked
        assert wall(found - MINUTE, zone) < asked
    assert wall(found - HOUR, zone) != asked


@few
@given(rules(), moments)
def test_a_window_holds_every_slot_but_those_that_the_clock_moved_out(rule: Rule, moment: datetime) -> None:
    if rule.window is None:
        return
    for slot in islice(rule.slots(moment), 20):
        shown = wall(slot, rule.zone)
        moved = wall(slot - MINUTE, rule.zone) != shown - MINUTE
        assert rule.window.holds(shown) or moved


@few
@given(rules(), moments)
def test_jitter_delays_but_keeps_order_window_and_itself(rule: Rule, moment: datetime) -> None:
    found = list(islice(rule.slots(moment), 6))
    begins = [rule.start("nzqa", slot) for slot in found]
    assert begins == [rule.start("nzqa", slot) for slot in found]
    for slot, begin, following in zip(found, begins, found[1:], strict=False):
        assert slot <= begin <= slot + rule.jitter
        assert begin < following
        if rule.window and rule.window.holds(wall(slot, rule.zone)):
            assert rule.window.holds(wall(begin, rule.zone))


def test_jitter_differs_by_registry_and_by_slot() -> None:
    nightly = rule(TOKYO, "0 3 * * *", jitter=30)
    night = datetime(2026, 6, 1, 18, tzinfo=UTC)
    begins = {nightly.start(name, night + DAY * step) - DAY * step for name in ("a", "b", "c") for step in range(5)}
    assert len(begins) > 10


def local(zone: ZoneInfo, cron: str, since: str, count: int, window: str | None = None) -> list[str]:
    start = datetime.fromisoformat(since).replace(tzinfo=zone)
    return [f"{slot.astimezone(zone):%m-%d %H:%M%z}" for slot in islice(rule(zone, cron, window).slots(start), count)]


def test_brussels_when_clocks_go_forward() -> None:
    assert local(BRUSSELS, "30 2 * * *", "2026-03-28T00:00", 3) == [
        "03-28 02:30+0100",
        "03-29 03:00+0200",
        "03-30 02:30+0200",
    ]
    assert local(BRUSSELS, "*/20 2 * * *", "2026-03-28T02:30", 3) == [
        "03-28 02:40+0100",
        "03-29 03:00+0200",
        "03-30 02:00+0200",
    ]
    assert local(BRUSSELS, "*/30 * * * *", "2026-03-29T01:10", 3) == [
        "03-29 01:30+0100",
        "03-29 03:00+0200",
        "03-29 03:30+0200",
    ]


def test_brussels_when_clocks_go_back() -> None:
    assert local(BRUSSELS, "30 2 * * *", "2026-10-24T00:00", 3) == [
        "10-24 02:30+0200",
        "10-25 02:30+0200",
        "10-26 02:30+0100",
    ]
    assert local(BRUSSELS, "*/30 * * * *", "2026-10-25T01:40", 3) == [
        "10-25 02:00+0200",
        "10-25 02:30+0200",
        "10-25 03:00+0100",
    ]


def test_auckland_when_clocks_go_forward() -> None:
    assert local(AUCKLAND, "15 2 * * sun", "2026-09-26T00:00", 2) == ["09-27 03:00+1300", "10-04 02:15+1300"]
    assert local(AUCKLAND, "15 2 * * sun", "2026-09-26T00:00", 1, "02:00-02:59") == ["09-27 03:00+1300"]


def test_auckland_when_clocks_go_back() -> None:
    assert local(AUCKLAND, "15 2 * * sun", "2026-04-04T00:00", 2) == ["04-05 02:15+1300", "04-12 02:15+1200"]


def test_an_interval_counts_elapsed_minutes_on_such_a_night() -> None:
    hourly = Rule.of(zone=BRUSSELS.key, cron=None, every_minutes=60, window=None)
    night = list(islice(hourly.slots(datetime(2026, 10, 24, 22, 30, tzinfo=UTC)), 5))
    assert {later - earlier for earlier, later in pairwise(night)} == {HOUR}


def test_a_day_that_was_left_out_comes_at_the_first_minute_after_it() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert instant(clock("2011-12-30T12:00"), apia).astimezone(apia) == datetime(2011, 12, 31, tzinfo=apia)


# What is due


WEEKLY = rule(AUCKLAND, "0 2 * * sun", "01:00-05:00")
DAILY = rule(TOKYO, "0 3 * * *", "01:00-05:00")


def at(zone: ZoneInfo, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_ten_missed_slots_inside_the_window_are_caught_up_once() -> None:
    first = at(TOKYO, "2026-06-01T03:00")
    found = due(DAILY, "x", first, at(TOKYO, "2026-06-10T04:30"))
    assert (found.slot, found.late) == (at(TOKYO, "2026-06-10T03:00"), True)
    assert found.missed == tuple(first + DAY * step for step in range(9))
    assert found.next_at == at(TOKYO, "2026-06-11T03:00")


def test_ten_missed_slots_after_the_window_are_only_missed() -> None:
    first = at(TOKYO, "2026-06-01T03:00")
    found = due(DAILY, "x", first, at(TOKYO, "2026-06-10T05:01"))
    assert (found.slot, found.missed) == (None, tuple(first + DAY * step for step in range(10)))


def test_without_a_window_the_last_missed_slot_is_worth_it_until_the_next() -> None:
    found = due(rule(TOKYO, "0 3 * * *"), "x", at(TOKYO, "2026-06-01T03:00"), at(TOKYO, "2026-06-03T02:59"))
    assert (found.slot, found.missed) == (at(TOKYO, "2026-06-02T03:00"), (at(TOKYO, "2026-06-01T03:00"),))


def test_a_slot_on_time_is_not_late() -> None:
    slot = at(TOKYO, "2026-06-01T03:00")
    assert due(DAILY, "x", slot, slot + timedelta(seconds=9)).late is False
    assert due(DAILY, "x", slot, slot - MINUTE) == due(DAILY, "x", slot, slot - HOUR)


def test_a_clock_set_back_does_not_wait_for_a_far_slot() -> None:
    found = due(WEEKLY, "x", at(AUCKLAND, "2028-06-04T02:00"), at(AUCKLAND, "2026-06-03T12:00"))
    assert (found.slot, found.missed, found.next_at) == (None, (), at(AUCKLAND, "2026-06-07T02:00"))


def test_a_clock_set_years_ahead_lists_no_more_than_the_last_weeks() -> None:
    found = due(rule(TOKYO, "0 * * * *"), "x", at(TOKYO, "2026-06-03T02:00"), at(TOKYO, "2031-06-03T02:30"))
    assert found.slot == at(TOKYO, "2031-06-03T02:00")
    assert len(found.missed) == 35 * 24 - 1


@few
@given(rules(), moments, st.lists(st.timedeltas(-2 * HOUR, 30 * HOUR), min_size=1, max_size=25))
def test_whatever_the_clock_does_no_slot_is_run_twice_and_none_forgotten(
    rule: Rule, moment: datetime, steps: list[timedelta]
) -> None:
    begun, next_at = moment, rule.next(moment)
    run: set[datetime] = set()
    missed: set[datetime] = set()
    latest = moment
    for step in steps:
        moment += step
        latest = max(latest, moment)
        found = due(rule, "x", next_at, moment)
        next_at = found.next_at
        missed.update(set(found.missed) - run)
        if found.slot is not None:
            run.add(found.slot)
            assert found.slot <= moment
    for slot in islice(rule.slots(begun), 3000):
        if slot > latest:
            break
        assert slot in run | missed or rule.start("x", slot) > latest
    assert all(slot > begun - 2 * HOUR * len(steps) for slot in run | missed)


# Cron and windows


def test_a_day_of_the_month_and_a_weekday_are_either_or() -> None:
    cron = Cron.parse("0 0 13 * fri")
    days = [one.date() for one in islice(cron.walls(clock("2026-02-01")), 6)]
    assert days == [date(2026, 2, day) for day in (6, 13, 20, 27)] + [date(2026, 3, 6), date(2026, 3, 13)]


@few
@given(st.integers(0, 6), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_weekdays_by_number_and_by_name_are_the_same(number: int, day: date) -> None:
    name = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")[number]
    since = datetime.combine(day, time())
    numbers, names = (next(Cron.parse(f"0 0 * * {word}").walls(since)) for word in (number, name))
    assert numbers == names
    assert numbers.isoweekday() % 7 == number
    assert next(Cron.parse("0 0 * * 7").walls(since)) == next(Cron.parse("0 0 * * 0").walls(since))


def test_the_29th_of_february_comes_and_the_30th_never() -> None:
    assert next(Cron.parse("0 0 29 2 *").walls(clock("2096-03-01"))) == clock("2104-02-29")
    assert rule(TOKYO, "0 0 30 2 *").next(datetime(2026, 1, 1, tzinfo=UTC)) is None
    assert rule(TOKYO, "0 12 * * *", "01:00-05:00").next(datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *",
     "*/0 * * * *", "a * * * *", "* * * * sunday", "-1 * * * *", "1,,2 * * * *", "1/ * * * *", "１ * * * *", "@daily",
     "* * * * *" + " " * 200],
)  # fmt: skip
def test_what_is_no_cron_expression_is_refused(text: str) -> None:
    with pytest.raises(CodedError) as refused:
        Cron.parse(text)
    assert refused.value.issues[0].code == "cron_invalid"


@pytest.mark.parametrize(
    "text", ["", "1:00-5:00", "01:00", "24:00-01:00", "01:00-05:60", "01:00–05:00", "01:00-05:00 x"]
)
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(CodedError) as refused:
        Window.parse(text)
    assert refused.value.issues[0].code == "window_invalid"


@pytest.mark.parametrize("name", ["", "Mars/Base", "Europe", "../../etc/passwd", "/etc/localtime", "x" * 300, "a\0b"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(CodedError) as refused:
        Rule.of(zone=name, cron="0 0 * * *", every_minutes=None, window=None)
    assert refused.value.issues[0].code == "zone_unknown"


@pytest.mark.parametrize(("cron", "every"), [(None, None), ("0 0 * * *", 60)])
def test_a_rule_is_one_of_two_kinds(cron: str | None, every: int | None) -> None:
    with pytest.raises(CodedError) as refused:
        Rule.of(zone="UTC", cron=cron, every_minutes=every, window=None)
    assert refused.value.issues[0].code == "rule_unclear"


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    night = Window.parse("22:00-04:00")
    assert night.end(clock("2026-06-01T23:00")) == clock("2026-06-02T04:00")
    assert night.end(clock("2026-06-02T03:00")) == clock("2026-06-02T04:00")
    assert not night.holds(clock("2026-06-02T12:00"))
    assert str(night) == "22:00-04:00"
