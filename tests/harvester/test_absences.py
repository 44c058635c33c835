"""Missing records: judged by complete runs only, marked and never retired, and cleared when they are found again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import harvester.running.runner
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.ledger import Crossing
from crosswalks.mqa.model import MqaListing
from harvester.terminal.views import record_view
from harvester.workplace import Workplace
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, codes, published, records, rows

ALL = script(["A", "B", "C"])
WITHOUT_B = script(["A", "C"])


def missing(place: Workplace) -> dict[str, tuple[int, int]]:
    """The records that are not found, by the end of their key: since which run, and in how many complete runs."""
    names = {row["id"]: row["key"].rpartition(" ")[2] for row in rows(place, "record")}
    return {names[row["record_id"]]: (row["first_run"], row["complete_runs"]) for row in rows(place, "absence")}


def public(place: Workplace) -> dict[str, Any]:
    return {name: value for name, value in published(place).items() if name != "absence"}


def test_an_incomplete_run_judges_no_absences(harvest_files: HarvestScript, place: Workplace) -> None:
    harvest_files(ALL)
    before = published(place)
    report = harvest_files(script(["A", "C"], stated=3))
    assert "run_incomplete" in codes(report)
    assert {item["op"] for item in rows(place, "plan_item")} == {"new"}
    assert (report.published.gone, report.published.missing) == (0, [])
    assert published(place) == before


def test_a_failed_run_judges_no_absences(harvest_files: HarvestScript, place: Workplace) -> None:
    harvest_files(ALL)
    before = published(place)
    assert harvest_files(WITHOUT_B, script([], fail="parse")).state == "failed"
    assert harvest_files(WITHOUT_B, script([], fail="follow")).state == "failed"
    assert published(place) == before


def test_a_complete_run_marks_what_is_missing_and_never_retires_it(
    harvest_files: HarvestScript, place: Workplace
) -> None:
    harvest_files(ALL)
    before = public(place)
    first = harvest_files(WITHOUT_B)
    assert missing(place) == {"b": (first.run_id, 1)}
    assert (first.published.gone, len(first.published.missing)) == (1, 1)
    (issue,) = [issue for issue in first.issues if issue.code == "not_found_at_source"]
    since = rows(place, "absence")[0]["since"]
    assert issue.params == {"since": since.date().isoformat()}
    for again in range(2, 6):
        report = harvest_files(WITHOUT_B)
        assert report.same_as_run == report.run_id - 1
        assert missing(place) == {"b": (first.run_id, again)}
        assert (report.published.gone, report.published.missing) == (0, first.published.missing)
        assert [one.code for one in report.issues] == ["not_found_at_source"]
        assert rows(place, "run")[-1]["counts"]["missing"] == 1
    other = harvest_files(script(["C"]), script(["A"]))
    assert (other.same_as_run, missing(place)) == (None, {"b": (first.run_id, 6)})
    assert {state for _, state in records(place).values()} == {"live"}
    assert public(place) == before
    assert record_view(place.database, issue.record or "")["not_found_since"] == since


def test_a_return_as_it_was_clears_the_absence_and_publishes_nothing(
    harvest_files: HarvestScript, place: Workplace
) -> None:
    harvest_files(ALL)
    before = public(place)
    harvest_files(WITHOUT_B)
    report = harvest_files(ALL)
    assert (report.published.returned, report.published.gone, report.published.missing) == (1, 0, [])
    assert (report.published.created, report.published.updated) == (0, 0)
    assert missing(place) == {}
    assert public(place) == before


def test_a_return_with_another_content_clears_the_absence_and_is_one_change(
    harvest_files: HarvestScript, place: Workplace
) -> None:
    harvest_files(ALL)
    harvest_files(WITHOUT_B)
    report = harvest_files(script(["A", {"title": "B", "programme": "P"}, "C"]))
    assert (report.published.returned, report.published.updated, report.published.created) == (1, 1, 0)
    assert missing(place) == {}
    assert sorted(version for version, _ in records(place).values()) == [1, 1, 2]
    log = [(row["op"], row["version"]) for row in rows(place, "publication") if row["run_id"] == report.run_id]
    assert log == [("update", 2)]


def test_an_incomplete_run_can_find_a_record_again(harvest_files: HarvestScript, place: Workplace) -> None:
    harvest_files(ALL)
    judged = harvest_files(script(["A"])).run_id
    assert missing(place) == {"b": (judged, 1), "c": (judged, 1)}
    report = harvest_files(script(["A", "B"], stated=9))
    assert (report.complete, report.published.returned) == (False, 1)
    assert missing(place) == {"c": (judged, 1)}


def test_a_record_that_is_listed_but_rejected_keeps_its_version_and_is_not_missing(
    harvest_files: HarvestScript, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest_files(ALL)
    before = published(place)
    whole = crosswalk_for("mqa")

    def fails(listing: MqaListing, iri: str, record: SourceRecord) -> Crossing[Descriptor]:
        if listing.programme:
            raise ValueError(listing.programme)
        return whole.read(listing, iri, record)

    monkeypatch.setattr(harvester.running.runner, "crosswalk_for", {"mqa": replace(whole, read=fails)}.__getitem__)
    report = harvest_files(script(["A", {"title": "B", "programme": "P"}, "C"]))
    assert (report.reading.rejected, report.complete) == (1, True)
    assert [issue.code for issue in report.issues] == ["record_invalid"]
    assert published(place) == before


def test_a_record_that_is_no_longer_released_stays_and_is_not_missing(
    harvest_files: HarvestScript, place: Workplace
) -> None:
    harvest_files(ALL)
    report = harvest_files(script(["A", {"title": "B", "released": False}, "C", {"title": "D", "released": False}]))
    assert missing(place) == {}
    assert len(records(place)) == 3
    assert report.reading.passed_over == {"passed_over_status": 1}
