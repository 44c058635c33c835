"""A stand-in for the home registry: its listings in one JSON Lines file, or in several behind an index."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson

from connectors.contract import Answer, Question, StandIn
from connectors.faults import COMMON, common
from connectors.jmicro.standin_listings import BASE, written
from connectors.jmicro.standin_made import made
from crosswalks.descriptor.serialise import dump

ENTRY = "registry/listings"
_FOLDER = ENTRY.rpartition("/")[0]
_FEW, _SMALL_FILE, _FILE = 1000, 30, 1000
_INDEXED = {"index", "truncated-file", "count-mismatch"}

Change = Callable[[list[bytes]], list[bytes]]


@lru_cache(maxsize=4)
def lines(listings: int) -> tuple[bytes, ...]:
    """Return the healthy list: the written listings, then made-up ones up to the number asked for."""
    first = [dump(descriptor) for descriptor in written()]
    return (*first, *(orjson.dumps(made(number)) for number in range(1, listings - len(first) + 1)))


def _with(number: str, path: str, value: object) -> Change:
    """Return a change of one field of one listing; None takes the field away."""
    start = f'{{"id":"{BASE}{number}"'.encode()
    *above, name = path.split(".")

    def change(listed: list[bytes]) -> list[bytes]:
        place = next(index for index, line in enumerate(listed) if line.startswith(start))
        record: dict[str, Any] = orjson.loads(listed[place])
        part = record
        for step in above:
            part = part[step]
        part[name] = value
        if value is None:
            del part[name]
        return [*listed[:place], orjson.dumps(record), *listed[place + 1 :]]

    return change


def _all(*changes: Change) -> Change:
    def change(listed: list[bytes]) -> list[bytes]:
        for step in changes:
            listed = step(listed)
        return listed

    return change


def _broken(listed: list[bytes]) -> list[bytes]:
    """Break the third line in the middle and put blank lines around it."""
    return [*listed[:2], b"", listed[2][:400], b"   ", *listed[3:]]


def _twice(listed: list[bytes]) -> list[bytes]:
    """Add a listing under an identifier that another one has."""
    other = orjson.loads(listed[1]) | {key: value for key, value in orjson.loads(listed[0]).items() if key == "id"}
    return [*listed, orjson.dumps(other)]


_LEARNER = {"name": "架空花子", "date_of_birth": "2001-02-03", "student_number": "X-000000"}
_ADDRESS = "madeup.person@contact.example"
_PROSE = [{"ja": f"質問は {_ADDRESS} まで。", "en": f"Questions to {_ADDRESS} please."}]
_CHANGES: dict[str, Change] = {
    "empty": lambda listed: [],  # noqa: ARG005
    "broken-line": _broken,
    "duplicate-id": _twice,
    "removed": lambda listed: listed[1:],
    "changed": _all(
        _with("fictional-001", "volume.total_hours", "88"),
        _with("fictional-003", "title.en", "Python programming, first steps"),
    ),
    "personal-data": _all(
        _with("fictional-001", "learner", _LEARNER),
        _with("fictional-002", "prerequisites", _PROSE),
        _with("fictional-003", "issuer.email", _ADDRESS),
    ),
    "unknown-field": _with("fictional-004", "popularity", 5),
    "bad-values": _all(
        _with("fictional-001", "recognition.decided_on", "2026-02-30"),
        _with("fictional-002", "level", [{"value": "2"}]),
        _with("fictional-003", "volume.total_hours", "-45"),
        _with("fictional-004", "recognition.decided_on", "2026-07-01"),
        _with("fictional-004", "recognition.source", None),
        _with("fictional-005", "volume.duration", "15 weeks"),
        _with("fictional-006", "credit_status", "perhaps"),
        _with("fictional-007", "title", None),
    ),
}


def answer(question: Question, listings: int) -> Answer | None:
    """Answer one request, or None for an address the registry does not have."""
    healthy = _registry(question, listings)
    return common(question.variant, healthy) if healthy and question.variant in COMMON else healthy


def _registry(question: Question, listings: int) -> Answer | None:
    variant = question.variant
    listed = list(lines(listings))
    if variant in _CHANGES:
        listed = _CHANGES[variant](listed)
    if variant in _INDEXED:
        return _indexed(question, listed)
    if question.path != ENTRY:
        return None
    if variant == "empty":
        return _json(orjson.dumps({"files": []}))
    if variant == "array":
        return _json(b"[\n" + b",\n".join(listed) + b"\n]\n")
    return _file(listed)


def _indexed(question: Question, listed: list[bytes]) -> Answer | None:
    size = _SMALL_FILE if len(listed) < _FEW else _FILE
    parts = [listed[start : start + size] for start in range(0, len(listed), size)]
    if question.path == ENTRY:
        more = 7 if question.variant == "count-mismatch" else 0
        files: list[object] = [
            {"url": f"part-{number}.jsonl", "count": len(part) + (more if number == len(parts) else 0)}
            for number, part in enumerate(parts, 1)
        ]
        return _json(orjson.dumps({"files": files}))
    for number, part in enumerate(parts, 1):
        if question.path == f"{_FOLDER}/part-{number}.jsonl":
            whole = _file(part)
            cut = question.variant == "truncated-file" and number == len(parts)
            return Answer(whole.body[:-100], media_type=whole.media_type) if cut else whole
    return None


def _file(listed: list[bytes]) -> Answer:
    return Answer(b"".join(line + b"\n" for line in listed), media_type="application/jsonl; charset=utf-8")


def _json(body: bytes) -> Answer:
    return Answer(body, media_type="application/json")


standin = StandIn(
    answer=answer,
    entry=ENTRY,
    listings=len(written()),
    variants={
        "full": "all listings in one file",
        "index": "an index that names several files and their counts",
        "array": "the same listings as one JSON array",
        "empty": "an index without files",
        "truncated-file": "an index whose last file ends in the middle of a line",
        "count-mismatch": "an index that promises more than its last file has",
        "broken-line": "a line that is no JSON, between blank ones",
        "personal-data": "listings that carry data about people",
        "duplicate-id": "two listings under one identifier",
        "removed": "a listing taken away",
        "changed": "two listings with new values",
        "unknown-field": "a listing with a field the descriptor does not have",
        "bad-values": "listings with values that are none",
        **COMMON,
    },
)
