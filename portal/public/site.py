"""The dress of every page: templates, words, headers. Nothing that came from outside is ever put in unescaped.

Pages carry no script and no inline style, and a strict content security policy says so to the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from config.labels import label
from config.messages import Issue, Language
from crosswalks.text import legal
from portal.answers import PAGE_SECURITY, answer
from portal.partners.making import tag_of
from portal.public.fixes import fix_of, fix_of_group
from portal.public.names import (
    country_name,
    credit_name,
    field_of_study,
    language_name,
    level_name,
    said,
    spoken,
    value_name,
)
from portal.public.wording import (
    converted_text,
    difference_text,
    hours_text,
    level_row,
    level_rows,
    made_by,
    native_text,
    origin_words,
    place_words,
    reviewed_by,
    rule_words,
    source_field,
)

PAGE_TYPE = "text/html; charset=utf-8"
LANGUAGES: tuple[Language, ...] = ("ja", "en")
_FOLDER = Path(__file__).parent
_OTHER: dict[Language, Language] = {"ja": "en", "en": "ja"}
_LONGEST_ADDRESS = 2000
_HTTPS_ONLY = "max-age=31536000"
_PERSONAL: Mapping[str, str] = {
    **PAGE_SECURITY,
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page(
    request: Request, template: str, language: Language, *, status: int = 200, headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:  # fmt: skip
    """Answer with a page in a language; for somebody who is signed in, one that nobody on the way keeps."""
    body = rendered(request, template, language, **context)
    told = {"Content-Language": language, **(headers or {})}
    if getattr(request.state, "visitor", None) is not None:
        return Response(body, status_code=status, headers={**personal(request), **told}, media_type=PAGE_TYPE)
    return answer(
        request, body, PAGE_TYPE, tag=tag_of(body, PAGE_TYPE), status=status, headers=told, cache="no-cache"
    )  # fmt: skip


def personal(request: Request) -> dict[str, str]:
    """Return the headers of a page that is for one person: never kept by anybody on the way."""
    return {**_PERSONAL, **({"Strict-Transport-Security": _HTTPS_ONLY} if request.url.scheme == "https" else {})}


def rendered(request: Request, template: str, language: Language, **context: Any) -> bytes:
    """Return a page in a language; the templates are those of every room of the portal."""
    usual = {"language": language, "other": _OTHER[language], "switch": switched(request, language),
             "here": request.url.path, **_whose(request)}  # fmt: skip
    text = _environment(language).get_template(template).render({**usual, **context})
    return legal(text).encode()


def _whose(request: Request) -> dict[str, Any]:
    """Return what pages show of whoever is signed in: nothing on a page for everybody."""
    state = request.state
    query = f"?{request.url.query}" if request.url.query else ""
    return {
        "visitor": getattr(state, "visitor", None), "form_mark": getattr(state, "form_mark", ""),
        "basket": getattr(state, "basket", ()), "here_whole": f"{request.url.path}{query}",
        "put_in": request.query_params.get("done") == "basket",
    }  # fmt: skip


def told(request: Request, language: Language, issue: Issue, status: int) -> Response:
    """Answer with a page that says what is wrong and what to do."""
    return page(
        request, "message.html", language, status=status, title=issue.text(language), fix=fix_of(issue, language)
    )  # fmt: skip


@cache
def style() -> bytes:
    """Return the style sheet."""
    return (_FOLDER / "style.css").read_bytes()


def web_address(address: Any) -> str | None:
    """Return an address that may become a link: http and https with a host, nothing else."""
    if not isinstance(address, str) or len(address) > _LONGEST_ADDRESS or not address.isprintable():
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname and " " not in address else None


def moment(value: datetime | date | None) -> str:
    """Return a moment as people read it; the store keeps all of them in UTC."""
    if value is None:
        return "—"
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else value.isoformat()


def switched(request: Request, language: Language, address: str | None = None) -> str:
    """Return the address of the same page in the other language; `address` where the page has another one by itself."""
    path = quote(request.url.path) if address is None else address
    rest = path.partition("/")[2].partition("/")[2]
    asked = urlencode(request.query_params.multi_items()) if address is None else ""
    return f"/{_OTHER[language]}/{rest}" + (f"?{asked}" if asked else "")


@cache
def _environment(language: Language) -> Environment:
    found = Environment(
        loader=FileSystemLoader(sorted(_FOLDER.parent.glob("*/templates"))), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    in_language: dict[str, Callable[..., Any]] = {
        "said": said, "spoken": spoken, "language_name": language_name, "country_name": country_name,
        "value_name": value_name, "field_name_of": field_of_study, "level_name": level_name, "credit_name": credit_name,
        "fix_of": fix_of, "fix_of_group": fix_of_group,
    }  # fmt: skip
    for words in (native_text, hours_text, converted_text, difference_text, level_row, level_rows, made_by,
                  origin_words, place_words, reviewed_by, rule_words, source_field):  # fmt: skip
        found.globals[words.__name__] = partial(words, language=language)
    found.globals["between"] = "、" if language == "ja" else ", "
    found.globals["t"] = lambda name, **values: label(name, language, **values)
    for name, function in in_language.items():
        found.globals[name] = partial(function, language=language)
    found.filters["web"] = web_address
    found.filters["moment"] = moment
    return found
