"""The evidence file for one recognition question: fifteen points, and two views of the same evidence.

The software says only how far the sources state a thing, with where. Grades and materiality are empty until a named
person sets them with a reason, and silence can never be graded as a difference. The paper informs; it decides nothing.
Pure and deterministic.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Literal

from config.frameworks import credit_systems, level_schemes
from config.messages import CodedError
from crosswalks.descriptor.types import Level
from recognition.cells import Cell, Remark, Value
from recognition.criteria import EvidenceItem, evidence_items, points, purposes, view
from recognition.facts import cell_of
from recognition.headings import headings
from recognition.levels import Answer, Basis, Row, towards
from recognition.levels.table import NO_AGREEMENT, NONE
from recognition.subject import Frozen, Subject

_HOME_SYSTEM = "JP-tani"


class EvidenceState(StrEnum):
    """How far the sources state a thing. Nothing else is filled in by the software."""

    STATED = "stated"
    PARTLY = "partly_stated"
    NOT_STATED = "not_stated"


class Question(Frozen):
    """What is asked: for which purpose, by whom, in which framework of levels and system of credit.

    `documents_unavailable` is set where somebody cannot bring papers, as refugees may not.
    """

    purpose: str
    receiving: str
    details: str = ""
    framework: str | None = None
    credit_system: str | None = None
    documents_unavailable: bool = False


class Mark(Frozen):
    """What a named person holds of one row: the grade, whether a difference matters, and why."""

    grade: Literal["met", "differs", "no_information"]
    material: bool | None = None
    by: str
    on: date
    reason: str


class Gathered(Frozen):
    """The evidence on one thing: how far it is stated, and every value with its place."""

    code: str
    state: EvidenceState
    values: tuple[Value, ...]
    remarks: tuple[Remark, ...]
    ask: str


class Graded(Frozen):
    """One row of a view: the evidence it shows, and the mark of a person where there is one."""

    code: str
    labels: dict[str, str]
    item: str
    state: EvidenceState
    mark: Mark | None = None


class Shown(Frozen):
    """One row under a point."""

    code: str
    labels: dict[str, str]
    cell: Cell


class LevelFound(Frozen):
    """What a published comparison gives for a stated level in the receiver's framework."""

    level: Level
    framework: str
    answer: Answer
    basis: Basis | None
    rows: tuple[Row, ...]


class Point(Frozen):
    """One of the fifteen points. `for_receiver` is set where it stays empty until the receiver fills it in."""

    number: int
    code: str
    labels: dict[str, str]
    rows: tuple[Shown, ...] = ()
    remarks: tuple[Remark, ...] = ()
    for_receiver: bool = False


class Missing(Frozen):
    """Something the sources do not state, and who may know: the issuer, the registry, or the country's centre."""

    item: str
    state: EvidenceState
    ask: Remark


class SourceUsed(Frozen):
    """A source that the dossier rests on, with its date."""

    what: str
    address: str | None = None
    retrieved_at: datetime | None = None
    year: int | None = None

    @property
    def day(self) -> date | None:
        """The day it was retrieved, in UTC."""
        return self.retrieved_at.date() if self.retrieved_at else None


class Dossier(Frozen):
    """A whole dossier on one version of one record."""

    key: str
    question: Question
    record: str
    iri: str
    registry: str
    source_id: str
    version: int
    content_hash: str
    title: dict[str, str]
    address: str | None
    retrieved_at: datetime | None
    evidence: tuple[Gathered, ...]
    elements: tuple[Graded, ...]
    criteria: tuple[Graded, ...]
    levels: tuple[LevelFound, ...]
    points: tuple[Point, ...]
    missing: tuple[Missing, ...]
    sources: tuple[SourceUsed, ...]
    statement: Remark


def dossier(subject: Subject, question: Question) -> Dossier:
    """Gather the evidence for a question about one record.

    Raises `CodedError` with `dossier_purpose_unknown`, `dossier_receiving_missing`, `dossier_framework_unknown` or
    `dossier_credit_system_unknown`.
    """
    _check(question)
    systems = list(dict.fromkeys((question.credit_system or _HOME_SYSTEM, _HOME_SYSTEM)))
    cells = {
        aspect.code: Shown(code=aspect.code, labels=aspect.labels, cell=cell_of(subject, aspect, systems))
        for heading in headings()
        for aspect in heading.aspects
    }
    gathered = {item.code: _gather(item, cells) for item in evidence_items()}
    levels = tuple(_level(level, question.framework) for level in subject.descriptor.level if question.framework)
    missing = tuple(_missing(one, subject) for one in gathered.values() if one.state is not EvidenceState.STATED)
    record = subject.descriptor.source_record
    return Dossier(
        key=_key(subject, question),
        question=question,
        record=subject.id,
        iri=subject.descriptor.id,
        registry=record.registry,
        source_id=record.source_id,
        version=subject.version,
        content_hash=subject.content_hash,
        title=subject.descriptor.title,
        address=record.url or subject.descriptor.landing_page,
        retrieved_at=subject.retrieved_at,
        evidence=tuple(gathered.values()),
        elements=_view("elements", gathered),
        criteria=_view("criteria", gathered),
        levels=levels,
        points=tuple(_points(subject, question, cells, levels)),
        missing=missing,
        sources=tuple(_sources(subject, cells, levels)),
        statement=Remark.of("dossier_informs"),
    )


def graded(made: Dossier, view_name: Literal["elements", "criteria"], code: str, mark: Mark) -> Dossier:
    """Return the dossier with the mark of a person on one row.

    Raises `CodedError` with `dossier_row_unknown`, `dossier_mark_unsigned` without a name or a reason, and
    `dossier_silence_is_no_difference` where a difference is claimed of what no source states.
    """
    rows: tuple[Graded, ...] = getattr(made, view_name)
    row = next((one for one in rows if one.code == code), None)
    if row is None:
        raise CodedError.of("dossier_row_unknown", name=code, known=", ".join(one.code for one in rows))
    if not mark.by.strip() or not mark.reason.strip():
        raise CodedError.of("dossier_mark_unsigned", name=code)
    if mark.grade == "differs" and row.state is EvidenceState.NOT_STATED:
        raise CodedError.of("dossier_silence_is_no_difference", name=code)
    if mark.material is not None and mark.grade != "differs":
        raise CodedError.of("dossier_material_without_difference", name=code)
    changed = tuple(one.model_copy(update={"mark": mark}) if one.code == code else one for one in rows)
    return made.model_copy(update={view_name: changed})


def _check(question: Question) -> None:
    if question.purpose not in purposes():
        raise CodedError.of("dossier_purpose_unknown", name=question.purpose, known=", ".join(purposes()))
    if not question.receiving.strip():
        raise CodedError.of("dossier_receiving_missing")
    if question.framework is not None and question.framework not in level_schemes():
        raise CodedError.of("dossier_framework_unknown", name=question.framework, known=", ".join(level_schemes()))
    if question.credit_system is not None and question.credit_system not in credit_systems():
        known = ", ".join(credit_systems())
        raise CodedError.of("dossier_credit_system_unknown", name=question.credit_system, known=known)


def _key(subject: Subject, question: Question) -> str:
    told = f"{subject.id} {subject.version} {subject.content_hash} {question.model_dump_json()}"
    return blake2b(told.encode(), digest_size=10).hexdigest()


def _gather(item: EvidenceItem, cells: dict[str, Shown]) -> Gathered:
    found = {code: cells[code].cell for code in item.rows}
    whole = all(any(found[code].stated for code in group) for group in item.needs)
    some = any(cell.stated for cell in found.values())
    state = EvidenceState.STATED if whole else EvidenceState.PARTLY if some else EvidenceState.NOT_STATED
    return Gathered(
        code=item.code,
        state=state,
        values=tuple(value for cell in found.values() for value in cell.values),
        remarks=tuple(remark for cell in found.values() for remark in cell.remarks),
        ask=item.ask,
    )


def _view(name: str, gathered: dict[str, Gathered]) -> tuple[Graded, ...]:
    return tuple(
        Graded(code=row.code, labels=row.labels, item=row.item, state=gathered[row.item].state) for row in view(name)
    )


def _level(level: Level, framework: str | None) -> LevelFound:
    scheme = framework or ""
    answer, basis, rows = towards(level, scheme)
    return LevelFound(level=level, framework=scheme, answer=answer, basis=basis, rows=rows)


def _missing(one: Gathered, subject: Subject) -> Missing:
    issuer = subject.descriptor.issuer
    registry = subject.descriptor.source_record.registry
    if issuer is None or one.ask == "registry":
        return Missing(item=one.code, state=one.state, ask=Remark.of("dossier_ask_registry", registry=registry))
    ask = Remark.of("dossier_ask_issuer", issuer=next(iter(issuer.name.values())), registry=registry)
    return Missing(item=one.code, state=one.state, ask=ask)


def _points(
    subject: Subject, question: Question, cells: dict[str, Shown], levels: tuple[LevelFound, ...]
) -> Iterable[Point]:
    remarks = _remarks(subject, question, levels)
    for number, row in enumerate(points(), start=1):
        yield Point(
            number=number,
            code=row.code,
            labels=row.labels,
            rows=tuple(cells[code] for code in row.rows),
            remarks=remarks.get(row.code, ()),
            for_receiver=row.code == "receiver",
        )


def _remarks(subject: Subject, question: Question, levels: tuple[LevelFound, ...]) -> dict[str, tuple[Remark, ...]]:
    languages = sorted({tag for outcome in subject.descriptor.learning_outcomes for tag in outcome.text})
    told = Remark.of("dossier_outcome_languages", languages=", ".join(languages) or "-")
    papers = (Remark.of("dossier_documents_unavailable"),) if question.documents_unavailable else ()
    return {
        "purpose": (Remark.of("dossier_purpose_weighs"), *papers),
        "parent": (Remark.of("dossier_covered_by_conventions"),),
        "level": tuple(_level_remark(one) for one in levels) or (Remark.of("dossier_no_framework_named"),),
        "outcomes": (told,),
        "assessment": (Remark.of("delivery_is_no_reason"),),
        "quality": (Remark.of("objects_of_decisions_differ"),),
        "elements": (Remark.of("dossier_silence"),),
        "missing": _national_centre(subject),
        "statement": (Remark.of("dossier_informs"),),
        "receiver": (Remark.of("dossier_receiver_fills_in"),),
    }


def _level_remark(one: LevelFound) -> Remark:
    given = [row for row in one.rows if row.to_level not in {NONE, NO_AGREEMENT}]
    second = " / ".join(f"{row.to_scheme} {row.to_level}" for row in given) or one.framework
    return Remark.of(
        f"level_{one.answer}",
        first=f"{one.level.scheme} {one.level.value}",
        second=second,
        source=one.basis.source if one.basis else "-",
        year=one.basis.year if one.basis else "-",
    )


def _national_centre(subject: Subject) -> tuple[Remark, ...]:
    issuer = subject.descriptor.issuer
    if issuer is None or issuer.country is None:
        return ()
    return (Remark.of("dossier_national_centre", country=issuer.country),)


def _sources(subject: Subject, cells: dict[str, Shown], levels: tuple[LevelFound, ...]) -> Iterable[SourceUsed]:
    record = subject.descriptor.source_record
    address = record.url or subject.descriptor.landing_page
    yield SourceUsed(what=record.registry, address=address, retrieved_at=subject.retrieved_at)
    for basis in {one.basis.id: one.basis for one in levels if one.basis}.values():
        yield SourceUsed(what=basis.source, address=basis.address, year=basis.year)
    hours = [value.hours for shown in cells.values() for value in shown.cell.values if value.hours]
    rested = {(amount.source, amount.year) for amount in hours if amount.year is not None}
    converted = [one for shown in cells.values() for value in shown.cell.values for one in value.converted]
    for what, year in sorted(rested | {(one.source, one.year) for one in converted}):
        yield SourceUsed(what=what, year=year)
