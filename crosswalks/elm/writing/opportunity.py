"""The learning opportunity: what is on offer, by whom, where to read about it, when, and for how much."""

from __future__ import annotations

from functools import lru_cache

from crosswalks.calendars import offsets
from crosswalks.descriptor.model import Fee, Offer
from crosswalks.elm.codes import language_concept
from crosswalks.elm.concepts import LANGUAGE_UNDETERMINED, Node, concept
from crosswalks.elm.profile import vocabulary
from crosswalks.elm.writing.draft import Draft
from crosswalks.elm.writing.moments import date_time, xsd_duration
from crosswalks.elm.writing.notes import (
    joined,
    note,
    offer_text,
    quality_text,
    recognition_text,
    source_text,
)
from crosswalks.elm.writing.organisations import identifier_node

_TEXTS_IN = ("ja", "en")


def opportunity_node(draft: Draft, page: str, providers: list[Node], specification: Node, modified: str | None) -> Node:
    """Return the opportunity with everything below it."""
    descriptor, root = draft.descriptor, draft.root
    title, description = descriptor.title, descriptor.description
    node: Node = {
        "id": root,
        "type": "LearningOpportunity",
        "identifier": [identifier_node(root + "/identifier", "Kakehashi", root)],
        "title": title,
    }
    if description:
        node["description"] = description
    node["dcType"] = draft.kind
    node["homepage"] = [{"id": root + "/page", "type": "WebResource", "contentUrl": page}]
    if descriptor.further_info and (documents := _documents(draft)):
        node["supplementaryDocument"] = documents
    if (volume := descriptor.volume) and (duration := volume.duration):
        node["duration"] = xsd_duration(duration)
    if modes := draft.modes:
        node["mode"] = modes
    if offers := descriptor.offer:
        _offers(draft, node, offers)
    if fee := descriptor.fee:
        node["priceDetail"] = [_price(draft, fee)]
    node["providedBy"] = providers
    node["learningAchievementSpecification"] = specification
    language = _language_of(tuple(description or title))
    node["defaultLanguage"] = iri = language["id"]
    draft.concepts[iri] = language
    if status := descriptor.source_record.status:
        node["status"] = status
    if modified:
        node["modified"] = modified
    _notes(draft)
    if notes := draft.notes:
        node["additionalNote"] = notes
    return node


@lru_cache(maxsize=4096)
def _language_of(tags: tuple[str, ...]) -> Node:
    """Return the language of the texts: Japanese or English where they have it, else the first that is listed."""
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


def _offers(draft: Draft, node: Node, offers: tuple[Offer, ...]) -> None:
    """Write the first intake in ELM's own places and the further ones as notes: an opportunity has one period."""
    first, root, issuer = offers[0], draft.root, draft.descriptor.issuer
    offset = offsets().get(issuer.country or "", "") if issuer else ""
    starts, ends = first.starts, first.ends
    if starts or ends:
        node["temporal"] = period = {"id": f"{root}/period", "type": "PeriodOfTime"}
        if starts:
            period["startDate"] = date_time(starts, offset)
        if ends:
            period["endDate"] = date_time(ends, offset)
    if schedule := first.schedule:
        node["scheduleInformation"] = note(root + "/schedule", schedule)
    if admission := first.admission:
        node["admissionProcedure"] = note(root + "/admission", admission)
    if deadline := first.application_deadline:
        node["applicationDeadline"] = [date_time(deadline, offset)]
    if location := first.location:
        draft.labelled("offer", offer_text(Offer(location=location)))
    for index, offer in enumerate(offers[1:], 1):
        draft.cases[f"offer.{index}"] = "note"
        if text := offer_text(offer):
            draft.labelled("offer", text)


def _notes(draft: Draft) -> None:
    """Write what ELM has no structured place for."""
    descriptor = draft.descriptor
    if (volume := descriptor.volume) and volume.text:
        draft.labelled("volume", volume.text)
    for text in draft.taught:
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
    if attribution := descriptor.source_record.attribution:
        draft.note("source", source_text(attribution))
