"""The life cycles of decisions as data, read from `lifecycle.yaml`: states, acts, verdicts and their names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from config.codelists import codelist
from config.messages import Language
from config.yaml_files import load_yaml

Track = Literal["home", "foreign"]
TRACKS: tuple[Track, ...] = ("home", "foreign")
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Way:
    """An act or a verdict: where it may happen, where it leads (None: nowhere else), and what it takes.

    `grants` puts something in force; `pins` writes the version down; `needs` names terms that must be filled in;
    `machine` marks what only the engine does. None among `origins` stands for a decision that there is not yet.
    """

    origins: tuple[str | None, ...]
    to: str | None
    grants: bool = False
    pins: bool = False
    machine: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """One track. `granted` are states in which a grant is in force, `due` and `lapsed` those that dates lead to."""

    track: Track
    acts: dict[str, Way]
    verdicts: dict[str, Way]
    granted: tuple[str, ...]
    due: str
    lapsed: str
    final: tuple[str, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state there is, in the order they are first named."""
        ways = [*self.acts.values(), *self.verdicts.values()]
        named = [state for way in ways for state in (*way.origins, way.to) if state is not None]
        return tuple(dict.fromkeys([*named, self.due, self.lapsed]))


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = load_yaml(_FOLDER / "lifecycle.yaml")
    return table


@cache
def life_cycle(track: Track) -> LifeCycle:
    """Return the life cycle of a track."""
    table = _table()[track]
    return LifeCycle(
        track=track,
        acts={name: _way(row) for name, row in table["acts"].items()},
        verdicts={name: _way(row) for name, row in table["verdicts"].items()},
        granted=tuple(table["granted"]),
        due=table["due"],
        lapsed=table["lapsed"],
        final=tuple(table["final"]),
    )


def _way(row: dict[str, Any]) -> Way:
    return Way(
        origins=tuple(row["from"]), to=row.get("to"), grants=row.get("grants", False), pins=row.get("pins", False),
        machine=row.get("machine", False), needs=tuple(row.get("needs", ())),
    )  # fmt: skip


@cache
def member_classes() -> dict[str, bool]:
    """Return the classes of members, and whether each may apply for recognition."""
    return {name: row["may_apply"] for name, row in _table()["member_classes"].items()}


def name_of(kind: Literal["tracks", "acts", "states", "verdicts", "statuses", "members"], code: str, track: Track,
            language: Language) -> str:  # fmt: skip
    """Return what a code is called. Raises `KeyError` for one that there is not."""
    if kind == "states" and track == "home":
        return codelist("RecognitionStatus").label(code, language)
    if kind == "members":
        return str(_table()["member_classes"][code][language])
    names = _table()["names"] if kind == "tracks" else _table()["names"][kind]
    return str(names[code][language])


@cache
def material_fields() -> dict[str, str]:
    """Return the fields of the descriptor that decisions rest on, with their headings."""
    return dict(load_yaml(_FOLDER / "material.yaml")["material"])


@cache
def immaterial_fields() -> frozenset[str]:
    """Return the fields whose differences re-open nothing."""
    return frozenset(load_yaml(_FOLDER / "material.yaml")["immaterial"])
