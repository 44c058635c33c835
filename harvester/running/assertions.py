"""Limits for the gates of a registry, suggested from the profiles of its healthy runs.

Only a suggestion: a person pastes what is wanted, software never moves a limit. A limit leaves twice the room that the
runs have needed so far, and as long as there are few of them it is not narrower than the one in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from typing import Any

from config.messages import CodedError
from connectors.contract import Gates

LEAST_RUNS = 2
"""How many healthy runs a suggestion needs."""
_ENOUGH_RUNS = 5
_STEP = 0.05
_NEARLY_ALL = 0.9
_PER_WORD = 5
"""In how many listings a word of a categorical field stands on average, at least."""


@dataclass(frozen=True, slots=True)
class Healthy:
    """A run that succeeded, and its profile as it was kept."""

    run: int
    profile: dict[str, Any]

    @property
    def listings(self) -> int:
        """How many listings it found."""
        return int(self.profile["listings"])

    def share(self, name: str) -> float:
        """Return the share of its listings that stated a field."""
        return float(self.profile["fill"].get(name, 0)) / self.listings


@dataclass(frozen=True, slots=True)
class Filled:
    """How often a field was stated: the least and the greatest share of a run's listings, and its words if few."""

    field: str
    least: float
    most: float
    words: tuple[str, ...]
    key: bool
    categorical: bool

    def as_json(self) -> dict[str, Any]:
        """Return the field for machines."""
        return {"field": self.field, "least": round(self.least, 4), "most": round(self.most, 4),
                "words": list(self.words), "key": self.key, "categorical": self.categorical}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Limits by their names in `gates:`, and the figures that they rest on."""

    runs: tuple[int, ...]
    listings: tuple[int, ...]
    lowest: float
    highest: float
    deepest_drop: float
    fields: tuple[Filled, ...]
    limits: dict[str, Any]

    def yaml(self) -> str:
        """Return what to paste into the registry's row, each limit with its figures."""
        figures = {
            "least_found": f"{self.lowest:.0%}",
            "most_found": f"{self.highest:.0%}",
            "most_found_small": f"{self.highest:.0%}",
            "fill_drop": f"{self.deepest_drop:.1%}",
        }
        lines = [
            f"# runs {', '.join(map(str, self.runs))}",
            f"# listings {', '.join(map(str, self.listings))}",
            "gates:",
        ]
        for name, value in self.limits.items():
            told = f"[{', '.join(value)}]" if isinstance(value, tuple) else f"{value:g}"
            lines.append(f"  {name}: {told}" + (f"   # {figures[name]}" if name in figures else ""))
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return the suggestion for machines."""
        return {
            "runs": list(self.runs),
            "listings": list(self.listings),
            "lowest": round(self.lowest, 4),
            "highest": round(self.highest, 4),
            "deepest_drop": round(self.deepest_drop, 4),
            "fields": [one.as_json() for one in self.fields],
            "gates": {name: list(value) if isinstance(value, tuple) else value for name, value in self.limits.items()},
            "yaml": self.yaml(),
        }


def suggest(registry: str, healthy: Sequence[Healthy], now: Gates) -> Suggestion:
    """Suggest limits from healthy runs, the oldest first; `now` are the limits in force.

    Raises `CodedError` with `runs_too_few`.
    """
    healthy = [one for one in healthy if one.listings]
    if len(healthy) < LEAST_RUNS:
        raise CodedError.of("runs_too_few", registry=registry, number=len(healthy), least=LEAST_RUNS)
    ratios = [after.listings / before.listings for before, after in pairwise(healthy)]
    lowest, highest = min(1.0, *ratios), max(1.0, *ratios)
    names = sorted({name for one in healthy for name in one.profile["fill"]})
    drops = [before.share(name) - after.share(name) for before, after in pairwise(healthy) for name in names]
    deepest = max(0.0, *drops)
    fields = tuple(_filled(name, healthy) for name in names)
    limits = _numbers(healthy, (lowest, highest, deepest), now)
    for name, chosen in (
        ("key_fields", tuple(one.field for one in fields if one.key)),
        ("categorical", tuple(one.field for one in fields if one.categorical)),
    ):
        if chosen:
            limits[name] = chosen
    found = tuple(one.listings for one in healthy)
    return Suggestion(tuple(one.run for one in healthy), found, lowest, highest, deepest, fields, limits)


def _numbers(healthy: Sequence[Healthy], seen: tuple[float, float, float], now: Gates) -> dict[str, Any]:
    lowest, highest, deepest = seen
    growth = "most_found_small" if healthy[-1].listings < now.small else "most_found"
    least = _down(1 - max(2 * (1 - lowest), _STEP))
    most = _up(1 + max(2 * (highest - 1), 2 * _STEP))
    drop = _up(max(2 * deepest, _STEP))
    if len(healthy) < _ENOUGH_RUNS:
        least = min(least, now.least_found)
        most = max(most, getattr(now, growth))
        drop = max(drop, now.fill_drop)
    return {"least_found": max(least, 0.0), growth: most, "fill_drop": min(drop, 1.0)}


def _filled(name: str, healthy: Sequence[Healthy]) -> Filled:
    shares = [one.share(name) for one in healthy]
    words = [one.profile.get("words", {}).get(name) for one in healthy]
    last = words[-1] or []
    settled = all(kept is not None and set(last) <= set(kept) for kept in words)
    stated = healthy[-1].profile["fill"].get(name, 0)
    few = len(last) > 1 and stated >= _PER_WORD * len(last)
    return Filled(name, min(shares), max(shares), tuple(last), min(shares) >= _NEARLY_ALL, settled and few)


def _down(value: float) -> float:
    return round(floor(round(value / _STEP, 6)) * _STEP, 2)


def _up(value: float) -> float:
    return round(ceil(round(value / _STEP, 6)) * _STEP, 2)
