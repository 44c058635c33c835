"""Nobody who is named in a source's texts stands in anything that is stored, and masking changes nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from config.messages import Issue
from connectors.jvcampus.standin_courses import MAILBOX, PEOPLE, TELEPHONE
from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.ledger import Crossing
from harvester.converting import convert
from harvester.running import reading, runner
from harvester.running.report import RunReport
from harvester.terminal.views import plan_view, record_view, run_view
from harvester.workplace import Workplace
from store.runs import note_issues
from tests.harvester.readings import read
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, contents, opened, records, rows

NAMED = (*PEOPLE, MAILBOX, TELEPHONE)
MADE_UP = ("Jane Doe", "jane@doe.example", "012-000 0000")
TALKATIVE: dict[str, Any] = {
    "title": "Kursus Contoh. Lecturer: Jane Doe, jane@doe.example",
    "others": {"Nota": "Tel: 012-000 0000", "Waktu": "jane (at) doe.example"},
}


def _written(words: tuple[str, ...]) -> list[bytes]:
    """Words as they may stand in files: plain, and as JSON escapes them."""
    return [form for word in words for form in (word.encode(), orjson.dumps(word)[1:-1], ascii(word)[1:-1].encode())]


def _in_database(place: Workplace, words: tuple[str, ...]) -> list[bytes]:
    """The words that stand in the bytes of the database."""
    kept = b"".join(path.read_bytes() for path in place.settings.home.glob("kakehashi.sqlite*"))
    assert b"[\xe2\x80\xa6]" in kept
    return [word for word in _written(words) if word in kept]


@pytest.mark.slow
def test_people_in_prose_stand_in_nothing_that_is_stored_or_shown(
    place: Workplace, harvest_standin: Callable[..., RunReport]
) -> None:
    report = harvest_standin("jvcampus", "people-in-prose")
    assert report.succeeded
    assert report.findings["pii_masked"]["count"] >= 8
    assert _in_database(place, NAMED) == []
    addresses = _written((MAILBOX,))
    assert [word for word in addresses for body in opened(place) if word in body] == []
    shown = [run_view(place.database, report.run_id), plan_view(place.database, report.run_id)]
    shown += [record_view(place.database, row["id"]) for row in rows(place, "record")]
    told = orjson.dumps(shown, default=str).decode()
    assert [word for word in NAMED if word in told] == []
    doubts = [issue for row in rows(place, "descriptor_version") for issue in orjson.loads(row["issues"])]
    assert any("[…]" in issue["params"]["quote"] for issue in doubts if issue["code"] == "prose_review")
    again = harvest_standin("jvcampus", "people-in-prose")
    assert (again.published.last_seq, again.reading.unchanged) == (None, report.reading.listings)


def test_a_key_that_names_somebody_is_kept_without_the_name_and_stays_one_record(
    harvest_files: HarvestScript, place: Workplace
) -> None:
    other = {**TALKATIVE, "title": "Kursus Contoh. Lecturer: John Roe, john@doe.example"}
    assert harvest_files(script([TALKATIVE, other, "Plain"])).published.created == 3
    assert len({key for key in records(place) if "[...]" in key}) == 2
    assert _in_database(place, (*MADE_UP, "jane", "roe")) == []
    size = contents(place)
    again = harvest_files(script([TALKATIVE, other, "Plain"]))
    assert (again.reading.unchanged, again.published.gone) == (3, 0)
    assert contents(place)["record"] == size["record"]
    assert contents(place)["descriptor_version"] == size["descriptor_version"]
    assert harvest_files(script([TALKATIVE, "Plain"])).published.gone == 1


def test_what_was_kept_with_names_keeps_its_identity_and_loses_them_and_nothing_else_is_written(
    harvest_files: HarvestScript, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(reading, "_impersonal", lambda whole, _: whole._replace(natural=whole.key))
        before.setattr(runner, "_rules", lambda *_: "the rules of before")
        harvest_files(script([TALKATIVE, "Plain", "Other"]))
    old = {row["id"]: (row["key"], row["version"]) for row in rows(place, "record")}
    assert any("jane doe" in key for key, _ in old.values())
    report = harvest_files(script([TALKATIVE, "Plain", "Other"]))
    assert (report.published.created, report.published.gone, report.reading.unchanged) == (0, 0, 2)
    new = {row["id"]: row["key"] for row in rows(place, "record")}
    assert new.keys() == old.keys()
    assert not [key for key in new.values() if "jane" in key]
    current = {
        row["record_id"]: row["content"] for row in rows(place, "listing_version") if row["run_id"] == report.run_id
    }
    assert len(current) == 1
    assert not [word for word in MADE_UP for content in current.values() if word in content]


def test_equal_answers_give_equal_hashes_and_other_numbers_in_prose_are_no_change() -> None:
    first, again = read([script([TALKATIVE])]), read([script([TALKATIVE])])
    assert first.plan == again.plan
    changed = {**TALKATIVE, "others": {**TALKATIVE["others"], "Nota": "Tel: 012-111 1111"}}
    after = read([script([changed])], known=first.known())
    assert (after.proposals, after.reading.unchanged) == ([], 1)


def test_what_only_the_crossing_shows_to_be_a_name_is_taken_out_of_what_it_came_from() -> None:
    plain = crosswalk_for("mqa")

    def labelled(listing: Any, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
        crossing = plain.read(listing, iri, source)
        for name, value in listing.others.items():
            crossing.ledger.derived(f"others.{name}", "description", "label_and_value", quote=value)
        text = "; ".join(f"{name}: {value}" for name, value in listing.others.items())
        return replace(crossing, value=crossing.value.model_copy(update={"description": {"en": text}}))

    listing = {"title": "A course of Jane Doe Hall", "others": {"Lecturer": "Jane Doe Hall"}}
    found = read([script([listing])], crosswalk=replace(plain, read=labelled))
    (proposal,) = found.proposals
    assert orjson.loads(proposal.listing)["others"] == {"Lecturer": "[…]"}
    assert orjson.loads(proposal.listing)["title"] == "A course of Jane Doe Hall"
    assert "Jane Doe" not in proposal.ledger.replace("A course of Jane Doe Hall", "")
    assert "pii_masked" in proposal.issues
    again = read([script([listing])], crosswalk=replace(plain, read=labelled), known=found.known())
    assert (again.proposals, again.reading.unchanged) == ([], 1)


def test_an_issue_that_quotes_a_source_is_kept_without_people(place: Workplace, harvest_files: HarvestScript) -> None:
    report = harvest_files(script(["A"]))
    note_issues(place.database, report.run_id, [
        Issue("row_invalid", {"detail": "Lecturer: Jane Doe"}, place="tel. 012-000 0000"),
    ])  # fmt: skip
    (kept,) = (row for row in rows(place, "issue") if row["code"] == "row_invalid")
    assert (kept["params"], kept["place"]) == ({"detail": "Lecturer: […]"}, "tel. […]")


def test_a_file_that_is_converted_names_nobody_in_its_ledger() -> None:
    course = {"id": 1, "fullname": "Made-up course", "summary": "Total learning time is 30 hours. Lecturer: Jane Doe."}
    found = convert(orjson.dumps([course]), "courses.json", "jvcampus", "jmicro")
    told = orjson.dumps([one.as_json() for one in found.records]).decode()
    assert "hours_in_prose" in told
    assert "pii_masked" in told
    assert "Jane Doe" not in told + found.records[0].descriptor.model_dump_json()
