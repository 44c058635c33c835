"""What the stream says: its description, its tree of pages, and its members, as statements.

A member is one row of the log. Page n holds the rows with numbers from n × 250 + 1 on; its bounds in time are told on
the way to it. A page is closed when its last number has been given; then nothing in it changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rdf import VERSION_OF, triples
from crosswalks.descriptor.rdf_values import is_iri, node_id
from portal.partners.statements import RDF_TYPE, Statement, iri, moment, text, typed
from store.publications import LogRow

PAGE = 250
GROUP = 250
"""Pages below one node, once there are more than `MOST_BELOW_ROOT`."""
MOST_BELOW_ROOT = 500
POLLING_SECONDS = 300
_LDES = "https://w3id.org/ldes#"
_TREE = "https://w3id.org/tree#"
_DCT = "http://purl.org/dc/terms/"
_AS = "https://www.w3.org/ns/activitystreams#"
_SH = "http://www.w3.org/ns/shacl#"
_PROV = "http://www.w3.org/ns/prov#"
_CREATED = iri(f"{_DCT}created")
_POSITION = iri("https://schema.org/position")
_OPS = {"create": iri(f"{_AS}Create"), "update": iri(f"{_AS}Update"), "delete": iri(f"{_AS}Delete")}
_TITLE = {"ja": "公開記録の全履歴", "en": "Everything published, in order"}
_RETENTION = {
    "ja": "全履歴を保持します。ページもメンバーも削除しません。",
    "en": "The full history is kept: neither pages nor members are ever removed.",
}


class Bounds(NamedTuple):
    """Where a page or group stands: its number, its first and last row, and the first row behind it."""

    number: int
    first: LogRow
    last: LogRow
    following: LogRow | None


class Places(NamedTuple):
    """Addresses within the stream, relative to the server's root so that its pages can be mirrored."""

    base: str

    @property
    def path(self) -> str:
        """The path of the stream."""
        return f"{urlsplit(self.base).path}/ldes"

    @property
    def stream(self) -> str:
        """The stream itself, as a term."""
        return iri(self.path)

    @property
    def root(self) -> str:
        """The root of the tree, as a term."""
        return iri(f"{self.path}/pages")

    def page(self, number: int) -> str:
        """Return a page as a term."""
        return iri(f"{self.path}/pages/{number}")

    def group(self, number: int) -> str:
        """Return a node over some pages as a term."""
        return iri(f"{self.path}/groups/{number}")

    def member(self, row: LogRow) -> str:
        """Return the identifier of a member."""
        return f"{self.base}/versions/{row.record_id}/{row.seq}"


def description(places: Places) -> Iterator[Statement]:
    """Yield what the stream says of itself."""
    stream, shape = places.stream, iri(f"{places.path}#member")
    yield stream, RDF_TYPE, iri(f"{_LDES}EventStream")
    yield from ((stream, iri(f"{_DCT}title"), text(words, tag)) for tag, words in _TITLE.items())
    yield from ((stream, iri(f"{_DCT}description"), text(words, tag)) for tag, words in _RETENTION.items())
    yield stream, iri(f"{_TREE}view"), places.root
    yield stream, iri(f"{_TREE}shape"), shape
    yield stream, iri(f"{_LDES}timestampPath"), _CREATED
    yield stream, iri(f"{_LDES}sequencePath"), _POSITION
    yield stream, iri(f"{_LDES}versionOfPath"), iri(VERSION_OF)
    for name, op in (("Create", "create"), ("Update", "update"), ("Delete", "delete")):
        yield stream, iri(f"{_LDES}version{name}Path"), RDF_TYPE
        yield stream, iri(f"{_LDES}version{name}Object"), _OPS[op]
    yield stream, iri(f"{_LDES}pollingInterval"), typed(POLLING_SECONDS, "integer")
    yield from _shape(places, shape)


def _shape(places: Places, shape: str) -> Iterator[Statement]:
    rules = {
        "created": (_CREATED, "datatype", iri("http://www.w3.org/2001/XMLSchema#dateTime")),
        "position": (_POSITION, "datatype", iri("http://www.w3.org/2001/XMLSchema#integer")),
        "version": (iri(VERSION_OF), "nodeKind", iri(f"{_SH}IRI")),
    }
    yield shape, RDF_TYPE, iri(f"{_SH}NodeShape")
    for name in rules:
        yield shape, iri(f"{_SH}property"), iri(f"{places.path}#member-{name}")
    for name, (path, rule, value) in rules.items():
        own = iri(f"{places.path}#member-{name}")
        yield own, iri(f"{_SH}path"), path
        yield own, iri(f"{_SH}{rule}"), value
        yield own, iri(f"{_SH}minCount"), typed(1, "integer")
        yield own, iri(f"{_SH}maxCount"), typed(1, "integer")


def node(places: Places, own: str, below: Iterable[Bounds], *, groups: bool) -> Iterator[Statement]:
    """Yield a node of the tree: two relations, its bounds in time, to each page or group below."""
    yield from description(places)
    yield own, RDF_TYPE, iri(f"{_TREE}Node")
    path = own[1:-1]
    for one in below:
        target = places.group(one.number) if groups else places.page(one.number)
        following = one.following
        ends_before = following is not None and following.published_at > one.last.published_at
        upper = "LessThanRelation" if ends_before else "LessThanOrEqualToRelation"
        last = following.published_at if following is not None and ends_before else one.last.published_at
        bounds = [("from", "GreaterThanOrEqualToRelation", one.first.published_at)]
        if following is not None:
            bounds.append(("to", upper, last))
        for name, kind, value in bounds:
            relation = iri(f"{path}#{one.number}-{name}")
            yield own, iri(f"{_TREE}relation"), relation
            yield relation, RDF_TYPE, iri(f"{_TREE}{kind}")
            yield relation, iri(f"{_TREE}node"), target
            yield relation, iri(f"{_TREE}path"), _CREATED
            yield relation, iri(f"{_TREE}value"), moment(value)


def page(
    places: Places, number: int, members: Iterable[tuple[LogRow, Descriptor | None]], *, closed: bool
) -> Iterator[Statement]:
    """Yield a page with its members; a tombstone has no descriptor."""
    own = places.page(number)
    yield from description(places)
    yield own, RDF_TYPE, iri(f"{_TREE}Node")
    if closed:
        yield own, iri(f"{_LDES}immutable"), typed("true", "boolean")
    for row, released in members:
        yield places.stream, iri(f"{_TREE}member"), iri(places.member(row))
        yield from member(places, row, released)


def member(places: Places, row: LogRow, released: Descriptor | None) -> Iterator[Statement]:
    """Yield a member: when, what of, what was done; and the whole descriptor, under the name of the version."""
    name = places.member(row)
    own = iri(name)
    yield own, RDF_TYPE, _OPS[row.op]
    yield own, iri(VERSION_OF), f"<{node_id(released.id if released else row.iri)}>"
    yield own, _CREATED, moment(row.published_at)
    yield own, _POSITION, typed(row.seq, "integer")
    if released is not None:
        if (found := released.source_record.url) and is_iri(found):
            yield own, iri(f"{_PROV}wasDerivedFrom"), f"<{found}>"
        yield from triples(released, name)
