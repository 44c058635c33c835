"""Credentials in the wrappings they come in, and what they certify lifted out of them.

Wrappings: the plain credential; the credential beside its `deliveryDetails`; and its text as `payload` beside its
`signatures`. Compact tokens are not read. Only achievements, and what specifies, awards and proves them, are followed.
"""

from __future__ import annotations

import re
from collections import ChainMap, Counter
from collections.abc import Iterator
from typing import Any

from config.messages import CodedError
from crosswalks.crowds import expect_no_crowd
from crosswalks.edc.model import EdcListing
from crosswalks.elm.closure import closed, personal_classes
from crosswalks.elm.graph import TYPE, Graph, Properties, Value
from crosswalks.elm.load import CREDENTIAL, nothing_found, read_graph
from crosswalks.elm.syntax.bounds import json_value, within_size
from crosswalks.elm.syntax.jsonld import read_document

ACHIEVEMENT = "elm:LearningAchievement"
PERSON = "elm:Person"
_SPECIFIED = "elm:specifiedBy"
_CLAIMS = frozenset({"elm:hasClaim", "elm:hasCredential"})
_INSTEAD = ("dc:title", "dc:description")
"""What is taken from a thing itself when nothing specifies it."""
_PARTS = {
    "elm:provenBy": "elm:LearningAssessmentSpecification",
    "elm:influencedBy": "elm:LearningActivitySpecification",
    "elm:entitlesTo": "elm:LearningEntitlementSpecification",
}
_SPECIFICATIONS = ("elm:Qualification", "elm:LearningAchievementSpecification")
_CLAIMED = frozenset({ACHIEVEMENT, "elm:LearningAssessment", "elm:LearningActivity", "elm:LearningEntitlement"})
MOST_STATEMENTS = 2_000_000
"""Achievements of one credential times its statements: each achievement accounts for all that it leaves out."""
_CONTEXT = "http://data.europa.eu/snb/model/context/edc-ap"
_TOKEN = b"eyJ"


def load(data: bytes, name: str) -> Iterator[EdcListing]:
    """Yield what each achievement of a credential is specified by.

    Raises `CodedError` when the file cannot be read (as for listings), with `edc_token` for a compact token, with
    `edc_no_achievement` for a credential of something else, with `elm_nothing_found` or `rules_not_records` for what is
    no credential, or with `credential_crowded`.
    """
    graph = credential_graph(data, name)
    achievements = graph.of_class(ACHIEVEMENT)
    if not achievements:
        raise CodedError.of("edc_no_achievement") if graph.of_class(CREDENTIAL) else nothing_found(graph)
    if len(achievements) * graph.size() > MOST_STATEMENTS:
        raise CodedError.of("credential_crowded", achievements=len(achievements), statements=graph.size())
    sums = _Sums(graph)
    for achievement in achievements:
        yield _lifted(graph, achievement, sums)


def credential_graph(data: bytes, name: str) -> Graph:
    """Return the graph of a credential, whatever it is wrapped in."""
    start = within_size(data).lstrip()
    if start.startswith(_TOKEN):
        raise CodedError.of("edc_token")
    if start[:1] in {b"{", b"["}:
        document = json_value(data)
        expect_no_crowd(document)
        return read_document(_unwrapped(document))
    return read_graph(data, name)


def _unwrapped(document: Any) -> Any:
    if isinstance(document, list):
        return [_unwrapped(item) for item in document]
    if not isinstance(document, dict):
        raise CodedError.of("edc_no_achievement")
    if isinstance(document.get("payload"), str):
        if document["payload"].lstrip().startswith(_TOKEN.decode()):
            raise CodedError.of("edc_token")
        return _unwrapped(json_value(document["payload"].encode()))
    if isinstance(document.get("credential"), dict):
        return _unwrapped(document["credential"])
    return document if "@context" in document else {"@context": _CONTEXT, **document}


class _Lifted:
    """A graph seen as a listing: specifications point to specifications, and no way leads to the holder."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.added: dict[str, Properties] = {}

    def properties(self, node: str) -> Properties:
        """Return the properties of a node as the listing has them."""
        return self.added.get(node) or self._graph.properties(node)


def _lifted(graph: Graph, achievement: str, sums: _Sums) -> EdcListing:
    view = _Lifted(graph)
    root = _specification(graph, view, achievement, *_SPECIFICATIONS)
    properties: Properties = {name: list(values) for name, values in view.properties(root).items()}
    for name, kind in _PARTS.items():
        parts: list[Value] = [
            _specification(graph, view, part, kind)
            for part in graph.properties(achievement).get(name, ())
            if isinstance(part, str) and graph.properties(part)
        ]
        if parts:
            properties[name] = [*properties.get(name, ()), *parts]
    bodies = _awarding_bodies(graph, achievement)
    if bodies:
        awarding = f"_:awarding-of-{root}"
        view.added[awarding] = {TYPE: ["elm:AwardingOpportunity"], "elm:awardingBody": bodies}
        properties["elm:awardingOpportunity"] = [*properties.get("elm:awardingOpportunity", ()), awarding]
    view.added[root] = properties
    outcome = closed(root, view, ChainMap({node: node for node in view.added}, sums.places))
    if outcome.listing is None:
        raise CodedError(*filter(None, [outcome.issue]))
    whole = {node.removeprefix("_:of-") for node in outcome.places.values()}
    return EdcListing(root=outcome.listing.root, nodes=outcome.listing.nodes, left_out=sums.without(whole))


def _specification(graph: Graph, view: _Lifted, thing: str, *kinds: str) -> str:
    """Return the node that specifies a thing; when nothing does, a nameless one with the thing's title, since the
    identifier of the thing itself is that of one holder's claim.
    """
    for node in graph.properties(thing).get(_SPECIFIED, ()):
        if isinstance(node, str) and graph.properties(node):
            return node
    kept = {name: values for name, values in graph.properties(thing).items() if name in _INSTEAD}
    nameless = f"_:of-{thing}"
    view.added[nameless] = {TYPE: [kinds[-1]], **kept}
    return nameless


def _awarding_bodies(graph: Graph, achievement: str) -> list[Value]:
    processes = [node for node in graph.properties(achievement).get("elm:awardedBy", ()) if isinstance(node, str)]
    return list(dict.fromkeys(
        body for process in processes for body in graph.properties(process).get("elm:awardingBody", ())
    ))  # fmt: skip


class _Sums:
    """The statements of a credential by field, counted once; those of the holder's own nodes count as the person's."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._personal = _of_people(graph)
        self._all: Counter[str] = Counter()
        self.places = {node: node for node in graph.nodes}
        for node in graph.nodes:
            self._all.update(self._of(node))

    def without(self, lifted: set[str]) -> dict[str, int]:
        """Return how many statements are left out beside the lifted nodes, by field; a claim itself always is."""
        counts = Counter(self._all)
        for node in lifted:
            if not _CLAIMED.intersection(map(str, self._graph.properties(node).get(TYPE, ()))):
                counts.subtract(self._of(node))
        return dict(sorted((+counts).items()))

    def _of(self, node: str) -> dict[str, int]:
        properties = self._graph.properties(node)
        types = sorted((str(name) for name in properties.get(TYPE, ())), key=lambda name: not name.startswith("elm:"))
        owner = PERSON if node in self._personal else types[0] if types else "Other"
        counts: Counter[str] = Counter()
        for name, values in properties.items():
            if name != TYPE:
                counts[f"{_local(owner)}.{_local(name)}"] += len(values)
        return counts


def _local(name: str) -> str:
    return re.split("[#/:]", name)[-1]


def _of_people(graph: Graph) -> set[str]:
    """Return the nodes that only say something about people: those that a person leads to, but not by a claim."""
    waiting = [
        node
        for node, properties in graph.nodes.items()
        if any(name in personal_classes() for name in properties.get(TYPE, ()))
    ]
    found: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        found.add(node)
        for name, values in graph.properties(node).items():
            if name not in _CLAIMS and name != TYPE:
                waiting.extend(value for value in values if isinstance(value, str) and value in graph.nodes)
    return found
