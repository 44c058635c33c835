"""The addresses of the operators' pages: each once below `/ja/` and once below `/en/`."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Language
from harvester.workplace import Workplace
from portal.accounts.routes import add, in_language, telling
from portal.accounts.secret import Secret
from portal.operators.curating import CuratingPages
from portal.operators.desk import DeskPages
from portal.operators.payloads import PayloadPages
from portal.operators.running import ACTS, RunPages
from portal.public.site import LANGUAGES
from portal.routing import Router

Named = Callable[[Request, Language, str], Response]
Numbered = Callable[[Request, Language, int], Response]


def operators_router(place: Workplace, secret: Secret) -> Router:
    """Return the addresses of the operators' pages."""
    router = Router()
    desk, runs = DeskPages(place, secret), RunPages(place, secret)
    payloads, curating = PayloadPages(place, secret), CuratingPages(place, secret)
    for language in LANGUAGES:
        base = f"/{language}/operators"
        for path, endpoint in (
            ("", desk.overview),
            ("/schedule", desk.schedule),
            ("/runs", runs.listed),
            ("/corrections", curating.corrections),
            ("/mappings", curating.mappings),
            ("/audit", curating.audit),
        ):
            add(router, "GET", base + path, in_language(endpoint, language))
        add(router, "GET", f"{base}/runs/{{number:int}}", _numbered(runs.one, language))
        add(router, "GET", f"{base}/runs/{{number:int}}/requests", _numbered(runs.requests, language))
        add(router, "GET", f"{base}/payloads/{{digest}}", _digest(payloads, language))
        for act in ACTS:
            add(router, "POST", f"{base}/runs/{{number:int}}/{act}", _deciding(runs, language, act))
        for act in ("pause", "resume", "run"):
            add(router, "POST", f"{base}/schedule/{{registry}}/{act}", _acting(desk.reschedule, language, act))
        for act in ("accept", "refuse"):
            add(router, "POST", f"{base}/registries/{{registry}}/{act}", _acting(desk.decide, language, act))
        add(router, "GET", f"{base}/corrections/{{record}}", _of_record(curating.record, language))
        add(router, "POST", f"{base}/corrections/{{record}}", _of_record(curating.correct, language))
        add(router, "POST", f"{base}/corrections/{{record}}/withdraw", _of_record(curating.withdraw, language))
        add(router, "GET", f"{base}/mappings/{{schema}}", _of_schema(curating.mapping, language))
        add(router, "POST", f"{base}/mappings/{{schema}}", _of_schema(curating.judge, language))
    return router


def _numbered(endpoint: Numbered, language: Language) -> Callable[[Request, int], Response]:
    def asked(request: Request, number: int) -> Response:
        return telling(request, language, lambda: endpoint(request, language, number))

    return asked


def _deciding(runs: RunPages, language: Language, act: str) -> Callable[[Request, int], Response]:
    def asked(request: Request, number: int) -> Response:
        return telling(request, language, lambda: runs.decide(request, language, number, act))

    return asked


def _acting(
    endpoint: Callable[[Request, Language, str, str], Response], language: Language, act: str
) -> Callable[[Request, str], Response]:
    def asked(request: Request, registry: str) -> Response:
        return telling(request, language, lambda: endpoint(request, language, registry, act))

    return asked


def _of_record(endpoint: Named, language: Language) -> Callable[[Request, str], Response]:
    def asked(request: Request, record: str) -> Response:
        return telling(request, language, lambda: endpoint(request, language, record))

    return asked


def _of_schema(endpoint: Named, language: Language) -> Callable[[Request, str], Response]:
    def asked(request: Request, schema: str) -> Response:
        return telling(request, language, lambda: endpoint(request, language, schema))

    return asked


def _digest(payloads: PayloadPages, language: Language) -> Callable[[Request, str], Response]:
    def asked(request: Request, digest: str) -> Response:
        return telling(request, language, lambda: payloads.one(request, language, digest))

    return asked
