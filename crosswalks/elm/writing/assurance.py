"""Quality decisions in ELM: an `Accreditation` says that an *institution* was judged, and only that.

A decision about a programme or a credential is never hung on an organisation, where it would be a false claim; it
leaves as a note.
"""

from __future__ import annotations

from collections.abc import Iterable

from crosswalks.descriptor.model import ExternalQuality, QualityAssurance
from crosswalks.elm.codes import country_concept
from crosswalks.elm.concepts import Node
from crosswalks.elm.writing.draft import Draft
from crosswalks.elm.writing.organisations import agent_node, identifier_node

INSTITUTIONAL = "bb4618238e"
"""Official type of the accreditation: institutional quality assurance."""


def institutional(assurance: QualityAssurance | None) -> dict[int, ExternalQuality]:
    """Return the decisions that can be accreditations of the institution, by their index.

    The shapes demand the body that decided, with its country; a decision without them is left for a note.
    """
    if assurance is None or not assurance.external:
        return {}
    return {
        index: decision
        for index, decision in enumerate(assurance.external)
        if decision.object == "institution"
        and decision.body
        and decision.body_country
        and country_concept(decision.body_country)
    }


def accreditations(draft: Draft, organisation: Node, decisions: Iterable[ExternalQuality]) -> list[Node]:
    """Return an accreditation of an organisation for each institutional decision."""
    made = []
    for number, decision in enumerate(decisions, 1):
        agent = agent_node(draft.base, decision.body or {}, decision.body_country or "", draft.concepts)
        iri = f"{organisation['id']}/accreditation/{number}"
        node: Node = {"id": iri, "type": "Accreditation"}
        if decision.decision_ref:
            node["identifier"] = [identifier_node(f"{iri}/identifier", "accreditation", decision.decision_ref)]
        node["dcType"] = draft.concepts.official("accreditation", INSTITUTIONAL)
        node["title"] = decision.scheme or decision.body or {}
        if decision.text:
            node["description"] = decision.text
        if decision.url:
            node["landingPage"] = [{"id": f"{iri}/page", "type": "WebResource", "contentUrl": decision.url}]
        node["organisation"] = [organisation["id"]]
        node["accreditingAgent"] = agent
        if decision.valid_from:
            node["issued"] = f"{decision.valid_from}T00:00:00"
        if decision.valid_until:
            node["expiryDate"] = f"{decision.valid_until}T00:00:00"
        made.append(node)
    return made
