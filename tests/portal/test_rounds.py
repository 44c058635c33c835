"""The event stream is written when something is published: by the watch, and by commands; nobody waits for it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from config.messages import CodedError
from harvester.scheduling.working import Watch
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from portal import rounds
from portal.ldes.pages import Pages
from tests.cli.calling import Caller
from tests.portal.publishing import Publisher, name


def page(place: Workplace, number: int = 0) -> str:
    path = place.settings.home / "ldes" / "pages" / f"{number}.ttl"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_the_watch_writes_pages_before_anybody_asks(
    place: Workplace, publisher: Publisher, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(place, "inline", Diary())
    publisher.publish(*range(1, 251))
    watch.round()
    assert "ldes#immutable> " in page(place)
    closed = (place.settings.home / "ldes" / "pages" / "0.ttl").stat()
    publisher.update(1, "別の題")
    watch.round()
    watch.release()
    assert name("jmicro", 1) in page(place, 1)
    assert (place.settings.home / "ldes" / "pages" / "0.ttl").stat().st_mtime_ns == closed.st_mtime_ns
    monkeypatch.setattr(Pages, "_write", lambda *_: pytest.fail("it was written already"))
    assert client.get("/ldes/pages/1.ttl").text == page(place, 1)


def test_a_command_that_publishes_leaves_the_stream_written(
    place: Workplace, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.publish(1, 2)
    call = Caller(place.settings.home, tmp_path)
    done = call("retire", name("jmicro", 2), "--why", "a test", "--json", "--as", "N. Operator")
    assert done.status == 0, done.err
    assert done.document["record"] == name("jmicro", 2)
    assert "activitystreams#Delete" in page(place) or "as:Delete" in page(place)


def test_a_stream_that_cannot_be_written_is_told_and_changes_nothing_of_what_was_done(
    place: Workplace, publisher: Publisher, tmp_path: Path
) -> None:
    publisher.publish(1)
    (place.settings.home / "ldes").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(CodedError) as told:
        rounds.write_stream(place)
    assert told.value.issues[0].code == "home_unwritable"
    done = Caller(place.settings.home, tmp_path)("retire", name("jmicro", 1), "--why", "a test", "--json")
    assert (done.status, done.document["record"]) == (0, name("jmicro", 1))
    assert "home_unwritable" in done.err


def test_the_watch_does_not_wait_for_a_long_stream(
    place: Workplace, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.publish(1)
    go_on, begun = threading.Event(), threading.Event()
    write = Pages._write

    def slow(pages: Pages, horizon: int) -> int:
        begun.set()
        go_on.wait(30)
        return write(pages, horizon)

    monkeypatch.setattr(rounds, "_PATIENCE", 0.01)
    monkeypatch.setattr(Pages, "_write", slow)
    round_of_the_watch = threading.Thread(target=rounds.write_stream, args=(place,))
    round_of_the_watch.start()
    round_of_the_watch.join(20)
    assert begun.is_set()
    assert not round_of_the_watch.is_alive()
    assert not page(place)
    go_on.set()
    while not (place.settings.home / "ldes" / "horizon").exists():
        time.sleep(0.01)
    assert page(place)
