"""The rows of a comparison as data: headings of the descriptor and the aspects under each, from `headings.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from config.codelists import codelist
from config.yaml_files import load_yaml

Kind = Literal["codes", "texts", "levels", "hours", "credits", "outcomes", "duration"]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One row: its code, how two cells of it are told apart, the code list of its values, its names."""

    code: str
    kind: Kind
    labels: dict[str, str]
    codelist: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the descriptor. `number` is its place among the eight; `note` a message that stands with it."""

    code: str
    labels: dict[str, str]
    aspects: tuple[Aspect, ...]
    number: int | None = None
    note: str | None = None


@cache
def headings() -> tuple[Heading, ...]:
    """Return the headings in the order of the descriptor."""
    found = []
    for entry in load_yaml(Path(__file__).parent / "headings.yaml"):
        aspects = tuple(
            Aspect(row["code"], row["kind"], {"ja": row["ja"], "en": row["en"]}, row.get("list"))
            for row in entry["aspects"]
        )
        labels = {"ja": entry["ja"], "en": entry["en"]}
        found.append(Heading(entry["code"], labels, aspects, entry.get("number"), entry.get("note")))
    return tuple(found)


def label_of(aspect: Aspect, code: str, language: str) -> str:
    """Return the label of a value of an aspect, the value itself where its list has none."""
    if aspect.codelist and code in codelist(aspect.codelist):
        return codelist(aspect.codelist).label(code, language)
    return code
