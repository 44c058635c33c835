"""A page of an event stream as statements: where it leads, and the members that stand in it.

Source: LDES 1.0 and TREE. Relations only say what a page holds; whoever takes all follows every one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urldefrag, urljoin

import pyoxigraph as ox

from connectors.contract import Payload, StructureBroken
from connectors.pages import is_login, parse_page, unrecognised

TREE = "https://w3id.org/tree#"
_DCT = "http://purl.org/dc/terms/"
_POSITION = "https://schema.org/position"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_DELETE = "https://www.w3.org/ns/activitystreams#Delete"
_FORMATS: dict[str, Any] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
}
_KNOWN = frozenset({f"{TREE}view", f"{TREE}node", f"{TREE}member"})


class Member(NamedTuple):
    """One version of a record, or the word that it is gone; `statements` are all that it says."""

    name: str
    of: str
    position: int
    deleted: bool
    statements: tuple[Any, ...]


class Page:
    """The statements of one page."""

    def __init__(self, payload: Payload) -> None:
        self._url = payload.url
        self._about: dict[Any, list[Any]] = {}
        self._said: dict[str, list[Any]] = {}
        for one in _statements(payload):
            self._about.setdefault(one.subject, []).append(one)
            if one.predicate.value in _KNOWN:
                self._said.setdefault(one.predicate.value, []).append(one.object)
        if not self._said:
            raise StructureBroken.of("structure_changed", detail="neither a stream nor a page of one", url=payload.url)

    def links(self) -> list[str]:
        """Return the pages that this one leads to."""
        found = [one.value for name in ("view", "node") for one in self._said.get(TREE + name, ())]
        return list(dict.fromkeys(urldefrag(urljoin(self._url, one)).url for one in found))

    def members(self) -> Iterator[Member]:
        """Yield the members. Raises `StructureBroken` for one that does not say what of, or when."""
        for name in dict.fromkeys(self._said.get(f"{TREE}member", ())):
            said = self._about.get(name, [])
            values = {one.predicate.value: one.object for one in said}
            kinds = {one.object.value for one in said if one.predicate.value == _TYPE}
            of, position = values.get(f"{_DCT}isVersionOf"), values.get(_POSITION)
            if of is None or position is None or not str(position.value).isdigit():
                detail = f"a member without record or position: {name.value}"[:200]
                raise StructureBroken.of("structure_changed", detail=detail, url=self._url)
            yield Member(
                name.value, of.value, int(position.value), _DELETE in kinds, tuple(self._reached(name))
            )  # fmt: skip

    def _reached(self, name: Any) -> Iterator[Any]:
        waiting, seen = [name], {name}
        while waiting:
            for one in self._about.get(waiting.pop(), ()):
                yield one
                if one.object in self._about and one.object not in seen and _is_part(one.object, name):
                    seen.add(one.object)
                    waiting.append(one.object)


def _is_part(node: Any, name: Any) -> bool:
    """Tell whether a node is a part of a member: one without a name of its own, or one named below it."""
    return isinstance(node, ox.BlankNode) or str(node.value).startswith(f"{name.value}#")


def _statements(payload: Payload) -> Iterator[Any]:
    if not payload.body.strip():
        raise StructureBroken.of("page_empty", url=payload.url)
    if is_login(payload.url):
        raise StructureBroken.of("needs_access", url=payload.url)
    syntax = _FORMATS.get(payload.media_type)
    if syntax is None:
        raise unrecognised(parse_page(payload), payload, f"{payload.media_type} instead of a page of an event stream")
    try:
        yield from ox.parse(payload.body, syntax, base_iri=payload.url)
    except (SyntaxError, ValueError) as error:
        detail = str(error).splitlines()[0][:200]
        raise StructureBroken.of("structure_changed", detail=detail, url=payload.url) from None
