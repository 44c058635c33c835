"""Which records are candidates for micro-credentials, and by which rules.

ELM has no mark for micro-credentials. The rules are options of the connector; each has an id, and the ids of those
that held stay with the listing, so that a person can judge them. A rule is a reason to look, not a proof.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from connectors.europass.options import Rule
from crosswalks.elm.closure import OFFERS, OPPORTUNITY, STATUS, Nodes
from crosswalks.elm.graph import TYPE, Lit, Properties, Value
from crosswalks.elm.profile import vocabulary
from crosswalks.text import matching_key, plain

READ = (
    TYPE, "dc:type", "dc:title", STATUS, "elm:category", "elm:learningSetting", "elm:volumeOfLearning",
    "elm:creditPoint", "elm:providedBy", OFFERS,
)  # fmt: skip
"""The properties that the rules look at; those of the credit points come to it."""

_WORDS = Path(__file__).parent / "words.tsv"
_SPLIT = re.compile(r"\b(micro|mikro|mini|микро|μικρο)[\s\-\u2010-\u2015]{1,3}(?=\w)")
_NUMBER = re.compile(r"^\s{0,20}(\d{1,6}(?:[.,]\d{1,4})?)\s{0,5}([A-Za-z]{0,20})")
_HOURS = re.compile(r"^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:\d{1,6}(?:\.\d{1,6})?S)?)?$")
_ECTS = "6fcec5c5af"
_STATES = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, slots=True)
class Signs:
    """What a record shows. `hours` are of the stated volume; a day counts 24, as official tools write them."""

    types: frozenset[str]
    settings: frozenset[str]
    titles: tuple[str, ...]
    categories: tuple[str, ...]
    credits: tuple[float, ...]
    hours: tuple[float, ...]
    provider: str
    status: str


def signs_of(root: str, nodes: Nodes) -> Signs:
    """Return the signs of a record: its own, and those of the specification it offers."""
    holders = list(_holders(root, nodes))
    return Signs(
        types=frozenset(_codes(holders, "dc:type", "learning-opportunity", nodes)),
        settings=frozenset(_codes(holders, "elm:learningSetting", "learning-setting", nodes)),
        titles=tuple(dict.fromkeys(_texts(holders, "dc:title"))),
        categories=tuple(dict.fromkeys(_texts(holders, "elm:category"))),
        credits=tuple(_credits(holders, nodes)),
        hours=tuple(_hours(holders)),
        provider=_provider(holders, nodes),
        status=next(_states(holders), ""),
    )


def fired(signs: Signs, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the ids of the rules that hold."""
    return tuple(rule.id for rule in rules if _holds(rule, signs))


def is_released(signs: Signs, released: Iterable[str]) -> bool:
    """Tell whether a record is current: no state is stated, or one of the words for it."""
    return not signs.status or _state_key(signs.status) in {_state_key(word) for word in released}


def says_micro_credential(text: str) -> bool:
    """Tell whether a text has a word for micro-credentials in one of the languages of the list."""
    return _pattern().search(_key(text)) is not None


def _holds(rule: Rule, signs: Signs) -> bool:
    if rule.types and signs.types.isdisjoint(rule.types):
        return False
    if rule.settings and signs.settings.isdisjoint(rule.settings):
        return False
    if rule.words and not any(says_micro_credential(text) for text in _fields(rule, signs)):
        return False
    if rule.categories:
        wanted = {matching_key(text) for text in rule.categories}
        if wanted.isdisjoint(matching_key(text) for text in signs.categories):
            return False
    return _is_small(rule, signs)


def _fields(rule: Rule, signs: Signs) -> Iterator[str]:
    for field in rule.words:
        yield from signs.titles if field == "title" else signs.categories


def _is_small(rule: Rule, signs: Signs) -> bool:
    """Tell whether some stated size is within the bounds and none above; nought counts as not stated."""
    bounds = ((rule.most_credits, signs.credits), (rule.most_hours, signs.hours))
    stated = [(size, most) for most, sizes in bounds if most is not None for size in sizes if size > 0]
    if rule.most_credits is None and rule.most_hours is None:
        return True
    return bool(stated) and all(size <= most for size, most in stated)


def _holders(root: str, nodes: Nodes) -> Iterator[Properties]:
    own = nodes.properties(root)
    yield own
    if OPPORTUNITY in own.get(TYPE, ()):
        for value in own.get(OFFERS, ()):
            if isinstance(value, str) and value != root:
                yield nodes.properties(value)


def _texts(holders: list[Properties], name: str) -> Iterator[str]:
    for holder in holders:
        for value in holder.get(name, ()):
            if isinstance(value, Lit) and value.value.strip():
                yield plain(value.value)


def _codes(holders: list[Properties], name: str, list_name: str, nodes: Nodes) -> Iterator[str]:
    for holder in holders:
        for value in holder.get(name, ()):
            if code := _code(value, list_name, nodes):
                yield code


def _code(value: Value, list_name: str, nodes: Nodes) -> str | None:
    """Return the code a concept stands for: by its identifier, or by a label where there is no other sign of it."""
    listed = vocabulary(list_name)
    if isinstance(value, Lit):
        return listed.code(value.value.strip()) or _by_label(list_name).get(matching_key(value.value))
    if code := listed.code(value):
        return code
    if value[:2] != "_:" and not value.startswith("urn:"):
        return None
    labels = nodes.properties(value).get("skos:prefLabel", ())
    found = (_by_label(list_name).get(matching_key(label.value)) for label in labels if isinstance(label, Lit))
    return next(filter(None, found), None)


@cache
def _by_label(list_name: str) -> dict[str, str]:
    return {matching_key(label): code for code, label in vocabulary(list_name).labels.items()}


def _credits(holders: list[Properties], nodes: Nodes) -> Iterator[float]:
    """Yield the credits that are stated in ECTS; texts such as `60 ECTS` are read as they stand."""
    for holder in holders:
        for value in holder.get("elm:creditPoint", ()):
            point: Properties = nodes.properties(value) if isinstance(value, str) else {"elm:point": [value]}
            frameworks = set(_codes([point], "elm:framework", "education-credit", nodes))
            for text in point.get("elm:point", ()):
                found = _NUMBER.match(text.value) if isinstance(text, Lit) else None
                if found and (_ECTS in frameworks or found.group(2).upper() == "ECTS"):
                    yield float(found.group(1).replace(",", "."))


def _hours(holders: list[Properties]) -> Iterator[float]:
    for holder in holders:
        for value in holder.get("elm:volumeOfLearning", ()):
            found = _HOURS.match(value.value.strip()) if isinstance(value, Lit) else None
            if found:
                days, hours, minutes = (int(part or 0) for part in found.groups())
                yield days * 24 + hours + minutes / 60


def _provider(holders: list[Properties], nodes: Nodes) -> str:
    """Return what tells providers apart: the names where there are any, else the identifiers."""
    found = []
    for holder in holders:
        for value in holder.get("elm:providedBy", ()):
            if isinstance(value, Lit):
                found.append(matching_key(value.value))
                continue
            names = [name.value for name in nodes.properties(value).get("rov:legalName", ()) if isinstance(name, Lit)]
            found.append(matching_key(min(names)) if names else value)
    return " | ".join(sorted(set(found)))


def _states(holders: list[Properties]) -> Iterator[str]:
    for holder in holders:
        for value in holder.get(STATUS, ()):
            if text := (value.value if isinstance(value, Lit) else value).strip():
                yield text


def _state_key(state: str) -> str:
    return _STATES.sub("-", matching_key(state.rpartition("/")[2]))


@cache
def words() -> tuple[tuple[str, str], ...]:
    """Return the words for micro-credentials with their languages, as they begin."""
    with _WORDS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple((row["language"], row["start"]) for row in rows)


@cache
def _pattern() -> re.Pattern[str]:
    starts = sorted({_key(start) for _, start in words()})
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, starts)) + ")")


def _key(text: str) -> str:
    """Return a text for matching, `micro-credential` and `micro credential` written as one word."""
    return _SPLIT.sub(r"\1", matching_key(text))
