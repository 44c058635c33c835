"""Texts, names, notes and addresses out of ELM nodes, with their language tags."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from crosswalks.elm.codes import language_tag
from crosswalks.elm.reading.statements import Reading, Statement
from crosswalks.text import UNDETERMINED, clean, plain, repaired

NAMES = ("dc:title", "rov:legalName", "skos:prefLabel")
"""The properties that name a thing, the profile's own for each class among them."""

_TAG = re.compile(r"^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}\Z")
_NUMBER = re.compile(
    r"^\s{0,9}([0-9]{1,12}(?:[.,][0-9]{1,6})?)(?:[eE]([+-]?[0-9]))?(?![.,0-9])\s{0,9}(.{0,120})\Z", re.DOTALL
)
_MOST_DIGITS = 13
_URL = re.compile(r'^https?://[^\x00-\x20<>"{}|\\^`]{1,4000}\Z', re.IGNORECASE)

_OWN_PART = re.compile(r"^(?:assessment|entitlement)/[0-9]{1,4}\Z")

LangMap = dict[str, str]


@lru_cache(maxsize=1024)
def tag_of(language: str | None) -> str:
    """Return the BCP 47 tag of a literal; what is no tag counts as undetermined."""
    if not language or not _TAG.match(language) or len(language) > 35:
        return UNDETERMINED
    first, dash, rest = language.partition("-")
    short = language_tag(first.upper()) if len(first) == 3 and first.lower() != UNDETERMINED else first.lower()
    return f"{short or first.lower()}{dash}{rest}"


def words(text: str) -> str:
    """Return plain text in lines: markup taken out, broken encodings repaired."""
    return plain(repaired(text))


def line(text: str) -> str:
    """Return plain text as one line."""
    return clean(words(text).replace("\n", " "))


def text_of(reading: Reading, statements: list[Statement], target: str, *, lines: bool = True) -> LangMap:
    """Return the texts of statements by language, all of them carried to `target`.

    Several texts of one language become lines of one text; saying the same twice says it once.
    """
    found: dict[str, list[str]] = {}
    for one in statements:
        text = words(one.text) if lines else line(one.text)
        if not text:
            reading.unknown(one)
            continue
        texts = found.setdefault(tag_of(one.value.language), [])
        reading.carried(one, target, text, "plain_text" if not texts else "joined_texts")
        if text not in texts:
            texts.append(text)
    return without_doubles({tag: "\n".join(texts) for tag, texts in found.items()})


def without_doubles(text: LangMap) -> LangMap:
    """Return a text without the copy in an undetermined language that another language has word for word."""
    unsure = text.get(UNDETERMINED)
    if unsure is not None and any(tag != UNDETERMINED and said == unsure for tag, said in text.items()):
        return {tag: said for tag, said in text.items() if tag != UNDETERMINED}
    return text


def name_of(reading: Reading, node: str, target: str, *, lines: bool = False) -> LangMap:
    """Return what a node is called, from the first property that names it."""
    found: LangMap = {}
    for name in NAMES:
        said = reading.statements(node, name) if reading.lists(node, name) else []
        if found:
            reading.otherwise(said, "elm_second_choice")
        else:
            found = text_of(reading, said, target, lines=lines)
    return found


def note_of(reading: Reading, statements: list[Statement], target: str) -> LangMap:
    """Return the text of notes: literals, or note nodes with their texts."""
    parts: list[LangMap] = []
    for one in statements:
        node = reading.follow(one, "elm:Note")
        if node is None:
            if one.value.id is not None:
                reading.dropped(one, "elm_empty_target")
            else:
                parts.append(text_of(reading, [one], target))
            continue
        text = text_of(reading, reading.statements(node, "elm:noteLiteral"), target) or name_of(reading, node, target)
        reading.otherwise(reading.statements(node, "dc:subject"), "lossy_split")
        if text:
            reading.mapped(one, target)
            parts.append(text)
        else:
            reading.dropped(one, "elm_empty_target")
    return merged(parts)


def merged(parts: list[LangMap]) -> LangMap:
    """Return several texts as one, a line each, language by language."""
    found: dict[str, list[str]] = {}
    for part in parts:
        for tag, text in part.items():
            texts = found.setdefault(tag, [])
            if text not in texts:
                texts.append(text)
    return {tag: "\n".join(texts) for tag, texts in found.items()}


def number_with_unit(text: str) -> tuple[Decimal | None, str]:
    """Return a number and the words behind it; None for what is no one number.

    A comma may stand for the point, and an exponent may follow: JSON-LD writes 2.5 as `2.5E0`.
    """
    match = _NUMBER.match(text)
    if not match or any(char.isdigit() for char in match.group(3)):
        return None, line(text)
    plain = format(Decimal(f"{match.group(1).replace(',', '.')}E{match.group(2) or 0}"), "f")
    if len(plain) > _MOST_DIGITS:
        return None, line(text)
    return Decimal(plain), line(match.group(3))


def address_of(text: str) -> str | None:
    """Return a web address with its scheme in lower case, or None for what is none; nothing is completed or guessed."""
    text = text.strip()
    if not _URL.match(text) or len(text) > 4096:
        return None
    scheme, mark, rest = text.partition("://")
    return f"{scheme.lower()}{mark}{rest}"


def page_of(reading: Reading, statement: Statement) -> tuple[str | None, Statement]:
    """Return the address a web resource, link or literal gives, and the statement that gives it."""
    node = reading.follow(statement, "elm:WebResource")
    for inner in reading.statements(node, "elm:contentUrl"):
        return address_of(inner.text), inner
    return (address_of(statement.text) if node is None else None), statement


def first_page(reading: Reading, statements: list[Statement], target: str) -> str | None:
    """Return the first usable page, for a field that holds one and has no place for its title."""
    found: str | None = None
    for one in statements:
        address, said = page_of(reading, one)
        if address is None:
            reading.dropped(one, "elm_homepage_unusable")
        elif found is not None:
            reading.otherwise([one], "first_value_only")
        else:
            found = address
            tell_page(reading, one, said, target, address)
    return found


def tell_page(reading: Reading, statement: Statement, said: Statement, target: str, address: str) -> None:
    """Tell that the address of a page was carried; the title of the page is told here unless it was already."""
    reading.carried(said, target, address, "clean_address")
    if said is not statement:
        reading.mapped(statement, target)
        reading.otherwise(reading.statements(said.node, "dc:title"), "lossy_split")
        reading.otherwise(reading.statements(said.node, "elm:contentUrl"), "first_value_only")


def own_notes(reading: Reading, node: str) -> list[Statement]:
    """Return the notes of a part of the specification that stands where our own export puts it; LOQ XML gives notes no
    identifier.
    """
    place = node.removeprefix(f"{reading.root}/specification/")
    if not _OWN_PART.match(place):
        return []
    ours = {f"{node}/note", ""}
    return [
        one for one in reading.statements(node, "elm:additionalNote") if (one.value.id if one.shown else "") in ours
    ]
