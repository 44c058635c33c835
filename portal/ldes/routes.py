"""The stream over HTTP: what lies in its files, in Turtle or JSON-LD, brought up to date before it is handed out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Issue
from portal.answers import FOR_EVER, answer, problem, redirect
from portal.ldes.pages import ROOT, STREAM, SUFFIXES, Pages
from portal.partners.log import PublicationLog, landing
from portal.partners.making import tag_of
from portal.partners.negotiation import Choice, negotiate
from portal.routing import Router
from store.publications import rows_after

_CHOICES = [Choice(suffix, kind) for suffix, kind in SUFFIXES.items()]
_LATER = {"Retry-After": "60"}
_SHORT = "public, max-age=60"


class Stream:
    """Answers at the addresses of the stream."""

    def __init__(self, pages: Pages, log: PublicationLog, base: str) -> None:
        self._pages = pages
        self._log = log
        self._base = base

    def entry(self, request: Request) -> Response:
        """Answer with what the stream says of itself."""
        return self._file(request, STREAM, "")

    def root(self, request: Request) -> Response:
        """Answer with the root of the tree."""
        return self._file(request, ROOT, "")

    def suffixed(self, request: Request, name: str) -> Response:
        """Answer with the stream or the root in the form a suffix names."""
        stem, _, suffix = name.partition(".")
        named = {"stream": STREAM, "pages": ROOT}
        return self._file(request, named[stem], suffix) if stem in named and suffix else _nothing(request)

    def page(self, request: Request, name: str) -> Response:
        """Answer with a page."""
        return self._numbered(request, "pages", name)

    def group(self, request: Request, name: str) -> Response:
        """Answer with a node over pages."""
        return self._numbered(request, "groups", name)

    def version(self, request: Request, record: str, number: str) -> Response:
        """Send on from a member of the stream to the version of the record that it is."""
        seq = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
        row = next(iter(rows_after(self._log.database, seq - 1, 1, seq)), None) if seq else None
        if row is None or row.record_id != record:
            return _nothing(request)
        return redirect(f"{landing(row, self._base)}/versions/{row.version}")

    def _numbered(self, request: Request, folder: str, name: str) -> Response:
        digits, _, suffix = name.partition(".")
        if not (digits.isascii() and digits.isdigit() and str(int(digits[:9])) == digits):
            return _nothing(request)
        if folder == "pages" and not self._pages.is_closed(int(digits)):
            self._pages.catch_up(wait=False)
        closed = folder == "pages" and self._pages.is_closed(int(digits))
        return self._file(request, f"{folder}/{digits}", suffix, closed=closed)

    def _file(self, request: Request, name: str, suffix: str, *, closed: bool = False) -> Response:
        asked = suffix
        busy = not closed and self._pages.catch_up(wait=False) < self._log.horizon()
        if not suffix:
            found = negotiate(request.headers.get("accept"), _CHOICES)
            if found is None:
                params = {"accept": request.headers.get("accept", ""), "known": ", ".join(SUFFIXES.values())}
                return problem(request, Issue("not_acceptable", params), 406)
            suffix = found.name
        path = self._pages.file(name, suffix) if suffix in SUFFIXES else None
        if path is None or not path.is_file():
            return problem(request, Issue("stream_busy"), 503, headers=_LATER) if busy and path else _nothing(request)
        body, kind = path.read_bytes(), SUFFIXES[suffix]
        return answer(
            request, body, kind, tag=tag_of(body, kind), vary=() if asked else ("Accept",),
            cache=FOR_EVER if closed else _SHORT,
        )  # fmt: skip


def _nothing(request: Request) -> Response:
    return problem(request, Issue("nothing_here", {"name": request.url.path}), 404)


def ldes_router(stream: Stream) -> Router:
    """Return the addresses of the stream."""
    router = Router()
    for path, endpoint in (
        ("/ldes", stream.entry),
        ("/ldes/pages", stream.root),
        ("/ldes/{name}", stream.suffixed),
        ("/ldes/pages/{name}", stream.page),
        ("/ldes/groups/{name}", stream.group),
        ("/versions/{record}/{number}", stream.version),
    ):
        router.add(path, endpoint)
    return router
