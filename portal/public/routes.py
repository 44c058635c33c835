"""The addresses of the pages: each once below `/ja/` and once below `/en/`."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue, Language
from config.settings import Settings
from portal.answers import answer, redirect
from portal.partners.log import PublicationLog
from portal.partners.making import tag_of
from portal.partners.negotiation import language_of
from portal.partners.ways import ways
from portal.public.accessibility import policy, results
from portal.public.alike import LikePages, Likes
from portal.public.beside import ComparisonPages
from portal.public.coverage import CoveragePages
from portal.public.finding import Finder
from portal.public.freshness import RegistryPages
from portal.public.showing import RecordPages
from portal.public.site import LANGUAGES, page, style, told
from portal.routing import Router
from store.database import Database

_CSS = "text/css; charset=utf-8"


def public_router(log: PublicationLog, database: Database, settings: Settings, finder: Finder) -> Router:
    """Return the addresses of the pages for people; all of them ask the same index."""
    router = Router()
    likes = Likes(finder, database)
    coverage = CoveragePages(finder, settings)
    alike = LikePages(log, likes, settings)
    records, comparisons = RecordPages(log, database, settings, likes), ComparisonPages(log, database, settings)
    about = RegistryPages(finder, database, settings)

    def partners(request: Request, language: Language) -> Response:
        return page(request, "partners.html", language, ways=ways(), base=settings.base)

    def add(path: str, endpoint: Callable[..., Response]) -> None:
        router.add(path, endpoint)

    add("/", _home)
    add("/style.css", _style)
    for language in LANGUAGES:
        for path, endpoint in (
            ("", about.front),
            ("search", finder.answer),
            ("compare", comparisons.answer),
            ("registries", about.registries),
            ("look-alikes", alike.pairs),
            ("coverage", coverage.answer),
            ("partners", partners),
            ("accessibility", policy),
            ("accessibility/results", results),
        ):
            add(f"/{language}/{path}", _spoken(endpoint, language))
        for suffix in ("json", "xlsx", "pdf"):
            add(f"/{language}/compare.{suffix}", _spoken(comparisons.form(suffix), language))
        add(f"/{language}/mc/{{name}}", _named(records.answer, language))
        add(f"/{language}/mc/{{name}}/alike", _named(alike.answer, language))
        add(f"/{language}/{{rest:path}}", _spoken(_unknown, language))
    return router


def _home(request: Request) -> Response:
    language = language_of(None, request.headers.get("accept-language"))
    return redirect(f"/{language}/", headers={"Vary": "Accept-Language"})


def _style(request: Request) -> Response:
    return answer(request, style(), _CSS, tag=tag_of(style(), _CSS))


def _unknown(request: Request, language: Language) -> Response:
    return told(request, language, Issue("nothing_here", {"name": request.url.path}), 404)


def _spoken(endpoint: Callable[[Request, Language], Response], language: Language) -> Callable[[Request], Response]:
    def asked(request: Request) -> Response:
        return endpoint(request, language)

    return asked


def _named(
    endpoint: Callable[[Request, Language, str], Response], language: Language
) -> Callable[[Request, str], Response]:
    def asked(request: Request, name: str) -> Response:
        return endpoint(request, language, name)

    return asked
