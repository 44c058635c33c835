"""Corrections: published at once, kept over harvests, in conflict when the source changes, withdrawn without a trace
in the value and with a trace in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config.messages import CodedError
from harvester.correcting import correct, withdraw
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.terminal.views import record_view
from harvester.workplace import Workplace
from store.runs import last_answered_run
from tests.conftest import standin_registry
from tests.harvester.loopback import Loopback
from tests.harvester.situations import page, rows

Harvest = Callable[..., RunReport]
CODE = {"scheme": "ISCED-F", "code": "0613"}


@pytest.fixture
def record(place: Workplace, harvest_standin: Harvest) -> str:
    harvest_standin("mqa")
    return str(min(row["id"] for row in rows(place, "record")))


def published(place: Workplace, record: str) -> dict[str, Any]:
    found: dict[str, Any] = record_view(place.database, record)["descriptor"]
    return found


def test_a_correction_is_published_and_survives_the_next_harvests(
    place: Workplace, record: str, harvest_standin: Harvest
) -> None:
    before = published(place, record)
    done = correct(place, "A. Reviewer", record, "field.+", CODE, "the syllabus, page 2")
    after = published(place, record)
    assert (done["version"], after["field"]) == (2, [*before.get("field", []), CODE])
    assert [row["version"] for row in rows(place, "publication") if row["record_id"] == record] == [1, 2]
    assert [event["action"] for event in rows(place, "audit_event")][-1] == "correct"
    again = harvest_standin("mqa")
    assert (again.published.updated, again.same_as_run) == (0, 1)
    run = last_answered_run(place.database, "mqa")
    replayed = harvest(place, Order(standin_registry("mqa", "http://127.0.0.1:9", "full"), "t", replay=run, keep=False))
    assert not replayed.changes
    assert published(place, record) == after


def test_a_change_at_the_source_is_told_and_the_reviewed_value_stays(
    place: Workplace, harvest_script: Harvest, server: Loopback
) -> None:
    server.routes["/"] = page({"title": "A course", "programme": "as it was"}, "Another course")
    harvest_script()
    record = next(row["id"] for row in rows(place, "record") if "a course" in row["key"].lower())
    field, stated = next((path, value) for path, value in _texts(published(place, record)) if value == "as it was")
    correct(place, "A. Reviewer", record, field, "as reviewed", "misspelt at the source")
    server.routes["/"] = page({"title": "A course", "programme": "as it is now"}, "Another course")
    report = harvest_script()
    assert (stated, report.reading.unchanged, report.published.updated) == ("as it was", 1, 0)
    assert dict(_texts(published(place, record)))[field] == "as reviewed"
    assert report.findings["correction_conflict"]["samples"][0]["record"] == record


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        yield from _texts(item, f"{path}.{name}" if path else str(name))
    if isinstance(value, str):
        yield path, value


def test_a_withdrawn_correction_leaves_what_the_source_states(place: Workplace, record: str) -> None:
    before = published(place, record)
    correct(place, "A. Reviewer", record, "field.+", CODE, "first look")
    correct(place, "A. Reviewer", record, "title.und", "Another title", "first look")
    withdraw(place, "B. Reviewer", record, "field.+", "wrong code")
    withdraw(place, "B. Reviewer", record, "title.und", "wrong title")
    assert published(place, record) == before
    told = [(row["field"], row["ends"]) for row in rows(place, "correction")]
    assert told == [("field.+", None), ("title.und", None), ("field.+", 1), ("title.und", 2)]
    assert [row["version"] for row in rows(place, "publication") if row["record_id"] == record] == [1, 2, 3, 4, 5]
    with pytest.raises(CodedError, match="correction_unknown"):
        withdraw(place, "B. Reviewer", record, "field.+", "again")


def test_a_second_correction_ends_the_first(place: Workplace, record: str) -> None:
    correct(place, "A. Reviewer", record, "title.und", "One", "first look")
    correct(place, "A. Reviewer", record, "title.und", "Two", "second look")
    assert published(place, record)["title"] == {"und": "Two"}
    withdraw(place, "A. Reviewer", record, "title.und", "neither")
    view = record_view(place.database, record)
    assert view["descriptor"]["title"] != {"und": "One"}
    assert "assigned" not in {told["kind"] for told in view["descriptor"].get("origins", {}).values()}


@pytest.mark.parametrize(
    ("field", "value", "why", "code"),
    [("titel", "x", "why", "field_unknown"), ("title.und", "", "why", "record_invalid"),
     ("title.und", "x", " ", "reason_missing"), ("credit_status", "perhaps", "why", "record_invalid")],
)  # fmt: skip
def test_a_refused_correction_changes_nothing(
    place: Workplace, record: str, field: str, value: str, why: str, code: str
) -> None:
    before = rows(place, "run"), rows(place, "publication"), rows(place, "correction")
    with pytest.raises(CodedError, match=code):
        correct(place, "A. Reviewer", record, field, value, why)
    assert (rows(place, "run"), rows(place, "publication"), rows(place, "correction")) == before
