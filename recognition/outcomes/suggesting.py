"""What a machine may add to outcomes that nothing else brought together: pairs to look at, always called machine-made.

A suggestion is no link. It is made only among outcomes that have none, it names the model that made it, and it changes
neither what a comparison says nor its key. Without a model there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Protocol

from crosswalks.descriptor.model import Outcome
from recognition.outcomes.align import Alignment
from recognition.subject import Frozen


class Maker(Frozen):
    """The model that made something: what it is called, the hash of its files, and the day that it is dated."""

    name: str
    digest: str
    dated: str


class Suggested(Frozen):
    """Two outcomes that a model finds near each other. `machine_made` is always true, for those who read data."""

    first: int
    second: int
    left: int
    right: int
    by: Maker
    machine_made: bool = True


class Nearness(Protocol):
    """A model that tells how near two outcomes are, None where it does not know their words."""

    @property
    def maker(self) -> Maker:
        """Which model it is."""

    @property
    def near(self) -> float:
        """From which nearness two outcomes are worth looking at, as set with the model."""

    def nearness(self, left: Outcome, right: Outcome) -> float | None:
        """Return how near two outcomes are, at most 1."""


def suggest(
    alignment: Alignment, lefts: Sequence[Outcome], rights: Sequence[Outcome], model: Nearness
) -> tuple[Suggested, ...]:
    """Return the pairs that a model finds near among outcomes without a link: each outcome once, the nearest first."""
    found = []
    for i, j in product(alignment.left_alone, alignment.right_alone):
        share = model.nearness(lefts[i], rights[j])
        if share is not None and share >= model.near:
            found.append((-round(share, 6), i, j))
    taken: tuple[set[int], set[int]] = (set(), set())
    chosen = []
    for _, i, j in sorted(found):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            chosen.append((i, j))
    return tuple(
        Suggested(first=alignment.first, second=alignment.second, left=i, right=j, by=model.maker)
        for i, j in sorted(chosen)
    )
