"""What a credential says under each row of a comparison, every value with its evidence.

Words for "not known" (`unknown`, `unspecified`) say nothing and leave a cell silent; "no" is a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from config.messages import Issue
from crosswalks.descriptor.model import Descriptor, ExternalQuality, Organisation
from crosswalks.descriptor.workload import Hours, amounts, credit_hours, credits_of
from crosswalks.text import matching_key
from recognition.cells import Amount, Cell, Converted, Remark, Value
from recognition.headings import Aspect, label_of
from recognition.levels import placement
from recognition.subject import Subject

SILENT = frozenset({"unknown", "unspecified", "not_applicable"})
"""Codes by which a source says that it does not know, or that a thing does not concern it."""
_Found = Iterable[tuple[str, str]]
_Texts = Iterable[tuple[dict[str, str] | None, str]]


def cell_of(subject: Subject, aspect: Aspect, systems: Iterable[str]) -> Cell:
    """Return what a credential says under a row. `systems` are the credit systems that hours are shown in."""
    if aspect.kind == "codes":
        return _codes(subject, aspect, CODES[aspect.code](subject.descriptor))
    if aspect.kind in {"texts", "outcomes"}:
        return _texts(subject, TEXTS[aspect.code](subject.descriptor))
    if aspect.kind == "levels":
        return _levels(subject)
    if aspect.kind == "credits":
        return _credits(subject)
    if aspect.kind == "hours":
        return _hours(subject, "total" if aspect.code == "total_hours" else "taught", tuple(systems))
    return _duration(subject)


def _codes(subject: Subject, aspect: Aspect, found: _Found) -> Cell:
    values = []
    for code, path in found:
        if code not in SILENT:
            labels = {language: label_of(aspect, code, language) for language in ("ja", "en")}
            values.append(Value(native=code, normalised=code, labels=labels, evidence=subject.evidence(path)))
    return Cell(values=tuple(values))


def _texts(subject: Subject, found: _Texts) -> Cell:
    return Cell(
        values=tuple(
            Value(
                native=next(iter(texts.values())),
                texts=texts,
                normalised=" / ".join(matching_key(text) for text in texts.values()),
                evidence=subject.evidence(path),
                reviewed=subject.reviewed_at(path, texts),
            )
            for texts, path in found
            if texts
        )
    )


def _levels(subject: Subject) -> Cell:
    values = []
    for index, level in enumerate(subject.descriptor.level):
        headline = placement(level.scheme, level.value.strip())
        values.append(
            Value(
                native=f"{level.scheme} {level.value}",
                texts=level.label or {},
                normalised=f"{level.scheme} {level.value.strip()}",
                labels=headline.text if headline else {},
                evidence=subject.evidence(f"level.{index}"),
            )
        )
    return Cell(values=tuple(values))


def _credits(subject: Subject) -> Cell:
    values = []
    remarks = []
    for index, credit in enumerate(subject.descriptor.credit):
        path = f"credit.{index}"
        hours = credit_hours(credit, path)
        if isinstance(hours, Issue):
            remarks.append(Remark.from_issue(hours))
        values.append(
            Value(
                native=f"{credit.value:f} {credit.system}",
                texts=credit.text or {},
                normalised=f"{credit.value.normalize():f} {credit.system}",
                hours=_amount(hours) if isinstance(hours, Hours) else None,
                evidence=subject.evidence(path),
            )
        )
    return Cell(values=tuple(values), remarks=tuple(remarks))


def _hours(subject: Subject, counted: str, systems: tuple[str, ...]) -> Cell:
    found, issues = amounts(subject.descriptor)
    volume = subject.descriptor.volume
    values = []
    for one in found:
        if one.counted != counted:
            continue
        said = volume.text if volume and volume.text and one.place.startswith("volume") else {}
        values.append(
            Value(
                native=_native(subject.descriptor, one.place),
                texts=said,
                normalised=_span(one.least, one.most),
                hours=_amount(one),
                converted=tuple(_converted(one, systems)) if counted == "total" else (),
                evidence=subject.evidence(one.place),
            )
        )
    remarks = tuple(Remark.from_issue(issue) for issue in issues) if counted == "total" else ()
    return Cell(values=tuple(values), remarks=remarks)


def _duration(subject: Subject) -> Cell:
    volume = subject.descriptor.volume
    if volume is None or volume.duration is None:
        return Cell()
    evidence = subject.evidence("volume.duration")
    return Cell(values=(Value(native=volume.duration, normalised=_plain_duration(volume.duration), evidence=evidence),))


def _plain_duration(duration: str) -> str:
    """Return a duration with years as months and weeks as days, nothing else changed: `P1Y` is `P12M`."""
    found = _DURATION.match(duration)
    if found is None:
        return duration
    years, months, weeks, days = (int(part or 0) for part in found.groups()[:4])
    dated = [(years * 12 + months, "M"), (weeks * 7 + days, "D")]
    return "P" + "".join(f"{number}{unit}" for number, unit in dated if number) + (found[5] or "")


_DURATION = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(T.+)?$")


def _native(descriptor: Descriptor, place: str) -> str:
    name, _, index = place.partition(".")
    if name == "credit":
        credit = descriptor.credit[int(index)]
        return f"{credit.value:f} {credit.system}"
    stated = getattr(descriptor.volume, index)
    return f"{stated:f} h" if isinstance(stated, Decimal) else str(stated)


def _span(least: Decimal, most: Decimal) -> str:
    one, other = (f"{side.normalize():f}" for side in (least, most))
    return f"{one} h" if one == other else f"{one}–{other} h"


def _amount(hours: Hours) -> Amount:
    return Amount(
        least=hours.least, most=hours.most, counted=hours.counted, basis=hours.basis, rule=hours.rule,
        source=hours.source, year=hours.year,
    )  # fmt: skip


def _converted(hours: Hours, systems: Iterable[str]) -> Iterator[Converted]:
    for system in systems:
        found = credits_of(hours, system)
        if not isinstance(found, Issue):
            yield Converted(
                system=found.system, least=found.least, most=found.most, step=found.step,
                remainder_hours=found.remainder, source=found.source, year=found.year,
            )  # fmt: skip


def _country(body: Organisation | None) -> _Found:
    return [(body.country, "issuer.country")] if body and body.country else []


def _one(code: str | None, path: str) -> _Found:
    return [(code, path)] if code else []


def _fields(descriptor: Descriptor) -> _Found:
    for index, field in enumerate(descriptor.field):
        said = field.code or " / ".join((field.label or {}).values())
        yield f"{field.scheme} {said}", f"field.{index}"


def _forms(descriptor: Descriptor) -> _Found:
    for index, form in enumerate(descriptor.certificate.form if descriptor.certificate else ()):
        for code in ("digital", "non_digital") if form == "both" else (form,):
            yield code, f"certificate.form.{index}"


def _standards(descriptor: Descriptor) -> _Found:
    for index, code in enumerate(descriptor.certificate.technical if descriptor.certificate else ()):
        yield code, f"certificate.technical.{index}"


CODES: dict[str, Callable[[Descriptor], _Found]] = {
    "country": lambda one: _country(one.issuer),
    "issuer_type": lambda one: _one(one.issuer.type if one.issuer else None, "issuer.type"),
    "language": lambda one: [
        (tag, f"language_of_instruction.{n}") for n, tag in enumerate(one.language_of_instruction)
    ],
    "field_of_study": _fields,
    "class": lambda one: _one(one.education_classification, "education_classification"),
    "assessment": lambda one: [(a.type, f"assessment.{n}.type") for n, a in enumerate(one.assessment) if a.type],
    "supervision": lambda one: [
        (a.supervision, f"assessment.{n}.supervision") for n, a in enumerate(one.assessment) if a.supervision
    ],
    "teaching_method": lambda one: [
        (method.mode, f"teaching_method.{n}.mode") for n, method in enumerate(one.teaching_method) if method.mode
    ],
    "credit_status": lambda one: _one(one.credit_status, "credit_status"),
    "other_recognition": lambda one: [(r.kind, f"other_recognition.{n}") for n, r in enumerate(one.other_recognition)],
    "certificate_form": _forms,
    "certificate_standard": _standards,
    "stackability_status": lambda one: _one(one.stackability_status, "stackability_status"),
    "stack_targets": lambda one: [(link.target_kind, f"stackability.{n}") for n, link in enumerate(one.stackability)],
    "recognition_status": lambda one: _one(one.recognition.status if one.recognition else None, "recognition.status"),
}
"""The codes that a descriptor holds for an aspect, each with its path."""


def _external(kind: str) -> Callable[[Descriptor], _Texts]:
    def found(descriptor: Descriptor) -> _Texts:
        assurance = descriptor.quality_assurance
        for index, one in enumerate(assurance.external if assurance else ()):
            if one.object == kind:
                yield _decision(one), f"quality_assurance.external.{index}"

    return found


def _decision(one: ExternalQuality) -> dict[str, str]:
    """Return a decision in words: body, scheme, reference and validity, then what is said of it."""
    named = [one.body, one.scheme, one.text]
    languages = dict.fromkeys(tag for texts in named for tag in texts or {}) or {"und": None}
    valid = f"{one.valid_from or ''}–{one.valid_until or ''}" if one.valid_from or one.valid_until else ""
    facts = [one.decision_ref or "", valid]
    told = {}
    for tag in languages:
        words = [texts.get(tag) or next(iter(texts.values())) for texts in named if texts]
        told[tag] = " · ".join(part for part in (*words, *facts) if part) or one.object
    return told


def _statements(name: str) -> Callable[[Descriptor], _Texts]:
    def found(descriptor: Descriptor) -> _Texts:
        assurance = descriptor.quality_assurance
        for index, one in enumerate(getattr(assurance, name) if assurance else ()):
            yield one.text, f"quality_assurance.{name}.{index}"

    return found


TEXTS: dict[str, Callable[[Descriptor], _Texts]] = {
    "title": lambda one: [(one.title, "title")],
    "issuer": lambda one: [(one.issuer.name if one.issuer else None, "issuer.name")],
    "source_status": lambda one: [
        ({"und": one.source_record.status} if one.source_record.status else None, "source_record.status")
    ],
    "learning_outcomes": lambda one: [(o.text, f"learning_outcomes.{n}") for n, o in enumerate(one.learning_outcomes)],
    "outcome_summary": lambda one: [(one.outcome_summary, "outcome_summary")],
    "assessment_text": lambda one: [(a.text, f"assessment.{n}.text") for n, a in enumerate(one.assessment)],
    "qa_internal": _statements("internal"),
    "qa_undivided": _statements("undivided"),
    "qa_institution": _external("institution"),
    "qa_programme": _external("programme"),
    "qa_credential": _external("credential"),
    "qa_unknown": _external("unknown"),
    "stack_titles": lambda one: [(link.target_title, f"stackability.{n}") for n, link in enumerate(one.stackability)],
    "prerequisites": lambda one: [(texts, f"prerequisites.{n}") for n, texts in enumerate(one.prerequisites)],
    "target_group": lambda one: [(texts, f"target_group.{n}") for n, texts in enumerate(one.target_group)],
}
"""The texts that a descriptor holds for an aspect, each with its path."""
