"""What is learned and how it is shown: outcomes, assessment, mode, requirements, audience."""

from __future__ import annotations

from functools import cache

from config.codelists import codelist
from crosswalks.descriptor.model import Assessment, FurtherInfo, Outcome, TeachingMethod
from crosswalks.elm.profile import vocabulary
from crosswalks.elm.reading.codes import Code, code_of, not_listed, note_label, reviewed, tell_labels, value_of
from crosswalks.elm.reading.statements import Reading, Statement, is_identifier
from crosswalks.elm.reading.texts import LangMap, merged, name_of, note_of, own_notes, text_of

ENGLISH = "en"
_OUTCOMES = "learning_outcomes"
_SKILLS = ("elm:relatedESCOSkill", "elm:relatedSkill")


def outcomes(reading: Reading, holders: list[str]) -> tuple[Outcome, ...]:
    """Return the learning outcomes; one node is one outcome, however often it is listed."""
    found: list[Outcome] = []
    for one, node in reading.each_once(holders, "elm:learningOutcome", "elm:LearningOutcome", _OUTCOMES, found):
        made = _outcome(reading, one, node, f"{_OUTCOMES}.{len(found)}")
        if made is not None:
            found.append(made)
    return tuple(found)


def _outcome(reading: Reading, statement: Statement, node: str | None, path: str) -> Outcome | None:
    if node is None:
        if statement.value.id is not None:
            return None
        text = text_of(reading, [statement], f"{path}.text")
        return Outcome(text=text) if text else None
    name = name_of(reading, node, f"{path}.text", lines=True)
    if not name:
        name = note_of(reading, reading.statements(node, "elm:additionalNote"), f"{path}.text")
    if not name:
        return None
    notes = [one for one in reading.statements(node, "elm:additionalNote") if not reading.told(one)]
    descriptions = reading.statements(node, "dc:description")
    note = merged([text_of(reading, descriptions, f"{path}.note"), note_of(reading, notes, f"{path}.note")])
    return Outcome(
        text=name,
        category=_category(reading, node, f"{path}.category"),
        skill_refs=_skills(reading, node, f"{path}.skill_refs"),
        note=note or None,
    )


def _category(reading: Reading, node: str, target: str) -> str | None:
    types = reading.statements(node, "dc:type")
    reading.otherwise(types, "first_value_only")
    for one in types:
        found, _ = value_of(reading, one, "skill-type", target)
        if found:
            return found.value
    return None


def _skills(reading: Reading, node: str, path: str) -> tuple[str, ...]:
    """Return the identifiers of skills: those related, and the outcome's own when it is a listed skill itself."""
    found: list[str] = []
    for one in reading.statements(node, *_SKILLS):
        iri = one.text.strip()
        if not is_identifier(iri) or len(iri) > 4096:
            reading.dropped(one, "without_identifier")
            continue
        if iri not in found:
            found.append(iri)
        target = f"{path}.{found.index(iri)}"
        if iri == one.text:
            reading.mapped(one, target)
        else:
            reading.normalised(one, target, "plain_text")
    if node.startswith(vocabulary("esco-skill").concepts) and node not in found:
        reading.about(node, f"{path}.{len(found)}")
        found.append(node)
    return tuple(found)


def assessments(reading: Reading, holders: list[str]) -> tuple[tuple[Assessment, ...], LangMap]:
    """Return the methods of assessment, and the grading scheme they name."""
    found: list[Assessment] = []
    assessed: list[str | None] = []
    kind = "elm:LearningAssessmentSpecification"
    for one, node in reading.each_once(holders, "elm:provenBy", kind, "assessment", found):
        if made := _assessment(reading, one, node, len(found)):
            found.extend(made)
            assessed.append(node)
    grading: LangMap = {}
    for node in assessed:
        grading = _grading(reading, node, grading)
    return tuple(found), grading


def _assessment(reading: Reading, statement: Statement, node: str | None, start: int) -> list[Assessment]:
    """Return one method, and one more for each further type that the source gives it."""
    path = f"assessment.{start}"
    if node is None:
        text = text_of(reading, [statement], f"{path}.text") if statement.value.id is None else {}
        return [Assessment(text=text)] if text else []
    types: list[str] = []
    for one in reading.statements(node, "dc:type"):
        found, _ = value_of(reading, one, "assessment", f"assessment.{start + len(types)}.type")
        if found:
            types.append(found.value)
    own = _own_label(labels_of_title(reading, node))
    if own and (not types or types == [own]):
        for one in reading.statements(node, "dc:title"):
            reading.normalised(one, f"{path}.type", "own_label")
        return [Assessment(type=own, threshold=_threshold(reading, node, path))]
    title = name_of(reading, node, f"{path}.text", lines=True)
    description = text_of(reading, reading.statements(node, "dc:description"), f"{path}.text")
    threshold = _threshold(reading, node, path)
    notes = note_of(reading, [one for one in reading.statements(node, "elm:additionalNote") if not reading.told(one)],
                    f"{path}.text")  # fmt: skip
    text = merged([title, description, notes])
    if not text and not types:
        return []
    first = Assessment(type=types[0] if types else None, text=text or None, threshold=threshold)
    return [first, *(Assessment(type=kind) for kind in types[1:])]


def labels_of_title(reading: Reading, node: str) -> LangMap:
    """Return the titles of a node as they stand, without telling them."""
    return {one.value.language or "": one.text for one in reading.statements(node, "dc:title")}


@cache
def _labels_of_types() -> dict[tuple[tuple[str, str], ...], str]:
    labels = codelist("AssessmentType").labels
    return {tuple(sorted(texts.items())): value for value, texts in labels.items()}


def _own_label(title: LangMap) -> str | None:
    """Return the type whose Japanese and English labels of ours a title consists of."""
    return _labels_of_types().get(tuple(sorted(title.items())))


def _threshold(reading: Reading, node: str, path: str) -> LangMap | None:
    """Return the threshold, which our own export writes as the note below the assessment."""
    own = own_notes(reading, node)
    return note_of(reading, own, f"{path}.threshold") or None


def _grading(reading: Reading, node: str | None, known: LangMap) -> LangMap:
    for one in reading.statements(node, "elm:gradingScheme"):
        target = "grading_scheme" if not known else f"further_info.{len(reading.further)}.label"
        inner = reading.follow(one, "elm:GradingScheme")
        if inner is None:
            text = text_of(reading, [one], target) if one.value.id is None else {}
        else:
            said = text_of(reading, reading.statements(inner, "dc:description"), target)
            text = merged([name_of(reading, inner, target, lines=True), said])
        if not text:
            if not reading.told(one):
                reading.dropped(one, "elm_empty_target")
            continue
        if inner is not None:
            reading.mapped(one, target)
        if known:
            reading.add_further(FurtherInfo(label=text))
        else:
            known = text
    return known


def teaching_methods(reading: Reading, holders: list[str], activities: list[str]) -> tuple[TeachingMethod, ...]:
    """Return the modes of the opportunity and the specification; those of activities only when neither states one."""
    found: list[TeachingMethod] = []
    for one in reading.said(holders, "elm:mode"):
        _method(reading, one, found)
    stated = bool(found)
    for one in reading.said(activities, "elm:mode"):
        if stated:
            reading.dropped(one, "elm_second_choice")
        else:
            _method(reading, one, found)
    return tuple(found)


def _method(reading: Reading, statement: Statement, found: list[TeachingMethod]) -> None:
    code = code_of(reading, statement, "learning-assessment")
    known = reviewed().get(("learning-assessment", code.code)) if code.code else None
    if known is not None and known.value != "unspecified":
        modes = [method.mode for method in found]
        if known.value not in modes:
            found.append(TeachingMethod(mode=known.value))
            modes.append(known.value)
        rule = "label_of_code" if code.by_label else "code_table"
        reading.normalised(statement, f"teaching_method.{modes.index(known.value)}.mode", rule)
        note_label(reading, statement, "learning-assessment", code)
        return
    text = _label_in_words(code, "learning-assessment")
    if not text:
        not_listed(reading, statement, code, "learning-assessment")
        return
    if known is None:
        reading.issue("elm_value_unknown", statement, value=code.shown, list="learning-assessment")
    made = TeachingMethod(mode="unspecified", text=text)
    if made not in found:
        found.append(made)
    target = f"teaching_method.{found.index(made)}"
    reading.normalised(statement, target, "label_in_words")
    if code.labels == text:
        tell_labels(reading, statement, f"{target}.text")


def _label_in_words(code: Code, name: str) -> LangMap:
    """Return the labels of a concept: its own, else the English one of the list."""
    if code.labels:
        return code.labels
    label = vocabulary(name).labels.get(code.code or "")
    return {ENGLISH: label} if label else {}


def prerequisites(reading: Reading, holders: list[str]) -> tuple[LangMap, ...]:
    """Return the entry requirements, one text for each note."""
    found: list[LangMap] = []
    for one in reading.said(holders, "elm:entryRequirement"):
        if reading.told(one):
            continue
        if text := note_of(reading, [one], f"prerequisites.{len(found)}"):
            found.append(text)
    return tuple(found)


def target_groups(reading: Reading, holders: list[str]) -> tuple[LangMap, ...]:
    """Return the audiences in words."""
    found: list[LangMap] = []
    for one in reading.said(holders, "elm:targetGroup"):
        code = code_of(reading, one, "target-group")
        if code.code is None and code.iri:
            reading.issue("elm_value_unknown", one, value=code.shown, list="target-group")
        text = _label_in_words(code, "target-group")
        if not text:
            reading.unknown(one, "elm_value_unknown")
            continue
        if text not in found:
            found.append(text)
        target = f"target_group.{found.index(text)}"
        reading.normalised(one, target, "label_in_words")
        if code.labels:
            tell_labels(reading, one, target)
    return tuple(found)
