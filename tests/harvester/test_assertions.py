"""Limits suggested from healthy runs: roomy enough for the runs they rest on, and never narrower on thin grounds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.messages import CodedError
from config.settings import Settings
from connectors.contract import Gates
from harvester.running.assertions import Healthy, Suggestion, suggest
from harvester.running.gates import Counts, held, judge
from harvester.running.profile import Before, Profile
from harvester.workplace import Workplace
from store.runs import close_run, healthy_runs, open_run
from tests.cli.calling import Caller

WORDS = ("Current", "Expiring")


def profile(listings: int, noted: int = 0, words: Sequence[str] = WORDS) -> Profile:
    made = Profile()
    for number in range(listings):
        listing = {"title": f"Course {number}", "status": words[number % len(words)], "tags": ["a"]}
        made.observe(listing | ({"note": f"Remark {number}"} if number < noted else {}), f"Course {number}")
    return made


def healthy(*profiles: Profile) -> list[Healthy]:
    return [Healthy(number, orjson.loads(orjson.dumps(one.as_json()))) for number, one in enumerate(profiles, 1)]


def limits_of(found: Suggestion) -> Gates:
    """The limits that come into force when the snippet is pasted."""
    return Gates(**yaml.safe_load(found.yaml())["gates"])


@given(st.lists(st.tuples(st.integers(20, 400), st.floats(0, 1)), min_size=2, max_size=8))
def test_every_run_that_a_suggestion_rests_on_would_pass_it(figures: list[tuple[int, float]]) -> None:
    profiles = [profile(listings, int(listings * share)) for listings, share in figures]
    found = suggest("r", healthy(*profiles), Gates(small=0))
    limits = limits_of(found).model_copy(update={"least": 0, "small": 0})
    for before, after in itertools.pairwise(profiles):
        kept = Before.of(orjson.loads(orjson.dumps(before.as_json())))
        passages = judge(after, kept, Counts(before.listings, 0, 0, 0, complete=True), limits)
        assert [one for one in held(passages) if one.gate in {"found_few", "found_many", "fill", "values"}] == []


def test_few_runs_never_narrow_a_limit_and_many_steady_ones_do() -> None:
    now = Gates()
    few = limits_of(suggest("r", healthy(*[profile(100)] * 4), now))
    assert (few.least_found, few.most_found, few.fill_drop) == (now.least_found, now.most_found, now.fill_drop)
    many = limits_of(suggest("r", healthy(*[profile(100)] * 5), now))
    assert (many.least_found, many.most_found, many.fill_drop) == (0.95, 1.1, 0.05)


def test_limits_leave_twice_the_room_that_was_needed() -> None:
    found = suggest("r", healthy(*(profile(number) for number in (100, 90, 99, 99, 99))), Gates())
    assert (found.lowest, found.highest) == (0.9, 1.1)
    assert found.limits["least_found"] == 0.8
    assert found.limits["most_found"] == 1.2
    assert "least_found: 0.8   # 90%" in found.yaml()


def test_a_small_registry_gets_the_limit_that_holds_for_small_ones() -> None:
    found = suggest("r", healthy(*[profile(20)] * 2), Gates())
    assert {"most_found", "most_found_small"} & set(found.limits) == {"most_found_small"}


def test_key_fields_are_nearly_always_stated_and_categorical_ones_hold_a_few_settled_words() -> None:
    found = suggest("r", healthy(profile(40, noted=30), profile(40, noted=40)), Gates())
    assert found.limits["key_fields"] == ("status", "tags", "title")
    assert found.limits["categorical"] == ("status",)
    by_name = {one.field: one for one in found.fields}
    assert (by_name["note"].least, by_name["note"].most, by_name["note"].words) == (0.75, 1.0, ())
    assert by_name["status"].words == WORDS


def test_a_field_that_still_gains_words_is_not_categorical() -> None:
    found = suggest("r", healthy(profile(40), profile(40, words=(*WORDS, "Discontinued"))), Gates())
    assert "categorical" not in found.limits


@pytest.mark.parametrize("number", [0, 1])
def test_less_than_two_healthy_runs_are_too_few(number: int) -> None:
    with pytest.raises(CodedError) as refused:
        suggest("r", healthy(*[profile(10)] * number), Gates())
    assert (refused.value.issues[0].code, refused.value.issues[0].params["number"]) == ("runs_too_few", number)


def test_only_complete_runs_that_succeeded_are_healthy(place: Workplace) -> None:
    def run(state: str, *, complete: bool = True, registry: str = "r", kept: dict[str, Any] | None = None) -> int:
        number = open_run(place.database, registry=registry, connector="c", actor="me", address="", fingerprint="f")
        close_run(place.database, number, state, complete=complete, profile=kept)
        return number

    figures = profile(5).as_json()
    good = [run("succeeded", kept=figures), run("succeeded_with_warnings", kept=figures)]
    run("succeeded", complete=False, kept=figures)
    run("held", kept=figures)
    run("failed")
    run("succeeded")
    run("succeeded", registry="other", kept=figures)
    good.append(run("succeeded", kept=figures))
    assert [row["id"] for row in healthy_runs(place.database, "r", 20)] == good
    assert [row["id"] for row in healthy_runs(place.database, "r", 2)] == good[-1:]


def test_the_command_shows_lines_to_paste_and_gives_them_to_machines(tmp_path: Any) -> None:
    call = Caller(tmp_path / "home", tmp_path)
    refused = call("assertions", "jmicro", "--json")
    assert (refused.status, refused.code) == (1, "runs_too_few")
    assert call("assertions", "nowhere", "--json").code == "registry_unknown"
    place = Workplace.of(Settings(home=call.home))
    for _ in range(2):
        run = open_run(place.database, registry="jmicro", connector="jmicro", actor="me", address="", fingerprint="f")
        close_run(place.database, run, "succeeded", complete=True, profile=profile(60).as_json())
    place.database.close()
    told = call("assertions", "jmicro", "--json").document
    assert set(told) == {"registry", "runs", "listings", "lowest", "highest", "deepest_drop", "fields", "gates", "yaml"}
    assert yaml.safe_load(told["yaml"]) == {"gates": told["gates"]}
    for language, word in (("en", "Rests on 2 healthy runs"), ("ja", "健全な収集 2 回")):
        shown = call("--lang", language, "assertions", "jmicro")
        assert shown.status == 0
        assert word in shown.text
        assert told["yaml"] in shown.text
