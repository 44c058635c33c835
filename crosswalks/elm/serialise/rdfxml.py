"""RDF/XML from the tree of an ELM record: an element for each node, a line for each statement.

Written by hand because a library needs three times as long; the same bytes as pyoxigraph gives but for what no XML
parser would give back: control characters, which XML cannot hold, are left out, and a carriage return is escaped.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, BinaryIO

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.profile import PREFIXES, Generation, classes, terms
from crosswalks.elm.serialise.document import GraphDocument
from crosswalks.elm.serialise.nodes import Names, Nodes
from crosswalks.elm.serialise.turtle import prefixes

_SPECIAL = re.compile(r"[&<>\"\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


def rdfxml_document(out: BinaryIO, generation: Generation) -> GraphDocument:
    """Begin an RDF/XML document: a root with the prefixes sorted, then the nodes in the order of the records."""
    names = "".join(f' xmlns:{name}="{iri}"' for name, iri in prefixes(generation).items())
    start = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>\n'
    return GraphDocument(out, Elements(), start, b"</rdf:RDF>\n")


def needs_no_escape(json: bytes) -> bool:
    """Tell from a record's JSON that its texts may stand in XML as they are."""
    return (
        b"&" not in json
        and b"<" not in json
        and b">" not in json
        and b"\\" not in json
        and b"\xef\xbf\xbe" not in json
        and b"\xef\xbf\xbf" not in json
    )


def markup(text: str, plain: bool) -> str:  # noqa: FBT001 - asked for every text
    """Return text as it may stand in an element or an attribute, `clothed`; a plain one as it is."""
    if not plain and _SPECIAL.search(text):
        text = _SPECIAL.sub(lambda match: _ESCAPES.get(match.group(), ""), text)
    return text if text.isascii() else text.encode().decode("latin-1")


@cache
def _names() -> Names:
    names: Names = {"id": None, "type": None}
    for term, row in terms().items():
        datatype, start = row.ranges[0], f"\t\t<{row.name}"
        if row.form == "literal":
            typed = datatype.startswith("xsd:") and datatype != "xsd:string"
            start += f' rdf:datatype="{PREFIXES["xsd"]}{datatype[4:]}">' if typed else ">"
        names[term] = (start, row.form, f"</{row.name}>\n")
    return names


@cache
def _types() -> dict[str, tuple[str, str]]:
    return {class_term(name): (f'\t<{name} rdf:about="', f"\t</{name}>\n") for name in classes()}


class Elements(Nodes):
    """Records as elements."""

    def __init__(self) -> None:
        super().__init__()
        self._names = _names()
        self._types = _types()

    def plain(self, json: bytes) -> bool:
        """Tell from a record's JSON that no text in it needs an escape."""
        return needs_no_escape(json)

    def node(self, pieces: list[str], queue: list[Node], node: Node, plain: bool) -> None:  # noqa: FBT001
        """Write the element of one node."""
        names, add = self._names, pieces.append
        opening, closing = self._types[node["type"]]
        add(f'{opening}{markup(node["id"], plain)}">\n')
        value: Any
        for term, value in node.items():
            row = names[term]
            if row is None:
                continue
            start, form, ending = row
            if form == "text":
                for tag, text in value.items():
                    for one in (text,) if text.__class__ is str else text:
                        add(f'{start} xml:lang="{tag}">{markup(one, plain)}{ending}')
            elif form == "literal":
                for one in (value,) if value.__class__ is str else value:
                    add(f"{start}{markup(one, plain)}{ending}")
            else:
                for one in value if value.__class__ is list else (value,):
                    iri = one
                    if one.__class__ is dict:
                        iri = one["id"]
                        queue.append(one)
                    add(f'{start} rdf:resource="{markup(iri, plain)}"/>\n')
        add(closing)
