"""What two versions of a record say differently, as a person reads it; what decisions rest on comes first."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from config.messages import Language
from crosswalks.descriptor.differences import differences
from harvester.terminal.wording import coded
from portal.public.showing import field_name
from recognition.decisions.lifecycle import material_fields

_APART = frozenset({"descriptor_version", "id", "source_record", "origins"})


class Differing(NamedTuple):
    """One value that is not as it was. `matters` is whether decisions rest on its field."""

    name: str
    was: str
    now: str
    matters: bool


def differing(before: str, after: str, language: Language) -> list[Differing]:
    """Return what differs between two descriptors in canonical JSON."""
    old, new = (_plain(text) for text in (before, after))
    found = [
        Differing(
            field_name(one.path, language), _shown(one.path, one.before, language),
            _shown(one.path, one.after, language), one.path.partition(".")[0] in material_fields(),
        )
        for one in differences(old, new)
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.matters)


def _plain(text: str) -> dict[str, Any]:
    return {name: value for name, value in orjson.loads(text).items() if name not in _APART}


def _shown(path: str, value: Any, language: Language) -> str:
    if value is None:
        return "—"
    return orjson.dumps(value).decode() if isinstance(value, (dict, list)) else coded(path, value, language)
