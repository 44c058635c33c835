"""The pace of a host is kept by all runs together, whatever they know of each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update

from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store.clock import now
from store.hosts import HostConnection, HostPace, Taken, Wish, give_all_back, give_back, take_moment
from store.runs import close_run, open_run
from store.tables import sql
from tests.harvester.loopback import Loopback, answer
from tests.harvester.situations import page, rows, source_of

SLACK = 0.05


def taken(place: Workplace, delay: float, *, most: int = 9, host: str = "registry.example") -> Taken:
    found = take_moment(place.database, Wish(host, delay, most, 30.0))
    assert found is not None
    return found


def a_run(place: Workplace, registry: str) -> int:
    return open_run(place.database, registry=registry, connector="mqa", actor="test", address="", fingerprint="")


def test_moments_lie_as_far_apart_as_the_slower_run_wishes(any_place: Workplace) -> None:
    waits = [taken(any_place, delay).wait for delay in (2.0, 2.0, 7.0, 2.0, 2.0)]
    assert waits[0] == 0
    gaps = [later - earlier for earlier, later in pairwise(waits)]
    assert gaps == pytest.approx([2.0, 7.0, 7.0, 2.0], abs=2.0)
    assert all(gap >= wish - 2.0 for gap, wish in zip(gaps, (2.0, 7.0, 7.0, 2.0), strict=True))
    assert taken(any_place, 2.0, host="other.example").wait == 0


def test_no_more_requests_are_under_way_than_a_run_may_have(any_place: Workplace) -> None:
    one, other = a_run(any_place, "one"), a_run(any_place, "two")
    wish = Wish("registry.example", 0.01, 1, 30.0)
    first = take_moment(any_place.database, wish, one)
    assert first is not None
    assert take_moment(any_place.database, wish, other) is None
    give_back(any_place.database, first.connection)
    assert take_moment(any_place.database, wish, other) is not None


def test_what_the_dead_had_under_way_holds_nobody_up(any_place: Workplace) -> None:
    one, other = a_run(any_place, "one"), a_run(any_place, "two")
    wish = Wish("registry.example", 0.01, 1, 30.0)
    take_moment(any_place.database, wish, one)
    close_run(any_place.database, one, "lost")
    assert take_moment(any_place.database, wish, other) is not None
    assert take_moment(any_place.database, wish, other) is None
    give_all_back(any_place.database, other)
    assert take_moment(any_place.database, wish, other) is not None
    connection = sql(HostConnection)
    with any_place.database.writing() as plain:
        plain.execute(update(connection).values(until=now() - timedelta(seconds=1)))
    assert take_moment(any_place.database, wish, other) is not None


def test_a_moment_of_a_clock_that_ran_wrong_is_not_waited_for(any_place: Workplace) -> None:
    taken(any_place, 2.0)
    pace = sql(HostPace)
    with any_place.database.writing() as plain:
        plain.execute(update(pace).values(last_at=now() + timedelta(days=3)))
    assert 0 < taken(any_place, 2.0).wait < 60


@pytest.mark.slow
def test_two_registries_on_one_host_share_its_pace(throwaway: None, any_place: Workplace, server: Loopback) -> None:
    delay = 0.3
    server.routes["/robots.txt"] = answer(f"User-agent: *\nCrawl-delay: {delay}\n", media_type="text/plain")
    for name in ("one", "two"):
        asks = [f"/{name}/{number}" for number in range(5)]
        server.routes |= {f"/{name}": page(name, asks=asks)} | {path: page(f"T{path}") for path in asks}

    def run(name: str) -> str:
        plain = source_of(server.url(f"/{name}"))
        source = type(plain)(name, plain.connector, plain.manifest)
        return harvest(any_place, Order(source, "test", allow_loopback=True)).state

    with ThreadPoolExecutor(2) as both:
        assert list(both.map(run, ("one", "two"))) == ["succeeded", "succeeded"]
    asked = [one for one in server.asked if one.path != "/robots.txt"]
    assert len(asked) == 12
    kinds = "".join(one.path[1] for one in asked)
    assert "ot" in kinds
    assert "to" in kinds, "the runs took turns"
    gaps = [later.at - earlier.at for earlier, later in pairwise(asked)]
    assert min(gaps) >= delay - SLACK
    assert rows(any_place, "host_connection") == []
