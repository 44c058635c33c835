"""The ledger: what became of every field in one crossing.

One model serves every crosswalk and both directions. For each source field there is at least one entry; for each
value of the target there is an entry that explains it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

import orjson

from config.messages import Issue, Language, catalogue

T = TypeVar("T")
_INDEX = re.compile(r"\.\d+(?=\.|$)")
_SHOWN = 200


class FieldOutcome(StrEnum):
    """What can become of a field.

    `mapped` carried as it is; `normalised` carried in the target's own form; `derived` worked out from it by the
    rule named; `defaulted` a target value that no source field gave, by the rule named; `dropped` not carried, for
    the reason named; `unknown` either nothing is stated (`not_stated`), or nobody has decided what it means here.
    """

    MAPPED = "mapped"
    NORMALISED = "normalised"
    DERIVED = "derived"
    DEFAULTED = "defaulted"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Entry(NamedTuple):
    """One line. `source` is empty for a defaulted value, `target` for one that was not carried.

    `reason` is a message code; `rule` names the rule that did the work; `quote` is the passage a value was taken
    from when it came out of prose; `value` shows what was lost or changed, shortened.
    """

    source: str
    outcome: FieldOutcome
    target: str | None = None
    reason: str | None = None
    rule: str | None = None
    quote: str | None = None
    value: str | None = None

    def as_json(self) -> dict[str, str]:
        """Return the entry without its empty parts."""
        return {key: value for key, value in zip(_PARTS, self, strict=True) if value is not None}


_PARTS = Entry._fields


@dataclass(slots=True)
class Ledger:
    """The entries of one crossing from one schema to another."""

    source_schema: str
    target_schema: str
    entries: list[Entry] = field(default_factory=list)

    def mapped(self, source: str, target: str, *, quote: str | None = None) -> None:
        """Note a value carried as it is."""
        self.entries.append(Entry(source, FieldOutcome.MAPPED, target, quote=quote))

    def normalised(
        self, source: str, target: str, rule: str, *, value: object = None, quote: str | None = None
    ) -> None:
        """Note a value carried in another form, with what it was before."""
        self.entries.append(Entry(source, FieldOutcome.NORMALISED, target, rule=rule, quote=quote, value=shown(value)))

    def derived(self, source: str, target: str, rule: str, *, quote: str | None = None) -> None:
        """Note a value worked out from a source field."""
        self.entries.append(Entry(source, FieldOutcome.DERIVED, target, rule=rule, quote=quote))

    def defaulted(self, target: str, rule: str) -> None:
        """Note a target value that no source field gave."""
        self.entries.append(Entry("", FieldOutcome.DEFAULTED, target, rule=rule))

    def dropped(self, source: str, reason: str, *, value: object = None) -> None:
        """Note a value that was not carried. `reason` is a message code."""
        self.entries.append(Entry(source, FieldOutcome.DROPPED, reason=reason, value=shown(value)))

    def unknown(self, source: str, reason: str = "not_stated", *, value: object = None) -> None:
        """Note a field the source leaves empty, or one that nobody has decided about."""
        self.entries.append(Entry(source, FieldOutcome.UNKNOWN, reason=reason, value=shown(value)))

    def losses(self) -> list[Entry]:
        """Return what was not carried: dropped values, and stated ones that nobody has decided about."""
        return [
            entry
            for entry in self.entries
            if entry.outcome is FieldOutcome.DROPPED
            or (entry.outcome is FieldOutcome.UNKNOWN and entry.reason != "not_stated")
        ]

    def kinds(self) -> list[tuple[str, FieldOutcome, str]]:
        """Return what each entry counts as: field without its indices, outcome, reason or rule."""
        return [
            (general(entry.source or entry.target or ""), entry.outcome, entry.reason or entry.rule or "")
            for entry in self.entries
        ]

    def summary(self) -> Counter[tuple[str, FieldOutcome, str]]:
        """Count entries by their kinds."""
        return Counter(self.kinds())

    def by_outcome(self) -> Counter[FieldOutcome]:
        """Count entries by what became of the field."""
        return Counter(entry.outcome for entry in self.entries)

    def as_json(self) -> dict[str, Any]:
        """Return the ledger for machines."""
        return {
            "from": self.source_schema,
            "to": self.target_schema,
            "entries": [entry.as_json() for entry in self.entries],
        }

    def dump(self) -> str:
        """Return `as_json` as JSON text."""
        ends = orjson.dumps({"from": self.source_schema, "to": self.target_schema}).decode()
        lines = [
            _line(entry) if entry.quote is None and entry.value is None else _written(entry) for entry in self.entries
        ]
        return f'{ends[:-1]},"entries":[{",".join(lines)}]}}'

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Ledger:
        """Rebuild a ledger from `as_json`."""
        entries = [
            Entry(**{**entry, "source": entry.get("source", ""), "outcome": FieldOutcome(entry["outcome"])})
            for entry in data["entries"]
        ]
        return cls(data["from"], data["to"], entries)


def _written(entry: Entry) -> str:
    return orjson.dumps(entry.as_json()).decode()


_line = lru_cache(maxsize=65_536)(_written)
"""The JSON of an entry that quotes nothing: the same for a great many records."""


@dataclass(frozen=True, slots=True)
class Crossing(Generic[T]):
    """The result of one crossing: the value, the ledger, and issues that stay with the record."""

    value: T
    ledger: Ledger
    issues: tuple[Issue, ...] = ()


@lru_cache(maxsize=65_536)
def general(path: str) -> str:
    """Return a path without indices and node: `credit.0.value` becomes `credit.value`, `Note.noteLiteral@iri` loses
    the identifier of the node.
    """
    return _INDEX.sub("", path.partition("@")[0])


def shown(value: object) -> str | None:
    """Return a value as short text for a ledger line."""
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def explain(entry: Entry, language: Language) -> str:
    """Return the reason of an entry in words, or its rule.

    What a text wants to name is the value, or the field where the entry keeps no value; a list is the field's own.
    """
    if entry.reason is None or entry.reason not in catalogue():  # an old ledger may name a reason of its time
        return entry.reason or entry.rule or ""
    field = general(entry.source or entry.target or "").removeprefix("others.")
    named = {"field": field, "list": field.rpartition(".")[2] or field}
    return catalogue()[entry.reason].text[language].format_map(_Named(named, entry.value or field))


class _Named(dict[str, str]):
    """What fills the places of a text; any that is not named is filled with the value."""

    def __init__(self, named: dict[str, str], value: str) -> None:
        super().__init__(named)
        self._value = value

    def __missing__(self, key: str) -> str:
        return self._value
