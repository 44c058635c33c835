"""Telling two JSON trees apart, field by field: what was lost, what is new, what changed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

Kind = Literal["LOST", "SPURIOUS", "CHANGED"]
_NOTHING: tuple[Any, ...] = (None, "", [], {}, ())


class Difference(NamedTuple):
    """One difference: LOST (only in the first), SPURIOUS (only in the second) or CHANGED, with its path."""

    kind: Kind
    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if self.kind == "CHANGED":
            return f"{self.kind} {self.path}: {self.before!r} → {self.after!r}"
        return f"{self.kind} {self.path}: {self.before if self.kind == 'LOST' else self.after!r}"


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Yield the differences between two trees. Empty equals absent, and 52 equals 52.0."""
    if _same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        for index in range(max(len(before), len(after))):
            left = before[index] if index < len(before) else None
            right = after[index] if index < len(after) else None
            yield from differences(left, right, f"{path}.{index}")
    elif _empty(after):
        yield Difference("LOST", path, before, None)
    elif _empty(before):
        yield Difference("SPURIOUS", path, None, after)
    else:
        yield Difference("CHANGED", path, before, after)


def _empty(value: Any) -> bool:
    return any(value == nothing for nothing in _NOTHING) if not isinstance(value, (bool, int, float)) else False


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if before == after or (_empty(before) and _empty(after)):
        return True
    numbers = (int, float, Decimal)
    if isinstance(before, numbers) or isinstance(after, numbers):
        try:
            return Decimal(str(before)) == Decimal(str(after))
        except InvalidOperation:
            return False
    return False
