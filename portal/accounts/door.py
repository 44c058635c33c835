"""The door that every request passes: who comes, whether the table of routes lets them in, and whose form it is.

It stands before every route (`portal.routing`). What it found is in the request: `visitor_of`, `form_of`. Where there
is no session to look up, nothing is asked. Routes of machines check their keys themselves (`portal.accounts.keys`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from config.labels import label
from config.messages import CodedError, Issue, Language
from config.settings import Settings
from portal.accounts.access import Access, access_to
from portal.accounts.cookies import cookie_of
from portal.accounts.dress import dressed_message
from portal.accounts.forms import Form, form_mark, is_ours, read_form
from portal.accounts.secret import Secret
from portal.accounts.sessions import Sessions
from portal.accounts.visitor import Visitor
from portal.answers import problem, redirect
from portal.partners.negotiation import language_of
from store.account_tables import ROLES
from store.baskets import in_basket

COMMITTEE = frozenset({"committee", "admin"})
"""The roles that work on recognition."""
_PAGES = ("/ja/", "/en/")
Guard = Callable[[Request], Awaitable[None]]


class TurnedAway(Exception):
    """A request that does not get in; `response` is what it is told."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def turned_away(request: Request, error: Exception) -> Response:  # noqa: ARG001 - as handlers of errors are called
    """Answer a request that did not get in."""
    return cast("TurnedAway", error).response


def visitor_of(request: Request) -> Visitor:
    """Return who a request comes from. For routes that are not public."""
    return cast("Visitor", request.state.visitor)


def form_of(request: Request) -> Form:
    """Return what was sent with a form. For routes that need one."""
    return cast("Form", request.state.form)


def guard(sessions: Sessions, secret: Secret, settings: Settings) -> Guard:
    """Return the dependency that lets requests in or turns them away."""

    async def let_in(request: Request) -> None:
        access = access_to(request.method, request.scope["route"].path)
        request.state.visitor = None
        if access is None:
            raise TurnedAway(_told(request, Issue("route_closed", {"path": request.url.path}), 403))
        if access.scope:
            return
        if access.public and not access.form:
            if token := cookie_of(request, "session") if request.scope["path"].startswith(_PAGES) else "":
                await run_in_threadpool(_greet, request, token, sessions, secret)
            return
        try:
            visitor = await run_in_threadpool(sessions.visitor, cookie_of(request, "session"))
            request.state.visitor = visitor
            if not access.public:
                _admit(request, access, visitor)
            if access.form:
                form = await read_form(request)
                if form is None or not is_ours(request, form, secret, visitor, settings.base):
                    raise TurnedAway(_told(request, Issue("form_not_ours"), 403))
                request.state.form = form
            if visitor is not None:
                await run_in_threadpool(_dress, request, visitor, sessions, secret)
        except CodedError as error:
            raise TurnedAway(_told(request, error.issues[0], 503)) from None

    return let_in


def _greet(request: Request, token: str, sessions: Sessions, secret: Secret) -> None:
    """Know who reads a page for everybody, so that it can offer what they may do.

    A page for everybody is also there while nobody can be known.
    """
    with suppress(CodedError):
        request.state.visitor = visitor = sessions.visitor(token)
        if visitor is not None:
            _dress(request, visitor, sessions, secret)


def _dress(request: Request, visitor: Visitor, sessions: Sessions, secret: Secret) -> None:
    request.state.form_mark = form_mark(request, secret, visitor)
    if visitor.role in COMMITTEE:
        request.state.basket = tuple(in_basket(sessions.database, visitor.account_id))


def _admit(request: Request, access: Access, visitor: Visitor | None) -> None:
    if visitor is None:
        if request.method in {"GET", "HEAD"}:
            raise TurnedAway(_to_sign_in(request))
        raise TurnedAway(_told(request, Issue("sign_in_needed"), 403))
    if visitor.role not in access.roles:
        language = language_at(request)
        roles = ", ".join(label(f"role_{role}", language) for role in ROLES if role in access.roles)
        mine = label(f"role_{visitor.role}", language)
        raise TurnedAway(_told(request, Issue("role_refused", {"role": mine, "roles": roles}), 403))


def _to_sign_in(request: Request) -> Response:
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    address = f"/{language_at(request)}/sign-in?{urlencode({'next': asked})}"
    return redirect(address, headers={"Cache-Control": "no-store"})


def _told(request: Request, issue: Issue, status: int) -> Response:
    if request.url.path.startswith(_PAGES):
        return dressed_message(request, language_at(request), issue, status)
    return problem(request, issue, status)


def language_at(request: Request) -> Language:
    """Return the language of an address, else the one that the browser prefers."""
    return language_of(request.url.path[1:3], request.headers.get("accept-language"))
