"""Numbers and ranges as texts write them: full-width digits, Japanese numerals, wave dashes."""

from __future__ import annotations

import re
from decimal import Decimal
from unicodedata import normalize

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "壱": 1, "弐": 2, "参": 3}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIAD = "万"
_KANJI = "〇零一二三四五六七八九壱弐参十百千万"
_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        1,
    )
} | {
    word: value * 10
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_TENTHS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_TEENS = "|".join(sorted((word for word, value in _WORDS.items() if value < 20), key=len, reverse=True))
_WORD = rf"(?:(?:{_TENTHS})(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|{_TEENS})(?![A-Za-z])"
NUMBER = rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,3}}|[0-9]{{1,7}}(?:\.[0-9]{{1,2}})?|[{_KANJI}]{{1,9}}|(?i:{_WORD}))"
"""A number, in text that `plain_form` has been through."""
DASH = r"(?:\s?[~〜～\-–—―ー]\s?|\s(?:to|hingga|sampai)\s|から)"
"""What stands between the ends of a range."""
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,3}")


def plain_form(text: str) -> str:
    """Return text in compatibility form, so that full-width digits and letters read like others.

    The wave dash keeps its place; the length may differ from that of the text. Three dots stay one sign, so that
    what was masked with them does not end a sentence.
    """
    return "…".join(normalize("NFKC", part.replace("〜", "~").replace("～", "~")) for part in text.split("…"))


def number(text: str) -> Decimal | None:
    """Return the number that a whole text is, or None: `１５`, `1,200`, `2.5`, `十五`, `百二十`, `二〇`,
    `forty-five`.
    """
    text = plain_form(text).strip()
    if _THOUSANDS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if re.fullmatch(r"[0-9]{1,7}(?:\.[0-9]{1,2})?", text):
        return Decimal(text)
    if (words := text.lower().replace("-", " ").split()) and all(word in _WORDS for word in words) and len(words) <= 2:
        return Decimal(sum(_WORDS[word] for word in words)) if len(words) == 1 or _WORDS[words[0]] >= 20 else None
    return _japanese(text) if text and all(char in _KANJI for char in text) else None


def _japanese(text: str) -> Decimal | None:
    """Return a number in Japanese numerals: placed (`二〇二六`) or counted (`百二十`, `一万二千`)."""
    if not any(char in _TENS or char == _MYRIAD for char in text):
        return Decimal("".join(str(_DIGITS[char]) for char in text))
    if text.count(_MYRIAD) > 1:
        return None
    above, myriad, below = text.rpartition(_MYRIAD)
    high, low = _below_a_myriad(above) if myriad else 0, _below_a_myriad(below)
    if high is None or low is None:
        return None
    return Decimal((high or (1 if myriad else 0)) * 10_000 + low)


def _below_a_myriad(text: str) -> int | None:
    total, digit, last = 0, None, 10_000
    for char in text:
        if char in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[char]
        else:
            unit = _TENS[char]
            if unit >= last:
                return None
            total, digit, last = total + (1 if digit is None else digit) * unit, None, unit
    return total + (digit or 0)
