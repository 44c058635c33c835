"""Kept answers read again: nothing differs under the same rules; what differs under others is shown, then published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config.messages import CodedError
from crosswalks.contract import Crosswalk, crosswalk_for
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.ledger import Crossing
from harvester.running import runner
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store.runs import last_answered_run
from tests.conftest import standin_registry
from tests.harvester.situations import contents, rows

Harvest = Callable[..., RunReport]


def _again(place: Workplace, registry: str, *, keep: bool = False) -> RunReport:
    run = last_answered_run(place.database, registry)
    assert run is not None
    source = standin_registry(registry, "http://127.0.0.1:9", "full")
    return harvest(place, Order(source, "reviewer", replay=run, keep=keep))


@pytest.fixture
def other_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crosswalk that reads every title in capital letters, and refuses one listing."""

    def changed(schema: str) -> Crosswalk:
        plain = crosswalk_for(schema)

        def read(record: Any, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
            crossing = plain.read(record, iri, source)
            if crossing.value.title.get("und", "").endswith("7"):
                raise CodedError.of("record_invalid", detail="refused by the new rules")
            louder = {tag: text.upper() for tag, text in crossing.value.title.items()}
            return replace(crossing, value=crossing.value.model_copy(update={"title": louder}))

        return replace(plain, read=read)

    monkeypatch.setattr(runner, "crosswalk_for", changed)


def test_by_the_same_rules_nothing_differs_and_nothing_is_kept(place: Workplace, harvest_standin: Harvest) -> None:
    first = harvest_standin("mqa")
    before = contents(place)
    again = _again(place, "mqa")
    assert again.succeeded
    assert not again.changes
    assert again.reading.listings == first.reading.listings > 0
    assert contents(place) == before


@pytest.mark.usefixtures("other_rules")
def test_by_other_rules_the_differences_are_shown_then_published(
    place: Workplace, harvest_standin: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as old:
        old.setattr(runner, "crosswalk_for", crosswalk_for)
        harvest_standin("nzqa")
    before = contents(place)
    shown = _again(place, "nzqa")
    assert contents(place) == before
    kinds = {kind for kind, _ in shown.changes.fields}
    fields = {name for _, name in shown.changes.fields}
    assert kinds == {"CHANGED"}
    assert {name.partition(".")[0] for name in fields} == {"title"}
    assert sum(shown.changes.fields.values()) >= len(shown.changes.each) > 0
    assert shown.changes.as_json()["fields"][0]["samples"][0]["is"].isupper()

    published = _again(place, "nzqa", keep=True)
    assert published.published.updated == len(shown.changes.each)
    log = [row for row in rows(place, "publication") if row["run_id"] == published.run_id]
    assert {row["op"] for row in log} == {"update"}
    assert len(log) == len(shown.changes.each)
    assert not rows(place, "absence")
    assert [event["action"] for event in rows(place, "audit_event")] == ["harvest", "replay"]
    assert not _again(place, "nzqa").changes


def test_a_replay_confirms_nothing_about_the_source(place: Workplace, harvest_standin: Harvest) -> None:
    harvest_standin("mqa")
    seen = rows(place, "registry")[0]["last_complete_at"]
    _again(place, "mqa", keep=True)
    assert rows(place, "registry")[0]["last_complete_at"] == seen
    assert rows(place, "registry")[0]["last_complete_run"] == 1
    assert harvest_standin("mqa").published.updated == 0
