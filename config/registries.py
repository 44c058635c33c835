"""The list of registries: which are active, with which connector, and what each changes of its connector's defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.messages import CodedError
from config.yaml_files import load_yaml

BUILT_IN = Path(__file__).parent / "registries.yaml"


class RegistryRow(BaseModel):
    """One row. Everything but the connector and `active` overrides the connector's manifest."""

    model_config = ConfigDict(frozen=True, extra="allow")

    connector: str = Field(min_length=1)
    active: bool = True

    @property
    def overrides(self) -> dict[str, Any]:
        """What the row changes of the connector's manifest."""
        return dict(self.model_extra or {})


def load_rows(path: Path | None = None) -> dict[str, RegistryRow]:
    """Return the rows by registry id. Raises `CodedError` with `registry_file_invalid`."""
    path = path or BUILT_IN
    try:
        data = load_yaml(path) or {}
        return {name: RegistryRow.model_validate(row) for name, row in data.items()}
    except (OSError, yaml.YAMLError, ValidationError, AttributeError) as error:
        raise CodedError.of("registry_file_invalid", file=str(path), detail=str(error).splitlines()[0]) from None
