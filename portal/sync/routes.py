"""ResourceSync and the feed over HTTP. Lists of resources are those of the last dump; changes come from the log."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue
from portal.answers import FOR_EVER, answer, problem
from portal.dumps.keeping import Dumps
from portal.dumps.manifest import Manifest
from portal.partners.log import PublicationLog, landing
from portal.partners.making import tag_of
from portal.partners.shelf import Shelf
from portal.routing import Router
from portal.sync.feed import ATOM, Feed
from portal.sync.lists import MOST, Resource, document, entry, index_entry, package, pointer, stamp
from portal.sync.packages import LIST, PACKAGE
from store.publications import LogRow, Span

_XML = "application/xml; charset=utf-8"
_CHANGES = {"create": "created", "update": "updated", "delete": "deleted"}
_BATCH = 500
_FORM = "json"
_REACHING_BACK = timedelta(days=7)
"""How much earlier than the last dump the list of changes begins, so that who comes once a week misses no deletion."""


class Sync:
    """Answers at the addresses of ResourceSync."""

    def __init__(self, log: PublicationLog, shelf: Shelf, dumps: Dumps, base: str) -> None:
        self._log = log
        self._shelf = shelf
        self._dumps = dumps
        self._base = base

    def source(self, request: Request) -> Response:
        """Say where the lists are."""
        entries = [pointer(self._at("capabilitylist.xml"), "capabilitylist")]
        return self._told(request, document("urlset", "description", None, entries))

    def named(self, request: Request, name: str) -> Response:
        """Answer with a list by its name."""
        stem, _, number = name.removesuffix(".xml").partition("-")
        if not name.endswith(".xml") or (number and not (number.isascii() and number.isdigit() and len(number) < 9)):
            return _nothing(request)
        part = int(number) if number else None
        dump = self._dumps.latest()
        body: bytes | None = None
        if name == "capabilitylist.xml":
            body = self._capabilities(dump)
        elif stem == "resourcelist" and dump is not None:
            body = self._resources(dump, part)
        elif name == "resourcedump.xml" and dump is not None:
            body = self._packages(dump)
        elif stem == "changelist":
            body = self._changes(part)
        return self._told(request, body) if body is not None else _nothing(request)

    def _capabilities(self, dump: Manifest | None) -> bytes:
        names = ["changelist"] if dump is None else ["resourcelist", "resourcedump", "changelist"]
        entries = [pointer(self._at(f"{name}.xml"), name) for name in names]
        return document("urlset", "capabilitylist", f"{self._base}/.well-known/resourcesync", entries)

    def _resources(self, dump: Manifest, part: int | None) -> bytes | None:
        """Return a list of resources; an index of the lists where there are several."""
        names = [one.name for one in dump.resources if one.name.startswith(f"{LIST}-") and one.name.endswith(".xml.gz")]
        at = stamp(dump.published_at)
        if not names:
            return document("urlset", "resourcelist", self._up, (), at=at) if not part else None
        if part is None and len(names) > 1:
            parts = (index_entry(self._at(f"resourcelist-{number}.xml")) for number in range(len(names)))
            return document("sitemapindex", "resourcelist", self._up, parts, at=at)
        path = self._dumps.path(dump.version, f"{LIST}-{part or 0}.xml.gz")
        return gzip.decompress(path.read_bytes()) if path else None

    def _packages(self, dump: Manifest) -> bytes:
        found = [one for one in dump.resources if one.name.startswith(f"{PACKAGE}-") and one.name.endswith(".zip")]
        entries = [
            package(f"{self._base}/dumps/{dump.version}/{one.name}", one.media_type, one.size, one.sha256)
            for one in found
        ]
        return document("urlset", "resourcedump", self._up, entries, at=stamp(dump.published_at))

    def _changes(self, part: int | None) -> bytes | None:
        """Return what changed since a dump of a week before the last one, or since ever; an index where that is much.

        A record is there once, by its last change, with the hash that it has now. Clients (resync 2.0) pass over what
        was created and deleted since the second of their last visit, and would keep what they took in that second.
        """
        dumps = self._dumps.versions()
        early = [one for one in dumps if one.published_at <= dumps[-1].published_at - _REACHING_BACK]
        start, horizon = (early[-1].horizon if early else 0), self._log.horizon()
        begun = early[-1].published_at if early else self._log.begins()
        about = {"from": stamp(begun)} if begun else {}
        parts = max(1, -(-(horizon - start) // MOST))
        if part is None and parts > 1:
            entries = (index_entry(self._at(f"changelist-{number}.xml")) for number in range(parts))
            return document("sitemapindex", "changelist", self._up, entries, **about)
        if (part or 0) >= parts:
            return None
        first = start + (part or 0) * MOST
        return document("urlset", "changelist", self._up, self._rows(Span(horizon, first, first + MOST)), **about)

    def _rows(self, span: Span) -> Iterator[str]:
        while rows := self._log.standing(span, _BATCH):
            made = self._shelf.of(rows, [_FORM])
            for row in rows:
                one = made.get((row.seq, _FORM))
                yield entry(self._changed(row, one.body if one else None))
            span = span._replace(after=rows[-1].seq)

    def _changed(self, row: LogRow, content: bytes | None) -> Resource:
        return Resource(f"{landing(row, self._base)}.json", row.published_at, content, _CHANGES[row.op])

    @property
    def _up(self) -> str:
        return self._at("capabilitylist.xml")

    def _at(self, name: str) -> str:
        return f"{self._base}/resourcesync/{name}"

    def _told(self, request: Request, body: bytes) -> Response:
        return answer(request, body, _XML, tag=tag_of(body, _XML))


class FeedPages:
    """Answers at the addresses of the feed."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def current(self, request: Request) -> Response:
        """Answer with what is new."""
        body = self._feed.current()
        return answer(request, body, ATOM, tag=tag_of(body, ATOM))

    def archive(self, request: Request, name: str) -> Response:
        """Answer with an archived part, which never changes."""
        digits = name.removesuffix(".atom")
        known = digits.isascii() and digits.isdigit() and len(digits) < 9 and f"{int(digits)}.atom" == name
        body = self._feed.archive(int(digits)) if known else None
        if body is None:
            return _nothing(request)
        return answer(request, body, ATOM, tag=tag_of(body, ATOM), cache=FOR_EVER)


def _nothing(request: Request) -> Response:
    return problem(request, Issue("nothing_here", {"name": request.url.path}), 404)


def sync_router(sync: Sync, feed: FeedPages) -> Router:
    """Return the addresses of ResourceSync and of the feed."""
    router = Router()
    for path, endpoint in (
        ("/.well-known/resourcesync", sync.source),
        ("/resourcesync/{name}", sync.named),
        ("/feed.atom", feed.current),
        ("/feed/{name}", feed.archive),
    ):
        router.add(path, endpoint)
    return router
