"""The learning opportunity: what is on offer, by whom, where to read about it, when, and for how much."""

from __future__ import annotations

from functools import lru_cache

from crosswalks.descriptor.model import Fee, Offer
from crosswalks.elm.codes import language_concept, listed_concept
from crosswalks.elm.concepts import LANGUAGE_UNDETERMINED, Node, concept
from crosswalks.elm.profile import vocabulary
from crosswalks.elm.writing.draft import Draft
from crosswalks.elm.writing.moments import date_time, xsd_duration
from crosswalks.elm.writing.notes import (
    joined,
    label_text,
    note,
    offer_text,
    quality_text,
    recognition_text,
    source_text,
)
from crosswalks.elm.writing.organisations import identifier_node

_OFFSETS = {"JP": "+09:00", "MY": "+08:00"}
"""Offsets from UTC of countries with one zone and no summer time."""
_TEXTS_IN = ("ja", "en")


def opportunity_node(draft: Draft, page: str, providers: list[Node], specification: Node, modified: str | None) -> Node:
    """Return the opportunity with everything below it."""
    descriptor, root = draft.descriptor, draft.root
    node: Node = {
        "id": root,
        "type": "LearningOpportunity",
        "identifier": [identifier_node(f"{root}/identifier", "Kakehashi", root)],
        "title": descriptor.title,
    }
    if descriptor.description:
        node["description"] = descriptor.description
    node["dcType"] = draft.kind
    node["homepage"] = [{"id": f"{root}/page", "type": "WebResource", "contentUrl": page}]
    if descriptor.further_info and (documents := _documents(draft)):
        node["supplementaryDocument"] = documents
    if descriptor.volume and descriptor.volume.duration:
        node["duration"] = xsd_duration(descriptor.volume.duration)
    if draft.modes:
        node["mode"] = draft.modes
    if descriptor.offer:
        _first_offer(draft, node)
    if descriptor.fee:
        node["priceDetail"] = [_price(draft, descriptor.fee)]
    node["providedBy"] = providers
    node["learningAchievementSpecification"] = specification
    node["defaultLanguage"] = _default_language(draft)
    if descriptor.source_record.status:
        node["status"] = descriptor.source_record.status
    if modified:
        node["modified"] = modified
    _notes(draft)
    if draft.notes:
        node["additionalNote"] = draft.notes
    return node


def _default_language(draft: Draft) -> str:
    """Return the language of the texts: Japanese or English where they have it, else the first that is listed."""
    return draft.concepts.use(_language_of(tuple(draft.descriptor.description or draft.descriptor.title)))


@lru_cache(maxsize=4096)
def _language_of(tags: tuple[str, ...]) -> Node:
    for tag in (*_TEXTS_IN, *tags):
        if tag in tags and (node := language_concept(tag)):
            return node
    return concept("language", LANGUAGE_UNDETERMINED)


def _documents(draft: Draft) -> list[Node]:
    nodes = []
    for index, info in enumerate(draft.descriptor.further_info):
        if info.url:
            node: Node = {"id": f"{draft.root}/document/{index + 1}", "type": "WebResource"}
            if info.label:
                node["title"] = info.label
            node["contentUrl"] = info.url
            nodes.append(node)
        elif info.label:
            draft.cases[f"further_info.{index}"] = "note"
            draft.note("information", info.label)
    return nodes


def _price(draft: Draft, fee: Fee) -> Node:
    node: Node = {"id": f"{draft.root}/price", "type": "PriceDetail"}
    amount = None if fee.amount is None else format(fee.amount, "f")
    if amount is not None and fee.currency in vocabulary("currency").labels:
        unit = draft.concepts.official("currency", fee.currency)
        node["amount"] = {"id": f"{draft.root}/price/amount", "type": "Amount", "unit": unit, "value": amount}
    elif amount is not None or fee.currency:
        draft.cases["fee"] = "lost" if fee.text else "as_text"
    if fee.text:
        node["description"] = fee.text
    elif draft.cases.get("fee") == "as_text":
        node["description"] = {"und": f"{amount or ''} {fee.currency or ''}".strip()}
    return node


def _first_offer(draft: Draft, node: Node) -> None:
    """Write the first intake in ELM's own places and the further ones as notes: an opportunity has one period."""
    first, root = draft.descriptor.offer[0], draft.root
    issuer = draft.descriptor.issuer
    offset = _OFFSETS.get(issuer.country or "", "") if issuer else ""
    if first.starts or first.ends:
        period: Node = {"id": f"{root}/period", "type": "PeriodOfTime"}
        if first.starts:
            period["startDate"] = date_time(first.starts, offset)
        if first.ends:
            period["endDate"] = date_time(first.ends, offset)
        node["temporal"] = period
    if first.schedule:
        node["scheduleInformation"] = note(f"{root}/schedule", first.schedule)
    if first.admission:
        node["admissionProcedure"] = note(f"{root}/admission", first.admission)
    if first.application_deadline:
        node["applicationDeadline"] = [date_time(first.application_deadline, offset)]
    if first.location:
        draft.labelled("offer", offer_text(Offer(location=first.location)))
    for index, offer in enumerate(draft.descriptor.offer[1:], 1):
        draft.cases[f"offer.{index}"] = "note"
        if text := offer_text(offer):
            draft.labelled("offer", text)


def _notes(draft: Draft) -> None:
    """Write what ELM has no structured place for."""
    descriptor = draft.descriptor
    if descriptor.volume and descriptor.volume.text:
        draft.labelled("volume", descriptor.volume.text)
    for index, method in enumerate(descriptor.teaching_method):
        listed = listed_concept("DeliveryMode", method.mode) if method.mode else None
        label = label_text("DeliveryMode", method.mode) if method.mode and listed is None else {}
        if label:
            draft.cases[f"teaching_method.{index}.mode"] = "note"
        if text := joined(label, method.text):
            draft.labelled("teaching", text)
    if assurance := descriptor.quality_assurance:
        for index, decision in enumerate(assurance.external):
            if f"quality_assurance.external.{index}" not in draft.cases:
                draft.labelled("quality", quality_text(decision))
        for statement in assurance.undivided:
            draft.labelled("quality", joined(statement.text, statement.body))
    for recognition in descriptor.other_recognition:
        draft.labelled("recognition", recognition_text(recognition))
    for audience in descriptor.target_group:
        draft.labelled("audience", audience)
    if descriptor.source_record.attribution:
        draft.note("source", source_text(descriptor.source_record.attribution))
