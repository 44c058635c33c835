"""How much a document may hold, and the ways to refuse one before a parser sees it."""

from __future__ import annotations

import codecs
import re
from typing import Any

import orjson
from lxml import etree

from config.messages import CodedError
from crosswalks.crowds import expect_few_keys

MOST_BYTES = 256 * 2**20
"""Longest document, in bytes. Larger dumps are loaded in parts by whoever streams them to disk."""
DEEPEST = 100
"""Deepest nesting of a JSON document."""

_DECLARATION = re.compile(r"^\s{0,100}<\?xml\b[^>]{0,400}\?>")
_ENCODING = re.compile(rb"^\s{0,100}<\?xml\b[^>]{0,200}?encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9._\-]{1,40})[\"']")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSETS = re.compile(r"^(?:utf-?8|utf-?16(?:[lb]e)?|us-ascii|ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d|cp125\d)$")


def not_parsed(syntax: str, detail: object) -> CodedError:
    """Return the error of a document that is not what its syntax demands."""
    return CodedError.of("elm_not_parsed", syntax=syntax, detail=" ".join(str(detail).split())[:300])


def within_size(data: bytes) -> bytes:
    """Return the document without a UTF-8 mark. Raises `CodedError` with `elm_too_large`."""
    if len(data) > MOST_BYTES:
        raise CodedError.of("elm_too_large", size=len(data), limit=MOST_BYTES)
    return data.removeprefix(codecs.BOM_UTF8)


def json_value(data: bytes) -> Any:
    """Return a JSON document. Raises `CodedError` with `elm_not_parsed`, `elm_too_large`, `elm_too_deep` or
    `record_crowded`.
    """
    try:
        value = orjson.loads(within_size(data))
    except orjson.JSONDecodeError as error:
        if "depth limit" in str(error):
            raise CodedError.of("elm_too_deep", limit=DEEPEST) from None
        raise not_parsed("JSON", error) from None
    layer = [value]
    for _ in range(DEEPEST):
        layer = [inner for outer in layer for inner in _containers(outer)]
        if not layer:
            return value
    raise CodedError.of("elm_too_deep", limit=DEEPEST)


def _containers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        expect_few_keys(value)
        value = value.values()
    elif not isinstance(value, list):
        return []
    return [inner for inner in value if isinstance(inner, (dict, list))]


def xml_bytes(data: bytes) -> bytes:
    """Return an XML document in UTF-8 without its declaration.

    Raises `CodedError` with `document_type_refused` for a document type or entity declaration, wherever it stands,
    with `elm_not_parsed` when its characters cannot be read, and with `elm_too_large`.
    """
    if len(data) > MOST_BYTES:
        raise CodedError.of("elm_too_large", size=len(data), limit=MOST_BYTES)
    text = _xml_text(data)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise CodedError.of("document_type_refused")
    return _DECLARATION.sub("", text, count=1).encode("utf-8")


def _xml_text(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding:
        declared = _ENCODING.match(data)
        encoding = declared.group(1).decode("ascii").lower() if declared else "utf-8"
        if not _CHARSETS.match(encoding):
            raise not_parsed("XML", f"the encoding {encoding!r} is not read")
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        raise not_parsed("XML", error) from None


def xml_root(document: bytes) -> etree._Element:
    """Return the root of what `xml_bytes` returned. Raises `CodedError` with `elm_not_parsed`; the parser itself
    bounds depth and text.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise not_parsed("XML", error) from None
