"""A working process re-opens decisions by itself, and looks only when something has happened."""

from __future__ import annotations

from harvester.scheduling.rounds import Rounds
from harvester.scheduling.working import Watch
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from recognition.deciding import decision
from recognition.decisions.model import Status
from recognition.rounds import reopen
from tests.recognition.decided import FOREIGN, LEVEL, decided, publish


def test_the_watch_writes_down_that_a_decision_is_open_again(place: Workplace) -> None:
    publisher = publish(place, FOREIGN, 1, level=LEVEL)
    number = decided(place).opened.id
    watch = Watch(place, "inline", Diary())
    watch.round()
    assert decision(place, number).steps[-1].act == "approve"
    publisher.publish(1, op="changed", level=[{"scheme": "NZQCF", "value": "6"}])
    watch.round()
    found = decision(place, number)
    assert (found.steps[-1].act, found.steps[-1].actor) == ("reopen", "kakehashi")
    assert found.standing.status is Status.REOPENED
    watch.round()
    assert len(decision(place, number).steps) == len(found.steps)
    watch.release()


def test_rounds_run_at_the_beginning_and_when_something_has_happened(place: Workplace) -> None:
    calls: list[int] = []

    def count(_: Workplace) -> list[object]:
        calls.append(1)
        return []

    rounds = Rounds(place, {"count": count})  # type: ignore[dict-item]  # tells nothing
    rounds.go()
    rounds.go()
    assert len(calls) == 1
    publish(place, FOREIGN, 1)
    rounds.go()
    rounds.go()
    assert len(calls) == 2


def test_what_is_re_opened_is_told_by_its_number(place: Workplace) -> None:
    publisher = publish(place, FOREIGN, 1, level=LEVEL)
    number = decided(place).opened.id
    publisher.publish(1, op="changed", level=[{"scheme": "NZQCF", "value": "6"}])
    (issue,) = reopen(place)
    assert (issue.code, issue.params["number"]) == ("decision_open_again", number)
    assert reopen(place) == []
