"""What the readers of linked data have in common: hours and elapsed time out of durations, identifiers, prices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given

from crosswalks.contract import crosswalk_for
from crosswalks.ledger import FieldOutcome
from crosswalks.lexical import iso_hours
from crosswalks.linked import Gathered
from crosswalks.origins import origins_of
from tests.crosswalks.descriptor.strategies import hours

FOLDER = crosswalk_for("ctdl").folder


def gathered() -> Gathered:
    return Gathered("ctdl", FOLDER)


@given(hours)
def test_hours_come_back_from_their_duration(amount: Decimal) -> None:
    found = gathered().hours("durations.0.time_required", iso_hours(amount))
    assert found == amount
    assert "E" not in str(found)


def test_days_beside_a_time_are_days_of_24_hours_and_marked_as_derived() -> None:
    record = gathered()
    assert record.hours("durations.0.time_required", "P2DT12H") == 60
    assert [(entry.outcome, entry.rule) for entry in record.ledger.entries] == [
        (FieldOutcome.DERIVED, "days_of_24_hours")
    ]
    assert origins_of(record.ledger.entries)["volume.total_hours"].rule == "days_of_24_hours"


@pytest.mark.parametrize("duration", ["P10W", "P3D", "P1M", "P1Y", "PT0H"])
def test_days_weeks_months_and_years_alone_say_no_hours(duration: str) -> None:
    record = gathered()
    assert record.hours("durations.0.time_required", duration) is None
    assert [(issue.code, issue.params["duration"]) for issue in record.issues] == [("duration_says_no_hours", duration)]
    assert [entry.reason for entry in record.ledger.entries] == ["duration_says_no_hours"]


@pytest.mark.parametrize("duration", ["PT", "P", "45 hours a week", "PT20M", "PT45H\n", "PT45H or so"])
def test_what_is_no_plain_figure_of_hours_is_not_understood(duration: str) -> None:
    record = gathered()
    assert record.hours("durations.0.time_required", duration) is None
    assert [issue.code for issue in record.issues] == ["not_understood"]


@pytest.mark.parametrize(("duration", "read"), [("P10W", True), ("P1Y6M", True), ("PT3H", True), ("3 weeks", False)])
def test_elapsed_time_stays_as_it_is_written(duration: str, read: bool) -> None:  # noqa: FBT001
    record = gathered()
    assert record.elapsed("durations.0.exact", duration) == (duration if read else None)
    assert [issue.code for issue in record.issues] == ([] if read else ["not_understood"])


def test_a_currency_that_is_no_code_stays_unread_beside_its_price() -> None:
    record = gathered()
    record.fee("costs.0", Decimal(100), "yen", None, {})
    assert (record.values["fee"].amount, record.values["fee"].currency) == (100, None)
    carried = {entry.source for entry in record.ledger.entries if entry.outcome is FieldOutcome.MAPPED}
    assert carried == {"costs.0.price"}


def test_own_names_are_kept_and_nameless_nodes_are_not() -> None:
    record = gathered()
    record.own_name("_:b0", "https://example.example/1", "ctdl")
    assert "identifiers" not in record.values
    record.own_name("https://elsewhere.example/1", "https://example.example/1", "ctdl")
    assert [one.value for one in record.values["identifiers"]] == ["https://elsewhere.example/1"]
