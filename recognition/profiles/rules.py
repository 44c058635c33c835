"""Profiles as data: one YAML file each, with its source and year, and rules that name the test they are held by.

A profile is found by its file; adding one edits no code. A rule that names a test there is none of is refused.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from config.messages import CodedError
from config.yaml_files import load_yaml
from recognition.profiles.rule_tests import TESTS
from recognition.subject import Frozen

_RULE_FIELDS = {"code", "ja", "en", "test", "optional"}


class Rule(Frozen):
    """One rule. `arguments` belong to its test. An `optional` one is not demanded, only looked for."""

    code: str
    labels: dict[str, str]
    test: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    optional: bool = False


class Profile(Frozen):
    """The rules of one receiving side. `mark` says what the source is: law, definition, secondary, or ours."""

    code: str
    labels: dict[str, str]
    source: str
    year: int
    address: str | None
    mark: str
    rules: tuple[Rule, ...]


def load_profile(code: str, data: dict[str, Any]) -> Profile:
    """Return a profile. Raises `ValueError` for one without source or year, or with a rule that cannot be tested."""
    if not data.get("source") or not data.get("year"):
        raise ValueError(f"profile {code!r} has no source or no year")
    rules = []
    for row in data["rules"]:
        if row["test"] not in TESTS:
            raise ValueError(f"profile {code!r}, rule {row['code']!r}: there is no test {row['test']!r}")
        arguments = {name: value for name, value in row.items() if name not in _RULE_FIELDS}
        labels = {"ja": row["ja"], "en": row["en"]}
        rules.append(
            Rule(
                code=row["code"],
                labels=labels,
                test=row["test"],
                arguments=arguments,
                optional=row.get("optional", False),
            )
        )
    return Profile(
        code=code, labels={"ja": data["ja"], "en": data["en"]}, source=data["source"], year=data["year"],
        address=data["address"], mark=data["mark"], rules=tuple(rules),
    )  # fmt: skip


@cache
def profiles() -> dict[str, Profile]:
    """Return every profile by its code, in the order of their names."""
    paths = sorted(Path(__file__).parent.glob("*.yaml"))
    return {path.stem: load_profile(path.stem, load_yaml(path)) for path in paths}


def profile(code: str) -> Profile:
    """Return one profile. Raises `CodedError` with `profile_unknown`."""
    if code not in profiles():
        raise CodedError.of("profile_unknown", name=code, known=", ".join(profiles()))
    return profiles()[code]
