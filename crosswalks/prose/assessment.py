"""How a text says that learning is assessed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from config.yaml_files import load_yaml
from crosswalks.prose.volume import sentences

_WORDS = Path(__file__).parent / "assessment_words.yaml"


class AssessmentSaid(NamedTuple):
    """A kind of assessment (a code of the list, or None where the sentence names none) and its sentence."""

    kind: str | None
    quote: str


def assessments_in(text: str) -> list[AssessmentSaid]:
    """Return the kinds of assessment named in sentences that speak of assessing, each kind once.

    A test that is only a subject of teaching is none: the sentence must say that learners are assessed.
    """
    found: dict[str | None, AssessmentSaid] = {}
    cue, kinds = _patterns()
    for sentence in sentences(text):
        if not cue.search(sentence):
            continue
        named: list[str | None] = [code for code, pattern in kinds.items() if pattern.search(sentence)]
        for code in named or [None]:
            found.setdefault(code, AssessmentSaid(code, sentence.strip()))
    return list(found.values())


@cache
def _patterns() -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
    told = load_yaml(_WORDS)
    return _any(told["cues"]), {code: _any(words) for code, words in told["kinds"].items()}


def _any(words: list[str]) -> re.Pattern[str]:
    parts = [rf"\b{re.escape(word)}" if word.isascii() else re.escape(word) for word in words]
    return re.compile("|".join(sorted(parts, key=len, reverse=True)), re.IGNORECASE)
