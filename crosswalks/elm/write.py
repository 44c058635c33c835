"""Descriptor → ELM: one learning opportunity with its specification, outcomes, assessments and organisations.

The result is a tree of plain values whose names are those of our JSON-LD context; every serialisation is made from it.
Nothing mandatory is ever made up: what is missing and has no honest "unknown" withholds the record, with its reason.

A specification is a `LearningAchievementSpecification`; it is a `Qualification` only when the source states one EQF
level and a level of the EU list of national frameworks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from config.messages import Issue
from crosswalks.descriptor.model import Descriptor, Offer
from crosswalks.descriptor.types import FieldOfStudy, Level
from crosswalks.elm.assurance import accreditations
from crosswalks.elm.codes import language_concept, listed_concept
from crosswalks.elm.concepts import (
    FIELD_UNKNOWN,
    LANGUAGE_UNDETERMINED,
    SHORT_LEARNING_PROGRAMME,
    Concepts,
    Node,
    concept,
    is_esco_skill,
    own_concept,
    skill,
)
from crosswalks.elm.notes import (
    Notes,
    credit_text,
    joined,
    label_text,
    merged,
    note,
    offer_text,
    quality_text,
    recognition_text,
)
from crosswalks.elm.organisations import identifier_node, organisation_node
from crosswalks.elm.profile import vocabulary

RECORD_PATH = "/id/mc/"
OPPORTUNITY = "elm:LearningOpportunity"
SPECIFICATION = "elm:LearningAchievementSpecification"
QUALIFICATION = "elm:Qualification"
_OWN = frozenset({OPPORTUNITY, SPECIFICATION, QUALIFICATION})
_CATEGORY = {"en": "Micro-credential"}
_PROSPECTIVE = "5b8d6b34fb"
_TO_LEARNING = "64aad92881"
_OFFSETS = {"JP": "+09:00", "MY": "+08:00"}
_TEXTS_IN = ("ja", "en")


@dataclass(slots=True)
class Written:
    """An ELM record, or the reason why there is none.

    `concepts` are those the record refers to. `cases` names, by path of the descriptor, what became of a value where that depends on the value; the ledger is
    made from it and the table of outgoing fields.
    """

    record: Node | None
    concepts: dict[str, Node] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    withheld: Issue | None = None


def build(descriptor: Descriptor, modified: datetime | None = None) -> Written:
    """Carry a descriptor to ELM. `modified` is when the record last changed in the registry, if it is in one."""
    return _Writer(descriptor, modified).write()


class _Writer:
    """Writes one descriptor."""

    def __init__(self, descriptor: Descriptor, modified: datetime | None) -> None:
        self._d = descriptor
        self._modified = modified.isoformat() if modified else None
        self._root = descriptor.id
        self._base = descriptor.id.partition(RECORD_PATH)[0] if RECORD_PATH in descriptor.id else descriptor.id
        own = {item.scheme: item.value for item in descriptor.identifiers if item.scheme in _OWN}
        kept = own.get(OPPORTUNITY) == descriptor.id
        specification = own.get(SPECIFICATION) or own.get(QUALIFICATION) if kept else None
        self._specification = specification or f"{self._root}/specification"
        self._cases: dict[str, str] = {}
        self._concepts = Concepts()
        self._notes = Notes(self._root, self._base, self._concepts)

    def write(self) -> Written:
        d = self._d
        if not d.learning_outcomes:
            return self._withheld("withheld_no_outcome")
        page = d.landing_page or self._public_page()
        if page is None:
            return self._withheld("withheld_no_page")
        providers, awarding = self._organisations()
        if not providers:
            missing = d.issuer is None and not any(one.role in {None, "provider"} for one in d.co_providers)
            return self._withheld("withheld_no_provider" if missing else "withheld_no_country")
        specification = self._specification_node(awarding, providers)
        record = self._opportunity(page, providers, specification)
        return Written(record, self._concepts.nodes, self._cases)

    def _withheld(self, code: str) -> Written:
        return Written(None, cases=self._cases, withheld=Issue(code, record=self._root))

    def _public_page(self) -> str | None:
        """Return the record's page in our registry."""
        if RECORD_PATH not in self._root or not self._root.startswith("http"):
            return self._root if self._root.startswith("http") else None
        self._cases["landing_page"] = "registry_page"
        return self._root.replace(RECORD_PATH, "/mc/")

    def _organisations(self) -> tuple[list[Node], Node | None]:
        """Return the providers, and the awarding body; the awarding body provides when nobody else is said to."""
        awarding = organisation_node(self._base, self._d.issuer, self._concepts) if self._d.issuer else None
        providers: list[Node] = []
        for index, other in enumerate(self._d.co_providers):
            node = organisation_node(self._base, other, self._concepts) if other.role in {"provider", "accredited_provider"} else None
            if node is None:
                self._cases[f"co_providers.{index}"] = "not_provider"
            else:
                providers.append(node)
        if not providers and awarding is not None:
            providers = [awarding]
            self._cases["issuer.provides"] = "issuer_provides"
        if self._d.issuer and awarding is None:
            self._cases["issuer"] = "no_country"
        if awarding is not None and (assurance := self._d.quality_assurance):
            made = accreditations(self._base, self._root, awarding, assurance.external, self._concepts)
            if made:
                awarding = {**awarding, "accreditation": [node for _, node in made]}
                self._cases |= {f"quality_assurance.external.{index}": "accreditation" for index, _ in made}
                providers = [awarding if node["id"] == awarding["id"] else node for node in providers]
        return providers, awarding

    def _opportunity(self, page: str, providers: list[Node], specification: Node) -> Node:
        d, root = self._d, self._root
        node: Node = {
            "id": root,
            "type": "LearningOpportunity",
            "identifier": [identifier_node(f"{root}/identifier", "Kakehashi", root)],
            "title": d.title,
        }
        if d.description:
            node["description"] = d.description
        node["dcType"] = [self._concepts.official("learning-opportunity", SHORT_LEARNING_PROGRAMME)]
        node["homepage"] = [{"id": f"{root}/page", "type": "WebResource", "contentUrl": page}]
        documents = self._documents()
        if documents:
            node["supplementaryDocument"] = documents
        if d.volume and d.volume.duration:
            node["duration"] = xsd_duration(d.volume.duration)
        modes = self._modes()
        if modes:
            node["mode"] = modes
        self._first_offer(node)
        if d.fee:
            node["priceDetail"] = [self._price()]
        node["providedBy"] = providers
        node["learningAchievementSpecification"] = specification
        node["defaultLanguage"] = self._default_language()
        if d.source_record.status:
            node["status"] = d.source_record.status
        if self._modified:
            node["modified"] = self._modified
        self._remaining_notes()
        if self._notes.nodes:
            node["additionalNote"] = self._notes.nodes
        return node

    def _specification_node(self, awarding: Node | None, providers: list[Node]) -> Node:
        d, root = self._d, self._specification
        node: Node = {"id": root, "type": "LearningAchievementSpecification"}
        identifiers = [item for item in d.identifiers if item.scheme not in _OWN]
        node["identifier"] = [
            identifier_node(f"{root}/identifier", "Kakehashi", root),
            *(identifier_node(f"{root}/identifier/{n}", i.scheme, i.value) for n, i in enumerate(identifiers, 1)),
        ]
        node["title"] = d.title
        node["category"] = _CATEGORY
        node["dcType"] = [self._concepts.official("learning-opportunity", SHORT_LEARNING_PROGRAMME)]
        self._fields(node)
        if d.outcome_summary:
            node["learningOutcomeSummary"] = note(f"{root}/summary", d.outcome_summary)
        if d.volume and d.volume.total_hours is not None:
            node["volumeOfLearning"] = hours_duration(d.volume.total_hours)
        self._credits(node)
        self._levels(node)
        node["language"] = self._languages()
        if modes := self._modes():
            node["mode"] = modes
        if d.prerequisites:
            node["entryRequirement"] = note(f"{root}/requirement", merged(d.prerequisites))
        node["learningOutcome"] = self._outcomes()
        self._activity(node)
        if assessments := self._assessments():
            node["provenBy"] = assessments
        if entitlements := self._entitlements():
            node["entitlesTo"] = entitlements
        if awarding is not None:
            body = awarding["id"] if awarding in providers else awarding
            node["awardingOpportunity"] = [
                {
                    "id": f"{root}/awarding",
                    "type": "AwardingOpportunity",
                    "awardingBody": [body],
                    "learningAchievementSpecification": root,
                }
            ]
        if self._modified:
            node["modified"] = self._modified
        return node

    def _fields(self, node: Node) -> None:
        official, others = [], []
        for index, item in enumerate(self._d.field):
            code = item.code if item.scheme == "ISCED-F" and item.code in vocabulary("isced-f").labels else None
            if code:
                official.append(self._concepts.official("isced-f", code))
            else:
                self._cases[f"field.{index}"] = "subject"
                others.append(self._subject(item, index))
        if not official:
            official = [self._concepts.official("isced-f", FIELD_UNKNOWN)]
            self._cases["+field"] = "unknown"
        node["ISCEDFCode"] = official
        if others:
            node["educationSubject"] = others

    def _subject(self, item: FieldOfStudy, index: int) -> str:
        if item.code is None:
            iri = f"{self._specification}/field/{index + 1}"
            return self._concepts.use({"id": iri, "type": "Concept", "prefLabel": item.label or {}})
        made = own_concept(self._base, f"field/{item.scheme}", item.code, f"{item.scheme} {item.code}")
        return self._concepts.use({**made, "prefLabel": item.label} if item.label else made)

    def _languages(self) -> list[str]:
        found: list[str] = []
        for index, tag in enumerate(self._d.language_of_instruction):
            if (node := language_concept(tag)) is None:
                self._cases[f"language_of_instruction.{index}"] = "not_listed"
            elif (iri := self._concepts.use(node)) not in found:
                found.append(iri)
        if not found:
            self._cases["+language"] = "undetermined"
        return found or [self._concepts.official("language", LANGUAGE_UNDETERMINED)]

    def _default_language(self) -> str:
        tags = list(self._d.description or self._d.title)
        for tag in [*(tag for tag in _TEXTS_IN if tag in tags), *tags]:
            if node := language_concept(tag):
                return self._concepts.use(node)
        return self._concepts.official("language", LANGUAGE_UNDETERMINED)

    def _credits(self, node: Node) -> None:
        points = []
        for index, credit in enumerate(self._d.credit):
            framework = listed_concept("CreditSystem", credit.system)
            if framework is None:
                self._cases[f"credit.{index}"] = "note"
                self._notes.labelled("credit", credit_text(credit))
                continue
            points.append({
                "id": f"{self._specification}/credit/{index + 1}",
                "type": "CreditPoint",
                "framework": self._concepts.use(framework),
                "point": str(credit.value),
            })  # fmt: skip
            if credit.text or credit.hours_per_unit is not None:
                self._notes.labelled("credit", credit_text(credit))
        if points:
            node["creditPoint"] = points

    def _levels(self, node: Node) -> None:
        eqf = [level for level in self._d.level if level.scheme == "EQF" and level.value in vocabulary("eqf").labels]
        national = [level for level in self._d.level if level.iri and vocabulary("qdr").code(level.iri)]
        if len(eqf) == 1 and national:
            node["type"] = "Qualification"
            node["EQFLevel"] = self._concepts.official("eqf", eqf[0].value)
            codes = [vocabulary("qdr").code(level.iri or "") or "" for level in national]
            node["NQFLevel"] = [self._concepts.official("qdr", code) for code in codes]
        others = []
        for index, level in enumerate(self._d.level):
            if node["type"] == "Qualification" and level in (*eqf, *national):
                self._cases[f"level.{index}"] = "qualification"
            else:
                others.append(self._concepts.use(self._level(level)))
        if others:
            node["educationLevel"] = others

    def _level(self, level: Level) -> Node:
        if level.scheme == "EQF" and level.value in vocabulary("eqf").labels:
            return concept("eqf", level.value)
        if level.iri and (code := vocabulary("qdr").code(level.iri)):
            return concept("qdr", code)
        made = own_concept(self._base, f"level/{level.scheme}", level.value, f"{level.scheme} {level.value}")
        if level.iri or level.label:
            return {**made, "id": level.iri or made["id"], "prefLabel": level.label or made["prefLabel"]}
        return made

    def _outcomes(self) -> list[Node]:
        nodes = []
        for number, outcome in enumerate(self._d.learning_outcomes, 1):
            node: Node = {"id": f"{self._specification}/outcome/{number}", "type": "LearningOutcome", "title": outcome.text}
            if outcome.category:
                if kind := listed_concept("OutcomeCategory", outcome.category):
                    node["dcType"] = self._concepts.use(kind)
                else:
                    self._cases[f"learning_outcomes.{number - 1}.category"] = "not_listed"
            if outcome.note:
                node["additionalNote"] = [note(f"{node['id']}/note", outcome.note)]
            for iri in outcome.skill_refs:
                node.setdefault("relatedESCOSkill" if is_esco_skill(iri) else "relatedSkill", []).append(
                    self._concepts.use(skill(iri))
                )
            nodes.append(node)
        return nodes

    def _modes(self) -> list[str]:
        found: list[str] = []
        for method in self._d.teaching_method:
            node = listed_concept("DeliveryMode", method.mode) if method.mode else None
            if node is not None and (iri := self._concepts.use(node)) not in found:
                found.append(iri)
        return found

    def _activity(self, node: Node) -> None:
        volume = self._d.volume
        if volume is None or volume.contact_hours is None:
            return
        node["influencedBy"] = [
            {
                "id": f"{self._specification}/activity",
                "type": "LearningActivitySpecification",
                "title": self._d.title,
                "contactHour": [str(volume.contact_hours)],
            }
        ]

    def _assessments(self) -> list[Node]:
        nodes = []
        for number, assessment in enumerate(self._d.assessment, 1):
            iri = f"{self._specification}/assessment/{number}"
            kind = listed_concept("AssessmentType", assessment.type) if assessment.type else None
            title = assessment.text or label_text("AssessmentType", assessment.type or "other")
            node: Node = {"id": iri, "type": "LearningAssessmentSpecification", "title": title}
            if kind:
                node["dcType"] = [self._concepts.use(kind)]
            elif assessment.type and assessment.text:
                self._cases[f"assessment.{number - 1}.type"] = "not_listed"
            elif assessment.type:
                self._cases[f"assessment.{number - 1}.type"] = "title"
            if assessment.threshold:
                node["additionalNote"] = [note(f"{iri}/note", assessment.threshold)]
            if self._d.grading_scheme and number == 1:
                scheme = {"id": f"{self._specification}/grading", "type": "GradingScheme", "title": self._d.grading_scheme}
                node["gradingScheme"] = scheme
            nodes.append(node)
        if self._d.grading_scheme and not nodes:
            self._cases["grading_scheme"] = "note"
            self._notes.labelled("grading", self._d.grading_scheme)
        return nodes

    def _entitlements(self) -> list[Node]:
        nodes = []
        for number, link in enumerate(self._d.stackability, 1):
            title = link.target_title or ({"und": link.target_ref} if link.target_ref else None)
            if title is None:
                self._cases[f"stackability.{number - 1}"] = "note"
                self._notes.labelled("stackability", joined(label_text("StackTarget", link.target_kind), link.conditions))
                continue
            iri = f"{self._specification}/entitlement/{number}"
            node: Node = {"id": iri, "type": "LearningEntitlementSpecification"}
            if link.target_ref and not link.target_title:
                self._cases[f"stackability.{number - 1}"] = "reference_as_title"
            if link.target_ref and link.target_title:
                node["identifier"] = [identifier_node(f"{iri}/identifier", "stackability target", link.target_ref)]
            node["title"] = title
            if link.conditions:
                node["description"] = link.conditions
            if link.share is not None:
                share = {"en": f"Share of the target: {link.share}", "ja": f"対象に占める割合: {link.share}"}
                node["additionalNote"] = [note(f"{iri}/note", share)]
            node["dcType"] = self._concepts.official("entitlement", _TO_LEARNING)
            node["entitlementStatus"] = self._concepts.official("entitlement-status", _PROSPECTIVE)
            nodes.append(node)
        return nodes

    def _documents(self) -> list[Node]:
        nodes = []
        for index, info in enumerate(self._d.further_info):
            if info.url:
                node: Node = {"id": f"{self._root}/document/{index + 1}", "type": "WebResource"}
                if info.label:
                    node["title"] = info.label
                node["contentUrl"] = info.url
                nodes.append(node)
            elif info.label:
                self._cases[f"further_info.{index}"] = "note"
                self._notes.add("information", info.label)
        return nodes

    def _price(self) -> Node:
        fee = self._d.fee
        node: Node = {"id": f"{self._root}/price", "type": "PriceDetail"}
        unit = f"http://publications.europa.eu/resource/authority/currency/{fee.currency}" if fee and fee.currency else ""
        code = vocabulary("currency").code(unit)
        if fee and fee.amount is not None and code:
            amount = {"id": f"{self._root}/price/amount", "type": "Amount", "unit": self._concepts.official("currency", code)}
            node["amount"] = {**amount, "value": format(fee.amount, "f")}
        elif fee and (fee.amount is not None or fee.currency):
            self._cases["fee"] = "lost" if fee.text else "as_text"
        if fee and fee.text:
            node["description"] = fee.text
        elif self._cases.get("fee") == "as_text" and fee:
            amount_text = "" if fee.amount is None else format(fee.amount, "f")
            node["description"] = {"und": f"{amount_text} {fee.currency or ''}".strip()}
        return node

    def _first_offer(self, node: Node) -> None:
        if not self._d.offer:
            return
        first, root = self._d.offer[0], self._root
        if first.starts or first.ends:
            node["temporal"] = {"id": f"{root}/period", "type": "PeriodOfTime"}
            if first.starts:
                node["temporal"]["startDate"] = self._moment(first.starts)
            if first.ends:
                node["temporal"]["endDate"] = self._moment(first.ends)
        if first.schedule:
            node["scheduleInformation"] = note(f"{root}/schedule", first.schedule)
        if first.admission:
            node["admissionProcedure"] = note(f"{root}/admission", first.admission)
        if first.application_deadline:
            node["applicationDeadline"] = [self._moment(first.application_deadline)]
        if first.location:
            self._notes.labelled("offer", offer_text(Offer(location=first.location)))
        for index, offer in enumerate(self._d.offer[1:], 1):
            self._cases[f"offer.{index}"] = "note"
            if text := offer_text(offer):
                self._notes.labelled("offer", text)

    def _moment(self, moment: str) -> str:
        offset = _OFFSETS.get(self._d.issuer.country or "", "") if self._d.issuer else ""
        return date_time(moment, offset)

    def _remaining_notes(self) -> None:
        d = self._d
        if d.volume and d.volume.text:
            self._notes.labelled("volume", d.volume.text)
        for index, method in enumerate(d.teaching_method):
            listed = listed_concept("DeliveryMode", method.mode) if method.mode else None
            label = label_text("DeliveryMode", method.mode) if method.mode and listed is None else {}
            if label:
                self._cases[f"teaching_method.{index}.mode"] = "note"
            if text := joined(label, method.text):
                self._notes.labelled("teaching", text)
        if d.quality_assurance:
            for index, decision in enumerate(d.quality_assurance.external):
                if f"quality_assurance.external.{index}" not in self._cases:
                    self._notes.labelled("quality", quality_text(decision))
            for statement in d.quality_assurance.undivided:
                self._notes.labelled("quality", joined(statement.text, statement.body))
        for recognition in d.other_recognition:
            self._notes.labelled("recognition", recognition_text(recognition))
        for audience in d.target_group:
            self._notes.labelled("audience", audience)
        if d.source_record.attribution and d.source_record.rights:
            self._notes.labelled("source", {"en": d.source_record.attribution})


@lru_cache(maxsize=4096)
def hours_duration(hours: Decimal) -> str:
    """Return a number of hours as a duration of hours, minutes and seconds: 90 is `PT90H`, 1.5 is `PT1H30M`."""
    whole = int(hours)
    seconds = round((hours - whole) * 3600)
    minutes, seconds = divmod(seconds, 60)
    return "PT" + (f"{whole}H" if whole or not (minutes or seconds) else "") + (f"{minutes}M" if minutes else "") + (
        f"{seconds}S" if seconds else ""
    )  # fmt: skip


_WEEKS = re.compile(r"(\d+)W(?:(\d+)D)?")


def xsd_duration(duration: str) -> str:
    """Return an ISO 8601 duration as `xsd:duration`, which has no weeks: `P2W` is `P14D`."""
    return _WEEKS.sub(lambda match: f"{int(match.group(1)) * 7 + int(match.group(2) or 0)}D", duration)


def date_time(moment: str, offset: str) -> str:
    """Return a date or moment as `xsd:dateTime`; a day begins at midnight, and an offset is added where none is said."""
    day, _, time = moment.partition("T")
    if not time:
        return f"{day}T00:00:00{offset}"
    stated = time.endswith("Z") or "+" in time or "-" in time
    clock = time if stated else f"{time}{offset}"
    plain = time.rstrip("Z").partition("+")[0].partition("-")[0]
    return f"{day}T{clock}" if plain.count(":") == 2 else f"{day}T{plain}:00{clock[len(plain):]}"
