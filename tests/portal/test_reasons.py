"""Reasons for what was not carried, as the page of a record shows them."""

from __future__ import annotations

import pytest

from config.messages import catalogue
from crosswalks.ledger import Entry, FieldOutcome, explain
from portal.public.showing import not_carried


@pytest.mark.parametrize("facts_only", [True, False])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_reason_is_shown_in_the_words_that_the_rest_uses_and_with_no_place_unfilled(
    language: str,
    facts_only: bool,  # noqa: FBT001
) -> None:
    lines = [Entry("mode.2.word", FieldOutcome.UNKNOWN, reason=code, value="by pigeon") for code in catalogue()]
    shown = list(not_carried(lines, language, facts_only=facts_only))  # type: ignore[arg-type]  # one of the two
    assert len(shown) == len([line for line in lines if line.reason != "not_stated"]) > 100
    assert not any({"{", "}"} & set(why) for _, _, why, _ in shown)
    assert any("by pigeon" in why for _, _, why, _ in shown) is not facts_only
    assert {value for _, _, _, value in shown} == {"" if facts_only else "by pigeon"}
    if not facts_only:
        told = [explain(line, language) for line in lines if line.reason != "not_stated"]  # type: ignore[arg-type]
        assert [why for _, _, why, _ in shown] == told


def test_a_reason_of_an_older_ledger_is_shown_as_it_is() -> None:
    old = Entry("a", FieldOutcome.DROPPED, reason="a_reason_of_its_time")
    assert list(not_carried([old], "en", facts_only=False)) == [("a", "dropped", "a_reason_of_its_time", "")]
