"""A run is a proposal: its plan is written first, published whole or not at all, and a failed run changes nothing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

import harvester.runner
from harvester.views import run_view
from harvester.workplace import Workplace
from store import plans
from store.plans import Published
from tests.harvester.loopback import Loopback, answer
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, codes, page, published, records, rows

BEFORE = script(["A", {"title": "B", "programme": "P"}, "C"])
AFTER = script(["A", {"title": "B", "programme": "Q"}, "D"])


def test_nothing_is_public_before_publication(
    harvest_files: HarvestScript, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []

    def looked_at(*args: Any, **named: Any) -> Published:
        seen.append((published(place), rows(place, "plan_item")))
        return plans.publish(*args, **named)

    monkeypatch.setattr(harvester.runner, "publish", looked_at)
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


def failing(server: Loopback) -> dict[str, tuple[str, dict[str, Any]]]:
    """Prepare ways to fail: the path a run begins at, the reason it tells, and what its registry sets."""
    server.routes |= {
        "/no-script": answer("<p>Selamat datang</p>"),
        "/other-shape": answer("[]"),
        "/follow": page("A", fail="follow", asks=["/"]),
        "/parse": page("Z", fail="parse"),
        "/late": page("Z", asks=["/parse"]),
        "/wide": answer(status=500),
        "/loop": page("Z", asks=[f"/loop?{number}" for number in range(9)]),
    }
    return {
        "/no-script": ("parse_failed", {}),
        "/other-shape": ("structure_changed", {}),
        "/follow": ("connector_fault", {}),
        "/parse": ("connector_fault", {}),
        "/late": ("connector_fault", {}),
        "/start": ("connector_fault", {"options": {"start": "fail"}}),
        "/loop": ("answers_limit", {"limits": {"answers": 5}}),
    }


@pytest.mark.slow
def test_a_failed_run_leaves_the_last_good_data_and_says_why(
    harvest_script: HarvestScript, place: Workplace, server: Loopback, subtests: pytest.Subtests
) -> None:
    server.routes["/"] = answer(BEFORE)
    harvest_script()
    good = published(place)
    for path, (reason, settings) in failing(server).items():
        with subtests.test(path):
            report = harvest_script(path=path, **settings)
            assert (report.state, report.complete, report.succeeded) == ("failed", False, False)
            assert codes(report) == {reason}
            assert len(report.issues) == 1
            view = run_view(place.database, report.run_id)
            assert (view["state"], view["complete"]) == ("failed", False)
            assert [(group["code"], group["severity"]) for group in view["issues"]] == [(reason, "stop")]
            assert published(place) == good
    server.routes["/"] = answer(AFTER)
    assert harvest_script().succeeded
    assert {state for _, state in records(place).values()} == {"live"}
    assert len(records(place)) == 4


def test_a_fault_of_a_connector_names_its_place_and_quotes_nothing(harvest_files: HarvestScript) -> None:
    report = harvest_files(script(["A"], fail="parse"))
    (issue,) = report.issues
    assert issue.code == "connector_fault"
    assert issue.params["connector"] == "plain"
    assert issue.params["detail"].startswith("RuntimeError, scripted.py:")
