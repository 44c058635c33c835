"""How single values of the descriptor are told in RDF: as what, where they can be that, and as a plain text elsewhere.

Source: RDF 1.1 Concepts, XML Schema 1.1 part 2, RFC 3987 (IRIs), RFC 5646 (language tags). A value that does not have
the form of its datatype stays the text that it is, so that nothing is lost and nothing ill-formed leaves.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from crosswalks.descriptor.shapes import Shape

NAMESPACE = "https://kakehashi.example/ns/descriptor#"
"""Names the vocabulary, not a deployment: it is the same wherever the program runs."""
CODES = "https://kakehashi.example/ns/codes#"
"""Names the codes of the descriptor's lists: `DeliveryMode.online`."""
XSD = "http://www.w3.org/2001/XMLSchema#"
IRI = "@id"
STRING = "string"
_ESCAPED_ID = "urn:kakehashi:escaped:"
_IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:"
    r"(?://(?:[\w.~!$&'()*+,;=:@\-]|%[0-9A-Fa-f]{2})*(?=[/?#]|$))?"
    r"(?:[\w.~!$&'()*+,;=:@/\-]|%[0-9A-Fa-f]{2})*"
    r"(?:\?(?:[\w.~!$&'()*+,;=:@/?\-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:#(?:[\w.~!$&'()*+,;=:@/?\-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
)
_HOST = re.compile(r"[a-z]+://([\w.~!$&'()*+,;=\-]*@?[\w.~\-]*(:[0-9]{1,5})?)(?=[/?#]|$)", re.ASCII | re.IGNORECASE)
_FORMS = {
    "decimal": re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?"),
    "integer": re.compile(r"-?[0-9]{1,40}"),
    "boolean": re.compile("true|false"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "dateTime": re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?"
    ),
    "duration": re.compile(
        r"P(?=[0-9T])([0-9]{1,9}Y)?([0-9]{1,9}M)?([0-9]{1,9}D)?"
        r"(T(?=[0-9])([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}(\.[0-9]{1,9})?S)?)?"
    ),
}
_TAG = re.compile(
    r"([a-z]{2,3}|[a-z]{4,8})(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?((-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))?)(-x(-[a-z0-9]{1,8}){1,4})?"
)


class Value(NamedTuple):
    """A value in RDF: its text, and `@id` for an identifier, else the local name of its XML Schema datatype."""

    text: str
    datatype: str


def value_of(shape: Shape, value: Any) -> Value:
    """Return a value of the descriptor (as its JSON has it) in RDF."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if shape.listed is not None:
        return Value(f"{CODES}{shape.listed}.{text}", IRI)
    if shape.datatype == "iri":
        return Value(text, IRI if is_iri(text) else STRING)
    kinds = ("date", "dateTime") if shape.datatype == "moment" else (shape.datatype,)
    for kind in kinds:
        if _is(kind, text):
            return Value(text, kind)
    return Value(text, STRING)


def plain(shape: Shape, text: str) -> str:
    """Return what a value in RDF was in the descriptor."""
    if shape.listed is not None:
        return text.removeprefix(f"{CODES}{shape.listed}.")
    return text


def is_iri(text: str) -> bool:
    """Tell whether every reader of RDF will take a text for an identifier, and leave it as it is."""
    if not _IRI.fullmatch(text) or text.lower().startswith(("jmicro:", "codes:", "xsd:")):
        return False
    return "://" not in text[:40] or _HOST.match(text) is not None


def node_id(identifier: str) -> str:
    """Return the identifier of a record as RDF can have it; `identifier_of` gives back what it was."""
    return identifier if is_iri(identifier) else _ESCAPED_ID + quote(identifier, safe="")


def identifier_of(node: str) -> str:
    """Return the identifier of a record that `node_id` made a node of."""
    return unquote(node.removeprefix(_ESCAPED_ID)) if node.startswith(_ESCAPED_ID) else node


def usual_tag(tag: str) -> str | None:
    """Return a language tag in the spelling that is usual; None for one that RDF readers may refuse.

    Readers of RDF change the case of tags, so another spelling has to be told beside.
    """
    parts = tag.lower().split("-")
    spelt = [parts[0]]
    private = False
    for part in parts[1:]:
        private = private or len(part) == 1
        script = len(part) == 4 and part.isalpha()
        spelt.append(part if private else part.title() if script else part.upper() if len(part) == 2 else part)
    found = "-".join(spelt)
    return found if _TAG.fullmatch(found) else None


def _is(kind: str, text: str) -> bool:
    form = _FORMS.get(kind)
    if form is None or not form.fullmatch(text):
        return False
    if kind in {"date", "dateTime"}:
        try:
            (date if kind == "date" else datetime).fromisoformat(text)
        except ValueError:
            return False
    return True
