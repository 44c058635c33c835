"""The catalogue over HTTP: one document, in the form the client prefers; and the terms it names."""

from __future__ import annotations

from io import BytesIO

import pyoxigraph as ox
from lxml import html
from lxml.html import builder as tag
from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue
from config.rights import released_fields
from portal.answers import answer, problem, redirect
from portal.catalogue.graph import Catalogue, policy_words
from portal.partners.making import tag_of
from portal.partners.negotiation import Choice, negotiate
from portal.partners.statements import Statement, jsonld, turtle
from portal.routing import Router

_KINDS = {"ttl": "text/turtle", "rdf": "application/rdf+xml", "jsonld": "application/ld+json"}
_CHOICES = [Choice(suffix, kind) for suffix, kind in _KINDS.items()]
_HTML = "text/html; charset=utf-8"


class CataloguePages:
    """Answers at the addresses of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def catalogue(self, request: Request) -> Response:
        """Answer with the whole catalogue."""
        found = negotiate(request.headers.get("accept"), _CHOICES)
        if found is None:
            params = {"accept": request.headers.get("accept", ""), "known": ", ".join(_KINDS.values())}
            return problem(request, Issue("not_acceptable", params), 406)
        return self._whole(request, found.name, vary=("Accept",))

    def named(self, request: Request, name: str) -> Response:
        """Answer with the catalogue in the form a suffix names, or send on from a dataset to it."""
        stem, _, suffix = name.partition(".")
        if stem == "catalogue" and suffix in _KINDS:
            return self._whole(request, suffix, vary=())
        if any(one.name == name for one in self._catalogue.datasets()):
            return redirect(self._catalogue.address())
        return problem(request, Issue("nothing_here", {"name": request.url.path}), 404)

    def rights(self, request: Request, name: str) -> Response:
        """Say what a rights policy lets out."""
        words = policy_words(name)
        if words is None:
            return problem(request, Issue("nothing_here", {"name": request.url.path}), 404)
        body = _page(words, name)
        return answer(request, body, _HTML, tag=tag_of(body, _HTML))

    def _whole(self, request: Request, suffix: str, vary: tuple[str, ...]) -> Response:
        body = serialised(self._catalogue.statements(), suffix)
        return answer(request, body, _KINDS[suffix], tag=tag_of(body, _KINDS[suffix]), vary=vary)


def serialised(statements: list[Statement], suffix: str) -> bytes:
    """Return statements as `ttl`, `jsonld` or `rdf`; each once."""
    single = list(dict.fromkeys(statements))
    if suffix == "jsonld":
        return jsonld(single)
    written = turtle(single)
    if suffix == "ttl":
        return written
    out = BytesIO()
    ox.serialize((one.triple for one in ox.parse(written, ox.RdfFormat.TURTLE)), out, ox.RdfFormat.RDF_XML)
    return out.getvalue()


def _page(words: dict[str, dict[str, str]], policy: str) -> bytes:
    fields = sorted(released_fields(policy) or ())
    told = [
        part
        for language in ("ja", "en")
        for part in (
            tag.H1(words["title"][language], lang=language),
            tag.P(words["description"][language], lang=language),
        )
    ]
    page = tag.HTML(
        tag.HEAD(tag.META(charset="utf-8"), tag.TITLE(words["title"]["en"])),
        tag.BODY(*told, tag.UL(*(tag.LI(tag.CODE(field)) for field in fields))),
        lang="en",
    )
    return bytes(html.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>")) + b"\n"


def catalogue_router(catalogue: Catalogue) -> Router:
    """Return the addresses of the catalogue."""
    pages, router = CataloguePages(catalogue), Router()
    for path, endpoint in (
        ("/catalogue", pages.catalogue),
        ("/catalogue/{name}", pages.named),
        ("/rights/{name}", pages.rights),
    ):
        router.add(path, endpoint)
    return router
