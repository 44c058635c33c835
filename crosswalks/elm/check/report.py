"""The report on a file: what was read, what was checked, and what is wrong, grouped by reason with examples
and a fix.

Boundary: bytes or a path in, a plain report out. A file that cannot be read gives a report that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from config.messages import Issue
from crosswalks.elm.check.index import Index
from crosswalks.elm.check.reading import Reading, read_file
from crosswalks.elm.check.results import CODES, Layer, Row
from crosswalks.elm.check.verdict import Verdict, judge
from crosswalks.elm.check.wording import parameters
from crosswalks.elm.check.xml import XmlVerdict, check_xml
from crosswalks.elm.graph import TYPE, Lit, Value

EXAMPLES = 3
_LONGEST = 200

Engine = Literal["profile table", "official files"]


@dataclass(frozen=True, slots=True)
class Example:
    """One place where a rule is broken: the node, the value at fault, and how to find it."""

    node: str
    value: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """All results of one kind at one property. `known` is the code of the contradiction that explains them,
    if any.
    """

    issue: Issue
    layer: Layer | None
    count: int
    examples: tuple[Example, ...] = ()
    known: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the reason for machines, rule and fix in both languages."""
        told = self.issue.as_json()
        return {
            "code": told["code"],
            "severity": told["severity"],
            "layer": self.layer.value if self.layer else None,
            "count": self.count,
            "params": told["params"],
            "rule": told["text"],
            "fix": told["fix"],
            "examples": [{"node": one.node, "value": one.value, "place": one.place} for one in self.examples],
            "known_contradiction": None if self.known is None else Issue(self.known).as_json()["text"],
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What is to be said of a file.

    `conforms` is the verdict by the base shapes, or by the XML schema; `conforms_vocabulary` the one by the
    vocabulary shapes, None for XML, whose schema has the lists in it. Neither is ever true of a file that was
    not read to its end or in which there is nothing to check. `statements` are elements for XML.
    """

    name: str
    syntax: str | None
    readable: bool
    generations: tuple[str, ...] = ()
    statements: int = 0
    focus_nodes: dict[str, int] = field(default_factory=dict)
    conforms: bool = False
    conforms_vocabulary: bool | None = None
    reasons: tuple[Reason, ...] = ()
    engine: Engine = "profile table"

    @property
    def passed(self) -> bool:
        """True when every verdict is good."""
        return self.conforms and self.conforms_vocabulary is not False

    def as_json(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {
            "name": self.name,
            "engine": self.engine,
            "syntax": self.syntax,
            "readable": self.readable,
            "generations": list(self.generations),
            "statements": self.statements,
            "focus_nodes": self.focus_nodes,
            "passed": self.passed,
            "conforms": self.conforms,
            "conforms_vocabulary": self.conforms_vocabulary,
            "reasons": [reason.as_json() for reason in self.reasons],
        }


def check_file(data: bytes | Path, name: str) -> CheckReport:
    """Return the report on a file of RDF or LOQ XML by the profile table. Raises `OSError` for a missing
    file.
    """
    reading = read_file(data, name)
    if reading.root is not None:
        return xml_report(name, check_xml(reading.root))
    if reading.index is None:
        return CheckReport(name, reading.syntax, readable=False, reasons=tuple(_of_file(reading)))
    return rdf_report(name, reading, judge(reading.index))


def xml_report(name: str, verdict: XmlVerdict, engine: Engine = "profile table") -> CheckReport:
    """Return the report on an XML document."""

    def place(row: Row) -> str:
        return f"line {verdict.lines[row.node]}" if row.node in verdict.lines else ""

    return CheckReport(
        name=name,
        syntax="LOQ XML",
        readable=True,
        generations=(verdict.generation,) if verdict.generation else (),
        statements=verdict.elements,
        focus_nodes=verdict.focus,
        conforms=verdict.conforms,
        reasons=tuple(grouped(verdict.rows, place)),
        engine=engine,
    )


def rdf_report(name: str, reading: Reading, verdict: Verdict, engine: Engine = "profile table") -> CheckReport:
    """Return the report on an RDF file."""
    index = reading.index or Index({}, {})
    whole = not reading.issues
    ways = _Ways(index)
    return CheckReport(
        name=name,
        syntax=reading.syntax,
        readable=whole,
        generations=verdict.generations,
        statements=verdict.statements,
        focus_nodes=verdict.focus,
        conforms=whole and verdict.conforms,
        conforms_vocabulary=whole and verdict.conforms_vocabulary,
        reasons=(*_of_file(reading), *grouped(verdict.rows, ways.to)),
        engine=engine,
    )


def _of_file(reading: Reading) -> Iterator[Reason]:
    return (Reason(issue, None, 1) for issue in reading.issues)


class _Ways:
    """How to find a blank node, whose name says nothing: from which node, by which property."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._referrers: dict[str, tuple[str, str]] | None = None

    def to(self, row: Row) -> str:
        """Return the way to a result's node, from the nearest node that has an identifier."""
        steps: list[str] = []
        node = row.node
        while node.startswith("_:") and len(steps) < 8:
            if self._referrers is None:
                self._referrers = dict(self._links())
            if node not in self._referrers:
                break
            node, name = self._referrers[node]
            steps.append(name)
        return " → ".join([node, *reversed(steps)]) if steps else ""

    def _links(self) -> Iterator[tuple[str, tuple[str, str]]]:
        for node, properties in self._index.nodes.items():
            for name, values in properties.items():
                for value in values if name != TYPE else ():
                    if isinstance(value, str) and value.startswith("_:"):
                        yield value, (node, name)


def grouped(rows: Iterable[Row], place: Callable[[Row], str]) -> Iterator[Reason]:
    """Yield the reasons behind results, in the order in which each first appeared."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        shared = parameters(row)
        key = (row.layer, row.component, row.known, *sorted(shared.items()))
        groups.setdefault(key, []).append(row)
    for found in groups.values():
        first = found[0]
        examples = tuple(
            Example(row.node, _shown(row.value), place(row) or None) for row in found[:EXAMPLES] if row.node
        )
        issue = Issue(CODES[first.layer, first.component], parameters(first))
        yield Reason(issue, first.layer, len(found), examples, first.known or None)


def _shown(value: Value | None) -> str | None:
    if not isinstance(value, Lit):
        return value
    text = value.value if len(value.value) <= _LONGEST else value.value[: _LONGEST - 1] + "…"
    if value.language:
        return f'"{text}"@{value.language}'
    return f'"{text}"' if value.datatype == "xsd:string" else f'"{text}"^^{value.datatype}'
