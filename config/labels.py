"""Words of screens and reports in Japanese and English."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from config.messages import Language
from config.yaml_files import load_yaml


@cache
def _labels() -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = {}
    for path in sorted(Path(__file__).parent.glob("labels*.yaml")):
        for name, texts in load_yaml(path).items():
            if name in labels:
                raise ValueError(f"the label {name!r} stands twice (again in {path.name})")
            labels[name] = texts
    return labels


def label(name: str, language: Language, **values: Any) -> str:
    """Return a label, its places filled in. Raises `KeyError` for a label that does not exist."""
    text = _labels()[name][language]
    return text.format(**values) if values else text
