"""The gates between a plan and its publication: what makes a run be held until a person has looked.

Each gate compares this run with the last good one and says what it saw, what it expected, and whether it is passed.
The limits come from the connector and the deployment; software never moves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from config.messages import Issue
from connectors.contract import Gates
from harvester.running.profile import Before, Profile

Gate = Literal[
    "complete", "found_none", "found_few", "found_many", "removals", "changes", "fill", "titles", "values", "structure"
]


_NEARLY_ALL, _HALF, _HARDLY_ANY = 0.9, 0.5, 0.1


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


def judge(now: Profile, before: Before | None, counts: Counts, limits: Gates) -> list[Passage]:
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


def _found(now: Profile, before: Before, limits: Gates) -> Iterator[Passage]:
    least = min(limits.least_found * before.listings, before.listings - limits.least)
    yield Passage("found_few", now.listings >= least, str(now.listings), f">= {least:.0f}")
    factor = limits.most_found_small if before.listings < limits.small else limits.most_found
    most = max(factor * before.listings, before.listings + limits.least)
    yield Passage("found_many", now.listings <= most, str(now.listings), f"<= {most:.0f}")


def _plan(counts: Counts, limits: Gates) -> Iterator[Passage]:
    removals = max(limits.least, limits.removals * counts.known)
    yield Passage("removals", counts.gone <= removals, str(counts.gone), f"<= {removals:.0f}")
    changes = max(limits.least, limits.changes * counts.known)
    yield Passage("changes", counts.changed <= changes, str(counts.changed), f"<= {changes:.0f}")


def _fill(now: Profile, before: Before, limits: Gates) -> Iterator[Passage]:
    """Look at every field that was stated before: naming key fields makes no other one go unseen."""
    for name in sorted({*before.fill, *limits.key_fields}):
        was, is_ = before.share(name), now.share(name)
        if not was:
            continue
        least = was - limits.fill_drop
        few = round((was - is_) * now.listings) <= limits.least
        vanished = name in limits.key_fields and not now.fill[name]
        passed = (few or is_ >= least) and not vanished
        yield Passage("fill", passed, f"{is_:.0%}", f">= {max(least, 0.01):.0%}", name)


def _titles(now: Profile, limits: Gates) -> Iterator[Passage]:
    title, share = now.commonest_title()
    alone = now.listings < 2 * limits.least
    yield Passage("titles", alone or share <= limits.one_title, f"{share:.0%} {title}"[:200],
                  f"<= {limits.one_title:.0%}")  # fmt: skip


def _values(now: Profile, before: Before) -> Iterator[Passage]:
    for name, counts in sorted(now.values.items()):
        known = before.values.get(name)
        if known is None:
            continue
        fresh = sorted(value for value in counts if value not in known)
        yield Passage("values", not fresh, ", ".join(fresh)[:200], ", ".join(sorted(known))[:200], name)


def _structure(now: Profile, before: Before) -> Iterator[Passage]:
    """Look at what nearly every answer of a kind was made of, and is now; what only some hold comes and goes."""
    for kind in sorted(now.structure):
        was, is_ = before.structure.get(kind, {}), now.parts(kind)
        known = {part for part, share in was.items() if share >= _NEARLY_ALL}
        if not known:
            continue
        gone = sorted(part for part in known if is_.get(part, 0.0) < _HALF)
        new = sorted(part for part, share in is_.items() if share >= _NEARLY_ALL and was.get(part, 0.0) < _HARDLY_ANY)
        seen = "; ".join(filter(None, ("- " + ", ".join(gone) if gone else "", "+ " + ", ".join(new) if new else "")))
        yield Passage("structure", not gone and not new, seen[:200], ", ".join(sorted(known))[:200], kind)


def _yes(value: bool) -> str:  # noqa: FBT001  a word for a figure
    return "true" if value else "false"
