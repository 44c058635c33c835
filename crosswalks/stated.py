"""What a descriptor states, field by field: the units a ledger of the way out speaks of."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from crosswalks.descriptor.model import Descriptor
from crosswalks.mapping import descriptor_paths


class Stated(NamedTuple):
    """One value that a descriptor states: its path, its field (the path without indices) and the value."""

    path: str
    field: str
    value: Any


def stated_fields(descriptor: Descriptor) -> list[Stated]:
    """Return all that a descriptor states; texts by language and lists of plain values count as one value each.

    How values came about (`origins`) is left out.
    """
    return fields_of(descriptor.model_dump(mode="json", exclude_defaults=True, exclude={"origins"}))


def fields_of(content: dict[str, Any]) -> list[Stated]:
    """Return the same of a part of a descriptor in JSON, by the names of its fields."""
    found: list[Stated] = []
    _gather(content, "", "", found)
    return found


def _gather(value: dict[str, Any], start: str, above: str, found: list[Stated]) -> None:
    for name, item in value.items():
        path, field = f"{start}{name}", f"{above}{name}"
        if field in _plain_fields() or not isinstance(item, (dict, list)):
            found.append(Stated(path, field, item))
        elif isinstance(item, dict):
            _gather(item, f"{path}.", f"{field}.", found)
        else:
            for index, part in enumerate(item):
                _gather(part, f"{path}.{index}.", f"{field}.", found)


@cache
def _plain_fields() -> frozenset[str]:
    """Return the fields that have none below them."""
    paths = descriptor_paths()
    return frozenset(paths - {path.rpartition(".")[0] for path in paths})
