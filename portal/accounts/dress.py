"""Pages that are for one person: never kept by anybody on the way, never packed together with what others sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue, Language
from portal.accounts.forms import form_mark
from portal.accounts.secret import Secret
from portal.public.site import PAGE_TYPE, personal, rendered


def dressed(
    request: Request, secret: Secret | None, template: str, language: Language, *, status: int = 200,
    headers: Mapping[str, str] | None = None, **context: Any,
) -> Response:  # fmt: skip
    """Answer with a page for whoever is signed in; with a `secret` its forms can be sent."""
    visitor = request.state.visitor
    mark = form_mark(request, secret, visitor) if secret else ""
    body = rendered(request, template, language, visitor=visitor, form_mark=mark, **context)
    told = {**personal(request), "Content-Language": language, **(headers or {})}
    return Response(body, status_code=status, headers=told, media_type=PAGE_TYPE)


def dressed_message(request: Request, language: Language, issue: Issue, status: int) -> Response:
    """Answer with a page that says what is wrong and what to do."""
    return dressed(request, None, "turned_away.html", language, status=status, issue=issue)


@cache
def inside_style() -> bytes:
    """Return the style sheet of these pages."""
    return (Path(__file__).parent / "inside.css").read_bytes()
