"""The pace of a host is kept by all runs together, whatever they know of each other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update

from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store.clock import now
from store.hosts import HostConnection, HostPace, Turn, Wish, give_all_back, give_back, take_turn
from store.runs import close_run, open_run
from store.tables import sql
from tests.harvester.loopback import Asked, Line, Loopback, Reply, answer
from tests.harvester.situations import page, rows, source_of

SLACK = 0.25
"""Seconds that a busy machine may lie between a request that is sent and the server that sees it."""


HOST = "registry.example"


def ask(place: Workplace, delay: float, before: Turn | None = None, *, host: str = HOST) -> Turn:
    """Ask for a turn, again with the place that was given before."""
    return take_turn(place.database, Wish(host, delay, 9, 30.0), None, before.connection if before else None)


def move_last(place: Workplace, **ago: float) -> None:
    pace = sql(HostPace)
    with place.database.writing() as plain:
        plain.execute(update(pace).values(last_at=now() - timedelta(**ago)))


def a_run(place: Workplace, registry: str) -> int:
    return open_run(place.database, registry=registry, connector="mqa", actor="test", address="", fingerprint="")


@pytest.mark.parametrize(("first", "second"), [(20.0, 20.0), (20.0, 70.0), (70.0, 20.0)])
def test_the_slower_run_of_two_is_kept_to(any_place: Workplace, first: float, second: float) -> None:
    slower = max(first, second)
    assert ask(any_place, first).wait == 0
    waits = ask(any_place, second)
    assert slower - 5 < waits.wait <= slower
    assert ask(any_place, second, host="other.example").wait == 0
    move_last(any_place, seconds=slower - 10)
    assert 5 < ask(any_place, second, waits).wait <= 10
    move_last(any_place, seconds=slower)
    assert ask(any_place, second, waits).wait == 0


def test_the_pause_begins_when_a_request_is_sent(any_place: Workplace) -> None:
    ask(any_place, 20.0)
    move_last(any_place, seconds=300)
    assert ask(any_place, 20.0).wait == 0
    assert ask(any_place, 20.0).wait > 15, "nobody saves up turns that were not taken"


def test_turns_are_taken_in_the_order_in_which_they_were_asked_for(any_place: Workplace) -> None:
    ask(any_place, 20.0)
    waiting = [ask(any_place, 20.0) for _ in range(3)]
    assert [round(turn.wait / 20.0) for turn in waiting] == [1, 2, 3]
    move_last(any_place, seconds=20)
    assert [round(ask(any_place, 20.0, turn).wait / 20.0) for turn in reversed(waiting)] == [2, 1, 0]
    give_back(any_place.database, waiting[1].connection)
    move_last(any_place, seconds=20)
    assert ask(any_place, 20.0, waiting[2]).wait == 0


def test_one_that_does_not_come_back_loses_its_place(any_place: Workplace) -> None:
    ask(any_place, 20.0)
    gone, here = ask(any_place, 20.0), ask(any_place, 20.0)
    move_last(any_place, seconds=20)
    assert ask(any_place, 20.0, here).wait > 15
    connection = sql(HostConnection)
    with any_place.database.writing() as plain:
        late = update(connection).where(connection.c.id == gone.connection)
        plain.execute(late.values(until=now() - timedelta(seconds=1)))
    assert ask(any_place, 20.0, here).wait == 0
    assert ask(any_place, 20.0, gone).connection != gone.connection


def test_no_more_requests_are_under_way_than_a_run_may_have(any_place: Workplace) -> None:
    one, other = a_run(any_place, "one"), a_run(any_place, "two")
    wish = Wish(HOST, 0.01, 1, 30.0)
    first = take_turn(any_place.database, wish, one)
    assert first.wait == 0
    move_last(any_place, seconds=1)
    waits = take_turn(any_place.database, wish, other)
    assert waits.wait > 0
    give_back(any_place.database, first.connection)
    assert take_turn(any_place.database, wish, other, waits.connection).wait == 0


def test_what_the_dead_had_under_way_holds_nobody_up(any_place: Workplace) -> None:
    one, other = a_run(any_place, "one"), a_run(any_place, "two")
    wish = Wish(HOST, 0.01, 1, 30.0)

    def may_ask() -> bool:
        move_last(any_place, seconds=1)
        turn = take_turn(any_place.database, wish, other)
        if turn.wait:
            give_back(any_place.database, turn.connection)
        return not turn.wait

    take_turn(any_place.database, wish, one)
    take_turn(any_place.database, wish, one)
    assert not may_ask()
    close_run(any_place.database, one, "lost")
    assert may_ask()
    assert not may_ask()
    give_all_back(any_place.database, other)
    assert may_ask()
    connection = sql(HostConnection)
    with any_place.database.writing() as plain:
        plain.execute(update(connection).values(until=now() - timedelta(seconds=1)))
    assert may_ask()


def test_a_moment_of_a_clock_that_ran_wrong_is_not_waited_for(any_place: Workplace) -> None:
    ask(any_place, 2.0)
    move_last(any_place, days=-3)
    assert 0 < ask(any_place, 2.0).wait <= 2


@pytest.mark.slow
def test_two_registries_on_one_host_share_its_pace(throwaway: None, any_place: Workplace, server: Loopback) -> None:
    delay = 0.5
    both_run = threading.Barrier(2, timeout=60)
    server.routes["/robots.txt"] = answer(f"User-agent: *\nCrawl-delay: {delay}\n", media_type="text/plain")

    def first(name: str, asks: list[str]) -> Reply:
        def reply(_: Asked, line: Line) -> None:
            both_run.wait()
            line.send(page(name, asks=asks))

        return reply

    for name in ("one", "two"):
        asks = [f"/{name}/{number}" for number in range(5)]
        server.routes |= {f"/{name}": first(name, asks)} | {path: page(f"T{path}") for path in asks}

    def run(name: str) -> str:
        plain = source_of(server.url(f"/{name}"))
        source = type(plain)(name, plain.connector, plain.manifest)
        return harvest(any_place, Order(source, "test", allow_loopback=True)).state

    with ThreadPoolExecutor(2) as both:
        assert list(both.map(run, ("one", "two"))) == ["succeeded", "succeeded"]
    asked = [one for one in server.asked if one.path != "/robots.txt"]
    assert len(asked) == 12
    order = "".join(one.path[1] for one in asked)
    assert "ooooo" not in order, "the runs take turns, also where one of them stands still for a while"
    assert "ttttt" not in order
    gaps = [later.at - earlier.at for earlier, later in pairwise(asked)]
    assert min(gaps) >= delay - SLACK
    assert rows(any_place, "host_connection") == []
