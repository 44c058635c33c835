"""Organisations of an ELM document: one node per organisation, with the location and country the shapes demand."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b

import orjson

from crosswalks.descriptor.model import ExternalQuality, Organisation
from crosswalks.elm.codes import country_concept
from crosswalks.elm.concepts import Concepts, Node


def organisation_node(
    base: str, organisation: Organisation, concepts: Concepts, decisions: Collection[ExternalQuality] = ()
) -> Node | None:
    """Return the node of an organisation, or None when its country is not known: an address needs one.

    Its identifier is made of what is known about it, the decisions on it included: what two records know differently
    is never mixed in one node.
    """
    place = country_concept(organisation.country) if organisation.country else None
    if place is None:
        return None
    concepts.use(place)
    return _agent(
        base,
        tuple(organisation.name.items()),
        organisation.country,
        tuple([(item.scheme, item.value) for item in organisation.id]),
        organisation.url,
        organisation.former_names,
        orjson.dumps([decision.model_dump(mode="json") for decision in decisions]) if decisions else b"[]",
    )


def agent_node(base: str, name: dict[str, str], country: str, concepts: Concepts) -> Node | None:
    """Return the node of an organisation of which name and country are known, or None for an unlisted country."""
    return organisation_node(base, Organisation(name=name, country=country), concepts)


@lru_cache(maxsize=4096)
def _agent(
    base: str,
    names: tuple[tuple[str, str], ...],
    country: str,
    identifiers: tuple[tuple[str, str], ...],
    url: str | None,
    former_names: tuple[str, ...],
    decisions: bytes,
) -> Node:
    """Return the node of an organisation from what is known about it. Many records share it."""
    name = dict(names)
    facts = [name, country, identifiers, url, former_names, orjson.loads(decisions)]
    told = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
    iri = f"{base}/id/org/{blake2b(told, digest_size=10).hexdigest()}"
    place = country_concept(country) or {}
    node: Node = {"id": iri, "type": "Organisation"}
    if former_names:
        others = [former for former in former_names if former not in name.values()]
        if others:
            node["altLabel"] = {"und": others if len(others) > 1 else others[0]}
    node["legalName"] = name
    if identifiers:
        node["identifier"] = [identifier_node(f"{iri}/identifier/{n}", *pair) for n, pair in enumerate(identifiers, 1)]
    if url:
        node["homepage"] = [{"id": f"{iri}/page", "type": "WebResource", "contentUrl": url}]
    node["location"] = [
        {
            "id": f"{iri}/location",
            "type": "Location",
            "address": [{"id": f"{iri}/address", "type": "Address", "countryCode": place["id"]}],
        }
    ]
    return node


def identifier_node(iri: str, scheme: str, value: str) -> Node:
    """Return the node of an identifier in a named scheme."""
    return {"id": iri, "type": "Identifier", "notation": value, "schemeName": scheme}
