"""The publication log at a horizon: what stands, in pages, in spans of time, and what came back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester.workplace import Workplace
from store import plans
from store.publications import Span, contents, earliest, history, last_before, latest, rows_after, standing
from store.publications import standing_count as count
from store.records import current_records
from store.renditions import Rendition, keep_renditions, kept_renditions
from tests.portal.publishing import Publisher, name


def stands(place: Workplace, span: Span, limit: int = 100) -> dict[str, str]:
    return {row.record_id: row.op for row in standing(place.database, span, limit)}


def test_a_horizon_gives_the_same_answer_for_ever(any_place: Workplace) -> None:
    publisher = Publisher(any_place)
    publisher.publish(1, 2, 3)
    before = stands(any_place, Span(3))
    publisher.update(1, "改訂")
    publisher.delete(2)
    publisher.publish(4)
    assert stands(any_place, Span(3)) == before == {name("jmicro", number): "create" for number in (1, 2, 3)}
    one, two, three, four = (name("jmicro", number) for number in (1, 2, 3, 4))
    now = Span(latest(any_place.database)[0])
    assert stands(any_place, now) == {three: "create", one: "update", two: "delete", four: "create"}
    assert count(any_place.database, now) == 4
    assert stands(any_place, now._replace(after=4)) == {two: "delete", four: "create"}
    assert stands(any_place, now._replace(until=4)) == {three: "create", one: "update"}
    assert stands(any_place, now._replace(registry="mqa")) == {}


def test_pages_of_the_log_have_every_row_once(any_place: Workplace) -> None:
    publisher = Publisher(any_place)
    publisher.publish(*range(1, 8))
    publisher.delete(3)
    seen, after = [], 0
    while page := rows_after(any_place.database, after, 3):
        seen += page
        after = page[-1].seq
    assert [row.seq for row in seen] == list(range(1, 9))
    assert (seen[-1].op, seen[-1].reason) == ("delete", "withdrawn")


def test_moments_are_turned_into_numbers(any_place: Workplace) -> None:
    Publisher(any_place).publish(1, 2)
    number, moment = latest(any_place.database)
    assert moment is not None
    assert moment == earliest(any_place.database)
    assert last_before(any_place.database, moment, inclusive=True) == number == 2
    assert last_before(any_place.database, moment, inclusive=False) == 0


def test_what_came_back_has_its_content_again(any_place: Workplace) -> None:
    publisher = Publisher(any_place)
    publisher.publish(1)
    publisher.update(1, "改訂")
    publisher.delete(1)
    publisher.bring_back(1)
    rows = history(any_place.database, name("jmicro", 1))
    assert [row.op for row in rows] == ["create", "update", "delete", "create"]
    found = contents(any_place.database, [row.seq for row in rows])
    assert sorted(found) == [1, 2, 4]
    assert found[4] == found[2] != found[1]


def test_renditions_of_another_edition_give_way(any_place: Workplace) -> None:
    Publisher(any_place).publish(1, 2)
    database = any_place.database
    keep_renditions(database, [Rendition(1, "ttl", "a", b"old"), Rendition(2, "ttl", "", None, "{}")], "first")
    assert kept_renditions(database, [1, 2], ["ttl"], "first")[1, "ttl"].body == b"old"
    assert count(database, Span(2), ("ttl", "first")) == 1
    keep_renditions(database, [Rendition(1, "ttl", "b", b"new")], "second")
    keep_renditions(database, [], "second")
    assert kept_renditions(database, [1, 2], ["ttl"], "second") == {(1, "ttl"): Rendition(1, "ttl", "b", b"new")}
    assert set(kept_renditions(database, [1, 2], ["ttl", "nt"], "first")) == {(2, "ttl")}
    assert count(database, Span(2), ("ttl", "second")) == 2


def test_a_slow_publication_is_dated_when_it_can_be_seen(any_place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(100))
    monkeypatch.setattr(plans, "now", lambda: datetime(2036, 1, 1, 0, 0, next(seconds), tzinfo=UTC))
    publisher = Publisher(any_place)
    publisher.publish(1, 2)
    publisher.update(1, "改訂")
    moments = [row.published_at.second for row in rows_after(any_place.database, 0, 10)]
    assert moments == [1, 1, 3]
    changed = {one.record_id: one.changed_at.second for one in current_records(any_place.database)}
    assert changed == {name("jmicro", 1): 3, name("jmicro", 2): 1}
