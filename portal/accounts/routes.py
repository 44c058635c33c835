"""The addresses of the pages of accounts."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Language
from portal.accounts.dress import dressed_message, inside_style
from portal.accounts.pages import AccountPages
from portal.answers import METHODS, answer
from portal.partners.making import tag_of
from portal.public.site import LANGUAGES
from portal.routing import Router

_CSS = "text/css; charset=utf-8"
_UNKNOWN = frozenset({
    "account_unknown", "run_unknown", "record_unknown", "record_ambiguous", "registry_unknown", "schema_unknown",
    "answer_unknown", "decision_unknown", "dossier_unknown", "agreement_unknown", "translation_unknown",
})  # fmt: skip


def accounts_router(pages: AccountPages) -> Router:
    """Return the addresses of the pages of accounts."""
    router = Router()
    router.add("/inside.css", _style)
    router.add("/sign-in/return", pages.from_provider, ["GET"])
    for language in LANGUAGES:
        for method, path, endpoint in (
            ("GET", "sign-in", pages.sign_in),
            ("POST", "sign-in", pages.signed_in),
            ("GET", "sign-in/provider", pages.to_provider),
            ("POST", "sign-out", pages.sign_out),
            ("GET", "account", pages.account),
            ("POST", "account/password", pages.password),
            ("GET", "accounts", pages.accounts),
        ):
            add(router, method, f"/{language}/{path}", in_language(endpoint, language))
        for act in ("role", "disable", "enable"):
            add(router, "POST", f"/{language}/accounts/{{name}}/{act}", _change(pages, language, act))
    return router


def add(router: Router, method: str, path: str, endpoint: Callable[..., Response]) -> None:
    """Add an address; what is read can be asked for with HEAD too."""
    methods = list(METHODS) if method == "GET" else [method]
    router.add(path, endpoint, methods)


def in_language(endpoint: Callable[[Request, Language], Response], language: Language) -> Callable[[Request], Response]:
    """Return an endpoint that answers in one language, and tells what is missing or cannot be done on a page."""

    def asked(request: Request) -> Response:
        return telling(request, language, lambda: endpoint(request, language))

    return asked


def telling(request: Request, language: Language, ask: Callable[[], Response]) -> Response:
    """Return an answer, or a page with the coded error in its place."""
    try:
        return ask()
    except CodedError as error:
        issue = error.issues[0]
        status = 503 if issue.code == "database_unreachable" else 404 if issue.code in _UNKNOWN else 409
        return dressed_message(request, language, issue, status)


def _change(pages: AccountPages, language: Language, act: str) -> Callable[[Request, str], Response]:
    def asked(request: Request, name: str) -> Response:
        return telling(request, language, lambda: pages.change(request, language, name, act))

    return asked


def _style(request: Request) -> Response:
    return answer(request, inside_style(), _CSS, tag=tag_of(inside_style(), _CSS))
