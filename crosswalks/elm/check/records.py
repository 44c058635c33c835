"""The verdict on records as they leave: by their own graphs, kept under a key that changes with record and rules."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from crosswalks.elm.check.index import Index, no_collection
from crosswalks.elm.check.results import CODES, Row
from crosswalks.elm.check.verdict import Verdict, judge, verdict_key
from crosswalks.elm.serialise.graph import graph_of, graph_of_all
from crosswalks.elm.writing.build import Written


def record_key(written: Written) -> str:
    """Return the key under which the verdict on a record may be kept."""
    return verdict_key(written.json() + orjson.dumps(written.concepts))


def faults(records: Sequence[Written]) -> list[tuple[Row, ...]]:
    """Return what is wrong with each record; nothing for one that keeps the base and the vocabulary rules.

    Records are judged as one document, which is what they will be, and one by one only when that does not conform, or
    when two of them describe a thing differently.
    """
    with no_collection():
        whole, agreed = graph_of_all(records)
        if not records or (agreed and _passes(judge(Index.of(whole)))):
            return [() for _ in records]
        return [_rows(judge(Index.of(graph_of(written)))) for written in records]


def codes_of(rows: tuple[Row, ...]) -> list[str]:
    """Return the reasons behind results as message codes with the place, each once."""
    return sorted({f"{CODES[row.layer, row.component]} {row.path}".strip() for row in rows})


def _passes(verdict: Verdict) -> bool:
    return verdict.conforms and verdict.conforms_vocabulary


def _rows(verdict: Verdict) -> tuple[Row, ...]:
    return () if _passes(verdict) else tuple(row for row in verdict.rows if not row.known)
