"""Organisations of an ELM document: one node per organisation, with the location and country the shapes demand."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import orjson

from crosswalks.descriptor.model import Organisation
from crosswalks.elm.codes import country_concept
from crosswalks.elm.concepts import Concepts, Node

OWN = "elm:Organisation"
"""Scheme of an organisation's own node identifier, when it came out of ELM data."""


def organisation_node(base: str, organisation: Organisation, concepts: Concepts) -> Node | None:
    """Return the node of an organisation, or None when its country is not known: an address needs one.

    The identifier is the one the organisation brings (from ELM data, or its ROR), else it is made of what is known
    about it, below `base`.
    """
    return agent_node(
        base,
        organisation.name,
        organisation.country,
        concepts,
        identifiers=[(item.scheme, item.value) for item in organisation.id],
        url=organisation.url,
        former_names=organisation.former_names,
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
) -> Node | None:
    """Return the node of an organisation from its parts, or None when its country is not known."""
    place = country_concept(country) if country else None
    if place is None:
        return None
    iri = _identifier(base, name, country, identifiers or [], url)
    node: Node = {"id": iri, "type": "Organisation"}
    if former_names:
        others = [former for former in former_names if former not in name.values()]
        if others:
            node["altLabel"] = {"und": others if len(others) > 1 else others[0]}
    node["legalName"] = name
    pairs = [pair for pair in identifiers or [] if pair != (OWN, iri)]
    if pairs:
        node["identifier"] = [identifier_node(f"{iri}/identifier/{n}", *pair) for n, pair in enumerate(pairs, 1)]
    if url:
        node["homepage"] = [{"id": f"{iri}/page", "type": "WebResource", "contentUrl": url}]
    node["location"] = [
        {
            "id": f"{iri}/location",
            "type": "Location",
            "address": [{"id": f"{iri}/address", "type": "Address", "countryCode": concepts.use(place)}],
        }
    ]
    return node


def identifier_node(iri: str, scheme: str, value: str) -> Node:
    """Return the node of an identifier in a named scheme."""
    return {"id": iri, "type": "Identifier", "notation": value, "schemeName": scheme}


def _identifier(
    base: str, name: dict[str, str], country: str | None, identifiers: list[tuple[str, str]], url: str | None
) -> str:
    for scheme, value in identifiers:
        if scheme == OWN or value.startswith("https://ror.org/"):
            return value
    known: Any = [name, country, identifiers, url]
    digest = blake2b(orjson.dumps(known, option=orjson.OPT_SORT_KEYS), digest_size=10).hexdigest()
    return f"{base}/id/org/{digest}"
