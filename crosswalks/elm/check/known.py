"""Where the two official shapes files contradict each other, so that no data can please both.

`known_contradictions.tsv` has a row per class, property and constraint component. `when` is empty, `literal`
(the value is one), `scheme IRI` (the concept states that scheme) or `other-scheme` (the concept lies outside
the list and states a scheme of its own). Source: reference on ELM, section 4.3, numbers 4 to 7.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from crosswalks.elm.check.constraints import IN_SCHEME, is_iri
from crosswalks.elm.check.index import Index
from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.graph import Lit, Value
from crosswalks.elm.profile import classes, vocabulary

_TABLE = Path(__file__).with_name("known_contradictions.tsv")


class Contradiction(NamedTuple):
    """One row of the table; `reason` is a message code."""

    reason: str
    owner: str
    path: str
    component: str
    when: str


@cache
def contradictions() -> dict[tuple[str, str, str], Contradiction]:
    """Return the rows by class, property and component."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(lines)
        return {
            (owner, path, component): Contradiction(reason, owner, path, component, when)
            for reason, owner, path, component, when in lines
        }


def marked(index: Index, rows: list[Row]) -> list[Row]:
    """Return rows, those of the vocabulary shapes that a contradiction explains marked with its reason."""
    table = contradictions()
    found = []
    for row in rows:
        known = table.get((row.owner, row.path, row.component)) if row.layer is Layer.VOCABULARY else None
        explained = known is not None and _explains(index, known, row.value)
        found.append(row._replace(known=known.reason) if known and explained else row)
    return found


def _explains(index: Index, known: Contradiction, value: Value | None) -> bool:
    if not known.when:
        return True
    if isinstance(value, Lit) or value is None:
        return known.when == "literal"
    schemes = index.nodes.get(value, {}).get(IN_SCHEME, [])
    if known.when == "other-scheme":
        listed = [vocabulary(name) for name in classes()[known.owner].properties[known.path].in_scheme]
        outside = not any(value.startswith(one.concepts) or one.scheme in schemes for one in listed)
        return outside and bool(schemes) and all(is_iri(scheme) for scheme in schemes)
    return schemes == [known.when.removeprefix("scheme ")]
