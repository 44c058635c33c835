"""Credentials out of CTDL graphs, and graphs out of credentials, by `terms.tsv`; no context is ever fetched.

The graph form of Credential Engine's registry holds the credential, and every organisation that has no page there as a
blank node beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from config.messages import CodedError
from crosswalks.ctdl.model import CtdlListing
from crosswalks.files import json_objects, write_json
from crosswalks.terms import Node, Rest, Terms

CONTEXT = "https://credreg.net/ctdl/schema/context/json"
FORMATS = {"jsonld": "jsonld"}
MICRO_CREDENTIAL = "ceterms:MicroCredential"
_CREDENTIALS = frozenset({MICRO_CREDENTIAL, "ceterms:Badge", "ceterms:DigitalBadge", "ceterms:OpenBadge"})
_PERSONAL = frozenset({
    "ceterms:targetContactPoint", "ceterms:email", "ceterms:telephone", "ceterms:faxNumber", "ceterms:contactType",
    "ceterms:streetAddress", "ceterms:postalCode", "ceterms:addressLocality", "ceterms:givenName", "ceterms:familyName",
    "ceterms:socialMedia", "ceterms:image", "ceterms:latitude", "ceterms:longitude",
})  # fmt: skip
TERMS = Terms(Path(__file__).parent / "terms.tsv", "map", _PERSONAL, ("@context",))
_BODIES = (
    "ceterms:ownedBy", "ceterms:offeredBy", "ceterms:accreditedBy", "ceterms:approvedBy", "ceterms:recognizedBy",
    "ceterms:regulatedBy",
)  # fmt: skip


def load(data: bytes, name: str) -> Iterator[CtdlListing]:
    """Yield the micro-credentials of a file: graphs, bare objects, envelopes of the registry, arrays, or lines of them.

    Raises `CodedError` with `file_not_schema` for an object without any.
    """
    for number, record in json_objects(data, name, "ctdl"):
        found = record.get("decoded_resource")
        whole = found if isinstance(found, dict) else record
        try:
            listings = list(_credentials(whole))
        except ValueError as error:
            detail = f"record {number}: {str(error).splitlines()[0]}"
            raise CodedError.of("file_not_schema", file=name, schema="ctdl", detail=detail) from None
        if not listings:
            detail = f"record {number} is no {MICRO_CREDENTIAL}"
            raise CodedError.of("file_not_schema", file=name, schema="ctdl", detail=detail)
        yield from listings


def _credentials(whole: Node) -> Iterator[CtdlListing]:
    graph = whole.get("@graph")
    nodes = [node for node in (graph if isinstance(graph, list) else [whole]) if isinstance(node, dict)]
    known = {name: node for node in nodes if isinstance(name := node.get("@id"), str)}
    for node in nodes:
        kinds = node.get("@type")
        if _CREDENTIALS.intersection(kinds if isinstance(kinds, list) else [kinds]):
            rest = Rest()
            values = TERMS.decoded(node, "CtdlListing", known, rest)
            yield CtdlListing(**values, left_out=tuple(rest.left_out), unplaced=rest.unplaced, others=rest.others)


def dump(listings: Iterable[CtdlListing], form: str, out: BinaryIO, options: Mapping[str, str]) -> None:  # noqa: ARG001
    """Write each credential as a graph of its own: one document, or an array of several."""
    write_json((graph_of(one) for one in listings), out)


def graph_of(listing: CtdlListing) -> Node:
    """Return a credential as a graph: itself, then the organisations, each with a name of its own."""
    node = TERMS.encoded(listing, "CtdlListing")
    beside: list[Node] = []
    for key in _BODIES:
        if key in node:
            node[key] = [_named(body, beside) for body in node[key]]
    return {"@context": CONTEXT, "@graph": [node, *beside]}


def _named(body: Node, beside: list[Node]) -> Any:
    name = body.get("@id") or f"_:organisation-{len(beside) + 1}"
    beside.append({"@id": name, **body})
    return name
