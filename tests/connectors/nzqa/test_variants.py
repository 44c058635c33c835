"""Every state the register can be in ends as it should, in a whole run."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import orjson
import pytest

from connectors.nzqa.standin import standin
from harvester.running.report import RunReport
from harvester.workplace import Workplace
from store.records import current_records

LISTED = standin.listings
BROKEN = {
    "missing-column": "columns_changed",
    "shifted": "columns_shifted",
    "no-providers": "too_few_listings",
    "login": "needs_access",
    "maintenance": "maintenance_page",
    "soft-404": "soft_missing",
    "blank-body": "page_empty",
    "truncated": "page_truncated",
    "mojibake": "charset_unreadable",
    "server-error": "server_error",
}


@pytest.mark.parametrize(("variant", "code"), BROKEN.items())
def test_broken_structure_stops_the_run(harvest_standin: Callable[..., RunReport], variant: str, code: str) -> None:
    report = harvest_standin("nzqa", variant)
    assert report.state == "failed"
    assert code in {issue.code for issue in report.issues}
    assert report.published.created == 0


def test_an_unchanged_registry_writes_nothing(harvest_standin: Callable[..., RunReport]) -> None:
    first, second = harvest_standin("nzqa"), harvest_standin("nzqa")
    assert (first.state, first.complete, first.published.created) == ("succeeded", True, LISTED)
    assert second.same_as_run == first.run_id
    assert (second.published.last_seq, second.reading.unchanged) == (None, LISTED)


def test_a_discontinued_record_is_changed_not_gone(harvest_standin: Callable[..., RunReport]) -> None:
    harvest_standin("nzqa")
    report = harvest_standin("nzqa", "status-change")
    assert (report.published.created, report.published.updated, report.published.gone) == (0, 1, 0)


def test_a_missing_record_is_marked_and_not_taken_down(harvest_standin: Callable[..., RunReport]) -> None:
    harvest_standin("nzqa")
    report = harvest_standin("nzqa", "removed")
    assert (report.published.gone, report.published.updated, report.published.last_seq) == (1, 0, None)


def test_a_new_title_keeps_the_record(harvest_standin: Callable[..., RunReport]) -> None:
    harvest_standin("nzqa")
    report = harvest_standin("nzqa", "renamed")
    assert (report.published.created, report.published.updated, report.published.gone) == (0, 1, 0)


@pytest.mark.parametrize(
    ("variant", "code"), [("count-mismatch", "count_mismatch"), ("detail-missing", "page_missing")]
)
def test_what_is_missing_makes_the_run_incomplete(
    harvest_standin: Callable[..., RunReport], variant: str, code: str
) -> None:
    report = harvest_standin("nzqa", variant)
    assert (report.state, report.complete) == ("succeeded_with_warnings", False)
    assert code in {issue.code for issue in report.issues}
    assert report.published.created == LISTED


def test_every_record_names_its_own_page_and_nobody_is_named(
    harvest_standin: Callable[..., RunReport], place: Workplace
) -> None:
    harvest_standin("nzqa")
    stored = [orjson.loads(record.content) for record in current_records(place.database)]
    assert len(stored) == LISTED
    for record in stored:
        number = record["identifiers"][0]["value"]
        assert record["source_record"]["url"].endswith(f"viewQualification.do?selectedItemKey={number}")
        assert record["landing_page"] == record["source_record"]["url"]
    kept = [gzip.decompress(path.read_bytes()) for path in place.payloads.folder.rglob("*.gz")]
    assert len(kept) > LISTED
    told = b"".join(kept) + b"".join(orjson.dumps(record) for record in stored)
    assert not [word for word in (b"Kiri", b"Hemi", b"@body", b"04 000", b"webmaster") if word in told]
