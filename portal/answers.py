"""Answers of the portal: bytes with their tags, conditional requests, compression, and errors in two languages.

One function answers for every channel, so that ETag, Last-Modified, 304, gzip and cross-origin reading are the same
everywhere.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue
from portal.partners.negotiation import language_of

CACHED = "public, max-age=300, stale-while-revalidate=3600"
FOR_EVER = "public, max-age=31536000, immutable"
PROBLEM = "application/problem+json"
METHODS = ("GET", "HEAD")
PAGE_SECURITY: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every page tells the browser: no script, no style from anywhere else, nobody may frame it."""
_SENT = "Accept, Accept-Language, Authorization, If-Modified-Since, If-None-Match, Range, X-Request-Id"
_ASKED_AGAIN = "86400"
_WORTH_PACKING = 1024
_LEVEL = 5


def answer(
    request: Request,
    body: bytes,
    content_type: str,
    *,
    tag: str | None = None,
    changed: datetime | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    vary: Sequence[str] = (),
    cache: str = CACHED,
) -> Response:
    """Return an answer; 304 without a body when the client has these bytes already.

    `tag` is the entity tag without quotation marks. The packed form of a body has a tag of its own.
    """
    packed = len(body) >= _WORTH_PACKING and packs(request)
    told = {
        "Cache-Control": cache,
        "Vary": ", ".join([*vary, "Accept-Encoding"]),
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After",
        "X-Content-Type-Options": "nosniff",
        **(headers or {}),
    }
    if content_type.startswith("text/html"):
        told = {**PAGE_SECURITY, **told}
    if tag is not None:
        told["ETag"] = f'"{tag}-gzip"' if packed else f'"{tag}"'
    if changed is not None:
        told["Last-Modified"] = format_datetime(changed.astimezone(UTC).replace(microsecond=0), usegmt=True)
    if status == 200 and knows(request, tag, changed):
        return Response(status_code=304, headers=told)
    if packed:
        body = gzip.compress(body, _LEVEL, mtime=0)
        told["Content-Encoding"] = "gzip"
    told["Content-Type"] = content_type
    return Response(body, status_code=status, headers=told)


def told_before(request: Request, methods: Sequence[str]) -> Response:
    """Return what can be done at an address that everybody may read; scripts of any origin may read it too.

    No header that such a script may send makes a difference to who it is: cookies stay at home.
    """
    told = {"Allow": ", ".join(methods)}
    if "origin" in request.headers:
        told |= {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": ", ".join(METHODS),
            "Access-Control-Allow-Headers": _SENT,
            "Access-Control-Max-Age": _ASKED_AGAIN,
        }
    return Response(status_code=204, headers=told)


def redirect(address: str, status: int = 303, headers: Mapping[str, str] | None = None) -> Response:
    """Return a redirection."""
    told = {"Location": address, "Access-Control-Allow-Origin": "*", "Cache-Control": CACHED, **(headers or {})}
    return Response(status_code=status, headers=told)


def problem(
    request: Request,
    issue: Issue,
    status: int,
    *,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """Return an error as problem details (RFC 9457), in the language that is preferred, with the message in both.

    `type` leads to what the code means.
    """
    spoken = language_of(None, request.headers.get("accept-language"))
    number = getattr(request.state, "request_id", None)
    told = {
        "type": f"/api/v1/problems/{issue.code}",
        "title": issue.text(spoken),
        "status": status,
        "detail": issue.fix(spoken),
        "instance": request.url.path,
        "code": issue.code,
        "messages": {language: {"text": issue.text(language), "fix": issue.fix(language)} for language in ("ja", "en")},
        **({"request_id": number} if number else {}),
        **(more or {}),
    }
    headers = {"Content-Language": spoken, **(headers or {})}
    vary = ("Accept", "Accept-Language")
    return answer(request, orjson.dumps(told), PROBLEM, status=status, headers=headers, vary=vary, cache="no-cache")


def knows(request: Request, tag: str | None, changed: datetime | None) -> bool:
    """Tell whether the client has these bytes already, by tag or else by time."""
    if (asked := request.headers.get("if-none-match")) is not None:
        if tag is None:
            return False
        known = {part.strip().removeprefix("W/").strip('"').removesuffix("-gzip") for part in asked.split(",")}
        return asked.strip() == "*" or tag.removesuffix("-gzip") in known
    if changed is None or (since := request.headers.get("if-modified-since")) is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False
    return changed.replace(microsecond=0) <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def packs(request: Request) -> bool:
    """Tell whether the client takes gzip."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, rest = part.strip().partition(";")
        if name in {"gzip", "x-gzip", "*"} and rest.strip().replace(" ", "") not in {"q=0", "q=0.0", "q=0.00"}:
            return True
    return False
