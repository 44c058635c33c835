"""CTDL → descriptor.

What a credential requires holds its outcomes (target competencies), assessment and credit. The words of a condition are
of every kind, how to earn the credential above all, so they stay notes; only under a heading that says so are they the
outcomes. Audience levels of CTDL's own vocabulary say for whom, not at
what level.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.codelists import codelist
from config.frameworks import credit_systems, level_schemes
from config.messages import CodedError, Issue
from crosswalks.ctdl.model import Aligned, Body, ConditionProfile, CtdlListing, IdentifierValue
from crosswalks.ctdl.write import CTID_SCHEME, SUMMARY_HEADING
from crosswalks.descriptor.model import (
    Assessment,
    CoProvider,
    Descriptor,
    ExternalQuality,
    FurtherInfo,
    Organisation,
    Outcome,
    QualityAssurance,
    SourceRecord,
    StackLink,
    TeachingMethod,
    Volume,
)
from crosswalks.descriptor.serialise import explain
from crosswalks.descriptor.types import Credit, FieldOfStudy, Identifier, Level
from crosswalks.ledger import Crossing
from crosswalks.lexical import COUNTRY, IRI, REGION, is_iri, names_itself
from crosswalks.linked import Gathered
from crosswalks.values import codes_by_name, table_path, values_by_code

_DECIDING = ("recognized_by", "accredited_by", "approved_by", "regulated_by")
_FOLDER = Path(__file__).parent
_VALUES = table_path(_FOLDER, "reading")
_WORDS = table_path(_FOLDER, "words")
_SUMMARIES = frozenset(text.casefold() for text in SUMMARY_HEADING.values())


def natural_key(listing: CtdlListing) -> str:
    """Return the key of a credential: its CTID, its identifier, or its name with its owner's."""
    owner = next((text for body in listing.owned_by for text in (body.name or {}).values()), None)
    name = next(iter((listing.name or {}).values()), None)
    key = listing.ctid or listing.id or " | ".join(filter(None, (name, owner)))
    return key if listing.ordinal == 1 else f"{key} | {listing.ordinal}"


def own_iri(listing: CtdlListing) -> str | None:
    """Return the identifier that the credential brings, if it is one."""
    return listing.id if is_iri(listing.id) else None


def read(listing: CtdlListing, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one credential to the descriptor. Raises `CodedError` with `record_invalid`."""
    try:
        return _Reading(listing).crossing(iri, source)
    except ValidationError as error:
        raise CodedError(*explain(error)) from None


class _Reading:
    def __init__(self, listing: CtdlListing) -> None:
        self._listing = listing
        self._in = Gathered("ctdl", _FOLDER)
        self._ledger, self._values = self._in.ledger, self._in.values

    def crossing(self, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
        listing, found = self._listing, self._values
        for own, target in (("name", "title"), ("description", "description")):
            if value := getattr(listing, own):
                self._ledger.mapped(own, target)
                found[target] = value
        if page := self._in.address("webpage", listing.webpage, "landing_page"):
            found["landing_page"] = page
        self._version()
        self._identifiers(iri)
        self._in.languages("languages", listing.languages, values_by_code(_WORDS, "languages"))
        self._organisations()
        self._coded()
        for number, condition in enumerate(listing.requires):
            self._required(condition, f"requires.{number}")
        self._entry()
        self._standing()
        self._durations()
        self._in.otherwise("costs", "first_value_only")
        for cost in listing.costs[:1]:
            named = values_by_code(_WORDS, "currencies")
            self._in.fee("costs.0", cost.price, cost.currency, cost.description, named)
        self._decisions()
        self._beside()
        prose = [
            (name, getattr(listing, name)) for name in ("description", "delivery_description", "method_description")
        ]
        for number, condition in enumerate(listing.requires):
            prose.append((f"requires.{number}.description", condition.description))
            prose += [
                (f"requires.{number}.assessments.{place}.description", one.description)
                for place, one in enumerate(condition.assessments)
            ]
        return self._in.crossing(listing, iri, self._state(source), prose)

    def _state(self, source: SourceRecord) -> SourceRecord:
        """Keep the state of the credential in the registry's own word: its label, else the name of the term."""
        one = self._listing.status
        self._in.otherwise("status", "another_value_first")
        label = next(iter((one.node_name or {}).values()), None) if one else None
        term = one.node.rpartition(":")[2].rpartition("/")[2] if one and one.node else ""
        if word := label or term:
            self._ledger.normalised(
                "status.node_name" if label else "status.node", "source_record.status", "state_in_the_registrys_word"
            )
            return source.model_copy(update={"status": word})
        return source

    def _version(self) -> None:
        """Read the first version that has a value."""
        for number, one in enumerate(self._listing.versions):
            if one.code and "version" not in self._values:
                self._ledger.normalised(f"versions.{number}", "version", "identifier_value")
                self._values["version"] = one.code
        self._in.otherwise("versions", "first_value_only")

    def _beside(self) -> None:
        """Read what further properties say: where it is online, words on teaching, credit that is none, wholes."""
        listing, ledger = self._listing, self._ledger
        for number, address in enumerate(listing.online_at):
            if page := self._in.address(f"online_at.{number}", address, f"{self._in.next('further_info')}.url"):
                self._in.add("further_info", FurtherInfo(url=page))
        for name in ("delivery_description", "method_description"):
            if text := getattr(listing, name):
                ledger.mapped(name, f"{self._in.next('teaching_method')}.text")
                self._in.add("teaching_method", TeachingMethod(text=text))
        if listing.non_credit:
            ledger.normalised("non_credit", "credit_status", "flag_is_set")
            self._values["credit_status"] = codes_by_name(_VALUES, "CreditStatus")["isNonCredit:true"]
        self._in.otherwise("non_credit", "not_the_opposite")
        for number, whole in enumerate(listing.part_of):
            path, target = f"part_of.{number}", self._in.next("stackability")
            if not (whole.name or _reference(whole)):
                self._in.otherwise(path, "without_a_name")
                continue
            self._ledger.derived(path, f"{target}.target_kind", "class_of_the_target")
            ledger.normalised(path, target, "target_credential")
            self._in.add("stackability", StackLink(
                target_kind=_kind_of(whole), target_ref=_reference(whole), target_title=whole.name
            ))  # fmt: skip

    def _identifiers(self, iri: str) -> None:
        listing, ledger = self._listing, self._ledger
        for name, scheme in (("coded_notation", "ceterms:codedNotation"), ("credential_id", "ceterms:credentialId")):
            if value := getattr(listing, name):
                ledger.mapped(name, f"{self._in.next('identifiers')}.value")
                ledger.derived(name, f"{self._in.next('identifiers')}.scheme", "named_by_the_property")
                self._in.add("identifiers", Identifier(scheme=scheme, value=value))
        for number, one in enumerate(listing.identifiers):
            self._identifier(one, f"identifiers.{number}")
        if listing.ctid:
            ledger.mapped("ctid", f"{self._in.next('identifiers')}.value")
            ledger.derived("ctid", f"{self._in.next('identifiers')}.scheme", "own_property_of_the_ctid")
            self._in.add("identifiers", Identifier(scheme=CTID_SCHEME, value=listing.ctid))
        self._in.own_name(listing.id, iri, "ctdl")

    def _identifier(self, one: IdentifierValue, path: str) -> None:
        self._in.otherwise(path, "without_identifier")
        if one.code:
            self._ledger.normalised(path, self._in.next("identifiers"), "identifier_value")
            self._in.add("identifiers", _scheme_and_value(one))

    def _organisations(self) -> None:
        listing = self._listing
        owners = [(f"owned_by.{number}", one, "awarding_body") for number, one in enumerate(listing.owned_by)]
        offering = [(f"offered_by.{number}", one, "provider") for number, one in enumerate(listing.offered_by)]
        for path, one, role in [*owners, *offering]:
            if one.name is None:
                if one.id:
                    self._ledger.dropped(f"{path}.id", "record_elsewhere", value=one.id)
                    self._in.issues.append(Issue("organisation_elsewhere", {"value": one.id}, place=f"{path}.id"))
                self._in.otherwise(path, "without_a_name")
                continue
            if "issuer" not in self._values and role == "awarding_body":
                self._values["issuer"] = Organisation(**self._organisation(one, path, "issuer"))
                continue
            target = self._in.next("co_providers")
            self._ledger.derived(path, f"{target}.role", "property_by_role")
            self._in.add("co_providers", CoProvider(**self._organisation(one, path, target), role=role))

    def _organisation(self, one: Body, path: str, target: str) -> dict[str, Any]:
        ledger = self._ledger
        ledger.mapped(f"{path}.name", f"{target}.name")
        made: dict[str, Any] = {"name": one.name}
        if page := self._in.address(f"{path}.webpage", one.webpage, f"{target}.url"):
            made["url"] = page
        known: list[Identifier] = []
        for number, each in enumerate(one.identifiers):
            if each.code:
                ledger.normalised(f"{path}.identifiers.{number}", f"{target}.id.{len(known)}", "identifier_value")
                known.append(_scheme_and_value(each))
        for name, scheme in (("ctid", CTID_SCHEME), ("id", "ctdl")):
            value = getattr(one, name)
            if names_itself(value):
                ledger.normalised(f"{path}.{name}", f"{target}.id.{len(known)}", "own_identifier_kept")
                known.append(Identifier(scheme=scheme, value=value))
            self._in.otherwise(f"{path}.{name}", "without_identifier")
        made["id"] = tuple(known)
        self._in.otherwise(f"{path}.identifiers", "without_identifier")
        for number, place in enumerate(one.addresses):
            for part, pattern in (("country", COUNTRY), ("region", REGION)):
                text = next(iter((getattr(place, part) or {}).values()), None)
                reason = "first_value_only" if part in made else "not_a_code"
                self._in.otherwise(f"{path}.addresses.{number}.{part}", reason)
                if text and pattern.match(text) and part not in made:
                    ledger.normalised(f"{path}.addresses.{number}.{part}", f"{target}.{part}", "code_as_text")
                    made[part] = text
        return made

    def _studied(self) -> None:
        """Read fields of study: by their code where the classification is ours, else by their name."""
        ledger = self._ledger
        for name in ("programs", "subjects"):
            for number, one in enumerate(getattr(self._listing, name)):
                scheme = _framework(one)
                listed = scheme if scheme in codelist("FieldScheme") else "text"
                if not (one.node_name or (one.code and listed != "text")):
                    continue
                ledger.normalised(f"{name}.{number}", self._in.next("field"), "term_of_a_framework")
                code = one.code if scheme == listed else None
                for part, value in (("code", one.code), ("framework_name", one.framework_name)):
                    if value and scheme != listed:
                        ledger.dropped(f"{name}.{number}.{part}", "classification_not_ours", value=value)
                self._in.add("field", FieldOfStudy(scheme=listed, code=code, label=one.node_name))

    def _coded(self) -> None:
        """Read terms of vocabularies: fields, levels, modes, audiences. What no term says stays unread."""
        listing, ledger = self._listing, self._ledger
        for name in ("programs", "subjects", "audience_levels", "delivery_types"):
            self._in.otherwise(name, "no_place_for_this_value")
        self._studied()
        for number, one in enumerate(listing.audience_levels):
            scheme = _framework(one)
            if scheme in level_schemes() and one.code:
                ledger.normalised(f"audience_levels.{number}", self._in.next("level"), "term_of_a_framework")
                iri = one.node if one.node and IRI.match(one.node) else None
                self._in.add("level", Level(scheme=scheme, value=one.code, iri=iri, label=one.node_name))
        for number, one in enumerate(listing.delivery_types):
            mode = _code_of(one, "DeliveryMode")
            text = one.node_description or (None if mode else one.node_name)
            if mode or text:
                ledger.normalised(f"delivery_types.{number}", self._in.next("teaching_method"), "term_of_a_framework")
                self._in.add("teaching_method", TeachingMethod(mode=mode, text=text))
        for number, one in enumerate(listing.audiences):
            if one.node_name:
                ledger.mapped(f"audiences.{number}.node_name", self._in.next("target_group"))
                self._in.add("target_group", one.node_name)

    def _required(self, condition: ConditionProfile, path: str) -> None:
        """Read outcomes, assessment and credit; other words of a condition stay notes."""
        ledger = self._ledger
        for number, one in enumerate(condition.competencies):
            place = f"{path}.competencies.{number}"
            self._in.otherwise(place, "without_a_name")
            if one.node_name:
                target = self._in.next("learning_outcomes")
                ledger.mapped(f"{place}.node_name", f"{target}.text")
                if one.node_description:
                    ledger.mapped(f"{place}.node_description", f"{target}.note")
                known = one.node if one.node and IRI.match(one.node) else None
                if known:
                    ledger.mapped(f"{place}.node", f"{target}.skill_refs.0")
                self._in.otherwise(f"{place}.node", "without_identifier")
                refs = (known,) if known else ()
                self._in.add(
                    "learning_outcomes", Outcome(text=one.node_name, note=one.node_description, skill_refs=refs)
                )
        for number, method in enumerate(condition.assessments):
            self._assessment(method, f"{path}.assessments.{number}")
        for number, figure in enumerate(condition.credit_values):
            self._credit(figure, f"{path}.credit_values.{number}")
        if condition.description:
            self._words(condition, condition.description, path)
        self._in.otherwise(f"{path}.name", "no_place_for_this_value")
        for number, text in enumerate(condition.conditions):
            ledger.mapped(f"{path}.conditions.{number}", f"{self._in.next('further_info')}.label")
            self._in.add("further_info", FurtherInfo(label=text))

    def _words(self, condition: ConditionProfile, text: dict[str, str], path: str) -> None:
        """Read the words of a condition: a note, or under a heading that says so the outcomes."""
        heading = {name.casefold() for name in (condition.name or {}).values()}
        if heading & _SUMMARIES and "outcome_summary" not in self._values:
            self._ledger.mapped(f"{path}.description", "outcome_summary")
            self._ledger.normalised(f"{path}.name", "outcome_summary", "heading_of_the_summary")
            self._values["outcome_summary"] = text
        else:
            self._ledger.mapped(f"{path}.description", f"{self._in.next('further_info')}.label")
            self._in.add("further_info", FurtherInfo(label=text))

    def _assessment(self, method: Any, place: str) -> None:
        kind = next((code for one in method.methods if (code := _code_of(one, "AssessmentType"))), None)
        text = method.description or method.name
        if not (kind or text):
            self._in.otherwise(place, "no_place_for_this_value")
            return
        target = self._in.next("assessment")
        self._in.otherwise(f"{place}.name", "another_value_first")
        self._in.otherwise(f"{place}.methods", "no_place_for_this_value")
        if text:
            self._ledger.mapped(f"{place}.{'description' if method.description else 'name'}", f"{target}.text")
        if kind:
            self._ledger.normalised(f"{place}.methods", f"{target}.type", "term_of_a_framework")
        self._in.add("assessment", Assessment(type=kind, text=text))

    def _credit(self, figure: Any, place: str) -> None:
        self._in.otherwise(place, "lossy_split")
        if figure.value is None:
            return
        system = next((code for one in figure.unit_types if (code := _credit_system(one))), None)
        if system is None:
            self._ledger.dropped(f"{place}.value", "credit_without_system", value=figure.value)
            issue = Issue("credit_without_system", {"value": str(figure.value)}, place=f"{place}.value")
            self._in.issues.append(issue)
            return
        target = self._in.next("credit")
        self._ledger.mapped(f"{place}.value", f"{target}.value")
        self._ledger.normalised(f"{place}.unit_types", f"{target}.system", "term_of_a_framework")
        if figure.description:
            self._ledger.mapped(f"{place}.description", f"{target}.text")
        self._in.add("credit", Credit(system=system, value=figure.value, text=figure.description))

    def _entry(self) -> None:
        for number, one in enumerate(self._listing.entry):
            for part, text in (("name", one.name), ("description", one.description)):
                self._in.otherwise(f"entry.{number}.name", "another_value_first")
                if text and not (part == "name" and one.description):
                    self._ledger.mapped(f"entry.{number}.{part}", self._in.next("prerequisites"))
                    self._in.add("prerequisites", text)
            for which, text in enumerate(one.conditions):
                self._ledger.mapped(f"entry.{number}.conditions.{which}", self._in.next("prerequisites"))
                self._in.add("prerequisites", text)

    def _standing(self) -> None:
        """Read what the credential counts towards."""
        for number, one in enumerate(self._listing.advanced_standing_for):
            path, target = f"advanced_standing_for.{number}", self._in.next("stackability")
            goal = next(iter(one.target_credentials), Body())
            kind = _kind_of(goal)
            title = goal.name or one.name
            ref = _reference(goal)
            self._ledger.derived(path, f"{target}.target_kind", "class_of_the_target")
            if title or ref:
                self._ledger.normalised(f"{path}.target_credentials.0" if goal.name or ref else f"{path}.name",
                                        target, "target_credential")  # fmt: skip
            self._in.otherwise(f"{path}.name", "another_value_first")
            self._in.otherwise(f"{path}.target_credentials", "first_value_only")
            if one.description:
                self._ledger.mapped(f"{path}.description", f"{target}.conditions")
            self._in.add(
                "stackability",
                StackLink(target_kind=kind, target_ref=ref, target_title=title, conditions=one.description),
            )

    def _durations(self) -> None:
        parts: dict[str, Any] = {}
        for number, one in enumerate(self._listing.durations):
            path = f"durations.{number}"
            self._in.otherwise(path, "first_value_only")
            for part, target, read_as in (
                ("time_required", "total_hours", self._in.hours), ("exact", "duration", self._in.elapsed),
            ):  # fmt: skip
                if target in parts or not (text := getattr(one, part)):
                    continue
                if (value := read_as(f"{path}.{part}", text)) is not None:
                    parts[target] = value
            if one.description and "text" not in parts:
                self._ledger.mapped(f"{path}.description", "volume.text")
                parts["text"] = one.description
        if parts:
            self._values["volume"] = Volume(**parts)

    def _decisions(self) -> None:
        """Read bodies that recognise, accredit, approve or regulate the credential itself."""
        found: list[ExternalQuality] = []
        for name in _DECIDING:
            for number, one in enumerate(getattr(self._listing, name)):
                if one.name is None:
                    self._in.otherwise(f"{name}.{number}", "without_a_name")
                    continue
                path, target = f"{name}.{number}", f"quality_assurance.external.{len(found)}"
                self._ledger.mapped(f"{path}.name", f"{target}.body")
                self._ledger.derived(path, f"{target}.object", "about_the_credential")
                place = next(iter(one.addresses), None)
                country = next(iter((place.country or {}).values()), "") if place else ""
                known = country if COUNTRY.match(country) else None
                if known:
                    self._ledger.normalised(f"{path}.addresses.0", f"{target}.body_country", "code_as_text")
                self._in.otherwise(f"{path}.addresses", "first_value_only" if known else "not_a_code")
                found.append(ExternalQuality(body=one.name, object="credential", body_country=known))
        if found:
            self._values["quality_assurance"] = QualityAssurance(external=tuple(found))


def _scheme_and_value(one: IdentifierValue) -> Identifier:
    name = next(iter((one.type_name or {}).values()), None)
    return Identifier(scheme=name or one.type or "unspecified", value=one.code or "")


def _kind_of(goal: Body) -> str:
    kinds = codes_by_name(_VALUES, "StackTarget")
    return next((kinds[name] for name in goal.kinds if name in kinds), "unspecified")


def _reference(goal: Body) -> str | None:
    """Return what names another credential, in this order: a further identifier, its CTID, its address."""
    return next((each.code for each in goal.identifiers if each.code), None) or goal.ctid or goal.id


def _framework(one: Aligned) -> str:
    return next(iter((one.framework_name or {}).values()), "")


def _code_of(one: Aligned, name: str) -> str | None:
    """Return our code of a term: by our own code, else by CTDL's where that says exactly one of ours."""
    if _framework(one) == name and one.code in codelist(name):
        return one.code
    return codes_by_name(_VALUES, name).get(one.node or "")


def _credit_system(one: Aligned) -> str | None:
    if _framework(one) == "CreditSystem" and one.code in credit_systems():
        return one.code
    return codes_by_name(_VALUES, "CreditSystem").get(one.node or "")
