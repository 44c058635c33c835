"""Filled workbooks of the home registry: what they say, and people out of their bytes before they are kept.

A workbook that cannot be read costs nobody else's listings: it is told, and the run counts as incomplete, so that what
it held before is not taken for gone.
"""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote, urlsplit

from lxml import etree

from config.messages import CodedError, Issue, catalogue
from connectors.contract import Extract, Found, Payload
from connectors.redaction import MASKED, without_addresses
from crosswalks.spreadsheet.dump import repacked
from crosswalks.spreadsheet.grid import grids, is_workbook, opened
from crosswalks.spreadsheet.heads import head_of
from crosswalks.spreadsheet.load import Filled, read_workbook

__all__ = ["is_workbook", "parse_workbook", "without_people"]

_REFUSED = b"PK\x03\x04 refused: "
_WORD = MASKED.decode()
_PEOPLE_PARTS = re.compile(r"^(?:docProps/|xl/(?:comments|threadedComments|persons|revisions)|customXml/)")
_TEXT = re.compile(
    rb"(<(?:\w{1,20}:)?(?:t|text|author|creator|lastModifiedBy|Manager)(?: [^<>]{0,300})?>)[^<]{1,40000}(?=<)"
)
_NAME = re.compile(rb'\b(displayName|userId|providerId|userName)="[^"]{0,1000}"')


def parse_workbook(payload: Payload) -> Extract:
    """Return the listings of a filled workbook, and what was found in it."""
    name = unquote(urlsplit(payload.url).path.rpartition("/")[2]) or payload.url
    extract = Extract()
    try:
        filled = _read(payload.body, name)
    except CodedError as error:
        extract.issues.extend(Issue(one.code, one.params, place=name) for one in error.issues)
        extract.stated, extract.stated_for = 1, name
        return extract
    extract.structure = ("workbook",)
    extract.found = [Found(listing, {"at": place}) for listing, place in filled.listings]
    extract.rows, extract.blank = filled.rows, filled.blank
    extract.issues.extend(Issue(one.code, one.params, one.record, f"{name}, {one.place}") for one in filled.issues)
    return extract


def without_people(body: bytes) -> bytes:
    """Return a workbook without e-mail addresses, authors, comments and columns about people.

    Of a workbook that is refused, nothing is kept but why.
    """
    try:
        package = opened(body, "")
        columns = _personal_columns(body)
    except CodedError as error:
        return _REFUSED + error.issues[0].code.encode()
    masked = io.BytesIO()
    with zipfile.ZipFile(masked, "w") as out:
        parts = {name: package.read(name) for name in package.namelist() if name.endswith((".xml", ".rels", ".vml"))}
        if columns:
            _mask_columns(parts, columns)
        for name, content in parts.items():
            out.writestr(name, _without_names(name, without_addresses(content)))
        for name in package.namelist():
            if name not in parts and not name.endswith("/"):
                out.writestr(name, b"")
    packed = io.BytesIO()
    repacked(masked, packed)
    return packed.getvalue()


def _read(body: bytes, name: str) -> Filled:
    if body.startswith(_REFUSED):
        code = body[len(_REFUSED) :].decode("ascii", "replace")
        known = code if code in catalogue() else "workbook_unreadable"
        raise CodedError.of(known, file=name, detail="", part="")
    return read_workbook(body, name)


def _without_names(name: str, content: bytes) -> bytes:
    if not _PEOPLE_PARTS.match(name):
        return content
    kept = _TEXT.sub(lambda found: found[0] if found[0].endswith(b">Kakehashi") else found[1] + MASKED, content)
    return _NAME.sub(rb'\1="' + MASKED + b'"', kept)


def _personal_columns(body: bytes) -> dict[str, tuple[set[str], int]]:
    """Return, by part, the letters of columns about people and the last row of their head."""
    found: dict[str, tuple[set[str], int]] = {}
    for grid in grids(body, ""):
        issues: list[Issue] = []
        head = head_of(grid, issues)
        letters = {str(one.params["column"]) for one in issues if one.code == "column_personal"}
        if head is not None and letters:
            found[grid.part] = (letters, head.last_row)
    return found


def _mask_columns(parts: dict[str, bytes], columns: dict[str, tuple[set[str], int]]) -> None:
    """Put a word in the place of every value of those columns, and of the shared texts that only they used."""
    orphans: set[int] = set()
    used: set[int] = set()
    for name in [name for name in parts if name.startswith("xl/worksheets/") and name.endswith(".xml")]:
        letters, last = columns.get(name, (set(), 0))
        root = etree.fromstring(parts[name], etree.XMLParser(resolve_entities=False, no_network=True))
        for cell in root.iter("{*}c"):
            reference = cell.get("r", "")
            letter = reference.rstrip("0123456789")
            shared = {int(value.text) for value in cell.iterchildren("{*}v") if cell.get("t") == "s" and value.text}
            if letter not in letters or int(reference[len(letter) :] or 0) <= last:
                used |= shared
                continue
            orphans |= shared
            space = cell.tag.rpartition("}")[0] + "}"
            for child in list(cell):
                cell.remove(child)
            cell.set("t", "inlineStr")
            etree.SubElement(etree.SubElement(cell, f"{space}is"), f"{space}t").text = _WORD
        if letters:
            parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    _mask_strings(parts, orphans - used)


def _mask_strings(parts: dict[str, bytes], places: set[int]) -> None:
    name = "xl/sharedStrings.xml"
    if name not in parts or not places:
        return
    root = etree.fromstring(parts[name], etree.XMLParser(resolve_entities=False, no_network=True))
    for place, one in enumerate(root.iterchildren("{*}si")):
        if place in places:
            space = one.tag.rpartition("}")[0] + "}"
            for child in list(one):
                one.remove(child)
            etree.SubElement(one, f"{space}t").text = _WORD
    parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
