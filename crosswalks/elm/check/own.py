"""Checks of our own, stricter than the official files: kept apart from what those files say.

They find what the official shapes let pass (an address that leads nowhere, a graph with nothing in it to
check) and what a person should know about the data (terms of another namespace generation, concepts that our
lists lack).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from crosswalks.elm.check.constraints import CONTENT_URL, IN_SCHEME, begins_as_web_address
from crosswalks.elm.check.index import Index
from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.graph import TYPE, Lit, Value
from crosswalks.elm.profile import Vocabulary, classes, vocabularies

MAIN_CLASSES = (
    "elm:LearningOpportunity",
    "elm:LearningAchievementSpecification",
    "elm:Qualification",
    "elm:Accreditation",
)
"""What a dataset is about. Datasets of accreditations alone are allowed (reference on ELM, section 10)."""

_CONCEPT = "skos:Concept"
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\\<>\"{}|^`]+(?:[/?#][^\s<>\"{}|\\^`]*)?", re.IGNORECASE)


def own_rows(index: Index, only: set[str] | None = None) -> list[Row]:
    """Return what our own checks find; with `only`, at these nodes alone."""
    return [
        *_emptiness(index, only),
        *_generations(index),
        *_addresses(index, only),
        *_unlisted(index, only),
        *_foreign(index, only),
        *_dropped(index, only),
        *_unchecked(index, only),
    ]


def _row(component: str, node: str = "", path: str = "", value: Value | None = None, owner: str = "") -> Row:
    return Row(Layer.OWN, node, path, component, value, owner)


def _among(nodes: Iterable[str], only: set[str] | None) -> Iterable[str]:
    return nodes if only is None else [node for node in nodes if node in only]


def _emptiness(index: Index, only: set[str] | None) -> Iterator[Row]:
    if not _among(index.nodes, only):
        yield _row("Empty")
    elif not any(_among(index.members[name], only) for name in MAIN_CLASSES):
        yield _row("Main")


def _generations(index: Index) -> Iterator[Row]:
    if len(index.generations) > 1:
        yield _row("Mixed", value=", ".join(sorted(index.generations)))
    elif index.generations and index.generations != {"elm-3.2"}:
        yield _row("Mapped", value=", ".join(index.generations))


def _addresses(index: Index, only: set[str] | None) -> Iterator[Row]:
    for owner in ("elm:WebResource", "elm:Grant"):
        for node in _among(index.members[owner], only):
            for value in index.nodes[node].get(CONTENT_URL, ()):
                text = value.value if isinstance(value, Lit) else value
                if begins_as_web_address(value) and _WEB_ADDRESS.fullmatch(text) is None:
                    yield _row("Address", node, CONTENT_URL, value, owner)


@cache
def _lists() -> dict[str, Vocabulary]:
    return {one.scheme: one for one in vocabularies().values() if one.labels}


def _unlisted(index: Index, only: set[str] | None) -> Iterator[Row]:
    lists = _lists()
    for node in _among(index.members[_CONCEPT], only):
        for scheme in index.nodes[node].get(IN_SCHEME, ()):
            if isinstance(scheme, str) and scheme in lists and lists[scheme].code(node) is None:
                yield _row("List", node, IN_SCHEME, scheme, _CONCEPT)


def _foreign(index: Index, only: set[str] | None) -> Iterator[Row]:
    if not index.foreign:
        return
    for node in _among(index.nodes, only):
        properties = index.nodes[node]
        for name in properties:
            if name in index.foreign:
                yield _row("Foreign", node, name)
        for value in properties.get(TYPE, ()):
            if value in index.foreign:
                yield _row("Foreign", node, TYPE, value)


def _dropped(index: Index, only: set[str] | None) -> Iterator[Row]:
    for name, nodes in index.dropped.items():
        for node in _among(nodes, only):
            yield _row("Dropped", node, name)


def _unchecked(index: Index, only: set[str] | None) -> Iterator[Row]:
    checked: set[str] = set().union(*(index.members[name] for name in classes()))
    if len(checked) != len(index.nodes):
        for node in _among(index.nodes, only):
            if node not in checked:
                yield _row("Unchecked", node)
