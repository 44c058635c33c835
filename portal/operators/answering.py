"""How the operators' pages answer: with a page that can be acted on, or onward to one after an act."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue, Language
from portal.accounts.dress import dressed
from portal.accounts.secret import Secret
from portal.answers import redirect
from portal.public.site import switched
from portal.public.wording import layout

_DONE = frozenset({
    "paused", "resumed", "queued", "published", "dropped", "stopped", "retried", "corrected", "withdrawn", "judged",
    "accepted", "refused",
})  # fmt: skip


def show(
    request: Request, secret: Secret, template: str, language: Language, address: str, *, issue: Issue | None = None,
    status: int | None = None, **context: Any,
) -> Response:  # fmt: skip
    """Answer with a page of operators; `address` is its own, which a refused form comes back to."""
    acted = request.method == "POST"
    done = request.query_params.get("done")
    return dressed(
        request, secret, template, language, status=status or (409 if issue else 200), issue=issue, here=address,
        done=done if done in _DONE and not acted else None,
        switch=switched(request, language, address if acted else None), **context,
    )  # fmt: skip


def onward(address: str) -> Response:
    """Lead on to a page after something was done."""
    return redirect(address, headers={"Cache-Control": "no-store"})


def whole_number(text: str | None) -> int | None:
    """Return a number from an address, None for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def field_name(path: str, language: Language) -> str:
    """Return what a field is called, with its path; a field that pages have no name for by its path alone."""
    named = layout()["names"].get(path.partition(".")[0])
    return f"{named[language]} ({path})" if named else path
