"""Reviewed values laid over harvested ones: who assigned them, when and why stays with the value.

A correction names a field of the descriptor by its path. A path that ends in `.+` lays its value beside the harvested
ones of a list; any other lays it in the place of the harvested value, which the correction remembers. What the source
states is thereby never lost, and when the source later states something else there, that is a conflict to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from config.messages import CodedError, Issue
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.serialise import from_dict
from crosswalks.ledger import Entry, FieldOutcome

BESIDE = "+"
RULE = "assigned_by_reviewer"
_OURS = ("descriptor_version", "id", "source_record", "origins")


class Correction(NamedTuple):
    """A reviewed value. `was` is what the source stated there when it was reviewed, None for nothing."""

    field: str
    value: Any
    was: Any
    by: str
    on: date
    reason: str


def stated_at(descriptor: Descriptor, field: str) -> Any:
    """Return what a descriptor holds at the path of a correction, as plain values; None for nothing.

    Raises `CodedError` with `field_unknown` for a path that no descriptor has.
    """
    value: Any = descriptor.model_dump(mode="json", exclude_defaults=True)
    for step in _steps(field):
        if step == BESIDE:
            break
        if isinstance(value, list):
            value = value[int(step)] if step.isdecimal() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def lay(descriptor: Descriptor, corrections: Iterable[Correction]) -> tuple[Descriptor, list[Entry], list[Issue]]:
    """Lay corrections over a descriptor as its source states it; return it with ledger lines and conflicts.

    Raises `CodedError` with `field_unknown`, or as `from_dict` when a value cannot stand there.
    """
    content = descriptor.model_dump(mode="json", exclude_defaults=True)
    origins = dict(content.get("origins", {}))
    entries: list[Entry] = []
    issues: list[Issue] = []
    for one in corrections:
        if stated_at(descriptor, one.field) != one.was:
            told = {"field": one.field, "by": one.by, "on": one.on.isoformat()}
            issues.append(Issue("correction_conflict", told, place=one.field))
        place = _put(content, one)
        origins[place] = {"kind": "assigned", "by": one.by, "on": one.on.isoformat(), "reason": one.reason}
        entries.append(Entry("", FieldOutcome.DEFAULTED, place, rule=RULE))
    if not entries:
        return descriptor, [], []
    return from_dict({**content, "origins": origins}), entries, issues


def _put(content: dict[str, Any], one: Correction) -> str:
    """Put a value where its path says, and return the path it got."""
    steps = _steps(one.field)
    holder: Any = content
    for step, following in pairwise(steps):
        if isinstance(holder, dict):
            holder = holder.setdefault(step, [] if following == BESIDE or following.isdecimal() else {})
        elif isinstance(holder, list) and step.isdecimal() and int(step) < len(holder):
            holder = holder[int(step)]
        else:
            raise CodedError.of("field_unknown", field=one.field)
    last = steps[-1]
    if isinstance(holder, dict) and last != BESIDE:
        holder[last] = one.value
        return one.field
    number = len(holder) if last == BESIDE else int(last) if last.isdecimal() else -1
    if not isinstance(holder, list) or not 0 <= number <= len(holder):
        raise CodedError.of("field_unknown", field=one.field)
    holder[number : number + 1] = [one.value]
    return ".".join([*steps[:-1], str(number)])


def _steps(field: str) -> list[str]:
    steps = field.split(".")
    if steps[0] not in Descriptor.model_fields or steps[0] in _OURS or not all(steps) or BESIDE in steps[:-1]:
        raise CodedError.of("field_unknown", field=field)
    return steps
