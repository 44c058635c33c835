"""The stand-in's listings, as data: real Japanese examples, and made-up ones that exercise every field.

Each file has `listings`, by number, and `shared`, which holds the parts that several of them repeat. A
listing's identifier comes from its number; everything else stands in the file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from config.yaml_files import load_yaml
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.serialise import from_dict

BASE = "https://registry.jmicro.example/id/mc/"
"""Below this address the stand-in's identifiers are made up."""


def files() -> list[Path]:
    """Return the data files, in the order of their names."""
    return sorted(Path(__file__).parent.glob("*.yaml"))


def numbered(path: Path) -> dict[str, Descriptor]:
    """Return the listings of one file by number. Raises `CodedError` for one that is no descriptor."""
    return {number: from_dict(listed(number, content)) for number, content in load_yaml(path)["listings"].items()}


def listed(number: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a listing with the identifier of its number."""
    identifier = f"{BASE}{number}"
    found = {"registry": "jmicro", "source_id": identifier, **content.get("source_record", {})}
    return {"id": identifier, **content, "source_record": found}


@cache
def written() -> tuple[Descriptor, ...]:
    """Return all listings of the data files: the made-up ones first, then the real ones."""
    return tuple(descriptor for path in files() for descriptor in numbered(path).values())
