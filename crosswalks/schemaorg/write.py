"""Descriptor → schema.org: a credential and the course that leads to it, in schema.org's own names only.

schema.org has nothing for assessment, quality assurance of an institution, stackability or the form of a certificate;
they are dropped with the reason. Outcomes stand twice: as what the credential requires and as what the course teaches.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crosswalks.descriptor.model import Descriptor, Offer, Organisation, TeachingMethod
from crosswalks.ledger import Crossing
from crosswalks.lexical import iso_hours
from crosswalks.outgoing import Outgoing
from crosswalks.schemaorg import model
from crosswalks.schemaorg.parse import CREDENTIAL
from crosswalks.terms import json_figure
from crosswalks.values import table_path, values_by_code

_FOLDER = Path(__file__).parent
_VALUES = table_path(_FOLDER, "writing")
_OFFERING = frozenset({"provider", "accredited_provider"})
MICRO_CREDENTIAL = "MicroCredential"


def write(descriptor: Descriptor) -> Crossing[model.SchemaorgListing]:
    """Carry one descriptor to schema.org."""
    return _Writing(descriptor).crossing()


class _Writing:
    def __init__(self, descriptor: Descriptor) -> None:
        self._out = Outgoing(descriptor, "schemaorg", _FOLDER)
        self._record = self._out.descriptor
        self._ledger = self._out.ledger
        self._course: dict[str, Any] = {}

    def crossing(self) -> Crossing[model.SchemaorgListing]:
        record, ledger = self._record, self._ledger
        label = {"en": "Micro-credential", "ja": "マイクロクレデンシャル"}
        category = model.DefinedTerm(kinds=("DefinedTerm",), name=label, code=MICRO_CREDENTIAL)
        found: dict[str, Any] = {"kinds": (CREDENTIAL,), "category": (category,), "name": record.title, "id": record.id}
        for target in ("kinds", "category"):
            ledger.defaulted(target, "micro_credential_by_definition")
        ledger.mapped("id", "id")
        ledger.mapped("title", "name")
        for source, target in (("description", "description"), ("landing_page", "url"), ("version", "version")):
            if value := getattr(record, source):
                ledger.mapped(source, target)
                found[target] = value
        if attribution := record.source_record.attribution:
            ledger.mapped("source_record.attribution", "attribution")
            found["attribution"] = attribution
        self._terms(found)
        if record.issuer:
            found["provider"] = (self._body("issuer", record.issuer, "provider.0"),)
        self._decisions(found)
        self._course_of()
        if self._course:
            ledger.mapped("title", "course.name")
            ledger.derived("id", "course.id", "named_below_the_record")
            ledger.defaulted("course.kinds", "a_course")
            found["course"] = model.Course(
                id=f"{record.id}#course", kinds=("Course",), name=record.title, **self._course
            )
        return Crossing(model.SchemaorgListing(**found), self._out.close({}), tuple(self._out.issues))

    def _terms(self, found: dict[str, Any]) -> None:
        record, ledger = self._record, self._ledger
        for number, one in enumerate(record.identifiers):
            ledger.normalised(f"identifiers.{number}", f"identifiers.{number}", "property_value")
            entry = model.PropertyValue(kinds=("PropertyValue",), scheme=one.scheme, value=one.value)
            found["identifiers"] = (*found.get("identifiers", ()), entry)
        for number, level in enumerate(record.level):
            ledger.normalised(f"level.{number}", f"levels.{number}", "defined_term")
            term = model.DefinedTerm(
                kinds=("DefinedTerm",), name=level.label, code=level.value, term_set=level.scheme, url=level.iri
            )
            found["levels"] = (*found.get("levels", ()), term)
        for number, outcome in enumerate(record.learning_outcomes):
            path = f"learning_outcomes.{number}"
            places = (f"competencies.{number}", f"course.teaches.{number}")
            for place in places:
                ledger.mapped(f"{path}.text", f"{place}.name")
                ledger.derived(f"{path}.text", f"{place}.kinds", "defined_term")
                if outcome.note:
                    ledger.mapped(f"{path}.note", f"{place}.description")
                if outcome.skill_refs:
                    ledger.mapped(f"{path}.skill_refs.0", f"{place}.url")
            for which, ref in enumerate(outcome.skill_refs[1:], 1):
                ledger.dropped(f"{path}.skill_refs.{which}", "one_value_only", value=ref)
            url = outcome.skill_refs[0] if outcome.skill_refs else None
            term = model.DefinedTerm(kinds=("DefinedTerm",), name=outcome.text, description=outcome.note, url=url)
            found["competencies"] = (*found.get("competencies", ()), term)
            self._course["teaches"] = (*self._course.get("teaches", ()), term)

    def _body(self, path: str, one: Organisation, place: str) -> model.Organization:
        ledger = self._ledger
        ledger.mapped(f"{path}.name", f"{place}.name")
        ledger.derived(f"{path}.name", f"{place}.kinds", "an_organisation")
        if one.url:
            ledger.mapped(f"{path}.url", f"{place}.url")
        for number, _ in enumerate(one.id):
            ledger.normalised(f"{path}.id.{number}", f"{place}.identifiers.{number}", "property_value")
        address = None
        if one.country or one.region:
            address = model.PostalAddress(kinds=("PostalAddress",), country=one.country, region=one.region)
            for part in ("country", "region"):
                if getattr(one, part):
                    ledger.mapped(f"{path}.{part}", f"{place}.address.{part}")
            ledger.defaulted(f"{place}.address.kinds", "an_address")
        identifiers = tuple(
            model.PropertyValue(kinds=("PropertyValue",), scheme=each.scheme, value=each.value) for each in one.id
        )
        return model.Organization(
            kinds=("Organization",), name=one.name, url=one.url, identifiers=identifiers, address=address
        )

    def _decisions(self, found: dict[str, Any]) -> None:
        """Carry bodies that decided about the credential itself; another decision must not pass for one about it."""
        assurance = self._record.quality_assurance
        for number, decision in enumerate(assurance.external if assurance else ()):
            path = f"quality_assurance.external.{number}"
            if decision.object != "credential" or decision.body is None:
                code = "about_something_else" if decision.object != "credential" else "without_a_name"
                for part in decision.model_dump(exclude_defaults=True):
                    self._ledger.dropped(f"{path}.{part}", code)
                continue
            there = found.get("recognized_by", ())
            body = Organisation(name=decision.body, country=decision.body_country)
            place = f"recognized_by.{len(there)}"
            self._ledger.mapped(f"{path}.body", f"{place}.name")
            self._ledger.derived(f"{path}.object", place, "about_the_credential")
            address = None
            if decision.body_country:
                self._ledger.mapped(f"{path}.body_country", f"{place}.address.country")
                address = model.PostalAddress(kinds=("PostalAddress",), country=body.country)
            organization = model.Organization(kinds=("Organization",), name=decision.body, address=address)
            found["recognized_by"] = (*there, organization)

    def _course_of(self) -> None:
        """Gather what schema.org says of the course: who gives it, how much, in what language, for whom, when."""
        record, ledger, course = self._record, self._ledger, self._course
        for number, one in enumerate(record.co_providers):
            path = f"co_providers.{number}"
            if one.role in _OFFERING:
                place = f"course.providers.{len(course.get('providers', ()))}"
                course["providers"] = (*course.get("providers", ()), self._body(path, one, place))
                ledger.derived(f"{path}.role", place, "property_by_role")
            else:
                for part in one.model_dump(exclude_defaults=True):
                    ledger.dropped(f"{path}.{part}", "another_role")
        if record.language_of_instruction:
            ledger.mapped("language_of_instruction", "course.languages")
            course["languages"] = record.language_of_instruction
        for number, study in enumerate(record.field):
            ledger.normalised(f"field.{number}", f"course.about.{number}", "defined_term")
            term = model.DefinedTerm(kinds=("DefinedTerm",), name=study.label, code=study.code, term_set=study.scheme)
            course["about"] = (*course.get("about", ()), term)
        for number, credit in enumerate(record.credit):
            place = f"course.credits.{number}"
            self._out.figure(f"credit.{number}.value", f"{place}.value", credit.value)
            ledger.derived(f"credit.{number}.value", f"{place}.kinds", "a_figure")
            ledger.mapped(f"credit.{number}.system", f"{place}.unit")
            if credit.text:
                ledger.mapped(f"credit.{number}.text", f"{place}.description")
            figure = model.Figure(
                kinds=("StructuredValue",), value=json_figure(credit.value), unit=credit.system, description=credit.text
            )
            course["credits"] = (*course.get("credits", ()), figure)
        if record.volume and record.volume.total_hours is not None:
            ledger.normalised("volume.total_hours", "course.time_required", "iso_duration_of_hours")
            course["time_required"] = iso_hours(record.volume.total_hours)
        if record.prerequisites:
            ledger.mapped("prerequisites", "course.prerequisites")
            course["prerequisites"] = record.prerequisites
        for number, group in enumerate(record.target_group):
            ledger.mapped(f"target_group.{number}", f"course.audiences.{number}.name")
            ledger.derived(f"target_group.{number}", f"course.audiences.{number}.kinds", "an_audience")
            audience = model.Audience(kinds=("EducationalAudience",), name=group)
            course["audiences"] = (*course.get("audiences", ()), audience)
        self._price()
        self._instances()

    def _price(self) -> None:
        fee = self._record.fee
        if fee is None or not (fee.amount is not None or fee.currency or fee.text):
            return
        amount = None if fee.amount is None else json_figure(fee.amount)
        for source, target in (("amount", "price"), ("currency", "currency"), ("text", "description")):
            if source == "amount" and fee.amount is not None:
                self._out.figure("fee.amount", f"course.offers.0.{target}", fee.amount)
            elif getattr(fee, source) is not None:
                self._ledger.mapped(f"fee.{source}", f"course.offers.0.{target}")
        self._ledger.defaulted("course.offers.0.kinds", "an_offer")
        offer = model.Offer(kinds=("Offer",), price=amount, currency=fee.currency, description=fee.text)
        self._course["offers"] = (offer,)

    def _instances(self) -> None:
        """Carry intakes and ways of teaching; the elapsed time stands with the first of them."""
        record, ledger = self._record, self._ledger
        made: list[dict[str, Any]] = []
        for number, offer in enumerate(record.offer):
            if parts := self._intake(offer, f"offer.{number}", f"course.instances.{len(made)}"):
                made.append(parts)
        for number, method in enumerate(record.teaching_method):
            if modes := _modes(method):
                place = f"course.instances.{len(made)}"
                source = f"teaching_method.{number}"
                ledger.normalised(f"{source}.mode" if method.mode else source, f"{place}.modes", "words_of_course_mode")
                said: dict[str, Any] = {"modes": modes}
                if method.mode and method.text:
                    ledger.mapped(f"{source}.text", f"{place}.description")
                    said |= {"description": method.text}
                made.append(said)
        if record.volume and record.volume.duration:
            if not made:
                made.append({})
            ledger.mapped("volume.duration", "course.instances.0.duration")
            made[0]["duration"] = record.volume.duration
        for number, parts in enumerate(made):
            ledger.defaulted(f"course.instances.{number}.kinds", "an_instance")
            one = model.CourseInstance(kinds=("CourseInstance",), **parts)
            self._course["instances"] = (*self._course.get("instances", ()), one)

    def _intake(self, offer: Offer, path: str, place: str) -> dict[str, Any]:
        parts: dict[str, Any] = {}
        for source, target in (("starts", "starts"), ("ends", "ends"), ("capacity", "capacity")):
            if (value := getattr(offer, source)) is not None:
                self._ledger.mapped(f"{path}.{source}", f"{place}.{target}")
                parts[target] = value
        if offer.schedule:
            self._ledger.mapped(f"{path}.schedule", f"{place}.description")
            parts["description"] = offer.schedule
        if offer.location:
            self._ledger.mapped(f"{path}.location", f"{place}.location.name")
            self._ledger.defaulted(f"{place}.location.kinds", "a_place")
            parts["location"] = model.Place(kinds=("Place",), name=offer.location)
        return parts


def _modes(method: TeachingMethod) -> tuple[str, ...]:
    """Return the words of a mode, or the text of a method without one, in the first of its languages."""
    if method.mode:
        return tuple(values_by_code(_VALUES, "DeliveryMode")[method.mode].code.split("+"))
    return (next(iter(method.text.values())),) if method.text else ()
