"""The comparison page: two to six records side by side, as far as the terms of their registries let it be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from string import ascii_uppercase
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from config.frameworks import credit_systems
from config.messages import CodedError, Language
from config.settings import Settings
from crosswalks.descriptor.rights import releasable
from portal.answers import redirect
from portal.partners.log import PublicationLog, public_name
from portal.public.finding import registry_titles
from portal.public.showing import FACTS_ONLY
from portal.public.site import page
from recognition.cells import Cell, Pair
from recognition.comparison import MOST, ComparedRow, Comparison, compare
from recognition.loading import load_subject
from recognition.outcomes.align import Link
from recognition.subject import Subject
from store.database import Database

_BETWEEN = re.compile(r"[,、，\s]+")
_LONGEST = 200


class Shown(NamedTuple):
    """A row as it may be shown: cells (None where the terms of a registry hide what is stated), and its pairs.

    `pairs` are those beside the first record, `others` the rest; a pair without its cell's leave to be shown is None.
    """

    row: ComparedRow
    cells: list[Cell | None]
    pairs: list[tuple[Pair, bool]]
    others: list[tuple[Pair, bool]]


class ComparisonPages:
    """Answers with comparisons at addresses that can be shared."""

    def __init__(self, log: PublicationLog, database: Database, settings: Settings) -> None:
        self._log = log
        self._database = database
        self._settings = settings

    def answer(self, request: Request, language: Language) -> Response:
        """Answer with the records named by `ids`, side by side; with a form when there are none."""
        asked = request.query_params.getlist("ids")
        names = [name[:_LONGEST] for text in asked for name in _BETWEEN.split(text) if name][: MOST + 1]
        if len(asked) > 1:
            return redirect(_address(language, names), headers={"Cache-Control": "no-cache"})
        if not names:
            return page(request, "compare_empty.html", language, problem=None, fix=None, ids="")
        try:
            subjects = [self._subject(name) for name in names]
            whole = compare(subjects)
            open_subjects = [replace(one, descriptor=releasable(one.descriptor)[0]) for one in subjects]
            shown = compare(open_subjects)
        except CodedError as error:
            issue = error.issues[0]
            missing = issue.code in {"record_unknown", "record_removed", "nothing_here"}
            return page(
                request, "compare_empty.html", language, status=404 if missing else 422, problem=issue.text(language),
                fix=issue.fix(language), ids=", ".join(names),
            )  # fmt: skip
        return self._page(request, language, names, subjects, whole, shown)

    def _subject(self, name: str) -> Subject:
        row = self._log.record(name)
        if row is None:
            raise CodedError.of("nothing_here", name=name)
        if row.deleted:
            raise CodedError.of("record_removed", date=row.published_at.date().isoformat(), reason=row.reason or "-")
        return load_subject(self._database, row.record_id)

    def _page(
        self, request: Request, language: Language, names: list[str], subjects: list[Subject], whole: Comparison,
        shown: Comparison,
    ) -> Response:  # fmt: skip
        headings = []
        nobody = []
        for heading, full in zip(shown.headings, whole.headings, strict=True):
            rows = []
            for row, all_of_it in zip(heading.rows, full.rows, strict=True):
                if any(cell.stated or cell.remarks for cell in all_of_it.cells):
                    rows.append(_shown(row, all_of_it))
                else:
                    nobody.append(row.labels[language])
            if rows:
                headings.append((heading, rows))
        columns = []
        for index, (letter, column) in enumerate(zip(ascii_uppercase, whole.subjects, strict=False)):
            rest = [*names[:index], *names[index + 1 :]]
            columns.append({
                "letter": letter, "of": column, "name": self._name(column.id),
                "first": _address(language, [names[index], *rest]) if index else None,
                "without": _address(language, rest) if len(names) > 2 else None,
            })  # fmt: skip
        return page(
            request, "compare.html", language, key=whole.key, columns=columns, headings=headings, nobody=nobody,
            alignments=list(_alignments(shown)), statement=whole.statement, titles=registry_titles(self._settings),
            systems=credit_systems(), letters=ascii_uppercase,
            hidden=[one.descriptor.source_record.rights == FACTS_ONLY for one in subjects],
        )  # fmt: skip

    def _name(self, record_id: str) -> str:
        row = self._log.record(record_id)
        return public_name(row, self._settings.base) if row else record_id


def _address(language: Language, names: list[str]) -> str:
    return f"/{language}/compare?{urlencode({'ids': ','.join(names)}, safe=',')}"


def _shown(row: ComparedRow, full: ComparedRow) -> Shown:
    hidden = [len(one.values) < len(all_of_it.values) for one, all_of_it in zip(row.cells, full.cells, strict=True)]
    cells = [None if hide and not cell.stated else cell for hide, cell in zip(hidden, row.cells, strict=True)]
    pairs = [(pair, not (hidden[pair.first] or hidden[pair.second])) for pair in row.pairs]
    beside = [one for one in pairs if one[0].first == 0]
    return Shown(row, cells, beside, [one for one in pairs if one[0].first != 0])


def _alignments(found: Comparison) -> Iterator[dict[str, Any]]:
    cells = found.row("learning_outcomes").cells
    for alignment in found.alignments:
        left, right = cells[alignment.first].values, cells[alignment.second].values
        if left and right:
            yield {
                "of": alignment,
                "first": ascii_uppercase[alignment.first],
                "second": ascii_uppercase[alignment.second],
                "links": [(left[link.left], right[link.right], _matched(link), link.means) for link in alignment.links],
            }


def _matched(link: Link) -> str:
    terms = [f"{term.left} = {term.right}" for term in link.terms]
    words = [] if link.terms or link.skills else list(dict.fromkeys((*link.left_words, *link.right_words)))
    return ", ".join([*words, *terms, *link.skills])
