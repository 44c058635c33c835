"""A graph of ELM data in plain Python values, whatever syntax and namespace generation it came in.

Nodes are keyed by identifier; blank nodes start with `_:`. Property and class names are prefixed (`dc:title`,
`elm:Note`); an identifier that no prefix fits stays whole. A value is a node's identifier (a string) or a `Lit`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from crosswalks.elm.profile import Generation

TYPE = "rdf:type"
_MANY = 64


class Lit(NamedTuple):
    """A literal: its text, the prefixed name (or identifier) of its datatype, and its language tag."""

    value: str
    datatype: str = "xsd:string"
    language: str = ""


Value = str | Lit
Properties = dict[str, list[Value]]


@dataclass(slots=True)
class Graph:
    """Nodes by identifier. `generations` are the term namespaces that were met; `places` where each node stood."""

    nodes: dict[str, Properties] = field(default_factory=dict)
    generations: set[Generation] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)
    _many: dict[tuple[str, str], set[Value]] = field(default_factory=dict, repr=False, compare=False)

    def add(self, node: str, name: str, value: Value) -> None:
        """Add one statement; saying it twice changes nothing."""
        values = self.nodes.setdefault(node, {}).setdefault(name, [])
        if len(values) < _MANY:
            if value not in values:
                values.append(value)
            return
        many = self._many.get((node, name))
        if many is None:
            many = self._many[node, name] = set(values)
        if value not in many:
            many.add(value)
            values.append(value)

    def properties(self, node: str) -> Properties:
        """Return the properties of a node; none for one that is only referred to."""
        return self.nodes.get(node, {})

    def types(self, node: str) -> list[str]:
        """Return the prefixed class names of a node."""
        return [value for value in self.nodes.get(node, {}).get(TYPE, ()) if isinstance(value, str)]

    def of_class(self, name: str) -> list[str]:
        """Return the nodes of a class, in the order they were met."""
        return [node for node, properties in self.nodes.items() if name in properties.get(TYPE, ())]

    def size(self) -> int:
        """Return the number of statements."""
        return sum(len(values) for properties in self.nodes.values() for values in properties.values())
