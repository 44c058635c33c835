"""An answer's bytes as a graph, with what is no data told by its code: login, maintenance, missing, cut off."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from config.messages import CodedError, Issue
from connectors.contract import Payload, StructureBroken
from connectors.decode import decoded
from connectors.pages import parse_page, unrecognised
from crosswalks.elm.graph import Graph
from crosswalks.elm.load import read_graph
from crosswalks.elm.syntax.bounds import MOST_BYTES, json_value

_PAGE = re.compile(rb"^\s*(?:<!doctype\s+html|<html|<head|<body)", re.IGNORECASE)
_ZIP = b"PK\x03\x04"
_LONGEST_PAGE = 2**20
_START = 4096
_SAME = {
    "elm_not_parsed": "parse_failed",
    "elm_too_large": "answer_too_large",
    "elm_syntax_unknown": "structure_changed",
}
"""Codes of readers for which the register of harvesting codes has its own."""


@contextmanager
def readable(payload: Payload) -> Iterator[None]:
    """Turn what readers say of a document into the reason why the run stops. Raises `StructureBroken`."""
    try:
        yield
    except StructureBroken:
        raise
    except CodedError as error:
        raise StructureBroken(*(_told(issue, payload) for issue in error.issues)) from None


def _told(issue: Issue, payload: Payload) -> Issue:
    code = _SAME.get(issue.code, issue.code)
    detail = issue.params.get("detail") or issue.text("en")
    return Issue(code, {**issue.params, "detail": detail, "url": payload.url}, issue.record, issue.place or payload.url)


def start_of(payload: Payload) -> bytes:
    """Return the first bytes of an answer. Raises `StructureBroken` with `page_empty`."""
    if payload.packed is None:
        start = payload.body[:_START]
    else:
        with gzip.open(payload.packed) as plain:
            start = plain.read(_START)
    if not start.strip():
        raise StructureBroken.of("page_empty", url=payload.url)
    return start


def expect_data(payload: Payload) -> bytes:
    """Return the first bytes of an answer that is data.

    Raises `StructureBroken`: with what a web page says when it is one, `archive_refused` for an archive that is cut
    off, `page_empty` for nothing.
    """
    start = start_of(payload)
    if start.startswith(_ZIP):
        raise StructureBroken.of("archive_refused", detail="the archive is cut off or damaged", url=payload.url)
    if _PAGE.match(start):
        page = replace(payload, body=body_of(payload, _LONGEST_PAGE, cut=True), packed=None)
        raise unrecognised(parse_page(page), page, "a web page where data was expected")
    return start


def body_of(payload: Payload, most: int = MOST_BYTES, *, cut: bool = False) -> bytes:
    """Return the bytes of an answer, text in UTF-8.

    Raises `StructureBroken` with `charset_unreadable`, and with `answer_too_large` unless they may be cut.
    """
    if payload.packed is None:
        return payload.body if payload.body.lstrip()[:1] == b"<" else decoded(payload)[0].encode()
    with gzip.open(payload.packed) as plain:
        body = plain.read(most if cut else most + 1)
    if len(body) > most:
        raise StructureBroken.of("answer_too_large", limit=most, url=payload.url)
    return body


def graph_of(payload: Payload, name: str) -> Graph:
    """Return the graph of an answer in any syntax of ELM. Raises `StructureBroken`."""
    expect_data(payload)
    with readable(payload):
        return read_graph(body_of(payload), name)


def document_of(payload: Payload) -> Any:
    """Return an answer in JSON. Raises `StructureBroken`."""
    expect_data(payload)
    with readable(payload):
        return json_value(body_of(payload))
