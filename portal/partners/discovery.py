"""How programs find their way in: sitemap, robots.txt, and the well-known addresses.

Source: sitemaps.org, RFC 9309 (robots), RFC 9116 (security.txt), RFC 9727 (api-catalog).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue
from config.settings import Settings
from crosswalks.descriptor.xml import xml_schema
from portal.answers import answer, problem
from portal.partners.log import PublicationLog, landing
from portal.partners.making import tag_of
from portal.partners.signposts import LINKSET
from portal.partners.ways import ways
from portal.routing import Router
from store.clock import now
from store.publications import Span

XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MOST = 50_000
_DIGITS = 9
_PAGE = 1000
_SECURITY_DAYS = 180


class Discovery:
    """Answers at the addresses every site has. Part n of the sitemap holds what stands of rows n × 50 000 on."""

    def __init__(self, log: PublicationLog, settings: Settings) -> None:
        self._log = log
        self._settings = settings
        self._base = settings.base

    def sitemap(self, request: Request) -> Response:
        """List the parts of the sitemap."""
        horizon = self._log.horizon()
        parts = range(max(1, -(-horizon // _MOST)))
        lines = [f"<sitemap><loc>{escape(self._base)}/sitemap-{part}.xml</loc></sitemap>" for part in parts]
        body = f'<sitemapindex xmlns="{_SITEMAP}">\n' + "\n".join(lines) + "\n</sitemapindex>\n"
        return self._xml(request, body)

    def sitemap_part(self, request: Request, part: str) -> Response:
        """List the pages of records that stand, with the time of their last publication."""
        horizon = self._log.horizon()
        number = int(part) if part.isascii() and part.isdigit() and len(part) <= _DIGITS else -1
        if not 0 <= number <= max(0, (horizon - 1) // _MOST):
            return problem(request, Issue("nothing_here", {"name": request.url.path}), 404)
        span = Span(horizon, after=number * _MOST, until=(number + 1) * _MOST)
        body = f'<urlset xmlns="{_SITEMAP}">\n' + "".join(self._entries(span)) + "</urlset>\n"
        return self._xml(request, body)

    def _entries(self, span: Span) -> Iterator[str]:
        while page := self._log.standing(span, _PAGE):
            for row in page:
                if not row.deleted:
                    moment = row.published_at.strftime("%Y-%m-%dT%H:%M:%SZ")
                    address = escape(landing(row, self._base))
                    yield f"<url><loc>{address}</loc><lastmod>{moment}</lastmod></url>\n"
            span = span._replace(after=page[-1].seq)

    def _xml(self, request: Request, text: str) -> Response:
        body = b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode()
        return answer(request, body, XML, tag=tag_of(body, XML), changed=self._log.last_change())

    def robots(self, request: Request) -> Response:
        """Let everybody in, and name the sitemap."""
        body = f"User-agent: *\nAllow: /\n\nSitemap: {self._base}/sitemap.xml\n".encode()
        return answer(request, body, TEXT, tag=tag_of(body, TEXT))

    def security(self, request: Request) -> Response:
        """Say where to report a weakness; good for half a year from the first of the month."""
        expires = (first_of_month(now()) + timedelta(days=_SECURITY_DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = [
            f"Contact: mailto:{self._settings.admin_email}",
            f"Expires: {expires}",
            "Preferred-Languages: ja, en",
            f"Canonical: {self._base}/.well-known/security.txt",
        ]
        body = ("\n".join(lines) + "\n").encode()
        return answer(request, body, TEXT, tag=tag_of(body, TEXT))

    def descriptor_schema(self, request: Request) -> Response:
        """Give the XML Schema of descriptors."""
        body = xml_schema()
        return answer(request, body, XML, tag=tag_of(body, XML))

    def catalog(self, request: Request) -> Response:
        """List the ways to take data."""
        items = [
            {"href": f"{self._base}{way.path}", "title": way.title["en"], "type": way.media_type}
            for way in ways().values()
        ]
        services = [
            {
                "anchor": f"{self._base}/oai",
                "service-desc": [{"href": f"{self._base}/oai?verb=Identify", "type": "text/xml"}],
                "service-meta": [{"href": f"{self._base}/oai?verb=ListMetadataFormats", "type": "text/xml"}],
            },
            {
                "anchor": f"{self._base}/ldes",
                "service-desc": [{"href": f"{self._base}/ldes", "type": "text/turtle"}],
                "service-doc": [{"href": f"{self._base}/en/partners", "type": "text/html"}],
            },
        ]
        own = {"anchor": f"{self._base}/.well-known/api-catalog", "item": items}
        body = orjson.dumps({"linkset": [own, *services]})
        kind = f'{LINKSET};profile="https://www.rfc-editor.org/info/rfc9727"'
        links = {"Link": f'<{self._base}/.well-known/api-catalog>; rel="api-catalog"'}
        return answer(request, body, kind, tag=tag_of(body, kind), headers=links)


def first_of_month(moment: datetime) -> datetime:
    """Return the beginning of a month in UTC."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def discovery_router(discovery: Discovery) -> Router:
    """Return the addresses every site has."""
    router = Router()
    for path, endpoint in (
        ("/sitemap.xml", discovery.sitemap),
        ("/sitemap-{part}.xml", discovery.sitemap_part),
        ("/robots.txt", discovery.robots),
        ("/ns/descriptor.xsd", discovery.descriptor_schema),
        ("/.well-known/security.txt", discovery.security),
        ("/.well-known/api-catalog", discovery.catalog),
    ):
        router.add(path, endpoint)
    return router
