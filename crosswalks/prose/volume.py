"""Hours in running text.

A figure is plain when the text itself says what it counts ("total learning time 30 hours", 総学習時間30時間,
"jumlah jam pembelajaran 40 jam") and states it as it is. Hours a week, of one lesson or of a part, sums of nobody knows
what, bounds ("up to 40 hours", 40時間以上), rough figures, and hours of which nothing is said are not plain. What
speaks of the clock (24時間受付, "within 48 hours") or of what one credit is worth speaks of no volume at all.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal, NamedTuple

from crosswalks.prose.numbers import DASH, NUMBER, number, plain_form
from crosswalks.prose.sentences import speaking
from crosswalks.prose.wording import bounded, denied

Counts = Literal["total", "taught", "sum", "part", "weekly", "lesson", "unstated"]

_UNIT = r"(?:時間(?![目割帯給差])|hours?\b|hrs?\b|h(?![A-Za-z])|jam\b(?!\s?kredit))"
_SIGNS = ("時間", "hour", "hr", "jam", *(f"{digit}h" for digit in range(10)), *(f"{digit} h" for digit in range(10)))
_FIGURE = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9][.,:/])(?P<least>{NUMBER})\s?(?:{_UNIT}\s?)?(?:{DASH}(?P<most>{NUMBER})\s?)?-?\s?{_UNIT}"
    r"(?P<half>半)?(?:(?:と|\s?and\s|\s)?(?P<minutes>[0-9]{1,2})\s?(?:分|min(?:ute)?s?\b|minit\b))?",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"(?:時間数?|\bhours?|\bjam(?: pembelajaran)?)\s?(?:\((?:hours?|時間|jam)\)\s?)?[:=]\s?(?P<least>{NUMBER})"
    rf"(?:{DASH}(?P<most>{NUMBER}))?(?![0-9.,]?[0-9]|\s?(?:[:/%×x時分回単名日週月年か]|{_UNIT}|credits?|weeks?"
    rf"|days?|min|[ap]\.?m\b))",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"24\s?(?:時間\s?(?:365|いつでも|体制|営業|受付|対応|利用|受講|視聴|アクセス|年中|サポート|オンデマンド)"
    r"|hours? a day|[- ]hours?[ -]"
    r"(?:access|support|service|clock|help)|jam sehari)|時間(?:以内に|前|後に|ごと|おき|ぶり)"
    r"|hours?'? (?:before|after|prior|ago|later|in advance|notice|of (?:enrol|receipt|submission))"
    r"|jam (?:sebelum|selepas|lalu)"
    r"|hours? (?:of credit|ahead)|\bat [0-9]{4} hours|営業時間|受付時間|開館時間|利用時間|勤務時間|労働時間|残業"
    r"|office hours|opening hours|business hours"
    r"|working hours|waktu pejabat",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"(?:\b(?:within|in the (?:first|last|next)|every|dalam (?:masa|tempoh))|午[前後])\s?$", re.IGNORECASE
)
_A_CREDIT = re.compile(
    r"(?<![0-9.十百])(?:1|一)\s?単位(?:あたり|当たり|につき|とは|は\s?[0-9]|を\s?[0-9]|の学修|[:=])|(?:each|per"
    r"|one|a|1) (?:[A-Za-z]{1,12} )?credit\b"
    r"|every credit|(?:setiap|satu|1) (?:jam )?kredit|hours?\s?/\s?credit|時間\s?/\s?単位"
    r"|時間(?:の学[修習])?(?:を|で|をもって)\s?(?:1|一)\s?単位(?:と|に)",
    re.IGNORECASE,
)
_OVER = re.compile(r"\bover\s?$", re.IGNORECASE)
_A_WEEK = re.compile(r"(?:週|毎週|毎日|1日|一日|日に|月|毎月|月に)\s?(?:に|あたり|当たり)?\s?(?:約|およそ)?\s?$")
_WEEKLY = re.compile(
    r"(?:per|a|each|every|/)\s?(?:week|wk|day|month|semester|term|year)\b|\b(?:weekly|daily|monthly)\b|毎週|毎日"
    r"|毎月"
    r"|[週日月](?:あたり|当たり)|/\s?[週日月]|seminggu|sehari|sebulan|setiap (?:minggu|hari)",
    re.IGNORECASE,
)
_LESSON = re.compile(
    r"(?<![0-9十百第])(?:1|一)回|[各毎]回|各(?:科目|講座|モジュール|単元|コマ)|(?<![0-9十百])(?:1|一)(?:コマ"
    r"|科目|講座|講義|日)|[×xX]\s?[0-9]|[0-9回日コマ]\s?[×xX]\s?[0-9]"
    r"|(?:per|each|every) (?:session|lesson|class|lecture|module|unit|topic|course|workshop|participant)"
    r"|hours? each\b|-hour (?:session|lesson|class|lecture|module|exam|test)s?\b|setiap (?:sesi|kelas"
    r"|modul)",
    re.IGNORECASE,
)
_TAUGHT = re.compile(
    r"授業(?!外|以外)|講義|対面|スクーリング|面接|動画|座学|contact hours?|class(?:room)? (?:hours?|time)"
    r"|hours? of (?:class|lectures?"
    r"|teaching|contact|instruction|tuition|video|taught)|\blectures?\b|taught|teaching|face[- ]to[- ]face"
    r"|guided learning|jam (?:bersemuka|kuliah|pertemuan)|bersemuka|kuliah",
    re.IGNORECASE,
)
_PART = re.compile(
    r"自習|自学|自主学習|自宅学習|事前|事後|予習|復習|宿題|課題|演習|実習|実験|実技|試験|テスト|インターン"
    r"|グループワーク|授業(?:外|以外)"
    r"|self[- ]?(?:study|directed|paced)|independent|private study|homework|assignments?|assessments?|exams?\b"
    r"|practicum|practical|internship"
    r"|placement|reading|e-?learning|online learning|eラーニング|project|tutorials?|laborator|videos?\b|experience"
    r"|kendiri|amali|tugasan|latihan industri|経験|実務",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"総(?:学習|学修|履修)時間|標準(?:学習|学修|的な学[習修])|総(?:計|合計)?(?:学習|学修)|total (?:notional "
    r"|student )?(?:learning|study|student effort)"
    r"|notional|(?:total )?student learning time|total (?:hours? of (?:learning|study)|workload)|jumlah (?:jam"
    r"|masa) pembelajaran"
    r"|masa pembelajaran pelajar",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"合計|総計|全部で|全体で|延べ|あわせて|合わせて|総時間|in (?:total|all)|altogether|total|overall|jumlah"
    r"|keseluruhan",
    re.IGNORECASE,
)
_LEARNING = re.compile(
    r"(?:学習|学修)(?:時間|に)|時間の(?:学習|学修)|(?:learning|study) (?:hours?|time)|hours? of (?:learning"
    r"|study)|jam pembelajaran"
    r"|masa pembelajaran|workload",
    re.IGNORECASE,
)
_INCLUSIVE = re.compile(r"含[みむめ]|込み|includ|inclusive|termasuk", re.IGNORECASE)
_BESIDE = re.compile(
    r"[、，,()（）;:；\[\]【】]|\bof which\b|\bwith\b|\bplus\b|\band\b|\bbut\b|\bincluding\b|\bdan\b"
    r"|\btermasuk\b|うち|と|および|及び|に加え"
)
_ADDING = re.compile(r"\bplus\b|\band\b|\bdan\b|と|および|及び|に加え|[+＋]")
_BELOW = re.compile(r"\bincluding\b|\bof which\b|\bincl\.|うち|\btermasuk\b")


class HoursSaid(NamedTuple):
    """Hours in a text: least and most, what they count, the sentence they were read from, and whether that states them
    as they are: no bound, no rough figure, nothing that is denied.
    """

    least: Decimal
    most: Decimal
    counts: Counts
    quote: str
    exact: bool = True

    @property
    def plain(self) -> bool:
        """Whether the passage itself says that the figure is the whole of learning, or taught time."""
        return self.exact and self.counts in {"total", "taught"}


def figure_of(text: str) -> Decimal | None:
    """Return the hours of a text that is one figure and nothing else ("40 hours", 40時間); what it counts is for the
    field to say that holds it.
    """
    plain = plain_form(text).strip().removesuffix(".").removesuffix("。")
    match = _FIGURE.fullmatch(plain)
    least = number(match.group("least")) if match and not match.group("most") else None
    more = _fraction(match) if match else None
    return least + more if least and more is not None else None


def hours_in(text: str) -> list[HoursSaid]:
    """Return the hours that a text speaks of, in order."""
    found = []
    for sentence in speaking(text, *_SIGNS):
        figures = _figures(sentence)
        for place, match in enumerate(figures):
            if not _speaks_of_volume(sentence, match):
                continue
            least = number(match.group("least"))
            most = number(match.group("most")) if match.group("most") else least
            if least is None or most is None:
                continue
            more = _fraction(match)
            loose = bounded(sentence, match.start("least"), match.end()) or _OVER.search(
                sentence[: match.start("least")]
            )
            exact = more is not None and not loose and not denied(sentence)
            least, most = least + (more or 0), most + (more or 0)
            if 0 < least <= most:
                found.append(HoursSaid(least, most, _counts(sentence, figures, place), sentence.strip(), exact))
    return found


def _figures(sentence: str) -> list[re.Match[str]]:
    """Return the figures of a sentence by their place: a number with its unit, or a number that a label announces."""
    figures = list(_FIGURE.finditer(sentence))
    taken = [match.span() for match in figures]
    figures += [
        match
        for match in _LABELLED.finditer(sentence)
        if not any(start < match.end() and match.start("least") < end for start, end in taken)
    ]
    return sorted(figures, key=lambda match: match.start("least"))


def _fraction(match: re.Match[str]) -> Decimal | None:
    """Return what stands behind the whole hours, in hours; None for minutes that are no quarters of an hour."""
    parts = match.groupdict()
    if parts.get("half"):
        return Decimal("0.5")
    minutes = int(parts.get("minutes") or 0)
    return Decimal(minutes) / 60 if minutes % 15 == 0 and minutes < 60 else None


def _speaks_of_volume(sentence: str, match: re.Match[str]) -> bool:
    """Tell whether a figure is one of learning or teaching at all: not of the clock, nor of what a credit is worth."""
    around = sentence[max(0, match.start() - 14) : match.end() + 16]
    clause, _ = _clauses(sentence, match.start(), match.end())
    return not (_CLOCK.search(around) or _WITHIN.search(sentence[: match.start("least")]) or _A_CREDIT.search(clause))


def _counts(sentence: str, figures: list[re.Match[str]], place: int) -> Counts:
    """Return what a figure counts by the words near it: those right before it, those of its clause, and for a figure
    in brackets of which nothing is said inside them, those that lead up to the brackets.

    Where nothing stands between two figures that sets them apart, neither is understood.
    """
    match = figures[place]
    if _A_WEEK.search(sentence[max(0, match.start("least") - 8) : match.start("least")]):
        return "weekly"
    before = figures[place - 1].end() if place else 0
    after = figures[place + 1].start() if place + 1 < len(figures) else len(sentence)
    start = _cut_left(sentence, before, match.start(), known=place > 0)
    end = _cut_right(sentence, match.end(), after, known=place + 1 < len(figures))
    if start is None or end is None:
        return "unstated"
    joined = bool(place and _ADDING.search(sentence, before, match.start()))
    joined |= bool(place + 1 < len(figures) and _ADDING.search(sentence, match.end(), after))
    (inner, right), (outer, _) = _spans(sentence, match.start(), match.end())
    nearest = _said(sentence[max(inner, start) : min(right, end)], joined=joined)
    if nearest != "unstated" or inner == outer:
        return nearest
    return _said(sentence[max(outer, before) : min(right, end)], joined=joined)


def _cut_left(sentence: str, before: int, start: int, *, known: bool) -> int | None:
    """Return where the words of a figure begin: behind the last thing that sets it apart from the figure before it, and
    where there is none before it, at a word that makes it a part of something ("including 10 hours of …").
    """
    places = list((_BESIDE if known else _BELOW).finditer(sentence, before, start))
    if not places:
        return None if known else 0
    return places[-1].end() if known else places[-1].start()


def _cut_right(sentence: str, end: int, after: int, *, known: bool) -> int | None:
    if not known:
        return len(sentence)
    first = _BESIDE.search(sentence, end, after)
    return first.start() if first else None


def _said(words: str, *, joined: bool) -> Counts:
    """Return what the words near a figure say that it counts."""
    if _WEEKLY.search(words):
        return "weekly"
    if _LESSON.search(words):
        return "lesson"
    taught, part, whole = _TAUGHT.search(words), _PART.search(words), _WHOLE.search(words)
    learning = _LEARNING.search(words)
    if whole and not (taught and not (part or _INCLUSIVE.search(words))):
        return "total"
    if taught:
        return "part" if part else "taught"
    if part and not (learning and _INCLUSIVE.search(words)):
        return "part"
    if learning:
        return "part" if joined else "total"
    return "sum" if _SUM.search(words) else "unstated"


def _clauses(sentence: str, start: int, end: int) -> tuple[str, str]:
    (inner, right), (outer, far) = _spans(sentence, start, end)
    return sentence[inner:right], sentence[outer:far]


def _spans(sentence: str, start: int, end: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the part of a sentence around a figure up to commas and brackets, and the same without the bracket."""
    comma = max(sentence.rfind(mark, 0, start) for mark in "、,，")
    bracket = sentence.rfind("(", 0, start)
    inside = bracket > comma and ")" not in sentence[bracket:start]
    rights = [found.start() + end for mark in (r"[、，()]", r",\s") if (found := re.search(mark, sentence[end:]))]
    right = min(rights, default=len(sentence))
    return (max(comma, bracket if inside else -1) + 1, right), (comma + 1, right)
