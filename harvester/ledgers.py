"""What became of the fields of a registry's records, summed: on the way in as kept, on a way out as it is today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from config.messages import CodedError
from crosswalks.contract import crosswalk_for, crosswalk_table
from crosswalks.descriptor.serialise import load
from crosswalks.ledger import FieldOutcome, Ledger
from store.database import Database
from store.ledgers import current_ledgers
from store.records import current_records


@dataclass(slots=True)
class LedgerSums:
    """The ledgers of many records on one way, summed by outcome and by (field, outcome, reason)."""

    registry: str
    source: str
    target: str
    records: int = 0
    outcomes: Counter[FieldOutcome] = field(default_factory=Counter)
    lost: Counter[tuple[str, FieldOutcome, str]] = field(default_factory=Counter)

    def add(self, ledgers: Iterable[Ledger]) -> LedgerSums:
        """Count the entries of ledgers, one of each record."""
        for ledger in ledgers:
            self.records += 1
            self.source, self.target = ledger.source_schema, ledger.target_schema
            self.outcomes.update(ledger.by_outcome())
            self.lost.update(Ledger(ledger.source_schema, ledger.target_schema, ledger.losses()).summary())
        return self

    def as_json(self) -> dict[str, Any]:
        """Return the sums for machines, what was lost most often first."""
        rows = sorted(self.lost.items(), key=lambda row: (-row[1], row[0]))
        return {
            "registry": self.registry,
            "from": self.source,
            "to": self.target,
            "records": self.records,
            **{outcome.value: self.outcomes[outcome] for outcome in FieldOutcome},
            "losses": [
                {"field": name, "outcome": outcome.value, "reason": reason, "count": number}
                for (name, outcome, reason), number in rows
            ],
        }


def way_in(database: Database, registry: str, schema: str) -> LedgerSums:
    """Sum the ledgers that are kept with the live records of a registry."""
    return LedgerSums(registry, schema, "jmicro").add(current_ledgers(database, registry))


def way_out(database: Database, registry: str, schema: str) -> LedgerSums:
    """Sum the ledgers of the live records of a registry on their way to a schema, as the crosswalk writes today.

    Raises `CodedError` with `schema_unknown` or `schema_not_written`.
    """
    write = crosswalk_for(schema).write
    if write is None:
        known = ", ".join(sorted(name for name, one in crosswalk_table().items() if one.write))
        raise CodedError.of("schema_not_written", schema=schema, known=known)

    def ledgers() -> Iterator[Ledger]:
        for current in current_records(database, (registry,)):
            yield write(load(current.content)).ledger

    return LedgerSums(registry, "jmicro", schema).add(ledgers())
