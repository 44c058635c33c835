"""Turtle from the tree of an ELM record: the statements of a node in one sentence, names with our prefixes.

Written by hand because a library needs five times as long; the same bytes as pyoxigraph gives (which spells language
tags in small letters), and the tests hold it to that.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, BinaryIO

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.profile import PREFIXES, TERMS, Generation, classes, terms
from crosswalks.elm.serialise.document import GraphDocument
from crosswalks.elm.serialise.lines import needs_no_escape, quotable
from crosswalks.elm.serialise.nodes import Names, Nodes, clothed

_BARE = {
    '"^^xsd:boolean': re.compile(r"true|false"),
    '"^^xsd:decimal': re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    '"^^xsd:integer': re.compile(r"[+-]?[0-9]+"),
}
"""How literals look that stand in Turtle without quotation marks and datatype, by the ending they would have."""


def prefixes(generation: Generation) -> dict[str, str]:
    """Return the prefixes of a document, sorted."""
    return dict(sorted({"elm": TERMS[generation], **PREFIXES}.items()))


def turtle_document(out: BinaryIO, generation: Generation) -> GraphDocument:
    """Begin a Turtle document: the prefixes once, sorted, then the nodes in the order of the records."""
    start = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes(generation).items())
    return GraphDocument(out, Sentences(), start)


@cache
def _names() -> Names:
    names: Names = {"id": None, "type": None}
    for term, row in terms().items():
        datatype = row.ranges[0]
        typed = datatype.startswith("xsd:") and datatype != "xsd:string"
        names[term] = (f" ;\n\t{row.name} ", row.form, f'"^^{datatype}' if typed else '"')
    return names


@cache
def _types() -> dict[str, str]:
    return {class_term(name): f"> a {name}" for name in classes()}


class Sentences(Nodes):
    """Records as sentences."""

    def __init__(self) -> None:
        super().__init__()
        self._names = _names()
        self._types = _types()

    def plain(self, json: bytes) -> bool:
        """Tell from a record's JSON that no text in it needs an escape."""
        return needs_no_escape(json)

    def node(self, pieces: list[str], queue: list[Node], node: Node, plain: bool) -> None:  # noqa: FBT001
        """Write the sentence of one node."""
        names, add = self._names, pieces.append
        add(f"<{clothed(node['id'])}{self._types[node['type']]}")
        value: Any
        for term, value in node.items():
            row = names[term]
            if row is None:
                continue
            start, form, ending = row
            if form == "text":
                for tag, text in value.items():
                    for one in (text,) if text.__class__ is str else text:
                        add(f'{start}"{quotable(one, plain)}"@{tag}')
                        start = " , "
            elif form == "literal":
                for one in (value,) if value.__class__ is str else value:
                    add(start + _literal(one, ending, plain))
                    start = " , "
            else:
                for one in value if value.__class__ is list else (value,):
                    iri = one
                    if one.__class__ is dict:
                        iri = one["id"]
                        queue.append(one)
                    if not iri.isascii():
                        iri = clothed(iri)
                    add(f"{start}<{iri}>")
                    start = " , "
        add(" .\n")


def _literal(text: str, ending: str, plain: bool) -> str:  # noqa: FBT001
    if ending in _BARE and _BARE[ending].fullmatch(text):
        return text
    return f'"{quotable(text, plain)}{ending}'
