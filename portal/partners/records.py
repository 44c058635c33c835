"""Every record at addresses of its own: identifier, page, each form, versions, linkset.

`/id/mc/{name}` is the record itself and sends on to `/mc/{name}`, which answers in the form the client prefers;
a suffix asks for one form. What was withdrawn says so for ever, and names what takes its place.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue, Language
from config.settings import Settings
from portal.answers import CACHED, FOR_EVER, answer, problem, redirect
from portal.partners.forms import addressed
from portal.partners.log import MERGED, PublicationLog, landing
from portal.partners.making import tag_of
from portal.partners.negotiation import HTML, Choice, language_of, negotiate
from portal.partners.page import message_page, record_page, shown
from portal.partners.shelf import Shelf
from portal.partners.signposts import LINKSET, Addresses, link_header
from portal.routing import Router
from store.publications import LogRow
from store.renditions import Rendition

PAGE_TYPE = f"{HTML}; charset=utf-8"
_NEGOTIATED = ("Accept", "Accept-Language")
_PAGE = Choice("html", HTML)
_PAGES_KEPT = 512


class _Seen(NamedTuple):
    """What is known of one published version: its forms, and where they and it are."""

    renditions: dict[str, Rendition]
    addresses: Addresses
    on_page: str
    on_form: str


class Records:
    """Answers for one record at a time."""

    def __init__(self, log: PublicationLog, shelf: Shelf, settings: Settings) -> None:
        self._log = log
        self._shelf = shelf
        self._base = settings.base
        self._forms = addressed(settings.elm_namespace)
        self._page = lru_cache(_PAGES_KEPT)(self._page_of)
        self._seen = lru_cache(_PAGES_KEPT)(self._look)

    def identified(self, request: Request, name: str) -> Response:
        """Send on from a record's identifier to its page."""
        row = self._log.record(name)
        if row is None:
            return _nothing(request, name)
        if row.deleted:
            return self._gone(request, row, "")
        return redirect(landing(row, self._base), headers={"Vary": "Accept"})

    def record(self, request: Request, name: str) -> Response:
        """Answer with a record as it stands, in the form that a suffix names or the client prefers."""
        stem, _, suffix = name.partition(".")
        row = self._log.record(stem)
        if row is None:
            return _nothing(request, name)
        if row.deleted:
            return self._gone(request, row, suffix)
        return self._shown(request, row, suffix, version=None)

    def version(self, request: Request, name: str, number: str) -> Response:
        """Answer with one version of a record, whatever became of the record since."""
        digits, _, suffix = number.partition(".")
        current = self._log.record(name)
        rows = self._log.versions(current.record_id) if current else []
        row = next((row for row in reversed(rows) if str(row.version) == digits), None)
        if row is None:
            return _nothing(request, f"{name}/versions/{number}")
        if row.deleted:
            return self._gone(request, row, suffix)
        return self._shown(request, row, suffix, version=row.version)

    def versions(self, request: Request, name: str) -> Response:
        """List the versions of a record, tombstones among them, oldest first."""
        current = self._log.record(name)
        if current is None:
            return _nothing(request, name)
        page = landing(current, self._base)
        told = [
            {
                "version": row.version,
                "op": row.op,
                "seq": row.seq,
                "published_at": row.published_at,
                "content_hash": None if row.deleted else row.content_hash,
                "reason": row.reason,
                "address": f"{page}/versions/{row.version}",
            }
            for row in self._log.versions(current.record_id)
        ]
        body = orjson.dumps({"id": current.iri, "page": page, "versions": told}, option=orjson.OPT_UTC_Z)
        links = {"Link": link_header([(page, "latest-version"), (current.iri, "cite-as")])}
        return self._plain(request, body, "application/json", current, links)

    def linkset(self, request: Request, name: str) -> Response:
        """Answer with all signposts of a record."""
        row = self._log.record(name)
        if row is None:
            return _nothing(request, name)
        if row.deleted:
            return self._gone(request, row, "", below="/linkset")
        seen = self._seen(row)
        return self._plain(request, orjson.dumps(seen.addresses.as_linkset()), LINKSET, row, {"Link": seen.on_form})

    def _plain(self, request: Request, body: bytes, kind: str, row: LogRow, headers: dict[str, str]) -> Response:
        return answer(request, body, kind, tag=tag_of(body, kind), changed=row.published_at, headers=headers)

    def _look(self, row: LogRow) -> _Seen:
        names = [form.name for form in self._forms.values()]
        renditions = {name: one for (_, name), one in self._shelf.of([row], names).items()}
        available = tuple(
            form
            for form in self._forms.values()
            if (one := renditions.get(form.name)) is not None and one.body is not None
        )
        addresses = Addresses(row, self._base, available)
        return _Seen(renditions, addresses, addresses.on_page(), addresses.on_form())

    def _shown(self, request: Request, row: LogRow, suffix: str, version: int | None) -> Response:
        seen = self._seen(row)
        renditions, addresses = seen.renditions, seen.addresses
        here = addresses.page if version is None else f"{addresses.versions}/{version}"
        if suffix and suffix != "html" and suffix not in self._forms:
            return _nothing(request, request.url.path)
        if suffix:
            chosen = "html" if suffix == "html" else self._forms[suffix].name
        else:
            choices = [_PAGE, *(Choice(form.name, form.media_type, form.profile) for form in addresses.forms)]
            found = negotiate(request.headers.get("accept"), choices)
            if found is None:
                return self._refused(request, addresses)
            chosen = found.name
        headers = {"Link": seen.on_page if chosen == "html" else seen.on_form}
        if version is not None:
            headers["Link"] = addresses.on_version()
        vary = () if suffix and chosen != "html" else _NEGOTIATED
        cache = CACHED if version is None else FOR_EVER
        if chosen == "html":
            asked = request.query_params.get("lang")
            language = language_of(asked, request.headers.get("accept-language"))
            body, tag = self._page(row, language)
            headers["Content-Language"] = language
            kind = PAGE_TYPE
        else:
            form = next(form for form in self._forms.values() if form.name == chosen)
            one = renditions[chosen]
            if one.body is None:
                return self._withheld(request, one, addresses)
            body, tag, kind = one.body, one.tag, form.content_type
            if not suffix:
                headers["Content-Location"] = f"{here}.{form.suffix}"
        return answer(request, body, kind, tag=tag, changed=row.published_at, headers=headers, vary=vary, cache=cache)

    def _page_of(self, row: LogRow, language: Language) -> tuple[bytes, str]:
        seen = self._seen(row)
        released, head = seen.renditions["json"].body, seen.renditions["schemaorg"].body
        body = record_page(shown(released or b"{}"), seen.addresses, head, language)
        return body, tag_of(body, PAGE_TYPE)

    def _refused(self, request: Request, addresses: Addresses) -> Response:
        known = [HTML, *dict.fromkeys(form.media_type for form in addresses.forms)]
        issue = Issue("not_acceptable", {"accept": request.headers.get("accept", ""), "known": ", ".join(known)})
        return problem(request, issue, 406, headers={"Link": addresses.on_page()}, more=_offered(addresses))

    def _withheld(self, request: Request, one: Rendition, addresses: Addresses) -> Response:
        told = orjson.loads(one.withheld or "{}")
        issue = Issue(told.get("code", "form_unavailable"), {"form": one.form, **told.get("params", {})})
        return problem(request, issue, 404, headers={"Link": addresses.on_page()}, more=_offered(addresses))

    def _gone(self, request: Request, row: LogRow, suffix: str, *, below: str = "") -> Response:
        heir = self._log.record(row.successor) if row.successor else None
        successor = landing(heir, self._base) if heir else None
        if successor and row.reason == MERGED:
            return redirect(f"{successor}.{suffix}" if suffix else f"{successor}{below}", 301)
        params = {"date": row.published_at.date().isoformat(), "reason": row.reason or "-"}
        issue = Issue("record_removed", params)
        links = [(f"{landing(row, self._base)}/versions", "version-history"), (row.iri, "cite-as")]
        if successor:
            links.append((successor, "successor-version"))
        headers = {"Link": link_header(links)}
        choices = [_PAGE, Choice("problem", "application/json"), Choice("problem", "application/problem+json")]
        chosen = None if suffix and suffix != "html" else negotiate(request.headers.get("accept"), choices)
        if chosen is _PAGE:
            asked = request.query_params.get("lang")
            language = language_of(asked, request.headers.get("accept-language"))
            body = message_page(issue, language, successor)
            return answer(request, body, PAGE_TYPE, status=410, headers=headers, vary=_NEGOTIATED, cache="no-cache")
        more = {
            "id": row.iri,
            "deleted_at": row.published_at.isoformat().replace("+00:00", "Z"),
            "reason": row.reason,
            "successor": successor,
        }
        return problem(request, issue, 410, headers=headers, more=more)


def _nothing(request: Request, name: str) -> Response:
    return problem(request, Issue("nothing_here", {"name": name}), 404)


def _offered(addresses: Addresses) -> dict[str, Any]:
    page = {"href": f"{addresses.page}.html", "type": HTML}
    others = [
        {"href": addresses.form(form), "type": form.media_type, **({"profile": form.profile} if form.profile else {})}
        for form in addresses.forms
    ]
    return {"available": [page, *others]}


def records_router(records: Records) -> Router:
    """Return the addresses of records."""
    router = Router()
    for path, endpoint in (
        ("/id/mc/{name}", records.identified),
        ("/mc/{name}", records.record),
        ("/mc/{name}/versions", records.versions),
        ("/mc/{name}/versions/{number}", records.version),
        ("/mc/{name}/linkset", records.linkset),
    ):
        router.add(path, endpoint)
    return router
