"""An unchanged registry: no version, no log row, no payload file; and a run that found the same says so."""

from __future__ import annotations

from collections import Counter

import pytest

from harvester.workplace import Workplace
from tests.harvester.loopback import Loopback
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, contents, kept, page, published, rows

EACH_RUN = {"run", "fetch", "audit_event", "issue"}
"""What every run writes, also one that finds nothing new."""


def written(place: Workplace) -> dict[str, object]:
    """Everything kept that an unchanged registry must not touch."""
    files = {path: path.stat().st_mtime_ns for path in place.payloads.folder.rglob("*") if path.is_file()}
    counts = {name: count for name, count in contents(place).items() if name not in EACH_RUN}
    return {"counts": counts, "bytes": kept(place), "files": files, "public": published(place)}


@pytest.mark.slow
def test_answers_that_are_the_same_are_not_even_read(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    asks = ["/two", {"url": "/aside", "aside": True}]
    server.routes |= {"/": page("A", "", asks=asks, blank=1, stated=3), "/two": page("B")}
    first = harvest_script()
    before = written(place)
    second, third = harvest_script(), harvest_script()
    assert written(place) == before
    assert (second.same_as_run, third.same_as_run) == (first.run_id, second.run_id)
    for again in (second, third):
        assert (again.state, again.complete) == (first.state, True)
        assert again.reading.unchanged == again.reading.listings == 2
        assert (again.reading.blank, again.reading.rejected) == (1, 1)
        assert (again.published.created, again.published.updated, again.published.first_seq) == (0, 0, None)
        told = Counter(issue.code for issue in again.issues)
        assert told == Counter(issue.code for issue in first.issues) == {"row_invalid": 1, "page_missing": 1}
    assert len(rows(place, "audit_event")) == 3


def test_answers_that_differ_in_nothing_that_matters_write_no_version(
    harvest_files: HarvestScript, place: Workplace
) -> None:
    harvest_files(script(["A", "B"]), script(["C"]))
    before = published(place)
    versions = contents(place)
    report = harvest_files(script(["C", "B"], remark="made at another hour"), script(["A"]))
    assert (report.same_as_run, report.reading.unchanged) == (None, 3)
    assert report.complete
    assert published(place) == before
    after = contents(place)
    for table in ("listing_version", "descriptor_version", "plan_item", "publication", "record", "absence"):
        assert after[table] == versions[table], table


def test_another_setting_of_the_registry_reads_again_and_finds_nothing_new(
    harvest_files: HarvestScript, place: Workplace
) -> None:
    harvest_files(script(["A", "B"]))
    before = published(place)
    report = harvest_files(script(["A", "B"]), options={"another": "setting"})
    assert (report.same_as_run, report.reading.unchanged, report.published.updated) == (None, 2, 0)
    assert published(place) == before


def test_after_a_failed_run_the_last_good_state_still_counts_as_known(harvest_files: HarvestScript) -> None:
    first = harvest_files(script(["A"]))
    assert harvest_files(script(["B"], fail="parse")).state == "failed"
    assert harvest_files(script(["A"])).same_as_run == first.run_id
