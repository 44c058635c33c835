"""Two to six credentials side by side, heading by heading of the descriptor.

Every cell says what its source says, what that is in comparable form, and where it came from; every pair of cells is
told apart in fixed words. There is no sum, no score and no verdict. Pure and deterministic: the same versions with the
same approved translations give the same comparison; its key is of the versions alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import combinations

from config.frameworks import credit_systems
from config.messages import CodedError
from recognition.cells import Cell, Pair, Remark
from recognition.facts import cell_of
from recognition.headings import Aspect, Heading, headings
from recognition.outcomes.align import Alignment, align
from recognition.outcomes.suggesting import Nearness, Suggested, suggest
from recognition.subject import Frozen, Reviewed, Subject
from recognition.telling_apart import difference

LEAST, MOST = 2, 6
_HOME_SYSTEM = "JP-tani"


class Compared(Frozen):
    """A column: which version of which record, from where, and what binds it when it leaves (`rights`, `attribution`).

    `stated` counts the rows in which it says something.
    """

    id: str
    iri: str
    registry: str
    version: int
    content_hash: str
    title: dict[str, str]
    address: str | None
    retrieved_at: datetime | None
    rights: str | None
    attribution: str | None
    stated: int
    not_stated: int


class ComparedRow(Frozen):
    """A row: a cell for each column, and how each two of them differ."""

    code: str
    labels: dict[str, str]
    cells: tuple[Cell, ...]
    pairs: tuple[Pair, ...]


class ComparedHeading(Frozen):
    """A heading with its rows. `number` is its place among the eight of the descriptor."""

    code: str
    number: int | None
    labels: dict[str, str]
    note: Remark | None
    rows: tuple[ComparedRow, ...]


class Comparison(Frozen):
    """A whole comparison. `key` stays the same as long as the versions compared do.

    `suggested` is what a model finds near among outcomes that nothing brought together; without a model it is empty.
    """

    key: str
    subjects: tuple[Compared, ...]
    headings: tuple[ComparedHeading, ...]
    alignments: tuple[Alignment, ...]
    statement: Remark
    suggested: tuple[Suggested, ...] = ()

    def row(self, code: str) -> ComparedRow:
        """Return one row. Raises `KeyError` when there is none of that code."""
        for heading in self.headings:
            for row in heading.rows:
                if row.code == code:
                    return row
        raise KeyError(code)


def compare(subjects: Sequence[Subject], model: Nearness | None = None) -> Comparison:
    """Compare two to six credentials. Raises `CodedError` with `comparison_size` or `comparison_twice`."""
    if not LEAST <= len(subjects) <= MOST:
        raise CodedError.of("comparison_size", count=len(subjects))
    for one, other in combinations(subjects, 2):
        if (one.id, one.version) == (other.id, other.version):
            raise CodedError.of("comparison_twice", name=one.id)
    chosen = tuple(subjects)
    found = tuple(_heading(chosen, heading) for heading in headings())
    alignments = tuple(
        align(
            one.descriptor.learning_outcomes,
            other.descriptor.learning_outcomes,
            first=first,
            second=second,
            over=(_over(one), _over(other)),
        )
        for (first, one), (second, other) in combinations(enumerate(chosen), 2)
    )
    return Comparison(
        key=key_of([(subject.id, subject.version, subject.content_hash) for subject in chosen]),
        subjects=tuple(_column(index, subject, found) for index, subject in enumerate(chosen)),
        headings=found,
        alignments=alignments,
        statement=Remark.of("comparison_informs"),
        suggested=_suggested(chosen, alignments, model) if model else (),
    )


def key_of(versions: Sequence[tuple[str, int, str]]) -> str:
    """Return the stable key of a comparison of these versions, in this order."""
    told = "\n".join(f"{name} {version} {content}" for name, version, content in versions)
    return blake2b(told.encode(), digest_size=10).hexdigest()


def _heading(subjects: tuple[Subject, ...], heading: Heading) -> ComparedHeading:
    return ComparedHeading(
        code=heading.code,
        number=heading.number,
        labels=heading.labels,
        note=Remark.of(heading.note) if heading.note else None,
        rows=tuple(_row(subjects, aspect) for aspect in heading.aspects),
    )


def _row(subjects: tuple[Subject, ...], aspect: Aspect) -> ComparedRow:
    systems = _systems(subjects) if aspect.code == "total_hours" else ()
    cells = tuple(cell_of(subject, aspect, systems) for subject in subjects)
    pairs = []
    for first, second in combinations(range(len(subjects)), 2):
        told, because, levels = difference(aspect, (subjects[first], subjects[second]), (cells[first], cells[second]))
        pairs.append(Pair(first=first, second=second, difference=told, because=because, levels=levels))
    return ComparedRow(code=aspect.code, labels=aspect.labels, cells=cells, pairs=tuple(pairs))


def _suggested(subjects: Sequence[Subject], alignments: Sequence[Alignment], model: Nearness) -> tuple[Suggested, ...]:
    outcomes = [subject.descriptor.learning_outcomes for subject in subjects]
    return tuple(pair for one in alignments for pair in suggest(one, outcomes[one.first], outcomes[one.second], model))


def _over(subject: Subject) -> dict[int, tuple[Reviewed, ...]]:
    """Return the approved translations of a record's outcomes, by the number of the outcome."""
    found = enumerate(subject.descriptor.learning_outcomes)
    laid = ((number, subject.reviewed_at(f"learning_outcomes.{number}", one.text)) for number, one in found)
    return {number: many for number, many in laid if many}


def _systems(subjects: tuple[Subject, ...]) -> tuple[str, ...]:
    """Return the credit systems that hours are shown in: those of the compared records, and that of Japan."""
    used = {credit.system for subject in subjects for credit in subject.descriptor.credit} | {_HOME_SYSTEM}
    return tuple(name for name, system in credit_systems().items() if name in used and system.sourced)


def _column(index: int, subject: Subject, found: tuple[ComparedHeading, ...]) -> Compared:
    cells = [row.cells[index] for heading in found for row in heading.rows]
    record = subject.descriptor.source_record
    return Compared(
        id=subject.id,
        iri=subject.descriptor.id,
        registry=record.registry,
        version=subject.version,
        content_hash=subject.content_hash,
        title=subject.descriptor.title,
        address=record.url or subject.descriptor.landing_page,
        retrieved_at=subject.retrieved_at,
        rights=record.rights,
        attribution=record.attribution,
        stated=sum(cell.stated for cell in cells),
        not_stated=sum(not cell.stated for cell in cells),
    )
