"""Terms of the field in Japanese, English, Malay and Māori, each with the source that gives it.

The table is `recognition/glossary.tsv`. A term without a source is refused. A term can stand for several concepts where
its sources say so. Only whole words match; the longest term goes first.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from crosswalks.text import matching_key
from recognition.outcomes.stems import STEMS

LANGUAGES = ("en", "ja", "mi", "ms")
_TABLE = Path(__file__).parents[1] / "glossary.tsv"


class Term(NamedTuple):
    """A term of the glossary: what it stands for, in which language, and who says so."""

    concept: str
    language: str
    term: str
    source: str


def load_terms(lines: Iterable[str]) -> tuple[Term, ...]:
    """Return the terms of a table. Raises `ValueError` for a row without source or in a language it does not hold."""
    terms = []
    for row in csv.DictReader(lines, delimiter="\t"):
        if not all(row.get(name) for name in Term._fields) or row["language"] not in LANGUAGES:
            raise ValueError(f"glossary: not a term with language and source: {row}")
        terms.append(Term(*(row[name] for name in Term._fields)))
    return tuple(terms)


@cache
def terms() -> tuple[Term, ...]:
    """Return all terms."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return load_terms(table)


@lru_cache(maxsize=4096)
def concepts_in(text: str, language: str) -> Mapping[str, Term]:
    """Return the concepts that a text names, each with the term that named it."""
    found: dict[str, Term] = {}
    rest = matching_key(text) if language == "ja" else f" {_stemmed(text, language)} "
    for form, group in _by_form().get(language, ()):
        if form in rest:
            rest = rest.replace(form, " | ")
            found.update({term.concept: term for term in group})
    return MappingProxyType(found)


@cache
def _by_form() -> dict[str, tuple[tuple[str, tuple[Term, ...]], ...]]:
    forms: dict[str, dict[str, list[Term]]] = {}
    for term in terms():
        language = term.language
        form = matching_key(term.term) if language == "ja" else f" {_stemmed(term.term, language)} "
        forms.setdefault(language, {}).setdefault(form, []).append(term)
    return {
        language: tuple((form, tuple(group[form])) for form in sorted(group, key=lambda form: (-len(form), form)))
        for language, group in forms.items()
    }


def _stemmed(text: str, language: str) -> str:
    letters = "".join(char if char.isalnum() or char in "-' " else " " for char in matching_key(text))
    return " ".join(_stem(word, language) for word in letters.split())


@lru_cache(maxsize=65536)
def _stem(word: str, language: str) -> str:
    return STEMS.get(language, str)(word)
