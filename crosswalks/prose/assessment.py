"""How a text says that learning is assessed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from config.yaml_files import load_yaml
from crosswalks.prose.sentences import speaking
from crosswalks.prose.wording import denied

_WORDS = Path(__file__).parent / "assessment_words.yaml"


_SIGNS = (
    "assess", "evaluat", "grad", "exam", "quiz", "test", "pass", "submit", "sit a", "mark", "complet", "nilai", "lulus",
    "ditaksir", "periksa", "ujian", "kuiz", "評価", "成績", "合否", "合格", "判定", "修了", "試験", "テスト", "課",
    "提出", "受験", "クイズ", "最終",
)  # fmt: skip
"""One of these stands in every sentence that the words of the list can match."""


class AssessmentSaid(NamedTuple):
    """A kind of assessment (a code of the list, or None where the sentence names none, or does not say plainly that
    learners are assessed by it) and its sentence.
    """

    kind: str | None
    quote: str


class _Words(NamedTuple):
    said: re.Pattern[str]
    asks: re.Pattern[str]
    never: re.Pattern[str]
    kinds: dict[str, re.Pattern[str]]


def assessments_in(text: str) -> list[AssessmentSaid]:
    """Return the kinds of assessment named in sentences that speak of assessing, each kind once.

    A test that is only a subject of teaching is none: the sentence must say that learners are assessed. One that
    denies it, or leaves it open, names nothing.
    """
    found: dict[str | None, AssessmentSaid] = {}
    words = _words()
    for sentence in speaking(text, *_SIGNS):
        if words.never.search(sentence):
            continue
        said = words.said.search(sentence)
        if not said and not words.asks.search(sentence):
            continue
        named: list[str | None] = []
        if said and not denied(sentence):
            named = [code for code, pattern in words.kinds.items() if pattern.search(sentence)]
        for code in named or [None]:
            found.setdefault(code, AssessmentSaid(code, sentence.strip()))
    return list(found.values())


@cache
def _words() -> _Words:
    told = load_yaml(_WORDS)
    kinds = {code: _any(words) for code, words in told["kinds"].items()}
    return _Words(_any(told["said"]), _any(told["asks"]), _any(told["never"]), kinds)


def _any(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_word, sorted(words, key=len, reverse=True))), re.IGNORECASE)


def _word(word: str) -> str:
    """Return a word of the list as a pattern."""
    if not word.isascii():
        return re.escape(word).replace(r"\.", ".")
    end = "" if word.endswith("*") or not word[-1].isalnum() else r"\b"
    return rf"\b{re.escape(word.removesuffix('*'))}{end}"
