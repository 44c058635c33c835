"""RDF of any syntax as a light index: node, property, values, in the words that the checks use.

Terms of every namespace generation become prefixed names, so that one set of checks reads all of them;
literals keep the form in which they were written, right or wrong. Boundary: bytes or a file in, values out;
nothing is fetched.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from crosswalks.elm.graph import TYPE, Graph, Lit, Properties, Value
from crosswalks.elm.profile import PREFIXES, TERMS, Generation, classes, expand, shorten

LANG_STRING = "rdf:langString"
_SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_GENERATIONS: tuple[Generation, ...] = ("elm-3.2", "elm-3.3", "elm-2")
_OUR_PREFIXES = tuple(f"{prefix}:" for prefix in (*PREFIXES, "elm"))


@dataclass(slots=True)
class Index:
    """A graph ready to be checked.

    `members` are the nodes of each class, those of declared subclasses included (every class of the profile
    has an entry); `generations` the term namespaces met; `foreign` the properties and classes outside all
    known namespaces; `dropped` the nodes of JSON keys that no context explains, by key.
    """

    nodes: dict[str, Properties]
    members: dict[str, dict[str, None]]
    generations: set[Generation] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    dropped: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Graph) -> Index:
        """Return an index over a graph's own nodes, which must not change meanwhile.

        Language tags must be spelled in one way: texts that differ in nothing else would count as two.
        """
        names = _Names()
        used = set[str]().union(*graph.nodes.values())
        names.foreign.update(name for name in used if not name.startswith(_OUR_PREFIXES))
        return cls(graph.nodes, _members(graph.nodes, names), set(graph.generations), names.foreign)

    def statements(self) -> int:
        """Return the number of different statements."""
        return sum(sum(map(len, properties.values())) for properties in self.nodes.values())


def statements(index: Index) -> Iterator[tuple[str, str, Value]]:
    """Yield the statements with whole identifiers, in the namespaces of the generation up to 3.2."""
    for node, properties in index.nodes.items():
        for name, values in properties.items():
            predicate = whole(name)
            for value in values:
                yield node, predicate, whole(value) if name == TYPE and isinstance(value, str) else value


def whole(name: str) -> str:
    """Return the identifier that a name in an index stands for."""
    if name.startswith(_OUR_PREFIXES):
        return expand(name)
    return name[1:-1] if name.startswith("<") else name


class _Names(dict[str, str]):
    """Prefixed names by identifier, worked out on first use; notes the generations and the foreign names."""

    def __init__(self) -> None:
        self.generations: set[Generation] = set()
        self.foreign: set[str] = set()

    def __missing__(self, iri: str) -> str:
        name = shorten(iri)
        if name is None:
            # Written in angle brackets, an identifier such as <dc:title> only looks like a prefixed name.
            name = f"<{iri}>" if iri.startswith(_OUR_PREFIXES) else iri
            self.foreign.add(name)
        elif name.startswith("elm:"):
            self.generations.add(next(found for found in _GENERATIONS if iri.startswith(TERMS[found])))
        self[iri] = name
        return name


class _Blanks(dict[str, str]):
    """Names of blank nodes in the order of their appearance: a parser's own names differ from one run to the
    next.
    """

    def __missing__(self, label: str) -> str:
        name = self[label] = f"_:b{len(self) + 1}"
        return name


@contextmanager
def no_collection() -> Iterator[None]:
    """Hold the cyclic garbage collector back: an index has no cycles, and looking for them takes time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def index_quads(quads: Iterable[Any]) -> Index:
    """Return the index of pyoxigraph quads or triples; the graphs of a dataset count as one.

    Blank nodes are named by the order in which they appear. What the parser raises passes through.
    """
    with no_collection():
        return _index(quads)


def _index(quads: Iterable[Any]) -> Index:
    nodes: dict[str, Properties] = {}
    names, datatypes, blanks = _Names(), _Names(), _Blanks()
    known: dict[str, str] = {}
    repeated: list[list[Any]] = []
    named, literal, blank, make = ox.NamedNode, ox.Literal, ox.BlankNode, tuple.__new__
    last_text, last_kind, properties = "", None, dict[str, list[Value]]()
    for quad in quads:
        subject = quad.subject
        text, kind = subject.value, type(subject)
        if text != last_text or kind is not last_kind:
            last_text, last_kind = text, kind
            properties = nodes.setdefault(text if kind is named else blanks[text], {})
        predicate = quad.predicate.value
        try:
            name = known[predicate]
        except KeyError:
            name = known[predicate] = names[predicate]
        thing = quad.object
        kind = type(thing)
        value: Any
        if kind is named:
            value = names[thing.value] if name == TYPE else thing.value
        elif kind is literal:
            language = thing.language
            if language is not None:
                value = make(Lit, (thing.value, LANG_STRING, language))
            else:
                value = make(Lit, (thing.value, datatypes[thing.datatype.value], ""))
        else:
            value = blanks[thing.value] if kind is blank else f"<<{thing}>>"
        if name in properties:
            values = properties[name]
            if len(values) == 1:
                repeated.append(values)
            values.append(value)
        else:
            properties[name] = [value]
    for values in repeated:
        if len(different := dict.fromkeys(values)) != len(values):
            values[:] = different
    return Index(nodes, _members(nodes, names), names.generations, names.foreign)


def _members(nodes: dict[str, Properties], names: _Names) -> dict[str, dict[str, None]]:
    members: dict[str, dict[str, None]] = {name: {} for name in classes()}
    for node, properties in nodes.items():
        for name in properties.get(TYPE, ()):
            if name in members:
                members[name][node] = None
            elif isinstance(name, str):
                members[name] = {node: None}
    if _SUBCLASS in names.foreign:
        for wider, narrower in _subclasses(nodes, names).items():
            for name in narrower:
                members.setdefault(wider, {}).update(members.get(name, {}))
    return members


def _subclasses(nodes: dict[str, Properties], names: _Names) -> dict[str, set[str]]:
    """Return the classes that the data itself declares to be subclasses, by the wider class, however far
    below.
    """
    wider_of: dict[str, set[str]] = {}
    for node, properties in nodes.items():
        for value in properties.get(_SUBCLASS, ()):
            if isinstance(value, str):
                wider_of.setdefault(names[node], set()).add(names[value])
    found: dict[str, set[str]] = {}
    for narrow, wider in wider_of.items():
        reached: set[str] = set()
        waiting = list(wider)
        while waiting:
            wide = waiting.pop()
            if wide not in reached:
                reached.add(wide)
                found.setdefault(wide, set()).add(narrow)
                waiting.extend(wider_of.get(wide, ()))
    return found
