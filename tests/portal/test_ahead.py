"""Records are written ahead of partners: all that a harvest takes, nothing twice, and it may end at any moment."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from config.messages import CodedError
from harvester.scheduling.working import Watch
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from portal import ahead
from portal.ahead import fill_shelf
from portal.application import application
from portal.oai.faults import prefixes
from portal.partners import shelf
from store.tables import Rendition, sql
from tests.portal.publishing import BASE, Publisher, name

DESCRIPTOR_FORMS, ELM_FORMS = 3, 2
RENDITION = sql(Rendition)


def never() -> bool:
    return False


def fill(place: Workplace, stopping: Callable[[], bool] = never) -> list[int]:
    """Return how many forms of records were written, as they were told."""
    told = list(fill_shelf(place, stopping))
    assert {issue.code for issue in told} <= {"written_ahead"}
    return [int(issue.params["count"]) for issue in told]


def kept(place: Workplace) -> dict[str, int]:
    """Return how many renditions are kept, by form."""
    counted = select(RENDITION.c.form, func.count()).group_by(RENDITION.c.form)
    with place.database.reading() as connection:
        return dict(iter(connection.execute(counted)))


def nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "make", lambda *_: pytest.fail("it was written already"))


def test_a_harvester_and_a_pager_wait_for_nothing(any_place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    home, foreign = Publisher(any_place), Publisher(any_place, "mqa")
    home.publish(*range(1, 131))
    foreign.publish(*range(1, 31))
    home.delete(2, 3)
    assert fill(any_place) == [158 * DESCRIPTOR_FORMS + 30 + 158 * ELM_FORMS]
    assert kept(any_place)["provenance"] == 30
    assert fill(any_place) == []
    nothing_is_written(monkeypatch)
    with TestClient(application(any_place.settings, any_place.database), base_url=BASE) as client:
        for prefix in prefixes(any_place.settings):
            first = client.get("/oai", params={"verb": "ListRecords", "metadataPrefix": prefix}).text
            token = first.partition("<resumptionToken")[2].partition(">")[2].partition("<")[0]
            rest = client.get("/oai", params={"verb": "ListRecords", "resumptionToken": token}).text
            assert (first + rest).count("<metadata>") == 158, prefix
        assert len(client.get("/api/v1/records", params={"limit": 100}).json()["records"]) == 100


def test_only_what_is_lacking_is_written(place: Workplace, publisher: Publisher) -> None:
    publisher.publish(1, 2, 3)
    fill(place)
    publisher.update(2, "別の題")
    publisher.publish(4)
    publisher.delete(3)
    with place.database.writing() as connection:
        connection.execute(update(RENDITION).where(RENDITION.c.seq == 1, RENDITION.c.form == "xml").values(edition="-"))
    assert fill(place) == [2 * DESCRIPTOR_FORMS + 3 * ELM_FORMS]
    assert fill(place) == []


def test_what_was_replaced_a_while_ago_is_let_go_and_made_again_when_asked_for(
    any_place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = Publisher(any_place)
    publisher.publish(1, 2, 3)
    fill(any_place)
    publisher.update(1, "別の題")
    publisher.delete(2)
    fill(any_place)
    assert kept(any_place)["xml"] == 4, "a list that began before may still be walked"
    address = f"/mc/{name('jmicro', 1)}/versions/1.xml"
    before, again = (TestClient(application(any_place.settings, any_place.database), base_url=BASE) for _ in range(2))
    told = before.get(address)
    monkeypatch.setattr(ahead, "_KEPT", timedelta(seconds=-5))
    assert fill(any_place) == []
    assert kept(any_place)["xml"] == 2
    found = again.get(address)
    assert (found.status_code, found.content, found.headers["etag"]) == (200, told.content, told.headers["etag"])
    assert kept(any_place)["xml"] == 3


def test_rules_that_changed_have_everything_written_again(
    place: Workplace, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.publish(1, 2)
    fill(place)
    before = kept(place)
    monkeypatch.setattr(shelf, "edition", lambda _: "the next one")
    assert fill(place) == [2 * DESCRIPTOR_FORMS + 2 * ELM_FORMS]
    assert kept(place) == before


def test_it_ends_when_it_is_told_and_goes_on_from_there(
    place: Workplace, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_BATCH", 2)
    publisher.publish(*range(1, 8))
    looks = itertools.count(1)
    assert fill(place, lambda: next(looks) == 3) == [4 * DESCRIPTOR_FORMS]
    assert kept(place) == {"json": 4, "oai_dc": 4, "descriptor_xml": 4}
    monkeypatch.setattr(ahead, "_PART", 10)
    assert fill(place) == [3 * DESCRIPTOR_FORMS + 2 * ELM_FORMS, 5 * ELM_FORMS]
    assert kept(place) == dict.fromkeys(("json", "oai_dc", "descriptor_xml", "rdfxml", "xml"), 7)


@pytest.mark.parametrize(("wanted", "forms"), [("none", []), ("descriptor", [DESCRIPTOR_FORMS])])
def test_a_deployment_says_what_is_written(
    place: Workplace, publisher: Publisher, wanted: Any, forms: list[int]
) -> None:
    publisher.publish(1)
    settings = place.settings.model_copy(update={"written_ahead": wanted})
    assert fill(Workplace.of(settings)) == forms


def test_what_could_not_be_kept_is_told_and_written_the_next_time(
    place: Workplace, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def busy(*_: object) -> None:
        raise CodedError.of("database_unreachable", detail="locked")

    publisher.publish(1)
    watch = Watch(place, "inline", Diary())
    watch.round()
    with monkeypatch.context() as broken:
        broken.setattr(shelf, "keep_renditions", busy)
        watch.work_ahead(never)
        watch.work_ahead(never)
    assert capsys.readouterr().out.count("database_unreachable") == 1
    assert kept(place) == {}
    watch.work_ahead(never)
    watch.release()
    assert kept(place)["xml"] == 1


def test_the_process_that_watches_works_ahead_once_for_each_publication(
    place: Workplace, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish(1)
    watch, other = Watch(place, "inline", Diary()), Watch(place, "inline", Diary())
    watch.round()
    other.round()
    other.work_ahead(never)
    assert kept(place) == {}, "the other process watches"
    watch.work_ahead(lambda: True)
    assert len(kept(place)) < 5
    watch.work_ahead(never)
    assert kept(place)["xml"] == 1
    assert "written_ahead" in capsys.readouterr().out
    with monkeypatch.context() as still:
        still.setattr(ahead, "tasks", lambda *_: pytest.fail("nothing has changed"))
        watch.work_ahead(never)
    publisher.publish(2)
    watch.work_ahead(never)
    watch.release()
    assert kept(place)["xml"] == 2
