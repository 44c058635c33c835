"""Reading HTML pages with a hardened parser, and telling a real page from a login, maintenance or error page."""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import urlsplit

from lxml import etree, html

from config.messages import Issue
from connectors.contract import Extract, Payload, StructureBroken
from connectors.decode import decoded
from crosswalks.markup import MOST_ATTRIBUTES, is_crowded
from crosswalks.text import matching_key

_TABLE_OPENS = re.compile(rb"<table[\s>]", re.IGNORECASE)
_TABLE_CLOSES = re.compile(rb"</table\s*>", re.IGNORECASE)
_LOGIN = re.compile(r"/login(?:/|\.|$|\?)|/signin|/oauth|/saml", re.IGNORECASE)
_MAINTENANCE = (
    "maintenance", "temporarily unavailable", "service unavailable", "be back soon", "penyelenggaraan",
    "sedang dikemaskini", "tidak dapat dicapai", "メンテナンス中", "保守作業", "一時的に利用できません",
)  # fmt: skip
_MISSING = (
    "page not found", "404 not found", "error 404", "could not be found", "halaman tidak dijumpai",
    "ページが見つかりません", "お探しのページ",
)  # fmt: skip


def parse_page(payload: Payload, extract: Extract | None = None) -> html.HtmlElement:
    """Return the document of a complete HTML page.

    Raises `StructureBroken` with `page_empty`, `page_truncated`, `page_crowded`, `charset_unreadable` or
    `needs_access`. Notes a repaired encoding in `extract`.
    """
    if not payload.body.strip():
        raise StructureBroken.of("page_empty", url=payload.url)
    if is_login(payload.url):
        raise StructureBroken.of("needs_access", url=payload.url)
    text, repaired = decoded(payload)
    if repaired and extract is not None:
        extract.issues.append(Issue("encoding_repaired", {"url": payload.url}))
    page = text.encode("utf-8", "replace")
    if is_crowded(page):
        raise StructureBroken.of("page_crowded", limit=MOST_ATTRIBUTES, url=payload.url)
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, encoding="utf-8")
    try:
        document = html.document_fromstring(page, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise StructureBroken.of("parse_failed", detail=str(error), url=payload.url) from None
    if _is_cut(payload.body):
        raise StructureBroken.of("page_truncated", url=payload.url)
    return document


def _is_cut(body: bytes) -> bool:
    """Tell whether a page ends early: inside a table, or, where it has none, before its closing tag.

    A fragment without `<html>` is whole when its tables are closed.
    """
    opened, closed = len(_TABLE_OPENS.findall(body)), len(_TABLE_CLOSES.findall(body))
    if opened or closed:
        return opened > closed
    lowered = body.lower()
    return b"<html" in lowered and b"</html" not in lowered


def is_login(address: str) -> bool:
    """Tell whether an address is one of the usual login pages."""
    return bool(_LOGIN.search(urlsplit(address).path))


def unrecognised(document: html.HtmlElement, payload: Payload, detail: str) -> StructureBroken:
    """Return the error for a page without what it should hold: says login, maintenance or missing where it can tell."""
    if cast("list[Any]", document.xpath("//input[@type='password']")):
        return StructureBroken.of("needs_access", url=payload.url)
    text = matching_key(text_of(document)[:20_000])
    if any(phrase in text for phrase in _MAINTENANCE):
        return StructureBroken.of("maintenance_page", url=payload.url)
    if any(phrase in text for phrase in _MISSING):
        return StructureBroken.of("soft_missing", url=payload.url)
    return StructureBroken.of("structure_changed", detail=detail, url=payload.url)


def text_of(element: html.HtmlElement) -> str:
    """Return the text inside an element, scripts and styles left out."""
    if not len(element):
        return element.text or ""
    return "".join(_texts(element))


def _texts(element: html.HtmlElement) -> list[str]:
    pieces = [element.text or ""] if element.tag not in {"script", "style"} else []
    for child in element:
        if isinstance(child.tag, str) and child.tag not in {"script", "style"}:
            if child.tag in {"br", "p", "div", "li", "tr"}:
                pieces.append("\n")
            pieces.extend(_texts(child))
        pieces.append(child.tail or "")
    return pieces
