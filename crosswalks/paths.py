"""Paths into the plain values of a record: `credit.0.value`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each plain value of a JSON tree with its path; empty lists and objects have none."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}.{index}")
    else:
        yield path, value


def upwards(path: str) -> Iterator[str]:
    """Yield a path and all paths above it, the nearest first."""
    while path:
        yield path
        path = path.rpartition(".")[0]
