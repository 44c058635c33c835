"""Held runs: the last good data stay public, the plan waits, and only a person with a reason ends the waiting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.messages import CodedError
from harvester.deciding import drop, publish_held, retire_record, stop
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.terminal.views import record_view, run_view
from harvester.workplace import Workplace
from store.runs import issues_of, open_run, run
from store.runs import stop_run as store_stop
from tests.harvester.loopback import Asked, Line, Loopback, answer
from tests.harvester.scripted import script
from tests.harvester.situations import codes, page, records, rows, source_of

Harvest = Callable[..., RunReport]


def titles(number: int, **changes: Any) -> list[dict[str, Any]]:
    return [{"title": f"Kursus {n:02}", "programme": f"Program {n}", **changes} for n in range(number)]


@pytest.fixture
def good(harvest_script: Harvest, server: Loopback) -> RunReport:
    """A first run of 20 listings, published."""
    server.routes["/"] = page(*titles(20))
    report = harvest_script()
    assert report.state == "succeeded"
    return report


@pytest.fixture
def held(good: RunReport, harvest_script: Harvest, server: Loopback) -> RunReport:
    """A second run that finds almost nothing, and is held."""
    server.routes["/"] = page(*titles(3))
    return harvest_script()


def public(place: Workplace) -> tuple[Any, ...]:
    return records(place), len(rows(place, "publication")), rows(place, "absence")


def test_a_list_that_shrinks_is_held_and_nothing_public_changes(
    place: Workplace, good: RunReport, harvest_script: Harvest, server: Loopback
) -> None:
    before = public(place)
    server.routes["/"] = page(*titles(3))
    report = harvest_script()
    assert report.state == "held"
    assert {"gate_found_few", "gate_removals"} <= codes(report)
    assert public(place) == before
    view = run_view(place.database, report.run_id)
    assert view["plan"]["gone"] == 17
    assert {passage["gate"] for passage in view["gates"] if not passage["passed"]} == {"found_few", "removals"}
    assert rows(place, "registry")[0]["last_complete_run"] == good.run_id


def test_a_person_publishes_a_held_run(place: Workplace, held: RunReport) -> None:
    done = publish_held(place, "N. Operator", held.run_id, "they really are gone")
    assert (done["gone"], len(rows(place, "absence"))) == (17, 17)
    assert run(place.database, held.run_id)["state"] == "succeeded_with_warnings"
    event = rows(place, "audit_event")[-1]
    assert (event["action"], event["actor"], event["details"]["why"]) == (
        "publish",
        "N. Operator",
        "they really are gone",
    )
    assert record_view(place.database, next(iter(rows(place, "absence")))["record_id"])["not_found_since"]


def test_after_publishing_the_same_answers_are_nothing_new(
    place: Workplace, held: RunReport, harvest_script: Harvest
) -> None:
    publish_held(place, "N. Operator", held.run_id, "they really are gone")
    again = harvest_script()
    assert (again.same_as_run, again.succeeded) == (held.run_id, True)


def test_a_dropped_run_is_never_published(
    place: Workplace, held: RunReport, server: Loopback, harvest_script: Harvest
) -> None:
    before = public(place)
    drop(place, "N. Operator", held.run_id, "the page was half empty")
    assert (run(place.database, held.run_id)["state"], public(place)) == ("cancelled", before)
    with pytest.raises(CodedError, match="run_not_held"):
        publish_held(place, "N. Operator", held.run_id, "after all")
    server.routes["/"] = page(*titles(20))
    assert harvest_script().succeeded


def test_a_later_good_run_closes_a_held_one(
    place: Workplace, held: RunReport, server: Loopback, harvest_script: Harvest
) -> None:
    before = public(place)
    again = harvest_script()
    assert again.state == "held"
    assert run(place.database, held.run_id)["state"] == "held"
    server.routes["/"] = page(*titles(20))
    good = harvest_script()
    for number in (held.run_id, again.run_id):
        assert run(place.database, number)["state"] == "cancelled"
        last = issues_of(place.database, number)[-1]
        assert (last.code, last.params) == ("plan_overtaken", {"run": good.run_id})
        with pytest.raises(CodedError, match="run_not_held"):
            publish_held(place, "N. Operator", number, "late")
    assert public(place) == before


def test_publishing_a_held_run_closes_the_ones_before_it(
    place: Workplace, held: RunReport, harvest_script: Harvest
) -> None:
    again = harvest_script()
    publish_held(place, "N. Operator", again.run_id, "they really are gone")
    assert [run(place.database, number)["state"] for number in (held.run_id, again.run_id)] == [
        "cancelled",
        "succeeded_with_warnings",
    ]


def test_a_plan_made_before_something_was_done_by_hand_is_refused(place: Workplace, held: RunReport) -> None:
    retire_record(place, "N. Operator", next(iter(rows(place, "record")))["id"], "withdrawn by its institution")
    before = public(place)
    with pytest.raises(CodedError, match="run_overtaken"):
        publish_held(place, "N. Operator", held.run_id, "late")
    assert run(place.database, held.run_id)["state"] == "held"
    assert public(place) == before


@pytest.mark.parametrize("decide", [publish_held, drop, stop])
def test_no_decision_without_a_reason(place: Workplace, held: RunReport, decide: Callable[..., Any]) -> None:
    with pytest.raises(CodedError, match="reason_missing"):
        decide(place, "N. Operator", held.run_id, "  ")


def test_a_renamed_key_is_held_with_the_drift_it_means(
    place: Workplace, good: RunReport, harvest_script: Harvest, server: Loopback
) -> None:
    server.routes["/"] = page(*({"title": one["title"], "reference": one["programme"]} for one in titles(20)))
    report = harvest_script()
    assert report.state == "held"
    drift = run_view(place.database, report.run_id)["drift"][0]
    assert (drift["field"], drift["was"], drift["now"], drift["renamed_to"]) == ("programme", 1.0, 0.0, "reference")
    assert drift["samples_before"]


def test_one_title_for_all_is_held(good: RunReport, harvest_script: Harvest, server: Loopback) -> None:
    server.routes["/"] = page(*({"title": "Loading", "reference": str(n)} for n in range(20)))
    assert "gate_titles" in codes(harvest_script())


def test_the_deployment_may_move_a_limit(good: RunReport, harvest_script: Harvest, server: Loopback) -> None:
    server.routes["/"] = page(*titles(3))
    report = harvest_script(gates={"least": 20})
    assert (report.state, report.published.gone) == ("succeeded_with_warnings", 17)


def test_a_run_that_is_stopped_ends_and_publishes_nothing(place: Workplace, throwaway: None, server: Loopback) -> None:
    def slow(asked: Asked, line: Line) -> None:
        with place.database.reading():
            store_stop(place.database, 1)
        line.wait(1.0)
        line.send(answer(script(titles(20))))

    server.routes["/"] = slow
    report = harvest(place, Order(source_of(server.url("/")), "test", allow_loopback=True))
    assert report.state == run(place.database, report.run_id)["state"] == "cancelled"
    assert codes(report) == {"run_stopped"}
    assert records(place) == {}


def test_a_run_that_has_ended_cannot_be_stopped(place: Workplace, good: RunReport) -> None:
    with pytest.raises(CodedError, match="run_not_open"):
        stop(place, "N. Operator", good.run_id, "too late")


def test_a_waiting_run_is_stopped_before_it_begins(place: Workplace) -> None:
    number = open_run(place.database, registry="r", connector="plain", actor="me", address="", fingerprint="f")
    stop(place, "N. Operator", number, "not tonight")
    assert run(place.database, number)["state"] == "cancelled"


def test_what_was_merged_is_retired_with_the_record_that_takes_its_place(place: Workplace, good: RunReport) -> None:
    one, other, third = (row["id"] for row in rows(place, "record")[:3])
    with pytest.raises(CodedError, match="successor_itself"):
        retire_record(place, "N. Operator", one, "merged", one)
    assert retire_record(place, "N. Operator", one, "merged", other)["successor"] == other
    last = rows(place, "publication")[-1]
    assert (last["op"], last["record_id"], last["reason"], last["successor"]) == ("delete", one, "merged", other)
    assert rows(place, "audit_event")[-1]["details"] == {"why": "merged", "successor": other}
    with pytest.raises(CodedError, match="record_retired"):
        retire_record(place, "N. Operator", third, "merged", one)
