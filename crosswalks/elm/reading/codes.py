"""Codes out of ELM concepts: by identifier, by notation, or by label where official data gives no more.

A concept with an identifier of its own is never matched by its label; a label counts only where the concept has no
identifier, or one that official tools throw away. Where such a concept has no label either, its notation is its words.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from crosswalks.elm.codes import country_code, language_tag, value_pairs, value_rows
from crosswalks.elm.profile import vocabularies, vocabulary
from crosswalks.elm.reading.statements import Reading, Statement, is_identifier
from crosswalks.elm.reading.texts import LangMap, line, tag_of
from crosswalks.elm.syntax.rdf import absolute
from crosswalks.text import UNDETERMINED, matching_key
from crosswalks.values import table_path
from crosswalks.values import value_rows as mapped_values

_FOLDER = Path(__file__).parent.parent


class Code(NamedTuple):
    """What a concept says: the code in the vocabulary asked for, its own identifier and its own labels."""

    code: str | None
    iri: str | None
    labels: LangMap
    found_by: Literal["identifier", "notation", "label"] = "identifier"

    @property
    def by_label(self) -> bool:
        """Whether the code was read from a label."""
        return self.found_by == "label"

    @property
    def shown(self) -> str:
        """The concept in a few words."""
        return next(iter(self.labels.values()), None) or self.iri or ""


class Reviewed(NamedTuple):
    """A value of ours for a code, and how close it is."""

    value: str
    predicate: str


def code_of(reading: Reading, statement: Statement, name: str) -> Code:
    """Return what a concept says, as a code of a vocabulary where it is one."""
    text = statement.text.strip()
    node = reading.follow(statement, "skos:Concept")
    labels = labels_of(reading, node) if node else {}
    if is_identifier(text) if statement.value.id else absolute(text):
        iri = official(text)
        return Code(code_by_iri(name, iri), iri, labels)
    if statement.value.id is None:
        labels = {tag_of(statement.value.language): line(text)} if line(text) else {}
    notations = reading.texts(node, "skos:notation")
    if not labels and (said := next(filter(None, map(line, notations)), "")):
        labels = {UNDETERMINED: said}
    listed = vocabularies()[name].labels if name in vocabularies() else {}
    for notation in [*notations, *labels.values()]:
        if notation in listed:
            return Code(notation, None, labels, "notation")
    for label in labels.values():
        if code := _by_label(name).get(matching_key(label)):
            return Code(code, None, labels, "label")
    return Code(None, None, labels)


def labels_of(reading: Reading, node: str) -> LangMap:
    """Return the labels of a concept, without telling them."""
    for name in ("skos:prefLabel", "skos:altLabel"):
        found: LangMap = {}
        for one in reading.statements(node, name):
            if text := line(one.value.value or ""):
                found.setdefault(tag_of(one.value.language), text)
        if found:
            return found
    return {}


def tell_labels(reading: Reading, statement: Statement, target: str, only: str | None = None) -> None:
    """Tell that the labels of a concept were carried to a target: the first of each language, or one of them only."""
    node = statement.value.id
    for name in ("skos:prefLabel", "skos:altLabel", "skos:notation"):
        if found := reading.statements(node, name):
            labels: LangMap = {}
            for one in found:
                text = line(one.text)
                first = labels.setdefault(tag_of(one.value.language), text) if only is None and text else only
                if not reading.told(one) and text == first:
                    reading.carried(one, target, text, "plain_text")
                elif not reading.told(one):
                    reading.dropped(one, "first_value_only")
            return


@lru_cache(maxsize=8192)
def official(iri: str) -> str:
    """Return the identifier of a concept below its list's own address, when it stands below another known one."""
    for start, instead in _addresses():
        if iri.startswith(start):
            return instead + iri[len(start) :]
    return iri


@cache
def _addresses() -> tuple[tuple[str, str], ...]:
    return tuple((row["start"], row["official"]) for row in value_rows("addresses.tsv"))


@lru_cache(maxsize=4096)
def code_by_iri(name: str, iri: str) -> str | None:
    """Return the code of an identifier: of a listed one, or of one that the reviewed table knows beyond the list."""
    if name in vocabularies():
        listed = vocabulary(name)
        if code := listed.code(iri):
            return code
    tail = iri.rpartition("/")[2]
    return tail if (name, tail) in reviewed() and f"/{name}/" in iri else None


@cache
def reviewed() -> dict[tuple[str, str], Reviewed]:
    """Return the reviewed table: our value by vocabulary and code."""
    return {pair.source: Reviewed(pair.target[1], pair.predicate) for pair in value_pairs("reading")}


@cache
def _by_label(name: str) -> dict[str, str]:
    """Return codes by label; a label that several codes share is left out."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    listed = vocabulary(name).labels if name in vocabularies() else {}
    for code, label in listed.items():
        key = matching_key(label)
        if key in found:
            shared.add(key)
        elif key:
            found[key] = code
    found = {key: code for key, code in found.items() if key not in shared}
    for row in mapped_values(table_path(_FOLDER, "labels")):
        if row.subject.listed == name:
            found[matching_key(row.subject.label)] = row.object.code
    return found


def value_of(reading: Reading, statement: Statement, name: str, target: str) -> tuple[Reviewed | None, Code]:
    """Return our value for a concept, telling it; None when the concept is not one we know, with an issue."""
    code = code_of(reading, statement, name)
    found = reviewed().get((name, code.code)) if code.code else None
    if found is None:
        not_listed(reading, statement, code, name)
        return None, code
    reading.normalised(statement, target, "label_of_code" if code.by_label else "code_table")
    note_label(reading, statement, name, code)
    return found, code


def not_listed(reading: Reading, statement: Statement, code: Code, name: str) -> None:
    """Tell that a concept is none of a list, with an issue where it says anything at all."""
    if not code.shown:
        reading.unknown(statement)
        return
    reading.unknown(statement, "elm_value_unknown")
    reading.issue("elm_value_unknown", statement, value=code.shown, list=name)


def note_label(reading: Reading, statement: Statement, name: str, code: Code) -> None:
    """Tell that a code was read from a label."""
    if code.by_label:
        reading.issue("elm_label_for_code", statement, value=code.shown, code=code.code, list=name)


def language_of(reading: Reading, statement: Statement) -> tuple[str | None, Code]:
    """Return the tag of a language concept or literal; None for what names no one language."""
    code = code_of(reading, statement, "language")
    if code.code:
        return language_tag(code.code) if len(code.code) == 3 else None, code
    text = statement.text.strip() if statement.value.id is None else ""
    tag = tag_of(text) if 2 <= len(text.partition("-")[0]) <= 3 else "und"
    if tag != "und" and (len(tag.partition("-")[0]) == 2 or text.upper() in vocabulary("language").labels):
        return tag, code
    return None, code


def country_of(reading: Reading, statement: Statement) -> tuple[str | None, Code]:
    """Return the ISO 3166-1 alpha-2 code of a country concept, code or label."""
    code = code_of(reading, statement, "country")
    if code.code:
        return country_code(code.code), code
    return (country_named(statement.text) if statement.value.id is None else None), code


def country_named(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a code or of a name in the tables."""
    text = text.strip()
    if text.upper() in _alpha_2():
        return text.upper()
    authority = _by_label("country").get(matching_key(text))
    return country_code(authority) if authority else None


@cache
def _alpha_2() -> frozenset[str]:
    return frozenset(pair.target[1] for pair in value_pairs("countries"))
