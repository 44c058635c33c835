"""Names of what is shown as a code: registries, countries, languages, fields of study, and values of code lists."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from config.codelists import codelist
from config.frameworks import credit_systems, level_schemes
from config.labels import label
from config.messages import Language
from config.yaml_files import load_yaml
from crosswalks.text import UNDETERMINED, legal

NOT_STATED = "-"
"""The value of a facet for records that state none, or whose registry does not let it be shown."""
_LISTS = {"delivery": "DeliveryMode", "recognition": "RecognitionStatus", "class": "McClass"}


class Said(NamedTuple):
    """A text with the tag of its language (empty where nobody says which), and whether the page's own is missing."""

    text: str
    tag: str
    missing: bool = False


@cache
def _names() -> dict[str, Any]:
    names: dict[str, Any] = load_yaml(Path(__file__).parent / "names.yaml")
    return names


def language_name(tag: str, language: Language) -> str:
    """Return the name of a language, its tag where we have none."""
    names = _names()["languages"]
    known = names.get(tag) or names.get(tag.partition("-")[0])
    return str(known[language]) if known else tag


def country_name(code: str, language: Language) -> str:
    """Return the name of a country, its code where we have none."""
    known = _names()["countries"].get(code)
    return str(known[language]) if known else code


def value_name(facet: str, value: str, language: Language) -> str:
    """Return the name of a value of a facet."""
    if value == NOT_STATED:
        return label("page_not_shown_or_stated", language)
    if facet in _LISTS:
        known = codelist(_LISTS[facet])
        return known.label(value, language) if value in known else value
    if facet == "country":
        return country_name(value, language)
    if facet == "language":
        return language_name(value, language)
    if facet == "skill":
        return skill_name(value, language)
    if facet == "level":
        return f"{value} {level_schemes()[value].labels[language]}" if value in level_schemes() else value
    if facet == "field":
        scheme, _, broad = value.partition(":")
        return _field(scheme, broad, "", language)
    return value


def field_of_study(stated: str, language: Language) -> str:
    """Return a field of study, scheme and code, with the name of its broad field."""
    scheme, _, code = stated.partition(" ")
    code = code.rstrip("…")
    return _field(scheme, code[:2], code if len(code) > 2 else "", language)


def _field(scheme: str, broad: str, code: str, language: Language) -> str:
    known = _names()["fields"].get(scheme, {})
    named = known[broad][language] if broad in known else broad
    where = f"{scheme} {code}".rstrip()
    return f"{named}（{where}）" if language == "ja" else f"{named} ({where})"


def skill_name(address: str, language: Language) -> str:
    """Return the name of a skill where we have one, else the last steps of its address."""
    known = _names()["skills"].get(address)
    if known:
        return f"ESCO {known[language]}"
    steps = address.partition("://")[2].rstrip("/").split("/")
    return "/".join(dict.fromkeys((steps[0], steps[-1])))


def level_name(scheme: str, value: str, language: Language) -> str:
    """Return a level in its own terms; a scheme whose code is only ours is called by its name."""
    called = level_schemes()[scheme].labels[language] if scheme in _names()["schemes_by_name"] else scheme
    return f"{called} {value}"


def credit_name(system: str, value: str, language: Language) -> str:
    """Return a figure of credit with the name of its system."""
    known = credit_systems().get(system)
    return f"{value} {known.labels[language] if known else system}"


def said(texts: dict[str, str], language: Language) -> Said:
    """Return the text a reader of a language is shown: in that language if there is one, else as it stands."""
    for tag, text in texts.items():
        if tag.partition("-")[0] == language:
            return Said(legal(text), tag)
    tag = next((tag for tag in (UNDETERMINED, "en", "ja") if tag in texts), next(iter(texts)))
    if tag == UNDETERMINED:
        return Said(legal(texts[tag]), "")
    return Said(legal(texts[tag]), tag, missing=True)


def spoken(texts: dict[str, str], language: Language) -> list[Said]:
    """Return every text of a language map, the one for the reader first."""
    first = said(texts, language)
    rest = [Said(legal(text), "" if tag == UNDETERMINED else tag) for tag, text in texts.items()]
    return [first, *(one for one in rest if one.tag != first.tag)]


def broad_fields(language: Language) -> list[tuple[str, str]]:
    """Return the broad fields of study that have a name, as the facet of search has them, with their names."""
    codes = [f"{scheme}:{broad}" for scheme, fields in _names()["fields"].items() for broad in fields]
    return [(code, value_name("field", code, language)) for code in codes]
