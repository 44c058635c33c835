"""A harvest without a network: the stand-in answers the spider's requests at once, and they are kept as by a run."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from connectors.contract import Answer, Ask, Extract, Found, Payload, Question, Registry
from connectors.discovery import merged, registry
from connectors.europass import connector
from connectors.europass.spider import EuropassSpider
from connectors.europass.standin import ENTRY, standin
from harvester.crawling.archives import members, redacted_lines

HOST = "http://127.0.0.1:9"


def europass(variant: str = "full", **options: object) -> Registry:
    """The registry as it points at a variant; `options` are laid over those of the variant."""
    plain = registry("europass")
    made = merged({**plain.manifest.options, **standin.options.get(variant, {})}, dict(options))
    update = {"address": f"{HOST}/{variant}/{ENTRY}", "options": made}
    return replace(plain, manifest=plain.manifest.model_copy(update=update))


def ask_standin(ask: Ask, listings: int = 60) -> Answer:
    parts = urlsplit(ask.url)
    variant, _, path = parts.path.lstrip("/").partition("/")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    question = Question(variant, path, query, f"{HOST}/{variant}/")
    if not ask.url.startswith(HOST):
        return Answer(b"", status=403)
    return standin.answer(question, listings) or Answer(b"", status=404)


@dataclass
class Walk:
    """What was asked, in order, what was kept of the answers, and what could not be had."""

    registry: Registry
    folder: Path
    listings: int = 60
    asks: list[Ask] = field(default_factory=list)
    payloads: list[Payload] = field(default_factory=list)
    failed: list[Ask] = field(default_factory=list)

    def __post_init__(self) -> None:
        spider = EuropassSpider(self.registry)
        waiting = list(spider.start())
        seen: set[str] = set()
        units: dict[str, list[Payload]] = {}
        while waiting:
            ask = waiting.pop(0)
            if ask.key in seen:
                continue
            seen.add(ask.key)
            self.asks.append(ask)
            answer = ask_standin(ask, self.listings)
            if answer.status != 200:
                smaller = list(spider.instead(ask, "server_error"))
                waiting += smaller
                self.failed += [] if smaller else [ask]
                continue
            for payload in self._kept(ask, answer):
                self.payloads.append(payload)
                units.setdefault(ask.unit or payload.url, []).append(payload)
                if not ask.bulk:
                    waiting += spider.follow(payload)
        beside = {payload.url: unit for unit in units.values() for payload in unit}
        self.payloads = [
            replace(payload, beside=tuple(other for other in beside[payload.url] if other is not payload))
            for payload in self.payloads
        ]

    def _kept(self, ask: Ask, answer: Answer) -> Iterator[Payload]:
        media_type = answer.media_type.partition(";")[0]
        if not ask.bulk:
            body = connector.redact(answer.body, media_type)
            yield Payload(ask.kind, ask.url, body, media_type, _hash(body), None, dict(ask.about))
            return
        file = self.folder / _hash(ask.url.encode())
        file.write_bytes(answer.body)
        for name, chunks in members(file, ask.url, 2**26):
            body = b"".join(redacted_lines(chunks, connector.redact, media_type))
            packed = self.folder / f"{_hash(ask.url.encode() + name.encode())}.gz"
            packed.write_bytes(gzip.compress(body, 1))
            about = {**dict(ask.about), "file": name}
            yield Payload(ask.kind, f"{ask.url}#{name}", b"", media_type, _hash(body), None, about, packed)

    def read(self) -> tuple[list[Found], list[Extract]]:
        """Parse everything that was kept."""
        found: list[Found] = []
        extracts = []
        for payload in self.payloads:
            extract = connector.parse(payload, self.registry)
            found.extend(extract.found)
            extracts.append(extract)
        return found, extracts


def file_payload(folder: Path, name: str, content: bytes, **about: str) -> Payload:
    """A data file as a bulk answer leaves it."""
    packed = folder / f"{name}.gz"
    packed.write_bytes(gzip.compress(content, 1))
    url = f"https://dump.example/{name}.zip#{name}"
    return Payload("file", url, b"", "application/zip", _hash(content), None, {"file": name, **about}, packed)


def _hash(body: bytes) -> str:
    return blake2b(body, digest_size=20).hexdigest()
