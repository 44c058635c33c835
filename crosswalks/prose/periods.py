"""How long a running text says that learning runs.

A period is plain where the text says that the course itself runs for so long. How long a certificate is valid, a video
can be watched, or a form is accepted is no duration of learning.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from crosswalks.prose.numbers import DASH, NUMBER, number
from crosswalks.prose.sentences import speaking
from crosswalks.prose.wording import bounded, denied

_SIGNS = ("週", "月", "日間", "年間", "week", "month", "day", "year", "minggu", "bulan", "hari", "tahun")
_PERIOD = re.compile(
    rf"(?<![0-9A-Za-z第])(?<![0-9][.,:/])(?P<least>{NUMBER})\s?(?:(?:週間?|[かヵヶカケ箇]月間?"
    rf"|日間?)?{DASH}(?P<most>{NUMBER})\s?)?"
    r"-?\s?"
    r"(?P<unit>週間?(?!目|末|報|休)|[かヵヶカケ箇]月間?(?!目)|日間|年間|weeks?\b|months?\b|days?\b|years?\b"
    r"|minggu\b|bulan\b|hari\b|tahun\b)",
    re.IGNORECASE,
)
_LETTERS = {
    "W": ("週", "w", "minggu"),
    "M": ("か", "ヵ", "ヶ", "カ", "ケ", "箇", "bulan", "mo"),
    "D": ("日", "d", "hari"),
    "Y": ("年", "y", "tahun"),
}
_ELSEWHERE_BEFORE = re.compile(
    r"(?:\b(?:within|every|each|per|after|before|in the (?:first|last|next|past)|for the (?:first|last|next"
    r"|past)|last|next|past|first"
    r"|dalam (?:masa|tempoh)|setiap|selepas)|毎|過去|直近|最初の|今後|修了後|受講後|申込後)\s?$",
    re.IGNORECASE,
)
_ELSEWHERE_BEHIND = re.compile(
    r"\s?(?:以内に|前(?:まで)?|後(?!半)|ごと|おき|に(?:1|一|2|二)[回度]|あたり|当たり|ぶり|old\b|ago\b|later\b"
    r"|before\b|after\b|prior\b|in advance"
    r"|a (?:week|month|year)\b|per (?:week|month|year)\b|of (?:enrol|registration|completion|experience|work)"
    r"|sebelum|selepas|seminggu)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"有効|視聴(?:可能)?期間|視聴でき|閲覧|アクセス|利用(?:可能)?期間|申込|申し込み|申請|募集|受付|返金"
    r"|キャンセル|発行|更新|見直し|経験|勤務|従事|在籍|保存|保管"
    r"|valid|expir|access|available (?:for|until)|appl(?:y|ication)|enrol(?:ment)? (?:period|is open)|refund"
    r"|cancel|renew|review(?:ed)?\b"
    r"|experience|employ|old\b|notice|issued|retain|kept for|business days|working days|sah (?:selama|sehingga)"
    r"|pengalaman|permohonan",
    re.IGNORECASE,
)
_PART = re.compile(
    r"実習|インターン|留学|滞在|課題|準備|internship|placement|practicum|project|attachment|residency|assignment"
    r"|latihan industri|projek"
    r"|each (?:module|unit|course)|per (?:module|unit|course)|各(?:科目|モジュール|講座|回)|/\s?(?:module"
    r"|モジュール)",
    re.IGNORECASE,
)
_COURSE = re.compile(
    r"期間|コース|講座|プログラム|課程|研修|開講|セミナー|学習|受講|修了まで|\b(?:course|programme|program"
    r"|training|micro-?credential|class|workshop"
    r"|bootcamp|study|runs?|lasts?|duration|length|delivered|complete[ds]?|taught|spans?|over|takes?|schedule)\b"
    r"|kursus|program|tempoh|selama",
    re.IGNORECASE,
)


class PeriodSaid(NamedTuple):
    """How long something runs, as an ISO 8601 duration in days, weeks, months or years, the sentence it was read from,
    and whether that plainly says it of the course.
    """

    duration: str
    quote: str
    plain: bool = True


def periods_in(text: str) -> list[PeriodSaid]:
    """Return how long a text says that something runs; ranges say nothing exact and are left out."""
    found = []
    for sentence in speaking(text, *_SIGNS):
        for match in _PERIOD.finditer(sentence):
            value = number(match.group("least"))
            if value is None or match.group("most") or value != value.to_integral_value() or value <= 0:
                continue
            before, behind = sentence[: match.start()], sentence[match.end() :]
            if _ELSEWHERE_BEFORE.search(before[-30:]) or _ELSEWHERE_BEHIND.match(behind) or _ELSEWHERE.search(sentence):
                continue
            found.append(PeriodSaid(f"P{int(value)}{_letter(match)}", sentence.strip(), _is_plain(sentence, match)))
    return found


def _letter(match: re.Match[str]) -> str:
    unit = match.group("unit").lower()
    return next(letter for letter, starts in _LETTERS.items() if unit.startswith(starts))


def _is_plain(sentence: str, match: re.Match[str]) -> bool:
    loose = bounded(sentence, match.start(), match.end()) or denied(sentence) or _PART.search(sentence)
    return not loose and _COURSE.search(sentence) is not None
