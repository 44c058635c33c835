"""What to do about a message, told on a page: by what the page offers, where the catalogue names a command."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from config.messages import Issue, Language
from config.yaml_files import load_yaml


@cache
def page_fixes() -> Mapping[str, Mapping[Language, str]]:
    """Return the fixes of pages by the code of their message."""
    table: Mapping[str, Mapping[Language, str]] = load_yaml(Path(__file__).parent / "fixes.yaml")
    return table


def fix_of(issue: Issue, language: Language) -> str:
    """Return what a reader of a page can do about an issue."""
    own = page_fixes().get(issue.code)
    return issue.fix(language) if own is None else own[language].format_map(_Named(issue.params))


def fix_of_group(group: Mapping[str, Any], language: Language) -> str:
    """Return the same for issues that a view of a run has grouped; places are filled from its first sample."""
    own = page_fixes().get(group["code"])
    params: Mapping[str, Any] = next((sample["params"] for sample in group["samples"]), {})
    told: str = group["fix"][language] if own is None else own[language].format_map(_Named(params))
    return told


class _Named(dict[str, Any]):
    """Parameters of a text; one that is missing stands as its name."""

    def __missing__(self, key: str) -> str:
        return key
