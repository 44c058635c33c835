"""The official samples, read and written again: what became of each field is a reviewed golden.

The samples are not part of the project; a golden holds our own words about them: field, outcome, target, reason, rule.
`python -m tests.crosswalks.elm_reading.test_official_ledgers FOLDER` makes the goldens anew, for review.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.model import ElmListing
from crosswalks.ledger import Crossing, Ledger, general
from tests.crosswalks.elm_reading.shared import ELM, GOLDENS, crossed

SAMPLES = ("loq.xml", "loq_withLearningAchievementSpecification.xml")
HEAD = "root\tway\tsource\toutcome\ttarget\treason\trule\ttimes\n"


def account(sample: Path) -> str:
    """What became of every field of a sample, on the way in and out again, a line each."""
    lines: list[str] = []
    for listing in ELM.load(sample.read_bytes(), sample.name):
        assert isinstance(listing, ElmListing)
        crossing: Crossing[Descriptor] = crossed(listing)
        assert ELM.write is not None
        lines += _lines(listing.root, "in", crossing.ledger)
        lines += _lines(listing.root, "out", ELM.write(crossing.value).ledger)
    return HEAD + "".join(lines)


def _lines(root: str, way: str, ledger: Ledger) -> list[str]:
    counts = Counter(
        (general(one.source), one.outcome.value, general(one.target or ""), one.reason or "", one.rule or "")
        for one in ledger.entries
    )
    return ["\t".join([root, way, *key, str(times)]) + "\n" for key, times in sorted(counts.items())]


@pytest.mark.judges
@pytest.mark.parametrize("name", SAMPLES)
def test_what_became_of_the_official_samples(name: str, judges: Path) -> None:
    found = account(judges / "elm" / "xsd" / "loq" / name)
    assert found.splitlines() == golden(name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_reviewed_accounts_pass_nothing_over(name: str) -> None:
    text = golden(name).read_text(encoding="utf-8")
    assert text.startswith(HEAD)
    assert "unmapped_field" not in text
    assert {line.split("\t")[1] for line in text.splitlines()[1:]} == {"in", "out"}


def golden(name: str) -> Path:
    return GOLDENS / f"{name}.account.tsv"


if __name__ == "__main__":
    for one in SAMPLES:
        golden(one).write_text(account(Path(sys.argv[1]) / one), encoding="utf-8")
