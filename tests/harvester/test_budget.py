"""A registry's budget: a run never sends more than it, says so, and is incomplete."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from harvester.crawling.budget import Budget
from harvester.workplace import Workplace
from tests.harvester.loopback import Loopback, answer
from tests.harvester.situations import HarvestScript, codes, fetches, page, records

REQUEST = Request("http://a.example/")


@pytest.mark.parametrize(("budget", "spent", "passing"), [(3, 0, 3), (3, 2, 1), (3, 9, 0)])
def test_no_more_pass_than_are_left(budget: int, spent: int, passing: int) -> None:
    gate = Budget(budget, spent)
    for _ in range(passing):
        gate.process_request(REQUEST)
    for _ in range(2):
        with pytest.raises(IgnoreRequest, match="requests_budget"):
            gate.process_request(REQUEST)


def test_without_a_budget_all_pass() -> None:
    gate = Budget(0, 10**9)
    for _ in range(100):
        gate.process_request(REQUEST)


@pytest.mark.slow
def test_a_run_that_reaches_its_budget_is_incomplete_and_says_what_is_left(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    pages = [f"/{number}" for number in range(8)]
    server.routes |= {"/": page("A", asks=pages)} | {path: page(f"T{path}") for path in pages}
    whole = harvest_script()
    assert (whole.complete, len(records(place))) == (True, 9)
    server.asked.clear()
    report = harvest_script(politeness={"requests_per_run": 6})
    assert len(server.asked) == 6, "robots.txt is one of them"
    assert (report.state, report.complete) == ("succeeded_with_warnings", False)
    assert codes(report) == {"requests_budget", "run_incomplete"}
    issue = next(issue for issue in report.issues if issue.code == "requests_budget")
    assert issue.params == {"limit": 6, "left": 4}
    assert report.fetches == {"ok": 5, "filtered": 4}
    assert (report.published.gone, len(records(place))) == (0, 9)
    enough = harvest_script(politeness={"requests_per_run": 10})
    assert (enough.complete, enough.reading.unchanged, codes(enough)) == (True, 9, set())


@pytest.mark.slow
def test_further_attempts_count(harvest_script: HarvestScript, place: Workplace, server: Loopback) -> None:
    server.routes |= {"/": page("A", asks=["/busy"]), "/busy": answer(b"", 503, Retry_After="0")}
    report = harvest_script(politeness={"requests_per_run": 4, "retries": 5})
    assert server.paths() == ["/", "/busy", "/busy"]
    row = fetches(place, report.run_id)["busy"]
    assert (row["state"], row["error"], row["tries"]) == ("filtered", "requests_budget", 2)
    assert not report.complete
