"""The gates: each one lets a healthy run pass and holds the fault it is for; limits are kept to the figure."""

from __future__ import annotations

from typing import Any, get_args

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.messages import catalogue
from connectors.contract import Gates
from harvester.running.drift import drifts
from harvester.running.gates import Counts, Gate, held, judge
from harvester.running.profile import Before, Profile

HEALTHY = Counts(known=100, new=0, changed=0, gone=0, complete=True)


def profile(listings: int = 100, categorical: frozenset[str] = frozenset({"status"}), **changes: Any) -> Profile:
    made = Profile(categorical=categorical)
    for number in range(listings):
        plain = {"title": f"Course {number}", "level": str(number % 5), "status": "Current", "note": ""}
        listing = {name: value for name, value in (plain | changes).items() if value is not None}
        made.observe(listing, str(listing.get("title", "")))
    made.made_of("list", ("title", "level", "status"))
    return made


def kept(made: Profile) -> Before:
    before = Before.of(orjson.loads(orjson.dumps(made.as_json())))
    assert before is not None
    return before


def names(
    now: Profile, counts: Counts = HEALTHY, limits: Gates | None = None, before: Profile | None = None
) -> set[Gate]:
    passages = judge(now, kept(before or profile()), counts, limits or Gates())
    return {passage.gate for passage in held(passages)}


def test_a_healthy_run_passes_every_gate_and_each_tells_its_figures() -> None:
    passages = judge(profile(), kept(profile()), HEALTHY, Gates())
    assert not held(passages)
    assert {passage.gate for passage in passages} >= {
        "complete",
        "found_few",
        "removals",
        "fill",
        "titles",
        "structure",
    }
    assert all(passage.limit for passage in passages)


@pytest.mark.parametrize(
    ("listings", "tripped"),
    [(0, "found_none"), (79, "found_few"), (80, None), (200, None), (201, "found_many")],
)
def test_numbers_found(listings: int, tripped: str | None) -> None:
    found = names(profile(listings))
    assert (tripped in found) if tripped else not found


def test_a_small_registry_may_grow_further() -> None:
    assert not names(profile(50), before=profile(10))
    assert "found_many" in names(profile(51), before=profile(10))


@pytest.mark.parametrize(
    ("known", "gone", "passes"), [(100, 5, True), (100, 6, False), (1000, 50, True), (1000, 51, False), (3, 3, True)]
)
def test_removals(known: int, gone: int, *, passes: bool) -> None:
    counts = Counts(known=known, new=0, changed=0, gone=gone, complete=True)
    assert ("removals" not in names(profile(), counts)) is passes


@pytest.mark.parametrize(("changed", "passes"), [(40, True), (41, False)])
def test_changes(changed: int, *, passes: bool) -> None:
    counts = Counts(known=100, new=0, changed=changed, gone=0, complete=True)
    assert ("changes" not in names(profile(), counts)) is passes


def test_a_field_that_empties_is_told_with_what_it_may_be_called_now() -> None:
    now, before = profile(level=None, nqf_level="3"), kept(profile())
    passages = judge(now, before, HEALTHY, Gates())
    assert {(passage.gate, passage.field) for passage in held(passages)} == {("fill", "level")}
    drift = drifts(now, before, passages)[0]
    assert (drift.field, drift.was, drift.now, drift.renamed_to) == ("level", 1.0, 0.0, "nqf_level")
    assert drift.before
    assert not drift.after


def test_a_rare_field_may_come_and_go_unless_it_is_a_key_field() -> None:
    before = profile()
    before.fill["rare"] = 5
    now = profile()
    assert not names(now, before=before)
    assert names(now, limits=Gates(key_fields=("rare",)), before=before) == {"fill"}


def test_one_title_for_more_than_half() -> None:
    assert "titles" in names(profile(title="Loading…"))
    few = judge(profile(9, title="One"), None, Counts(0, 3, 0, 0, complete=True), Gates())
    assert not held(few)


def test_a_new_value_of_a_categorical_field() -> None:
    assert names(profile(status="Suspended")) == {"values"}
    assert not names(profile(status="Suspended", categorical=frozenset()))


@pytest.mark.parametrize("parts", [("title", "level"), ("title", "level", "status", "extra")])
def test_what_answers_are_made_of(parts: tuple[str, ...]) -> None:
    now = profile()
    now.structure.clear()
    now.answers.clear()
    now.made_of("list", parts)
    assert names(now) == {"structure"}


def test_what_only_some_answers_are_made_of_comes_and_goes() -> None:
    now, before = profile(), profile()
    for number in range(100):
        before.made_of("page", ("title", *(["level"] if number % 2 else []), *(["rare"] if number < 3 else [])))
        now.made_of("page", ("title", *(["level"] if number % 3 else []), *(["other"] if number < 8 else [])))
    assert not names(now, before=before)
    changed = profile()
    for _ in range(100):
        changed.made_of("page", ("heading", "level"))
    found = next(one for one in held(judge(changed, kept(before), HEALTHY, Gates())) if one.gate == "structure")
    assert (found.field, found.seen) == ("page", "- title; + heading")


def test_a_profile_kept_before_shares_were_counted_is_still_compared() -> None:
    told = profile().as_json()
    told["structure"] = {kind: sorted(parts) for kind, parts in told["structure"].items()}
    before = Before.of(told)
    assert not held(judge(profile(), before, HEALTHY, Gates()))


def test_key_fields_of_a_deployment_make_no_other_field_go_unseen() -> None:
    now = profile(level=None)
    assert names(now, limits=Gates(key_fields=("title",))) == {"fill"}
    assert names(now, limits=Gates()) == {"fill"}


def test_an_incomplete_run_is_held_only_where_the_registry_asks_for_it() -> None:
    counts = Counts(known=100, new=0, changed=0, gone=0, complete=False)
    assert not names(profile(), counts)
    assert names(profile(), counts, Gates(incomplete_publishes=False)) == {"complete"}


def test_the_first_run_is_judged_only_by_what_needs_no_other() -> None:
    passages = judge(profile(), None, Counts(0, 100, 0, 0, complete=True), Gates())
    assert {passage.gate for passage in passages} == {"complete", "found_none", "titles"}


def test_every_gate_has_its_message() -> None:
    assert {f"gate_{gate}" for gate in get_args(Gate)} <= set(catalogue())


@given(st.integers(1, 400), st.floats(0, 1), st.integers(0, 400))
def test_no_limit_is_crossed_by_rounding(known: int, share: float, found: int) -> None:
    passages = judge(profile(found), kept(profile(known)), HEALTHY, Gates(least_found=share))
    few = next(passage for passage in passages if passage.gate == "found_few")
    assert few.passed is (found >= share * known or known - found <= Gates().least)
