"""What every registry's own listing has in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Listing(BaseModel):
    """Base of listings. `ordinal` tells apart what a registry lists twice under one natural key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ordinal: int = 1

    @classmethod
    def stated(cls, plain: dict[str, Any]) -> dict[str, Any]:
        """Return what a listing, given in plain values, states by field, for comparing runs as a whole."""
        return plain
