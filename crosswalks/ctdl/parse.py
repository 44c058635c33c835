"""Credentials out of CTDL graphs, and graphs out of credentials, by `terms.tsv`; no context is ever fetched.

The graph form of Credential Engine's registry holds the credential, and every organisation that has no page there as a
blank node beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from config.messages import CodedError, Issue
from crosswalks.ctdl.model import CtdlListing
from crosswalks.files import json_objects, write_json
from crosswalks.terms import Node, Rest, Terms

CONTEXT = "https://credreg.net/ctdl/schema/context/json"
FORMATS = {"jsonld": "jsonld"}
MICRO_CREDENTIAL = "ceterms:MicroCredential"
_CREDENTIALS = frozenset({MICRO_CREDENTIAL, "ceterms:Badge", "ceterms:DigitalBadge", "ceterms:OpenBadge"})
_ORGANISATIONS = frozenset({
    "ceterms:Organization", "ceterms:CredentialOrganization", "ceterms:QACredentialOrganization", "ceterms:Agent",
})  # fmt: skip
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

    Organisations that have records of their own in the file give their names to those who refer to them. Raises
    `CodedError` with `file_not_schema`, and, when every credential was yielded, with `record_of_another_kind` for each
    record that is neither.
    """
    wholes = [(number, _resource(record)) for number, record in json_objects(data, name, "ctdl")]
    bodies = {
        node["@id"]: node
        for _, whole in wholes
        for node in _nodes(whole)
        if _kinds(node) & _ORGANISATIONS and isinstance(node.get("@id"), str) and not node["@id"].startswith("_:")
    }
    others: list[Issue] = []
    found = False
    for number, whole in wholes:
        listings = _listings(number, whole, bodies, name)
        yield from listings
        found = found or bool(listings)
        kinds = ", ".join(sorted({kind for node in _nodes(whole)[:1] for kind in _kinds(node)})) or "—"
        if not listings and not any(_kinds(node) & _ORGANISATIONS for node in _nodes(whole)):
            others.append(
                Issue("record_of_another_kind", {"number": number, "kinds": kinds, "wanted": MICRO_CREDENTIAL})
            )
    if not found:
        detail = f"no {MICRO_CREDENTIAL}"
        raise CodedError(Issue("file_not_schema", {"file": name, "schema": "ctdl", "detail": detail}), *others)
    if others:
        raise CodedError(*others)


def _resource(record: Node) -> Node:
    found = record.get("decoded_resource")
    return found if isinstance(found, dict) else record


def _nodes(whole: Node) -> list[Node]:
    graph = whole.get("@graph")
    return [node for node in (graph if isinstance(graph, list) else [whole]) if isinstance(node, dict)]


def _kinds(node: Node) -> set[str]:
    kinds = node.get("@type")
    return {kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)}


def _listings(number: int, whole: Node, bodies: Mapping[str, Node], name: str) -> list[CtdlListing]:
    nodes = _nodes(whole)
    known = {**bodies, **{own: node for node in nodes if isinstance(own := node.get("@id"), str)}}
    made = []
    for node in nodes:
        if _kinds(node) & _CREDENTIALS:
            rest = Rest()
            try:
                values = TERMS.decoded(node, "CtdlListing", known, rest)
                one = CtdlListing(**values, left_out=tuple(rest.left_out), unplaced=rest.unplaced, others=rest.others)
            except ValueError as error:
                detail = f"record {number}: {str(error).splitlines()[0]}"
                raise CodedError.of("file_not_schema", file=name, schema="ctdl", detail=detail) from None
            made.append(one)
    return made


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
