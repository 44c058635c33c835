"""Names for blank nodes out of their content, and a steady order of values.

The same data gives the same names and the same order, however it was written: RDF has neither of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import orjson

from config.messages import CodedError
from crosswalks.elm.graph import Lit, Properties, Value

MOST_TANGLED = 300
"""Most blank nodes of one listing that hang together in circles."""

_LABELS = ("elm:contentUrl", "dc:title", "rov:legalName", "skos:prefLabel", "elm:noteLiteral", "skos:notation")
_NUMBER = re.compile(r"([0-9]{1,15})")
_COMPARED = 200
_LAST = 1 << 60


def blank_names(walk: Mapping[str, Properties]) -> dict[str, str]:
    """Return a name for each blank node, made of what it says and of what those say that it points to.

    Nodes with the same content get one name. Raises `CodedError` with `elm_listing_tangled`.
    """
    blanks = {node: set(_blank_values(properties)) for node, properties in walk.items() if node[:2] == "_:"}
    named: dict[str, str] = {}
    for properties in walk.values():
        for value in _blank_values(properties):
            if value not in blanks:
                named[value] = _digest({}, {})
    parents: dict[str, list[str]] = {}
    waiting: dict[str, int] = {}
    for node, targets in blanks.items():
        inner = [target for target in targets if target in blanks]
        waiting[node] = len(inner)
        for target in inner:
            parents.setdefault(target, []).append(node)
    ready = [node for node, count in waiting.items() if count == 0]
    while ready:
        node = ready.pop()
        named[node] = _digest(walk[node], named)
        for parent in parents.get(node, ()):
            waiting[parent] -= 1
            if waiting[parent] == 0:
                ready.append(parent)
    tangled = [node for node in blanks if node not in named]
    return _untangled(tangled, walk, named) if tangled else named


def _blank_values(properties: Properties) -> list[str]:
    return [value for values in properties.values() for value in values if type(value) is str and value[:2] == "_:"]


def _untangled(tangled: list[str], walk: Mapping[str, Properties], named: dict[str, str]) -> dict[str, str]:
    """Name nodes that point at each other in circles: tell them apart by ever wider surroundings until nothing new."""
    if len(tangled) > MOST_TANGLED:
        raise CodedError.of("elm_listing_tangled", limit=MOST_TANGLED)
    colours = named | dict.fromkeys(tangled, "_:")
    kinds = 1
    while True:
        fresh = {node: _digest(walk[node], colours) for node in tangled}
        colours = colours | fresh
        found = len(set(fresh.values()))
        if found == kinds:
            return colours
        kinds = found


def _digest(properties: Properties, names: Mapping[str, str]) -> str:
    content: list[list[str]] = []
    for name, values in properties.items():
        for value in values:
            if isinstance(value, Lit):
                content.append([name, value.value, value.datatype, value.language])
            else:
                content.append([name, names.get(value, value)])
    content.sort()
    return "_:" + blake2b(orjson.dumps(content), digest_size=12).hexdigest()


def order_of(walk: Mapping[str, Properties], names: Mapping[str, str]) -> Callable[[Value], tuple[Any, ...]]:
    """Return a sort key: by the source's own `elm:order`, then identifiers and texts with their numbers as numbers."""
    known: dict[str, tuple[Any, ...]] = {}

    def key(value: Value) -> tuple[Any, ...]:
        if isinstance(value, Lit):
            return (1, 0, 0, natural(f"{value.language} {value.value}"), value.value, value.datatype)
        if value not in known:
            properties = walk.get(value, {})
            blank = value[:2] == "_:"
            text = _label(properties) if blank else value
            known[value] = (0, _order(properties), int(blank), natural(text), names.get(value, value), "")
        return known[value]

    return key


def natural(text: str) -> tuple[Any, ...]:
    """Return a key that sorts `outcome/10` behind `outcome/9`."""
    parts = _NUMBER.split(text[:_COMPARED])
    return tuple(int(part) if number % 2 else part for number, part in enumerate(parts))


def _order(properties: Properties) -> int:
    for value in properties.get("elm:order", ()):
        if isinstance(value, Lit) and _NUMBER.fullmatch(value.value):
            return int(value.value)
    return _LAST


def _label(properties: Properties) -> str:
    for name in _LABELS:
        texts = [value.value for value in properties.get(name, ()) if isinstance(value, Lit)]
        if texts:
            return min(texts)
    return ""
