"""Judgements on mappings: who held a row of a table for right or wrong, when, and why. They are added, never changed.

A deployment keeps its judgements in its database. Those that belong to everybody stand beside the tables, in
`judgements.jsonl` of a schema's folder, a line each. A row nobody judged is what its author proposes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import NamedTuple

import orjson

from crosswalks.mapping import ROOT, mapping_tables, plain_rows

FILE = "judgements.jsonl"


class Verdict(StrEnum):
    """What a judgement says. `proposed` also reopens what was judged before."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class RowName(NamedTuple):
    """What a judgement is about: a row of a table (`mqa/mapping`), by its names with their prefixes."""

    table: str
    subject: str
    predicate: str
    object: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement. `at` is a moment as ISO 8601 text in UTC."""

    table: str
    subject: str
    predicate: str
    object: str
    verdict: Verdict
    actor: str
    at: str
    why: str

    @property
    def row(self) -> RowName:
        """The row it is about."""
        return RowName(self.table, self.subject, self.predicate, self.object)

    def as_json(self) -> dict[str, str]:
        """Return the judgement as a line of the file holds it."""
        return {**asdict(self), "verdict": self.verdict.value}


def shipped_judgements(schema: str) -> list[Judgement]:
    """Return the judgements that stand beside the tables of a schema, oldest first; none when there is no file.

    Raises `ValueError` for a line that is no judgement.
    """
    path = ROOT / schema / FILE
    return judgements_in(path.read_bytes()) if path.is_file() else []


def judgements_in(lines: bytes) -> list[Judgement]:
    """Return the judgements of JSON lines. Raises `ValueError` for a line that is none."""
    try:
        rows = [orjson.loads(line) for line in lines.splitlines() if line.strip()]
        found = [Judgement(**{**row, "verdict": Verdict(row["verdict"])}) for row in rows]
    except (KeyError, TypeError) as error:
        raise ValueError(f"no judgement: {error}") from error
    if wrong := [one for one in found if not (one.actor.strip() and one.why.strip() and one.at)]:
        raise ValueError(f"a judgement without who, when or why: {wrong[0]}")
    return found


def standing(judgements: Iterable[Judgement]) -> dict[RowName, Judgement]:
    """Return the judgement that stands for each row: the last one."""
    return {one.row: one for one in judgements}


def rows_between(subject: str, target: str) -> list[RowName]:
    """Return the rows of all tables that say how a subject relates to an object."""
    return [name for name in row_names() if (name.subject, name.object) == (subject, target)]


def tables_with(subject: str) -> list[str]:
    """Return the tables that have rows about a subject."""
    return sorted({name.table for name in row_names() if name.subject == subject})


def row_names(schema: str | None = None) -> list[RowName]:
    """Return every row of the tables, of one schema or of all, by its names."""
    return [
        RowName(table, row["subject_id"], row["predicate_id"], row["object_id"])
        for table, path in mapping_tables().items()
        if schema is None or table.partition("/")[0] == schema
        for row in plain_rows(path)
    ]
