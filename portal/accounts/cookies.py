"""Cookies of the portal: `__Host-` and Secure everywhere, but for plain HTTP on this machine itself.

On a host that is reached without HTTPS a browser drops a Secure cookie, so that nobody can be signed in there.
"""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

Cookie = Literal["session", "door", "oidc"]
_NAMES: dict[Cookie, str] = {
    "session": "kakehashi",
    "door": "kakehashi-door",
    "oidc": "kakehashi-oidc",
}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_plain(request: Request) -> bool:
    """Tell whether a request came over plain HTTP to this machine itself."""
    return request.url.scheme == "http" and request.url.hostname in _LOOPBACK


def needs_https(request: Request, public_base: str) -> bool:
    """Tell whether nobody can sign in by the address that a request came to, as it is neither safe nor local."""
    here = f"https://{request.url.netloc}"
    return request.url.scheme == "http" and not is_plain(request) and here != public_base


def cookie_name(request: Request, cookie: Cookie) -> str:
    """Return the name of a cookie at the address that a request came to."""
    return _NAMES[cookie] if is_plain(request) else f"__Host-{_NAMES[cookie]}"


def cookie_of(request: Request, cookie: Cookie) -> str:
    """Return what a request brings in a cookie; empty when it brings none."""
    return request.cookies.get(cookie_name(request, cookie), "")[:4096]


def set_cookie(request: Request, response: Response, cookie: Cookie, value: str, seconds: int | None = None) -> None:
    """Give a browser a cookie, until it is closed or for some seconds."""
    response.set_cookie(
        cookie_name(request, cookie), value, max_age=seconds, path="/", secure=not is_plain(request), httponly=True,
        samesite="lax",
    )  # fmt: skip


def drop_cookie(request: Request, response: Response, cookie: Cookie) -> None:
    """Have a browser forget a cookie."""
    set_cookie(request, response, cookie, "", 0)
