"""The value tables beside this module: what words of a Moodle site mean in the descriptor's terms."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from config.yaml_files import load_yaml
from crosswalks.mapping import plain_rows
from crosswalks.openbadges.model import Reason
from crosswalks.text import UNDETERMINED, matching_key
from crosswalks.values import table_path, value_rows

_FOLDER = Path(__file__).parent
_WORDS, _CUSTOM_FIELDS, _PACKS, _UNITS = (
    table_path(_FOLDER, name) for name in ("words", "custom_fields", "language_packs", "units")
)
_PARTS = {"unit": "unit", "LevelScheme": "scheme", "CreditSystem": "system"}
"""The part of a meaning that a row of the table of custom fields gives; any other row gives what it means."""
_PACK = re.compile(r"^([a-z]{2,3})(?:[_-]([a-z]{2}))?$")


class Meaning(NamedTuple):
    """What a custom field says: a field of the descriptor (or a factor of one), and in which terms."""

    means: str
    unit: str | None = None
    scheme: str | None = None
    system: str | None = None


@cache
def _table(name: str) -> Any:
    return load_yaml(Path(__file__).parent / f"{name}.yaml")


@cache
def listed_words() -> dict[str, dict[str, list[str]]]:
    """Return the words for each value, by list: those of the mapping table, and the names of people's fields."""
    found: dict[str, dict[str, list[str]]] = {"people": _table("values")["people"]}
    for row in plain_rows(_WORDS):
        name = row["subject_id"].partition(":")[2].partition("/")[0]
        value = row["object_id"].partition(":")[2].rpartition("/")[2]
        found.setdefault(name, {}).setdefault(value, []).append(row["subject_label"])
    return found


@cache
def words(name: str) -> dict[str, str]:
    """Return a table of words by their matching key, such as `delivery_modes` or `languages`."""
    return {matching_key(word): value for value, listed in listed_words()[name].items() for word in listed}


@cache
def word_for(name: str) -> dict[str, str]:
    """Return, for a table of words, the word to write for each value: the first that is not the value itself."""
    return {value: next(word for word in listed if word != value) for value, listed in listed_words()[name].items()}


@cache
def enrolment_methods() -> dict[str, dict[str, str]]:
    """Return the labels of enrolment methods by method and language."""
    return {name: {"ja": row["ja"], "en": row["en"]} for name, row in _table("values")["enrolment"].items()}


@cache
def enrolment_titles() -> dict[str, str]:
    """Return the method that an icon's title stands for, by the title's matching key."""
    rows = _table("values")["enrolment"].items()
    return {matching_key(title): name for name, row in rows for title in (row["ja"], row["en"], *row["titles"])}


@cache
def left_out_keys() -> dict[str, Reason]:
    """Return the keys of Moodle that are known and not taken in, with the reason."""
    return {key: reason for reason, keys in _table("keys").items() for key in keys}


@lru_cache(maxsize=4096)
def names_people(name: str | None) -> bool:
    """Tell whether a custom field of this short name or name holds people's names or contacts."""
    return bool(name) and matching_key(str(name).rstrip(":： ")) in words("people")


@cache
def shipped_meanings() -> dict[str, Meaning]:
    """Return what well-known custom fields mean, by the matching key of their short name or name."""
    found: dict[str, dict[str, str]] = {}
    for row in value_rows(_CUSTOM_FIELDS):
        part = _PARTS.get(row.object.listed, "means")
        found.setdefault(matching_key(row.subject.label), {})[part] = row.object.code
    return {name: Meaning(**parts) for name, parts in found.items()}


@cache
def field_named_after(part: str) -> dict[str, str]:
    """Return, for each framework (`scheme`) or credit system (`system`), the custom field that its name says."""
    found: dict[str, str] = {}
    for row in value_rows(_CUSTOM_FIELDS):
        if _PARTS.get(row.object.listed) == part:
            found.setdefault(row.object.code, row.subject.label)
    return found


@cache
def units() -> dict[str, str]:
    """Return the unit of a word behind a figure, by the word's matching key."""
    return {matching_key(row.subject.label): row.object.code for row in value_rows(_UNITS)}


@lru_cache(maxsize=1024)
def language_of_pack(name: str) -> str:
    """Return the BCP 47 tag of a Moodle language pack (`ja`, `en_us`, `ja_kids`), or `und`."""
    code = name.strip().lower().replace("-", "_")
    if code in _special_packs():
        return _special_packs()[code]
    match = _PACK.match(code)
    if not match:
        return UNDETERMINED
    return match.group(1) + (f"-{match.group(2).upper()}" if match.group(2) else "")


@cache
def _special_packs() -> dict[str, str]:
    return {row.subject.code: row.object.code for row in value_rows(_PACKS)}
