"""What every registry's own listing has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Listing(BaseModel):
    """Base of listings. `ordinal` tells apart what a registry lists twice under one natural key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ordinal: int = 1
