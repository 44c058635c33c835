"""N-Triples from the tree of an ELM record: a line per statement, the statements of a node together.

Concepts, schemes and organisations that many records share are written once per document. Text is held as its UTF-8
bytes, a character for each (`clothed`), so that a document is put together and handed over by copying.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.profile import PREFIXES, RDF_TYPE, Form, Generation, classes, expand, terms
from crosswalks.elm.writing.build import Written

_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SHARED = frozenset({"Concept", "ConceptScheme", "Organisation"})

Names = dict[str, tuple[str, Form, str] | None]
"""By term: the predicate as it stands in a line, how its values are written, and the ending of a literal."""


def escaped(text: str) -> str:
    """Return text with what N-Triples and Turtle do not allow between quotation marks escaped."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match.group()) or f"\\u{ord(match.group()):04X}", text)


def clothed(text: str) -> str:
    """Return the UTF-8 bytes of a text as characters: what `encode("latin-1")` turns into bytes without work."""
    return text if text.isascii() else text.encode().decode("latin-1")


def quotable(text: str, plain: bool) -> str:  # noqa: FBT001 - asked for every text
    """Return text as it may stand between quotation marks, `clothed`; a plain one has nothing to escape."""
    said = text if plain else escaped(text)
    return said if said.isascii() else said.encode().decode("latin-1")


def is_plain(written: Written) -> bool:
    """Tell whether no text of a record needs an escape: its JSON has a backslash where one does."""
    json = written.json()
    return b"\\" not in json and b"\x7f" not in json


def shared_once(node: Node, said: set[str]) -> bool:
    """Tell whether a node is to be written: not when many records share it and it was said before."""
    if node["type"] not in _SHARED:
        return True
    if node["id"] in said:
        return False
    said.add(node["id"])
    return True


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


class Lines:
    """Turns records into lines; remembers what many records share, so that it stands in a document once.

    Documents written side by side may share one: the lines of the last record are kept.
    """

    def __init__(self, generation: Generation) -> None:
        self._names = _names(generation)
        self._types = _types(generation)
        self._said: set[str] = set()
        self._last: tuple[Written | None, str] = (None, "")

    def of(self, written: Written) -> str:
        """Return the lines of one record and of the concepts it uses, as `clothed` text."""
        if written is not self._last[0]:
            self._last = (written, "".join(self._made(written)))
        return self._last[1]

    def _made(self, written: Written) -> list[str]:
        lines: list[str] = []
        queue: list[Node] = [written.record] if written.record else []
        said, plain = self._said, is_plain(written)
        concepts = [node for iri, node in written.concepts.items() if iri not in said]
        if concepts:
            queue += concepts
            plain = False
        for node in queue:
            if shared_once(node, said):
                self._node(lines, queue, node, plain)
        return lines

    def _node(self, lines: list[str], queue: list[Node], node: Node, plain: bool) -> None:  # noqa: FBT001 - called for every node
        names, add = self._names, lines.append
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
                        said = quotable(one, plain)
                        add(f'{subject}{predicate}"{said}"@{tag} .\n')
            elif form == "literal":
                for one in (value,) if value.__class__ is str else value:
                    said = quotable(one, plain)
                    add(f'{subject}{predicate}"{said}{ending}')
            else:
                for one in value if value.__class__ is list else (value,):
                    if one.__class__ is str:
                        said = one
                    else:
                        said = one["id"]
                        queue.append(one)
                    if not said.isascii():
                        said = said.encode().decode("latin-1")
                    add(f"{subject}{predicate}<{said}> .\n")
