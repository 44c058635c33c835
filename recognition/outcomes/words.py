"""The words of an outcome that can match: cut by the language's own rules, with where they stand and how much they say.

Japanese is cut into pairs of neighbouring kanji, whole katakana words and Latin words; hiragana, which mostly joins
them, does not count. Other languages are cut at what is no letter. No dictionary and no model is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from config.yaml_files import load_yaml
from crosswalks.text import UNDETERMINED, matching_key
from recognition.outcomes.stems import STEMS

WEAK = 0.3
_LATIN = re.compile(r"[^\W\d_][\w'’-]{0,60}|\d{1,20}")
_JAPANESE = re.compile(r"[\u4e00-\u9fff々]+|[ァ-ヴー]{2,}|[A-Za-z][A-Za-z0-9+#.]{0,40}|\d{1,20}")
_KANJI = re.compile(r"[\u4e00-\u9fff々]")


class Word(NamedTuple):
    """A word as it is matched (`key`), where it stands in the text, and how much it says (0 to 1)."""

    key: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How a language's words are weighed, and from which share outcomes are shown as close or as having some words."""

    stop: frozenset[str]
    weak: frozenset[str]
    threshold: float
    some: float


@cache
def manner(language: str) -> Manner:
    """Return how a language is weighed; one without rules of its own has those of `other`."""
    table = load_yaml(Path(__file__).parent / "words.yaml")
    entry = table.get(language) or table["other"]
    stem = STEMS.get(language, str)
    keys = {name: frozenset(stem(matching_key(str(word))) for word in entry[name]) for name in ("stop", "weak")}
    return Manner(keys["stop"], keys["weak"], entry["threshold"], entry["some"])


def primary(tag: str) -> str:
    """Return the language of a tag without its script and region."""
    return tag.partition("-")[0].lower()


@lru_cache(maxsize=4096)
def words_of(text: str, language: str) -> tuple[Word, ...]:
    """Return the words of a text that can match, in their order."""
    if language == "ja":
        return tuple(_japanese(text))
    return tuple(_spaced(text, "en" if language == UNDETERMINED else language))


@lru_cache(maxsize=65536)
def _key(word: str, language: str) -> str:
    return STEMS.get(language, str)(matching_key(word.replace("’", "'").removesuffix("'s")))


def _spaced(text: str, language: str) -> Iterator[Word]:
    rules = manner(language)
    for found in _LATIN.finditer(text):
        key = _key(found.group(), language)
        if key not in rules.stop:
            yield Word(key, found.start(), found.end(), WEAK if key in rules.weak else 1.0)


def _japanese(text: str) -> Iterator[Word]:
    for run in _JAPANESE.finditer(text):
        if not _KANJI.match(run.group()):
            yield Word(matching_key(run.group()), run.start(), run.end(), 1.0)
            continue
        yield from _kanji(run.group(), run.start())


def _kanji(run: str, at: int) -> Iterator[Word]:
    """Cut a run of kanji at the words that say little, and what is left into pairs."""
    done = 0
    for found in _weak_kanji().finditer(run):
        yield from _pairs(run[done : found.start()], at + done)
        if found.group() not in manner("ja").stop:
            yield Word(found.group(), at + found.start(), at + found.end(), WEAK)
        done = found.end()
    yield from _pairs(run[done:], at + done)


def _pairs(run: str, at: int) -> Iterator[Word]:
    if len(run) == 1:
        yield Word(run, at, at + 1, WEAK)
    for start in range(len(run) - 1):
        yield Word(run[start : start + 2], at + start, at + start + 2, 1.0)


@cache
def _weak_kanji() -> re.Pattern[str]:
    rules = manner("ja")
    longer = [word for word in rules.weak | rules.stop if len(word) > 1]
    single = [word for word in rules.weak | rules.stop if len(word) == 1]
    alternatives = [re.escape(word) for word in sorted(longer, key=lambda word: (-len(word), word))]
    alone = rf"(?<![\u4e00-\u9fff々])[{''.join(sorted(single))}](?![\u4e00-\u9fff々])|的"
    return re.compile("|".join([*alternatives, alone]))


def surfaces(text: str, words: Iterator[Word] | tuple[Word, ...]) -> tuple[str, ...]:
    """Return words as they stand in the text; those that overlap are read as one."""
    spans: list[tuple[int, int]] = []
    for word in sorted(words, key=lambda word: word.start):
        if spans and word.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], word.end))
        else:
            spans.append((word.start, word.end))
    return tuple(dict.fromkeys(text[start:end] for start, end in spans))
