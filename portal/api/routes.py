"""The addresses of the API, from its table of operations; and how what goes wrong is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue
from config.settings import Settings
from portal.accounts.rates import Rates
from portal.answers import METHODS, answer, problem
from portal.api.comparing import Comparisons
from portal.api.contract import Asked, Operation
from portal.api.holdings import Holdings
from portal.api.openapi import document
from portal.api.operations import operations
from portal.api.pace import Pace
from portal.api.posting import Posting
from portal.api.records import JSON, ROOT, RecordAnswers
from portal.api.shapes import Index
from portal.partners.log import PublicationLog
from portal.partners.making import tag_of
from portal.partners.shelf import Shelf
from portal.public.finding import Finder
from portal.routing import Router

_STATUSES = {
    "parameter_unknown": 400, "parameter_invalid": 400, "cursor_invalid": 400, "body_missing": 400,
    "nothing_here": 404, "record_unknown": 404, "problem_unknown": 404, "record_removed": 410, "body_too_large": 413,
    "body_not_taken": 415, "work_crowded": 503, "database_unreachable": 503,
}  # fmt: skip
_CANNOT = 422
_WAIT = "10"
_OPENAPI = "application/vnd.oai.openapi+json;version=3.1"


def api_operations(log: PublicationLog, shelf: Shelf, settings: Settings, finder: Finder) -> tuple[Operation, ...]:
    """Return every operation of a deployment, those that tell of the others first."""
    records = RecordAnswers(log, shelf, settings)
    holdings = Holdings(log, records, finder, settings)
    found = operations(records, Comparisons(log), Posting(settings), holdings)
    about: list[Operation] = []

    @cache
    def written() -> bytes:
        told = document([*about, *found], settings.base, ROOT, settings.admin_email)
        return orjson.dumps(told, option=orjson.OPT_INDENT_2)

    def described(request: Request, asked: Asked) -> Response:  # noqa: ARG001 - it has no parameters
        body = written()
        return answer(request, body, _OPENAPI, tag=tag_of(body, _OPENAPI))

    def index(request: Request, asked: Asked) -> Response:  # noqa: ARG001 - it has no parameters
        where = {one.name: f"{one.method} {ROOT}{one.path}" for one in [*about, *found]}
        body = orjson.dumps({"openapi": f"{settings.base}{ROOT}/openapi.json", "operations": where})
        return answer(request, body, JSON, tag=tag_of(body, JSON))

    about += [
        Operation("index", "GET", "", "Where to begin", "入口", Index, index, tag="about"),
        Operation("describe", "GET", "/openapi.json", "This document", "この文書", None, described, tag="about",
                  media_type=_OPENAPI),
    ]  # fmt: skip
    return (*about, *found)


def api_router(log: PublicationLog, shelf: Shelf, settings: Settings, rates: Rates, finder: Finder) -> Router:
    """Return the addresses of the API; it searches what the pages for people search."""
    router = Router()
    pace = Pace(rates, settings.key_rate, settings.api_rate)
    posted: set[str] = set()
    for operation in api_operations(log, shelf, settings, finder):
        methods: list[str] = [*METHODS] if operation.method == "GET" else ["POST"]
        endpoint = _posted(operation, pace) if operation.takes_body else _asked(operation, pace)
        for path in (operation.path,) if operation.path else ("", "/"):
            router.add(f"{ROOT}{path}", endpoint, methods)
        posted |= {f"{ROOT}{operation.path}"} if operation.method == "POST" else set()

    def nowhere(request: Request) -> Response:
        if request.url.path in posted:
            raise HTTPException(405, headers={"Allow": "POST"})
        return problem(request, Issue("nothing_here", {"name": request.url.path[:200]}), 404)

    router.add("/api/{rest:path}", nowhere)
    return router


def _asked(operation: Operation, pace: Pace) -> Callable[[Request], Response]:
    def called(request: Request) -> Response:
        told = pace.count(request, operation.scope)
        try:
            found: Any = operation.handler(request, operation.asked(request))
        except CodedError as error:
            found = _problem(request, error)
        return _with(found, told)

    return called


def _posted(operation: Operation, pace: Pace) -> Callable[[Request], Awaitable[Response]]:
    async def called(request: Request) -> Response:
        told = await run_in_threadpool(pace.count, request, operation.scope)
        handler: Any = operation.handler
        try:
            found = await handler(request, operation.asked(request))
        except CodedError as error:
            found = _problem(request, error)
        return _with(found, told)

    return called


def _with(response: Response, headers: dict[str, str]) -> Response:
    response.headers.update(headers)
    return response


def _problem(request: Request, error: CodedError) -> Response:
    issue = error.issues[0]
    status = _STATUSES.get(issue.code, _CANNOT)
    if issue.code == "schema_unknown" and "schema" in request.path_params:
        status = 404
    return problem(request, issue, status, headers={"Retry-After": _WAIT} if status == 503 else None)
