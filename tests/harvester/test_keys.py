"""Natural keys: what appears twice is one record, two records, or a contradiction, and each is told."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

import harvester.running.runner
from connectors.contract import Registry
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.ledger import Crossing
from crosswalks.mqa.model import MqaListing
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from tests.harvester.readings import read, source
from tests.harvester.scripted import joined, script
from tests.harvester.situations import HarvestScript, records, rows, source_of

KEY = "kolej contoh |  | {}"


def test_equal_keys_on_two_pages_with_equal_content_count_once() -> None:
    found = read([script(["A", "B"]), script(["B", "C"])])
    assert found.titles == ["A", "B", "C"]
    assert [issue.params for issue in found.told("repeated_across_pages")] == [{"key": KEY.format("b")}]
    assert len(found.reading.issues) == 1
    assert found.reading.repeats == {"page": 1}


def test_equal_keys_on_two_pages_with_other_content_are_told_with_what_differs() -> None:
    pages = [
        script([{"title": "A", "programme": "P"}]),
        script([{"title": "A", "programme": "Q", "others": {"x": "y"}}]),
    ]
    found = read(pages)
    assert len(found.proposals) == 1
    assert orjson.loads(found.proposals[0].listing)["programme"] == "P"
    (issue,) = found.reading.issues
    assert issue.code == "conflicting_duplicates"
    assert issue.params == {"key": KEY.format("a"), "fields": "programme, others"}


def test_equal_keys_on_one_page_are_numbered_and_both_kept() -> None:
    found = read([script(["A", {"title": "A", "programme": "P"}, "A"])])
    assert sorted(found.plan) == [KEY.format("a"), KEY.format("a | 2"), KEY.format("a | 3")]
    assert len({proposal.record_id for proposal in found.proposals}) == 3
    assert [(issue.code, issue.place) for issue in found.reading.issues] == [
        ("duplicate_natural_key", "/found/1"),
        ("duplicate_natural_key", "/found/2"),
    ]


def test_a_page_that_comes_twice_under_two_addresses_adds_nothing() -> None:
    body = script(["A", "A", "B"])
    once = read([source(body, "https://plain.example/1")])
    twice = read([source(body, f"https://plain.example/{number}") for number in (1, 2)])
    assert twice.plan == once.plan
    assert len(twice.told("repeated_across_pages")) == 3
    assert twice.told("conflicting_duplicates") == []


def test_pages_of_a_joined_listing_are_one_record_and_told_as_none_too_many() -> None:
    pages = [script([{"title": "A", "programme": "P"}]), script([{"title": "A", "others": {"x": "y"}}]), script(["A"])]
    found = read(pages, joined)
    assert [orjson.loads(one.listing) for one in found.proposals] == [
        {"title": "A", "provider": "Kolej Contoh", "programme": "P", "others": {"x": "y"}}
    ]
    assert found.reading.issues == []


def test_a_record_the_crosswalk_cannot_hold_is_rejected_alone() -> None:
    whole = crosswalk_for("mqa")

    def fails(listing: MqaListing, iri: str, record: SourceRecord) -> Crossing[Descriptor]:
        if listing.title == "B":
            raise KeyError("a value that must not be quoted")
        return whole.read(listing, iri, record)

    found = read([script(["A", "B", "C"])], crosswalk=replace(whole, read=fails))
    assert found.titles == ["A", "C"]
    assert found.reading.rejected == 1
    (issue,) = found.reading.issues
    assert (issue.code, issue.record is not None) == ("record_invalid", True)
    assert "KeyError, test_keys.py" in issue.params["detail"]
    assert "quoted" not in issue.text("en")
    assert KEY.format("b") in found.reading.seen


def test_an_identifier_that_another_registry_has_stays_with_it(
    harvest_files: HarvestScript, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest_files(script(["A", "B"]))
    taken = rows(place, "record")[0]["iri"]
    own = replace(crosswalk_for("mqa"), iri=lambda listing: taken if listing.title == "C" else None)
    monkeypatch.setattr(harvester.running.runner, "crosswalk_for", {"mqa": own}.__getitem__)
    folder = place.settings.home / "second"
    folder.mkdir()
    (folder / "0.json").write_bytes(script(["C", "D"]))
    plain = source_of("", options={"folder": str(folder)}, keeps_identifiers=True)
    report = harvest(place, Order(Registry("second", "plain", plain.manifest), "test"))
    assert (report.published.created, report.reading.rejected, report.reading.listings) == (1, 1, 2)
    (issue,) = [issue for issue in report.issues if issue.code == "identifier_taken"]
    assert issue.params == {"identifier": taken}
    assert len(records(place)) == 3
    assert [item["op"] for item in rows(place, "plan_item") if item["iri"] == taken] == ["new", "failed"]
