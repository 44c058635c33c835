"""Descriptor → MQA row: the four columns of the list, and what Malaysia would ask for before listing it.

Only what is Malaysia's own goes into the columns of the parent programme: a degree programme of another country is no
`Nama Program Akreditasi`. A row is never withheld; what is missing is told.
"""

from __future__ import annotations

import re
from pathlib import Path

from crosswalks.descriptor.model import Descriptor, ExternalQuality, StackLink
from crosswalks.ledger import Crossing
from crosswalks.mqa.model import MqaListing
from crosswalks.mqa.reference import parse_reference
from crosswalks.mqa.rules import check
from crosswalks.outgoing import Outgoing

LANGUAGES = ("ms", "en", "und")
_COUNTRY = "MY"
_PROGRAMMES = frozenset({"degree_programme", "certificate_programme", "qualification", "unspecified"})
_PROVIDING = ("awarding_body", "provider", "accredited_provider")
_BRACKET = re.compile(r"[()]")
_NAME = re.compile(r"[^()\s](?:[^()\n]{0,298}[^()\s])?")
_OTHERWISE = {
    "issuer.former_names": "no_place_for_this_value",
    "co_providers.name": "another_role",
    "co_providers.role": "another_role",
    "quality_assurance.external.decision_ref": "of_another_register",
    "quality_assurance.external.object": "of_another_register",
    "stackability.target_ref": "of_another_register",
    "stackability.target_title": "of_another_register",
}


def write(descriptor: Descriptor) -> Crossing[MqaListing]:
    """Carry one descriptor to a row of the list."""
    out = Outgoing(descriptor, "mqa", Path(__file__).parent)
    title = out.one_text("title", out.descriptor.title, "title", LANGUAGES)
    provider = _provider(out)
    reference = _reference(out)
    programme = _programme(out, reference)
    row = MqaListing(title=title, programme=programme, reference=reference, provider=provider)
    check(out, row)
    return Crossing(row, out.close(_OTHERWISE), tuple(out.issues))


def _provider(out: Outgoing) -> str | None:
    """Return who awards, else the first body that is said to award or provide."""
    issuer = out.descriptor.issuer
    if issuer is not None:
        old = _former_name(out)
        if old is None:
            return out.one_text("issuer.name", issuer.name, "provider", LANGUAGES)
        tag = out.chosen("issuer.name", issuer.name, LANGUAGES)
        out.ledger.normalised(f"issuer.name.{tag}", "provider", "former_name_in_brackets", value=issuer.name[tag])
        return f"{issuer.name[tag]} (Previously known as : {old})"
    for role in _PROVIDING:
        for index, body in enumerate(out.descriptor.co_providers):
            if body.role == role:
                source = f"co_providers.{index}"
                tag = out.chosen(f"{source}.name", body.name, LANGUAGES)
                out.ledger.derived(f"{source}.name.{tag}", "provider", "provider_where_no_issuer_is_stated")
                out.ledger.derived(f"{source}.role", "provider", "provider_where_no_issuer_is_stated")
                return body.name[tag]
    return None


def _former_name(out: Outgoing) -> str | None:
    """Return the former name that the agency's pages put in brackets behind a name: one, without brackets in it."""
    issuer = out.descriptor.issuer
    if issuer is None or len(issuer.former_names) != 1:
        return None
    (old,) = issuer.former_names
    if _NAME.fullmatch(old) is None or any(_BRACKET.search(name) for name in issuer.name.values()):
        return None
    out.ledger.normalised("issuer.former_names.0", "provider", "former_name_in_brackets", value=old)
    return old


def _reference(out: Outgoing) -> str | None:
    """Return the accreditation reference of the parent programme; decisions of other agencies are none."""
    assurance = out.descriptor.quality_assurance
    found: str | None = None
    for index, decision in enumerate(assurance.external if assurance else ()):
        source = f"quality_assurance.external.{index}"
        if not _malaysian_decision(out, decision):
            continue
        if found is not None and found != decision.decision_ref:
            out.ledger.dropped(f"{source}.decision_ref", "one_value_only", value=decision.decision_ref)
            continue
        found = decision.decision_ref
        out.ledger.mapped(f"{source}.decision_ref", "reference")
        out.ledger.derived(f"{source}.object", "reference", "reference_is_of_the_parent_programme")
    return found


def _malaysian_decision(out: Outgoing, decision: ExternalQuality) -> bool:
    if decision.object != "programme" or decision.decision_ref is None:
        return False
    return decision.body_country == _COUNTRY or _malaysian(out, decision.decision_ref)


def _malaysian(out: Outgoing, reference: str | None) -> bool:
    """Tell whether something about a parent programme is Malaysia's: by its reference's shape, or the issuer."""
    if reference and parse_reference(reference).kind != "unknown":
        return True
    issuer = out.descriptor.issuer
    return issuer is not None and issuer.country == _COUNTRY


def _programme(out: Outgoing, reference: str | None) -> str | None:
    """Return the name of the accredited programme: of the link with the same reference, else of one without any."""
    named = [pair for pair in enumerate(out.descriptor.stackability) if _is_parent(out, pair[1])]
    same = [pair for pair in named if pair[1].target_ref == reference]
    index, link = next(iter(same or [pair for pair in named if not pair[1].target_ref]), (0, None))
    if link is None or not link.target_title:
        return None
    if reference and link.target_ref:
        out.ledger.mapped(f"stackability.{index}.target_ref", "reference")
    return out.one_text(f"stackability.{index}.target_title", link.target_title, "programme", LANGUAGES)


def _is_parent(out: Outgoing, link: StackLink) -> bool:
    return bool(link.target_title) and link.target_kind in _PROGRAMMES and _malaysian(out, link.target_ref)
