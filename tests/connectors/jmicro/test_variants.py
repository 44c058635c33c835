"""Runs of the home registry: over HTTP in its healthy and ugly states, and from a folder."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from config.messages import CodedError
from connectors.contract import Registry
from connectors.discovery import registry
from connectors.jmicro.standin import lines
from connectors.jmicro.standin_listings import BASE, written
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace

LISTED = len(written())
Harvest = Callable[..., RunReport]


def _codes(report: RunReport) -> set[str]:
    return {issue.code for issue in report.issues}


def test_a_second_run_finds_everything_unchanged(harvest_standin: Harvest) -> None:
    first = harvest_standin("jmicro")
    assert first.succeeded
    assert first.complete
    assert first.published.created == LISTED
    again = harvest_standin("jmicro")
    assert (again.same_as_run, again.published.last_seq) == (first.run_id, None)
    other_door = harvest_standin("jmicro", "index")
    assert other_door.complete
    assert (other_door.reading.unchanged, other_door.published.last_seq) == (LISTED, None)


def test_changes_and_absences_are_told_field_by_field(harvest_standin: Harvest) -> None:
    harvest_standin("jmicro")
    changed = harvest_standin("jmicro", "changed")
    assert (changed.published.updated, changed.reading.unchanged) == (2, LISTED - 2)
    gone = harvest_standin("jmicro", "removed")
    assert (gone.published.gone, gone.published.updated) == (1, 2)
    assert "not_found_at_source" in _codes(gone)


@pytest.mark.parametrize("variant", ["truncated-file", "count-mismatch"])
def test_fewer_records_than_the_index_states_make_the_run_incomplete(harvest_standin: Harvest, variant: str) -> None:
    harvest_standin("jmicro")
    report = harvest_standin("jmicro", variant)
    assert (report.state, report.complete) == ("succeeded_with_warnings", False)
    assert {"count_mismatch", "run_incomplete"} <= _codes(report)
    assert report.published.gone == 0


@pytest.mark.parametrize(
    ("variant", "code"),
    [("login", "needs_access"), ("empty", "too_few_listings"), ("truncated", "page_truncated")],
)
def test_what_is_no_list_publishes_nothing(harvest_standin: Harvest, variant: str, code: str) -> None:
    report = harvest_standin("jmicro", variant)
    assert report.state == "failed"
    assert code in _codes(report)
    assert report.published.created == 0


def test_people_are_never_kept(harvest_standin: Harvest, place: Workplace) -> None:
    report = harvest_standin("jmicro", "personal-data")
    assert (report.published.created, report.reading.rejected) == (LISTED - 2, 2)
    assert {"pii_present", "pii_masked"} <= _codes(report)
    kept = [gzip.decompress(file.read_bytes()) for file in place.payloads.folder.rglob("*.gz")]
    kept += [file.read_bytes() for file in place.settings.home.rglob("*sqlite*")]
    assert kept
    for secret in ("架空花子", "2001-02-03", "X-000000", "madeup.person"):
        assert not any(secret.encode() in body for body in kept), secret


def test_bad_records_are_skipped_and_the_others_published(harvest_standin: Harvest) -> None:
    report = harvest_standin("jmicro", "bad-values")
    assert report.succeeded
    assert (report.published.created, report.reading.rejected) == (LISTED - 7, 7)
    assert {"record_invalid", "title_missing", "recognition_date_invented"} <= _codes(report)


def _from_folder(folder: Path, **options: str) -> Registry:
    plain = registry("jmicro")
    changed = {**plain.manifest.options, "folder": str(folder), **options}
    return Registry("jmicro", "jmicro", plain.manifest.model_copy(update={"options": changed}))


def _fill(folder: Path) -> None:
    listed = lines(0)
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(b"".join(line + b"\n" for line in listed[:40]))
    (folder / "b.jsonl").write_bytes(b"".join(line + b"\n" for line in listed[40:]))
    (folder / "notes.txt").write_text("not a listing")


def test_a_folder_is_read_like_a_server(harvest_standin: Harvest, place: Workplace, tmp_path: Path) -> None:
    _fill(tmp_path / "drop")
    order = Order(_from_folder(tmp_path / "drop"), "test")
    first = harvest(place, order)
    assert first.succeeded
    assert first.complete
    assert (first.published.created, first.reading.payloads) == (LISTED, 2)
    assert harvest(place, order).same_as_run == first.run_id
    over_http = harvest_standin("jmicro")
    assert (over_http.reading.unchanged, over_http.published.created) == (LISTED, 0)


def test_a_folder_keeps_identifiers_and_takes_people_out(place: Workplace, tmp_path: Path) -> None:
    _fill(tmp_path / "drop")
    bad = b'{"id":"urn:example:x","title":{"ja":"\xe6\x9e\xb6\xe7\xa9\xba"},"learner":{"name":"Made Up"}}\n'
    (tmp_path / "drop" / "c.jsonl").write_bytes(bad)
    report = harvest(place, Order(_from_folder(tmp_path / "drop"), "test", preview=500))
    assert {proposal.iri for proposal in report.proposals} == {descriptor.id for descriptor in written()}
    assert all(proposal.iri.startswith(BASE) for proposal in report.proposals)
    assert "pii_present" in _codes(report)
    full = harvest(place, Order(_from_folder(tmp_path / "drop"), "test"))
    assert full.published.created == LISTED
    kept = [gzip.decompress(file.read_bytes()) for file in place.payloads.folder.rglob("*.gz")]
    assert not any(b"Made Up" in body for body in kept)


def test_a_folder_leads_nowhere_else(place: Workplace, tmp_path: Path) -> None:
    outside = tmp_path / "outside.jsonl"
    outside.write_bytes(lines(0)[0] + b"\n")
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "link.jsonl").symlink_to(outside)
    (folder / "index.jsonl").write_bytes(b'{"files":["https://elsewhere.example/a.jsonl","/etc/passwd"]}')
    (folder / "own.jsonl").write_bytes(lines(0)[1] + b"\n")
    report = harvest(place, Order(_from_folder(folder), "test"))
    assert report.fetches == {"ok": 2, "refused": 2}
    assert report.reading.listings == 1
    assert not report.complete
    assert "address_refused" in _codes(report)


def test_a_folder_that_is_not_there_is_told_before_a_run_begins(place: Workplace, tmp_path: Path) -> None:
    with pytest.raises(CodedError) as error:
        harvest(place, Order(_from_folder(tmp_path / "nowhere"), "test"))
    assert error.value.issues[0].code == "folder_unreadable"


def test_a_file_over_the_limit_is_told(place: Workplace, tmp_path: Path) -> None:
    _fill(tmp_path / "drop")
    source = _from_folder(tmp_path / "drop")
    limits = source.manifest.limits.model_copy(update={"answer_bytes": 1000})
    small = Registry(source.id, source.connector, source.manifest.model_copy(update={"limits": limits}))
    report = harvest(place, Order(small, "test"))
    assert report.state == "failed"
    assert {"answer_too_large", "nothing_answered"} <= _codes(report)
