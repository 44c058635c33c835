"""The table of routes and roles: who may ask for what. What stands in no row, nobody may.

`form` says that a request needs a form of ours (see `door`), `key` the scope that a machine's key needs instead of a
session; a path below `/{language}/` stands for the Japanese and the English one. The table is data beside this module.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.public.site import LANGUAGES
from store.account_tables import ROLES

_ANY = "/{language}/"


@dataclass(frozen=True, slots=True)
class Access:
    """What one route asks of those who call it."""

    public: bool
    roles: frozenset[str]
    form: bool
    scope: str | None


def access_to(method: str, path: str) -> Access | None:
    """Return the row of a route, named by its pattern; a HEAD request is as a GET. None when there is no row."""
    return access_table().get(("GET" if method == "HEAD" else method, path))


@cache
def access_table() -> dict[tuple[str, str], Access]:
    """Return the whole table by method and path. Raises `ValueError` for a row that stands twice or says odd things."""
    table: dict[tuple[str, str], Access] = {}
    with (Path(__file__).parent / "routes.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            access = _access(row)
            for path in _paths(row["path"]):
                if (row["method"], path) in table:
                    raise ValueError(f"routes.tsv: {row['method']} {path} stands twice")
                table[row["method"], path] = access
    return table


def _access(row: dict[str, str]) -> Access:
    told = {name: row[name] == "yes" for name in ("public", *ROLES, "form")}
    if odd := {row[name] for name in told} - {"yes", "no"}:
        raise ValueError(f"routes.tsv: {row['path']} says {sorted(odd)}")
    roles = frozenset(role for role in ROLES if told[role])
    if told["public"] and len(roles) < len(ROLES):
        raise ValueError(f"routes.tsv: {row['path']} is public, and not for everybody")
    return Access(told["public"], roles, told["form"], None if row["key"] == "-" else row["key"])


def _paths(path: str) -> list[str]:
    return [path.replace(_ANY, f"/{language}/") for language in LANGUAGES] if path.startswith(_ANY) else [path]
