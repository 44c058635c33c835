"""Credits in running text: a figure and its sentence. Whose credits they are, and what they are worth, no text says."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from crosswalks.prose.numbers import NUMBER, number
from crosswalks.prose.sentences import speaking

_SIGNS = ("単位", "credit", "kredit")
_FIGURE = re.compile(
    rf"(?<!level )(?<![0-9A-Za-z])(?<![0-9][.,:/])(?P<value>{NUMBER})[\s-]?(?:単位(?![時互])|(?:ECTS |academic "
    rf"|NZQCF )?credits?\b(?! hours?\b| cards?\b)"
    r"|(?:jam )?kredit\b)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"単位(?:あたり|当たり|につき|とは|以上|を修得(?:済|して)|が必要)|卒業|出願|受講資格|入学|\b(?:each|per|one"
    r"|every|a) credit\b|credits? (?:is [0-9]|equals?|represents?|required)"
    r"|prerequisite|entry|must (?:hold|have)|up to|bachelor|degree|diploma|setiap kredit|prasyarat",
    re.IGNORECASE,
)


class CreditsSaid(NamedTuple):
    """A number of credits, and the sentence it was read from."""

    value: Decimal
    quote: str


def credits_in(text: str) -> list[CreditsSaid]:
    """Return the credits that a text speaks of; what it asks of others, or says of credits as such, is left out."""
    found = []
    for sentence in speaking(text, *_SIGNS):
        if _OTHERS.search(sentence):
            continue
        for match in _FIGURE.finditer(sentence):
            value = number(match.group("value"))
            if value:
                found.append(CreditsSaid(value, sentence.strip()))
    return found
