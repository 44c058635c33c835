"""Hours, weeks and credits in running text.

A figure is plain when the text itself says what it counts ("total learning time 30 hours", 総学習時間30時間,
"jumlah jam pembelajaran 40 jam"). Hours a week, hours of one lesson, and hours of which nothing is said are not plain.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, NamedTuple

from crosswalks.prose.numbers import DASH, NUMBER, number, plain_form

Counts = Literal["total", "taught", "weekly", "lesson", "unstated"]

_UNIT = r"(?:時間|hours?\b|hrs?\b|jam\b)"
_FIGURE = re.compile(
    rf"(?P<least>{NUMBER})\s?(?:{_UNIT}\s?)?(?:{DASH}(?P<most>{NUMBER})\s?)?-?\s?(?P<unit>{_UNIT})", re.IGNORECASE
)
_PERIOD = re.compile(
    rf"(?P<least>{NUMBER})\s?(?:{DASH}(?P<most>{NUMBER})\s?)?-?\s?"
    r"(?P<unit>週間?|[かヶカケ箇]月間?|weeks?\b|months?\b|minggu\b|bulan\b)", re.IGNORECASE,
)  # fmt: skip
_LETTER = {
    "週": "W",
    "w": "W",
    "minggu": "W",
    "か": "M",
    "ヶ": "M",
    "カ": "M",
    "ケ": "M",
    "箇": "M",
    "m": "M",
    "bulan": "M",
}
_SENTENCE = re.compile(r"[^。．.!?！？\n；;]{1,600}(?:\.(?=[0-9])[^。．.!?！？\n；;]{1,600}){0,9}[。．.!?！？]?")
_CUES: dict[Counts, re.Pattern[str]] = {
    "weekly": re.compile(
        r"週\s?(?:あたり|に|当たり)?\s?$|毎週\s?$|per week|a week|each week|weekly|/\s?week|seminggu|setiap minggu"
        r"|週(?:あたり|当たり)", re.IGNORECASE,
    ),
    "lesson": re.compile(
        r"1回|一回|各回|1コマ|一コマ|毎回|per (?:session|lesson|class|module|unit)|each (?:session|lesson|module)"
        r"|setiap (?:sesi|kelas)", re.IGNORECASE,
    ),
    "taught": re.compile(
        r"授業時間|講義|対面|スクーリング|面接授業|contact hours?|class(?:room)? hours?|hours? of (?:class|lectures?"
        r"|teaching|contact)|taught|face[- ]to[- ]face|jam bersemuka|jam kuliah|動画", re.IGNORECASE,
    ),
    "total": re.compile(
        r"総学習時間|標準学習時間|学習時間|総時間|合計|total (?:learning|study|student|of)|total hours?|notional"
        r"|learning hours|hours? of (?:learning|study|total)|student learning time|in total|altogether"
        r"|jumlah jam|masa pembelajaran|jam pembelajaran", re.IGNORECASE,
    ),
}  # fmt: skip
"""What a passage says its hours count; the first that fits wins, so that "total contact hours" is taught time."""


_A_WEEK = re.compile(r"(?:週|毎週)\s?(?:に|あたり|当たり)?\s?$")


class HoursSaid(NamedTuple):
    """Hours in a text: least and most, what they count, and the sentence they were read from."""

    least: Decimal
    most: Decimal
    counts: Counts
    quote: str

    @property
    def plain(self) -> bool:
        """Whether the passage itself says that the figure is the whole of learning, or taught time."""
        return self.counts in {"total", "taught"}


class PeriodSaid(NamedTuple):
    """How long something runs, as an ISO 8601 duration in weeks or months, and the sentence it was read from."""

    duration: str
    quote: str


def hours_in(text: str) -> list[HoursSaid]:
    """Return the hours that a text speaks of, in order."""
    found = []
    for sentence in sentences(text):
        for match in _FIGURE.finditer(sentence):
            least = number(match.group("least"))
            most = number(match.group("most")) if match.group("most") else least
            if least is None or most is None or not 0 < least <= most:
                continue
            found.append(HoursSaid(least, most, _counts(sentence, match), sentence.strip()))
    return found


def _counts(sentence: str, match: re.Match[str]) -> Counts:
    """Return what a figure counts by the words near it: those right before it, those of its clause, and for a figure
    in brackets of which nothing is said inside them, those that lead up to the brackets.
    """
    before = sentence[max(0, match.start() - 8) : match.start()]
    if _A_WEEK.search(before):
        return "weekly"
    inner, outer = _clauses(sentence, match.start(), match.end())
    for clause in (inner, outer):
        for counts, cue in _CUES.items():
            if cue.search(clause):
                return counts
    return "unstated"


def _clauses(sentence: str, start: int, end: int) -> tuple[str, str]:
    """Return the part of a sentence around a figure up to commas and brackets, and the same without the bracket."""
    comma = max(sentence.rfind(mark, 0, start) for mark in "、,，")
    bracket = sentence.rfind("(", 0, start)
    inside = bracket > comma and ")" not in sentence[bracket:start]
    rights = [found.start() + end for mark in (r"[、，()]", r",\s") if (found := re.search(mark, sentence[end:]))]
    right = min(rights, default=len(sentence))
    return sentence[max(comma, bracket if inside else -1) + 1 : right], sentence[comma + 1 : right]


def periods_in(text: str) -> list[PeriodSaid]:
    """Return how long a text says that something runs; ranges say nothing exact and are left out."""
    found = []
    for sentence in sentences(text):
        for match in _PERIOD.finditer(sentence):
            value = number(match.group("least"))
            if value is None or match.group("most") or value != value.to_integral_value() or value <= 0:
                continue
            unit = match.group("unit").lower()
            letter = next(letter for start, letter in _LETTER.items() if unit.startswith(start))
            found.append(PeriodSaid(f"P{int(value)}{letter}", sentence.strip()))
    return found


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in compatibility form, without cutting numbers at their points."""
    return [match.group() for match in _SENTENCE.finditer(plain_form(text)) if match.group().strip()]
