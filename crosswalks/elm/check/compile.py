"""The profile table compiled once into checks, and the run over all focus nodes of an index.

Each property has two forms of its rule: a quick one that says "nothing wrong", and the constraints that say
what is. The quick form may send a sound value on to the constraints, but never lets a wrong one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from crosswalks.elm.check.constraints import (
    CONTENT_URL,
    IN_SCHEME,
    Case,
    Constraint,
    base_constraints,
    begins_as_web_address,
    is_iri,
    vocabulary_constraints,
)
from crosswalks.elm.check.index import LANG_STRING, Index
from crosswalks.elm.check.lexical import SPELLINGS
from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.graph import TYPE, Lit, Properties, Value
from crosswalks.elm.profile import Property, classes, vocabulary

Quick = Callable[[Index, Properties, list[Value]], object]
"""Something true when the values are beyond doubt."""


@dataclass(frozen=True, slots=True)
class ClassRules:
    """What one shapes file demands of the nodes of one class, by property; `wanted` are those that must be there."""

    layer: Layer
    name: str
    closed: bool
    wanted: tuple[str, ...]
    quick: dict[str, Quick]
    constraints: dict[str, tuple[Constraint, ...]]


@cache
def compiled(layer: Layer) -> tuple[ClassRules, ...]:
    """Return the rules of one official shapes file, class by class."""
    found = []
    for elm_class in classes().values():
        rows = list(elm_class.properties.values())
        if layer is Layer.BASE:
            closed = elm_class.closed
            wanted = tuple(row.name for row in rows if row.least)
            quick = {row.name: _quick_base(row) for row in rows}
            constraints = {row.name: base_constraints(row) for row in rows}
        else:
            closed = False
            rows = [row for row in rows if row.in_scheme]
            wanted = tuple(row.name for row in rows if row.scheme_least)
            quick = {row.name: _quick_scheme(row) for row in rows}
            constraints = {row.name: vocabulary_constraints(row) for row in rows}
        if closed or rows:
            found.append(ClassRules(layer, elm_class.name, closed, wanted, quick, constraints))
    return tuple(found)


def run(index: Index, layer: Layer, only: Iterable[str] | None = None) -> list[Row]:
    """Return what one shapes file finds wrong, class by class; with `only`, at these focus nodes alone."""
    rows: list[Row] = []
    chosen = None if only is None else set(only)
    for rules in compiled(layer):
        members = index.members[rules.name]
        focus = members if chosen is None else [node for node in members if node in chosen]
        if layer is Layer.BASE:
            _run_all(index, rules, focus, rows)
        elif focus:
            _run_some(index, rules, focus, rows)
    return rows


def _run_all(index: Index, rules: ClassRules, focus: Iterable[str], rows: list[Row]) -> None:
    """Go by the properties that the nodes have: the way of the base shapes, which know every property."""
    quick, wanted, nodes = rules.quick, rules.wanted, index.nodes
    for node in focus:
        properties = nodes[node]
        for name, values in properties.items():
            if name in quick:
                if not (values and quick[name](index, properties, values)):
                    rows += _explained(index, node, name, rules)
            elif rules.closed and name != TYPE:
                rows += [Row(Layer.BASE, node, name, "Closed", value, rules.name) for value in values]
        for name in wanted:
            if name not in properties:
                rows += _explained(index, node, name, rules)


def _run_some(index: Index, rules: ClassRules, focus: Iterable[str], rows: list[Row]) -> None:
    """Go by the rules: the way of the vocabulary shapes, which know a few properties."""
    nodes, wanted = index.nodes, rules.wanted
    for node in focus:
        properties = nodes[node]
        for name, quick in rules.quick.items():
            if name in properties:
                if not (properties[name] and quick(index, properties, properties[name])):
                    rows += _explained(index, node, name, rules)
            elif name in wanted:
                rows += _explained(index, node, name, rules)


def _explained(index: Index, node: str, path: str, rules: ClassRules) -> list[Row]:
    properties = index.nodes[node]
    case = Case(index, properties, properties.get(path, []))
    return [
        Row(rules.layer, node, path, component, value, rules.name)
        for constraint in rules.constraints[path]
        for component, value in constraint(case)
    ]


def _quick_base(row: Property) -> Quick:
    first = row.ranges[0]
    if row.form == "text":
        return _quick_text(row.differs_from, row.most)
    if row.form == "node":
        if row.address == "http":
            return _quick_page(first)
        return _never if row.address else _quick_node(row.ranges, row.most)
    if first in SPELLINGS:
        return _quick_literal(first)
    fits = is_iri if first == "iri" else _is_literal
    return lambda _index, _properties, values: len(values) == 1 and fits(values[0])


def _is_literal(value: Value) -> bool:
    return type(value) is Lit


def _never(_index: Index, _properties: Properties, _values: list[Value]) -> bool:
    return False


def _quick_text(other: str | None, most: int | None) -> Quick:
    def quick(_index: Index, properties: Properties, values: list[Value]) -> bool:
        if other is not None and other in properties:
            return False
        if len(values) == 1:
            value = values[0]
            return type(value) is Lit and value.datatype == LANG_STRING
        if most is not None or not all(type(value) is Lit and value.datatype == LANG_STRING for value in values):
            return False
        return len({value.language.lower() for value in values if type(value) is Lit}) == len(values)

    return quick


def _quick_literal(datatype: str) -> Quick:
    spelled = SPELLINGS[datatype]

    def quick(_index: Index, _properties: Properties, values: list[Value]) -> object:
        value = values[0]
        return len(values) == 1 and type(value) is Lit and value.datatype == datatype and spelled(value.value)

    return quick


def _quick_node(ranges: tuple[str, ...], most: int | None) -> Quick:
    first, rest = ranges[0], ranges[1:]

    def quick(index: Index, _properties: Properties, values: list[Value]) -> bool:
        members = index.members[first]
        if len(values) == 1:
            value = values[0]
            return value in members or any(value in index.members[name] for name in rest)
        return most is None and not rest and all(value in members for value in values)

    return quick


def _quick_page(page_class: str) -> Quick:
    def quick(index: Index, _properties: Properties, values: list[Value]) -> bool:
        value = values[0]
        if len(values) != 1 or value not in index.members[page_class]:
            return False
        urls = index.nodes[str(value)].get(CONTENT_URL, [])
        return len(urls) == 1 and begins_as_web_address(urls[0])

    return quick


def _quick_scheme(row: Property) -> Quick:
    scheme = vocabulary(row.in_scheme[0]).scheme
    if len(row.in_scheme) > 1 or scheme.startswith("^") or not row.must_be_iri:
        return _never
    only, most = [scheme], row.scheme_most

    def quick(index: Index, _properties: Properties, values: list[Value]) -> bool:
        nodes = index.nodes
        for value in values:
            if type(value) is Lit or nodes.get(str(value), {}).get(IN_SCHEME) != only or not is_iri(value):
                return False
        return most is None or len(values) <= most

    return quick
