"""The constraints of one property, as SHACL defines them: each yields what is wrong with the values of one
node.

Written after W3C SHACL (2017-07-20), section 4, for the components that the two official LOQ shapes files
use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from crosswalks.elm.check.index import LANG_STRING, Index
from crosswalks.elm.check.lexical import SPELLINGS
from crosswalks.elm.graph import Lit, Properties, Value
from crosswalks.elm.profile import Property, vocabulary

IN_SCHEME = "skos:inScheme"
CONTENT_URL = "elm:contentUrl"
Finding = tuple[str, Value | None]
"""A constraint component and the value that breaks it; None when it is the values together."""


class Case(NamedTuple):
    """What a constraint looks at: the whole index, one node's properties, and its values of the property
    meant.
    """

    graph: Index
    properties: Properties
    values: list[Value]


Constraint = Callable[[Case], Iterator[Finding]]


def is_iri(value: Value) -> bool:
    """Tell whether a value is an identifier: neither a literal nor a blank node."""
    return isinstance(value, str) and not value.startswith(("_:", "<<"))


def is_blank(value: Value) -> bool:
    """Tell whether a value is a blank node."""
    return isinstance(value, str) and value.startswith("_:")


def base_constraints(row: Property) -> tuple[Constraint, ...]:
    """Return what the base shapes demand of a property."""
    found = [_count(row.least, row.most), _range(row.ranges)]
    if row.one_per_language:
        found.append(_one_per_language)
    if row.differs_from:
        found.append(_differs(row.differs_from))
    if row.address:
        found.append(_ADDRESSES[row.address])
    return tuple(found)


def vocabulary_constraints(row: Property) -> tuple[Constraint, ...]:
    """Return what the vocabulary shapes demand of a property."""
    if not row.in_scheme:
        return ()
    found = [_count(row.scheme_least, row.scheme_most), _from_scheme(row.in_scheme)]
    return (*found, _node_kind(is_iri)) if row.must_be_iri else tuple(found)


def _count(least: int, most: int | None) -> Constraint:
    def check(case: Case) -> Iterator[Finding]:
        if len(case.values) < least:
            yield "MinCount", None
        if most is not None and len(case.values) > most:
            yield "MaxCount", None

    return check


def _range(ranges: tuple[str, ...]) -> Constraint:
    first = ranges[0]
    if first == "literal":
        return _node_kind(lambda value: isinstance(value, Lit))
    if first == "iri":
        return _node_kind(is_iri)
    if first == LANG_STRING or first in SPELLINGS:
        return _datatype(first)
    return _classes(ranges)


def _node_kind(fits: Callable[[Value], bool]) -> Constraint:
    def check(case: Case) -> Iterator[Finding]:
        for value in case.values:
            if not fits(value):
                yield "NodeKind", value

    return check


def _datatype(datatype: str) -> Constraint:
    spelled = SPELLINGS.get(datatype, SPELLINGS["xsd:string"])

    def check(case: Case) -> Iterator[Finding]:
        for value in case.values:
            if not (isinstance(value, Lit) and value.datatype == datatype and spelled(value.value)):
                yield "Datatype", value

    return check


def _classes(names: tuple[str, ...]) -> Constraint:
    component = "Class" if len(names) == 1 else "Or"

    def check(case: Case) -> Iterator[Finding]:
        members = [case.graph.members[name] for name in names]
        for value in case.values:
            if not any(value in nodes for nodes in members):
                yield component, value

    return check


def _one_per_language(case: Case) -> Iterator[Finding]:
    seen: set[str] = set()
    repeated: dict[str, None] = {}
    for value in case.values:
        if isinstance(value, Lit) and value.language:
            language = value.language.lower()
            if language in seen:
                repeated[language] = None
            seen.add(language)
    for _ in repeated:
        yield "UniqueLang", None


def _differs(other: str) -> Constraint:
    def check(case: Case) -> Iterator[Finding]:
        others = set(case.properties.get(other, ()))
        for value in case.values:
            if value in others:
                yield "Disjoint", value

    return check


def begins_as_web_address(value: Value) -> bool:
    """Tell whether a value begins with http: or https:, in any case. Blank nodes have no text."""
    text = value.value if isinstance(value, Lit) else value
    return text[:6].lower().startswith(("http:", "https:"))


def _pages(fits: Callable[[Value], bool]) -> Constraint:
    def check(case: Case) -> Iterator[Finding]:
        nodes = case.graph.nodes
        for value in case.values:
            page = nodes.get(value, {}) if isinstance(value, str) else {}
            if not all(fits(url) for url in page.get(CONTENT_URL, ())):
                yield "Node", value

    return check


def _has_text(case: Case) -> Iterator[Finding]:
    for value in case.values:
        if is_blank(value):
            yield "And", value


_ADDRESSES: dict[str, Constraint] = {
    "http": _pages(begins_as_web_address),
    "uri": _pages(lambda value: not is_blank(value)),
    "value-uri": _has_text,
}
"""By the word in the profile table: the page's address begins with http(s); it has one; the value itself has
a text.

The official patterns for the last two match any text at all, so they refuse blank nodes and nothing else.
"""


def _from_scheme(names: tuple[str, ...]) -> Constraint:
    fits = _scheme_rule([vocabulary(name).scheme for name in names])

    def check(case: Case) -> Iterator[Finding]:
        nodes = case.graph.nodes
        for value in case.values:
            schemes = nodes.get(value, {}).get(IN_SCHEME, []) if isinstance(value, str) else []
            if not fits(schemes):
                yield "Node", value

    return check


def _scheme_rule(schemes: list[str]) -> Callable[[list[Value]], bool]:
    """One scheme must be among those stated; of several or a pattern, all that are stated must fit."""
    if len(schemes) > 1:
        return lambda stated: all(value in schemes for value in stated)
    scheme = schemes[0]
    if scheme.startswith("^"):
        pattern = re.compile(scheme)
        return lambda stated: all(is_iri(value) and pattern.match(str(value)) for value in stated)
    return lambda stated: scheme in stated and all(is_iri(value) for value in stated)
