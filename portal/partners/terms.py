"""The words we publish: vocabulary, codes, JSON-LD contexts and schemas, at addresses that never change their meaning.

Vocabulary and codes answer in the form the client prefers, or by suffix; their page has every term at its fragment.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import NamedTuple

import orjson
import pyoxigraph as ox
from lxml import html
from lxml.html import builder as tag
from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue
from crosswalks.descriptor import jsonld, schema
from crosswalks.descriptor.vocabulary import CODE_LISTS, VOCABULARY, classes, code_tables, labels, properties
from crosswalks.elm.context import context as elm_context
from crosswalks.openbadges import extension
from portal.answers import answer, problem
from portal.dumps.europe import GENERATIONS
from portal.dumps.forms import ELM_CONTEXT
from portal.partners.making import tag_of
from portal.partners.negotiation import Choice, negotiate
from portal.routing import Router

_JSONLD = "application/ld+json"
_KINDS = {"html": "text/html; charset=utf-8", "ttl": "text/turtle; charset=utf-8", "jsonld": _JSONLD}
_CHOICES = [Choice(name, kind.partition(";")[0]) for name, kind in _KINDS.items()]
_VOCABULARIES = {"descriptor": VOCABULARY, "codes": CODE_LISTS}


class _Row(NamedTuple):
    """One term on the page: its fragment, what it is, and its labels."""

    fragment: str
    kind: str
    ja: str
    en: str


def _vocabulary(request: Request, name: str) -> Response:
    """Answer with a vocabulary in the form the client prefers, or that a suffix names."""
    stem, _, suffix = name.partition(".")
    if stem not in _VOCABULARIES or suffix not in {"", *_KINDS}:
        return problem(request, Issue("nothing_here", {"name": request.url.path}), 404)
    if not suffix:
        found = negotiate(request.headers.get("accept"), _CHOICES)
        if found is None:
            known = ", ".join(choice.media_type for choice in _CHOICES)
            params = {"accept": request.headers.get("accept", ""), "known": known}
            return problem(request, Issue("not_acceptable", params), 406)
        suffix = found.name
    body = _written(stem, suffix)
    return answer(
        request, body, _KINDS[suffix], tag=tag_of(body, _KINDS[suffix]), vary=() if "." in name else ("Accept",)
    )


@cache
def _written(name: str, suffix: str) -> bytes:
    if suffix == "html":
        return _page(name)
    turtle = _VOCABULARIES[name].read_bytes()
    if suffix == "ttl":
        return turtle
    out = BytesIO()
    ox.serialize(ox.parse(turtle, ox.RdfFormat.TURTLE), out, ox.RdfFormat.JSON_LD)
    return out.getvalue()


def _page(name: str) -> bytes:
    rows = _descriptor_rows() if name == "descriptor" else _code_rows()
    title = {"descriptor": "JMICRO descriptor / JMICRO 記述子", "codes": "Codes / コード"}[name]
    lines = [
        tag.TR(
            tag.TH(row.fragment, scope="row"),
            tag.TD(row.kind),
            tag.TD(row.en, lang="en"),
            tag.TD(row.ja, lang="ja"),
            id=row.fragment,
        )
        for row in rows
    ]
    links = [tag.A(suffix, href=f"/ns/{name}.{suffix}", type=_KINDS[suffix]) for suffix in ("ttl", "jsonld")]
    page = tag.HTML(
        tag.HEAD(tag.META(charset="utf-8"), tag.TITLE(title)),
        tag.BODY(tag.H1(title), tag.P(links[0], " ", links[1]), tag.TABLE(*lines)),
        lang="en",
    )
    return bytes(html.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>")) + b"\n"


def _descriptor_rows() -> list[_Row]:
    rows = [_Row(name, "class", labels()[name]["ja"], labels()[name]["en"]) for name in classes()]
    return rows + [_Row(one.path, one.range, one.labels["ja"], one.labels["en"]) for one in properties()]


def _code_rows() -> list[_Row]:
    rows = []
    for name, table in code_tables().items():
        rows.append(_Row(name, "list", name, name))
        rows += [_Row(f"{name}.{code}", name, texts["ja"], texts["en"]) for code, texts in table.items()]
    return rows


def terms_router(base: str) -> Router:
    """Return the addresses of what is published below `/ns`."""
    router = Router()

    def fixed(body: bytes, kind: str) -> Callable[[Request], Response]:
        def told(request: Request) -> Response:
            return answer(request, body, kind, tag=tag_of(body, kind))

        return told

    def add(path: str, endpoint: Callable[..., Response]) -> None:
        router.add(path, endpoint)

    add(jsonld.CONTEXT_PATH, fixed(_json(jsonld.context()), _JSONLD))
    add(extension.CONTEXT_PATH, fixed(_json(extension.context(base)), _JSONLD))
    schema_path = "/ns/" + schema.SCHEMA_ID.partition("/ns/")[2]
    add(schema_path, fixed(schema.text().encode(), "application/schema+json"))
    for generation in GENERATIONS:
        linked = _json({"@context": elm_context(generation)})
        add(ELM_CONTEXT.format(generation=generation), fixed(linked, _JSONLD))
    add("/ns/{name}", _vocabulary)
    return router


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)
