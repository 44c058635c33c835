"""`kakehashi schedule` and `kakehashi work` as people and scripts call them."""

from __future__ import annotations

import shlex
from datetime import datetime

import pytest

from store.runs import audit_events
from tests.cli.calling import Caller
from tests.scheduling.conftest import Stage


@pytest.fixture
def call(stage: Stage) -> Caller:
    settings = stage.place.settings
    return Caller(settings.home, stage.folder, {"KAKEHASHI_REGISTRIES_FILE": str(settings.registries_file)})


def test_the_schedule_shows_five_slots_in_both_zones(call: Caller) -> None:
    shown = call("schedule", "--in", "Europe/Brussels", "--json").document
    assert shown["your_zone"] == "Europe/Brussels"
    assert [row["registry"] for row in shown["schedules"]] == ["one", "three", "two"]
    (row, *_) = shown["schedules"]
    assert (row["state"], row["zone"], row["cron"], row["window"]) == ("on", "Asia/Tokyo", "0 3 * * *", "01:00-05:00")
    assert len(row["next"]) == 5
    for one in row["next"]:
        moments = {datetime.fromisoformat(one[name]) for name in ("slot", "in_registry_zone", "in_your_zone")}
        assert len(moments) == 1
        assert one["in_registry_zone"].endswith("T03:00:00+09:00")
        assert one["in_your_zone"][-6:] in {"+01:00", "+02:00"}
    told = call("schedule", "--in", "Europe/Brussels")
    assert told.status == 0
    assert all(word in told.text for word in ("one", "0 3 * * *", "Asia/Tokyo", "Europe/Brussels", "03:00"))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("schedule pause nowhere", "registry_unknown"),
        ("schedule resume mqa", "registry_pending"),
        ("schedule run-now nowhere", "registry_unknown"),
        ("schedule set one --cron '61 * * * *'", "cron_invalid"),
        ("schedule set one --cron '0 0 30 2 *'", "rule_never"),
        ("schedule set one --cron '0 12 * * *'", "rule_never"),
        ("schedule set one --cron '0 2 * * *' --every 5", "rule_unclear"),
        ("schedule set one --zone Europe", "zone_unknown"),
        ("schedule set one --window 5-6", "window_invalid"),
        ("schedule --in Nowhere/Land", "zone_unknown"),
        ("work --once --queue procrastinate", "queue_needs_postgres"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_code_and_changes_nothing(call: Caller, line: str, code: str) -> None:
    before = call("schedule", "--json").out
    done = call(*shlex.split(line), "--json")
    assert done.status == 1
    assert done.code == code
    assert call("schedule", "--json").document["schedules"][0]["cron"] == "0 3 * * *"
    assert call("schedule", "--json").out == before
    assert call(*shlex.split(line), "--lang", "ja").err.splitlines()[0].endswith(code)


def test_a_schedule_is_paused_resumed_and_changed_with_who_did_it(call: Caller, stage: Stage) -> None:
    paused = call("schedule", "pause", "one", "--as", "委員 一号", "--json").document["schedules"]
    assert [(row["registry"], row["state"]) for row in paused] == [("one", "paused")]
    assert call("schedule", "resume", "one", "--as", "委員 一号", "--json").document["schedules"][0]["state"] == "on"
    line = "schedule set one --every 90 --window any --zone Pacific/Auckland --jitter 5 --as B --json"
    (row,) = call(*line.split()).document["schedules"]
    assert (row["cron"], row["every_minutes"], row["window"], row["zone"]) == (None, 90, None, "Pacific/Auckland")
    assert (row["jitter_minutes"], row["edited"]) == (5, True)
    told = audit_events(stage.place.database)
    events = [(one["actor"], one["action"], one["subject"]) for one in told if one["action"].startswith("schedule")]
    assert events == [("B", "schedule_set", "one"), ("委員 一号", "schedule_resume", "one"),
                      ("委員 一号", "schedule_pause", "one")]  # fmt: skip
    assert "every 90 min" in call("schedule").text


def test_a_run_asked_for_is_executed_by_the_next_work_and_shows_where_it_came_from(call: Caller) -> None:
    assert call("schedule", "run-now", "two", "--as", "B", "--json").document == {
        "run": 1, "registry": "two", "state": "queued",
    }  # fmt: skip
    assert call("schedule", "run-now", "two", "--json").code == "run_waiting"
    waiting = call("runs", "1", "--json").document
    assert (waiting["state"], waiting["attempt"], waiting["worker"]) == ("queued", 0, None)
    assert call("runs").status == 0
    done = call("work", "--once", "--queue", "inline")
    assert (done.status, done.err) == (0, "")
    assert [line.split()[3] for line in done.text.splitlines()] == [
        "work_started", "turn_taken", "run_begun", "run_ended", "written_ahead", "work_stopped",
    ]  # fmt: skip
    found = call("runs", "1", "--json").document
    assert (found["state"], found["actor"], found["attempt"], found["new"]) == ("succeeded", "B", 1, 1)
    assert found["scheduled_for"] is None
    assert found["worker"]


def test_examples_of_the_help_run(call: Caller) -> None:
    for name in ("schedule", "schedule pause", "schedule resume", "schedule run-now", "schedule set", "work"):
        told = call(*name.split(), "--help").text
        lines = [shlex.split(line)[1:] for line in told.splitlines() if line.strip().startswith("kakehashi ")]
        assert lines
        for line in lines:
            if line[0] == "schedule":
                assert call(*["one" if word == "nzqa" else word for word in line]).status == 0, line
