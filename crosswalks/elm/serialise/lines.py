"""N-Triples from the tree of an ELM record: a line per statement, the statements of a node together.

Concepts, schemes and organisations that many records share are written once per document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.profile import PREFIXES, RDF_TYPE, Generation, classes, expand, terms
from crosswalks.elm.write import Written

_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SHARED = frozenset({"Concept", "ConceptScheme", "Organisation"})
_BATCH = 64


@dataclass(frozen=True, slots=True)
class _Names:
    """Terms and classes as they stand in a line: predicates in angle brackets, with the ending of their literals."""

    predicates: dict[str, tuple[str, str, str]]
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
        self._said: set[tuple[str, bool]] = set()

    def of(self, written: Written) -> list[str]:
        """Return the lines of one record and of the concepts it uses."""
        lines: list[str] = []
        queue: list[Node] = [written.record, *written.concepts.values()] if written.record else []
        predicates, types = self._names.predicates, self._names.types
        for node in queue:
            kind = node["type"]
            if kind in _SHARED:
                said = (node["id"], "accreditation" in node)
                if said in self._said:
                    continue
                self._said.add(said)
            subject = f"<{node['id']}> "
            lines.append(subject + types[kind])
            for term, value in node.items():
                if term in {"id", "type"}:
                    continue
                predicate, form, ending = predicates[term]
                start = subject + predicate
                if form == "text":
                    for tag, text in value.items():
                        for one in text if isinstance(text, list) else (text,):
                            lines.append(f'{start}"{escaped(one)}"@{tag} .\n')
                elif form == "node":
                    for one in value if isinstance(value, list) else (value,):
                        if isinstance(one, str):
                            lines.append(f"{start}<{one}> .\n")
                        else:
                            lines.append(f"{start}<{one['id']}> .\n")
                            queue.append(one)
                elif form == "iri":
                    lines.append(f"{start}<{value}> .\n")
                else:
                    for one in value if isinstance(value, list) else (value,):
                        lines.append(f'{start}"{escaped(one)}{ending}')
        return lines


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
