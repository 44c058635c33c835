"""The order in which answers come decides nothing."""

from __future__ import annotations

from collections import Counter
from time import sleep
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Connector
from harvester.workplace import Workplace
from tests.harvester.loopback import Asked, Line, Loopback, Reply
from tests.harvester.readings import read, source
from tests.harvester.scripted import joined, plain, script
from tests.harvester.situations import HarvestScript, codes, page, published

TITLES = st.sampled_from(["A", "B", "C", "D"])
WHOLE = st.builds(lambda title: {"title": title, "programme": f"Program {title}"}, TITLES)
"""Listings that say the same wherever they stand."""
PIECE = st.fixed_dictionaries(
    {"title": TITLES},
    optional={"programme": st.sampled_from(["P", "Q"]), "others": st.sampled_from([{"x": "1"}, {"y": "2"}])},
)
"""Parts of listings, which may contradict each other."""


def pages_of(listing: st.SearchStrategy[dict[str, Any]], unique: str | None = None) -> st.SearchStrategy[Any]:
    """Pages of listings, and the same pages in another order."""
    one = st.lists(listing, max_size=4, unique_by=(lambda fields: fields[unique]) if unique else None)
    return st.lists(one, min_size=1, max_size=5).flatmap(
        lambda pages: st.tuples(st.just(list(enumerate(pages))), st.permutations(list(enumerate(pages))))
    )


def plan_of(pages: list[tuple[int, list[Any]]], connector: Connector) -> tuple[Any, Any]:
    """What is proposed for pages, and how often each thing is told."""
    sources = [source(script(found, page=number), f"https://plain.example/{number}") for number, found in pages]
    found = read(sources, connector)
    told = Counter((issue.code, str(sorted(issue.params.items()))) for issue in found.reading.issues)
    return found.plan, told


@given(pages_of(WHOLE, unique="title"))
def test_pages_that_agree_give_one_plan_in_any_order(orders: tuple[Any, Any]) -> None:
    one, other = orders
    assert plan_of(one, plain) == plan_of(other, plain)


@given(pages_of(PIECE))
def test_pieces_are_joined_the_same_in_any_order(orders: tuple[Any, Any]) -> None:
    one, other = orders
    assert plan_of(one, joined) == plan_of(other, joined)


@given(st.permutations(["list", "detail", "remark"]))
def test_look_ups_are_found_before_and_after_what_needs_them(order: list[str]) -> None:
    bodies = {
        "list": script([{"title": "A", "reference": "R1"}, {"title": "B", "reference": "R2"}]),
        "detail": script([{"title": "A", "reference": "R1", "others": {"x": "y"}}]),
        "remark": script([], lookups={"R1": "Program Contoh"}),
    }
    found = read([source(bodies[name], f"https://plain.example/{name}") for name in order], joined)
    told = {
        key.rpartition(" ")[2]: ("Program Contoh" in one[1], '"x":"y"' in one[1]) for key, one in found.plan.items()
    }
    assert told == {"a": (True, True), "b": (False, False)}


def late(body: bytes, seconds: float) -> Reply:
    """A reply that takes its time."""

    def reply(asked: Asked, line: Line) -> None:
        sleep(seconds)
        line.send(body)

    return reply


@pytest.mark.slow
def test_pages_that_contradict_each_other_do_not_change_with_who_answers_first(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    pages = {path: page({"title": "A", "programme": f"Program {path}"}) for path in ("/x", "/y")}
    states = []
    for slow in pages:
        server.routes |= {
            "/": page(asks=["/to/x", "/to/y"]),
            "/to/x": late(page(asks=["/x"]), 0.4 * (slow == "/x")),
            "/to/y": late(page(asks=["/y"]), 0.4 * (slow == "/y")),
            **pages,
        }
        report = harvest_script()
        assert codes(report) == {"conflicting_duplicates"}
        asked = [path for path in server.paths() if path in pages]
        assert asked[-1] == slow
        states.append((published(place), report.published.updated))
    assert states[0] == states[1]
