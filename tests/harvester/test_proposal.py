"""A run is a proposal: its plan is written first, published whole or not at all, and a failed run changes nothing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

import harvester.running.runner
from harvester.running.report import RunReport
from harvester.terminal.views import run_view
from harvester.workplace import Workplace
from store import plans
from store.plans import Published
from tests.harvester.loopback import Loopback, answer
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, page, published, records, rows

BEFORE = script(["A", {"title": "B", "programme": "P"}, "C"])
AFTER = script(["A", {"title": "B", "programme": "Q"}, "D"])


def test_nothing_is_public_before_publication(
    harvest_files: HarvestScript, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []

    def looked_at(*args: Any, **named: Any) -> Published:
        seen.append((published(place), rows(place, "plan_item")))
        return plans.publish(*args, **named)

    monkeypatch.setattr(harvester.running.runner, "publish", looked_at)
    harvest_files(BEFORE)
    after_one = published(place)
    report = harvest_files(AFTER)
    (public, plan), (public_again, plan_again) = seen
    assert public == {"record": [], "publication": [], "absence": [], "current": []}
    assert {item["op"] for item in plan} == {"new"}
    assert len(plan) == 3
    assert public_again == after_one
    second = {item["key"].split(" | ")[-1]: item for item in plan_again if item["run_id"] == report.run_id}
    assert {name: item["op"] for name, item in second.items()} == {"b": "changed", "c": "gone", "d": "new"}
    assert orjson.loads(second["b"]["fields"]) == ["stackability.0.target_title.und"]


def test_one_log_row_for_each_real_change(harvest_files: HarvestScript, place: Workplace) -> None:
    first = harvest_files(BEFORE)
    second = harvest_files(AFTER)
    log = rows(place, "publication")
    keys = {row["id"]: row["key"].split(" | ")[-1] for row in rows(place, "record")}
    assert sorted((row["run_id"], row["op"], keys[row["record_id"]], row["version"]) for row in log) == [
        (first.run_id, "create", "a", 1), (first.run_id, "create", "b", 1), (first.run_id, "create", "c", 1),
        (second.run_id, "create", "d", 1), (second.run_id, "update", "b", 2),
    ]  # fmt: skip
    assert [row["seq"] for row in log] == [1, 2, 3, 4, 5]
    assert (second.published.first_seq, second.published.last_seq) == (4, 5)
    hashes = {row["record_id"]: row["content_hash"] for row in log}
    assert {one[0]: one[4] for one in published(place)["current"]} == hashes


def test_a_publication_that_fails_in_the_middle_leaves_nothing_of_itself(
    harvest_files: HarvestScript, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest_files(BEFORE)
    good = published(place)
    whole = plans._log

    def fails(connection: Any, run_id: int, plan_op: str, *rest: Any) -> int:
        if plan_op == "changed":
            raise OSError("the disk is full")
        return whole(connection, run_id, plan_op, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(plans, "_log", fails)
        with pytest.raises(OSError, match="disk"):
            harvest_files(AFTER)
    assert published(place) == good
    assert rows(place, "run")[-1]["state"] == "failed"
    assert harvest_files(AFTER).published.updated == 1


def told_as_failed(place: Workplace, report: RunReport, reason: str) -> None:
    """Check that a run failed for one reason, and that it says so wherever it is looked at."""
    assert (report.state, report.complete, report.succeeded) == ("failed", False, False)
    assert [issue.code for issue in report.issues] == [reason]
    view = run_view(place.database, report.run_id)
    assert (view["state"], view["complete"]) == ("failed", False)
    assert [(group["code"], group["severity"]) for group in view["issues"]] == [(reason, "stop")]


WAYS: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "/no-script": ("parse_failed", answer("<p>Selamat datang</p>"), {}),
    "/follow": ("connector_fault", page("A", fail="follow", asks=["/"]), {}),
    "/start": ("connector_fault", page("A"), {"options": {"start": "fail"}}),
    "/loop": ("answers_limit", page("Z", asks=[f"/loop?{number}" for number in range(9)]), {"limits": {"answers": 5}}),
}
"""By the path a crawl begins at: the reason it fails for, what is answered there, and what its registry sets."""


@pytest.mark.slow
def test_a_failed_crawl_leaves_the_last_good_data_and_says_why(
    harvest_script: HarvestScript, place: Workplace, server: Loopback, subtests: pytest.Subtests
) -> None:
    server.routes |= {"/": answer(BEFORE)} | {path: body for path, (_, body, _) in WAYS.items()}
    harvest_script()
    good = published(place)
    for path, (reason, _, settings) in WAYS.items():
        with subtests.test(path):
            told_as_failed(place, harvest_script(path=path, **settings), reason)
            assert published(place) == good
    server.routes["/"] = answer(AFTER)
    assert harvest_script().published.updated == 1
    assert {state for _, state in records(place).values()} == {"live"}


@pytest.mark.parametrize(
    ("reason", "scripts"),
    [
        ("connector_fault", [script(["Y"], fail="parse")]),
        ("connector_fault", [script(["Y", "Z"]), AFTER, script([], fail="parse")]),
        ("connector_fault", [AFTER, script([], fail="follow")]),
        ("structure_changed", [AFTER, b"[]"]),
        ("parse_failed", [AFTER, b""]),
    ],
)
def test_a_failed_reading_leaves_the_last_good_data_and_says_why(
    harvest_files: HarvestScript, place: Workplace, reason: str, scripts: list[bytes]
) -> None:
    harvest_files(BEFORE)
    good = published(place)
    told_as_failed(place, harvest_files(*scripts), reason)
    assert published(place) == good
    assert harvest_files(AFTER).published.updated == 1


def test_what_a_failed_run_proposed_is_proposed_again(
    harvest_files: HarvestScript, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvester.running.runner, "_BATCH", 1)
    failed = harvest_files(BEFORE, script([], fail="parse"))
    assert len([item for item in rows(place, "plan_item") if item["run_id"] == failed.run_id]) == 3
    assert records(place) == {}
    again = harvest_files(BEFORE)
    assert (again.published.created, len(published(place)["current"])) == (3, 3)


def test_a_fault_of_a_connector_names_its_place_and_quotes_nothing(harvest_files: HarvestScript) -> None:
    report = harvest_files(script(["A"], fail="parse"))
    (issue,) = report.issues
    assert issue.code == "connector_fault"
    assert issue.params["connector"] == "plain"
    assert issue.params["detail"].startswith("RuntimeError, scripted.py:")
