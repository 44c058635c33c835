"""A part that could not be fetched today takes nothing from what is known; some parts a listing can do without."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from harvester.running.report import RunReport
from harvester.workplace import Workplace
from store.records import descriptor_json
from tests.harvester.loopback import Loopback, answer
from tests.harvester.situations import HarvestScript, codes, page, rows

pytestmark = pytest.mark.slow
BROKEN = answer(status=500)


def listings(place: Workplace, registry: str) -> dict[str, dict[str, Any]]:
    """The published listings by title, without their provider."""
    names = [row["id"] for row in rows(place, "record")]
    read = [orjson.loads(listing) for _, listing in descriptor_json(place.database, names, registry).values()]
    return {one.pop("title"): {name: one[name] for name in one if name != "provider"} for one in read}


def kept_for(report: RunReport, place: Workplace) -> list[tuple[str, str]]:
    """For whom the known version was kept, and what kinds of answer were missing."""
    names = {row["id"]: row["key"].rpartition(" ")[2] for row in rows(place, "record")}
    told = [issue for issue in report.issues if issue.code == "known_version_kept"]
    return sorted((names[issue.record or ""], issue.params["kinds"]) for issue in told)


def detail(title: str, programme: str) -> bytes:
    return page({"title": title, "programme": programme})


def test_a_listing_whose_own_page_failed_keeps_its_known_version(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    asks = [{"url": f"/{name}", "kind": "detail"} for name in "abcd"]
    server.routes |= {
        "/": page("A", "B", "C", asks=asks[:3]),
        **{f"/{name.lower()}": detail(name, "P") for name in "ABC"},
    }
    assert harvest_script(connector="joined").published.created == 3
    server.routes |= {
        "/": page({"title": "A", "others": {"x": "1"}}, "B", "C", "D", asks=asks),
        "/a": BROKEN,
        "/b": detail("B", "Q"),
        "/d": BROKEN,
    }
    report = harvest_script(connector="joined")
    assert (report.complete, report.state) == (False, "succeeded_with_warnings")
    assert listings(place, "joined") == {
        "A": {"programme": "P"}, "B": {"programme": "Q"}, "C": {"programme": "P"}, "D": {},
    }  # fmt: skip
    assert kept_for(report, place) == [("a", "detail")]
    assert (report.published.created, report.published.updated, report.reading.unchanged) == (1, 1, 2)
    server.routes |= {"/a": detail("A", "R"), "/d": detail("D", "S")}
    again = harvest_script(connector="joined")
    assert (again.complete, again.state, again.published.updated) == (True, "succeeded", 2)
    assert listings(place, "joined") == {
        "A": {"programme": "R", "others": {"x": "1"}}, "B": {"programme": "Q"}, "C": {"programme": "P"},
        "D": {"programme": "S"},
    }  # fmt: skip


def test_what_listings_can_do_without_may_not_be_there(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    lookup = {"url": "/remark", "kind": "remark", "aside": True}
    one, two = {"title": "A", "reference": "R1"}, {"title": "B", "reference": "R2"}
    server.routes |= {"/": page(one, two, asks=[lookup]), "/remark": page(lookups={"R1": "P", "R2": "Q"})}
    harvest_script(connector="joined")
    assert listings(place, "joined")["B"] == {"reference": "R2", "programme": "Q"}
    server.routes |= {"/": page(one, {**two, "others": {"x": "1"}}, "C", asks=[lookup]), "/remark": BROKEN}
    failed = harvest_script(connector="joined")
    assert not failed.complete
    assert kept_for(failed, place) == [("a", "remark"), ("b", "remark")]
    assert listings(place, "joined") == {
        "A": {"reference": "R1", "programme": "P"}, "B": {"reference": "R2", "programme": "Q"}, "C": {},
    }  # fmt: skip
    server.routes |= {"/": page(two, asks=[lookup]), "/remark": answer(status=404)}
    report = harvest_script(connector="joined")
    assert (report.complete, report.published.gone, kept_for(report, place)) == (True, 2, [])
    assert "page_missing" in codes(report)
    assert "run_incomplete" not in codes(report)
    assert listings(place, "joined")["B"] == {"reference": "R2"}


def test_a_page_that_failed_keeps_no_listing_of_another_page_as_it_was(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    server.routes |= {"/": page("A", asks=["/two"]), "/two": page("B")}
    harvest_script()
    server.routes |= {"/": page({"title": "A", "programme": "P"}, asks=["/two"]), "/two": BROKEN}
    report = harvest_script()
    assert (report.complete, report.published.updated, report.published.gone) == (False, 1, 0)
    assert kept_for(report, place) == []
    assert listings(place, "plain") == {"A": {"programme": "P"}, "B": {}}
    server.routes |= {
        "/": page({"title": "A", "programme": "Q"}, asks=[{"url": "/side", "kind": "side", "aside": True}]),
        "/side": BROKEN,
    }
    assert kept_for(harvest_script(), place) == [("a", "side")]
    assert listings(place, "plain")["A"] == {"programme": "P"}
