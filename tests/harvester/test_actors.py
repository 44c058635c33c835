"""Who asked for a run, and when, is kept with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.messages import CodedError
from harvester.running.runner import Order, harvest
from harvester.terminal.views import run_view
from harvester.workplace import Workplace
from store.runs import audit_events, open_run
from tests.harvester.scripted import script
from tests.harvester.situations import contents, rows, source_of

pytestmark = pytest.mark.usefixtures("throwaway")


def order(folder: Path, actor: str, preview: int | None = None) -> Order:
    folder.mkdir(exist_ok=True)
    (folder / "0.json").write_bytes(script(["A"]))
    return Order(source_of("", options={"folder": str(folder)}), actor, preview=preview)


def test_a_run_has_its_actor_and_one_audit_event(place: Workplace, tmp_path: Path) -> None:
    for actor in ("Aminah Contoh", "架空 太郎"):
        report = harvest(place, order(tmp_path / "source", actor))
        assert run_view(place.database, report.run_id)["actor"] == actor
        event = audit_events(place.database)[0]
        assert (event["actor"], event["action"], event["subject"]) == (actor, "harvest", f"run {report.run_id}")
        assert event["details"] == {"registry": "plain", "address": f"folder:{tmp_path / 'source'}"}
        run = rows(place, "run")[-1]
        assert run["queued_at"] <= event["at"] <= run["ended_at"]
    assert len(audit_events(place.database)) == 2


def test_a_failed_run_has_them_too_and_a_preview_leaves_none(place: Workplace, tmp_path: Path) -> None:
    asked = order(tmp_path / "source", "Aminah Contoh")
    (tmp_path / "source" / "0.json").write_bytes(script(["A"], fail="parse"))
    assert harvest(place, asked).state == "failed"
    assert [event["actor"] for event in audit_events(place.database)] == ["Aminah Contoh"]
    before = contents(place)
    harvest(place, order(tmp_path / "source", "Somebody Else", preview=1))
    assert contents(place) == before


def test_a_second_run_of_one_registry_is_refused_while_the_first_goes_on(place: Workplace, tmp_path: Path) -> None:
    first = open_run(
        place.database, registry="plain", connector="plain", actor="first", address="-", fingerprint="-"
    )  # fmt: skip
    before = contents(place)
    with pytest.raises(CodedError) as refused:
        harvest(place, order(tmp_path / "source", "second"))
    assert [(issue.code, issue.params) for issue in refused.value.issues] == [
        ("run_in_progress", {"registry": "plain", "run": first})
    ]
    assert contents(place) == before
