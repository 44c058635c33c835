"""A comparison as it may be shown: what the terms of a registry hide is told as stated, without any difference.

One place decides that for the page, the printed page, the workbook and the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import Any, NamedTuple

from crosswalks.descriptor.rights import releasable
from portal.public.pinned import Pinned
from recognition.cells import Cell, Difference, Pair, Value
from recognition.comparison import ComparedHeading, ComparedRow, Comparison, compare
from recognition.outcomes.align import Alignment, Link
from recognition.outcomes.suggesting import Maker, Nearness, Suggested
from recognition.subject import Reviewed

FACTS_ONLY = "facts_only"
ORDER = (
    Difference.DIFFERENT, Difference.WIDER, Difference.NARROWER, Difference.NOT_COMPARABLE, Difference.SAME,
    Difference.NOT_STATED,
)  # fmt: skip
"""The order in which differences are told at a glance: what differs first, silence last."""


class Beside(NamedTuple):
    """How one cell looks beside another; `shown` is false where the terms of a registry do not let it be told."""

    pair: Pair
    shown: bool


class Row(NamedTuple):
    """A row as it may be shown: cells (None where what is stated is hidden), and the pairs of cells.

    `beside` holds for each column but the first how it looks beside the first; `others` are the rest.
    """

    of: ComparedRow
    cells: list[Cell | None]
    beside: list[Beside]
    others: list[Beside]


class Linked(NamedTuple):
    """Two outcomes laid beside each other, with what matched; `used` are approved translations that were compared."""

    left: Value
    right: Value
    words: str
    means: str
    used: tuple[Reviewed | None, Reviewed | None]


class Aligned(NamedTuple):
    """The outcomes of two columns: those with something in common, how many have nothing, what a machine suggests."""

    of: Alignment
    first: str
    second: str
    links: list[Linked]
    suggested: list[tuple[Value, Value, Maker]]


@dataclass(frozen=True)
class Laid:
    """A comparison laid out: headings with the rows that any record states, and the names of the others."""

    pins: Sequence[Pinned]
    whole: Comparison
    headings: list[tuple[ComparedHeading, list[Row]]]
    silent: list[ComparedRow]
    alignments: list[Aligned]
    suggested: tuple[Suggested, ...]

    @property
    def hidden(self) -> list[bool]:
        """Which columns are of a registry that lets only facts be shown."""
        return [pin.subject.descriptor.source_record.rights == FACTS_ONLY for pin in self.pins]

    def glance(self) -> list[tuple[str, list[tuple[Difference, list[ComparedRow]]]]]:
        """Return for each column but the first which rows differ from the first and how, what differs first."""
        told = []
        for index in range(1, len(self.pins)):
            rows: dict[Difference, list[ComparedRow]] = {word: [] for word in ORDER}
            for _, found in self.headings:
                for row in found:
                    one = row.beside[index - 1]
                    if one.shown:
                        rows[one.pair.difference].append(row.of)
            told.append((ascii_uppercase[index], [(word, some) for word, some in rows.items() if some]))
        return told


def lay(pins: Sequence[Pinned], model: Nearness | None = None) -> Laid:
    """Lay versions beside each other. Raises `CodedError` as `compare` does.

    A model only gets to read what may be shown.
    """
    subjects = [pin.subject for pin in pins]
    released = [releasable(one.descriptor) for one in subjects]
    shown = compare([replace(one, descriptor=some) for one, (some, _) in zip(subjects, released, strict=True)], model)
    whole = compare(subjects) if any(held for _, held in released) else shown
    headings = []
    silent: list[ComparedRow] = []
    for heading, full in zip(shown.headings, whole.headings, strict=True):
        rows = []
        for row, all_of_it in zip(heading.rows, full.rows, strict=True):
            if any(cell.stated or cell.remarks for cell in all_of_it.cells):
                rows.append(_row(row, all_of_it))
            else:
                silent.append(row)
        if rows:
            headings.append((heading, rows))
    return Laid(pins, whole, headings, silent, list(_aligned(shown)), shown.suggested)


def _row(row: ComparedRow, full: ComparedRow) -> Row:
    hidden = [len(one.values) < len(all_of_it.values) for one, all_of_it in zip(row.cells, full.cells, strict=True)]
    cells = [None if hide and not cell.stated else cell for hide, cell in zip(hidden, row.cells, strict=True)]
    pairs = [Beside(pair, not (hidden[pair.first] or hidden[pair.second])) for pair in row.pairs]
    return Row(
        row, cells, [one for one in pairs if one.pair.first == 0], [one for one in pairs if one.pair.first != 0]
    )  # fmt: skip


def _aligned(found: Comparison) -> Iterator[Aligned]:
    cells = found.row("learning_outcomes").cells
    for one in found.alignments:
        left, right = cells[one.first].values, cells[one.second].values
        if left and right:
            links = [
                Linked(left[link.left], right[link.right], _matched(link), link.means.value,
                       (link.left_reviewed, link.right_reviewed))
                for link in one.links
            ]  # fmt: skip
            near = [(left[pair.left], right[pair.right], pair.by) for pair in found.suggested
                    if (pair.first, pair.second) == (one.first, one.second)]  # fmt: skip
            yield Aligned(one, ascii_uppercase[one.first], ascii_uppercase[one.second], links, near)


def _matched(link: Link) -> str:
    terms = [f"{term.left} = {term.right}" for term in link.terms]
    words = [] if link.terms or link.skills else list(dict.fromkeys((*link.left_words, *link.right_words)))
    return ", ".join([*words, *terms, *link.skills])


def as_json(laid: Laid) -> dict[str, Any]:
    """Return a comparison for machines, with the versions compared and whether they are the current ones."""
    subjects = []
    for pin, column in zip(laid.pins, laid.whole.subjects, strict=True):
        told = {"name": pin.name, "newest": pin.newest, "withdrawn": pin.withdrawn is not None}
        subjects.append({**column.model_dump(mode="json"), **told})
    hidden = laid.hidden
    return {
        "key": laid.whole.key,
        "ids": [pin.token for pin in laid.pins],
        "subjects": subjects,
        "headings": [
            {
                **heading.model_dump(mode="json", exclude={"rows"}),
                "rows": [_row_told(row, hidden) for row in rows],
            }
            for heading, rows in laid.headings
        ],
        "stated_by_none": [{"code": row.code, "labels": row.labels} for row in laid.silent],
        "alignments": [one.of.model_dump(mode="json") for one in laid.alignments],
        "machine_made": [pair.model_dump(mode="json") for pair in laid.suggested],
        "statement": laid.whole.statement.model_dump(mode="json"),
    }


def _row_told(row: Row, hidden: list[bool]) -> dict[str, Any]:
    cells = []
    for cell, hide in zip(row.cells, hidden, strict=True):
        told = (cell or Cell()).model_dump(mode="json")
        if hide:
            told["values"] = [{**one, "evidence": {**one["evidence"], "quotation": None}} for one in told["values"]]
        cells.append({**told, "withheld": cell is None})
    pairs = [one.pair.model_dump(mode="json") for one in (*row.beside, *row.others) if one.shown]
    return {"code": row.of.code, "labels": row.of.labels, "cells": cells, "pairs": pairs}
