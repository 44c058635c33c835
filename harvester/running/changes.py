"""What reading something again changes: records, and fields of records, with samples a person can look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from crosswalks.descriptor.differences import Difference, differences
from crosswalks.ledger import general, shown

_SAMPLES = 3
_OF_THE_READING = "source_record."


@dataclass(slots=True)
class Changes:
    """The differences between what is published and what the same answers give now.

    `fields` counts records by kind (LOST, SPURIOUS, CHANGED) and field; `samples` holds the first of each; `each`
    every difference by record. `new` and `lost` are records that only one side has.
    """

    new: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: dict[tuple[str, str], list[tuple[str, Difference]]] = field(default_factory=dict)
    each: dict[str, list[Difference]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.new or self.lost or self.each)

    def add(self, record: str, before: str | None, after: str) -> None:
        """Note one record as it is published (None for a new one) and as it would be, both as JSON."""
        if before is None:
            self.new.append(record)
            return
        found = [
            change
            for change in differences(orjson.loads(before), orjson.loads(after))
            if not change.path.startswith(_OF_THE_READING)
        ]
        if found:
            self.each[record] = found
        for key in {(change.kind, general(change.path)): change for change in found}.items():
            self._count(record, *key)

    def _count(self, record: str, key: tuple[str, str], change: Difference) -> None:
        self.fields[key] += 1
        samples = self.samples.setdefault(key, [])
        if len(samples) < _SAMPLES:
            samples.append((record, change))

    def lose(self, records: Iterable[str]) -> None:
        """Note records that are published and are not found in the answers any more."""
        self.lost.extend(sorted(records))

    def as_json(self, *, every: bool = False) -> dict[str, Any]:
        """Return the differences for machines, with every record's own where asked for."""
        view: dict[str, Any] = {
            "new": self.new,
            "lost": self.lost,
            "changed": len(self.each),
            "fields": [
                {
                    "kind": kind,
                    "field": name,
                    "records": number,
                    "samples": [{"record": record, **plain(change)} for record, change in self.samples[kind, name]],
                }
                for (kind, name), number in sorted(self.fields.items(), key=lambda row: (-row[1], row[0]))
            ],
        }
        if every:
            view["records"] = {record: [plain(change) for change in found] for record, found in self.each.items()}
        return view


def plain(change: Difference) -> dict[str, Any]:
    """Return a difference for machines, long values shortened."""
    return {"kind": change.kind, "path": change.path, "was": _brief(change.before), "is": _brief(change.after)}


def _brief(value: Any) -> str | None:
    return shown(value if isinstance(value, str) else orjson.dumps(value).decode()) if value is not None else None
