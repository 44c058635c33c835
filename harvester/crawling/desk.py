"""The desk of a crawl: takes requests from the frontier, keeps answers, and writes both down in batches.

An answer is on disk before its row says so, and its row is written in the same transaction as the requests it
leads to. What is not written down yet counts as under way, and no more is taken than may be under way at once; so a
crawl that is killed asks again for that at most.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from connectors.contract import Ask, Connector, Dividing, Payload, Spider, StructureBroken
from connectors.discovery import connector
from connectors.redaction import in_utf8
from crosswalks.contract import crosswalk_for
from harvester.crawling.archives import members, redacted_lines
from harvester.crawling.blame import blaming
from harvester.crawling.conditions import Conditions
from harvester.crawling.crawlspec import CrawlSpec
from harvester.crawling.patience import patiently
from store.clock import now
from store.frontier import Fetched, Frontier, Outcome, Waiting
from store.payloads import PayloadStore

Taken = TypeVar("Taken")
_PREVIEW_ANSWERS = 40
_MARKS = ("ETag", "Last-Modified", "Date")
_KEPT_HEADERS = (*_MARKS, "Content-Type", "Content-Length")


class Desk:
    """Everything a crawl does besides talking to the network."""

    def __init__(self, spec: CrawlSpec, frontier: Frontier, payloads: PayloadStore) -> None:
        self.spec = spec
        self.registry = spec.registry
        self.connector: Connector = connector(spec.connector)
        self.spider: Spider = self.connector.spider(self.registry)
        self._frontier = frontier
        self._payloads = payloads
        self._outcomes: list[Outcome] = []
        self._asks: list[Ask] = []
        self._notes: list[dict[str, object]] = []
        self._under_way: set[int] = set()
        self._planned = 0
        self._answered = 0
        self._keys: set[str] = set()
        self._conditions = Conditions(frontier.earlier(spec.last_good) if spec.last_good else None, payloads)
        self._since_enough = 0

    def begin(self) -> None:
        """Plan the first requests, or go on where an earlier process stopped."""
        if self._frontier.balance()[0]:
            self._frontier.resume()
            for answer in self._frontier.answered():
                if not answer.request.get("bulk"):
                    self.spider_follows(payload_of(answer, self._payloads))
        with blaming(self.spec.connector):
            self._asks.extend(self.spider.start())
        self.flush()

    def take(self, most: int) -> list[Waiting]:
        """Return up to `most` next requests. Empty when there are none for now, or the preview has enough answers."""
        if self.spec.preview:
            waiting = self._take_for_preview(self.spec.preview)
        elif self._outcomes or self._asks:
            waiting = self._exchange(most)
        else:
            waiting = self._surely(lambda: self._frontier.take(most))
        self._under_way.update(row.id for row in waiting)
        self._conditions.lay(waiting)
        return waiting

    def _take_for_preview(self, listings: int) -> list[Waiting]:
        """Go for depth, one answer at a time, until enough listings were met and had their chance of a page each."""
        if self._answered > _PREVIEW_ANSWERS + 2 * listings or self._since_enough >= listings:
            return []
        self.flush()
        return self._frontier.take(1, newest_first=True)

    def answered(self, row: Waiting, url: str, status: int, headers: dict[str, str], body: bytes) -> None:
        """Keep an answer, people taken out, and plan what it leads to. Raises `StructureBroken`."""
        media_type, charset = media_type_of(headers.get("Content-Type", ""))
        with blaming(self.spec.connector):
            kept = self.connector.redact(in_utf8(body), media_type)
        digest = self._payloads.write(kept)
        self._notes.append({"hash": digest, "size": len(kept), "media_type": media_type})
        self._ended(row, "ok", status=status, final_url=url, headers=headers, payload=digest, original=_hash(body))
        about = dict(row.request.get("about", ()))
        payload = Payload(row.kind, url, kept, media_type, digest, charset, about)
        self._asks.extend(self.spider_follows(payload))
        if self.spec.preview:
            self._count_for_preview(payload, self.spec.preview)

    def _count_for_preview(self, payload: Payload, listings: int) -> None:
        self._since_enough += len(self._keys) >= listings
        key = crosswalk_for(self.registry.manifest.schema_name).key
        with blaming(self.spec.connector):
            self._keys.update(key(found.listing) for found in self.connector.parse(payload, self.registry).found)

    def unpack(self, row: Waiting, url: str, headers: dict[str, str], file: Path) -> str:
        """Keep what is in a dump: each data file becomes an answer of its own. Return the hash of the dump.

        It may run in a thread beside the crawl, since it leaves alone what gathers here. Raises `StructureBroken`.
        """
        media_type, _ = media_type_of(headers.get("Content-Type", ""))
        original = blake2b(digest_size=20)
        with file.open("rb") as raw:
            while chunk := raw.read(2**20):
                original.update(chunk)
        limit = self.registry.manifest.limits.bulk_bytes
        kept = 0
        for name, chunks in members(file, url, limit):
            digest, size = self._payloads.write_stream(redacted_lines(chunks, self.connector.redact, media_type))
            kept += 1
            self._payloads.note([{"hash": digest, "size": size, "media_type": media_type}])
            about = (*row.request.get("about", ()), ("file", name))
            part = Ask(row.kind, f"{url}#{name}", about=about, bulk=True, unit=row.request.get("unit", ""))
            self._frontier.add([{**planned(part), "state": "ok", "payload_hash": digest, "fetched_at": now(),
                                 "status": 200, "final_url": part.url, "original_hash": original.hexdigest(),
                                 "headers": headers}])  # fmt: skip
        if not kept:
            raise StructureBroken.of("archive_refused", detail="it holds no data file", url=url)
        return original.hexdigest()

    def answered_in_bulk(self, row: Waiting, url: str, headers: dict[str, str], original: str) -> None:
        """Close the request for a dump that was unpacked; `original` is its hash."""
        self._ended(row, "ok", status=200, final_url=url, headers=headers, original=original)
        self._since_enough = self.spec.preview or 0
        self.flush()

    def refused(self, row: Waiting, code: str) -> None:
        """Note a request that was not sent."""
        self._ended(row, "refused", error=code)

    def left_out(self, row: Waiting, code: str) -> None:
        """Note a request that the run does without, though it was allowed."""
        self._ended(row, "filtered", error=code)

    def failed(self, row: Waiting, code: str, *, status: int | None = None, url: str | None = None) -> None:
        """Note a request without a usable answer, or that smaller ones take its place."""
        about = tuple((name, value) for name, value in row.request.get("about", ()))
        failed = Ask(row.kind, row.url, about=about, bulk=bool(row.request.get("bulk")))
        with blaming(self.spec.connector):
            smaller = list(self.spider.instead(failed, code)) if isinstance(self.spider, Dividing) else []
        self._asks.extend(smaller)
        state, error = ("ok", f"asked_in_parts: {code}") if smaller else ("failed", code)
        self._ended(row, state, error=error, status=status, final_url=url)

    def confirmed(self, row: Waiting, before: Fetched, url: str, headers: dict[str, str]) -> None:
        """Take the answer of an earlier run again, as the server says that it is the same.

        When it is no longer kept whole, the request is put back, to be asked without conditions.
        """
        kept = self._payloads.intact(before.payload_hash)
        if kept is None:
            self._payloads.discard(before.payload_hash)
            self._conditions.ask_plainly(row)
            self._under_way.discard(row.id)
            self._frontier.put_back(row)
            return
        fresh = {name: value for name in _MARKS if (value := _header(headers, name))}
        self._ended(row, "not_modified", status=304, final_url=url, headers={**before.headers, **fresh},
                    payload=before.payload_hash, original=before.original_hash)  # fmt: skip
        media_type, charset = media_type_of(before.headers.get("Content-Type", ""))
        about = dict(row.request.get("about", ()))
        payload = Payload(row.kind, url, kept, media_type, before.payload_hash, charset, about)
        self._asks.extend(self.spider_follows(payload))

    def not_modified(self, row: Waiting, url: str, headers: dict[str, str]) -> None:
        """Note an answer that says nothing has changed."""
        self._ended(row, "not_modified", status=304, final_url=url, headers=headers)

    def spider_follows(self, payload: Payload) -> list[Ask]:
        """Return what the spider asks for after an answer."""
        with blaming(self.spec.connector):
            return list(self.spider.follow(payload))

    def flush(self) -> None:
        """Write down what has gathered. Raises `StructureBroken` with `answers_limit`."""
        self._exchange(0)

    def _exchange(self, most: int) -> list[Waiting]:
        """Write down what has gathered and take up to `most` requests. Raises `StructureBroken`."""
        asks = [planned(ask) for ask in self._asks]
        patiently(lambda: self._payloads.note(self._notes))
        added, waiting = self._surely(lambda: self._frontier.exchange(asks, self._outcomes, most))
        self._planned += added
        self._notes, self._asks, self._outcomes = [], [], []
        limit = self.registry.manifest.limits.answers
        if self._planned > limit:
            raise StructureBroken.of("answers_limit", limit=limit)
        return waiting

    def _surely(self, step: Callable[[], Taken]) -> Taken:
        """Take a step that takes requests, patiently. One that failed may have taken some: they are put back first."""
        failed = False

        def attempt() -> Taken:
            nonlocal failed
            if failed:
                self._frontier.resume(but=self._under_way)
            failed = True
            return step()

        return patiently(attempt)

    def _ended(
        self,
        row: Waiting,
        state: str,
        *,
        status: int | None = None,
        final_url: str | None = None,
        headers: dict[str, str] | None = None,
        payload: str | None = None,
        original: str | None = None,
        error: str | None = None,
    ) -> None:
        self._answered += 1
        kept = {name: value for name in _KEPT_HEADERS if headers and (value := _header(headers, name))}
        outcome = Outcome(row.id, state, now(), status, final_url, kept, payload, original, error, row.tries)
        self._outcomes.append(outcome)
        self._under_way.discard(row.id)


def planned(ask: Ask) -> dict[str, Any]:
    """Return a request as a row of the frontier."""
    request: dict[str, Any] = {}
    for name in ("form", "secrets", "headers", "about"):
        if value := getattr(ask, name):
            request[name] = [list(pair) for pair in value]
    if ask.method != "GET":
        request["method"] = ask.method
    if ask.bulk:
        request["bulk"] = True
    if ask.unit:
        request["unit"] = ask.unit
    if ask.aside:
        request["aside"] = True
    return {"key": ask.key, "url": ask.url, "kind": ask.kind, "request": request}


def payload_of(answer: Fetched, payloads: PayloadStore) -> Payload:
    """Return a kept answer as a parser takes it: bulk answers as a packed file, all others as bytes."""
    media_type, charset = media_type_of(answer.headers.get("Content-Type", ""))
    about = dict(answer.request.get("about", ()))
    packed = payloads.path(answer.payload_hash) if answer.request.get("bulk") else None
    body = b"" if packed else payloads.read(answer.payload_hash)
    return Payload(answer.kind, answer.final_url, body, media_type, answer.payload_hash, charset, about, packed)


def media_type_of(header: str) -> tuple[str, str | None]:
    """Return the media type and the charset of a Content-Type header."""
    media_type, _, parameters = header.partition(";")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip():
            return media_type.strip().lower(), value.strip().strip("\"'").lower()
    return media_type.strip().lower() or "application/octet-stream", None


def _header(headers: dict[str, str], name: str) -> str | None:
    """Return a header whatever the case of its name: Scrapy writes `Etag`."""
    return headers.get(name) or headers.get(name.title())


def _hash(body: bytes) -> str:
    return blake2b(body, digest_size=20).hexdigest()
