"""N-Triples from the tree of an ELM record: a line per statement, the statements of a node together.

N-Quads are the same lines: every statement is in the default graph.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.profile import PREFIXES, RDF_TYPE, Generation, classes, expand, terms
from crosswalks.elm.serialise.nodes import Names, Nodes, clothed

_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quotable(text: str, plain: bool) -> str:  # noqa: FBT001 - asked for every text
    """Return text as it may stand between quotation marks in N-Triples and Turtle, `clothed`; a plain one as it is."""
    if not plain and _SPECIAL.search(text):
        text = _SPECIAL.sub(lambda match: _ESCAPES.get(match.group()) or f"\\u{ord(match.group()):04X}", text)
    return text if text.isascii() else text.encode().decode("latin-1")


def needs_no_escape(json: bytes) -> bool:
    """Tell from a record's JSON that its texts are quotable as they are: JSON escapes the same signs, but for one."""
    return b"\\" not in json and b"\x7f" not in json


@cache
def _names(generation: Generation) -> Names:
    names: Names = {"id": None, "type": None}
    for term, row in terms().items():
        datatype = row.ranges[0]
        typed = datatype.startswith("xsd:") and datatype != "xsd:string"
        ending = f'"^^<{PREFIXES["xsd"]}{datatype[4:]}> .\n' if typed else '" .\n'
        names[term] = (f"<{expand(row.name, generation)}> ", row.form, ending)
    return names


@cache
def _types(generation: Generation) -> dict[str, str]:
    return {class_term(name): f"<{RDF_TYPE}> <{expand(name, generation)}> .\n" for name in classes()}


class Lines(Nodes):
    """Records as lines."""

    def __init__(self, generation: Generation) -> None:
        super().__init__()
        self._names = _names(generation)
        self._types = _types(generation)

    def plain(self, json: bytes) -> bool:
        """Tell from a record's JSON that no text in it needs an escape."""
        return needs_no_escape(json)

    def node(self, pieces: list[str], queue: list[Node], node: Node, plain: bool) -> None:  # noqa: FBT001
        """Write the statements of one node."""
        names, add = self._names, pieces.append
        subject = f"<{clothed(node['id'])}> "
        add(subject + self._types[node["type"]])
        value: Any
        for term, value in node.items():
            row = names[term]
            if row is None:
                continue
            predicate, form, ending = row
            if form == "text":
                for tag, text in value.items():
                    for one in (text,) if text.__class__ is str else text:
                        add(f'{subject}{predicate}"{quotable(one, plain)}"@{tag} .\n')
            elif form == "literal":
                for one in (value,) if value.__class__ is str else value:
                    add(f'{subject}{predicate}"{quotable(one, plain)}{ending}')
            else:
                for one in value if value.__class__ is list else (value,):
                    iri = one
                    if one.__class__ is dict:
                        iri = one["id"]
                        queue.append(one)
                    if not iri.isascii():
                        iri = clothed(iri)
                    add(f"{subject}{predicate}<{iri}> .\n")
