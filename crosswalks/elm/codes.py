"""Our codes as ELM concepts and back: languages, countries, and the code lists that have an official counterpart.

The tables are in `values/`: those that map values are SSSOM files in the columns of `mapping.sssom.tsv`. Countries are
ISO 3166-1, languages BCP 47 (ISO 639); the authority codes are those of the EU Publications Office.
"""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from crosswalks.elm.concepts import Node, concept
from crosswalks.elm.profile import vocabulary
from crosswalks.mapping import ENDING, NO_TERM, plain_rows

_VALUES = Path(__file__).parent / "values"


def value_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a value table."""
    with (_VALUES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class ValuePair(NamedTuple):
    """A value of one list and what it is in another, each as list and code; a list of its own has no name."""

    source: tuple[str, str]
    predicate: str
    target: tuple[str, str]


@cache
def value_pairs(name: str) -> tuple[ValuePair, ...]:
    """Return the rows of a table of values that name a counterpart: `reading`, `writing`, `countries`, `languages`."""
    rows = plain_rows(_VALUES / f"{name}{ENDING}")
    return tuple(
        ValuePair(_named(row["subject_id"]), row["predicate_id"], _named(row["object_id"]))
        for row in rows
        if row["object_id"] != NO_TERM and row["predicate_modifier"] != "Not"
    )


def _named(curie: str) -> tuple[str, str]:
    listed, _, code = curie.partition(":")[2].rpartition("/")
    return listed, code


@cache
def _languages() -> dict[str, str]:
    return {pair.target[1]: pair.source[1] for pair in value_pairs("languages")}


@cache
def _language_tags() -> dict[str, str]:
    return {authority: tag for tag, authority in _languages().items()}


@cache
def _countries() -> dict[str, str]:
    return {pair.target[1]: pair.source[1] for pair in value_pairs("countries")}


@cache
def _country_codes() -> dict[str, str]:
    return {authority: code for code, authority in _countries().items()}


@cache
def _writing() -> dict[tuple[str, str], tuple[str, str]]:
    return {pair.source: pair.target for pair in value_pairs("writing")}


@lru_cache(maxsize=1024)
def language_concept(tag: str) -> Node | None:
    """Return the concept of a language tag's language, or None when the authority list does not have it."""
    primary = tag.partition("-")[0].lower()
    code = _languages().get(primary) or primary.upper()
    return concept("language", code) if code in vocabulary("language").labels else None


def language_tag(code: str) -> str | None:
    """Return the tag of an authority code, or None when it stands for no one language (`UND`, `MUL`)."""
    if code in {"UND", "MUL", "ZXX", "MIS"} or code not in vocabulary("language").labels:
        return None
    return _language_tags().get(code) or code.lower()


@lru_cache(maxsize=1024)
def field_concept(code: str | None) -> Node | None:
    """Return the concept of an ISCED-F code, or None when the official list does not have it."""
    return concept("isced-f", code) if code and code in vocabulary("isced-f").labels else None


@lru_cache(maxsize=512)
def country_concept(code: str) -> Node | None:
    """Return the concept of an ISO 3166-1 alpha-2 code, or None when the authority list does not have it."""
    authority = _countries().get(code)
    return concept("country", authority) if authority else None


def country_code(authority: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of an authority code, or None for what is no country."""
    return _country_codes().get(authority)


@cache
def listed_concepts(code_list: str) -> dict[str, Node]:
    """Return the official concepts of one of our code lists by value; values without a counterpart are left out."""
    return {value: concept(*found) for (name, value), found in _writing().items() if name == code_list}


def listed_concept(code_list: str, value: str) -> Node | None:
    """Return the official concept of a value of one of our code lists, or None when it has no counterpart."""
    return listed_concepts(code_list).get(value)
