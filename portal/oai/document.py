"""The XML of the protocol's answers, put together from bytes: records come from the shelf as they are.

Schema: OAI-PMH.xsd. Only values that are escaped here, and elements that were written by a serialiser, go in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from crosswalks.text import legal
from portal.oai.faults import Fault, Prefix

OAI = "http://www.openarchives.org/OAI/2.0/"
CONTENT_TYPE = "text/xml; charset=utf-8"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>\s*")
_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<OAI-PMH xmlns="{OAI}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{OAI} {OAI}OAI-PMH.xsd">\n'
)


def stamp(moment: datetime) -> str:
    """Return a moment as the protocol writes it, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def element(name: str, text: str, attributes: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return an element with a text."""
    inside = "".join(f" {key}={quoteattr(legal(value))}" for key, value in attributes)
    return f"<{name}{inside}>{escape(legal(text))}</{name}>".encode()


def document(moment: datetime, base: str, arguments: Sequence[tuple[str, str]], content: Iterable[bytes]) -> bytes:
    """Return an answer: when, to which request (its arguments as attributes), and what."""
    head = element("responseDate", stamp(moment)) + b"\n" + element("request", base, arguments) + b"\n"
    return b"".join([_START.encode(), head, *content, b"\n</OAI-PMH>\n"])


def error(fault: Fault) -> bytes:
    """Return an error element."""
    return element("error", fault.text, [("code", fault.code)])


def header(identifier: str, moment: datetime, sets: Iterable[str], *, deleted: bool) -> bytes:
    """Return a record's header."""
    parts = [
        b'<header status="deleted">' if deleted else b"<header>",
        element("identifier", identifier),
        element("datestamp", stamp(moment)),
        *(element("setSpec", one) for one in sets),
        b"</header>",
    ]
    return b"".join(parts)


def record(head: bytes, metadata: bytes | None, about: bytes | None) -> bytes:
    """Return a record; a deleted one has neither metadata nor anything about it."""
    parts = [b"<record>", head]
    if metadata is not None:
        parts += [b"<metadata>", _DECLARATION.sub(b"", metadata, count=1).strip(), b"</metadata>"]
        if about is not None:
            parts += [b"<about>", about, b"</about>"]
    return b"".join([*parts, b"</record>\n"])


def metadata_format(prefix: Prefix) -> bytes:
    """Return the description of a metadata format."""
    inside = (
        element("metadataPrefix", prefix.name)
        + element("schema", prefix.schema)
        + element("metadataNamespace", prefix.namespace)
    )
    return b"<metadataFormat>" + inside + b"</metadataFormat>\n"


def resumption(text: str, cursor: int, size: int | None, expires: datetime | None) -> bytes:
    """Return the element that ends a page of a longer list; empty on the last page."""
    attributes = [("cursor", str(cursor))]
    if size is not None:
        attributes.insert(0, ("completeListSize", str(size)))
    if expires is not None:
        attributes.insert(0, ("expirationDate", stamp(expires)))
    return element("resumptionToken", text, attributes)
