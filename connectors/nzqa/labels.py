"""The label dictionary of `labels.yaml`, and which labels are about people."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

from config.yaml_files import load_yaml
from crosswalks.text import matching_key

PEOPLE = "people"
"""Field of labels about people: what stands under them is never taken."""

_ABOUT_PEOPLE = re.compile(
    r"contact(?: (?:details?|persons?|names?|us|phone|numbers?|e-?mail|information)\b.{0,40})?"
    r"|(?:e-?mail|(?:tele)?phone|tel|mobile|fax)\b.{0,40}"
    r"|.{0,40}\b(?:leader|co-?ordinator|manager|tutor|lecturer|teacher|kaiako|principal|director"
    r"|chief executive|person|staff)"
)


class Labels:
    """One dictionary: label → field."""

    def __init__(self, lists: dict[str, list[str]]) -> None:
        self._whole: dict[str, str] = {}
        self._begins: list[tuple[str, str]] = []
        for name, labels in lists.items():
            for label in labels:
                if label.endswith("…"):
                    self._begins.append((label_key(label[:-1]), name))
                else:
                    self._whole[label_key(label)] = name
        self._kept: dict[str, str | None] = {}

    def field(self, label: str) -> str | None:
        """Return the field of a label, `people` for one about people, None for one that nobody knows."""
        if len(label) > 100:
            return None
        if label not in self._kept:
            if len(self._kept) > 5000:
                self._kept.clear()
            self._kept[label] = self._find(label_key(label))
        return self._kept[label]

    def _find(self, key: str) -> str | None:
        if key in self._whole:
            return self._whole[key]
        for start, name in self._begins:
            if key.startswith(start):
                return name
        return PEOPLE if _ABOUT_PEOPLE.fullmatch(key) else None


def label_key(label: str) -> str:
    """Return a label for looking it up: no capitals, no accents, no colon or star at its end."""
    return matching_key(label).rstrip(" :*?").strip()


@cache
def labels(page: Literal["record", "provider"]) -> Labels:
    """Return the dictionary for one kind of page."""
    return Labels(load_yaml(Path(__file__).parent / "labels.yaml")[page])
