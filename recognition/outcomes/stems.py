"""Light stemming for English and Malay: endings and affixes that do not change what a word is about.

Rules of our own, made for short outcome statements. They join forms of a word (`prunes`, `pruning`; `menerangkan`,
`terangkan`) and leave alone what they do not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_SHORTEST = 3
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLED = re.compile(r"([bdgklmnprt])\1$")
_ENGLISH: tuple[tuple[str, str], ...] = (
    ("ysis", "ys"), ("yses", "ys"), ("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"),
    ("ation", "at"), ("ations", "at"),
)  # fmt: skip
_MALAY_PREFIXES = (
    ("menge", ""), ("meny", "s"), ("meng", ""), ("mem", ""), ("men", ""), ("me", ""), ("penge", ""), ("peny", "s"),
    ("peng", ""), ("pem", ""), ("pen", ""), ("per", ""), ("pe", ""), ("ber", ""), ("ter", ""), ("di", ""), ("ke", ""),
    ("se", ""),
)  # fmt: skip
_MALAY_SUFFIXES = ("annya", "kannya", "kan", "nya", "an", "lah")


def english(word: str) -> str:
    """Return the stem of an English word in lower case."""
    for ending, instead in _ENGLISH:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return _final(word[: -len(ending)] + instead)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > _SHORTEST:
        word = word[:-1]
    for ending in ("ing", "ed", "er"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= _SHORTEST and _VOWEL.search(rest) and ending != "er":
            return _final(_DOUBLED.sub(r"\1", rest))
    if word.endswith("ly") and len(word) > 5:
        word = word[:-2]
    return _final(word)


def _final(word: str) -> str:
    """Drop a last e, and write a last y as i, so that forms with and without them meet."""
    if len(word) > _SHORTEST and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > _SHORTEST and word.endswith("y") else word


def malay(word: str) -> str:
    """Return the stem of a Malay word in lower case; a doubled word counts once."""
    half, _, again = word.partition("-")
    if again and half[-_SHORTEST:] in again:
        word = half
    for suffix in _MALAY_SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) > _SHORTEST:
            word = word[: -len(suffix)]
            break
    for prefix, instead in _MALAY_PREFIXES:
        rest = instead + word[len(prefix) :]
        if word.startswith(prefix) and len(rest) > _SHORTEST and _VOWEL.search(rest):
            return _softened(rest)
    return _softened(word)


def _softened(word: str) -> str:
    """Drop a first t, p, k that a prefix takes away (`tulis`, `menulis`), so that both forms meet."""
    return word[1:] if len(word) > _SHORTEST and word[0] in "tpk" and word[1] in "aeiou" else word


STEMS: dict[str, Callable[[str], str]] = {"en": english, "ms": malay}
