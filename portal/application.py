"""The portal as one web application: what is served, and how what goes wrong is told."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue
from config.settings import Settings
from harvester.workplace import Workplace
from portal.accounts.demo import ensure_demo_accounts
from portal.accounts.door import TurnedAway, guard, turned_away
from portal.accounts.pages import AccountPages
from portal.accounts.rates import Rates
from portal.accounts.routes import accounts_router
from portal.accounts.secret import Secret
from portal.accounts.sessions import Sessions
from portal.answers import problem
from portal.api.envelope import Envelope
from portal.api.routes import api_router
from portal.committee.routes import committee_router
from portal.oai.endpoint import oai_router
from portal.oai.provider import Provider
from portal.operators.routes import operators_router
from portal.partners.channels import channel_routers
from portal.partners.discovery import Discovery, discovery_router
from portal.partners.log import PublicationLog
from portal.partners.records import Records, records_router
from portal.partners.shelf import Shelf
from portal.proofs import proofs_router
from portal.public.finding import Finder
from portal.public.routes import public_router
from portal.routing import Routes
from portal.sparql.routes import sparql_router
from store.database import Database
from store.payloads import PayloadStore

_BUSY_SECONDS = "10"


def application(settings: Settings, database: Database) -> FastAPI:
    """Return the application of a deployment. Every request passes the door (`portal.accounts.door`) first."""
    log, shelf = PublicationLog(database, settings.base), Shelf(database, settings)
    secret, sessions = Secret(settings), Sessions(database, settings)
    rates, finder = Rates(database, secret), Finder(log, database, settings)
    ensure_demo_accounts(database, settings)
    place = Workplace(settings, database, PayloadStore(settings.home / "payloads", database))
    routes = Routes(
        (
            records_router(Records(log, shelf, settings)),
            discovery_router(Discovery(log, settings)),
            *channel_routers(log, shelf, settings),
            oai_router(Provider(log, shelf, settings), log),
            sparql_router(settings),
            api_router(log, shelf, settings, rates, finder),
            accounts_router(AccountPages(database, settings, secret=secret, sessions=sessions, rates=rates)),
            operators_router(place, secret),
            committee_router(place, log, secret),
            proofs_router(place),
            public_router(log, database, settings, finder),
        ),
        guard(sessions, secret, settings),
    )
    app = FastAPI(routes=[routes], openapi_url=None, middleware=[Middleware(Envelope)])
    app.add_exception_handler(TurnedAway, turned_away)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(CodedError, _coded)
    app.add_exception_handler(Exception, _unexpected)
    app.state.database, app.state.rates, app.state.key_rate = database, rates, settings.key_rate
    app.state.finder = finder
    return app


def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == 405:
        return problem(request, Issue("method_refused", {"method": request.method}), 405, headers=headers)
    return problem(request, Issue("nothing_here", {"name": request.url.path}), status, headers=headers)


def _coded(request: Request, error: Exception) -> Response:
    """Tell a coded error; a database that cannot be asked is a matter of waiting."""
    issue = error.issues[0] if isinstance(error, CodedError) else Issue("unexpected")
    if issue.code == "database_unreachable":
        return problem(request, issue, 503, headers={"Retry-After": _BUSY_SECONDS})
    return problem(request, issue, 500)


def _unexpected(request: Request, error: Exception) -> Response:
    """Tell that the program is at fault, without its insides; the trace is in the log of the server."""
    return problem(request, Issue("unexpected", {"detail": type(error).__name__, "file": "-"}), 500)
