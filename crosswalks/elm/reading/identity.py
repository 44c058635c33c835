"""What a listing is called and where it is shown: titles, description, identifiers, languages, fields, pages, notes."""

from __future__ import annotations

import re
from urllib.parse import unquote

from config.codelists import codelist
from crosswalks.descriptor.model import FurtherInfo
from crosswalks.descriptor.types import FieldOfStudy
from crosswalks.elm.profile import vocabulary
from crosswalks.elm.reading.codes import code_of, language_of, not_listed, note_label, tell_labels
from crosswalks.elm.reading.statements import Reading, Statement
from crosswalks.elm.reading.texts import (
    NAMES,
    LangMap,
    line,
    name_of,
    note_of,
    page_of,
    tag_of,
    tell_page,
    text_of,
    without_doubles,
    words,
)

_DIGITS = re.compile(r"^[0-9]{2,4}\Z")
_FIELD_UNKNOWN = "9999"
_OWN_FIELD = re.compile(r"/vocab/field/([A-Za-z0-9\-]{1,20})/([^/]{1,300})\Z")


def titles(reading: Reading, holders: list[str]) -> LangMap:
    """Return the title: that of the first holder, completed by languages that only the next one has.

    A title that differs is kept as further information. An empty map means that nothing names the record.
    """
    found: LangMap = {}
    others: list[LangMap] = []
    said: list[tuple[Statement, int]] = []
    for one in reading.said(holders, "dc:title"):
        text, tag = line(one.text), tag_of(one.value.language)
        if not text:
            reading.unknown(one)
        elif found.setdefault(tag, text) == text or (tag == "und" and text in found.values()):
            reading.carried(one, "title", text, "plain_text")
        else:
            number = next((n for n, other in enumerate(others) if other.get(tag, text) == text), len(others))
            others[number:] = others[number:] or [{}]
            others[number][tag] = text
            said.append((one, number))
    for holder in holders:
        if found:
            reading.otherwise(reading.statements(holder, *NAMES), "elm_second_choice")
        else:
            found = name_of(reading, holder, "title")
    start = len(reading.further)
    for other in others:
        reading.add_further(FurtherInfo(label=other))
    for one, number in said:
        reading.normalised(one, f"further_info.{start + number}.label", "second_title")
    if said:
        reading.issue("elm_titles_differ", said[0][0])
    return without_doubles(found)


def description(reading: Reading, holders: list[str]) -> LangMap:
    """Return the description of the first holder that has one; another holder's is kept as further information."""
    found: LangMap = {}
    for holder in holders:
        statements = reading.statements(holder, "dc:description")
        if not found:
            found = text_of(reading, statements, "description")
            continue
        rest: LangMap = {}
        fresh = []
        for one in statements:
            text = words(one.text)
            if text in found.values():
                reading.carried(one, "description", text, "plain_text")
            elif text:
                fresh.append(one)
            else:
                reading.unknown(one)
        if fresh:
            path = f"further_info.{len(reading.further)}.label"
            rest = text_of(reading, fresh, path)
            reading.add_further(FurtherInfo(label=rest))
    return found


def languages(reading: Reading, specification: str | None) -> tuple[str, ...]:
    """Return the languages of instruction; "undetermined" is not one."""
    found: list[str] = []
    for one in reading.statements(specification, "dc:language"):
        tag, code = language_of(reading, one)
        if tag is None:
            if code.code:
                reading.unknown(one)
            else:
                not_listed(reading, one, code, "language")
            continue
        if tag not in found:
            found.append(tag)
        reading.normalised(one, f"language_of_instruction.{found.index(tag)}", "language_table")
        note_label(reading, one, "language", code)
    return tuple(found)


def studies(reading: Reading, holders: list[str]) -> tuple[FieldOfStudy, ...]:
    """Return the fields of study: ISCED-F codes as given, other subjects in the source's own words."""
    found: list[FieldOfStudy] = []
    for one in reading.said(holders, "elm:ISCEDFCode", "elm:educationSubject"):
        made = _study(reading, one)
        if made is None:
            continue
        if made not in found:
            found.append(made)
        target = f"field.{found.index(made)}"
        reading.normalised(one, target, "isced_code" if made.scheme == "ISCED-F" else "subject_in_words")
        if made.label:
            tell_labels(reading, one, f"{target}.label")
    return tuple(found)


def _study(reading: Reading, statement: Statement) -> FieldOfStudy | None:
    code = code_of(reading, statement, "isced-f")
    digits = None if code.by_label else code.code or _digits_of(code.iri)
    if digits == _FIELD_UNKNOWN:
        reading.unknown(statement)
        return None
    if digits:
        if code.code is None:
            reading.issue("elm_value_unknown", statement, value=digits, list="isced-f")
        return FieldOfStudy(scheme="ISCED-F", code=digits, label=None if code.code else code.labels or None)
    own = _OWN_FIELD.search(code.iri or "")
    if own and own.group(1) in codelist("FieldScheme"):
        value = unquote(own.group(2))
        plain = code.labels == {"en": f"{own.group(1)} {value}"}
        return FieldOfStudy(scheme=own.group(1), code=value, label=None if plain else code.labels or None)
    identifier = code.iri if code.iri and not code.iri.startswith(f"{statement.node}/") else None
    if not code.labels and not identifier:
        reading.dropped(statement, "elm_empty_target")
        return None
    return FieldOfStudy(scheme="text", code=identifier, label=code.labels or None)


def _digits_of(iri: str | None) -> str | None:
    concepts = vocabulary("isced-f").concepts
    tail = iri[len(concepts) :] if iri and iri.startswith(concepts) else ""
    return tail if _DIGITS.match(tail) else None


def pages(reading: Reading, holders: list[str]) -> str | None:
    """Return the landing page: the first usable homepage. Further ones become further information."""
    found: str | None = None
    for one in reading.said(holders, "foaf:homepage"):
        address, said = page_of(reading, one)
        if address is None:
            _unusable(reading, one, said)
        elif found in {None, address}:
            found = address
            tell_page(reading, one, said, "landing_page", address)
        else:
            _document(reading, one, said, address)
    return found


def documents(reading: Reading, holders: list[str]) -> None:
    """Keep supplementary documents and notes as further information."""
    for one in reading.said(holders, "elm:supplementaryDocument"):
        address, said = page_of(reading, one)
        if address is None:
            _unusable(reading, one, said)
        else:
            _document(reading, one, said, address)
    for one in reading.said(holders, "elm:additionalNote"):
        if reading.told(one):
            continue
        path = f"further_info.{len(reading.further)}"
        if text := note_of(reading, [one], f"{path}.label"):
            reading.add_further(FurtherInfo(label=text))


def _document(reading: Reading, statement: Statement, said: Statement, address: str) -> None:
    path = f"further_info.{len(reading.further)}"
    node = reading.follow(statement, "elm:WebResource")
    label = name_of(reading, node, f"{path}.label") if node else {}
    tell_page(reading, statement, said, f"{path}.url", address)
    reading.add_further(FurtherInfo(label=label or None, url=address))


def _unusable(reading: Reading, statement: Statement, said: Statement) -> None:
    """Tell a page without a usable address; a resource that says no address at all says nothing."""
    silent = said is statement and reading.follow(statement, "elm:WebResource") is not None
    if silent:
        reading.dropped(statement, "elm_empty_target")
        return
    reading.dropped(said, "elm_homepage_unusable")
    if said is not statement:
        reading.dropped(statement, "elm_homepage_unusable")
    reading.issue("elm_homepage_unusable", said, value=said.text[:200])
