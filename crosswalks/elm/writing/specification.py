"""The specification: what a holder knows, understands and can do, at which level and volume, and how it is proven.

It is a `LearningAchievementSpecification`; it is a `Qualification` only when the source states one EQF level and a
level of the EU list of national frameworks.
"""

from __future__ import annotations

from functools import lru_cache

from crosswalks.descriptor.types import FieldOfStudy, Level
from crosswalks.elm.codes import field_concept, language_concept, listed_concepts
from crosswalks.elm.concepts import (
    FIELD_UNKNOWN,
    LANGUAGE_UNDETERMINED,
    Node,
    concept,
    is_esco_skill,
    own_concept,
    skill,
)
from crosswalks.elm.profile import vocabulary
from crosswalks.elm.writing.draft import Draft
from crosswalks.elm.writing.moments import hours_duration
from crosswalks.elm.writing.notes import credit_text, merged, note
from crosswalks.elm.writing.proof import assessment_nodes, entitlement_nodes

_CATEGORY = {"en": "Micro-credential"}


def specification_node(draft: Draft, awarding: Node | None, providers: list[Node], modified: str | None) -> Node:
    """Return the specification with everything below it."""
    descriptor, root = draft.descriptor, draft.specification
    node: Node = {
        "id": root,
        "type": "LearningAchievementSpecification",
        "identifier": _identifiers(draft),
        "title": descriptor.title,
        "category": _CATEGORY,
        "dcType": draft.kind,
    }
    _fields(draft, node)
    if descriptor.outcome_summary:
        node["learningOutcomeSummary"] = note(f"{root}/summary", descriptor.outcome_summary)
    if (volume := descriptor.volume) and volume.total_hours is not None:
        node["volumeOfLearning"] = hours_duration(volume.total_hours)
    if descriptor.credit and (points := _credit_points(draft)):
        node["creditPoint"] = points
    if descriptor.level:
        _levels(draft, node)
    node["language"] = _languages(draft)
    if draft.modes:
        node["mode"] = draft.modes
    if descriptor.prerequisites:
        node["entryRequirement"] = note(f"{root}/requirement", merged(descriptor.prerequisites))
    node["learningOutcome"] = _outcomes(draft)
    if volume and volume.contact_hours is not None:
        node["influencedBy"] = [
            {
                "id": f"{root}/activity",
                "type": "LearningActivitySpecification",
                "title": descriptor.title,
                "contactHour": [str(volume.contact_hours)],
            }
        ]
    if assessments := assessment_nodes(draft):
        node["provenBy"] = assessments
    if descriptor.stackability and (entitlements := entitlement_nodes(draft)):
        node["entitlesTo"] = entitlements
    if awarding is not None:
        node["awardingOpportunity"] = [
            {
                "id": f"{root}/awarding",
                "type": "AwardingOpportunity",
                "awardingBody": [awarding["id"] if awarding in providers else awarding],
                "learningAchievementSpecification": root,
            }
        ]
    if modified:
        node["modified"] = modified
    return node


def _identifiers(draft: Draft) -> list[Node]:
    """Return the record's identifiers, less those that the nodes themselves bear."""
    specification = draft.specification
    start, borne = f"{specification}/identifier", (draft.root, specification)
    found: list[Node] = [{"id": start, "type": "Identifier", "notation": specification, "schemeName": "Kakehashi"}]
    for item in draft.descriptor.identifiers:
        if (value := item.value) not in borne:
            iri = f"{start}/{len(found)}"
            found.append({"id": iri, "type": "Identifier", "notation": value, "schemeName": item.scheme})
    return found


def _fields(draft: Draft, node: Node) -> None:
    """Write the official field codes, or the official "field unknown"; other classifications are subjects."""
    official, others, concepts = [], [], draft.concepts
    for index, item in enumerate(draft.descriptor.field):
        if item.scheme == "ISCED-F" and (listed := field_concept(item.code)):
            official.append(iri := listed["id"])
            concepts[iri] = listed
        else:
            draft.cases[f"field.{index}"] = "subject"
            others.append(_subject(draft, item, index))
    if not official:
        official = [draft.concepts.official("isced-f", FIELD_UNKNOWN)]
        draft.cases["+field"] = "unknown"
    node["ISCEDFCode"] = official
    if others:
        node["educationSubject"] = others


def _subject(draft: Draft, item: FieldOfStudy, index: int) -> str:
    if item.code is None:
        iri = f"{draft.specification}/field/{index + 1}"
        return draft.concepts.use({"id": iri, "type": "Concept", "prefLabel": item.label or {}})
    made = own_concept(draft.base, f"field/{item.scheme}", item.code, f"{item.scheme} {item.code}")
    return draft.concepts.use({**made, "prefLabel": item.label} if item.label else made)


def _languages(draft: Draft) -> list[str]:
    """Return the languages of instruction, or the official "undetermined"."""
    found: list[str] = []
    concepts = draft.concepts
    for index, tag in enumerate(draft.descriptor.language_of_instruction):
        if node := language_concept(tag):
            if (iri := node["id"]) not in found:
                found.append(iri)
                concepts[iri] = node
        else:
            draft.cases[f"language_of_instruction.{index}"] = "not_listed"
    if not found:
        draft.cases["+language"] = "undetermined"
        found = [concepts.official("language", LANGUAGE_UNDETERMINED)]
    return found


def _credit_points(draft: Draft) -> list[Node]:
    """Return ECTS and ECVET figures; every other credit leaves as a note, in the issuer's own terms."""
    points, systems = [], listed_concepts("CreditSystem")
    for index, credit in enumerate(draft.descriptor.credit):
        framework = systems.get(credit.system)
        if framework is None:
            draft.cases[f"credit.{index}"] = "note"
        else:
            points.append({
                "id": f"{draft.specification}/credit/{index + 1}",
                "type": "CreditPoint",
                "framework": draft.concepts.use(framework),
                "point": str(credit.value),
            })  # fmt: skip
        if framework is None or credit.text or credit.hours_per_unit is not None:
            draft.note("credit", credit_text(credit))
    return points


def _levels(draft: Draft, node: Node) -> None:
    found: list[str] = []
    concepts, base = draft.concepts, draft.base
    for level in draft.descriptor.level:
        made = _level_concept(base, level)
        found.append(iri := made["id"])
        concepts[iri] = made
    if len(found) > 1 and (official := _qualification(draft, node)):
        draft.cases.update((f"level.{index}", "qualification") for index in official)
        found = [iri for index, iri in enumerate(found) if index not in official]
    if found:
        node["educationLevel"] = found


def _qualification(draft: Draft, node: Node) -> set[int]:
    """Make the specification a qualification where its levels say so; return the indices of those that do."""
    levels, qdr = draft.descriptor.level, vocabulary("qdr")
    eqf = {index: level.value for index, level in enumerate(levels) if _is_eqf(level)}
    national = {index: code for index, level in enumerate(levels) if level.iri and (code := qdr.code(level.iri))}
    if len(eqf) != 1 or not national:
        return set()
    node["type"] = "Qualification"
    node["EQFLevel"] = draft.concepts.official("eqf", *eqf.values())
    node["NQFLevel"] = [draft.concepts.official("qdr", code) for code in national.values()]
    return {*eqf, *national}


def _is_eqf(level: Level) -> bool:
    return level.scheme == "EQF" and level.value in vocabulary("eqf").labels


def _level_concept(base: str, level: Level) -> Node:
    """Return a level as a concept: the official one where there is one, else one of its own scheme."""
    scheme, iri = level.scheme, level.iri
    if scheme == "EQF" and _is_eqf(level):
        return concept("eqf", level.value)
    if iri and (code := vocabulary("qdr").code(iri)):
        return concept("qdr", code)
    made = _own_level(base, scheme, level.value)
    if iri or level.label:
        return {**made, "id": iri or made["id"], "prefLabel": level.label or made["prefLabel"]}
    return made


@lru_cache(maxsize=4096)
def _own_level(base: str, scheme: str, value: str) -> Node:
    return own_concept(base, f"level/{scheme}", value, f"{scheme} {value}")


def _outcomes(draft: Draft) -> list[Node]:
    found: list[Node] = []
    start, kinds, concepts = f"{draft.specification}/outcome/", listed_concepts("OutcomeCategory"), draft.concepts
    for number, outcome in enumerate(draft.descriptor.learning_outcomes, 1):
        node: Node = {"id": f"{start}{number}", "type": "LearningOutcome", "title": outcome.text}
        if category := outcome.category:
            if kind := kinds.get(category):
                node["dcType"] = iri = kind["id"]
                concepts[iri] = kind
            else:
                draft.cases[f"learning_outcomes.{number - 1}.category"] = "not_listed"
        if outcome.note:
            node["additionalNote"] = [note(f"{node['id']}/note", outcome.note)]
        for reference in outcome.skill_refs:
            term = "relatedESCOSkill" if is_esco_skill(reference) else "relatedSkill"
            node.setdefault(term, []).append(concepts.use(skill(reference)))
        found.append(node)
    return found
