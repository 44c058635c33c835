"""How the values of a descriptor came about, out of the ledger of its reading.

What the ledger says was worked out, or was given by no field, has its origin by the same rule; all else is stated.
`rules_beside_values.yaml` names the rules that say where a text stood or how it is to be read: they make no value.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from config.yaml_files import load_yaml
from crosswalks.descriptor.types import Origin
from crosswalks.ledger import Entry, FieldOutcome

_WORKED_OUT = frozenset({FieldOutcome.DERIVED, FieldOutcome.DEFAULTED})
_OUTSIDE = ("source_record.", "id.")


def origins_of(entries: Iterable[Entry]) -> dict[str, Origin]:
    """Return the origins by path; of several rules for one value the first is named, with all fields it used."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for source, outcome, target, _, rule, _, _ in entries:
        if outcome not in _WORKED_OUT or not target or not rule or f"{target}.".startswith(_OUTSIDE):
            continue
        if rule in rules_beside_values():
            continue
        first, fields = found.get(target, (rule, ()))
        if first == rule:
            field = source.partition("@")[0]
            found[target] = (rule, (*fields, field) if field and field not in fields else fields)
    return {target: _origin(rule, fields) for target, (rule, fields) in found.items()}


@cache
def rules_beside_values() -> frozenset[str]:
    """Return the rules whose entries explain no value."""
    return frozenset(row["rule"] for row in load_yaml(Path(__file__).parent / "rules_beside_values.yaml"))


@lru_cache(maxsize=4096)
def _origin(rule: str, fields: tuple[str, ...]) -> Origin:
    return Origin(kind="derived", rule=rule, source_fields=fields)
