"""Letting only what a registry's rights policy releases out of a descriptor, whatever the way out."""

from __future__ import annotations

from typing import Any

from config.rights import released_fields
from crosswalks.descriptor.model import Descriptor


def releasable(descriptor: Descriptor) -> tuple[Descriptor, list[str]]:
    """Return the part of a descriptor that its registry's policy releases, and the paths of what was held back.

    A descriptor without a policy (a file converted by hand) is released whole. Parts of a list keep their numbers.
    """
    policy = descriptor.source_record.rights
    fields = released_fields(policy) if policy else None
    if fields is None:
        return descriptor, []
    held: list[str] = []
    content = _kept(descriptor.model_dump(exclude_defaults=True), "", "", fields, held)
    return Descriptor.model_validate(content), held


def _kept(value: dict[str, Any], path: str, shown: str, fields: frozenset[str], held: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, item in value.items():
        field = f"{path}.{name}" if path else name
        place = f"{shown}.{name}" if shown else name
        if field in fields:
            kept[name] = item
        elif not any(allowed.startswith(f"{field}.") for allowed in fields):
            held.append(place)
        elif isinstance(item, dict):
            if inner := _kept(item, field, place, fields, held):
                kept[name] = inner
        else:
            parts = [_kept(part, field, f"{place}.{index}", fields, held) for index, part in enumerate(item)]
            while parts and not parts[-1]:
                parts.pop()
            kept[name] = tuple(parts)
    return kept
