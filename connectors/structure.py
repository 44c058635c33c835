"""What answers are made of, in short words, so that a change of form is seen though every value can still be read.

Nothing here depends on order, white space, attributes or what stands around a list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import html

from connectors.tables import Table, cells_of

_ENOUGH = 5
_LONGEST = 60


def of_table(table: Table) -> tuple[str, ...]:
    """Return the columns of a table, and how many cells most of its rows have."""
    cells = Counter(len(cells_of(row)) for row in table.rows)
    usual = [f"{cells.most_common(1)[0][0]} cells"] if len(table.rows) >= _ENOUGH else []
    return (*sorted(table.columns), *sorted(label[:_LONGEST] for label in table.unknown), *usual)


def of_records(records: Iterable[Any]) -> tuple[str, ...]:
    """Return the keys that all records of an answer have; for rows without keys, how many cells most have.

    Of a handful of records nothing is said: what all of them have by chance is no form.
    """
    kept = list(records)
    if len(kept) < _ENOUGH:
        return ()
    named = [record for record in kept if isinstance(record, Mapping)]
    if len(named) == len(kept):
        return tuple(sorted(str(key)[:_LONGEST] for key in set.intersection(*(set(record) for record in named))))
    cells = Counter(len(record) for record in kept if isinstance(record, list))
    return (f"{cells.most_common(1)[0][0]} cells",) if cells else ()


def of_elements(elements: Iterable[html.HtmlElement]) -> tuple[str, ...]:
    """Return the name that the elements of records have in common, and their data attributes."""
    kept = list(elements)
    if not kept:
        return ()
    shared = set.intersection(*({str(element.tag), *map(str, element.attrib)} for element in kept))
    return tuple(sorted(part for part in shared if part.startswith("data-") or part == kept[0].tag))


def of_labels(fields: Iterable[str]) -> tuple[str, ...]:
    """Return the fields that a page has known labels for; what looks like an unknown label may be prose."""
    return tuple(sorted(set(fields)))
