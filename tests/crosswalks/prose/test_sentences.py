"""Hard sentences of every kind, read as they must be: `?` is a passage for a person, `-` nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crosswalks.prose.assessment import assessments_in
from crosswalks.prose.credits import credits_in
from crosswalks.prose.intakes import intakes_in
from crosswalks.prose.numbers import plain_form
from crosswalks.prose.outcomes import outcomes_in
from crosswalks.prose.periods import periods_in
from crosswalks.prose.reading import add_from_prose
from crosswalks.prose.volume import HoursSaid, hours_in
from tests.crosswalks.test_prose import bare

HERE = Path(__file__).parent


def _hours(text: str) -> str:
    return "; ".join(
        f"{one.counts if one.plain and one.least == one.most else '?'} {_range(one)}" for one in hours_in(text)
    )


def _range(one: HoursSaid) -> str:
    least, most = (f"{figure.normalize():f}" for figure in (one.least, one.most))
    return least if least == most else f"{least}-{most}"


def _periods(text: str) -> str:
    return "; ".join(one.duration if one.plain else "?" for one in periods_in(text))


def _assessment(text: str) -> str:
    return " ".join(one.kind or "?" for one in assessments_in(text))


def _credits(text: str) -> str:
    return "; ".join(f"? {one.value.normalize():f}" for one in credits_in(text))


def _intakes(text: str) -> str:
    return "; ".join(f"{one.starts or ''}/{one.ends or ''}" for one in intakes_in(text))


def _outcomes(text: str) -> str:
    return " | ".join(outcomes_in(text.replace("⏎", "\n")))


KINDS: dict[str, Callable[[str], str]] = {
    "hours": _hours, "periods": _periods, "assessment": _assessment, "credits": _credits, "intakes": _intakes,
    "outcomes": _outcomes,
}  # fmt: skip
ROWS = [
    (kind, *line.split("\t"))
    for kind in KINDS
    for line in (HERE / f"{kind}.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("kind", "sentence", "expected"), ROWS)
def test_a_hard_sentence_is_read_as_it_must_be(kind: str, sentence: str, expected: str) -> None:
    assert (KINDS[kind](sentence) or "-") == expected


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_many_of_each_kind_and_no_two_alike(kind: str) -> None:
    mine = [sentence for row, sentence, _ in ROWS if row == kind]
    assert len(mine) == len(set(mine)) >= 60
    assert {"-"} < {expected for row, _, expected in ROWS if row == kind}


@pytest.mark.parametrize(("kind", "sentence", "expected"), ROWS)
def test_what_reaches_a_descriptor_is_quoted_derived_and_never_doubtful(
    kind: str, sentence: str, expected: str
) -> None:
    text = sentence.replace("⏎", "\n")
    found, entries, issues = add_from_prose(bare(), [("summary", {"und": text})])
    assert {entry.outcome for entry in entries} <= {"derived"}
    assert all(entry.quote in plain_form(text) or entry.quote in text for entry in entries if entry.quote)
    assert all(entry.quote and entry.target and found.origin_of(entry.target).kind == "derived" for entry in entries)
    field = {"hours": "volume", "periods": "volume", "assessment": "assessment", "credits": "credit"}.get(kind)
    if expected.startswith("?") and field and ";" not in expected:
        assert not any((entry.target or "").startswith(field) for entry in entries)
        assert any(issue.params["field"].startswith(field) and issue.params["language"] == "und" for issue in issues)
