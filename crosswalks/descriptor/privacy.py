"""Keeping people out of listings: masking what looks like personal data in running text.

Structured fields about people are refused by the model; this module sees to prose. It finds e-mail addresses,
telephone numbers that are announced as such, and names that follow a role ("Lecturer: …", "担当教員：…"). It
cannot find every name; what it masks is reported, so that the source can be asked to mend the text.
"""

from __future__ import annotations

import re
from typing import Any

from config.messages import Issue
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.serialise import dump

MASK = "[…]"

_PATTERNS: dict[str, re.Pattern[str]] = {
    "e-mail": re.compile(
        r"\b[A-Za-z0-9._%+\-]{1,64}\s?(?:@|＠|\(at\)|\[at\])\s?[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,6}"
    ),
    "telephone": re.compile(
        r"(?:\b(?:tel|telephone|phone|fax|mobile|telefon|waea|no\.?\s?tel)\b|電話|携帯|内線|ファックス|ＴＥＬ|ＦＡＸ)"
        r"\s{0,3}[.:：]?\s{0,3}(\+?[0-9０-９][0-9０-９()（）\-－ー‐\s.]{4,24}[0-9０-９])",
        re.IGNORECASE,
    ),
    "name": re.compile(
        r"(?:\b(?i:lecturer|teacher|instructor|tutor|contact person|contact name|coordinator|course leader"
        r"|pensyarah|kaiako)"
        r"|担当教員|担当講師|担当者|講師|教員|連絡先|責任者|担当)\s{0,3}[:：]\s{0,3}"
        r"((?:(?:Dr|Prof|Mr|Mrs|Ms|Assoc|Ir|Ts)\.?\s){0,3}"
        r"(?:[A-ZĀĒĪŌŪ][\w'’\-]{1,30}(?:[ \t](?:bin|binti|van|de|al)?[ \t]?[A-ZĀĒĪŌŪ][\w'’\-.]{0,30}){1,4}"
        r"|[一-龥々ヶ]{1,4}[\s　]?[一-龥々ぁ-んァ-ヶ]{1,4}(?=[\s　、。,（(）)\n]|$)))",
    ),
}
_HINTS = (
    "@", "＠", "(at)", "[at]", "tel", "phone", "fax", "mobile", "waea", "電話", "携帯", "内線", "ファックス", "ｔｅｌ",
    "ｆａｘ", "lecturer", "teacher", "instructor", "tutor", "contact ", "coordinator", "course leader", "pensyarah",
    "kaiako", "担当", "講師", "教員", "連絡先", "責任者",
)  # fmt: skip
"""Lower-case pieces one of which stands in every match: a cheap look before the patterns are tried."""
_ADDRESS_FIELDS = frozenset({"id", "url", "iri", "landing_page", "source_id", "scheme", "value", "skill_refs"})


def mask(text: str) -> tuple[str, dict[str, int]]:
    """Return the text with personal data masked, and how many places of each kind were masked."""
    counts: dict[str, int] = {}
    if not _may_name_people(text):
        return text, counts
    for kind, pattern in _PATTERNS.items():
        text, count = pattern.subn(_masked, text)
        if count:
            counts[kind] = count
    return text, counts


def _masked(match: re.Match[str]) -> str:
    if not match.lastindex:
        return MASK
    start, end = match.span(1)
    whole = match.group()
    return whole[: start - match.start()] + MASK + whole[end - match.start() :]


def protect(descriptor: Descriptor, written: bytes | None = None) -> tuple[Descriptor, list[Issue]]:
    """Return the descriptor with personal data in its texts masked, and a warning for each field it was found in.

    `written` is its canonical JSON, for who has it: where nothing in that hints at people, no field is looked at.
    """
    if not _may_name_people((written or dump(descriptor)).decode()):
        return descriptor, []
    issues: list[Issue] = []
    data = _walk(descriptor.model_dump(exclude_defaults=True), "", issues)
    return (Descriptor.model_validate(data), issues) if issues else (descriptor, [])


def _may_name_people(text: str) -> bool:
    lowered = text.lower()
    for hint in _HINTS:  # noqa: SIM110 - half the time of `any`, for every record of every harvest
        if hint in lowered:
            return True
    return False


def _walk(value: Any, path: str, issues: list[Issue]) -> Any:
    if isinstance(value, str):
        text, counts = mask(value)
        issues.extend(Issue("pii_masked", {"kind": kind, "count": count}, place=path) for kind, count in counts.items())
        return text
    if isinstance(value, dict):
        return {
            key: item if key in _ADDRESS_FIELDS else _walk(item, f"{path}.{key}" if path else str(key), issues)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return tuple(_walk(item, f"{path}.{index}", issues) for index, item in enumerate(value))
    return value
