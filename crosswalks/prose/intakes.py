"""The days on which a running text says that a course begins and ends."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from crosswalks.prose.dates import dates_in
from crosswalks.prose.numbers import DASH
from crosswalks.prose.sentences import speaking

_SIGNS = ("年", "19", "20", *(f"{era}{digit}" for era in "rhs" for digit in range(1, 10)))
_STARTS = re.compile(
    r"開講日|開始日|開講\s?:|(?:から|に|より)\s?(?:開講|開始|スタート|始ま)|開講(?:します|する|予定)|(?:course"
    r"|programme|class(?:es)?|teaching|intake|delivery)"
    r" (?:starts?|begins?|commences?)|start(?:s|ing)? (?:date|on)|begins? on|commenc(?:es?|ing) on|tarikh mula"
    r"|bermula (?:pada)?",
    re.IGNORECASE,
)
_RUNS = re.compile(
    r"開講期間|実施期間|開催期間|受講期間|学習期間|講座期間|\b(?:runs?|held|delivered|takes place) (?:from"
    r"|between)|course dates|tempoh kursus"
    r"|diadakan (?:dari|pada)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"申込|申し込み|締切|募集|応募|出願|受付|説明会|更新|掲載|公開|認定|承認|改定|制定|有効|延期|中止|変更|予定"
    r"|頃|ごろ|以降|まで(?:に)"
    r"|appl(?:y|ication)|deadline|closing|enrol|register|updated|published|approved|valid|expir|postponed"
    r"|cancelled|originally|expected|tentative"
    r"|permohonan|tarikh tutup|dijangka",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"^(?:\s?\([^()]{{1,4}}\))?(?:{DASH}|\s(?:until|till|and)\s)")


class IntakeSaid(NamedTuple):
    """The first and the last day of an intake, either of which may be unsaid, and the sentence they were read from."""

    starts: date | None
    ends: date | None
    quote: str


def intakes_in(text: str) -> list[IntakeSaid]:
    """Return the intakes whose days a text states plainly: a beginning, or a beginning and an end."""
    found = []
    for sentence in speaking(text, *_SIGNS):
        days = dates_in(sentence)
        if not days or len(days) > 2 or _OTHERS.search(sentence):
            continue
        quote = sentence.strip()
        if len(days) == 1 and _STARTS.search(sentence):
            found.append(IntakeSaid(days[0].day, None, quote))
        elif len(days) == 2 and (_STARTS.search(sentence) or _RUNS.search(sentence)):
            (first, last), between = (days[0].day, days[1].day), sentence[days[0].end : days[1].start]
            if first <= last and _RANGE.match(between):
                found.append(IntakeSaid(first, last, quote))
    return found
