"""What may leave a registry's records under each rights policy."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from config.yaml_files import load_yaml


@cache
def released_fields(policy: str) -> frozenset[str] | None:
    """Return the descriptor fields a policy releases, or None when it releases all. Raises `KeyError` for no policy."""
    fields = load_yaml(Path(__file__).parent / "rights.yaml")[policy]["fields"]
    return None if fields == "all" else frozenset(fields)
