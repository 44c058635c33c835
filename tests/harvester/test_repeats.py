"""A source that gives one page again where it was asked for another: nothing is taken from it the first time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.running.repeats import repeated
from harvester.workplace import Workplace
from store.frontier import Fetched
from tests.harvester.loopback import Loopback
from tests.harvester.situations import HarvestScript, codes, page, published, rows

DAY = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("xyz"), min_size=1)


def fetched(key: str, digest: str, kind: str = "page", **request: bool) -> Fetched:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    return Fetched(key, f"/{key}", kind, dict(request), f"/{key}", {}, digest, moment, digest)


@given(before=DAY, today=DAY)
def test_in_doubt_is_what_changed_into_the_answer_to_another_that_was_not_like_it(
    before: dict[str, str], today: dict[str, str]
) -> None:
    found = repeated([fetched(key, digest) for key, digest in today.items()], lambda _: before)
    for key, digest in today.items():
        others = [one for one, said in today.items() if one != key and said == digest and one in before]
        unlike = any(before[one] != before.get(key) for one in others)
        assert (key in found) == (key in before and before[key] != digest and unlike)
    assert all(today[other.removeprefix("/")] == today[key] for key, other in found.items())


def test_answers_of_other_kinds_and_members_of_one_dump_are_not_compared() -> None:
    def before(keys: object) -> dict[str, str]:
        return {"a": "x", "b": "y", "c": "z"}

    assert not repeated([fetched("a", "q"), fetched("b", "q", "list")], before)
    assert not repeated([fetched("a", "q", bulk=True), fetched("b", "q", bulk=True)], before)
    both = [fetched("a", "q"), fetched("b", "q")]
    assert repeated(both, before).keys() == {"a", "b"}
    assert repeated([*both, fetched("d", "q", "list"), fetched("e", "q", "list")], before).keys() == {"a", "b"}


@pytest.fixture
def three(server: Loopback, harvest_script: HarvestScript, place: Workplace) -> dict[str, list[dict[str, object]]]:
    """Three pages with a listing each, harvested, and the answer to one given to another from now on."""
    server.routes |= {"/": page("A", asks=["/two", "/three"]), "/two": page("B"), "/three": page("C")}
    assert harvest_script().succeeded
    before = published(place)
    server.routes["/three"] = page("B")
    return before


def test_a_page_given_for_another_takes_nothing_away_and_changes_nothing(
    three: dict[str, list[dict[str, object]]], server: Loopback, harvest_script: HarvestScript, place: Workplace
) -> None:
    report = harvest_script()
    assert (report.complete, codes(report)) == (False, {"answer_repeated", "run_incomplete"})
    (told,) = [issue.params for issue in report.issues if issue.code == "answer_repeated"]
    assert (told["url"], told["other"]) == (server.url("/three"), server.url("/two"))
    assert published(place) == three
    server.routes["/three"] = page("C")
    again = harvest_script()
    assert (again.complete, codes(again) - {"known_version_kept"}) == (True, set())
    assert published(place)["record"] == three["record"]


def test_what_comes_again_the_next_time_is_what_the_source_says(
    three: dict[str, list[dict[str, object]]], harvest_script: HarvestScript, place: Workplace
) -> None:
    harvest_script()
    again = harvest_script()
    assert again.complete
    assert "answer_repeated" not in codes(again)
    assert len(again.published.missing) == 1
    assert [row["op"] for row in rows(place, "publication")] == ["create"] * 3


def test_pages_that_were_alike_before_may_change_alike(server: Loopback, harvest_script: HarvestScript) -> None:
    server.routes |= {"/": page("A", asks=["/two", "/three"]), "/two": page("B"), "/three": page("B")}
    assert harvest_script().succeeded
    server.routes |= {"/two": page("C"), "/three": page("C")}
    assert "answer_repeated" not in codes(harvest_script())
