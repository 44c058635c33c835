"""Throw-away connectors whose answers are scripts: JSON that says what was found and what to ask for next.

So a test writes down the very situation it is about, and the harvester's own code does the rest. Answers of kind
`raw` are kept and not read; all others must be scripts.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import urljoin

import orjson
from pydantic import BaseModel, ConfigDict

from config.messages import Issue
from connectors.contract import Answer, Ask, Connector, Extract, Found, Payload, Registry, StandIn, StructureBroken
from connectors.redaction import redact
from crosswalks.mqa.model import MqaListing


class Remark(BaseModel):
    """What a look-up says of a reference."""

    model_config = ConfigDict(frozen=True)

    programme: str


def script(found: Iterable[Any] = (), asks: Iterable[Any] = (), **rest: Any) -> bytes:
    """Write a script. A find is a title or the fields of a listing; an ask is a path or the parts of an `Ask`."""
    return orjson.dumps({"found": list(found), "asks": list(asks), **rest}, default=list)


def read_script(payload: Payload) -> dict[str, Any]:
    """The script that an answer is. Raises `StructureBroken` for anything else."""
    body = gzip.decompress(payload.packed.read_bytes()) if payload.packed else payload.body
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise StructureBroken.of("parse_failed", detail=str(error), url=payload.url) from None
    if not isinstance(read, dict) or not isinstance(read.get("found"), list):
        raise StructureBroken.of("structure_changed", detail="no script", url=payload.url)
    return read


def _ask(told: Any, base: str) -> Ask:
    parts = {"url": told} if isinstance(told, str) else dict(told)
    pairs = {name: tuple(map(tuple, parts[name])) for name in ("about", "form", "headers") if name in parts}
    return Ask(**{"kind": "page", **parts, **pairs, "url": urljoin(base, parts["url"])})


class ScriptSpider:
    """Asks for what `options.start` says, or the address; then for what each script says."""

    def __init__(self, registry: Registry) -> None:
        self._address = registry.manifest.address
        self._start = registry.manifest.options.get("start")

    def start(self) -> Iterator[Ask]:
        if self._start == "fail":
            raise RuntimeError("a fault of the connector, at the start")
        yield from (_ask(told, self._address) for told in self._start or [self._address])

    def follow(self, payload: Payload) -> Iterator[Ask]:
        if payload.kind == "raw":
            return
        told = read_script(payload)
        if told.get("fail") == "follow":
            raise RuntimeError("a fault of the connector, on the way")
        yield from (_ask(one, payload.url) for one in told.get("asks", ()))

    def instead(self, ask: Ask, code: str) -> Iterator[Ask]:  # noqa: ARG002
        if ask.kind == "wide" and not dict(ask.about).get("half"):
            for half in ("1", "2"):
                yield Ask("page", f"{ask.url}?half={half}", about=(("half", half),))


def parse(payload: Payload, registry: Registry) -> Extract:
    if payload.kind == "raw":
        return Extract()
    told = read_script(payload)
    if told.get("fail") == "parse":
        raise RuntimeError("a fault of the connector, while reading")
    finds = told["found"]
    extract = Extract(
        stated=told.get("stated"), stated_for=told.get("stated_for", "page"), rows=told.get("rows", len(finds)),
        blank=told.get("blank", 0), passed_over=Counter(told.get("passed_over", {})),
        lookups={key: Remark(programme=text) for key, text in told.get("lookups", {}).items()},
    )  # fmt: skip
    extract.found = _found(finds, payload, extract)
    return extract


def _found(finds: list[Any], payload: Payload, extract: Extract) -> Iterator[Found]:
    for number, told in enumerate(finds):
        at = f"/found/{number}"
        fields: dict[str, Any] = {"title": told} if isinstance(told, str) else dict(told)
        released = fields.pop("released", True)
        if not fields.get("title"):
            extract.issues.append(Issue("row_invalid", {"detail": "no title"}, place=at))
            continue
        listing = MqaListing(**{"provider": "Kolej Contoh", **fields})
        yield Found(listing, {"at": at, "payload": payload.hash}, released)


def merge(pieces: list[Found]) -> tuple[Found, list[Issue]]:
    """Join pieces whatever order they come in: the first that states a field wins, pieces sorted by what they say."""
    listings = sorted((cast("MqaListing", piece.listing) for piece in pieces), key=lambda one: one.model_dump_json())
    fields: dict[str, Any] = {}
    for listing in listings:
        for name, value in listing.model_dump(exclude_defaults=True).items():
            fields.setdefault(name, value)
    places = min((piece.places for piece in pieces), key=lambda places: str(places["payload"]))
    return Found(MqaListing(**fields), places, all(piece.released for piece in pieces)), []


def join(found: Found, lookups: Mapping[str, BaseModel]) -> Found:
    listing = cast("MqaListing", found.listing)
    remark = lookups.get(listing.reference or "")
    if not isinstance(remark, Remark):
        return found
    return found._replace(listing=listing.model_copy(update={"programme": remark.programme}))


def _stand_in(question: Any, listings: int) -> Answer | None:
    titles = [f"Kursus Contoh {number}" for number in range(1, listings + 1)]
    return Answer(script(titles), media_type="application/json") if question.path == "list" else None


_STAND_IN = StandIn(_stand_in, "list", 3, {"full": "a script"})
plain = Connector(spider=ScriptSpider, parse=parse, redact=redact, standin=_STAND_IN)
joined = Connector(spider=ScriptSpider, parse=parse, redact=redact, standin=_STAND_IN, merge=merge, join=join)
