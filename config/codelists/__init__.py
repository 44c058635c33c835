"""Code lists of the descriptor: values with Japanese and English labels, kept as data beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.yaml_files import load_yaml


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list: its name, where its values come from, and the labels of each value by language."""

    name: str
    evidence: str
    labels: dict[str, dict[str, str]]

    def __contains__(self, value: object) -> bool:
        return value in self.labels

    def label(self, value: str, language: str) -> str:
        """Return the label of a value. Raises `KeyError` for a value or language the list does not have."""
        return self.labels[value][language]


@cache
def codelists() -> dict[str, CodeList]:
    """Return every code list by name."""
    lists: dict[str, CodeList] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for name, entry in load_yaml(path).items():
            if name in lists:
                raise ValueError(f"code list {name!r} is defined twice (again in {path.name})")
            lists[name] = CodeList(name, entry["evidence"], entry["values"])
    return lists


def codelist(name: str) -> CodeList:
    """Return one list. Raises `KeyError` when there is none of that name."""
    return codelists()[name]
