"""Turtle from the tree of an ELM record: the statements of a node in one sentence, names with our prefixes.

Written by hand because a library needs five times as long; the same bytes as pyoxigraph gives (which spells
language tags in small letters), and the tests hold it to that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, BinaryIO

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.profile import PREFIXES, TERMS, Form, Generation, classes, terms
from crosswalks.elm.serialise.document import Batched
from crosswalks.elm.serialise.lines import clothed, is_plain, quotable, shared_once
from crosswalks.elm.writing.build import Written

_BARE = {
    "xsd:boolean": re.compile(r"true|false"),
    "xsd:decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    "xsd:integer": re.compile(r"[+-]?[0-9]+"),
}
"""How literals look that stand in Turtle without quotation marks and datatype."""

Names = dict[str, tuple[str, Form, str, Callable[[str], object] | None] | None]
"""By term: how it begins, how its values are written, the ending of a literal, and which literals stand bare."""


def prefixes(generation: Generation) -> dict[str, str]:
    """Return the prefixes of a document, sorted."""
    return dict(sorted({"elm": TERMS[generation], **PREFIXES}.items()))


@cache
def _names() -> Names:
    names: Names = {"id": None, "type": None}
    for term, row in terms().items():
        datatype = row.ranges[0]
        typed = datatype.startswith("xsd:") and datatype != "xsd:string"
        bare = _BARE[datatype].fullmatch if datatype in _BARE else None
        names[term] = (f" ;\n\t{row.name} ", row.form, f'"^^{datatype}' if typed else '"', bare)
    return names


@cache
def _types() -> dict[str, str]:
    return {class_term(name): f"> a {name}" for name in classes()}


class TurtleDocument(Batched):
    """One Turtle document: the prefixes once, sorted, then the nodes in the order of the records."""

    def __init__(self, out: BinaryIO, generation: Generation) -> None:
        super().__init__(out, generation)
        names = prefixes(generation).items()
        out.write("".join(f"@prefix {name}: <{iri}> .\n" for name, iri in names).encode())
        self._names = _names()
        self._types = _types()
        self._said: set[str] = set()

    def text(self, written: Written) -> str:
        """Return the sentences of one record and of the concepts that are new."""
        pieces: list[str] = []
        queue: list[Node] = [written.record] if written.record else []
        said, plain = self._said, is_plain(written)
        concepts = [node for iri, node in written.concepts.items() if iri not in said]
        if concepts:
            queue += concepts
            plain = False
        for node in queue:
            if shared_once(node, said):
                self._node(pieces, queue, node, plain)
        return "".join(pieces)

    def _node(self, pieces: list[str], queue: list[Node], node: Node, plain: bool) -> None:  # noqa: FBT001 - called for every node
        names, add = self._names, pieces.append
        add(f"<{clothed(node['id'])}{self._types[node['type']]}")
        value: Any
        for term, value in node.items():
            row = names[term]
            if row is None:
                continue
            start, form, ending, bare = row
            if form == "text":
                for tag, text in value.items():
                    for one in (text,) if text.__class__ is str else text:
                        said = quotable(one, plain)
                        add(f'{start}"{said}"@{tag}')
                        start = " , "
            elif form == "literal":
                for one in (value,) if value.__class__ is str else value:
                    said = quotable(one, plain)
                    add(f"{start}{said}" if bare is not None and bare(one) else f'{start}"{said}{ending}')
                    start = " , "
            else:
                for one in value if value.__class__ is list else (value,):
                    if one.__class__ is str:
                        said = one
                    else:
                        said = one["id"]
                        queue.append(one)
                    if not said.isascii():
                        said = said.encode().decode("latin-1")
                    add(f"{start}<{said}>")
                    start = " , "
        add(" .\n")
