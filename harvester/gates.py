"""The gates between a plan and its publication: what makes a run be held until a person has looked.

Each gate compares this run with the last good one and says what it saw, what it expected, and whether it is passed.
The limits come from the connector and the deployment; software never moves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.messages import Issue
from harvester.profile import Before, Profile

Gate = Literal[
    "complete", "found_none", "found_few", "found_many", "removals", "changes", "fill", "titles", "values", "structure"
]


class Limits(BaseModel):
    """The limits of the gates. Shares are of 1.

    Source of the defaults: the rules for plausibility of harvests, sections 11 to 13 of the interop reference.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_found: float = Field(0.8, ge=0, le=1)
    most_found: float = Field(2.0, ge=1)
    most_found_small: float = Field(5.0, ge=1)
    small: int = Field(50, ge=0)
    removals_share: float = Field(0.05, ge=0, le=1)
    removals_least: int = Field(5, ge=0)
    changes_share: float = Field(0.4, ge=0, le=1)
    changes_least: int = Field(5, ge=0)
    fill_drop: float = Field(0.1, ge=0, le=1)
    title_share: float = Field(0.5, ge=0, le=1)
    key_fields: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    incomplete_publishes: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """What a plan would do: records known before, new, changed, and gone; and whether the run saw everything."""

    known: int
    new: int
    changed: int
    gone: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """One gate: what it saw, what it would let pass, and whether it did."""

    gate: Gate
    passed: bool
    seen: str
    limit: str
    field: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the gate for machines."""
        return {"gate": self.gate, "passed": self.passed, "seen": self.seen, "limit": self.limit, "field": self.field}

    def issue(self) -> Issue:
        """Return a gate that did not let the run pass as an issue."""
        return Issue(f"gate_{self.gate}", {"seen": self.seen, "limit": self.limit, "field": self.field})


def judge(now: Profile, before: Before | None, counts: Counts, limits: Limits) -> list[Passage]:
    """Return every gate with its figures. Without an earlier good run only what needs none is judged."""
    passages = [
        Passage("complete", counts.complete or limits.incomplete_publishes, _yes(counts.complete), "true"),
        Passage("found_none", now.listings > 0, str(now.listings), "> 0"),
        *_titles(now, limits),
    ]
    if before is not None:
        passages += [*_found(now, before, limits), *_plan(counts, limits), *_fill(now, before, limits)]
        passages += [*_values(now, before), *_structure(now, before)]
    return passages


def held(passages: list[Passage]) -> list[Passage]:
    """Return the gates that did not let the run pass."""
    return [passage for passage in passages if not passage.passed]


def _found(now: Profile, before: Before, limits: Limits) -> Iterator[Passage]:
    least = limits.least_found * before.listings
    yield Passage("found_few", now.listings >= least, str(now.listings), f">= {least:.0f}")
    factor = limits.most_found_small if before.listings < limits.small else limits.most_found
    most = factor * before.listings
    yield Passage("found_many", now.listings <= most, str(now.listings), f"<= {most:.0f}")


def _plan(counts: Counts, limits: Limits) -> Iterator[Passage]:
    removals = max(limits.removals_least, limits.removals_share * counts.known)
    yield Passage("removals", counts.gone <= removals, str(counts.gone), f"<= {removals:.0f}")
    changes = max(limits.changes_least, limits.changes_share * counts.known)
    yield Passage("changes", counts.changed <= changes, str(counts.changed), f"<= {changes:.0f}")


def _fill(now: Profile, before: Before, limits: Limits) -> Iterator[Passage]:
    for name in limits.key_fields or sorted(before.fill):
        was, is_ = before.share(name), now.share(name)
        if not was:
            continue
        least = was - limits.fill_drop
        vanished = not now.fill[name] and (name in limits.key_fields or was > limits.fill_drop)
        passed = is_ >= least and not vanished
        yield Passage("fill", passed, f"{is_:.0%}", f">= {max(least, 0.01):.0%}", name)


def _titles(now: Profile, limits: Limits) -> Iterator[Passage]:
    title, share = now.commonest_title()
    alone = now.listings < 4
    yield Passage("titles", alone or share <= limits.title_share, f"{share:.0%} {title}"[:200],
                  f"<= {limits.title_share:.0%}")  # fmt: skip


def _values(now: Profile, before: Before) -> Iterator[Passage]:
    for name, counts in sorted(now.values.items()):
        known = before.values.get(name)
        if known is None:
            continue
        fresh = sorted(value for value in counts if value not in known)
        yield Passage("values", not fresh, ", ".join(fresh)[:200], ", ".join(sorted(known))[:200], name)


def _structure(now: Profile, before: Before) -> Iterator[Passage]:
    for kind, parts in sorted(now.structure.items()):
        known = set(before.structure.get(kind, ()))
        if not known:
            continue
        gone, new = sorted(known - parts), sorted(parts - known)
        seen = "; ".join(filter(None, ("- " + ", ".join(gone) if gone else "", "+ " + ", ".join(new) if new else "")))
        yield Passage("structure", not gone and not new, seen[:200], ", ".join(sorted(known))[:200], kind)


def _yes(value: bool) -> str:  # noqa: FBT001  a word for a figure
    return "true" if value else "false"
