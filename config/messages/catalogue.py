"""The message catalogue: loaded once from the YAML files of this folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from config.yaml_files import load_yaml

Language = Literal["ja", "en"]


class Severity(StrEnum):
    """How much an issue matters, the gravest first.

    `stop` ends a run because the structure of a source is broken; `reject` skips one record; `error` and
    `warning` stay with the record; `info` only tells.
    """

    STOP = "stop"
    REJECT = "reject"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the catalogue. Texts may hold `{name}` places that an issue's parameters fill."""

    code: str
    severity: Severity
    text: dict[str, str]
    fix: dict[str, str]


@cache
def catalogue() -> dict[str, Message]:
    """Return all messages by code. Raises `ValueError` for a code that two files define."""
    messages: dict[str, Message] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for code, entry in load_yaml(path).items():
            if code in messages:
                raise ValueError(f"message code {code!r} is defined twice (again in {path.name})")
            messages[code] = Message(
                code=code,
                severity=Severity(entry["severity"]),
                text={"ja": entry["ja"], "en": entry["en"]},
                fix={"ja": entry["fix_ja"], "en": entry["fix_en"]},
            )
    return messages


def language_from_environment() -> Language:
    """Return `ja` when the locale variables ask for Japanese, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "ja" if value.startswith("ja") else "en"
    return "en"
