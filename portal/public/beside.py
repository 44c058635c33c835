"""The comparison pages: two to six versions side by side, as far as the terms of their registries let it be shown.

An address names records as they stand now or, with `@` and a number, exact versions; the second never changes what it
shows. The same comparison can be had as a printed page, a workbook, a PDF and as data.
"""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_uppercase
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.frameworks import credit_systems
from config.messages import CodedError, Issue, Language
from config.settings import Settings
from portal.answers import answer, redirect
from portal.paper import pdf
from portal.partners.log import PublicationLog
from portal.partners.making import tag_of
from portal.public.finding import registry_titles
from portal.public.laying import Laid, as_json, lay
from portal.public.pinned import Pinned, address, pinned, tokens
from portal.public.site import page, rendered
from portal.public.workbook import workbook
from recognition.models.vectors import VectorModel, vector_model
from store.database import Database

_MISSING = frozenset({"record_unknown", "record_removed", "nothing_here", "version_unknown"})
_AWAY = {"pdf_tool_missing": 501, "pdf_busy": 503}
_TYPES = {
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


class ComparisonPages:
    """Answers with comparisons at addresses that can be shared."""

    def __init__(self, log: PublicationLog, database: Database, settings: Settings) -> None:
        self._log = log
        self._database = database
        self._settings = settings

    def answer(self, request: Request, language: Language) -> Response:
        """Answer with the records named by `ids`, side by side; with a form when there are none."""
        asked = request.query_params.getlist("ids")
        named = tokens(asked)
        if len(asked) > 1:
            return redirect(address(language, named), headers={"Cache-Control": "no-cache"})
        if not named:
            return page(request, "compare_empty.html", language, problem=None, fix=None, ids="")
        try:
            laid = self._laid(named)
        except CodedError as error:
            return self._problem(request, language, error.issues[0], named)
        return page(request, "compare.html", language, **self._shown(language, named, laid))

    def form(self, suffix: str) -> Callable[[Request, Language], Response]:
        """Return what answers with a comparison in a form: `json`, `xlsx` or `pdf`."""

        def asked(request: Request, language: Language) -> Response:
            named = tokens(request.query_params.getlist("ids"))
            try:
                laid = self._laid(named)
                body = self._made(suffix, request, language, named, laid)
            except CodedError as error:
                return self._problem(request, language, error.issues[0], named)
            headers = {"Content-Disposition": f'attachment; filename="comparison-{laid.whole.key}-{language}.{suffix}"'}
            kind = _TYPES[suffix]
            tag = tag_of(body, kind) if suffix == "json" else None
            return answer(request, body, kind, tag=tag, headers=headers, cache="no-cache")

        return asked

    def _made(self, suffix: str, request: Request, language: Language, named: list[str], laid: Laid) -> bytes:
        if suffix == "json":
            return orjson.dumps(as_json(laid), option=orjson.OPT_INDENT_2)
        if suffix == "xlsx":
            return workbook(laid, registry_titles(self._settings), language)
        sheet = rendered(request, "compare_print.html", language, **self._shown(language, named, laid))
        return pdf(sheet, self._settings.base)

    def _laid(self, named: list[str]) -> Laid:
        return lay([pinned(self._log, self._database, self._settings.base, one) for one in named], self._model()[0])

    def _model(self) -> tuple[VectorModel | None, Issue | None]:
        """Return the model that is set, or what is wrong with it: a comparison is made without it all the same."""
        folder = self._settings.outcome_model
        try:
            return (vector_model(folder) if folder else None), None
        except CodedError as error:
            return None, error.issues[0]

    def _problem(self, request: Request, language: Language, issue: Issue, named: list[str]) -> Response:
        status = _AWAY.get(issue.code) or (404 if issue.code in _MISSING else 422)
        return page(
            request, "compare_empty.html", language, status=status, problem=issue.text(language),
            fix=issue.fix(language), ids=", ".join(named), headers={"Retry-After": "10"} if status == 503 else None,
        )  # fmt: skip

    def _shown(self, language: Language, named: list[str], laid: Laid) -> dict[str, Any]:
        columns = []
        for index, (pin, column) in enumerate(zip(laid.pins, laid.whole.subjects, strict=True)):
            rest = [*named[:index], *named[index + 1 :]]
            columns.append({
                "letter": ascii_uppercase[index], "of": column, "pin": pin,
                "first": address(language, [named[index], *rest]) if index else None,
                "without": address(language, rest) if len(named) > 2 else None,
                "earlier": _stepped(language, named, index, pin, -1), "later": _stepped(language, named, index, pin, 1),
            })  # fmt: skip
        exact = [pin.token for pin in laid.pins]
        return {
            "laid": laid, "columns": columns, "trouble": self._model()[1], "titles": registry_titles(self._settings),
            "systems": credit_systems(),
            "letters": ascii_uppercase, "hidden": laid.hidden, "glance": laid.glance(), "base": self._settings.base,
            "exact": address(language, exact), "current": address(language, [pin.name for pin in laid.pins]),
            "forms": [(suffix.upper(), address(language, exact, f".{suffix}")) for suffix in ("xlsx", "pdf", "json")],
        }  # fmt: skip


def _stepped(language: Language, named: list[str], index: int, pin: Pinned, step: int) -> tuple[int, str] | None:
    """Return the version before or after a column's, and the address of the comparison with it."""
    version = pin.beside(step)
    if version is None:
        return None
    return version, address(language, [*named[:index], f"{pin.name}@{version}", *named[index + 1 :]])
