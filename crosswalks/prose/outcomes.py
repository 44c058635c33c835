"""Outcomes that a text itemises after saying that they are outcomes. Running text is never cut into outcomes."""

from __future__ import annotations

import re

from crosswalks.text import clean

_LEAD = re.compile(
    r"(?:will be able to|able to|learning outcomes?|learners? (?:will|can)|hasil pembelajaran|akan dapat|berupaya"
    r"|できるようになる|次のことが(?:できる|出来る)|到達目標|学修成果|学習成果|達成目標|身につ(?:く|ける)こと)"
    r"[^\n:：.]{0,60}[:：]?\s*$", re.IGNORECASE,
)  # fmt: skip
_ITEM = re.compile(
    r"^\s{0,6}(?:[-*•・●◦▪–—]|[(（]?[0-9０-９]{1,2}[.)．）]|[(（]?[a-zA-Z][.)）]|[①-⑳])\s{0,4}(?P<text>\S.{1,600})$"
)
_MOST = 60


def outcomes_in(text: str) -> list[str]:
    """Return the items of the list that follows a line which announces outcomes, cleaned, in order.

    The list ends with the first line that is no item. Several announced lists are joined; an announcement without a
    list gives nothing.
    """
    found: list[str] = []
    open_list = False
    for line in text.replace("\r", "\n").split("\n"):
        if not line.strip():
            continue
        item = _ITEM.match(line)
        if open_list and item:
            found.append(clean(item.group("text")).rstrip(" ;；,、"))
        else:
            open_list = bool(_LEAD.search(line)) and not item
    return found[:_MOST]
