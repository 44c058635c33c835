"""N-Triples from the tree of an ELM record: a line per statement, the statements of a node together.

Concepts, schemes and organisations that many records share are written once per document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.profile import PREFIXES, RDF_TYPE, Form, Generation, classes, expand, terms
from crosswalks.elm.writing.build import Written

_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SHARED = frozenset({"Concept", "ConceptScheme", "Organisation"})
_KEYWORDS = frozenset({"id", "type"})
_BATCH = 64


@dataclass(frozen=True, slots=True)
class _Names:
    """Terms and classes as they stand in a line: predicates in angle brackets, with the ending of their literals."""

    predicates: dict[str, tuple[str, Form, str]]
    types: dict[str, str]


@cache
def _names(generation: Generation) -> _Names:
    predicates = {}
    for term, row in terms().items():
        datatype = row.ranges[0]
        typed = datatype.startswith("xsd:") and datatype != "xsd:string"
        ending = f'"^^<{PREFIXES["xsd"]}{datatype[4:]}> .\n' if typed else '" .\n'
        predicates[term] = (f"<{expand(row.name, generation)}> ", row.form, ending)
    types = {class_term(name): f"<{RDF_TYPE}> <{expand(name, generation)}> .\n" for name in classes()}
    return _Names(predicates, types)


def escaped(text: str) -> str:
    """Return text as it may stand between quotation marks in N-Triples."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match.group()) or f"\\u{ord(match.group()):04X}", text)


class Lines:
    """Turns records into lines; remembers what many records share, so that it stands in a document once."""

    def __init__(self, generation: Generation) -> None:
        self._names = _names(generation)
        self._said: set[str] = set()

    def of(self, written: Written) -> list[str]:
        """Return the lines of one record and of the concepts it uses."""
        lines: list[str] = []
        queue: list[Node] = [written.record, *written.concepts.values()] if written.record else []
        for node in queue:
            if self._is_said(node):
                continue
            subject = f"<{node['id']}> "
            lines.append(subject + self._names.types[node["type"]])
            for term, value in node.items():
                if term not in _KEYWORDS:
                    self._property(lines, queue, subject, term, value)
        return lines

    def _is_said(self, node: Node) -> bool:
        if node["type"] not in _SHARED:
            return False
        if node["id"] in self._said:
            return True
        self._said.add(node["id"])
        return False

    def _property(self, lines: list[str], queue: list[Node], subject: str, term: str, value: Any) -> None:
        predicate, form, ending = self._names.predicates[term]
        start = subject + predicate
        if form == "text":
            for tag, text in value.items():
                texts = text if isinstance(text, list) else (text,)
                lines.extend([f'{start}"{escaped(one)}"@{tag} .\n' for one in texts])
        elif form == "literal":
            values = value if isinstance(value, list) else (value,)
            lines.extend([f'{start}"{escaped(one)}{ending}' for one in values])
        else:
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, str):
                    lines.append(f"{start}<{one}> .\n")
                else:
                    lines.append(f"{start}<{one['id']}> .\n")
                    queue.append(one)


def batches(records: Iterable[Written], generation: Generation) -> Iterator[bytes]:
    """Yield the N-Triples of records, some records at a time."""
    writer = Lines(generation)
    gathered: list[str] = []
    for number, record in enumerate(records, 1):
        gathered.extend(writer.of(record))
        if number % _BATCH == 0:
            yield "".join(gathered).encode()
            gathered = []
    if gathered:
        yield "".join(gathered).encode()
