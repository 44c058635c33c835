"""Words that keep a figure or a sentence from being taken at its word: bounds, rough figures, denials, plans."""

from __future__ import annotations

import re

_BEFORE = re.compile(
    r"(?:up to|at least|at most|no (?:more|less|fewer) than|not (?:more|less|exceed(?:ing)?)(?: than)?"
    r"|a (?:minimum|maximum) of"
    r"|min(?:imum)?\.?(?: of)?|max(?:imum)?\.?(?: of)?|more than|less than|fewer than|under|above|below"
    r"|exceed(?:ing|s)?|about|around"
    r"|approx(?:imately|\.)?|roughly|nearly|almost|some|circa|ca\.|between|from|or more|as (?:many|much|few"
    r"|little) as"
    r"|約|およそ|おおよそ|概ね|おおむね|最大|最長|最低|最短|少なくとも|上限|下限|ほぼ|平均(?:して)?|目安(?:は|:)?"
    r"|sekurang-kurangnya|sehingga|hingga|lebih (?:kurang )?(?:daripada )?|kurang (?:daripada )?|kira-kira"
    r"|maksimum|minimum|minima|antara"
    r"|tidak (?:lebih|kurang) daripada|purata|average(?: of)?|[<>≦≧≤≥~〜])\s?:?\s?$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s?(?:以上|以下|以内|未満|超|を超え|を下回|を上回|程度|前後|くらい|ぐらい|ほど|強|弱|余り|余|まで|\+|～|~"
    r"|相当|が目安|を目安|を上限|を下限"
    r"|or (?:more|less|so|fewer|longer)|and (?:more|over|above)|at (?:least|most)|minimum|maximum|atau (?:lebih"
    r"|kurang)|ke atas|on average"
    r"|approximately)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"ではなく|ではありません|ではない|じゃない|ではございません|とは限|不要|変更(?:と|に)なる|場合(?:が"
    r"|も)(?:あり|ある)|人によ|個人差|未定|検討中|予定は"
    r"|\bnot\b|n't\b|\bno longer\b|\bmay (?:vary|take|need|differ)\b|\bmight\b|\bvar(?:y|ies)\b|\bdepend(?:s"
    r"|ing)\b|\bformerly\b|\bpreviously\b"
    r"|\bused to\b|\bif you\b|\bunless\b|\bto be (?:confirmed|decided|announced)\b|\btidak\b|\bbukan\b"
    r"|\bmungkin\b|\bbergantung\b|以前は|かつて",
    re.IGNORECASE,
)


def bounded(sentence: str, start: int, end: int) -> bool:
    """Tell whether a figure is a bound or a rough one by the words right before and behind it."""
    return bool(_BEFORE.search(sentence[max(0, start - 40) : start]) or _BEHIND.match(sentence, end))


def denied(sentence: str) -> bool:
    """Tell whether a sentence denies, limits or leaves open what it says."""
    return _DENIED.search(sentence) is not None
