"""Records, their versions and ledgers, as the publication log has them; descriptors are bytes that are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue
from config.settings import Settings
from crosswalks.contract import crosswalk_for, crosswalk_table
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import load
from crosswalks.ledger import Entry, Ledger
from portal.answers import CACHED, FOR_EVER, answer, problem, redirect
from portal.api.contract import Asked
from portal.api.cursors import Cursor
from portal.oai.tokens import signing_key
from portal.partners.log import MERGED, PublicationLog, landing, public_name
from portal.partners.making import tag_of
from portal.partners.shelf import Shelf
from portal.partners.signposts import link_header
from portal.public.entries import FACETS, entry
from store.publications import LogRow, Span, contents, last_before
from store.versions import published_version

JSON = "application/json"
ROOT = "/api/v1"
PAGE = 50
_BATCH = 500
_MOST_SEEN = 5000
_PAGES_KEPT = 32
_FORM = "json"
FACTS_ONLY = "facts_only"


class RecordAnswers:
    """Answers about records."""

    def __init__(self, log: PublicationLog, shelf: Shelf, settings: Settings) -> None:
        self._log = log
        self._shelf = shelf
        self._settings = settings
        self._base = settings.base
        self._page = lru_cache(_PAGES_KEPT)(self._written_page)

    @cached_property
    def _key(self) -> bytes:
        return signing_key(self._settings)

    def listed(self, request: Request, asked: Asked) -> Response:
        """Answer with a page of records. Raises `CodedError` with `cursor_invalid` or `parameter_invalid`."""
        horizon = self._log.horizon()
        if asked["cursor"]:
            _only_cursor(request)
            cursor = Cursor.read(asked["cursor"], self._key, horizon)
        else:
            cursor = self._begun(asked, horizon)
        told = orjson.dumps(tuple(cursor)).decode()
        body, following = self._page(told, asked["limit"], asked["descriptor"])
        headers = {"Link": f'<{following}>; rel="next"'} if following else {}
        return answer(request, body, JSON, tag=tag_of(body, JSON), headers=headers)

    def one(self, request: Request, asked: Asked) -> Response:  # noqa: ARG002 - it has no parameters
        """Answer with a record as it stands; a tombstone says so for ever."""
        name = request.path_params["name"]
        found = self._log.record_in(name, _FORM, self._shelf.edition)
        if found is None:
            raise _unknown(name)
        row, body = found
        return self._gone(request, row) if row.deleted else self._told(request, row, CACHED, body)

    def versions(self, request: Request, asked: Asked) -> Response:  # noqa: ARG002 - it has no parameters
        """Answer with every version of a record."""
        row = self._found(request)
        address = f"{self._address(row)}/versions"
        rows = [
            {
                "version": one.version, "op": one.op, "seq": one.seq, "published_at": one.published_at,
                "content_hash": None if one.deleted else one.content_hash, "reason": one.reason,
                "address": f"{address}/{one.version}",
            }
            for one in self._log.versions(row.record_id)
        ]  # fmt: skip
        return self._plain(request, {"id": row.iri, "versions": rows}, row)

    def version(self, request: Request, asked: Asked) -> Response:  # noqa: ARG002 - it has no parameters
        """Answer with one version, whatever became of the record since."""
        row = self._version(self._found(request), request.path_params["number"])
        return self._gone(request, row) if row.deleted else self._told(request, row, FOR_EVER)

    def ledger(self, request: Request, asked: Asked) -> Response:
        """Answer with what became of the fields of a record on the way in, or on a way out."""
        row = self._found(request)
        if asked["version"] is not None:
            row = self._version(row, str(asked["version"]))
        if row.deleted:
            return self._gone(request, row)
        found = published_version(self._log.database, row.seq)
        descriptor = load(found.content)
        closed = descriptor.source_record.rights == FACTS_ONLY
        ledger = Ledger.from_json(found.ledger)
        if asked["to"]:
            write = crosswalk_for(asked["to"]).write
            if write is None:
                known = ", ".join(sorted(name for name, one in crosswalk_table().items() if one.write))
                raise CodedError.of("schema_not_written", schema=asked["to"], known=known)
            ledger = write(releasable(descriptor)[0]).ledger
        entries = [open_entry(one, closed=closed).as_json() for one in ledger.entries]
        told = {
            "id": row.iri, "version": row.version, "from": ledger.source_schema, "to": ledger.target_schema,
            "withheld_quotations": closed, "outcomes": Counter(one.outcome.value for one in ledger.entries),
            "entries": entries,
        }  # fmt: skip
        return self._plain(request, told, row)

    def items(self, rows: Sequence[LogRow], *, descriptors: bool) -> bytes:
        """Return records as they stand in a list, with commas between."""
        bodies = self._bodies(rows) if descriptors else {}
        return b",\n".join(self._item(row, bodies.get(row.seq)) for row in rows)

    def _begun(self, asked: Asked, horizon: int) -> Cursor:
        after = asked["after"] or 0
        if asked["published_since"]:
            after = max(after, last_before(self._log.database, asked["published_since"], inclusive=False))
        facets = {name: asked[name] for name in FACETS if name != "registry" and asked[name]}
        return Cursor(after, horizon, asked["deleted"], asked["registry"], facets)

    def _written_page(self, told: str, limit: int, descriptors: bool) -> tuple[bytes, str | None]:  # noqa: FBT001
        cursor = Cursor(*orjson.loads(told))
        rows, after, more = self._walk(cursor, limit)
        items = self.items(rows, descriptors=descriptors)
        following = None
        if more:
            mark = cursor._replace(after=after).written(self._key)
            following = f"{self._base}{ROOT}/records?cursor={mark}&limit={limit}"
            following += "" if descriptors else "&descriptor=false"
        head = orjson.dumps({"horizon": cursor.horizon, "next": following})
        return head[:-1] + b',"records":[\n' + items + b"\n]}\n", following

    def _walk(self, cursor: Cursor, limit: int) -> tuple[list[LogRow], int, bool]:
        """Return the next rows of a list, the number of the last row looked at, and whether there is more.

        A page ends early when many rows were looked at, so that no filter makes a request slow.
        """
        found: list[LogRow] = []
        batch = _BATCH if cursor.facets else limit + 1
        after, seen = cursor.after, 0
        while True:
            rows = self._log.standing(Span(cursor.horizon, after, registry=cursor.registry), batch)
            fitting = self._fitting(rows, cursor)
            for row in rows:
                if len(found) == limit:
                    return found, after, True
                after = row.seq
                if row.seq in fitting:
                    found.append(row)
            if len(rows) < batch:
                return found, after, False
            seen += len(rows)
            if seen >= _MOST_SEEN:
                return found, after, True

    def _fitting(self, rows: Sequence[LogRow], cursor: Cursor) -> set[int]:
        living = [row for row in rows if not row.deleted]
        gone = {row.seq for row in rows if row.deleted} if cursor.deleted else set()
        if not cursor.facets:
            return gone | {row.seq for row in living}
        texts = contents(self._log.database, [row.seq for row in living])
        return gone | {row.seq for row in living if row.seq in texts and _fits(row, texts[row.seq], cursor.facets)}

    def _bodies(self, rows: Sequence[LogRow]) -> dict[int, bytes]:
        made = self._shelf.of(rows, [_FORM])
        return {seq: one.body for (seq, _), one in made.items() if one.body is not None}

    def _item(self, row: LogRow, descriptor: bytes | None) -> bytes:
        told: dict[str, Any] = {
            "id": row.iri, "name": public_name(row, self._base), "registry": row.registry, "version": row.version,
            "seq": row.seq, "published_at": row.published_at, "deleted": row.deleted,
            "content_hash": None if row.deleted else row.content_hash,
            "page": None if row.deleted else landing(row, self._base),
        }  # fmt: skip
        if row.deleted:
            told |= {"reason": row.reason, "successor": self._heir(row)}
        written = orjson.dumps(told, option=orjson.OPT_UTC_Z)
        return written[:-1] + b',"descriptor":' + descriptor.strip() + b"}" if descriptor else written

    def _told(self, request: Request, row: LogRow, cache: str, kept: bytes | None = None) -> Response:
        body = self._item(row, kept or self._bodies([row]).get(row.seq)) + b"\n"
        address = self._address(row)
        links = [(landing(row, self._base), "alternate"), (f"{address}/versions", "version-history"),
                 (row.iri, "cite-as")]  # fmt: skip
        headers = {"Link": link_header(links)}
        changed = row.published_at
        return answer(request, body, JSON, tag=tag_of(body, JSON), changed=changed, headers=headers, cache=cache)

    def _gone(self, request: Request, row: LogRow) -> Response:
        heir = self._log.record(row.successor) if row.successor else None
        if heir is not None and row.reason == MERGED:
            return redirect(self._address(heir), 301)
        params = {"date": row.published_at.date().isoformat(), "reason": row.reason or "-"}
        more = {"id": row.iri, "deleted_at": f"{row.published_at:%Y-%m-%dT%H:%M:%SZ}", "reason": row.reason,
                "successor": self._heir(row)}  # fmt: skip
        return problem(request, Issue("record_removed", params), 410, more=more)

    def _heir(self, row: LogRow) -> str | None:
        heir = self._log.record(row.successor) if row.successor else None
        return heir.iri if heir else None

    def _plain(self, request: Request, told: Any, row: LogRow) -> Response:
        body = orjson.dumps(told, option=orjson.OPT_UTC_Z)
        return answer(request, body, JSON, tag=tag_of(body, JSON), changed=row.published_at)

    def _address(self, row: LogRow) -> str:
        return f"{self._base}{ROOT}/records/{public_name(row, self._base)}"

    def _found(self, request: Request) -> LogRow:
        name = request.path_params["name"]
        row = self._log.record(name)
        if row is None:
            raise _unknown(name)
        return row

    def _version(self, row: LogRow, number: str) -> LogRow:
        rows = self._log.versions(row.record_id)
        found = next((one for one in reversed(rows) if str(one.version) == number), None)
        if found is None:
            raise CodedError.of("nothing_here", name=f"{row.record_id}/versions/{number[:20]}")
        return found


def _unknown(name: str) -> CodedError:
    return CodedError.of("nothing_here", name=name[:200])


def open_entry(entry: Entry, *, closed: bool) -> Entry:
    """Return a line of a ledger without what it quotes, where a registry's terms close its texts."""
    return entry._replace(quote=None, value=None) if closed else entry


def _fits(row: LogRow, content: str, wanted: Mapping[str, Iterable[str]]) -> bool:
    has: dict[str, set[str]] = {}
    for facet, value in entry(row, content, "").facets:
        has.setdefault(facet, set()).add(value)
    return all(not has.get(facet, set()).isdisjoint(values) for facet, values in wanted.items())


def _only_cursor(request: Request) -> None:
    for name in _others(request):
        raise CodedError.of("parameter_invalid", name=name, detail="a cursor says it already")


def _others(request: Request) -> Iterator[str]:
    return (name for name in request.query_params if name not in {"cursor", "limit", "descriptor"})
