"""What two credentials have in common: words, terms of the glossary, skills, field, level and hours, told as reasons.

A trait is one thing that can be shared; search finds records by their traits, rare ones first. What comes out are
reasons a person can read, in a fixed order, and never a figure. Traits come only from what may be shown of a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from config.frameworks import credit_systems
from config.yaml_files import load_yaml
from crosswalks.text import UNDETERMINED, matching_key
from recognition.outcomes.align import BROAD_SKILL
from recognition.outcomes.glossary import LANGUAGES, Term, concepts_in
from recognition.outcomes.stems import STEMS
from recognition.outcomes.words import WEAK, Word, manner, primary, surfaces, words_of

KINDS = ("skill", "title", "words", "term", "field", "level", "hours")
"""The kinds of reasons, in the order in which they are told."""
_MOST_WORDS = 80
_SHORTEST_TITLE = 4
_CLOSE = Decimal("0.25")
_NO_SYSTEM = frozenset({"issuer-local", "local", "other", "unknown"})


class Trait(NamedTuple):
    """One thing that records can share: its kind, what it is, and how much it counts beside others as rare."""

    kind: str
    key: str
    weight: float


class Hours(NamedTuple):
    """How many hours of learning a credential stands for, at least and at most."""

    least: Decimal
    most: Decimal


class Reason(NamedTuple):
    """One kind of likeness with what is shared, as it stands in the record that was asked about."""

    kind: str
    shared: tuple[str, ...]


_WEIGHTS = {"title": 1.5, "words": 1.0, "term": 1.5, "skill": 2.0, "field": 1.0, "broad": 0.3, "level": 0.7}
ONLY_BESIDE = frozenset({"broad", "level"})
"""Kinds that make nothing alike by themselves: they only count where something else is shared."""


def traits_of(content: Mapping[str, Any]) -> list[Trait]:
    """Return the traits of a descriptor (the form of its JSON), each once, in a fixed order."""
    found: dict[tuple[str, str], Trait] = {}
    for kind, key in _traits(content):
        found.setdefault((kind, key), Trait(kind, key, _WEIGHTS[kind]))
    return list(found.values())


def _traits(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for text, tag in _together(_titles(content)):
        for key in dict.fromkeys(word.key for word in _telling(text, tag)):
            yield "title", key
            yield "words", key
        yield from (("term", concept) for concept in _concepts(text, tag))
    for text, tag in _together(_outcomes(content)):
        keys = dict.fromkeys(word.key for word in _telling(text, tag))
        yield from (("words", key) for key in islice(keys, _MOST_WORDS))
        yield from (("term", concept) for concept in _concepts(text, tag))
    for outcome in content.get("learning_outcomes", ()):
        yield from (("skill", skill) for skill in outcome.get("skill_refs", ()) if not BROAD_SKILL.match(skill))
    for field in content.get("field", ()):
        if code := field.get("code"):
            yield "field", f"{field['scheme']} {code}"
            yield "broad", f"{field['scheme']} {code[:2]}"
    yield from (("level", level) for level in _levels(content))


def reasons(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Return what a second credential shares with a first, in the words of the first; nothing where nothing is."""
    shared = {(trait.kind, trait.key) for trait in traits_of(one)} & {(kind, key) for kind, key in _traits(other)}
    keys = {kind: {key for found, key in shared if found == kind} for kind in _WEIGHTS}
    told = {
        "skill": tuple(sorted(keys["skill"])),
        "title": _surfaces(_titles(one), keys["title"]),
        "words": _surfaces([*_titles(one), *_outcomes(one)], keys["words"] - keys["title"]),
        "term": tuple(_pairs_of_terms(one, other, keys["term"])),
        "field": tuple(sorted(keys["field"])) or tuple(f"{code}…" for code in sorted(keys["broad"])),
        "level": tuple(sorted(keys["level"])),
        "hours": _close_hours(hours_of(one), hours_of(other)),
    }
    return tuple(Reason(kind, told[kind]) for kind in KINDS if told[kind])


def makes_alike(found: Sequence[Reason]) -> bool:
    """Say whether reasons are more than a broad field, a level or a number of hours."""
    return any(
        reason.kind not in {"level", "hours"} and not all(what.endswith("…") for what in reason.shared)
        for reason in found
    )


def signs_of(content: Mapping[str, Any]) -> list[str]:
    """Return what can stand for one credential in two places: a whole title, an identifier, the provider's page."""
    found = []
    for title in content["title"].values():
        key = " ".join(matching_key(title).split())
        if len(key) >= _SHORTEST_TITLE:
            found.append(f"title {key}")
    for identifier in content.get("identifiers", ()):
        scheme, value = identifier["scheme"], identifier["value"]
        found += [f"identifier {scheme} {value}"] if scheme not in _NO_SYSTEM and len(value) >= _SHORTEST_TITLE else []
    if page := content.get("landing_page"):
        found.append(f"page {page.partition('#')[0].rstrip('/')}")
    return list(dict.fromkeys(found))


def hours_of(content: Mapping[str, Any]) -> Hours | None:
    """Return the hours of learning that are stated, or that stated credit stands for by its own system's text."""
    volume = content.get("volume") or {}
    if (total := volume.get("total_hours")) is not None:
        return Hours(Decimal(total), Decimal(total))
    for credit in content.get("credit", ()):
        system = credit_systems().get(credit.get("system", ""))
        if system and system.sourced and system.hours and credit.get("value") is not None:
            value = Decimal(credit["value"])
            return Hours(value * system.hours[0], value * system.hours[1])
    return None


def _close_hours(one: Hours | None, other: Hours | None) -> tuple[str, ...]:
    if one is None or other is None or one.most <= 0:
        return ()
    gap = max(one.least - other.most, other.least - one.most, Decimal(0))
    return (_span(one), _span(other)) if gap <= _CLOSE * min(one.most, other.most) else ()


def _span(hours: Hours) -> str:
    least, most = (f"{side.normalize():f}" for side in hours)
    return least if least == most else f"{least}–{most}"


def _titles(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(text, tag) for tag, text in content["title"].items()]


def _outcomes(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    texts = [outcome.get("text") or {} for outcome in content.get("learning_outcomes", ())]
    texts.append(content.get("outcome_summary") or {})
    return [(text, tag) for one in texts for tag, text in one.items()]


def _together(texts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the texts of each language as one, so that it is cut once."""
    found: dict[str, list[str]] = {}
    for text, tag in texts:
        found.setdefault(tag, []).append(text)
    return (("\n".join(some), tag) for tag, some in found.items())


def _levels(content: Mapping[str, Any]) -> Iterator[str]:
    for level in content.get("level", ()):
        if level["scheme"] not in _NO_SYSTEM:
            yield f"{level['scheme']} {level['value'].strip()}"


def _language(text: str, tag: str) -> str:
    """Return the language a text is cut by; one that nobody states goes by its letters."""
    known = primary(tag)
    if tag == UNDETERMINED and any("\u3040" <= sign <= "\u9fff" for sign in text):
        return "ja"
    return UNDETERMINED if tag == UNDETERMINED else known


def _telling(text: str, tag: str) -> Iterator[Word]:
    language, little = _language(text, tag), _forms()
    for word in words_of(_without_forms(text) if language == "ja" else text, language):
        if word.weight > WEAK and word.key not in little and not word.key.isdigit():
            yield word


def _without_forms(text: str) -> str:
    """Blank out what says which form a course has, so that no pair of characters reaches into it; places stay."""
    return _japanese_forms().sub(lambda found: " " * len(found.group()), text)


@cache
def _japanese_forms() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(_table()["ja"], key=lambda word: (-len(word), word))))


@cache
def _table() -> dict[str, list[str]]:
    found: dict[str, list[str]] = load_yaml(Path(__file__).with_suffix(".yaml"))
    return found


@cache
def _forms() -> frozenset[str]:
    """Return words that say little, whatever the language of a text: the form of a course, joining words of English."""
    english = manner("en")
    return (
        english.stop
        | english.weak
        | frozenset(
            STEMS.get(language, str)(matching_key(word)) for language, found in _table().items() for word in found
        )
    )


def _concepts(text: str, tag: str) -> Mapping[str, Term]:
    language = _language(text, tag)
    language = "en" if language == UNDETERMINED else language
    return concepts_in(text, language) if language in LANGUAGES else {}


def _surfaces(texts: Sequence[tuple[str, str]], keys: set[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for text, tag in texts if keys else ():
        for shown in surfaces(text, tuple(word for word in _telling(text, tag) if word.key in keys)):
            found.setdefault(matching_key(shown), shown)
    return tuple(found.values())


def _pairs_of_terms(one: Mapping[str, Any], other: Mapping[str, Any], concepts: set[str]) -> Iterator[str]:
    """Yield glossary terms that both name in different words; the same words are told as words already."""
    here, there = (_named(content, concepts) for content in (one, other))
    for concept in sorted(concepts):
        if matching_key(here[concept]) != matching_key(there[concept]):
            yield f"{here[concept]} = {there[concept]}"


def _named(content: Mapping[str, Any], concepts: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text, tag in [*_titles(content), *_outcomes(content)]:
        for concept, term in _concepts(text, tag).items():
            if concept in concepts:
                found.setdefault(concept, term.term)
    return found
