"""Organisations of an ELM document: one node per organisation, with the location and country the shapes demand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

from crosswalks.descriptor.model import ExternalQuality, Organisation
from crosswalks.elm.codes import country_concept
from crosswalks.elm.concepts import Concepts, Node


def organisation_node(
    base: str, organisation: Organisation, concepts: Concepts, decisions: Iterable[ExternalQuality] = ()
) -> Node | None:
    """Return the node of an organisation, or None when its country is not known: an address needs one.

    Its identifier is made of what is known about it, the decisions on it included: what two records know differently
    is never mixed in one node.
    """
    return agent_node(
        base,
        organisation.name,
        organisation.country,
        concepts,
        identifiers=[(item.scheme, item.value) for item in organisation.id],
        url=organisation.url,
        former_names=organisation.former_names,
        known=[decision.model_dump(mode="json") for decision in decisions],
    )


def agent_node(
    base: str,
    name: dict[str, str],
    country: str | None,
    concepts: Concepts,
    *,
    identifiers: list[tuple[str, str]] | None = None,
    url: str | None = None,
    former_names: tuple[str, ...] = (),
    known: list[Any] | None = None,
) -> Node | None:
    """Return the node of an organisation from its parts, or None when its country is not known.

    `known` is what else makes it a node of its own.
    """
    place = country_concept(country) if country else None
    if place is None:
        return None
    concepts.use(place)
    return _agent(base, orjson.dumps([name, country, identifiers or (), url, former_names, known or ()]))


@lru_cache(maxsize=4096)
def _agent(base: str, known: bytes) -> Node:
    """Return the node of an organisation from the JSON of what is known about it. Many records share it."""
    name, country, identifiers, url, former_names, _ = orjson.loads(known)
    told = orjson.dumps(orjson.loads(known), option=orjson.OPT_SORT_KEYS)
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
