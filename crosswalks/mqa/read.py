"""MQA row → descriptor. The row says who, what and cut from which programme; it says nothing about outcomes,
hours, level, assessment or mode, and the parent programme's figures are never copied onto the part.
"""

from __future__ import annotations

import re
from datetime import date

from config.messages import Issue
from crosswalks.descriptor.model import (
    Descriptor,
    ExternalQuality,
    Organisation,
    QualityAssurance,
    SourceRecord,
    StackLink,
)
from crosswalks.ledger import Crossing, Ledger
from crosswalks.mqa.model import MqaListing, RegisterEntry
from crosswalks.mqa.reference import AccreditationReference, accreditation, parse_reference
from crosswalks.origins import origins_of
from crosswalks.text import UNDETERMINED, matching_key

REFERENCE_PARTS = ("reference.expiry", "reference.nec", "reference.level")
"""What some references hold beside kind and number; fields of their own in the mapping table."""

_AGENCY = {"ms": "Agensi Kelayakan Malaysia", "en": "Malaysian Qualifications Agency"}
_FORMERLY = re.compile(
    r"\s{0,9}\(\s{0,9}(?:previously known as|nama lama|formerly(?: known as)?)\s{0,9}:?\s{0,9}([^()]{1,300})\)\s{0,9}$",
    re.IGNORECASE,
)
_DATE = re.compile(r"^(\d\d?)/(\d\d?)/(\d{4})$")
_REGISTER_FIELDS = (
    "former_title", "compliance_audit", "nec_field", "mode_of_study", "mode_of_delivery", "duration", "remarks",
)  # fmt: skip


def natural_key(listing: MqaListing) -> str:
    """Return the key of a row: provider, reference and title, cleaned for matching. The running number never counts."""
    parts = (listing.provider or "", listing.reference or "", listing.title)
    key = " | ".join(matching_key(part) for part in parts)
    return key if listing.ordinal == 1 else f"{key} | {listing.ordinal}"


def read(listing: MqaListing, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one row to the descriptor."""
    ledger = Ledger("mqa", "jmicro")
    issues: list[Issue] = []
    ledger.dropped("bil", "running_number")
    if listing.reference and listing.parent is None and not any(map(str.isalnum, listing.reference)):
        ledger.dropped("reference", "sign_for_nothing", value=listing.reference)
        listing = listing.model_copy(update={"reference": None})
    ledger.mapped("title", "title")
    issuer = _issuer(listing, ledger)
    assurance, links = _parent(listing, ledger, issues)
    classification = None
    if listing.reference and listing.programme:
        classification = "degree_split"
        for name in ("reference", "programme"):
            ledger.derived(name, "education_classification", "parent_programme_named")
    for label, value in listing.others.items():
        ledger.unknown(f"others.{label}", "unmapped_field", value=value)
        issues.append(Issue("unmapped_field", {"field": label}, place=f"others.{label}"))
    if listing.ordinal > 1:
        ledger.derived("ordinal", "source_record.source_id", "ordinal_of_equal_keys")
    descriptor = Descriptor(
        id=iri,
        source_record=source,
        title={UNDETERMINED: listing.title},
        issuer=issuer,
        quality_assurance=assurance,
        stackability=links,
        education_classification=classification,
        origins=origins_of(ledger.entries),
    )
    return Crossing(descriptor, ledger, tuple(issues))


def _issuer(listing: MqaListing, ledger: Ledger) -> Organisation | None:
    if not listing.provider:
        ledger.unknown("provider")
        return None
    name = listing.provider
    former: tuple[str, ...] = ()
    if match := _FORMERLY.search(name):
        former = (match.group(1).strip(),)
        name = name[: match.start()]
        ledger.normalised("provider", "issuer.name", "former_name_split", value=listing.provider)
        ledger.normalised("provider", "issuer.former_names.0", "former_name_split", quote=match.group())
    else:
        ledger.mapped("provider", "issuer.name")
    ledger.defaulted("issuer.country", "registry_country")
    return Organisation(name={UNDETERMINED: name}, country="MY", former_names=former)


def _parent(
    listing: MqaListing, ledger: Ledger, issues: list[Issue]
) -> tuple[QualityAssurance | None, tuple[StackLink, ...]]:
    assurance = None
    if listing.reference:
        reference = parse_reference(listing.reference)
        if reference.kind == "unknown":
            issues.append(Issue("not_understood", {"value": listing.reference}, place="reference"))
        assurance = QualityAssurance(external=(_decision(reference, listing.parent, ledger),))
        others = listing.parent.others if listing.parent else {}
        issues.extend(Issue("unmapped_field", {"field": one}, place=f"parent.others.{one}") for one in others)
    elif not any(entry.source == "reference" for entry in ledger.entries):
        ledger.unknown("reference")
    if not listing.programme:
        ledger.unknown("programme")
        return assurance, ()
    ledger.mapped("programme", "stackability.0.target_title")
    ledger.defaulted("stackability.0.target_kind", "kind_of_parent_not_stated")
    if listing.reference:
        ledger.mapped("reference", "stackability.0.target_ref")
    link = StackLink(
        target_kind="unspecified",
        target_ref=listing.reference,
        target_title={UNDETERMINED: listing.programme},
    )
    return assurance, (link,)


def _decision(reference: AccreditationReference, parent: RegisterEntry | None, ledger: Ledger) -> ExternalQuality:
    path = "quality_assurance.external.0"
    ledger.mapped("reference", f"{path}.decision_ref")
    ledger.derived("reference", f"{path}.object", "reference_is_of_the_parent_programme")
    known = reference.kind != "unknown"
    if known:
        ledger.derived("reference", f"{path}.scheme", "reference_shape")
    if reference.kind in {"provisional", "full"}:
        ledger.derived("reference", f"{path}.body", "reference_shape")
    for name, value in (("expiry", reference.expiry), ("nec", reference.nec), ("level", reference.level)):
        if value:
            reason = "level_of_the_parent" if name == "level" else "no_descriptor_slot"
            ledger.dropped(f"reference.{name}", reason, value=value)
    return ExternalQuality(
        body=_AGENCY if reference.kind in {"provisional", "full"} else None,
        scheme=accreditation(reference.kind) if known else None,
        object="programme",
        decision_ref=reference.raw,
        valid_from=_from_register(parent, reference.raw, ledger, f"{path}.valid_from"),
    )


def _from_register(parent: RegisterEntry | None, stated: str, ledger: Ledger, target: str) -> date | None:
    """Account for the parent's register page; return the day its accreditation began."""
    if parent is None:
        return None
    if parent.reference == stated:
        ledger.mapped("parent.reference", "quality_assurance.external.0.decision_ref")
    else:
        ledger.dropped("parent.reference", "another_value_first", value=parent.reference)
    for name in ("mqf_level", "credits"):
        if value := getattr(parent, name):
            ledger.dropped(
                f"parent.{name}",
                "level_of_the_parent" if name == "mqf_level" else "credit_of_the_parent",
                value=value,
            )
    for name in ("title", *_REGISTER_FIELDS):
        if value := getattr(parent, name):
            ledger.dropped(f"parent.{name}", "no_descriptor_slot", value=value)
    for label, value in parent.others.items():
        ledger.unknown(f"parent.others.{label}", "unmapped_field", value=value)
    if not parent.accredited_on:
        return None
    if match := _DATE.match(parent.accredited_on):
        try:
            day = date(int(match.group(3)), int(match.group(2)), int(match.group(1)))
        except ValueError:
            day = None
        if day:
            ledger.normalised("parent.accredited_on", target, "dd/mm/yyyy", value=parent.accredited_on)
            return day
    ledger.unknown("parent.accredited_on", "not_understood", value=parent.accredited_on)
    return None
