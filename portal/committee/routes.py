"""The addresses of the committee's pages: each once below `/ja/` and once below `/en/`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Language
from harvester.workplace import Workplace
from portal.accounts.routes import add, in_language, telling
from portal.accounts.secret import Secret
from portal.answers import answer
from portal.committee.agreements import AgreementPages
from portal.committee.answering import Desk
from portal.committee.basket import BasketPages
from portal.committee.decisions import ACTS, DecisionPages
from portal.committee.dossiers import DossierPages
from portal.committee.home import HomePage
from portal.committee.likeness import LikenessPages
from portal.committee.renewals import RenewalPages
from portal.committee.translating import VERDICTS, TranslationPages
from portal.committee.watching import WatchPages
from portal.partners.log import PublicationLog
from portal.partners.making import tag_of
from portal.public.site import LANGUAGES
from portal.routing import Router

_CSS = "text/css; charset=utf-8"
Keyed = Callable[[Request, Language, str], Response]
Numbered = Callable[[Request, Language, int], Response]


def committee_router(place: Workplace, log: PublicationLog, secret: Secret) -> Router:
    """Return the addresses of the committee's pages."""
    router = Router()
    desk = Desk(place, log, secret)
    basket, dossiers, decisions = BasketPages(desk), DossierPages(desk), DecisionPages(desk)
    agreements, renewals, watching = AgreementPages(desk), RenewalPages(desk), WatchPages(desk)
    home, translating, likeness = HomePage(desk, watching), TranslationPages(desk), LikenessPages(desk)
    add(router, "GET", "/committee.css", _style)
    for language in LANGUAGES:
        base = f"/{language}/committee"
        add(router, "POST", f"/{language}/look-alikes", in_language(likeness.judge, language))
        for method, path, endpoint in (
            ("GET", "", home.home),
            ("GET", "/basket", basket.basket),
            ("POST", "/basket", basket.put),
            ("POST", "/basket/take", basket.take),
            ("GET", "/dossiers", dossiers.dossiers),
            ("POST", "/dossiers", dossiers.keep),
            ("GET", "/decisions", decisions.listed),
            ("GET", "/decisions/new", decisions.begin),
            ("POST", "/decisions/new", decisions.open),
            ("GET", "/renewals", renewals.calendar),
            ("GET", "/agreements", agreements.listed),
            ("POST", "/agreements", agreements.record),
            ("GET", "/watching", watching.watching),
            ("POST", "/watching", watching.add),
            ("POST", "/watching/stop", watching.remove),
            ("POST", "/watching/seen", watching.seen),
            ("GET", "/translations", translating.listed),
        ):
            add(router, method, base + path, in_language(endpoint, language))
        for method, path, keyed in (
            ("GET", "", dossiers.one),
            ("POST", "/mark", dossiers.mark),
            ("POST", "/unmark", dossiers.unmark),
            ("GET", "/dossier.json", dossiers.as_json),
            ("GET", "/dossier.pdf", dossiers.as_pdf),
        ):
            add(router, method, f"{base}/dossiers/{{key}}{path}", _keyed(keyed, language))
        add(router, "GET", f"{base}/decisions/{{number:int}}", _numbered(decisions.one, language))
        for act in ACTS:
            add(router, "POST", f"{base}/decisions/{{number:int}}/{act}", _acting(decisions.take, language, act))
        add(router, "POST", f"{base}/agreements/{{number:int}}/end", _numbered(agreements.end, language))
        add(router, "GET", f"{base}/translations/{{key}}", _keyed(translating.record, language))
        add(router, "POST", f"{base}/translations/{{key}}", _keyed(translating.write, language))
        add(router, "POST", f"{base}/translations/{{key}}/draft", _keyed(translating.draft, language))
        for verdict in VERDICTS:
            path = f"{base}/translations/{{number:int}}/{verdict}"
            add(router, "POST", path, _acting(translating.judge, language, verdict))
    return router


def _keyed(endpoint: Keyed, language: Language) -> Callable[[Request, str], Response]:
    def asked(request: Request, key: str) -> Response:
        return telling(request, language, lambda: endpoint(request, language, key))

    return asked


def _numbered(endpoint: Numbered, language: Language) -> Callable[[Request, int], Response]:
    def asked(request: Request, number: int) -> Response:
        return telling(request, language, lambda: endpoint(request, language, number))

    return asked


def _acting(
    endpoint: Callable[[Request, Language, int, str], Response], language: Language, act: str
) -> Callable[[Request, int], Response]:
    def asked(request: Request, number: int) -> Response:
        return telling(request, language, lambda: endpoint(request, language, number, act))

    return asked


@cache
def _sheet() -> bytes:
    return (Path(__file__).parent / "committee.css").read_bytes()


def _style(request: Request) -> Response:
    return answer(request, _sheet(), _CSS, tag=tag_of(_sheet(), _CSS))
