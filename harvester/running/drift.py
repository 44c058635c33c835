"""What drifted at a source, in the reader's terms: which field, how it was and is, samples, and what it may be called
now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harvester.running.gates import Passage
from harvester.running.profile import Before, Profile

_NEW = 0.02
_CLOSE = 0.15


@dataclass(frozen=True, slots=True)
class Drift:
    """One field that fell, or came. `renamed_to` is a field that came while this one fell, about as often stated."""

    field: str
    was: float
    now: float
    before: tuple[str, ...]
    after: tuple[str, ...]
    renamed_to: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the drift for machines; shares are of 1."""
        return {
            "field": self.field, "was": round(self.was, 4), "now": round(self.now, 4),
            "samples_before": list(self.before), "samples_after": list(self.after), "renamed_to": self.renamed_to,
        }  # fmt: skip


def drifts(now: Profile, before: Before | None, passages: list[Passage]) -> list[Drift]:
    """Return the drift of every field whose gate did not let the run pass."""
    if before is None:
        return []
    fresh = [name for name in now.fill if before.share(name) <= _NEW]
    found = []
    for passage in passages:
        if passage.gate != "fill" or passage.passed:
            continue
        name = passage.field
        was, is_ = before.share(name), now.share(name)
        likely = min(
            (other for other in fresh if abs(now.share(other) - (was - is_)) <= _CLOSE),
            key=lambda other: (-_alike(before.samples.get(name, []), now.samples.get(other, [])), other),
            default=None,
        )
        samples = tuple(before.samples.get(name, ())), tuple(now.samples.get(name, ()))
        found.append(Drift(name, was, is_, *samples, likely))
    return found


def _alike(one: list[str], other: list[str]) -> float:
    """Return how alike two lists of samples look: equal ones, else their kinds of characters."""
    if set(one) & set(other):
        return 1.0
    shapes = [{"".join(_kind(char) for char in text)[:12] for text in samples} for samples in (one, other)]
    return 0.5 if shapes[0] & shapes[1] else 0.0


def _kind(char: str) -> str:
    return "9" if char.isdigit() else "a" if char.isalpha() else char
