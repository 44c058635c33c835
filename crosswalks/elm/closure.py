"""Listings out of a graph: each opportunity, or specification that no opportunity offers, and what belongs to it.

A listing holds what its root reaches. Neighbours of its kind (parts, wholes, sub-organisations, …) are stubs: their
types, names and identifiers. Data about people is left out: the statement stays, its value does not.

The walk asks for one node after the other, so that it works on a graph in memory and on a store on disk alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from config.messages import CodedError, Issue
from crosswalks.elm.graph import TYPE, Graph, Lit, Properties, Value
from crosswalks.elm.model import ElmListing, ElmNode, ElmValue
from crosswalks.elm.naming import blank_names, order_of
from crosswalks.elm.syntax.rdf import short_name
from crosswalks.mapping import read_head
from crosswalks.values import value_rows

MOST_NODES = 50_000
DEEPEST = 100
LONGEST = 1_000_000
"""Limits of one listing: nodes, links from the root, characters of one literal."""

OPPORTUNITY = "elm:LearningOpportunity"
SPECIFICATIONS = ("elm:LearningAchievementSpecification", "elm:Qualification")
OFFERS = "elm:learningAchievementSpecification"
STATUS = "elm:status"
MOST_IN_ALL = 200_000
MOST_REPEATED = 20
"""Nodes of all listings of a graph: so many, and as many times those of the graph, since listings share what they name.
"""
STUBS = frozenset({
    "elm:hasPart", "elm:isPartOf", "elm:specialisationOf", "elm:generalisationOf", "elm:influences", "elm:proves",
    "elm:entitledBy", "org:hasSubOrganization", "org:subOrganizationOf", "elm:organisation", "elm:limitQualification",
    "elm:limitOrganisation", "foaf:member",
})  # fmt: skip
"""Properties whose targets are neighbours: only what names them is kept."""
NAMING = frozenset({"dc:title", "rov:legalName", "skos:prefLabel", "adms:identifier"})
INVERSES = {
    "elm:proves": "elm:provenBy",
    "elm:influences": "elm:influencedBy",
    "elm:entitledBy": "elm:entitlesTo",
    "elm:organisation": "elm:accreditation",
    "elm:hasPart": "elm:isPartOf",
}
"""Properties that say from the far end what a listing says with the other one."""

_SUBCLASS = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
_FOLDER = Path(__file__).parent / "values"


class Nodes(Protocol):
    """What a closure asks of its source."""

    def properties(self, node: str) -> Properties:
        """Return the properties of a node; none for one that is only referred to."""


class Closed(NamedTuple):
    """The outcome for one root: the listing and where its nodes stood, or the reason why it was left out."""

    root: str
    listing: ElmListing | None
    places: dict[str, str]
    issue: Issue | None


def listings(graph: Graph) -> Iterator[Closed]:
    """Yield the outcome for every root of a graph, in a steady order; one bad record does not hinder the others.

    Raises `CodedError` with `listings_crowded` when many listings share so much that they would go on without end.
    """
    state_both_ways(graph)
    found = roots(graph)
    left = MOST_IN_ALL + MOST_REPEATED * len(graph.nodes)
    for root in sorted(root for root in found if root[:2] != "_:"):
        outcome = closed(root, graph, graph.places)
        left -= len(outcome.listing.nodes) if outcome.listing else 1
        if left < 0:
            raise CodedError.of("listings_crowded", records=len(found), things=len(graph.nodes))
        yield outcome
    nameless = [closed(root, graph, graph.places) for root in found if root[:2] == "_:"]
    by_name = {outcome.listing.root if outcome.listing else outcome.root: outcome for outcome in nameless}
    yield from (by_name[name] for name in sorted(by_name))


def roots(graph: Graph) -> list[str]:
    """Return the opportunities, and the specifications that no opportunity offers."""
    opportunities = dict.fromkeys(graph.of_class(OPPORTUNITY))
    offered = {value for node in opportunities for value in graph.properties(node).get(OFFERS, ())}
    others = dict.fromkeys(node for name in SPECIFICATIONS for node in graph.of_class(name))
    return [*opportunities, *(node for node in others if node not in offered and node not in opportunities)]


def unreached(graph: Graph, listed: list[ElmListing]) -> list[str]:
    """Return the named nodes that no listing holds whole, so that a reader of the whole file can tell them."""
    held: dict[str, set[str]] = {}
    for listing in listed:
        for node, content in listing.nodes.items():
            held.setdefault(node, set()).update(content.properties)
    return sorted(
        node
        for node, properties in graph.nodes.items()
        if node[:2] != "_:" and (node not in held or not properties.keys() <= held[node] | {TYPE})
    )


def name_known_classes(graph: Graph) -> None:
    """Add the profile's class to nodes that have a project's subclass of it, known to us or declared in the data."""
    declared = {
        node: [value for value in properties[_SUBCLASS] if isinstance(value, str)]
        for node, properties in graph.nodes.items()
        if _SUBCLASS in properties
    }
    for properties in graph.nodes.values():
        if TYPE in properties:
            types = properties[TYPE]
            inherited = [short_name(parent) for name in types for parent in declared.get(str(name), ())]
            properties[TYPE] = with_known_classes([*types, *inherited])


def with_known_classes(types: list[Value]) -> list[Value]:
    """Return types with the profile's class of each known subclass, for a store that is asked node by node."""
    added = [_subclasses()[name] for name in types if name in _subclasses()]
    return list(dict.fromkeys([*types, *added])) if added or len(set(types)) < len(types) else types


@cache
def _subclasses() -> dict[Value, str]:
    path = _FOLDER / "subclasses.sssom.tsv"
    prefixes: dict[str, str] = read_head(path)["curie_map"]
    named = ((row.subject.name.partition(":"), row.object.name) for row in value_rows(path))
    return {prefixes[prefix] + local: known for (prefix, _, local), known in named}


def state_both_ways(graph: Graph) -> None:
    """Add what the data says in other ways: from the far end of a link, or by a project's subclass."""
    name_known_classes(graph)
    added: list[tuple[str, str, str]] = []
    for node, properties in graph.nodes.items():
        for name, inverse in INVERSES.items():
            added.extend((value, inverse, node) for value in properties.get(name, ()) if isinstance(value, str))
        if "elm:awardingBody" in properties:
            added.extend(
                (value, "elm:awardingOpportunity", node)
                for value in properties.get(OFFERS, ())
                if isinstance(value, str)
            )
    for node, name, value in added:
        if node in graph.nodes:
            graph.add(node, name, value)


def closed(root: str, nodes: Nodes, places: Mapping[str, str] | None = None) -> Closed:
    """Return the outcome for one root."""
    try:
        walk = _walk(root, nodes)
        names = blank_names(walk)
        listing = _listing(root, walk, names)
    except CodedError as error:
        first = error.issues[0]
        return Closed(root, None, {}, Issue(first.code, first.params, root, first.place))
    found = {names.get(node, node): place for node in walk if (place := (places or {}).get(node))}
    return Closed(root, listing, found, None)


@dataclass(slots=True)
class _Seen:
    """What the walk has met: whole nodes, neighbours of which only a stub is wanted, and people."""

    whole: dict[str, Properties] = field(default_factory=dict)
    neighbours: dict[str, None] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)

    def keep(self, node: str, properties: Properties) -> bool:
        """Keep a node unless it is a person. Raises `CodedError` when there are too many."""
        if any(name in personal_classes() for name in properties.get(TYPE, ())):
            self.people.add(node)
            return False
        if len(self.whole) >= MOST_NODES:
            raise CodedError.of("elm_listing_too_large", limit=MOST_NODES)
        self.whole[node] = properties
        return True


def _walk(root: str, nodes: Nodes) -> dict[str, Properties]:
    """Return the nodes of a listing with what is kept of each. Raises `CodedError` when a limit is passed."""
    seen = _Seen()
    layer = [root]
    for _ in range(DEEPEST):
        found: list[str] = []
        for node in layer:
            if node in seen.whole or node in seen.people or not (properties := nodes.properties(node)):
                continue
            kept = _with_known_classes(_without_personal_properties(properties))
            if seen.keep(node, kept):
                _follow(node, root, kept, found, seen)
        layer = found
        if not layer:
            break
    else:
        if any(node not in seen.whole and nodes.properties(node) for node in layer):
            raise CodedError.of("elm_listing_too_deep", limit=DEEPEST)
    if root not in seen.whole:
        raise CodedError.of("elm_nothing_found")
    _add_stubs(seen, nodes)
    return _without_people(seen) if seen.people else seen.whole


def _follow(node: str, root: str, properties: Properties, found: list[str], seen: _Seen) -> None:
    for name, values in properties.items():
        if name == TYPE:
            continue
        neighbours = name in STUBS or (name == OFFERS and node != root)
        for value in values:
            if type(value) is str:
                if value.startswith("mailto:"):
                    seen.people.add(value)
                elif neighbours:
                    seen.neighbours[value] = None
                else:
                    found.append(value)


def _add_stubs(seen: _Seen, nodes: Nodes) -> None:
    """Add what names the neighbours, then the identifiers they list."""
    stubs: list[Properties] = []
    for node in seen.neighbours:
        if node not in seen.whole and (properties := nodes.properties(node)):
            stub = {name: values for name, values in properties.items() if name == TYPE or name in NAMING}
            if seen.keep(node, stub):
                stubs.append(stub)
    listed = dict.fromkeys(value for stub in stubs for value in stub.get("adms:identifier", ()))
    for value in listed:
        if isinstance(value, str) and value not in seen.whole and (inner := nodes.properties(value)):
            seen.keep(value, {name: values for name, values in inner.items() if name == TYPE or _plain(values)})


def _plain(values: list[Value]) -> bool:
    return all(isinstance(value, Lit) for value in values)


WITHHELD = Lit("", "personal")
"""Stands where data about a person stood."""


def _with_known_classes(properties: Properties) -> Properties:
    types = properties.get(TYPE, [])
    known = with_known_classes(types)
    return properties if known is types else {**properties, TYPE: known}


def _without_personal_properties(properties: Properties) -> Properties:
    personal = personal_properties()
    if personal.isdisjoint(properties):
        return properties
    return {name: [WITHHELD] * len(values) if name in personal else values for name, values in properties.items()}


def _without_people(seen: _Seen) -> dict[str, Properties]:
    """Return the nodes with every link to a person withheld."""
    people = seen.people
    return {
        node: {
            name: [WITHHELD if value in people else value for value in values] for name, values in properties.items()
        }
        for node, properties in seen.whole.items()
    }


@cache
def personal_properties() -> frozenset[str]:
    """Return the properties whose values are never taken in."""
    return _first_column("personal.tsv")


@cache
def personal_classes() -> frozenset[str]:
    """Return the classes of nodes that are never taken in."""
    return _first_column("personal_classes.tsv")


def _first_column(name: str) -> frozenset[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(line.partition("\t")[0] for line in lines)


def _listing(root: str, walk: dict[str, Properties], names: dict[str, str]) -> ElmListing:
    """Return the listing with final names, nodes and values in a steady order."""
    order = order_of(walk, names)
    nodes = {names.get(node, node): properties for node, properties in walk.items()}
    made: dict[str, ElmNode] = {}
    layer = [names.get(root, root)]
    while layer:
        found: list[str] = []
        for node in layer:
            if node not in made:
                values = _values(nodes[node], names, order)
                made[node] = ElmNode.model_construct(types=_types(nodes[node]), properties=values)
                found.extend(one.id for many in values.values() for one in many if one.id in nodes)
        layer = found
    top = made[names.get(root, root)]
    status = next((value.value or value.id for value in top.properties.get(STATUS, ())), None)
    return ElmListing(root=names.get(root, root), nodes=made, status=status or None)


def _types(properties: Properties) -> tuple[str, ...]:
    return tuple(sorted(str(value) for value in properties.get(TYPE, ()) if isinstance(value, str)))


def _values(
    properties: Properties, names: dict[str, str], order: Callable[[Value], tuple[Any, ...]]
) -> dict[str, tuple[ElmValue, ...]]:
    made: dict[str, tuple[ElmValue, ...]] = {}
    for name in sorted(properties):
        if name == TYPE:
            continue
        values = properties[name]
        if len(values) == 1:
            made[name] = (_value(values[0], names),)
            continue
        kept: dict[object, ElmValue] = {}
        for number, value in enumerate(sorted(values, key=order)):
            one = _value(value, names)
            kept.setdefault(one.id or number, one)
        made[name] = tuple(kept.values())
    return made


def _value(value: Value, names: dict[str, str]) -> ElmValue:
    """Return a value of the model. Raises `CodedError` with `elm_value_too_long`."""
    if not isinstance(value, Lit):
        return _link(names.get(value, value))
    if value is WITHHELD:
        return _NOTHING
    if len(value.value) > LONGEST:
        raise CodedError.of("elm_value_too_long", size=len(value.value), limit=LONGEST)
    datatype = None if value.datatype in _PLAIN else value.datatype
    return ElmValue(value=value.value, language=value.language or None, datatype=datatype)


_NOTHING = ElmValue()
_PLAIN = frozenset({"xsd:string", "rdf:langString"})


@lru_cache(maxsize=16_384)
def _link(node: str) -> ElmValue:
    return ElmValue(id=node)
