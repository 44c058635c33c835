"""Keeping people out of listings: masking what looks like personal data in running text.

Structured fields about people are refused by the model; this module sees to prose. It finds e-mail addresses,
telephone numbers that are announced as such, and names that follow a role ("Lecturer: …", "担当教員：…"). It
cannot find every name; what it masks is reported, so that the source can be asked to mend the text.

A listing is masked before it is carried, so that its ledger and findings quote nothing else. Only a text that the
crossing itself put together (a label and its value) can still name somebody: that is masked in the descriptor, and
taken out of everything it came from.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

from ahocorasick_rs import BytesAhoCorasick
from pydantic import BaseModel

from config.messages import Issue
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.serialise import dump
from crosswalks.ledger import Entry

T = TypeVar("T")
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
    "@", "＠", "(at)", "[at]", "tel", "phone", "fax", "mobile", "waea", "電話", "携帯", "内線", "ファックス",
    "ＴＥＬ", "ＦＡＸ",
)  # fmt: skip
_SMALL_WIDE_LETTERS = b"\xef\xbd"
"""How a full-width letter begins in UTF-8 when it is no capital."""
_ROLES = (
    "lecturer", "teacher", "instructor", "tutor", "contact ", "coordinator", "course leader", "pensyarah", "kaiako",
    "担当", "講師", "教員", "連絡先", "責任者",
)  # fmt: skip
_PIECES = BytesAhoCorasick(
    [*(hint.encode() for hint in _HINTS), _SMALL_WIDE_LETTERS, *(role.encode() for role in _ROLES)]
)
"""Pieces, in lower case, one of which stands in every match, the hints before the roles: a cheap look at every record
of every harvest before the patterns are tried.
"""
_FIRST_ROLE = len(_HINTS) + 1
_ANNOUNCES = re.compile(rb"(?::|\xef\xbc\x9a)(?<=[^\"0-9].)(?!//)", re.DOTALL)
"""A colon that may follow a role: none after a quotation mark, as in JSON, or a figure, and none of an address."""
_ADDRESS_FIELDS = frozenset({"id", "url", "iri", "landing_page", "source_id", "scheme", "value", "skill_refs"})


_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]{1,20}://|urn:)[^\s@＠]{1,4000}")
"""A text that is an address of a page or thing as a whole, and no person's."""


class Masked(NamedTuple):
    """A value without people: a warning for each field in which some were found, and the words that were taken out."""

    value: Any
    issues: list[Issue]
    words: dict[str, list[str]]


def mask(text: str) -> tuple[str, dict[str, int]]:
    """Return the text with personal data masked, and how many places of each kind were masked."""
    masked, found = _mask(text)
    return masked, {kind: len(words) for kind, words in found.items()}


def _mask(text: str) -> tuple[str, dict[str, list[str]]]:
    """Return the text with personal data masked, and the words that were masked, by kind."""
    found: dict[str, list[str]] = {}
    if not _may_name_people(text.encode()):
        return text, found
    for kind, pattern in _PATTERNS.items():
        words: list[str] = []
        text = pattern.sub(lambda match, words=words: _masked(match, words), text)  # type: ignore[misc]
        if words:
            found[kind] = words
    return text, found


def _masked(match: re.Match[str], words: list[str]) -> str:
    if not match.lastindex:
        words.append(match.group())
        return MASK
    words.append(match.group(1))
    start, end = match.span(1)
    whole = match.group()
    return whole[: start - match.start()] + MASK + whole[end - match.start() :]


def protect(descriptor: Descriptor, written: bytes | None = None) -> tuple[Descriptor, list[Issue]]:
    """Return the descriptor with personal data in its texts masked, and a warning for each field it was found in.

    `written` is its canonical JSON, for who has it: where nothing in that hints at people, no field is looked at.
    """
    found = protected(descriptor, written)
    return found.value, found.issues


def protected(descriptor: Descriptor, written: bytes | None = None) -> Masked:
    """Do as `protect`, and return the words that were masked too, by the path of their field."""
    if not _may_name_people(written or dump(descriptor)):
        return Masked(descriptor, [], {})
    plain = descriptor.model_dump(exclude_defaults=True)
    found = Masked(plain, [], {})
    data = _walk(plain, "", found, _ADDRESS_FIELDS)
    return found._replace(value=Descriptor.model_validate(data) if found.issues else descriptor)


def without_people(record: T, written: bytes | None = None) -> tuple[T, list[Issue]]:
    """Return a record of any schema, or plain data, with personal data in its texts masked, and a warning for each
    field; the same object where there was nothing. Addresses of pages stay. `written` is its JSON, for who has it.
    """
    if written is None and isinstance(record, BaseModel):
        written = record.model_dump_json(exclude_defaults=True).encode()
    if written is not None and not _may_name_people(written):
        return record, []
    found = Masked(record, [], {})
    value = _walk(record, "", found, frozenset())
    return (value, found.issues) if found.issues else (record, [])


def without_words(record: T, words: Collection[str]) -> T:
    """Return a record of any schema, or plain data, with these words masked wherever they stand."""
    ordered = sorted(words, key=lambda word: (-len(word), word))

    def masked(item: Any) -> Any:
        if type(item) is not str:
            return _changed(item, lambda _, part: masked(part))
        for word in ordered:
            item = item.replace(word, MASK)
        return item

    value: T = masked(record)
    return value


def sources_of(entries: Iterable[Entry], paths: Iterable[str]) -> frozenset[str]:
    """Return the source fields, without what is below them, that a ledger names for what stands at or below paths."""
    steps = {tuple(path.split(".")[:2]) for path in paths}
    return frozenset(
        entry.source.partition(".")[0]
        for entry in entries
        if entry.source and entry.target and any(_meets(tuple(entry.target.split(".")), path) for path in steps)
    )


def _meets(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def without_people_told(issues: Iterable[Issue]) -> list[Issue]:
    """Return issues whose figures and places name nobody."""
    return [_unnamed(issue) for issue in issues]


def _unnamed(issue: Issue) -> Issue:
    params, found = without_people(issue.params)
    place = mask(issue.place)[0] if issue.place else issue.place
    return replace(issue, params=params, place=place) if found or place != issue.place else issue


def impersonal(natural: str, masked: str) -> str:
    """Return the natural key of a record that was masked: as it was, or, where it named somebody, as the masked record
    has it, told apart from others by a hash.
    """
    return natural if natural == masked else f"{masked} #{blake2b(natural.encode(), digest_size=6).hexdigest()}"


def _may_name_people(text: bytes) -> bool:
    found = _PIECES.find_matches_as_indexes(text.lower(), overlapping=True)
    return bool(found) and (min(found)[0] < _FIRST_ROLE or _ANNOUNCES.search(text) is not None)


def _walk(value: Any, path: str, found: Masked, left: frozenset[str]) -> Any:
    """Return a value with its texts masked, noting what was; fields named in `left` are not looked into."""
    if isinstance(value, str):
        if _ADDRESS.fullmatch(value):
            return value
        text, words = _mask(value)
        for kind, some in words.items():
            found.issues.append(Issue("pii_masked", {"kind": kind, "count": len(some)}, place=path or None))
            found.words.setdefault(path, []).extend(some)
        return text
    return _changed(
        value, lambda name, item: item if name in left else _walk(item, f"{path}.{name}" if path else name, found, left)
    )


def _changed(value: Any, change: Any) -> Any:
    """Return a value of models, mappings and sequences with each of its parts changed; the same one if none was."""
    if isinstance(value, BaseModel):
        parts = {name: getattr(value, name) for name in type(value).model_fields}
        new = {name: fresh for name, item in parts.items() if (fresh := change(name, item)) is not item}
        return value.model_copy(update=new) if new else value
    if isinstance(value, dict):
        mapped = {name: change(str(name), item) for name, item in value.items()}
        return mapped if any(mapped[name] is not item for name, item in value.items()) else value
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        items = [change(str(index), item) for index, item in enumerate(value)]
        if all(fresh is item for fresh, item in zip(items, value, strict=True)):
            return value
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)  # type: ignore[call-arg]
    return value
