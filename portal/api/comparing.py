"""Records side by side, as far as the terms of their registries let it be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError
from crosswalks.descriptor.rights import releasable
from portal.answers import answer
from portal.api.contract import Asked
from portal.api.records import FACTS_ONLY, JSON, open_entry
from portal.partners.log import PublicationLog
from portal.partners.making import tag_of
from recognition.comparison import ComparedRow, compare
from recognition.loading import load_version
from recognition.subject import Subject


class Comparisons:
    """Answers with comparisons of what is public now."""

    def __init__(self, log: PublicationLog) -> None:
        self._log = log

    def compared(self, request: Request, asked: Asked) -> Response:
        """Answer with the records named by `ids`. Raises `CodedError` as `compare` does, or with `nothing_here`."""
        names = [name for text in asked["ids"] for name in text.replace(",", " ").split()]
        subjects = [self._subject(name) for name in names]
        body = orjson.dumps(told(subjects), option=orjson.OPT_UTC_Z)
        return answer(request, body, JSON, tag=tag_of(body, JSON))

    def _subject(self, name: str) -> Subject:
        row = self._log.record(name)
        if row is None:
            raise CodedError.of("nothing_here", name=name[:200])
        if row.deleted:
            raise CodedError.of("record_removed", date=row.published_at.date().isoformat(), reason=row.reason or "-")
        return load_version(self._log.database, row.seq)


def told(subjects: Sequence[Subject]) -> dict[str, Any]:
    """Return a comparison for machines: compared is what may be shown, and what is stated but withheld says so."""
    whole, shown = compare(subjects), compare([_open(subject) for subject in subjects])
    return {
        **_plain(shown, "alignments", "statement"),
        **_plain(whole, "key", "subjects"),
        "headings": [
            {
                **_plain(heading, "code", "number", "labels", "note"),
                "rows": [_row(row, full) for row, full in zip(heading.rows, whole_heading.rows, strict=True)],
            }
            for heading, whole_heading in zip(shown.headings, whole.headings, strict=True)
        ],
    }


def _open(subject: Subject) -> Subject:
    closed = subject.descriptor.source_record.rights == FACTS_ONLY
    sources = {path: open_entry(one, closed=closed) for path, one in subject.sources.items()}
    return replace(subject, descriptor=releasable(subject.descriptor)[0], sources=sources)


def _row(row: ComparedRow, full: ComparedRow) -> dict[str, Any]:
    hidden = [len(one.values) < len(all_of_it.values) for one, all_of_it in zip(row.cells, full.cells, strict=True)]
    cells = [
        {**cell.model_dump(mode="json"), "withheld": hide} for cell, hide in zip(row.cells, hidden, strict=True)
    ]  # fmt: skip
    pairs = [
        pair.model_dump(mode="json") for pair in row.pairs if not (hidden[pair.first] or hidden[pair.second])
    ]  # fmt: skip
    return {**_plain(row, "code", "labels"), "cells": cells, "pairs": pairs}


def _plain(one: Any, *names: str) -> dict[str, Any]:
    found: dict[str, Any] = one.model_dump(mode="json", include=set(names))
    return found
