"""A record of a schema on its way to the descriptor: its ledger, closed against the mapping table.

A reader says what it carried. Whatever it did not speak of is dropped where the table gives it no place in the
descriptor, and is told loudly where it has one but could not be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from config.messages import Issue
from crosswalks.descriptor.types import Origin
from crosswalks.ledger import Ledger, general, shown
from crosswalks.listing import Listing
from crosswalks.mapping import read_table


class Incoming:
    """The ledger, the issues and the origins of one record."""

    def __init__(self, schema: str, folder: Path) -> None:
        self.ledger = Ledger(schema, "jmicro")
        self.issues: list[Issue] = []
        self.origins: dict[str, Origin] = {}
        self._table = folder / "mapping.sssom.tsv"

    def derived(self, source: str, target: str, rule: str) -> None:
        """Note a value that was worked out, in the ledger and as its origin."""
        self.ledger.derived(source, target, rule)
        self.origins[target] = Origin(kind="derived", rule=rule, source_fields=(source,))

    def not_understood(self, source: str, value: object) -> None:
        """Keep a value that cannot be read with the source record, and tell it."""
        self.ledger.unknown(source, "not_understood", value=value)
        self.issues.append(Issue("not_understood", {"value": shown(value) or ""}, place=source))

    def close(self, listing: Listing) -> None:
        """Account for every stated value that no entry speaks of."""
        told = {entry.source for entry in self.ledger.entries}
        placed = _placed(self._table, self.ledger.source_schema)
        if listing.ordinal > 1:
            self.ledger.derived("ordinal", "source_record.source_id", "ordinal_of_equal_keys")
            told.add("ordinal")
        for path, value in _leaves(listing.model_dump(mode="json", exclude_defaults=True), ""):
            if any(place in told for place in _above(path)):
                continue
            field = general(path)
            if path.startswith("others."):
                self.ledger.unknown(path, "unmapped_field", value=value)
                self.issues.append(Issue("unmapped_field", {"field": path.removeprefix("others.")}, place=path))
            elif path.startswith("left_out."):
                self.ledger.dropped(path, "personal_data", value=value)
            elif field.rpartition(".")[2] == "kinds" or ".kinds." in f".{field}.":
                self.ledger.dropped(path, "technical_field", value=value)
            elif any(place in placed for place in _above(field)):
                self.ledger.dropped(path, "lossy_split", value=value)
            else:
                self.ledger.dropped(path, "no_descriptor_slot", value=value)


@cache
def _placed(table: Path, schema: str) -> frozenset[str]:
    """Return the fields that have a counterpart in the descriptor."""
    return frozenset(row.subject for row in read_table(table, schema) if row.object and not row.negative)


def _above(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}.{index}")
    else:
        yield path, value
