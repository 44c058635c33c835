"""A payload's nodes, held in memory where they are few, and in a temporary file where they are many.

Both answer the same way, so that one walk serves both. The file is this connector's own: a library's store on disk
was measured to take ten times the memory and twice the time for a dump that is read once and thrown away.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import orjson

from crosswalks.elm.closure import INVERSES, OFFERS, OPPORTUNITY, SPECIFICATIONS, roots, state_both_ways
from crosswalks.elm.graph import TYPE, Graph, Lit, Properties, Value
from crosswalks.elm.syntax.rdf import absolute, statement

_SLOTS = 1 << 20
_BUFFERED = 50_000
_REMEMBERED = 4096
_USUAL = 1024
"""Bytes that hold most records."""
_HEAD = struct.Struct("<QqI")
_FIRST, _REST, _NIL = "rdf:first", "rdf:rest", "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"
_LIST = frozenset({_FIRST, _REST})
_OFFERED = "offered"
_BODY = "elm:awardingBody"
_AWARDING = "elm:awardingOpportunity"
_TELLING = frozenset({*INVERSES, OFFERS})
_ROOTS = frozenset({OPPORTUNITY, *SPECIFICATIONS})


class Held(Protocol):
    """Nodes that can be asked for one by one, and the roots among them."""

    @property
    def places(self) -> dict[str, str]:
        """Where nodes stood, when the syntax tells."""

    def roots(self) -> Iterable[str]:
        """Return the opportunities, and the specifications that none of them offers."""

    def properties(self, node: str) -> Properties:
        """Return the properties of a node; none for one that is only referred to."""


class InMemory:
    """The nodes of a graph."""

    def __init__(self, graph: Graph) -> None:
        state_both_ways(graph)
        self._graph = graph
        self.places = graph.places
        self.properties = graph.properties

    def roots(self) -> list[str]:
        """Return the roots in the order they were met."""
        return roots(self._graph)


def joined(graphs: list[Graph]) -> Graph:
    """Return several graphs as one; blank nodes of different files stay apart."""
    if len(graphs) == 1:
        return graphs[0]
    whole = Graph()
    for number, graph in enumerate(graphs):
        for node, properties in graph.nodes.items():
            for name, values in properties.items():
                for value in values:
                    whole.add(_apart(node, number), name, value if isinstance(value, Lit) else _apart(value, number))
        whole.generations |= graph.generations
        whole.places |= {_apart(node, number): place for node, place in graph.places.items()}
    return whole


def _apart(node: str, number: int) -> str:
    return f"_:{number}.{node[2:]}" if node[:2] == "_:" else node


class _Records:
    """A file of records by node, found again by hashing: one chain of records per slot, the latest first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w+b")
        self._file.write(b"\0" * _HEAD.size)
        self._end = _HEAD.size
        self._latest = array("Q", bytes(8 * _SLOTS))

    def write(self, node: str, properties: Mapping[str, Iterable[Value]]) -> None:
        """Append a record of a node."""
        body = orjson.dumps([node, properties], default=list)
        key = hash(node)
        slot = key % _SLOTS
        self._file.write(_HEAD.pack(self._latest[slot], key, len(body)))
        self._file.write(body)
        self._latest[slot] = self._end
        self._end += _HEAD.size + len(body)

    def finish(self) -> None:
        """End writing; only then can records be read."""
        self._file.flush()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def of(self, node: str) -> list[tuple[int, dict[str, Any]]]:
        """Return the records of a node with their offsets, the earliest first."""
        found = []
        file = self._file.fileno()
        key = hash(node)
        at = self._latest[key % _SLOTS]
        while at:
            piece = os.pread(file, _USUAL, at)
            earlier, known, size = _HEAD.unpack_from(piece)
            if known == key:
                if size > _USUAL - _HEAD.size:
                    piece = os.pread(file, _HEAD.size + size, at)
                name, properties = orjson.loads(memoryview(piece)[_HEAD.size : _HEAD.size + size])
                if name == node:
                    found.append((at, properties))
            at = earlier
        return found[::-1]

    def all(self) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Yield every record in the order written: offset, node, properties."""
        with self._path.open("rb") as file:
            at = file.seek(_HEAD.size)
            while at < self._end:
                size = _HEAD.unpack(file.read(_HEAD.size))[2]
                node, properties = orjson.loads(file.read(size))
                yield at, node, properties
                at += _HEAD.size + size


class OnDisk:
    """Nodes in a temporary folder. `fill` it, then ask; memory stays the same however many there are."""

    def __init__(self, folder: Path) -> None:
        self.places: dict[str, str] = {}
        self._said = _Records(folder / "said")
        self._said_elsewhere = _Records(folder / "elsewhere")
        self._has_lists = self._has_odd_names = False
        self._remembered: dict[str, Properties] = {}

    def fill(self, parts: Iterable[Iterable[Any]]) -> None:
        """Take in the statements of all files. Raises what their parsers raise."""
        for number, quads in enumerate(parts):
            self._take(quads, number)
        self._said.finish()
        self._state_both_ways()
        self._said_elsewhere.finish()

    def close(self) -> None:
        """Let go of the files."""
        self._said.close()
        self._said_elsewhere.close()

    def _take(self, quads: Iterable[Any], number: int) -> None:
        nodes: dict[str, dict[str, list[Value]]] = {}
        count = 0
        for quad in quads:
            node, name, value = statement(quad)
            properties = nodes.setdefault(_apart(node, number), {})
            if isinstance(value, str):
                self._has_odd_names = self._has_odd_names or not (value[:2] == "_:" or name == TYPE or absolute(value))
                value = _apart(value, number)
            properties.setdefault(name, []).append(value)
            self._has_lists = self._has_lists or name == _FIRST
            count += 1
            if count >= _BUFFERED:
                self._write(nodes)
                count = 0
        self._write(nodes)

    def _write(self, nodes: dict[str, dict[str, list[Value]]]) -> None:
        for node, properties in nodes.items():
            self._said.write(node, properties)
        nodes.clear()

    def _state_both_ways(self) -> None:
        """Note at each node what others say of it, and which specifications opportunities offer."""
        for at, node, record in self._said.all():
            if _TELLING.isdisjoint(record) or not self._first_telling(node, at):
                continue
            properties = self._own(node)
            types, awards = properties.get(TYPE, ()), _BODY in properties
            for name in sorted(_TELLING & properties.keys()):
                for value in properties[name]:
                    if isinstance(value, str):
                        self._note(node, name, value, offers=OPPORTUNITY in types, awards=awards)

    def _first_telling(self, node: str, at: int) -> bool:
        """Tell whether a record is the first of its node that says something of another one."""
        return next(place for place, record in self._said.of(node) if not _TELLING.isdisjoint(record)) == at

    def _note(self, node: str, name: str, value: str, *, offers: bool, awards: bool) -> None:
        if name in INVERSES:
            self._said_elsewhere.write(value, {INVERSES[name]: [node]})
        elif offers:
            self._said_elsewhere.write(value, {_OFFERED: [node]})
        if name == OFFERS and awards:
            self._said_elsewhere.write(value, {_AWARDING: [node]})

    def roots(self) -> Iterator[str]:
        """Yield the roots in the order they were met."""
        for at, node, record in self._said.all():
            if _ROOTS.isdisjoint(record.get(TYPE, ())) or not self._first_as_root(node, at):
                continue
            if OPPORTUNITY in self._own(node).get(TYPE, ()) or not self._is_offered(node):
                yield node

    def _first_as_root(self, node: str, at: int) -> bool:
        return next(place for place, record in self._said.of(node) if not _ROOTS.isdisjoint(record.get(TYPE, ()))) == at

    def _is_offered(self, node: str) -> bool:
        return any(_OFFERED in record for _, record in self._said_elsewhere.of(node))

    def properties(self, node: str) -> Properties:
        """Return the properties of a node; none for one that is only referred to."""
        if (found := self._remembered.get(node)) is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            found = self._remembered[node] = self._whole(node)
        return found

    def _whole(self, node: str) -> Properties:
        found = self._own(node)
        if found:
            for _, record in self._said_elsewhere.of(node):
                for name, values in record.items():
                    if name != _OFFERED:
                        found[name] = list(dict.fromkeys([*found.get(name, ()), *values]))
        return found

    def _own(self, node: str) -> Properties:
        """Return what a node says itself: lists opened, and what is no identifier read as the text it is."""
        found: dict[str, dict[Value, None]] = {}
        for _, record in self._said.of(node):
            for name, values in record.items():
                kept = found.setdefault(name, {})
                for value in values:
                    kept[value if isinstance(value, str) else Lit(*value)] = None
        if self._has_lists:
            found = {name: dict.fromkeys(self._members(values)) for name, values in found.items() if name not in _LIST}
        if self._has_odd_names:
            found = {name: values if name == TYPE else dict.fromkeys(map(self._as_meant, values))
                     for name, values in found.items()}  # fmt: skip
        return {name: list(values) for name, values in found.items()}

    def _as_meant(self, value: Value) -> Value:
        if isinstance(value, Lit) or value[:2] == "_:" or absolute(value) or self._said.of(value):
            return value
        return Lit(value)

    def _members(self, values: Iterable[Value]) -> Iterator[Value]:
        """Yield values with every list in them replaced by its members."""
        seen: set[str] = set()
        waiting = list(values)[::-1]
        while waiting:
            value = waiting.pop()
            cell = self._cell(value) if isinstance(value, str) and value not in seen else None
            if cell is not None:
                seen.add(str(value))
                waiting.extend(cell.get(_REST, ()))
                waiting.extend(cell[_FIRST][::-1])
            elif value != _NIL:
                yield value

    def _cell(self, node: str) -> Properties | None:
        found: Properties = {}
        for _, record in self._said.of(node):
            for name in _LIST & record.keys():
                found.setdefault(name, []).extend(v if isinstance(v, str) else Lit(*v) for v in record[name])
        return found if _FIRST in found else None
