"""One answer of an OAI-PMH endpoint: the records in it, where the list goes on, or what is wrong.

Source: OAI-PMH 2.0. An error of the protocol comes with status 200; `noRecordsMatch` is an empty list, every other
error says that the list was not given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

from connectors.contract import Payload, StructureBroken
from connectors.pages import is_login, parse_page, unrecognised

OAI = "{http://www.openarchives.org/OAI/2.0/}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
_NOTHING = "noRecordsMatch"


class OaiRecord(NamedTuple):
    """One record of a list. A deleted one has no metadata."""

    identifier: str
    metadata: Any | None
    deleted: bool


class ListAnswer(NamedTuple):
    """A page of a list: its root, the token of the next page, and what the list holds in all, if that is said."""

    root: Any
    token: str | None
    size: int | None

    def records(self) -> Iterator[OaiRecord]:
        """Yield the records of the page."""
        for element in self.root.iterfind(f"{OAI}ListRecords/{OAI}record"):
            header = element.find(f"{OAI}header")
            metadata = element.find(f"{OAI}metadata")
            identifier = header.findtext(f"{OAI}identifier", "") if header is not None else ""
            deleted = header is not None and header.get("status") == "deleted"
            inside = next(metadata.iterchildren(etree.Element), None) if metadata is not None else None
            yield OaiRecord(identifier.strip(), inside, deleted)


def list_answer(payload: Payload) -> ListAnswer:
    """Return a page of a list. Raises `StructureBroken` for what is none."""
    root = _root(payload)
    if root.tag != f"{OAI}OAI-PMH":
        raise StructureBroken.of("structure_changed", detail=f"the root is {root.tag}"[:200], url=payload.url)
    for error in root.iterfind(f"{OAI}error"):
        if (code := error.get("code", "")) != _NOTHING:
            raise StructureBroken.of("oai_refused", code=code[:40], detail=(error.text or "")[:200], url=payload.url)
        return ListAnswer(root, None, 0)
    listed = root.find(f"{OAI}ListRecords")
    if listed is None:
        raise StructureBroken.of("structure_changed", detail="there is no list", url=payload.url)
    following = listed.find(f"{OAI}resumptionToken")
    size = following.get("completeListSize", "") if following is not None else ""
    token = (following.text or "").strip() if following is not None else ""
    return ListAnswer(root, token or None, int(size) if size.isascii() and size.isdigit() else None)


def _root(payload: Payload) -> Any:
    if not payload.body.strip():
        raise StructureBroken.of("page_empty", url=payload.url)
    if is_login(payload.url):
        raise StructureBroken.of("needs_access", url=payload.url)
    if b"<!DOCTYPE" in payload.body[:4096] or b"<!ENTITY" in payload.body:
        raise unrecognised(parse_page(payload), payload, "a web page instead of OAI-PMH")
    try:
        return etree.fromstring(payload.body, _PARSER)
    except etree.XMLSyntaxError as error:
        whole = payload.body.rstrip().endswith(b">")
        if not whole or "Premature end" in str(error):
            raise StructureBroken.of("page_truncated", url=payload.url) from None
        raise unrecognised(parse_page(payload), payload, f"no XML: {error}"[:200]) from None
