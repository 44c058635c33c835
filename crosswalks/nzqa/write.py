"""Descriptor → NZQA listing: the fields of rule 6, in New Zealand's own terms or not at all.

A record that is not in the register has no number, state, version or page there: it is a proposal. Levels and credits
are carried only where they are stated in New Zealand's schemes. Nobody becomes developer or accredited provider who is
not said to be.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from crosswalks.descriptor.model import Descriptor
from crosswalks.ledger import Crossing
from crosswalks.nzqa.bodies import developer, providers
from crosswalks.nzqa.model import NzqaListing, NzqaProposal
from crosswalks.nzqa.read import CREDIT_SYSTEM, LISTED, NUMBER_SCHEME, PAGE, STATUS_LABEL, TE_HONO, TYPE_LABEL
from crosswalks.nzqa.rules import check
from crosswalks.nzqa.values import FRAMEWORK, field_of
from crosswalks.nzqa.wording import Wording
from crosswalks.outgoing import Outgoing

_CLASSIFICATION = "NZSCED"
_TAIL = re.compile(r"[^/?#]{1,200}\?[^#]{1,600}$")
_OTHERWISE = {
    "source_record.status": "of_another_register",
    "source_record.selected_by": "only_of_registered",
    "version": "only_of_registered",
    "identifiers.scheme": "of_another_register",
    "identifiers.value": "of_another_register",
    "landing_page": "only_of_registered",
    "field.scheme": "of_another_scheme",
    "field.code": "of_another_scheme",
    "field.label": "of_another_scheme",
    "level.scheme": "of_another_scheme",
    "level.value": "of_another_scheme",
    "credit.system": "of_another_scheme",
    "credit.value": "of_another_scheme",
    "co_providers.name": "another_role",
    "co_providers.role": "another_role",
    "co_providers.id.scheme": "of_another_register",
    "co_providers.id.value": "of_another_register",
    "learning_outcomes.category": "no_place_for_this_value",
    "learning_outcomes.note": "no_place_for_this_value",
    "quality_assurance.external.scheme": "only_of_registered",
    "quality_assurance.external.object": "only_of_registered",
    "quality_assurance.external.text": "only_of_registered",
    "further_info.label": "no_place_for_this_value",
}


def write(descriptor: Descriptor) -> Crossing[NzqaProposal]:
    """Carry one descriptor to a listing, or to a proposal of one when the register has not numbered it."""
    out = Outgoing(descriptor, "nzqa", Path(__file__).parent)
    number = _number(out)
    wording = Wording(out, registered=number is not None)
    values: dict[str, Any] = {
        "title": wording.text("title", out.descriptor.title, "title"),
        "credits": _credits(out),
        "level": _level(out),
        "nzsced": _field(out),
        "purpose": wording.text("description", out.descriptor.description, "purpose"),
        "outcome_statement": wording.text("outcome_summary", out.descriptor.outcome_summary, "outcome_statement"),
        "outcomes": wording.outcomes(),
        "pathway_education": wording.pathway(),
        "developer": developer(out),
        "providers": providers(out),
        "te_hono": _te_hono(out),
    }
    for name, value in wording.notes().items():
        values[name] = values.get(name) or value
    if number is not None:
        values.update(number=number, **_register_state(out))
    values["languages"] = wording.languages
    kind = NzqaListing if number is not None else NzqaProposal
    listing = kind(**{name: value for name, value in values.items() if value is not None})
    check(out, listing, wording.foreign)
    return Crossing(listing, out.close(_OTHERWISE), tuple(out.issues))


def _number(out: Outgoing) -> str | None:
    for index, identifier in enumerate(out.descriptor.identifiers):
        if identifier.scheme == NUMBER_SCHEME:
            out.ledger.mapped(f"identifiers.{index}.value", "number")
            out.ledger.derived(f"identifiers.{index}.scheme", "number", "numbering_of_the_register")
            return identifier.value
    return None


def _register_state(out: Outgoing) -> dict[str, str]:
    """Return what only a record of the register has: its state, kind, version and page there."""
    found: dict[str, str] = {}
    record = out.descriptor.source_record
    if record.status:
        out.ledger.mapped("source_record.status", "status")
        found["status"] = record.status
    for index, rule in enumerate(record.selected_by):
        if rule.startswith(TYPE_LABEL) and "type" not in found and (kind := rule.removeprefix(TYPE_LABEL)).strip():
            out.ledger.normalised(f"source_record.selected_by.{index}", "type", "label_and_value", value=rule)
            found["type"] = kind
    if out.descriptor.version:
        out.ledger.mapped("version", "version")
        found["version"] = out.descriptor.version
    page = _TAIL.search(out.descriptor.landing_page or "")
    if page and PAGE.fullmatch(page.group()):
        address = out.descriptor.landing_page
        out.ledger.normalised("landing_page", "page", "address_below_the_register", value=address)
        found["page"] = page.group()
    _approval(out, found.get("status"))
    return found


def _approval(out: Outgoing, status: str | None) -> None:
    """Account for the approval that the number and the state stand for."""
    assurance = out.descriptor.quality_assurance
    for index, decision in enumerate(assurance.external if assurance else ()):
        if decision.scheme == LISTED and decision.object == "credential":
            path = f"quality_assurance.external.{index}"
            out.ledger.derived(f"{path}.scheme", "number", "listed_means_approved")
            out.ledger.derived(f"{path}.object", "number", "listed_means_approved")
            if status and decision.text and list(decision.text.values()) == [f"{STATUS_LABEL}: {status}"]:
                out.ledger.derived(f"{path}.text", "status", "status_of_the_listing")


def _te_hono(out: Outgoing) -> str | None:
    assurance = out.descriptor.quality_assurance
    for index, decision in enumerate(assurance.external if assurance else ()):
        if decision.scheme == TE_HONO:
            out.ledger.derived(f"quality_assurance.external.{index}.scheme", "te_hono", "flag_is_set")
            return "Yes"
    return None


def _level(out: Outgoing) -> str | None:
    """Return the level in New Zealand's framework; no level of another one is converted."""
    found: str | None = None
    for index, level in enumerate(out.descriptor.level):
        if level.scheme != FRAMEWORK:
            continue
        if found is not None:
            out.ledger.dropped(f"level.{index}", "one_value_only", value=level.value)
            continue
        found = level.value
        out.ledger.mapped(f"level.{index}.value", "level")
        out.ledger.derived(f"level.{index}.scheme", "level", "framework_of_the_register")
    return found


def _credits(out: Outgoing) -> str | None:
    """Return the credit figure in New Zealand's system; no other is converted, nor are hours."""
    found: str | None = None
    for index, credit in enumerate(out.descriptor.credit):
        if credit.system != CREDIT_SYSTEM:
            continue
        if found is not None:
            out.ledger.dropped(f"credit.{index}", "one_value_only", value=credit.value)
            continue
        found = f"{credit.value:f}"
        if found == str(credit.value):
            out.ledger.mapped(f"credit.{index}.value", "credits")
        else:
            out.ledger.normalised(f"credit.{index}.value", "credits", "plain_figure", value=credit.value)
        out.ledger.derived(f"credit.{index}.system", "credits", "credit_system_of_the_register")
    return found


def _field(out: Outgoing) -> str | None:
    """Return code and words of the first field in New Zealand's classification."""
    found: str | None = None
    for index, field in enumerate(out.descriptor.field):
        path = f"field.{index}"
        if field.scheme != _CLASSIFICATION:
            continue
        if found is not None:
            out.ledger.dropped(path, "one_value_only", value=field.code)
            continue
        tag = out.chosen(f"{path}.label", field.label, Wording.LANGUAGES) if field.label else ""
        label = field.label[tag] if field.label else None
        both = " ".join(filter(None, (field.code, label)))
        if label and field_of(both) != (field.code, label):
            out.ledger.dropped(f"{path}.label.{tag}", "no_place_for_this_value", value=label)
            both, label = field.code or "", None
        if not both:
            continue
        found = both
        out.ledger.derived(f"{path}.scheme", "nzsced", "classification_of_the_register")
        if field.code:
            out.ledger.normalised(f"{path}.code", "nzsced", "code_and_label", value=field.code)
        if label:
            out.ledger.normalised(f"{path}.label.{tag}", "nzsced", "code_and_label", value=label)
    return found
