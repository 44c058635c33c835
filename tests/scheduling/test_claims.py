"""Claims and hearts: a run is a worker's alone, lost when it is silent, and goes on from where it was."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from config.messages import CodedError
from harvester.running.runner import Order, harvest
from harvester.scheduling import execution
from harvester.scheduling.execution import execute
from harvester.scheduling.queues import InlineQueue
from harvester.scheduling.working import Watch
from harvester.watching.diary import Diary
from store.clock import now
from store.queue import (
    MOST_ATTEMPTS,
    claim,
    keep_alive,
    put_back,
    queue_run,
    runs_of_worker,
    silent_runs,
    waiting_runs,
)
from store.runs import issues_of, stop_run
from store.tables import Run, sql
from tests.harvester.situations import published, rows
from tests.scheduling.conftest import REGISTRIES, Stage, wait_for

DIARY = Diary()


def nothing() -> None:
    """What a worker does in these tests when its run is taken away."""


def grow_old(stage: Stage, seconds: int = 61) -> None:
    """Let every heartbeat be old."""
    run = sql(Run)
    with stage.place.database.writing() as connection:
        connection.execute(
            update(run).where(run.c.state == "running").values(heartbeat_at=now() - timedelta(seconds=seconds))
        )


# Claims


def test_a_run_is_claimed_once_and_a_registry_has_one_at_a_time(any_stage: Stage) -> None:
    database = any_stage.place.database
    first, second = any_stage.ask_for("one", "two")
    mine = claim(database, "me")
    assert mine is not None
    assert (mine.run_id, mine.registry, mine.attempt) == (first, "one", 1)
    assert claim(database, "other", first) is None
    again = queue_run(database, "one", "waiting", "test")
    assert waiting_runs(database) == [second]
    assert claim(database, "other", again) is None
    theirs = claim(database, "other")
    assert theirs is not None
    assert (theirs.run_id, claim(database, "third")) == (second, None)
    assert runs_of_worker(database, "me") == [first]


@pytest.mark.slow
def test_many_claiming_at_once_get_every_run_once(any_stage: Stage) -> None:
    database = any_stage.place.database
    wanted = any_stage.ask_for(*REGISTRIES)
    got: list[int] = []
    begin = threading.Barrier(8)

    def work(name: str) -> None:
        begin.wait()
        got.extend(claimed.run_id for _ in range(4) if (claimed := claim(database, name)))

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted(wanted)


def test_a_manual_harvest_waits_for_nobody_and_is_refused_while_a_worker_has_the_registry(stage: Stage) -> None:
    from connectors.discovery import registry  # noqa: PLC0415  found only after the fixture

    stage.ask_for("one")
    assert claim(stage.place.database, "me")
    with pytest.raises(CodedError) as refused:
        harvest(stage.place, Order(registry("one", stage.place.settings.registries_file), "test"))
    assert refused.value.issues[0].code == "run_in_progress"


def test_of_several_slots_that_wait_the_latest_is_run(any_stage: Stage) -> None:
    from store.schedules import take_slot  # noqa: PLC0415  used here only

    database, moment = any_stage.place.database, now()
    for hours in (3, 1, 2):
        slot = moment - timedelta(hours=hours)
        take_slot(database, "one", "waiting", slot=slot, missed=(), next_at=None, moment=moment)
    claimed = claim(database, "me")
    assert claimed is not None
    assert claimed.scheduled_for is not None
    assert abs(claimed.scheduled_for - (moment - timedelta(hours=1))) < timedelta(seconds=1)
    assert sorted(any_stage.states()) == ["cancelled", "cancelled", "running"]
    cancelled = [run["id"] for run in any_stage.runs() if run["state"] == "cancelled"]
    assert {issue.code for run in cancelled for issue in issues_of(database, run)} == {"slot_overtaken"}
    assert waiting_runs(database) == []


# Hearts


def test_a_heart_beats_while_a_run_lasts_and_notices_when_it_is_taken_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "BEAT", 0.02)
    database = stage.place.database
    (run_id,) = stage.ask_for("one")
    claimed = claim(database, "me")
    assert claimed is not None
    taken = threading.Event()
    with execution.Heart(database, claimed, DIARY, taken.set):
        grow_old(stage)
        wait_for(lambda: not silent_runs(database, now()))
        assert not taken.is_set()
        assert put_back(database, run_id)
        assert taken.wait(10)
    assert keep_alive(database, run_id, "me") is False
    assert stage.states() == ["queued"]


def test_a_run_is_lost_only_when_a_second_look_finds_it_silent_still(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.ask_for("one", "two")
    assert claim(stage.place.database, "dead")
    assert claim(stage.place.database, "slow")
    grow_old(stage)
    watch = Watch(stage.place, "local", DIARY)
    watch.round()
    assert stage.states() == ["running", "running"]
    assert keep_alive(stage.place.database, 2, "slow")
    monkeypatch.setattr("harvester.scheduling.working._SUSPICION", 0.0)
    watch.round()
    assert stage.states() == ["queued", "running"]
    watch.release()
    assert "run_requeued" in capsys.readouterr().out


def test_a_run_whose_worker_is_lost_is_begun_four_times_and_no_more(any_stage: Stage) -> None:
    database = any_stage.place.database
    (run_id,) = any_stage.ask_for("one")
    for attempt in range(1, MOST_ATTEMPTS + 1):
        claimed = claim(database, f"w{attempt}")
        assert claimed is not None
        assert claimed.attempt == attempt
        back = put_back(database, run_id, worker=f"w{attempt}")
        assert back is not None
        assert back.state == ("lost" if attempt == MOST_ATTEMPTS else "queued")
    assert claim(database, "w5") is None
    assert put_back(database, run_id) is None
    assert any_stage.codes(run_id) == ["run_lost"]


def test_stopping_says_nothing_against_a_run(stage: Stage) -> None:
    (run_id,) = stage.ask_for("one")
    for _ in range(2 * MOST_ATTEMPTS):
        assert claim(stage.place.database, "me")
        back = put_back(stage.place.database, run_id, worker="me", stopped=True)
        assert back is not None
        assert back.state == "queued"
    assert stage.codes(run_id) == []


def test_a_run_that_had_published_before_its_worker_was_lost_is_closed_as_it_is(stage: Stage) -> None:
    (run_id,) = stage.ask_for("one")
    inline = InlineQueue(stage.place, DIARY, "me")
    inline.enqueue(run_id)
    before = published(stage.place)
    run = sql(Run)
    with stage.place.database.writing() as connection:
        reopened: dict[str, Any] = {"state": "running", "ended_at": None, "counts": {}, "complete": None}
        connection.execute(update(run).where(run.c.id == run_id).values(reopened))
    back = put_back(stage.place.database, run_id)
    assert back is not None
    assert back.state == "succeeded_with_warnings"
    found = stage.runs()[0]
    assert (found["complete"], found["counts"]["new"], found["counts"]["listings"]) == (True, 1, 1)
    assert published(stage.place) == before
    (again,) = stage.ask_for("one")
    inline.enqueue(again)
    assert stage.runs()[1]["counts"]["same_as_run"] == run_id
    assert published(stage.place) == before


def test_a_run_that_dies_between_proposing_and_publishing_goes_on_and_publishes_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_id,) = stage.ask_for("one")
    claimed = claim(stage.place.database, "me")
    assert claimed is not None

    class Died(BaseException):
        pass

    def die(*given: object, **more: object) -> None:
        raise Died

    with monkeypatch.context() as broken:
        broken.setattr("harvester.running.runner.publish", die)
        broken.setattr("harvester.running.runner.close_run", nothing_done)
        with pytest.raises(Died):
            execute(stage.place, claimed, DIARY, nothing)
    assert len(rows(stage.place, "plan_item")) == 1
    assert stage.states() == ["running"]
    assert put_back(stage.place.database, run_id)
    assert rows(stage.place, "plan_item") == rows(stage.place, "listing_version") == []
    fetched = rows(stage.place, "fetch")
    InlineQueue(stage.place, DIARY, "other").sweep(waiting_runs(stage.place.database))
    (run,) = stage.runs()
    assert (run["state"], run["attempt"], run["worker"]) == ("succeeded", 2, "other")
    assert rows(stage.place, "fetch") == fetched, "nothing is asked for again"
    assert [row["op"] for row in rows(stage.place, "publication")] == ["create"]


def nothing_done(*given: object, **more: object) -> None:
    """Stands for a step that a dead process does not come to."""


def test_a_run_that_somebody_stops_is_not_taken_away_from_its_worker(stage: Stage) -> None:
    (run_id,) = stage.ask_for("one")
    assert claim(stage.place.database, "me")
    assert stop_run(stage.place.database, run_id)
    assert keep_alive(stage.place.database, run_id, "me")
    assert stage.states() == ["cancelled"]
    assert put_back(stage.place.database, run_id) is None
    (waiting,) = stage.ask_for("one")
    assert stop_run(stage.place.database, waiting)
    assert claim(stage.place.database, "me") is None
