"""Every state the MQA list can be in ends as it should."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.mqa.standin import rows, standin
from harvester.running.report import RunReport

LISTED = sum(1 for row in rows(standin.listings) if row.title)

HEALTHY = (
    "full",
    "serverside",
    "serverside-legacy",
    "paged",
    "td-headers",
    "reordered",
    "cp1252",
    "wrong-charset",
)
BROKEN = {
    "missing-column": "columns_changed",
    "shifted": "columns_shifted",
    "login": "needs_access",
    "maintenance": "maintenance_page",
    "soft-404": "soft_missing",
    "blank-body": "page_empty",
    "truncated": "page_truncated",
    "mojibake": "charset_unreadable",
    "empty": "too_few_listings",
}


@pytest.mark.parametrize("variant", HEALTHY)
def test_every_transport_gives_the_same_listings(harvest_standin: Callable[..., RunReport], variant: str) -> None:
    report = harvest_standin("mqa", variant)
    assert report.succeeded
    assert report.complete
    assert (report.published.created, report.reading.blank) == (LISTED, 1)


@pytest.mark.parametrize(("variant", "code"), BROKEN.items())
def test_broken_structure_stops_the_run(harvest_standin: Callable[..., RunReport], variant: str, code: str) -> None:
    report = harvest_standin("mqa", variant)
    assert report.state == "failed"
    assert code in {issue.code for issue in report.issues}
    assert report.published.created == 0


def test_a_failed_run_leaves_the_last_good_data_public(harvest_standin: Callable[..., RunReport]) -> None:
    assert harvest_standin("mqa").published.created == LISTED
    assert harvest_standin("mqa", "truncated").state == "failed"
    again = harvest_standin("mqa")
    assert (again.published.created, again.published.updated, again.reading.unchanged) == (0, 0, LISTED)


def test_an_unchanged_registry_writes_nothing(harvest_standin: Callable[..., RunReport]) -> None:
    first = harvest_standin("mqa")
    second = harvest_standin("mqa")
    assert second.same_as_run == first.run_id
    assert second.published.last_seq is None
    assert second.reading.unchanged == LISTED


def test_a_missing_record_is_marked_and_not_taken_down(harvest_standin: Callable[..., RunReport]) -> None:
    harvest_standin("mqa")
    report = harvest_standin("mqa", "removed")
    assert (report.published.gone, report.published.last_seq) == (1, None)
    assert "not_found_at_source" in {issue.code for issue in report.issues}
    back = harvest_standin("mqa")
    assert (back.published.returned, back.published.created) == (1, 0)


def test_a_count_that_does_not_match_makes_the_run_incomplete(
    harvest_standin: Callable[..., RunReport],
) -> None:
    report = harvest_standin("mqa", "count-mismatch")
    assert (report.state, report.complete) == ("succeeded_with_warnings", False)
    assert report.published.created == LISTED


def test_rows_that_repeat_on_other_pages_count_once(harvest_standin: Callable[..., RunReport]) -> None:
    report = harvest_standin("mqa", "repeated-across-pages")
    assert report.complete
    assert report.published.created == LISTED


def test_equal_keys_are_kept_apart(harvest_standin: Callable[..., RunReport]) -> None:
    report = harvest_standin("mqa", "duplicate-title")
    assert report.published.created == LISTED + 2
    assert [issue.code for issue in report.issues].count("duplicate_natural_key") == 2


def test_an_unknown_column_is_kept_and_told(harvest_standin: Callable[..., RunReport]) -> None:
    report = harvest_standin("mqa", "extra-column")
    assert report.published.created == LISTED
    assert "unknown_column" in {issue.code for issue in report.issues}
    assert report.findings["unmapped_field"]["count"] == LISTED
