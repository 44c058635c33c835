"""The layout of the workbook, from `layout.yaml`: sheets, columns, headings and what the cells of a column hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from config.codelists import codelists
from config.frameworks import credit_systems, level_schemes
from config.yaml_files import load_yaml

LANGUAGES = {"ja": ("日本語", "Japanese"), "en": ("英語", "English")}
"""The languages that have columns, and their names in Japanese and English."""

MAIN = "listing"
TRANSLATIONS = "translations"
NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `field` is the path of its value in the listing or part, `language` the language of a text there.

    `key` is unique in its sheet; it stands under the heading, so that a column is known wherever it is moved to.
    """

    key: str
    field: str
    kind: str
    need: str
    source: str
    width: int
    headings: dict[str, str]
    names: dict[str, str]
    write: dict[str, str]
    codes: str = ""
    language: str = ""

    @property
    def heading(self) -> str:
        """The heading as it stands in the cell: Japanese, then English."""
        return f"{self.headings['ja']}\n{self.headings['en']}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `parts` is the field of the listing that its rows make up; empty where a row is a listing."""

    key: str
    parts: str
    need: str
    names: dict[str, str]
    about: dict[str, str]
    columns: tuple[Column, ...]

    @property
    def title(self) -> str:
        """The name on the tab."""
        return f"{self.names['ja']} {self.names['en']}"

    def key_of(self, column: Column) -> str:
        """Return what stands in the row of keys for a column."""
        return f"{self.key}:{column.key}"


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes a cell can hold, with their labels."""

    name: str
    labels: dict[str, dict[str, str]]

    def shown(self, code: str) -> str:
        """Return a code as cells show it: both labels, then the code itself."""
        label = self.labels[code]
        words = label["ja"] if label["ja"] == label["en"] else f"{label['ja']} {label['en']}"
        return f"{words} [{code}]"


@cache
def sheets() -> tuple[Sheet, ...]:
    """Return the sheets in their order."""
    return tuple(_sheet(row) for row in _layout()["sheets"])


@cache
def sheet_named(key: str) -> Sheet:
    """Return one sheet by its key. Raises `KeyError`."""
    return {sheet.key: sheet for sheet in sheets()}[key]


@cache
def codes_named(name: str) -> Codes:
    """Return the codes of a list: one of the descriptor's, a framework's, or the workbook's own. Raises `KeyError`."""
    own = _layout()["lists"]
    if name in own:
        return Codes(name, own[name])
    if name == "LevelScheme":
        return Codes(name, {code: scheme.labels for code, scheme in level_schemes().items()})
    if name == "CreditSystem":
        return Codes(name, {code: system.labels for code, system in credit_systems().items()})
    return Codes(name, codelists()[name].labels)


@cache
def lists_used() -> tuple[str, ...]:
    """Return the names of the lists that columns choose from, in the order of their first use."""
    return tuple(dict.fromkeys(column.codes for sheet in sheets() for column in sheet.columns if column.codes))


def guide() -> dict[str, Any]:
    """Return the words of the guide sheet: steps, a caution and what the source marks stand for."""
    words: dict[str, Any] = _layout()["guide"]
    return words


@cache
def _layout() -> dict[str, Any]:
    layout: dict[str, Any] = load_yaml(Path(__file__).parent / "layout.yaml")
    return layout


def _sheet(row: dict[str, Any]) -> Sheet:
    listed = list(row["columns"])
    if row["key"] != MAIN:
        first = _layout()["sheets"][0]["columns"][0]
        write = {"write_ja": "「一覧」のシートの番号。", "write_en": "The number on the sheet Listings."}
        listed.insert(0, {**first, **write})
    columns = tuple(column for entry in listed for column in _columns(entry))
    names, about = ({"ja": row[f"{start}ja"], "en": row[f"{start}en"]} for start in ("", "about_"))
    return Sheet(row["key"], row.get("parts", ""), row["need"], names, about, columns)


def _columns(entry: dict[str, Any]) -> list[Column]:
    names = {"ja": entry["ja"], "en": entry["en"]}
    write = {"ja": entry["write_ja"], "en": entry["write_en"]}
    rest = (entry["kind"], entry["need"], entry["source"], entry["width"])
    if entry["kind"] != "lang":
        return [Column(entry["key"], entry["key"], *rest, names, names, write, entry.get("list", ""))]
    found = []
    for tag, (ja, en) in LANGUAGES.items():
        headings = {"ja": f"{names['ja']}（{ja}）", "en": f"{names['en']} ({en})"}
        found.append(Column(f"{entry['key']}.{tag}", entry["key"], *rest, headings, names, write, language=tag))
    return found
