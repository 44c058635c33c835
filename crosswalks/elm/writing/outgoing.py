"""The ledger of the way out: what became of every field of a descriptor that was written as ELM.

`outgoing.tsv` says for each field of the descriptor what the writer does with it; where that depends on the value, the
writer notes the case it met. A field without a row is an error.
"""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.writing.build import Written
from crosswalks.ledger import Entry, FieldOutcome, Ledger, shown
from crosswalks.mapping import descriptor_paths


class Row(NamedTuple):
    """What happens to a field in one case."""

    outcome: FieldOutcome
    target: str | None
    rule: str | None
    reason: str | None


@cache
def outgoing_rows() -> dict[tuple[str, str], tuple[Row, ...]]:
    """Return the rows by field and case; the usual case is empty, values no field gave have an empty field."""
    found: dict[tuple[str, str], list[Row]] = {}
    path = Path(__file__).parent / "outgoing.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            made = Row(
                FieldOutcome(row["outcome"]),
                row["target"] or None,
                row["rule"] or None,
                row["reason"] or None,
            )
            found.setdefault((row["field"], row["case"]), []).append(made)
    return {key: tuple(rows) for key, rows in found.items()}


def outgoing_ledger(descriptor: Descriptor, written: Written, held: list[str]) -> Ledger:
    """Return the ledger of a descriptor that was written, or withheld.

    `held` are the paths that the rights policy kept back before writing. Raises `KeyError` for a field that
    `outgoing.tsv` does not know.
    """
    ledger = Ledger("jmicro", "elm")
    entries = ledger.entries
    entries.extend(Entry(path, FieldOutcome.DROPPED, reason="rights_withheld") for path in held)
    if written.withheld is not None:
        reason = written.withheld.code
        entries.extend(Entry(path, FieldOutcome.DROPPED, reason=reason) for path, _, _ in _stated(descriptor))
        return ledger
    special = {place.partition(".")[0] for place in written.cases}
    table = outgoing_rows()
    for path, field, value in _stated(descriptor):
        met = row_key(path, field, written.cases) if path.partition(".")[0] in special else usual_row_key(field)
        for row in table[met]:
            lost = shown(value) if row.reason else None
            entries.append(Entry(path, row.outcome, row.target, row.reason, row.rule, None, lost))
    for case in ("always", *written.cases):
        for row in table.get(("", case), ()):
            entries.append(Entry("", row.outcome, row.target, row.reason, row.rule))
    return ledger


def row_key(path: str, field: str, cases: dict[str, str]) -> tuple[str, str]:
    """Return where the rows of a path are: by the nearest case that was noted, else the usual ones."""
    rows = outgoing_rows()
    place = path
    while place:
        if case := cases.get(place):
            name = field
            while name:
                if (name, case) in rows:
                    return name, case
                name = name.rpartition(".")[0]
        place = place.rpartition(".")[0]
    return usual_row_key(field)


@lru_cache(maxsize=4096)
def usual_row_key(field: str) -> tuple[str, str]:
    """Return where the rows of a field are, or of the nearest field above it, when no case was noted.

    Raises `KeyError` for a field that `outgoing.tsv` does not know.
    """
    rows, name = outgoing_rows(), field
    while name:
        if (name, "") in rows:
            return name, ""
        name = name.rpartition(".")[0]
    raise KeyError(f"outgoing.tsv has no row for {field!r}")


def _stated(descriptor: Descriptor) -> list[tuple[str, str, Any]]:
    """Return path, field and value of all that is stated, language maps and lists of plain values as one."""
    found: list[tuple[str, str, Any]] = []
    _gather(descriptor.model_dump(mode="json", exclude_defaults=True), "", "", found)
    return found


def _gather(value: dict[str, Any], start: str, above: str, found: list[tuple[str, str, Any]]) -> None:
    leaves = leaf_fields()
    for name, item in value.items():
        path, field = f"{start}{name}", f"{above}{name}"
        if isinstance(item, dict):
            if field in leaves:
                found.append((path, field, item))
            else:
                _gather(item, f"{path}.", f"{field}.", found)
        elif isinstance(item, list):
            nested = item and isinstance(item[0], dict) and field not in leaves
            for index, part in enumerate(item):
                if nested:
                    _gather(part, f"{path}.{index}.", f"{field}.", found)
                else:
                    found.append((f"{path}.{index}", field, part))
        else:
            found.append((path, field, item))


@cache
def leaf_fields() -> frozenset[str]:
    """Return the fields that have no fields below them: plain values, texts by language, and lists of either."""
    paths = descriptor_paths()
    return frozenset(path for path in paths if not any(other.startswith(f"{path}.") for other in paths))
