"""Records that would fill the memory of whoever checks them: found by counting, before any model sees them.

A checker tells one fault for each key and value it cannot take. Fifty thousand unknown keys make fifty thousand faults,
of a hundred times their own size.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from config.messages import CodedError

MOST_KEYS = 2_000
"""Keys of one object; the largest model has a few dozen, and what is unknown beside them is kept by name."""
MOST_VALUES = 50_000
"""Values of one record, at whatever depth."""


def expect_no_crowd(record: Any) -> None:
    """Let a record of plain values pass that no model has to fear. Raises `CodedError` with `record_crowded`."""
    values, waiting = 0, [record]
    while waiting:
        one = waiting.pop()
        inner: Collection[Any]
        if isinstance(one, dict):
            expect_few_keys(one)
            inner = one.values()
        elif isinstance(one, list):
            inner = one
        else:
            continue
        values += len(inner)
        if values > MOST_VALUES:
            raise CodedError.of("record_crowded", keys=MOST_KEYS, values=MOST_VALUES)
        waiting.extend(some for some in inner if isinstance(some, (dict, list)))


def expect_few_keys(one: dict[str, Any]) -> None:
    """Let an object pass that has as many keys as one may have. Raises `CodedError` with `record_crowded`."""
    if len(one) > MOST_KEYS:
        raise CodedError.of("record_crowded", keys=MOST_KEYS, values=MOST_VALUES)


def may_crowd(text: bytes) -> bool:
    """Tell whether a JSON text is long enough in keys and values that they had better be counted."""
    return text.count(b":") > MOST_KEYS or text.count(b",") > MOST_VALUES
