"""How well outcomes are aligned, measured on labelled pairs: `python -m recognition.outcomes.evaluate [--all]`.

The pairs (`tests/recognition/outcome_pairs.tsv`) say whether a reader finds that two outcomes correspond. A third is
held out: no rule or threshold was set by it. A pair counts as found when it is shown as close. A pair that was not
compared counts as not found, and is counted apart.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from crosswalks.descriptor.model import Outcome
from recognition.outcomes.align import Closeness, Means, link
from recognition.outcomes.words import primary

PAIRS = Path(__file__).parents[2] / "tests" / "recognition" / "outcome_pairs.tsv"
_BETWEEN = " || "


class LabelledPair(NamedTuple):
    """Two outcomes, whether a reader finds that they correspond, and whether the pair is held out."""

    number: int
    held: bool
    kind: str
    corresponds: bool
    left: Outcome
    right: Outcome

    @property
    def languages(self) -> str:
        """The languages of the two sides, in the order of the alphabet."""
        return " – ".join(sorted(("+".join(sorted({primary(tag) for tag in side.text}))) for side in self[-2:]))


class Tally(NamedTuple):
    """Counts for some pairs. `found` and `missed` correspond; `false` and `rightly` do not."""

    found: int = 0
    missed: int = 0
    false: int = 0
    rightly: int = 0
    not_compared: int = 0

    @property
    def precision(self) -> float | None:
        """Which share of what was shown as close corresponds; None where nothing was."""
        shown = self.found + self.false
        return self.found / shown if shown else None

    @property
    def recall(self) -> float | None:
        """Which share of what corresponds was shown as close; None where nothing does."""
        there = self.found + self.missed
        return self.found / there if there else None


def read_pairs(path: Path = PAIRS) -> list[LabelledPair]:
    """Return the labelled pairs of a file. Raises `OSError` or `ValueError`."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            LabelledPair(
                int(row["pair"]), row["split"] == "held", row["kind"], row["corresponds"] == "yes",
                _outcome(row["left"], row["left_skills"]), _outcome(row["right"], row["right_skills"]),
            )
            for row in csv.DictReader(lines, delimiter="\t")
        ]  # fmt: skip


def _outcome(texts: str, skills: str) -> Outcome:
    return Outcome(text=dict(part.split("=", 1) for part in texts.split(_BETWEEN)), skill_refs=tuple(skills.split()))


def tally(pairs: Iterable[LabelledPair]) -> dict[str, Tally]:
    """Return the counts by languages, and those of all pairs under `all`."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for pair in pairs:
        found = link(pair.left, pair.right)
        close = found.closeness is Closeness.CLOSE
        name = ("found" if close else "missed") if pair.corresponds else ("false" if close else "rightly")
        for key in ("all", pair.languages):
            counts[key][name] += 1
            counts[key]["not_compared"] += found.means is Means.NOTHING
    return {key: Tally(**counts[key]) for key in sorted(counts, key=lambda key: (key != "all", key))}


def table(pairs: Iterable[LabelledPair]) -> str:
    """Return the counts as a table in Markdown."""
    lines = ["| languages | pairs | found | missed | wrongly close | not compared | precision | recall |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, counts in tally(pairs).items():
        total = sum(counts[:4])
        shares = " | ".join("—" if share is None else f"{share:.2f}" for share in (counts.precision, counts.recall))
        numbers = f"{total} | {counts.found} | {counts.missed} | {counts.false} | {counts.not_compared}"
        lines.append(f"| {name} | {numbers} | {shares} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Print the results of the held-out pairs; `--all` adds the others, `--wrong` lists what went wrong there."""
    pairs = read_pairs()
    parts = [("held out", [pair for pair in pairs if pair.held])]
    if "--all" in arguments:
        parts.append(("not held out", [pair for pair in pairs if not pair.held]))
    for name, chosen in parts:
        sys.stdout.write(f"{name}\n\n{table(chosen)}\n\n")
    for pair in parts[-1][1] if "--wrong" in arguments else ():
        found = link(pair.left, pair.right)
        if (found.closeness is Closeness.CLOSE) != pair.corresponds:
            sys.stdout.write(f"{pair.number} {pair.kind} {found.closeness} {pair.left.text} {pair.right.text}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
