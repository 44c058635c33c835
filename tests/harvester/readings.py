"""Reading answers without a run: what a reader proposes for scripts given as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from config.messages import Issue
from connectors.contract import Connector, Manifest, Payload, Registry
from crosswalks.contract import crosswalk_for
from harvester.running.reading import Reader, Reading, Source
from store.payloads import payload_hash
from store.plans import Known, Proposal
from tests.harvester.scripted import plain

WHEN = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Read:
    """What a reader made of some answers."""

    proposals: list[Proposal]
    reading: Reading

    @property
    def titles(self) -> list[str]:
        """The titles of the proposed listings, sorted."""
        return sorted(orjson.loads(proposal.listing)["title"] for proposal in self.proposals)

    @property
    def plan(self) -> dict[str, tuple[str, ...]]:
        """What is proposed, by key, without where it was found."""
        return {one.key: (one.op, one.listing, one.descriptor_hash, one.ledger) for one in self.proposals}

    def told(self, code: str) -> list[Issue]:
        """The issues of one code."""
        return [issue for issue in self.reading.issues if issue.code == code]

    def known(self) -> dict[str, Known]:
        """The proposals as published records."""
        return {
            one.key: Known(one.record_id, one.listing_hash, one.descriptor_hash, absent=False) for one in self.proposals
        }


def manifest() -> Manifest:
    """The manifest of a registry that is only read."""
    return Manifest(
        schema="mqa", title={"en": "Made-up registry"}, publisher={"en": "Made-up agency"}, country="MY",
        languages=("en",), homepage="https://plain.example/", address="https://plain.example/", rights="facts_only",
        attribution="Made-up agency", schedule={"zone": "Asia/Tokyo", "cron": "0 3 * * *", "window": "01:00-05:00"},
    )  # fmt: skip


def source(body: bytes, url: str, kind: str = "page") -> Source:
    """An answer as a reader is given it."""
    return Source(Payload(kind, url, body, "application/json", payload_hash(body)), WHEN)


def _nothing_before(records: list[str]) -> dict[str, tuple[str, str]]:
    return {}


def read(sources: Iterable[Source | bytes], connector: Connector = plain, **settings: Any) -> Read:
    """Read answers; bare bytes are pages, numbered as they come."""
    registry = Registry("made-up", "plain", manifest())
    given: dict[str, Any] = {
        "registry": registry, "connector": connector, "crosswalk": crosswalk_for("mqa"),
        "base": "https://kakehashi.example", "known": {}, "same_rules": True, "previous": _nothing_before,
    }  # fmt: skip
    reader = Reader(**{**given, **settings})
    whole = [
        one if isinstance(one, Source) else source(one, f"https://plain.example/{number}")
        for number, one in enumerate(sources)
    ]
    return Read(list(reader.proposals(whole)), reader.reading)


__all__ = ["WHEN", "Read", "manifest", "read", "source"]
