"""What a dossier gathers evidence on and the views of it, read from `criteria.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from config.yaml_files import load_yaml


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One thing evidence is gathered on: the rows of a comparison it needs, those that tell a part, and whom to ask."""

    code: str
    needs: tuple[tuple[str, ...], ...]
    partly: tuple[str, ...]
    ask: str

    @property
    def rows(self) -> tuple[str, ...]:
        """All rows that can tell something of it."""
        return (*(row for group in self.needs for row in group), *self.partly)


@dataclass(frozen=True, slots=True)
class ViewRow:
    """One name under which evidence is shown."""

    code: str
    item: str
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class PointRow:
    """One of the fifteen points of a dossier and the rows of a comparison it shows."""

    code: str
    labels: dict[str, str]
    rows: tuple[str, ...]


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = load_yaml(Path(__file__).parent / "criteria.yaml")
    return table


def _labels(row: dict[str, Any]) -> dict[str, str]:
    return {"ja": row["ja"], "en": row["en"]}


@cache
def evidence_items() -> tuple[EvidenceItem, ...]:
    """Return what evidence is gathered on."""
    return tuple(
        EvidenceItem(code, tuple(map(tuple, row["needs"])), tuple(row["partly"]), row["ask"])
        for code, row in _table()["items"].items()
    )


@cache
def view(name: str) -> tuple[ViewRow, ...]:
    """Return the rows of a view, `elements` or `criteria`. Raises `KeyError` for another."""
    return tuple(ViewRow(row["code"], row["item"], _labels(row)) for row in _table()[name]["rows"])


def view_source(name: str) -> str:
    """Return where a view comes from."""
    return str(_table()[name]["source"])


@cache
def purposes() -> dict[str, dict[str, str]]:
    """Return the purposes a dossier can have, with their labels."""
    return {code: _labels(row) for code, row in _table()["purposes"].items()}


@cache
def points() -> tuple[PointRow, ...]:
    """Return the fifteen points in their order."""
    return tuple(PointRow(row["code"], _labels(row), tuple(row["rows"])) for row in _table()["points"])
