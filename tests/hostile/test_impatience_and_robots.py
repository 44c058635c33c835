"""Manners: what robots.txt refuses is not asked, nobody is asked faster than they wish, and all know who asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from math import isinf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.crawling.retry import retry_after
from harvester.workplace import Workplace
from tests.harvester.loopback import Asked, Line, Loopback, Reply, answer
from tests.harvester.situations import HarvestScript, codes, fetches, page

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
SLACK = 0.05
BUSY = 0.2
"""Seconds that a busy machine may lie between a request that is sent and the server that sees it."""


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 21:01:30 +0900", 90.0),
        ("Saturday, 21-Nov-26 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 12:01:30", 90.0),
        ("Sat, 21 Nov 2020 12:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("1e3", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("７", None),
        ("inf", None),
        ("nan", None),
        ("Sat, 21 Nov 99999 12:00:00 GMT", None),
        ("Sat, 99 Nov 2026 99:99:99 GMT", None),
        ("Sat, 21 Nov 2026 12:00:00 +99999999", None),
        ("," * 5000, None),
    ],
)
def test_what_a_server_asks_to_wait(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def test_a_wait_beyond_all_numbers_is_only_long() -> None:
    assert isinf(retry_after("9" * 5000, NOW) or 0)


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_header_is_a_fault(header: str) -> None:
    wait = retry_after(header, NOW)
    assert wait is None or wait >= 0


def once(first: Callable[[], bytes], then: bytes) -> Reply:
    """Answer the first request in one way, the later ones in another."""
    asked_before: list[Asked] = []

    def reply(asked: Asked, line: Line) -> None:
        line.send(then if asked_before else first())
        asked_before.append(asked)

    return reply


def until(moment: datetime) -> bytes:
    return answer(b"", 503, Retry_After=format_datetime(moment, usegmt=True))


def test_nobody_is_asked_again_sooner_than_they_said(
    harvest_script: HarvestScript, server: Loopback, place: Workplace
) -> None:
    busy: dict[str, Callable[[], bytes]] = {
        "seconds": lambda: answer(b"", 429, Retry_After="1"),
        "date": lambda: until(datetime.now(UTC) + timedelta(seconds=3)),
        "past": lambda: until(datetime(2020, 1, 1, tzinfo=UTC)),
        "odd": lambda: answer(b"", 429, Retry_After="²"),
        "unsaid": lambda: answer(b"", 500),
        "hung-up": lambda: b"HTTP/1.1 200 Told\r\nContent-Length: 50\r\n\r\nhalf",
    }
    for name, first in busy.items():
        server.routes[f"/{name}"] = once(first, page(f"Kursus {name}"))
    refusing = {
        "long": answer(b"", 429, Retry_After="86400"),
        "endless": answer(b"", 503, Retry_After="9" * 400),
        "far": until(datetime(9999, 1, 1, tzinfo=UTC)),
        "gone": answer(b"", 410, Retry_After="1"),
        "forbidden": answer(b"", 451, Retry_After="1"),
        "always": answer(b"", 503),
    }
    server.routes |= {f"/{name}": reply for name, reply in refusing.items()}
    asks = [*(f"/{name}" for name in busy), *({"url": f"/{name}", "kind": "raw"} for name in refusing)]
    report = harvest_script(options={"start": asks}, politeness={"robots": False, "retries": 2, "longest_wait": 4})
    moments: dict[str, list[float]] = {}
    for asked in server.asked:
        moments.setdefault(asked.path.removeprefix("/"), []).append(asked.at)
    gaps = {name: [later - earlier for earlier, later in pairwise(times)] for name, times in moments.items()}
    assert {name: len(gaps[name]) for name in busy} == dict.fromkeys(busy, 1)
    assert gaps["seconds"][0] >= 1 - SLACK
    assert gaps["date"][0] >= 2 - SLACK
    assert {name: len(gaps[name]) for name in refusing} == {
        "long": 0, "endless": 0, "far": 0, "gone": 0, "forbidden": 0, "always": 2,
    }  # fmt: skip
    assert gaps["always"][0] >= 0.1 - SLACK
    assert gaps["always"][1] >= 0.2 - SLACK
    assert report.published.created == len(busy)
    ended = {path: row["error"] for path, row in fetches(place, report.run_id).items() if row["state"] == "failed"}
    assert ended == {**dict.fromkeys(refusing, "server_error"), "gone": "page_missing"}
    assert not report.complete


def test_what_robots_refuse_is_not_asked(harvest_script: HarvestScript, server: Loopback, place: Workplace) -> None:
    rules = "User-agent: *\nDisallow: /private/\nDisallow: /*?session=\nAllow: /private/open\nCrawl-delay: 0.4\n"
    server.routes["/robots.txt"] = answer(rules, media_type="text/plain")
    open_paths = ["/a", "/b", "/c", "/private/open", "/d", "/e"]
    server.routes |= {path: page(f"Kursus {path}") for path in open_paths}
    server.routes["/led"] = answer(b"", 302, Location="/private/led")
    closed = ["/private/a", "/list?session=1", "/led"]
    report = harvest_script(options={"start": [*open_paths, *({"url": path, "kind": "raw"} for path in closed)]})
    assert set(server.paths()) == {*open_paths, "/led"}
    ended = {f"/{path}": row["error"] for path, row in fetches(place, report.run_id).items()}
    assert {path: ended[path] for path in closed} == dict.fromkeys(closed, "robots_refused")
    assert report.published.created == len(open_paths)
    assert "robots_refused" in codes(report)
    assert not report.complete
    moments = [asked.at for asked in server.asked]
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.4 - BUSY


def test_a_rate_of_requests_is_a_pace_too_and_all_requests_say_who_asks(
    harvest_script: HarvestScript, server: Loopback, place: Workplace
) -> None:
    rules = "User-agent: Kakehashi\nRequest-rate: 2/1\nCrawl-delay: nan\n\nUser-agent: *\nDisallow: /\n"
    server.routes["/robots.txt"] = answer(rules, media_type="text/plain")
    server.routes |= {f"/{number}": page(f"Kursus {number}") for number in range(3)}
    server.routes["/dump"] = page("Kursus dump")
    asks = [*(f"/{number}" for number in range(3)), {"url": "/dump", "bulk": True}]
    report = harvest_script(options={"start": asks})
    assert report.published.created == 4
    moments = [asked.at for asked in server.asked]
    assert min(later - earlier for earlier, later in pairwise(moments)) >= 0.5 - BUSY
    agent = place.settings.user_agent
    assert f"(+{place.settings.contact})" in agent
    assert {asked.headers["user-agent"] for asked in server.asked} == {agent}
    assert server.asked[0].path == "/robots.txt"
    assert not [asked for asked in server.asked if {"cookie", "referer", "authorization"} & asked.headers.keys()]


@pytest.mark.parametrize(
    ("reply", "allowed"),
    [
        (answer(b"\xff\xfe" * 5000, media_type="image/png"), True),
        (answer(b"", 404), True),
        (answer(b"busy", 503, Retry_After="9999"), False),
    ],
    ids=["not a text", "not there", "cannot be given"],
)
def test_robots_without_rules(harvest_script: HarvestScript, server: Loopback, reply: bytes, *, allowed: bool) -> None:
    server.routes["/robots.txt"] = reply
    server.routes["/"] = page("Kursus Contoh")
    report = harvest_script()
    assert report.published.created == allowed
    assert report.fetches == {"ok" if allowed else "refused": 1}
