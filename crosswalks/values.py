"""Value tables: what single values of one side are on the other. SSSOM files in `values/` beside a schema.

`reading.sssom.tsv` leads to values of the descriptor, `writing.sssom.tsv` from them; other names are other lists. A
value is `prefix:list/code`, or `prefix:code` where the prefix is the list. Rows that say that there is no counterpart,
or that a match must not be made, are reviewed as well; they lead to nothing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from crosswalks.mapping import ENDING, NO_TERM, plain_rows, read_head

FOLDER = "values"


class Value(NamedTuple):
    """One side of a row: its name in the table, its list and code, and how it is spelt."""

    name: str
    listed: str
    code: str
    label: str


class ValueRow(NamedTuple):
    """A row that makes a match."""

    subject: Value
    predicate: str
    object: Value


def table_path(folder: Path, name: str) -> Path:
    """Return where a value table of a schema stands."""
    return folder / FOLDER / f"{name}{ENDING}"


@cache
def value_rows(path: Path) -> tuple[ValueRow, ...]:
    """Return the rows of a table that make a match, in their order."""
    return tuple(
        ValueRow(
            value_of(row["subject_id"], row.get("subject_label") or ""),
            row["predicate_id"],
            value_of(row["object_id"], row.get("object_label") or ""),
        )
        for row in plain_rows(path)
        if row["object_id"] != NO_TERM and row.get("predicate_modifier") != "Not"
    )


def value_of(name: str, label: str = "") -> Value:
    """Return a name of a table taken apart. Where no list stands in it, its prefix is the list."""
    prefix, _, local = name.partition(":")
    listed, slash, code = local.rpartition("/")
    return Value(name, listed if slash else prefix, unquote(code), label)


@cache
def values_by_code(path: Path, listed: str) -> dict[str, Value]:
    """Return what each code of a list is written as: the first match that its table makes."""
    found: dict[str, Value] = {}
    for row in value_rows(path):
        if row.subject.listed == listed:
            found.setdefault(row.subject.code, row.object)
    return found


@cache
def codes_by_name(path: Path, listed: str) -> dict[str, str]:
    """Return the code of a list for each value that stands for one, by its name and by its whole address."""
    prefixes: dict[str, str] = read_head(path)["curie_map"]
    found: dict[str, str] = {}
    for row in value_rows(path):
        if row.object.listed == listed:
            prefix, _, local = row.subject.name.partition(":")
            address = f"{prefixes[prefix]}{local}".partition("://")[2]
            for name in (row.subject.name, f"https://{address}", f"http://{address}"):
                found[name] = row.object.code
    return found
