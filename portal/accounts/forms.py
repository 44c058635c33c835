"""What people send with a form: read once, small, and only when it comes from a form of ours."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from portal.accounts.cookies import cookie_of
from portal.accounts.secret import Secret
from portal.accounts.visitor import Visitor

FIELD = "form"
"""The name of the hidden field that tells a form of ours."""
_TYPE = "application/x-www-form-urlencoded"
_LARGEST = 64 * 1024
_MOST_FIELDS = 60
_SAME = frozenset({"same-origin", "none"})

Form = dict[str, str]


async def read_form(request: Request) -> Form | None:
    """Return the fields of a form, the last of each name; None for what is no form, or too large for one."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return None
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        return None
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


def form_mark(request: Request, secret: Secret, visitor: Visitor | None) -> str:
    """Return what the hidden field of a form holds: bound to the session, or to the browser before signing in."""
    return secret.mark("form", _bound_to(request, visitor))


def is_ours(request: Request, form: Form, secret: Secret, visitor: Visitor | None, public_base: str) -> bool:
    """Tell whether a form was made for this browser, and sent from a page of this portal."""
    bound = _bound_to(request, visitor)
    if not bound or not secret.is_mark("form", bound, form.get(FIELD, "")):
        return False
    if request.headers.get("sec-fetch-site", "same-origin") not in _SAME:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc in {request.url.netloc, urlsplit(public_base).netloc}


def _bound_to(request: Request, visitor: Visitor | None) -> str:
    return visitor.token if visitor else cookie_of(request, "door")
