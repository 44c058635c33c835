"""Values, differences and origins as words: what pages, printed pages and workbooks say instead of codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from config.frameworks import credit_systems
from config.labels import label
from config.messages import Language
from config.yaml_files import load_yaml
from harvester.terminal.wording import coded
from portal.public.laying import Beside
from portal.public.names import (
    country_name,
    credit_name,
    field_of_study,
    language_name,
    level_name,
    said,
    spoken,
)
from recognition.cells import Cell, Value
from recognition.levels import LevelComparison, Row
from recognition.levels.table import NO_AGREEMENT, NONE
from recognition.outcomes.suggesting import Maker
from recognition.subject import Evidence, Reviewed

_NAMED: dict[str, Callable[[str, Language], str]] = {"country": country_name, "language": language_name}
_ROW = re.compile(r"tr\[(\d{1,6})\]")
_COLUMN = re.compile(r"t[dh]\[(\d{1,4})\]")
_LINE = re.compile(r"(?:line|row) (\d{1,9})")
_HEADING = re.compile(r"/h[1-6](?:\[\d+\])?\Z")


def plain_value(path: str, value: Any, language: Language) -> str:
    """Return a value of the descriptor as words, without the code it is kept as."""
    if isinstance(value, bool):
        return label("page_yes" if value else "page_no", language)
    text = coded(path, value, language)
    return text.removesuffix(f" ({value})") if text != str(value) else text


def native_text(value: Value, code: str, language: Language) -> str:
    """Return what a value of a comparison says, as one line of words."""
    if code in _NAMED:
        return _NAMED[code](value.native, language)
    if code == "field_of_study" and " " in value.native and any(sign.isdigit() for sign in value.native):
        return field_of_study(value.native, language)
    if code == "level":
        scheme, _, rest = value.native.partition(" ")
        return level_name(scheme, rest, language)
    if texts := value.labels or value.texts:
        return said(texts, language).text
    number, _, system = value.native.partition(" ")
    if system in credit_systems():
        return f"{_plain(number)} {credit_systems()[system].labels[language]}"
    if code == "duration":
        return duration_words(value.native, language)
    if value.native.endswith(" h"):
        return label("page_hours", language, hours=_plain(number))
    return value.native


def _plain(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def cell_text(cell: Cell | None, code: str, language: Language) -> str:
    """Return a whole cell as lines of text; silence and what is withheld say so."""
    if cell is None:
        return label("page_withheld_cell", language)
    lines = []
    for value in cell.values:
        line = native_text(value, code, language)
        if value.texts and code not in {"level", "credit"} and not value.labels:
            line = " / ".join(one.text for one in spoken(value.texts, language))
        if value.hours and (hours := hours_text(value, language)):
            line += f" = {hours}"
        lines.append(line)
        lines += [reviewed_text(one, language) for one in value.reviewed if one.language == language]
        own = value.native.partition(" ")[2]
        lines += [f"≈ {converted_text(one, language)}" for one in value.converted if one.system != own]
    lines += [remark.text[language] for remark in cell.remarks]
    return "\n".join(lines) or label("not_stated", language)


def reviewed_by(one: Reviewed, language: Language) -> str:
    """Return what a translation is, and who wrote and approved it when."""
    kind = "page_translation_machine" if one.machine else "page_translation"
    who = {"by": one.by, "approved": one.approved_by, "day": one.on}
    what = label(kind, language, called=language_name(one.original_language, language))
    if one.machine:
        return f"{what}; {label('reviewed_machine_by', language, note=one.note or '-', **who)}"
    return f"{what}; {label('page_translation_by', language, **who)}"


def reviewed_text(one: Reviewed, language: Language) -> str:
    """Return a translation as one line of text that cannot be taken for what the source states."""
    return f"{one.text} [{reviewed_by(one, language)}]"


def made_by(one: Maker, language: Language) -> str:
    """Return that a machine made something, and which model, with its day and its hash."""
    return label("machine_by", language, called=one.name, dated=one.dated, digest=one.digest)


def level_row(row: Row, language: Language) -> str:
    """Return one row of a published comparison, in the direction that it says it."""
    gives_none = row.to_level in {NONE, NO_AGREEMENT}
    target = label(f"row_{row.to_level}", language, scheme=row.to_scheme) if gives_none else level_name(
        row.to_scheme, row.to_level, language
    )  # fmt: skip
    line = f"{level_name(row.from_scheme, row.from_level, language)} → {target}"
    return f"{line} ({label(f'degree_{row.degree_type}', language)})" if row.degree_type else line


def level_rows(found: LevelComparison, language: Language) -> list[str]:
    """Return every row that a comparison of two levels rests on; the way back only where it says more."""
    there = {(row.from_level, row.to_level) for row in found.rows}
    back = [row for row in found.back if (row.to_level, row.from_level) not in there]
    return [level_row(row, language) for row in (*found.rows, *back)]


def hours_text(value: Value, language: Language) -> str:
    """Return the hours that a figure stands for with what they rest on; nothing for hours that are stated."""
    hours = value.hours
    if hours is None or hours.basis == "stated":
        return ""
    least, most = (_plain(f"{side:f}") for side in (hours.least, hours.most))
    span = label("page_hours", language, hours=least if least == most else f"{least}–{most}")
    year = f" {hours.year}" if hours.year else ""
    return f"{span} ({hours.source}{year})"


def converted_text(one: Any, language: Language) -> str:
    """Return what hours come to in a credit system."""
    least, most = (_plain(f"{side:f}") for side in (one.least, one.most))
    span = least if least == most else f"{least}–{most}"
    return f"{span} {credit_systems()[one.system].labels[language]} ({one.source} {one.year})"


def difference_text(one: Beside, language: Language) -> str:
    """Return how a cell looks beside the first, with why."""
    if not one.shown:
        return label("page_withheld_difference", language)
    word = label(one.pair.difference.value, language)
    plain = one.pair.difference.value in {"same", "not_stated"} and not one.pair.levels
    return word if plain else f"{word}: {one.pair.because.text[language]}"


def origin_words(one: Evidence, language: Language) -> str:
    """Return how a value came about, in words."""
    how = label(f"page_origin_{one.origin}", language)
    return f"{how}: {rule_words(one.rule, language)}" if one.rule else how


def rule_words(rule: str, language: Language) -> str:
    """Return what a rule of a crosswalk does; a rule without words here keeps its name."""
    known = _rules().get(rule)
    return str(known[language]) if known else rule.replace("_", " ")


@cache
def _rules() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = load_yaml(Path(__file__).parent / "rules.yaml")
    return found


def place_words(place: str, language: Language) -> str:
    """Return where in an answer a value stood, in words, as far as the place says it plainly; else the place itself."""
    rows, columns, line = _ROW.findall(place), _COLUMN.findall(place), _LINE.match(place)
    if rows and columns:
        return label("page_place_cell", language, row=rows[-1], column=columns[-1])
    if rows:
        return label("page_place_row", language, row=rows[-1])
    if line:
        return label("page_place_line", language, line=line[1])
    if _HEADING.search(place):
        return label("page_place_heading", language)
    return place


@cache
def layout() -> dict[str, Any]:
    """Return the sections of the record page and the names of fields."""
    found: dict[str, Any] = load_yaml(Path(__file__).parent / "fields.yaml")
    return found


def field_name(path: str, language: Language) -> str:
    """Return the name of a path of the descriptor as a person reads it."""
    names = layout()["names"]
    return " › ".join(
        f"{int(part) + 1}" if part.isdigit() else str(names[part][language]) if part in names else part
        for part in path.split(".")
    )


def source_field(name: str, language: Language) -> str | None:
    """Return the name of a field of a source that speaks in the descriptor's own words, None for any other."""
    names = layout()["names"]
    parts = name.split(".")
    return field_name(name, language) if all(part.isdigit() or part in names for part in parts) else None


def in_one(path: str, value: Mapping[str, Any], language: Language) -> tuple[str, frozenset[str]] | None:
    """Return a value of several parts that people say in one breath, with the parts it says; None for others."""
    name = path.partition(".")[0]
    if name == "level" and "value" in value:
        return level_name(value["scheme"], value["value"], language), frozenset({"scheme", "value", "iri"})
    if name == "credit" and "value" in value:
        return credit_name(value["system"], _plain(str(value["value"])), language), frozenset({"system", "value"})
    if name == "field" and value.get("code"):
        return field_of_study(f"{value['scheme']} {value['code']}", language), frozenset({"scheme", "code"})
    if {"scheme", "value"} == set(value):
        return f"{value['scheme']} {value['value']}", frozenset(value)
    if name == "fee" and {"amount", "currency"} <= set(value):
        return f"{_plain(str(value['amount']))} {value['currency']}", frozenset({"amount", "currency"})
    return None


_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?\Z")
_UNITS = ("years", "months", "weeks", "days", "hours_long", "minutes")


def duration_words(duration: str, language: Language) -> str:
    """Return how long something lasts, in words; what is no plain duration stays as it is."""
    found = _DURATION.match(duration)
    if found is None or not any(found.groups()):
        return duration
    parts = [
        label(f"lasts_{unit}", language, number=number)
        for unit, number in zip(_UNITS, found.groups(), strict=True)
        if number
    ]
    return ("" if language == "ja" else " ").join(parts)
