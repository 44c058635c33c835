"""A harvest of the stand-in without a network: the same spider, parser, merge and join, in any order."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import parse_qsl, urlsplit

from config.messages import Issue
from connectors.contract import Ask, Found, Payload, Question, Registry
from connectors.discovery import connector
from connectors.nzqa.merge import join, merge
from connectors.nzqa.standin import answer, standin
from crosswalks.nzqa.model import NzqaListing
from tests.conftest import standin_registry

HOME = "http://127.0.0.1:9"


@dataclass
class Walk:
    """What a walk asked and found."""

    asked: list[Ask] = field(default_factory=list)
    payloads: list[Payload] = field(default_factory=list)
    listings: dict[str, NzqaListing] = field(default_factory=dict)
    places: dict[str, dict[str, object]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    passed_over: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def codes(self) -> set[str]:
        return {issue.code for issue in self.issues}


def register(variant: str = "full") -> Registry:
    return standin_registry("nzqa", HOME, variant)


def walk(variant: str = "full", listings: int = standin.listings, *, backwards: bool = False) -> Walk:
    """Ask, follow, parse and join; `backwards`, the newest request first and the last answer first."""
    source, code = register(variant), connector("nzqa")
    spider, result = code.spider(source), Walk()
    waiting, known = deque(spider.start()), set[str]()
    while waiting:
        ask = waiting.pop() if backwards else waiting.popleft()
        if ask.key in known:
            continue
        known.add(ask.key)
        result.asked.append(ask)
        if payload := fetched(ask, variant, listings):
            result.payloads.append(payload)
            waiting.extend(spider.follow(payload))
    _read(result, source, reversed(result.payloads) if backwards else result.payloads)
    return result


def fetched(ask: Ask, variant: str, listings: int) -> Payload | None:
    parts = urlsplit(ask.url)
    prefix = f"/{variant}/"
    assert parts.path.startswith(prefix), f"asked for outside the registry's address: {ask.url}"
    question = Question(variant, parts.path.removeprefix(prefix), dict(parse_qsl(parts.query)), f"{HOME}{prefix}")
    made = answer(question, listings)
    if made is None or made.status != 200:
        return None
    body = connector("nzqa").redact(made.body, "text/html")
    return Payload(ask.kind, ask.url, body, "text/html", blake2b(body).hexdigest()[:40], "utf-8", dict(ask.about))


def _read(result: Walk, source: Registry, payloads: object) -> None:
    groups: dict[str, list[Found]] = defaultdict(list)
    lookups = {}
    for payload in payloads:  # type: ignore[attr-defined]
        extract = connector("nzqa").parse(payload, source)
        for found in extract.found:
            groups[found.listing.number].append(found)  # type: ignore[attr-defined]
        lookups.update(extract.lookups)
        result.issues.extend(extract.issues)
        for code, count in extract.passed_over.items():
            result.passed_over[code] += count
    for number, group in groups.items():
        whole, issues = merge(group)
        found = join(whole, lookups)
        result.issues.extend(issues)
        result.places[number] = found.places
        result.listings[number] = NzqaListing.model_validate(found.listing.model_dump())
