"""A record of a schema on its way to the descriptor: its ledger, closed against the mapping table.

A reader says what it carried, and why it may leave out what has a place in the descriptor. Whatever it did not speak
of is dropped where the table gives it no place, and is told loudly where it has one.
"""

from __future__ import annotations

from pathlib import Path

from config.messages import Issue
from crosswalks.ledger import FieldOutcome, Ledger, general, shown
from crosswalks.listing import Listing
from crosswalks.mapping import has_a_place
from crosswalks.paths import leaves, upwards

_PICTURES = frozenset({"image", "logo"})


class Incoming:
    """The ledger and the issues of one record."""

    def __init__(self, schema: str, folder: Path) -> None:
        self.ledger = Ledger(schema, "jmicro")
        self.issues: list[Issue] = []
        self._otherwise: dict[str, str] = {}
        self._table = folder / "mapping.sssom.tsv"

    def not_understood(self, source: str, value: object) -> None:
        """Keep a value that cannot be read with the source record, and tell it."""
        self.ledger.unknown(source, "not_understood", value=value)
        self.issues.append(Issue("not_understood", {"value": shown(value) or ""}, place=source))

    def otherwise(self, source: str, reason: str) -> None:
        """Say why a value, or what a part states, is not carried where no entry speaks of it by the end."""
        self._otherwise[source] = reason

    def close(self, listing: Listing) -> None:
        """Account for every stated value that no entry speaks of.

        A part of the record that something was derived from is not told by that: what it states may still be unread.
        """
        if listing.ordinal > 1:
            self.ledger.derived("ordinal", "source_record.source_id", "ordinal_of_equal_keys")
        told = {entry.source for entry in self.ledger.entries}
        whole = {entry.source for entry in self.ledger.entries if entry.outcome is not FieldOutcome.DERIVED}
        for path, value in leaves(listing.model_dump(mode="json", exclude_defaults=True)):
            if path not in told and not any(place in whole for place in upwards(path)):
                self._account(path, value)

    def _account(self, path: str, value: object) -> None:
        field = general(path)
        if path.startswith("left_out."):
            name = str(value).rpartition(".")[2].rpartition(":")[2]
            self.ledger.dropped(path, "page_furniture" if name in _PICTURES else "personal_data", value=value)
        elif field.rpartition(".")[2] == "kinds" or ".kinds." in f".{field}.":
            self.ledger.dropped(path, "technical_field", value=value)
        elif not path.startswith("others.") and not has_a_place(self._table, self.ledger.source_schema, field):
            self.ledger.dropped(path, "no_descriptor_slot", value=value)
        elif reason := next((self._otherwise[place] for place in upwards(path) if place in self._otherwise), None):
            self.ledger.dropped(path, reason, value=value)
        else:
            self.ledger.unknown(path, "unmapped_field", value=value)
            self.issues.append(Issue("unmapped_field", {"field": path.removeprefix("others.")}, place=path))
