"""The pages of accounts: signing in and out, one's own account, and everybody's for administrators."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue, Language
from config.settings import Settings
from portal.accounts import managing
from portal.accounts.cookies import cookie_name, cookie_of, drop_cookie, is_plain, needs_https, set_cookie
from portal.accounts.demo import demo_accounts_of
from portal.accounts.door import form_of, visitor_of
from portal.accounts.dress import dressed, dressed_message
from portal.accounts.oidc import JOURNEY_SECONDS, Journey, Provider
from portal.accounts.passwords import fresh_hash, matches
from portal.accounts.rates import Rates
from portal.accounts.secret import Secret
from portal.accounts.sessions import Sessions
from portal.answers import redirect
from portal.public.site import LANGUAGES, switched
from store.account_tables import ROLES
from store.accounts import account_named, change_account
from store.database import Database

TRIES = (("5/15minute", ("name", "address")), ("30/15minute", ("address",)), ("60/hour", ("name",)))
"""How often somebody may try a password: for one account from one address, from one address, for one account."""
_BACK = "/sign-in/return"
_LONGEST_NEXT = 500
_MESSAGES = frozenset({"password", "role", "disabled", "enabled", "signed_out"})


class AccountPages:
    """Answers with the pages of accounts."""

    def __init__(
        self, database: Database, settings: Settings, *, secret: Secret, sessions: Sessions, rates: Rates
    ) -> None:
        self._database = database
        self._settings = settings
        self._secret = secret
        self._sessions = sessions
        self._rates = rates
        self._provider = Provider(settings, secret)

    def sign_in(self, request: Request, language: Language) -> Response:
        """Answer with the page to sign in on; somebody who is signed in goes on at once."""
        then = _safe(request.query_params.get("next", ""), language)
        visitor = self._sessions.visitor(cookie_of(request, "session"))
        if visitor is not None:
            return _onward(then or _home(visitor.role, language))
        return self._sign_in_page(request, language, then)

    def signed_in(self, request: Request, language: Language) -> Response:
        """Sign somebody in with a password, or say why not."""
        form = form_of(request)
        then = _safe(form.get("next", ""), language)
        if not self._settings.local_sign_in:
            return dressed_message(request, language, Issue("sign_in_wrong"), 403)
        name, password = form.get("name", "").strip()[:300], form.get("password", "")
        known = {"name": name.lower(), "address": request.client.host if request.client else "-"}
        waits = [self._rates.hit(limit, "sign-in", *(known[part] for part in parts)) for limit, parts in TRIES]
        if wait := max(waits):
            issue = Issue("sign_in_throttled", {"minutes": -(-wait // 60)})
            return self._sign_in_page(request, language, then, issue=issue, name=name, status=429)
        row = self._whose(name.lower(), password)
        if row is None:
            return self._sign_in_page(request, language, then, issue=Issue("sign_in_wrong"), name=name, status=403)
        limit, parts = TRIES[0]
        self._rates.forgive(limit, "sign-in", *(known[part] for part in parts))
        return self._begin(request, row, then or _home(row["role"], language))

    def to_provider(self, request: Request, language: Language) -> Response:
        """Send a browser to the provider of identities."""
        then = _safe(request.query_params.get("next", ""), language)
        if not self._provider.is_set:
            return dressed_message(request, language, Issue("nothing_here", {"name": request.url.path}), 404)
        journey = Journey.new(then, language)
        try:
            address = self._provider.way_there(journey, self._way_back(request))
        except CodedError as error:
            return dressed_message(request, language, error.issues[0], 502)
        response = _onward(address)
        set_cookie(request, response, "oidc", self._provider.packed(journey), JOURNEY_SECONDS)
        return response

    def from_provider(self, request: Request) -> Response:
        """Sign in somebody whom the provider sends back, or say why not."""
        language: Language = "en"
        try:
            journey = self._provider.unpacked(cookie_of(request, "oidc"))
            language = next(one for one in LANGUAGES if one == journey.language)
            query = dict(request.query_params)
            identity = self._provider.way_back(journey, self._way_back(request), query)
            row = managing.of_provider(
                self._database, self._settings, identity.issuer, identity.subject, identity.claims
            )
        except CodedError as error:
            refused = dressed_message(request, language, error.issues[0], 403)
            drop_cookie(request, refused, "oidc")
            return refused
        response = self._begin(request, row, journey.then or _home(row["role"], language))
        drop_cookie(request, response, "oidc")
        return response

    def sign_out(self, request: Request, language: Language) -> Response:
        """Sign out."""
        self._sessions.end(visitor_of(request))
        response = _onward(f"/{language}/sign-in?done=signed_out")
        drop_cookie(request, response, "session")
        return response

    def account(self, request: Request, language: Language, issue: Issue | None = None) -> Response:
        """Answer with the account of whoever is signed in."""
        row = managing.told(account_named(self._database, visitor_of(request).name))
        address = f"/{language}/account"
        return self._page(request, "account.html", language, address, issue=issue, account=row)

    def password(self, request: Request, language: Language) -> Response:
        """Give one's own account another password; every session ends."""
        form, visitor = form_of(request), visitor_of(request)
        try:
            if wait := self._rates.hit(TRIES[0][0], "password", visitor.name):
                raise CodedError.of("sign_in_throttled", minutes=-(-wait // 60))
            managing.change_password(
                self._database, visitor.actor, visitor.name, form.get("old", ""), form.get("new", "")
            )
        except CodedError as error:
            return self.account(request, language, error.issues[0])
        response = _onward(f"/{language}/sign-in?done=password")
        drop_cookie(request, response, "session")
        return response

    def accounts(self, request: Request, language: Language, issue: Issue | None = None) -> Response:
        """Answer with every account."""
        rows = managing.listed(self._database)
        return self._page(
            request, "accounts.html", language, f"/{language}/accounts", issue=issue, accounts=rows, roles=ROLES
        )

    def change(self, request: Request, language: Language, name: str, act: str) -> Response:
        """Give an account another role, close it, or open it again."""
        actor = visitor_of(request).actor
        try:
            if act == "role":
                managing.give_role(self._database, actor, name, form_of(request).get("role", ""))
            else:
                managing.disable(self._database, actor, name, disabled=act == "disable")
        except CodedError as error:
            return self.accounts(request, language, error.issues[0])
        done = {"role": "role", "disable": "disabled", "enable": "enabled"}[act]
        return _onward(f"/{language}/accounts?done={done}")

    def _page(
        self, request: Request, template: str, language: Language, address: str, *, issue: Issue | None = None,
        **context: Any,
    ) -> Response:  # fmt: skip
        done = request.query_params.get("done")
        return dressed(
            request, self._secret, template, language, status=409 if issue else 200, issue=issue, here=address,
            done=done if done in _MESSAGES else None, switch=switched(request, language, address), **context,
        )  # fmt: skip

    def _sign_in_page(
        self, request: Request, language: Language, then: str, *, issue: Issue | None = None, name: str = "",
        status: int = 200,
    ) -> Response:  # fmt: skip
        fresh = "" if cookie_of(request, "door") else secrets.token_urlsafe(32)
        if fresh:
            request.cookies[cookie_name(request, "door")] = fresh
        if needs_https(request, self._settings.base):
            issue, status = Issue("https_needed"), 403
        done = request.query_params.get("done")
        response = dressed(
            request, self._secret, "sign_in.html", language, status=status, issue=issue, name=name, then=then,
            local=self._settings.local_sign_in, provider=self._provider.is_set, provider_name=self._settings.oidc_name,
            demo=demo_accounts_of(self._settings), done=done if done in _MESSAGES else None,
            provider_address=f"/{language}/sign-in/provider" + (f"?next={quote(then)}" if then else ""),
        )  # fmt: skip
        if fresh:
            set_cookie(request, response, "door", fresh)
        return response

    def _whose(self, name: str, password: str) -> dict[str, Any] | None:
        """Return the account that a name and a password open."""
        try:
            row = account_named(self._database, name)
        except CodedError as error:
            if error.issues[0].code != "account_unknown":
                raise
            matches(None, password)
            return None
        known = matches(row["password"], password)
        closed = row["disabled"] or (row["demo"] and not demo_accounts_of(self._settings))
        if not known or closed:
            return None
        if fresh := fresh_hash(row["password"], password):
            change_account(self._database, row["id"], password=fresh)
        return row

    def _begin(self, request: Request, row: dict[str, Any], address: str) -> Response:
        token = self._sessions.begin(row["id"], cookie_of(request, "session"))
        self._rates.sweep()
        response = _onward(address)
        set_cookie(request, response, "session", token)
        drop_cookie(request, response, "door")
        return response

    def _way_back(self, request: Request) -> str:
        base = self._settings.base
        here = f"http://{request.url.netloc}" if is_plain(request) else base
        return f"{here}{_BACK}"


def _onward(address: str) -> Response:
    return redirect(address, headers={"Cache-Control": "no-store"})


def _home(role: str, language: Language) -> str:
    desk = {"partner": "account", "committee": "committee"}.get(role, "operators")
    return f"/{language}/{desk}"


def _safe(address: str, language: Language) -> str:
    """Return an address within the portal's pages to go on to, in the language of now; empty for any other."""
    if not address.isprintable() or "\\" in address or len(address) > _LONGEST_NEXT:
        return ""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith(("/ja/", "/en/")) or "//" in parts.path:
        return ""
    return f"/{language}{address[3:]}"
