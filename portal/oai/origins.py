"""Whose records say where they were taken from: those of every registry but ours."""

from __future__ import annotations

from config.settings import Settings
from connectors.discovery import registries

ABOUT = "provenance"
"""The form of the container that says it, beside a record."""


def own_registries(settings: Settings) -> frozenset[str]:
    """Return the registries that are ours: their records were not taken from elsewhere."""
    known = registries(settings.registries_file)
    return frozenset(name for name, one in known.items() if one.manifest.keeps_identifiers)
