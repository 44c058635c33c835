"""Status 200 and nothing in it, or a page that is not the source's: held or failed, and nothing is retired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from connectors.contract import Answer
from connectors.faults import LOGIN, MAINTENANCE, SOFT_404
from tests.harvester.situations import rows
from tests.hostile.endstate import public
from tests.hostile.inprocess import Change, Here
from tests.hostile.situations import parts

DOORS = {
    "json": ("mqa", "serverside"), "table": ("mqa", "full"), "pages": ("mqa", "paged"), "details": ("nzqa", "full"),
    "dump": ("europass", "full"), "search": ("europass", "api"), "lines": ("jmicro", "index"),
    "courses": ("jvcampus", "full"),
}  # fmt: skip
PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body>{}</body></html>"
PARKED = PAGE.format(
    "registry.example", "<h1>registry.example</h1><p>This domain may be for sale.</p><a href='/l?q=courses'>Courses</a>"
)
CHALLENGE = PAGE.format(
    "Just a moment...", "<noscript>Enable JavaScript and cookies to continue</noscript><div id='challenge'></div>"
)
ANOTHER = PAGE.format(
    "Timetable", "<table><tr><th>Line</th><th>To</th></tr><tr><td>4</td><td>Exampleton</td></tr></table>"
)


def instead(body: bytes, media_type: str = "") -> Change:
    """Put something else in the place of every answer."""
    return lambda _kind, healthy: replace(healthy, body=body, media_type=media_type or healthy.media_type)


EMPTY: dict[str, Callable[[], Change]] = {
    "no bytes": lambda: instead(b""),
    "blanks": lambda: instead(b" \r\n\t "),
    "a mark of encoding alone": lambda: instead(b"\xef\xbb\xbf"),
    "null": lambda: instead(b"null"),
    "an object without members": lambda: instead(b"{}"),
    "a list without items": lambda: instead(b"[]"),
    "a page without a body": lambda: instead(b"<!DOCTYPE html><html><head></head><body></body></html>"),
}
OTHERS: dict[str, Callable[[], Change]] = {
    "login": lambda: instead(LOGIN.body, LOGIN.media_type),
    "maintenance": lambda: instead(MAINTENANCE.body, MAINTENANCE.media_type),
    "not found": lambda: instead(SOFT_404.body, SOFT_404.media_type),
    "parked": lambda: instead(PARKED.encode(), "text/html"),
    "challenge": lambda: instead(CHALLENGE.encode(), "text/html"),
    "another page with a table": lambda: instead(ANOTHER.encode(), "text/html"),
}

PARTS = 3


def only_of(kind: str, change: Change) -> Change:
    def some(asked: str, healthy: Answer) -> Answer:
        return change(asked, healthy) if asked == kind else healthy

    return some


@pytest.mark.slow
@pytest.mark.parametrize("part", parts(PARTS))
@pytest.mark.parametrize("door", DOORS)
def test_of_every_answer(here: Here, door: str, part: int) -> None:
    """Every form in the place of all answers, and of those of one kind; a part meets every form in one of the ways."""
    healthy = here(*DOORS[door])
    assert healthy.state == "succeeded"
    before, kinds = public(here.place), list(here.crawl.kinds)
    wrong = {}
    for turn, (fault, make) in enumerate((EMPTY | OTHERS).items(), part):
        for kind in (*([""] if part == 0 else ()), *kinds[turn % PARTS :: PARTS]):
            report = here(*DOORS[door], only_of(kind, make()) if kind else make())
            may_succeed = bool(kind) and report.state == "succeeded_with_warnings"
            if report.state not in {"held", "failed"} and not may_succeed:
                wrong[fault, kind] = report.state
            elif public(here.place) != before:
                wrong[fault, kind] = "what is public has changed"
            elif not report.issues:
                wrong[fault, kind] = "nothing is told"
    assert wrong == {}
    assert here(*DOORS[door]).same_as_run == healthy.run_id
    assert {row["state"] for row in rows(here.place, "record")} == {"live"}


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_of_the_right_form_with_nothing_in_it(here: Here, door: str) -> None:
    name, variant = DOORS[door]
    assert here(name, variant).state == "succeeded"
    before = public(here.place)
    here.listings = 0
    report = here(name, "empty" if name == "jmicro" else variant)
    assert report.state in {"held", "failed"}
    assert public(here.place) == before
