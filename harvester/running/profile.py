"""What a run's listings look like as a whole, so that the next run can be held against it.

A profile is small whatever the number of listings: shares, the commonest title, the values of fields that hold few
different ones, what the answers are made of, and a few samples for a person to compare.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from crosswalks.ledger import shown

_FEW_VALUES = 40
_SAMPLES = 3
_WORDS = 20
_LONGEST_WORD = 80
_RARE = 0.05
_BOOKKEEPING = frozenset({"ordinal"})
_FIGURES = (int, float, bool)
"""What says something even where it is nought."""


@dataclass(slots=True)
class Profile:
    """The figures of one run. `fill` counts listings that state a field, `values` those of each categorical field.
    `structure` counts the answers of a kind that are made of a part, among the `answers` that tell their parts.

    `words` has the different words of every field that holds few of them, and None for the others.
    """

    listings: int = 0
    fill: Counter[str] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)
    values: dict[str, Counter[str]] = field(default_factory=dict)
    structure: dict[str, Counter[str]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=dict)
    categorical: frozenset[str] = frozenset()
    words: dict[str, set[str] | None] = field(default_factory=dict)

    def observe(self, listing: dict[str, Any], title: str) -> None:
        """Take in one listing in plain values, and its title."""
        self.listings += 1
        if title:
            self.titles[title] += 1
        for name, value in listing.items():
            if name in _BOOKKEEPING or (not value and value.__class__ not in _FIGURES):
                continue
            self.fill[name] += 1
            if (samples := self.samples.get(name)) is None:
                samples, self.words[name] = self.samples.setdefault(name, []), set()
            if len(samples) < _SAMPLES and (brief := shown(value) or "") not in samples:
                samples.append(brief)
            if name in self.categorical and isinstance(value, str):
                self.values.setdefault(name, Counter())[value] += 1
            if (words := self.words[name]) is not None:
                self._take_word(name, words, value)

    def _take_word(self, name: str, words: set[str], value: object) -> None:
        """Take in a word of a field, as long as it holds but a few different ones."""
        if not isinstance(value, str) or len(value) > _LONGEST_WORD:
            self.words[name] = None
        elif value not in words:
            words.add(value)
            if len(words) > _WORDS:
                self.words[name] = None

    def made_of(self, kind: str, parts: tuple[str, ...]) -> None:
        """Take in what an answer of a kind is made of: columns, keys, headings."""
        if parts:
            self.structure.setdefault(kind, Counter()).update(set(parts))
            self.answers[kind] += 1

    def parts(self, kind: str) -> dict[str, float]:
        """Return the parts that answers of a kind are made of, with the share that has each."""
        counted = self.structure.get(kind, Counter())
        return {part: round(counted[part] / self.answers[kind], 4) for part in sorted(counted)}

    def share(self, name: str) -> float:
        """Return the share of listings that state a field."""
        return self.fill[name] / self.listings if self.listings else 0.0

    def commonest_title(self) -> tuple[str, float]:
        """Return the title that most listings have, and their share."""
        if not self.titles:
            return "", 0.0
        title, number = self.titles.most_common(1)[0]
        return title, number / self.listings

    def as_json(self) -> dict[str, Any]:
        """Return the profile as it is kept with its run."""
        title, share = self.commonest_title()
        return {
            "listings": self.listings,
            "fill": {name: self.fill[name] for name in sorted(self.fill)},
            "title": {"text": shown(title), "share": round(share, 4)},
            "values": {name: dict(counts.most_common(_FEW_VALUES)) for name, counts in sorted(self.values.items())},
            "structure": {kind: _usual(self.parts(kind)) for kind in sorted(self.structure)},
            "samples": {name: self.samples[name] for name in sorted(self.samples)},
            "words": {name: sorted(words) for name, words in sorted(self.words.items()) if words},
        }


def _usual(parts: dict[str, float]) -> dict[str, float]:
    """Return the parts that are worth remembering: those that only a few answers have are left out."""
    return {part: share for part, share in parts.items() if share >= _RARE}


@dataclass(frozen=True, slots=True)
class Before:
    """The profile of the last good run, as it was kept."""

    listings: int = 0
    fill: dict[str, int] = field(default_factory=dict)
    values: dict[str, dict[str, int]] = field(default_factory=dict)
    structure: dict[str, dict[str, float]] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: dict[str, Any] | None) -> Before | None:
        """Read a kept profile; None for a run that has none."""
        if not kept or not kept.get("listings"):
            return None
        structure = {
            kind: parts if isinstance(parts, dict) else dict.fromkeys(parts, 1.0)
            for kind, parts in kept["structure"].items()
        }
        return cls(kept["listings"], kept["fill"], kept["values"], structure, kept["samples"])

    def share(self, name: str) -> float:
        """Return the share of listings that stated a field."""
        return self.fill.get(name, 0) / self.listings if self.listings else 0.0
