"""The published comparisons of levels, read from `comparisons.yaml`, and what frameworks place at their levels.

A comparison without source or year is refused, and so is a level that its framework does not have. Rows are read in
both directions from the same table; nothing is chained from one table to the next.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from config.frameworks import level_schemes
from config.yaml_files import load_yaml

BasisKind = Literal["referencing", "comparison", "degree_type_only", "secondary"]
Status = Literal["in_force", "superseded", "expired", "unverified", "blocked"]
Mark = Literal["OR", "PC", "NM", "SEC", "K"]
NONE: Literal["none"] = "none"
NO_AGREEMENT: Literal["no_agreement"] = "no_agreement"
_OFFICIAL = {"OR", "PC", "NM"}
_FOLDER = Path(__file__).parent


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Basis(_Frozen):
    """A published comparison of two frameworks: who says it, when, and what it is worth.

    `address` is empty where none was recorded. `note` says in Japanese and English what the comparison is not.
    """

    id: str
    from_scheme: str
    to_scheme: str
    kind: BasisKind
    status: Status
    mark: Mark
    edition_from: str | None
    edition_to: str | None
    year: int
    source: str
    address: str | None
    note: dict[str, str]

    @property
    def usable(self) -> bool:
        """Whether its rows may be shown as a mapping of levels."""
        return self.confirmed and self.kind in {"referencing", "comparison"} and self.status == "in_force"

    @property
    def confirmed(self) -> bool:
        """Whether its table was read where it was published; rows known only at second hand are shown to nobody."""
        return self.mark in _OFFICIAL


class Row(_Frozen):
    """One row in one direction. `to_level` is a level, `none` (the comparison gives none) or `no_agreement`.

    `degree_type` is set on rows that compare types of degrees and not levels.
    """

    basis: str
    from_scheme: str
    from_level: str
    to_scheme: str
    to_level: str
    degree_type: str | None = None


class Placement(_Frozen):
    """What a framework itself says of one of its levels."""

    scheme: str
    level: str
    text: dict[str, str]
    source: str
    year: int


def load_comparisons(data: dict[str, Any]) -> tuple[dict[str, Basis], tuple[Row, ...]]:
    """Return the comparisons and their rows. Raises `ValueError` for one that may not stand as it is."""
    beside = data.get("frameworks", {})
    bases: dict[str, Basis] = {}
    found: list[Row] = []
    for name, entry in data["comparisons"].items():
        if not entry.get("source") or not entry.get("year"):
            raise ValueError(f"level comparison {name!r} has no source or no year")
        basis = Basis(
            id=name, from_scheme=entry["from"], to_scheme=entry["to"], kind=entry["basis"], status=entry["status"],
            mark=entry["mark"], edition_from=entry["edition_from"], edition_to=entry["edition_to"], year=entry["year"],
            source=entry["source"], address=entry["address"], note={"ja": entry["ja"], "en": entry["en"]},
        )  # fmt: skip
        for scheme in (basis.from_scheme, basis.to_scheme):
            if scheme not in level_schemes() and scheme not in beside:
                raise ValueError(f"level comparison {name!r} names a framework that there is none of: {scheme!r}")
        if basis.status == "blocked" and ("levels" in entry or "degree_types" in entry):
            raise ValueError(f"level comparison {name!r} is blocked and can have no rows")
        bases[name] = basis
        found.extend(_rows(basis, entry))
    for row in found:
        _check_level(row.from_scheme, row.from_level, row.basis)
        if row.to_level not in {NONE, NO_AGREEMENT}:
            _check_level(row.to_scheme, row.to_level, row.basis)
    return bases, tuple(found)


def _rows(basis: Basis, entry: dict[str, Any]) -> list[Row]:
    there, back = (basis.from_scheme, basis.to_scheme), (basis.to_scheme, basis.from_scheme)
    found = []
    for level, targets in entry.get("levels", {}).items():
        for target in targets if isinstance(targets, list) else [targets]:
            found.append(_row(basis, there, level, target))
            if target not in {NONE, NO_AGREEMENT}:
                found.append(_row(basis, back, target, level))
    found += [_row(basis, back, level, target) for level, target in entry.get("reverse", {}).items()]
    for degree, (one, other) in entry.get("degree_types", {}).items():
        found.append(_row(basis, there, one, other, degree))
        found.append(_row(basis, back, other, one, degree))
    return found


def _row(basis: Basis, way: tuple[str, str], level: str, target: str, degree: str | None = None) -> Row:
    return Row(
        basis=basis.id, from_scheme=way[0], from_level=level, to_scheme=way[1], to_level=target, degree_type=degree
    )


def _check_level(scheme: str, level: str, basis: str) -> None:
    allowed = level_schemes()[scheme].values if scheme in level_schemes() else None
    if allowed is not None and level not in allowed:
        raise ValueError(f"level comparison {basis!r}: {scheme} has no level {level!r}")


@cache
def _loaded() -> tuple[dict[str, Basis], tuple[Row, ...]]:
    return load_comparisons(load_yaml(_FOLDER / "comparisons.yaml"))


def comparisons() -> dict[str, Basis]:
    """Return every published comparison by its name."""
    return _loaded()[0]


def rows() -> tuple[Row, ...]:
    """Return every row of every comparison, in both directions."""
    return _loaded()[1]


@cache
def _placements() -> dict[tuple[str, str], Placement]:
    found = {}
    for scheme, entry in load_yaml(_FOLDER / "placements.yaml").items():
        if not entry.get("source") or not entry.get("year"):
            raise ValueError(f"placements of {scheme!r} have no source or no year")
        for level, text in entry["levels"].items() if entry["mark"] in _OFFICIAL else ():
            _check_level(scheme, level, "placements")
            found[scheme, level] = Placement(
                scheme=scheme, level=level, text=text, source=entry["source"], year=entry["year"]
            )
    return found


def placement(scheme: str, level: str) -> Placement | None:
    """Return what a framework itself places at a level, None where its text was not confirmed."""
    return _placements().get((scheme, level))
