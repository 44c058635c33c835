"""The portal as one web application: what is served, and how what goes wrong is told."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
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
from portal.api.routes import install_api
from portal.committee.routes import committee_router
from portal.oai.endpoint import oai_router
from portal.oai.provider import Provider
from portal.operators.routes import operators_router
from portal.partners.channels import channels_router
from portal.partners.discovery import Discovery, discovery_router
from portal.partners.log import PublicationLog
from portal.partners.records import Records, records_router
from portal.partners.shelf import Shelf
from portal.proofs import proofs_router
from portal.public.finding import Finder
from portal.public.routes import public_router
from portal.sparql.routes import sparql_router
from store.database import Database
from store.payloads import PayloadStore

_BUSY_SECONDS = "10"


def application(settings: Settings, database: Database) -> FastAPI:
    """Return the application of a deployment. Every request passes the door (`portal.accounts.door`) first."""
    log, shelf = PublicationLog(database, settings.base), Shelf(database, settings)
    secret, sessions = Secret(settings), Sessions(database, settings)
    rates = Rates(database, secret)
    door = Depends(guard(sessions, secret, settings))
    app = FastAPI(title="Kakehashi", openapi_url=None, docs_url=None, redoc_url=None, dependencies=[door])
    app.state.database, app.state.rates, app.state.key_rate = database, rates, settings.key_rate
    ensure_demo_accounts(database, settings)
    app.include_router(records_router(Records(log, shelf, settings)))
    app.include_router(discovery_router(Discovery(log, settings)))
    app.include_router(channels_router(log, shelf, settings))
    app.include_router(oai_router(Provider(log, shelf, settings), log))
    app.include_router(sparql_router(settings))
    install_api(app, log, shelf, settings, rates)
    place = Workplace(settings, database, PayloadStore(settings.home / "payloads", database))
    pages = AccountPages(database, settings, secret=secret, sessions=sessions, rates=rates)
    app.include_router(accounts_router(pages))
    app.include_router(operators_router(place, secret))
    app.include_router(committee_router(place, log, secret))
    app.include_router(proofs_router(place))
    finder = app.state.finder = Finder(log, database, settings)
    app.include_router(public_router(log, database, settings, finder))
    app.add_exception_handler(TurnedAway, turned_away)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(CodedError, _coded)
    app.add_exception_handler(Exception, _unexpected)
    return app


def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == 405:
        return problem(request, Issue("method_refused", {"method": request.method}), 405, headers=headers)
    return problem(request, Issue("nothing_here", {"name": request.url.path}), status, headers=headers)


def _not_found(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the path says what was asked for
    return problem(request, Issue("nothing_here", {"name": request.url.path}), 404)


def _coded(request: Request, error: Exception) -> Response:
    """Tell a coded error; a database that cannot be asked is a matter of waiting."""
    issue = error.issues[0] if isinstance(error, CodedError) else Issue("unexpected")
    if issue.code == "database_unreachable":
        return problem(request, issue, 503, headers={"Retry-After": _BUSY_SECONDS})
    return problem(request, issue, 500)


def _unexpected(request: Request, error: Exception) -> Response:
    """Tell that the program is at fault, without its insides; the trace is in the log of the server."""
    return problem(request, Issue("unexpected", {"detail": type(error).__name__, "file": "-"}), 500)
