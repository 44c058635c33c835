"""Reading our own YAML files, with the fast loader where it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(path: Path) -> Any:
    """Return the content of a YAML file. Raises `OSError` or `yaml.YAMLError`."""
    return yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506  both loaders are the safe ones
