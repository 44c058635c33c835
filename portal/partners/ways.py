"""The ways to take data, as one list: the page for partners and the API catalogue show it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from config.yaml_files import load_yaml


class Way(BaseModel):
    """One way: where it begins, what answers there, and a command to try it with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    media_type: str
    title: dict[str, str]
    command: str

    def shown(self, base: str) -> str:
        """Return the command for a public address."""
        return self.command.format(base=base)


@cache
def ways() -> dict[str, Way]:
    """Return the ways by name, in the order of the list."""
    rows = load_yaml(Path(__file__).parent / "ways.yaml")
    return {name: Way.model_validate(row) for name, row in rows.items()}
