"""How a specification is proven (assessments) and what it counts towards (entitlements)."""

from __future__ import annotations

from crosswalks.descriptor.model import StackLink
from crosswalks.elm.codes import listed_concepts
from crosswalks.elm.concepts import Node
from crosswalks.elm.writing.draft import Draft
from crosswalks.elm.writing.notes import joined, label_text, note
from crosswalks.elm.writing.organisations import identifier_node

_PROSPECTIVE = "5b8d6b34fb"
_TO_LEARNING = "64aad92881"


def assessment_nodes(draft: Draft) -> list[Node]:
    """Return the assessments. One without words of its own is titled with the label of its type."""
    nodes, kinds, start = [], listed_concepts("AssessmentType"), draft.specification + "/assessment/"
    grading = draft.descriptor.grading_scheme
    for index, assessment in enumerate(draft.descriptor.assessment):
        iri, kind, text = f"{start}{index + 1}", assessment.type, assessment.text
        title = text or label_text("AssessmentType", kind or "other")
        node: Node = {"id": iri, "type": "LearningAssessmentSpecification", "title": title}
        if kind and (listed := kinds.get(kind)):
            node["dcType"] = [draft.concepts.use(listed)]
        elif kind:
            draft.cases[f"assessment.{index}.type"] = "not_listed" if text else "title"
        if assessment.threshold:
            node["additionalNote"] = [note(f"{iri}/note", assessment.threshold)]
        if grading and index == 0:
            node["gradingScheme"] = {
                "id": f"{draft.specification}/grading",
                "type": "GradingScheme",
                "title": grading,
            }
        nodes.append(node)
    if grading and not nodes:
        draft.cases["grading_scheme"] = "note"
        draft.labelled("grading", grading)
    return nodes


def entitlement_nodes(draft: Draft) -> list[Node]:
    """Return what the credential counts towards, as prospective entitlements to learning."""
    nodes = []
    for index, link in enumerate(draft.descriptor.stackability):
        if link.target_title or link.target_ref:
            nodes.append(_entitlement(draft, index, link))
        else:
            draft.cases[f"stackability.{index}"] = "note"
            draft.labelled("stackability", joined(label_text("StackTarget", link.target_kind), link.conditions))
    return nodes


def _entitlement(draft: Draft, index: int, link: StackLink) -> Node:
    iri = f"{draft.specification}/entitlement/{index + 1}"
    node: Node = {"id": iri, "type": "LearningEntitlementSpecification"}
    if link.target_title:
        if link.target_ref:
            node["identifier"] = [identifier_node(f"{iri}/identifier", "stackability target", link.target_ref)]
        node["title"] = link.target_title
    else:
        draft.cases[f"stackability.{index}"] = "reference_as_title"
        node["title"] = {"und": link.target_ref}
    if link.conditions:
        node["description"] = link.conditions
    if link.share is not None:
        share = {"en": f"Share of the target: {link.share}", "ja": f"対象に占める割合: {link.share}"}
        node["additionalNote"] = [note(f"{iri}/note", share)]
    node["dcType"] = draft.concepts.official("entitlement", _TO_LEARNING)
    node["entitlementStatus"] = draft.concepts.official("entitlement-status", _PROSPECTIVE)
    return node
