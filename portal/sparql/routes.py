"""The address of queries, by the SPARQL 1.1 Protocol: GET, a form, or the query as the body.

Without a query it tells what it is (SPARQL 1.1 Service Description).
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from config.messages import CodedError, Issue
from config.settings import Settings
from portal.answers import METHODS, answer, problem
from portal.confinement import Confinement
from portal.partners.making import tag_of
from portal.partners.negotiation import Choice, negotiate
from portal.partners.statements import RDF_TYPE, Statement, iri, turtle
from portal.routing import Router
from portal.sparql.answering import answered
from portal.sparql.guarding import LONGEST, check
from portal.sparql.results import GRAPHS, SOLUTIONS
from portal.sparql.snapshot import Snapshot

_PLACES = 2
_ANSWER_BYTES = 64 * 2**20
_WAIT = "10"
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_TURTLE = "text/turtle"
_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples",
    "RDF_XML", "JSON-LD",
)  # fmt: skip
_STATUSES = {
    "query_refused": 400, "query_invalid": 400, "query_too_many": 422, "not_acceptable": 406, "work_crowded": 429,
    "snapshot_missing": 503, "snapshot_unready": 503, "sparql_off": 404,
    "body_too_large": 413, "body_not_taken": 415,
}  # fmt: skip
_WORDS_FOR_ACCEPT = frozenset({"format", "output", "results"})
"""What clients send beside the header `Accept`, as some servers want it (SPARQLWrapper does): passed over here."""
_SELECTS = tuple(Choice(kind, kind) for kind in SOLUTIONS)
_CONSTRUCTS = tuple(Choice(kind, kind) for kind in GRAPHS)


class Endpoint:
    """Answers queries, two at once; each has its own process, with an end in time, memory and rows."""

    def __init__(self, settings: Settings) -> None:
        self._on = settings.sparql
        self._address = f"{settings.base}/sparql"
        self._rows = settings.sparql_rows
        self._snapshot = Snapshot(settings)
        self._work = Confinement(_PLACES, settings.sparql_seconds, settings.sparql_megabytes, _ANSWER_BYTES)

    async def asked(self, request: Request) -> Response:
        """Answer a query, or say why not."""
        try:
            if not self._on:
                raise CodedError.of("sparql_off")
            query = await _query(request)
            if query is None:
                body = turtle(self._description())
                return answer(request, body, _TURTLE, tag=tag_of(body, _TURTLE), cache="no-cache")
            return await run_in_threadpool(self._answer, request, query)
        except CodedError as error:
            return _told(request, error.issues[0])

    def _answer(self, request: Request, query: str) -> Response:
        accept = request.headers.get("accept")
        solutions, graphs = (negotiate(accept, choices) for choices in (_SELECTS, _CONSTRUCTS))
        if solutions is None and graphs is None:
            known = ", ".join((*SOLUTIONS, *GRAPHS))
            raise CodedError.of("not_acceptable", accept=(accept or "")[:200], known=known)
        check(query)
        told = self._work.run(
            answered, self._snapshot.current(), query, solutions and solutions.name, graphs and graphs.name, self._rows
        )
        head, _, body = told.partition(b"\n")
        kind = head.decode()
        kind += "; charset=utf-8" if kind.startswith("text/") else ""
        return answer(request, body, kind, tag=tag_of(body, kind), vary=("Accept",), cache="no-cache")

    def _description(self) -> list[Statement]:
        service = iri(self._address)
        told = [
            (service, RDF_TYPE, iri(f"{_SD}Service")),
            (service, iri(f"{_SD}endpoint"), service),
            (service, iri(f"{_SD}supportedLanguage"), iri(f"{_SD}SPARQL11Query")),
            (service, iri(f"{_SD}feature"), iri(f"{_SD}UnionDefaultGraph")),
        ]
        return told + [(service, iri(f"{_SD}resultFormat"), iri(_FORMATS + name)) for name in _RESULTS]


async def _query(request: Request) -> str | None:
    """Return the query of a request, None when it asks nothing.

    Raises `CodedError` with `query_refused`, `body_too_large` or `body_not_taken`.
    """
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await _body(request)
        if kind == _QUERY:
            pairs.append(("query", body))
        elif kind == _FORM:
            pairs += _pairs(body)
        else:
            raise CodedError.of("body_not_taken", detail=kind[:100] or "-")
    pairs = [pair for pair in pairs if pair[0] not in _WORDS_FOR_ACCEPT]
    for name, _ in pairs:
        if name != "query":
            raise CodedError.of("query_refused", detail=name[:100])
    if len(pairs) > 1:
        raise CodedError.of("query_refused", detail="more than one query")
    if not pairs and request.method == "POST":
        raise CodedError.of("query_refused", detail="no query")
    return pairs[0][1] if pairs else None


def _pairs(body: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body, keep_blank_values=True, max_num_fields=10)
    except ValueError:
        raise CodedError.of("query_refused", detail="too many fields") from None


async def _body(request: Request) -> str:
    most = LONGEST * 4
    read = bytearray()
    try:
        async for piece in request.stream():
            read += piece
            if len(read) > most:
                raise CodedError.of("body_too_large", limit=most)
        return read.decode()
    except (ClientDisconnect, UnicodeDecodeError):
        raise CodedError.of("query_refused", detail="no text in UTF-8") from None


def _told(request: Request, issue: Issue) -> Response:
    status = _STATUSES.get(issue.code, 422)
    headers = {"Retry-After": _WAIT} if status in {429, 503} else None
    return problem(request, issue, status, headers=headers)


def sparql_router(settings: Settings) -> Router:
    """Return the address of queries."""
    router = Router()
    endpoint = Endpoint(settings)
    router.add("/sparql", endpoint.asked, [*METHODS, "POST"])
    return router
