"""JSON answers of a Moodle site, told apart from the pages that can stand in their place."""

from __future__ import annotations

from typing import Any

import orjson

from connectors.contract import Payload, StructureBroken
from connectors.decode import decoded
from connectors.pages import is_login, parse_page, unrecognised


def json_of(payload: Payload) -> Any:
    """Return the JSON of an answer.

    Raises `StructureBroken` with `page_empty`, `needs_access`, `charset_unreadable`, `parse_failed`, or
    with what a page in its place says.
    """
    if not payload.body.strip():
        raise StructureBroken.of("page_empty", url=payload.url)
    if is_login(payload.url):
        raise StructureBroken.of("needs_access", url=payload.url)
    if payload.body.lstrip()[:1] == b"<":
        raise unrecognised(parse_page(payload), payload, "a page stands where JSON should be")
    text, _ = decoded(payload)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise StructureBroken.of("parse_failed", detail=str(error), url=payload.url) from None
