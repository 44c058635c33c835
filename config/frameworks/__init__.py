"""Levels and credit systems: what each scheme allows and stands for, every row with its source and year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from config.yaml_files import load_yaml


@dataclass(frozen=True, slots=True)
class CreditSystem:
    """A credit system. `hours` are the least and most notional hours of one unit, None where no figure is sourced.

    `step` is the smallest part of a unit that is awarded and `least` the smallest award, where a rule says so.
    """

    code: str
    labels: dict[str, str]
    hours: tuple[Decimal, Decimal] | None
    source: str
    year: int
    mark: str
    step: Decimal | None = None
    least: Decimal | None = None

    @property
    def sourced(self) -> bool:
        """Whether the hours rest on the system's own text, so that arithmetic may use them."""
        return self.hours is not None and self.mark == "NM"


@dataclass(frozen=True, slots=True)
class LevelScheme:
    """A framework that levels are stated in. `values` is None where the scheme leaves them free."""

    code: str
    labels: dict[str, str]
    country: str | None
    values: tuple[str, ...] | None
    source: str
    year: int


def _rows(name: str) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = load_yaml(Path(__file__).parent / name)
    for code, row in rows.items():
        if not row.get("source") or not row.get("year"):
            raise ValueError(f"{name}: {code!r} has no source or no year")
    return rows


@cache
def credit_systems() -> dict[str, CreditSystem]:
    """Return the credit systems by code. Raises `ValueError` for a row without source or year."""
    systems = {}
    for code, row in _rows("credit_systems.yaml").items():
        hours = row["hours"]
        span = (Decimal(hours[0]), Decimal(hours[1])) if hours else None
        labels = {"ja": row["ja"], "en": row["en"]}
        step, least = (Decimal(row[name]) if name in row else None for name in ("step", "least"))
        systems[code] = CreditSystem(code, labels, span, row["source"], row["year"], row["mark"], step, least)
    return systems


@cache
def level_schemes() -> dict[str, LevelScheme]:
    """Return the level schemes by code. Raises `ValueError` for a row without source or year."""
    schemes = {}
    for code, row in _rows("level_schemes.yaml").items():
        values = tuple(row["values"]) if row["values"] else None
        labels = {"ja": row["ja"], "en": row["en"]}
        schemes[code] = LevelScheme(code, labels, row["country"], values, row["source"], row["year"])
    return schemes


@cache
def title_words() -> dict[str, Any]:
    """Return the lists of words that make a title worth a second look."""
    words: dict[str, Any] = load_yaml(Path(__file__).parent / "title_words.yaml")
    return words
