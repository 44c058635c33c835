"""Identifiers that name something else overnight, change places or come back: told, and no history is mixed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Answer
from tests.harvester.loopback import Asked
from tests.harvester.situations import rows
from tests.hostile.endstate import is_clean, public
from tests.hostile.second_day import told
from tests.hostile.situations import Days, opened, run
from tests.hostile.source import Change, State

pytestmark = pytest.mark.slow


TOLD = {"identifier_of_another", "page_of_another_record", "record_not_returned"}


def exchanged(one: str, other: str) -> Change:
    """Put two texts in each other's place."""

    def change(_path: str, healthy: Answer) -> Answer:
        body = healthy.body.replace(one.encode(), b"\0").replace(other.encode(), one.encode())
        return replace(healthy, body=body.replace(b"\0", other.encode()))

    return change


def history(shown: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [row[:4] for row in shown["log"]]


def given_to_another(_path: str, healthy: Answer) -> Answer:
    """Show something else under the identifier of the first record; all others only change their words."""
    body = healthy.body.replace("Toi Māori (Level 3)".encode(), b"Welding Basics")
    return replace(healthy, body=body.replace(b"people able in", b"hands for"))


def test_an_identifier_that_is_given_to_another_credential_is_told(days: Callable[[str], Days], tmp_path: Path) -> None:
    of = days("details")
    with opened(of.home(0, tmp_path / "home")) as place:
        first = of.states(0)[0]
        before = public(place)
        of.source.begin(replace(first, change=given_to_another))
        report = run(place, of.source)
        doubts = [issue for issue in report.issues if issue.code == "identifier_of_another"]
        assert [(issue.record, issue.params["was"], issue.params["now"]) for issue in doubts] == [
            (before["records"]["4000"][0], "Toi Māori (Level 3)", "Welding Basics")
        ]
        assert report.state == "succeeded_with_warnings"
        assert {key: row[:3] for key, row in public(place)["records"].items()} == {
            key: row[:3] for key, row in before["records"].items()
        }


@pytest.mark.parametrize("dressing", ["details", pytest.param("search", marks=pytest.mark.torture)])
def test_two_records_exchange_their_identifiers(days: Callable[[str], Days], dressing: str, tmp_path: Path) -> None:
    of = days(dressing)
    with opened(of.home(0, tmp_path / "home")) as place:
        first = of.states(0)[0]
        before = public(place)
        one, other = sorted(before["records"])[:2]
        names = [name.rpartition(" ")[2] for name in (one, other)]
        assert one != other
        of.source.begin(replace(first, change=exchanged(*names)))
        report = run(place, of.source)
        print(dressing, names, report.state, sorted(told(report)))
        assert told(report) & TOLD
        of.source.begin(first)
        again = run(place, of.source)
        assert again.complete
        shown = public(place)
        assert {row[0]: row[2]["title"] for row in shown["current"]} == {
            row[0]: row[2]["title"] for row in before["current"]
        }
        assert {key: row[:3] for key, row in shown["records"].items()} == {
            key: row[:3] for key, row in before["records"].items()
        }
        assert is_clean(place)


def test_two_credentials_change_places_in_the_list_and_on_their_pages(
    days: Callable[[str], Days], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = days("details")
    with opened(of.home(0, tmp_path / "home")) as place:
        first = of.states(0)[0]
        before = public(place)
        one, other = sorted(before["records"])[:2]
        either, partner = re.compile(rf"\b({one}|{other})\b".encode()), {one: other, other: one}
        tell = of.source._whole

        def exchange(text: bytes) -> bytes:
            return either.sub(lambda match: partner[match[1].decode()].encode(), text)

        def elsewhere(asked: Asked) -> bytes:
            return exchange(tell(replace(asked, path=exchange(asked.path.encode()).decode())))

        of.source.begin(first)
        with monkeypatch.context() as patched:
            patched.setattr(of.source, "_whole", elsewhere)
            swapped = run(place, of.source)
        doubts = {issue.record for issue in swapped.issues if issue.code == "identifier_of_another"}
        assert doubts == {before["records"][name][0] for name in (one, other)}
        assert swapped.state == "succeeded_with_warnings"
        titles = {row[0]: row[2]["title"] for row in before["current"]}
        there = {row[0]: row[2]["title"] for row in public(place)["current"]}
        (here, beyond) = (before["records"][name][0] for name in (one, other))
        assert (there[here], there[beyond]) == (titles[beyond], titles[here])
        of.source.begin(first)
        back = run(place, of.source)
        assert (back.complete, back.published.updated) == (True, 2)
        shown = public(place)
        assert {row[0]: row[2] for row in shown["current"]} == {row[0]: row[2] for row in before["current"]}
        assert shown["records"].keys() == before["records"].keys()
        assert [row for row in history(shown) if row[0] not in doubts] == [
            row for row in history(before) if row[0] not in doubts
        ]
        assert [row[1:3] for row in history(shown) if row[0] == here] == [(1, "create"), (2, "update"), (3, "update")]
        assert is_clean(place)


@pytest.mark.parametrize(
    "dressing", ["json", *(pytest.param(name, marks=pytest.mark.torture) for name in ("details", "dump", "search"))]
)
def test_a_record_that_goes_and_comes_back_is_the_same(
    days: Callable[[str], Days], dressing: str, tmp_path: Path
) -> None:
    of = days(dressing)
    with opened(of.home(1, tmp_path / "home")) as place:
        longer, shorter = of.states(1)
        fewer = State(longer.variant, shorter.listings, longer.change)
        before = public(place)
        of.source.begin(fewer)
        gone = run(place, of.source)
        assert "not_found_at_source" in told(gone)
        assert public(place)["absent"]
        of.source.begin(longer)
        report = run(place, of.source)
        assert report.complete
        shown = public(place)
        assert shown["absent"] == {}
        assert shown["records"].keys() == before["records"].keys()
        assert history(shown)[: len(before["log"])] == history(before)
        assert all(row[2] == "live" for row in shown["records"].values())
        assert not [row for row in rows(place, "publication") if row["op"] == "gone"]
