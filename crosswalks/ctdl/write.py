"""Descriptor → CTDL: a micro-credential with its organisations, what it requires, and what it counts towards.

Identifiers are the record's own: a CTID is assigned by Credential Engine alone, so one is written only where the record
was read with it. Nothing is said in CTDL's own vocabularies that the record does not say.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.codelists import codelist
from config.frameworks import credit_systems
from crosswalks.ctdl.model import (
    Aligned,
    AssessmentProfile,
    Body,
    ConditionProfile,
    CostProfile,
    CtdlListing,
    DurationProfile,
    IdentifierValue,
    Place,
    ValueProfile,
)
from crosswalks.ctdl.parse import MICRO_CREDENTIAL
from crosswalks.descriptor.model import Descriptor, Organisation, StackLink
from crosswalks.descriptor.types import Credit, Identifier
from crosswalks.ledger import Crossing
from crosswalks.lexical import iso_hours
from crosswalks.outgoing import Outgoing
from crosswalks.terms import json_figure
from crosswalks.values import table_path, values_by_code

CTID_SCHEME = "ceterms:ctid"
SUMMARY_HEADING = {"ja": "学修成果", "en": "Learning outcomes"}
"""The name of the condition that holds the outcomes in words; CTDL has no property for them."""
ALIGNMENT = ("ceterms:CredentialAlignmentObject",)
_CONDITION = ("ceterms:ConditionProfile",)
_FOLDER = Path(__file__).parent
_VALUES = table_path(_FOLDER, "writing")
_OWNING = frozenset({"awarding_body"})
_OFFERING = frozenset({"provider", "accredited_provider"})


def write(descriptor: Descriptor) -> Crossing[CtdlListing]:
    """Carry one descriptor to CTDL. Findings tell what the registry demands and the record does not have."""
    return _Writing(descriptor).crossing()


class _Writing:
    def __init__(self, descriptor: Descriptor) -> None:
        self._out = Outgoing(descriptor, "ctdl", _FOLDER)
        self._record = self._out.descriptor
        self._ledger = self._out.ledger
        self._values: dict[str, Any] = {"kinds": (MICRO_CREDENTIAL,)}
        self._dropped: dict[str, str] = {}

    def crossing(self) -> Crossing[CtdlListing]:
        record, ledger, found = self._record, self._ledger, self._values
        ledger.defaulted("kinds", "micro_credential_by_definition")
        for source, target in _PLAIN:
            if (value := getattr(record, source)) not in (None, ()):
                ledger.mapped(source, target)
                found[target] = value
        if record.version:
            ledger.normalised("version", "versions.0", "identifier_value")
            found["versions"] = (IdentifierValue(kinds=("ceterms:IdentifierValue",), code=record.version),)
        self._identifiers()
        self._organisations()
        self._coded()
        self._required()
        self._connected()
        self._volume()
        self._costs()
        if record.source_record.attribution:
            self._out.found("attribution_beside", "source_record.attribution", text=record.source_record.attribution)
        for name, code in (("description", "ctdl_no_description"), ("webpage", "ctdl_no_webpage")):
            if name not in found:
                self._out.found(code, {"webpage": "landing_page"}.get(name, name))
        if "owned_by" not in found and "offered_by" not in found:
            self._out.found("ctdl_no_owner", "issuer")
        return Crossing(CtdlListing(**found), self._out.close(self._dropped), tuple(self._out.issues))

    def _identifiers(self) -> None:
        named: list[IdentifierValue] = []
        for number, one in enumerate(self._record.identifiers):
            path = f"identifiers.{number}"
            if one.scheme == CTID_SCHEME and "ctid" not in self._values:
                self._ledger.mapped(f"{path}.value", "ctid")
                self._ledger.derived(f"{path}.scheme", "ctid", "own_property_of_the_ctid")
                self._values["ctid"] = one.value
            else:
                target = f"identifiers.{len(named)}"
                self._ledger.normalised(path, target, "identifier_value")
                named.append(_identifier(one))
        if named:
            self._values["identifiers"] = tuple(named)

    def _organisations(self) -> None:
        record = self._record
        if record.issuer:
            self._body("issuer", record.issuer, "owned_by")
        for number, one in enumerate(record.co_providers):
            path = f"co_providers.{number}"
            if one.role in _OWNING | _OFFERING:
                target = "owned_by" if one.role in _OWNING else "offered_by"
                self._ledger.derived(f"{path}.role", self._body(path, one, target), "property_by_role")
            else:
                for part in one.model_dump(exclude_defaults=True):
                    self._ledger.dropped(f"{path}.{part}", "another_role")

    def _body(self, path: str, one: Organisation, target: str) -> str:
        """Add an organisation and return its place."""
        there = self._values.setdefault(target, ())
        place = f"{target}.{len(there)}"
        self._ledger.mapped(f"{path}.name", f"{place}.name")
        self._ledger.derived(f"{path}.name", f"{place}.kinds", "an_organisation")
        if one.url:
            self._ledger.mapped(f"{path}.url", f"{place}.webpage")
        addresses: tuple[Place, ...] = ()
        if one.country or one.region:
            country = {"en": one.country} if one.country else None
            addresses = (
                Place(kinds=("ceterms:Place",), country=country, region={"en": one.region} if one.region else None),
            )
            for part in ("country", "region"):
                if getattr(one, part):
                    self._ledger.normalised(f"{path}.{part}", f"{place}.addresses.0", "code_as_text")
        for number, _ in enumerate(one.id):
            self._ledger.normalised(f"{path}.id.{number}", f"{place}.identifiers.{number}", "identifier_value")
        body = Body(
            kinds=("ceterms:Organization",),
            name=one.name,
            webpage=one.url,
            identifiers=tuple(_identifier(each) for each in one.id),
            addresses=addresses,
        )
        self._values[target] = (*there, body)
        return place

    def _coded(self) -> None:
        """Carry what is a term of some vocabulary: fields, levels, modes, audiences."""
        record, found = self._record, self._values
        for number, study in enumerate(record.field):
            self._ledger.normalised(f"field.{number}", f"programs.{number}", "term_of_a_framework")
            one = Aligned(kinds=ALIGNMENT, code=study.code, node_name=study.label, framework_name={"en": study.scheme})
            found["programs"] = (*found.get("programs", ()), one)
        for number, level in enumerate(record.level):
            self._ledger.normalised(f"level.{number}", f"audience_levels.{number}", "term_of_a_framework")
            one = Aligned(
                kinds=ALIGNMENT, node=level.iri, code=level.value, node_name=level.label,
                framework_name={"en": level.scheme},
            )  # fmt: skip
            found["audience_levels"] = (*found.get("audience_levels", ()), one)
        for number, method in enumerate(record.teaching_method):
            if method.mode is None and method.text is None:
                continue
            there = found.get("delivery_types", ())
            self._ledger.normalised(f"teaching_method.{number}", f"delivery_types.{len(there)}", "term_of_a_framework")
            found["delivery_types"] = (*there, _code("DeliveryMode", method.mode, method.text))
        for number, group in enumerate(record.target_group):
            self._ledger.mapped(f"target_group.{number}", f"audiences.{number}.node_name")
            self._ledger.derived(f"target_group.{number}", f"audiences.{number}.kinds", "named_term")
            found["audiences"] = (*found.get("audiences", ()), Aligned(kinds=ALIGNMENT, node_name=group))

    def _required(self) -> None:
        """Carry outcomes, assessment and credit as what the credential requires, prerequisites as what entry does."""
        record, ledger = self._record, self._ledger
        parts: dict[str, Any] = {}
        for number, outcome in enumerate(record.learning_outcomes):
            place = f"requires.0.competencies.{number}"
            ledger.mapped(f"learning_outcomes.{number}.text", f"{place}.node_name")
            ledger.derived(f"learning_outcomes.{number}.text", f"{place}.kinds", "named_term")
            if outcome.note:
                ledger.mapped(f"learning_outcomes.{number}.note", f"{place}.node_description")
            for which, ref in enumerate(outcome.skill_refs):
                source = f"learning_outcomes.{number}.skill_refs.{which}"
                if which:
                    ledger.dropped(source, "one_value_only", value=ref)
                else:
                    ledger.mapped(source, f"{place}.node")
            node = outcome.skill_refs[0] if outcome.skill_refs else None
            one = Aligned(kinds=ALIGNMENT, node=node, node_name=outcome.text, node_description=outcome.note)
            parts["competencies"] = (*parts.get("competencies", ()), one)
        self._assessed(parts)
        self._credited(parts)
        if parts:
            self._values["requires"] = (ConditionProfile(kinds=_CONDITION, **parts),)
            ledger.defaulted("requires.0.kinds", "a_condition")
        if record.outcome_summary:
            there = self._values.get("requires", ())
            said = ConditionProfile(kinds=_CONDITION, name=SUMMARY_HEADING, description=record.outcome_summary)
            ledger.mapped("outcome_summary", f"requires.{len(there)}.description")
            for part in ("name", "kinds"):
                ledger.defaulted(f"requires.{len(there)}.{part}", "heading_of_the_summary")
            self._values["requires"] = (*there, said)
        for number, text in enumerate(record.prerequisites):
            ledger.mapped(f"prerequisites.{number}", f"entry.{number}.description")
            ledger.derived(f"prerequisites.{number}", f"entry.{number}.kinds", "a_condition")
            one_more = ConditionProfile(kinds=_CONDITION, description=text)
            self._values["entry"] = (*self._values.get("entry", ()), one_more)

    def _assessed(self, parts: dict[str, Any]) -> None:
        """Carry the methods of assessment."""
        record, ledger = self._record, self._ledger
        for number, method in enumerate(record.assessment):
            if method.type is None and method.text is None:
                continue
            there = parts.get("assessments", ())
            place = f"requires.0.assessments.{len(there)}"
            ledger.derived(
                f"assessment.{number}.{'text' if method.text else 'type'}", f"{place}.kinds", "an_assessment"
            )
            if method.text:
                ledger.mapped(f"assessment.{number}.text", f"{place}.description")
            if method.type:
                ledger.normalised(f"assessment.{number}.type", f"{place}.methods", "term_of_a_framework")
            methods = (_code("AssessmentType", method.type, None),) if method.type else ()
            profile = AssessmentProfile(kinds=("ceterms:AssessmentProfile",), description=method.text, methods=methods)
            parts["assessments"] = (*there, profile)

    def _credited(self, parts: dict[str, Any]) -> None:
        """Carry the credit figures, each with its own system."""
        record, ledger = self._record, self._ledger
        for number, credit in enumerate(record.credit):
            place = f"requires.0.credit_values.{number}"
            self._out.figure(f"credit.{number}.value", f"{place}.value", credit.value)
            ledger.derived(f"credit.{number}.value", f"{place}.kinds", "a_value")
            ledger.normalised(f"credit.{number}.system", f"{place}.unit_types", "term_of_a_framework")
            if credit.text:
                ledger.mapped(f"credit.{number}.text", f"{place}.description")
            parts["credit_values"] = (*parts.get("credit_values", ()), _figure(credit))

    def _connected(self) -> None:
        """Carry what the credential counts towards, and bodies that decided about the credential itself."""
        record, ledger = self._record, self._ledger
        for number, link in enumerate(record.stackability):
            place = f"advanced_standing_for.{number}"
            ledger.derived(f"stackability.{number}.target_kind", place, "class_of_the_target")
            for part in ("target_ref", "target_title"):
                if getattr(link, part):
                    ledger.normalised(
                        f"stackability.{number}.{part}", f"{place}.target_credentials.0", "target_credential"
                    )
            if link.conditions:
                ledger.mapped(f"stackability.{number}.conditions", f"{place}.description")
            self._values["advanced_standing_for"] = (*self._values.get("advanced_standing_for", ()), _standing(link))
        assurance = record.quality_assurance
        for number, decision in enumerate(assurance.external if assurance else ()):
            path = f"quality_assurance.external.{number}"
            if decision.object != "credential" or decision.body is None:
                for part in decision.model_dump(exclude_defaults=True):
                    code = "about_something_else" if decision.object != "credential" else "without_a_name"
                    ledger.dropped(f"{path}.{part}", code)
                continue
            there = self._values.get("recognized_by", ())
            place = f"recognized_by.{len(there)}"
            ledger.mapped(f"{path}.body", f"{place}.name")
            ledger.derived(f"{path}.object", place, "about_the_credential")
            country: tuple[Place, ...] = ()
            if decision.body_country:
                ledger.normalised(f"{path}.body_country", f"{place}.addresses.0", "code_as_text")
                country = (Place(kinds=("ceterms:Place",), country={"en": decision.body_country}),)
            body = Body(kinds=("ceterms:Organization",), name=decision.body, addresses=country)
            self._values["recognized_by"] = (*there, body)

    def _volume(self) -> None:
        volume, ledger = self._record.volume, self._ledger
        if volume is None:
            return
        parts: dict[str, Any] = {}
        if volume.total_hours is not None:
            parts["time_required"] = iso_hours(volume.total_hours)
            ledger.normalised("volume.total_hours", "durations.0.time_required", "iso_duration_of_hours")
        if volume.duration:
            parts["exact"] = volume.duration
            ledger.mapped("volume.duration", "durations.0.exact")
        if volume.text:
            parts["description"] = volume.text
            ledger.mapped("volume.text", "durations.0.description")
        if parts:
            ledger.defaulted("durations.0.kinds", "a_duration")
            self._values["durations"] = (DurationProfile(kinds=("ceterms:DurationProfile",), **parts),)

    def _costs(self) -> None:
        fee = self._record.fee
        if fee is None or not (fee.amount is not None or fee.currency or fee.text):
            return
        amount = None if fee.amount is None else json_figure(fee.amount)
        for source, target in (("amount", "price"), ("currency", "currency"), ("text", "description")):
            if source == "amount" and fee.amount is not None:
                self._out.figure("fee.amount", f"costs.0.{target}", fee.amount)
            elif getattr(fee, source) is not None:
                self._ledger.mapped(f"fee.{source}", f"costs.0.{target}")
        self._ledger.defaulted("costs.0.kinds", "a_cost")
        cost = CostProfile(kinds=("ceterms:CostProfile",), description=fee.text, price=amount, currency=fee.currency)
        self._values["costs"] = (cost,)


_PLAIN = (
    ("id", "id"),
    ("title", "name"),
    ("description", "description"),
    ("landing_page", "webpage"),
    ("language_of_instruction", "languages"),
)


def _identifier(one: Identifier) -> IdentifierValue:
    return IdentifierValue(kinds=("ceterms:IdentifierValue",), type_name={"en": one.scheme}, code=one.value)


def _code(name: str, code: str | None, text: dict[str, str] | None) -> Aligned:
    """Return a code of ours as a term: CTDL's own where it has one, and ours by its code and label."""
    labels = codelist(name).labels[code] if code else None
    node = _term(name, code) if code else None
    return Aligned(
        kinds=ALIGNMENT, node=node, node_name=labels, node_description=text, code=code,
        framework_name={"en": name} if code else None,
    )  # fmt: skip


def _term(listed: str, code: str) -> str | None:
    """Return CTDL's own term for a code of a list of ours, if its vocabularies have one."""
    found = values_by_code(_VALUES, listed).get(code)
    return found.name if found else None


def _figure(credit: Credit) -> ValueProfile:
    unit = Aligned(
        kinds=ALIGNMENT,
        node=_term("CreditSystem", credit.system),
        node_name=credit_systems()[credit.system].labels,
        code=credit.system,
        framework_name={"en": "CreditSystem"},
    )
    return ValueProfile(
        kinds=("ceterms:ValueProfile",), value=json_figure(credit.value), unit_types=(unit,), description=credit.text
    )


def _standing(link: StackLink) -> ConditionProfile:
    kind = _term("StackTarget", link.target_kind) or "ceterms:Credential"
    ref = (Identifier(scheme="reference", value=link.target_ref),) if link.target_ref else ()
    target = Body(kinds=(kind,), name=link.target_title, identifiers=tuple(_identifier(one) for one in ref))
    return ConditionProfile(
        kinds=("ceterms:ConditionProfile",), description=link.conditions, target_credentials=(target,)
    )
