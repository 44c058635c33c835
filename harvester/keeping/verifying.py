"""Looking at everything that is kept: payloads are hashed again, the publication log is replayed against what stands.

It only looks. Each finding is an issue that says what to do; there are none when everything is as it was written.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import Any

import orjson

from config.messages import CodedError, Issue
from crosswalks.descriptor.serialise import content_hash, load
from crosswalks.ledger import FieldOutcome
from harvester.workplace import Workplace
from store.audit import verify as verify_audit
from store.payloads import PayloadStore
from store.retention import live_payloads, payload_rows, pruned_payloads
from store.soundness import Logged, Version, standing_records, standing_versions, whole_log

Tell = Callable[[str, int], None]
"""Called with what was looked at (`payloads`, `records` …) and how many so far."""
_TELL_EVERY = 500
_FOLLOWING: dict[str | None, set[str]] = {
    None: {"create"},
    "create": {"update", "delete"},
    "update": {"update", "delete"},
    "delete": {"create", "update"},
}
"""What may come after a row of a record. One that was retired comes back as it was (`create`) or changed (`update`)."""


def verify(place: Workplace, tell: Tell) -> tuple[dict[str, int], list[Issue]]:
    """Look at payloads, log, versions and audit log; return how many of each, and what was found."""
    looked: Counter[str] = Counter()
    found: list[Issue] = []
    for name, look in (
        ("payloads", _payloads), ("publications", _log), ("versions", _versions), ("audit_events", _audit),
    ):  # fmt: skip
        looked[name] = 0
        for issues in look(place):
            looked[name] += 1
            found.extend(issues)
            if looked[name] % _TELL_EVERY == 0:
                tell(name, looked[name])
    return dict(looked), found


def _payloads(place: Workplace) -> Iterator[list[Issue]]:
    rows = payload_rows(place.database)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        yield from pool.map(lambda row: _payload(place.payloads, row), rows, chunksize=32)
    kept = {row["hash"] for row in rows} | pruned_payloads(place.database)
    unknown = sorted((digest, record) for digest, record in live_payloads(place.database).items() if digest not in kept)
    for digest, record in unknown:
        yield [Issue("payload_unknown", {"payload": digest, "record": record}, record=record)]


def _payload(payloads: PayloadStore, row: dict[str, Any]) -> list[Issue]:
    """Hash a payload's file, and the bytes in it: a change that unpacking overlooks is one too."""
    digest = row["hash"]
    path = payloads.path(digest)
    told = {"payload": digest, "file": str(path.relative_to(payloads.folder.parent))}
    packed = payloads.packed_hash(digest)
    if packed is None:
        return [Issue("payload_missing", told)]
    sound = row["packed_hash"] in {None, packed} and payloads.is_sound(digest)
    return [] if sound else [Issue("payload_damaged", told)]


def _log(place: Workplace) -> Iterator[list[Issue]]:
    last: dict[str, Logged] = {}
    before: Logged | None = None
    for row in whole_log(place.database):
        yield _follows(row, last.get(row.record_id), before)
        last[row.record_id] = before = row
    for record in standing_records(place.database):
        replayed = last.pop(record.record_id, None)
        state = "—" if replayed is None else "retired" if replayed.op == "delete" else "live"
        version = 0 if replayed is None else replayed.version
        pairs: list[tuple[str, object, object]] = [("state", record.state, state), ("version", record.version, version)]
        if replayed is not None and state == "live":
            pairs.append(("content", record.content_hash or "—", replayed.content_hash))
        for what, stands, was in pairs:
            if stands != was:
                told = {"record": record.record_id, "what": what, "stands": stands, "replayed": was}
                yield [Issue("log_differs", told, record=record.record_id)]
    for name, row in sorted(last.items()):
        told = {"record": name, "what": "record", "stands": "—", "replayed": f"version {row.version}"}
        yield [Issue("log_differs", told, record=name)]


def _follows(row: Logged, earlier: Logged | None, before: Logged | None) -> list[Issue]:
    """Tell how a row does not follow the last one of its record, or the one before it in the log."""
    faults = []
    if row.op not in _FOLLOWING[earlier.op if earlier else None]:
        faults.append(f"{row.op} after {earlier.op if earlier else 'nothing'}")
    if row.version != (earlier.version if earlier else 0) + 1:
        faults.append(f"version {row.version} after {earlier.version if earlier else 0}")
    if before is not None and row.published_at < before.published_at:
        faults.append("earlier than the row before")
    told = {"seq": row.seq, "record": row.record_id, "detail": "; ".join(faults)}
    return [Issue("log_broken", told, record=row.record_id)] if faults else []


def _versions(place: Workplace) -> Iterator[list[Issue]]:
    for version in standing_versions(place.database):
        yield [*_contents(version), *_counters(version)]


def _contents(version: Version) -> Iterator[Issue]:
    name = version.record_id
    if blake2b(version.listing.encode(), digest_size=16).hexdigest() != version.listing_hash:
        yield Issue("content_damaged", {"record": name, "what": "listing", "run": version.listing_run}, record=name)
    if not _is_written(version.descriptor, version.descriptor_hash):
        told = {"record": name, "what": "descriptor", "run": version.descriptor_run}
        yield Issue("content_damaged", told, record=name)


def _is_written(content: str, expected: str) -> bool:
    try:
        return content_hash(load(content), content.encode()) == expected
    except CodedError:
        return False


def _counters(version: Version) -> Iterator[Issue]:
    try:
        entries = orjson.loads(version.ledger)["entries"]
        counted = Counter(FieldOutcome(entry["outcome"]) for entry in entries)
    except (ValueError, KeyError, TypeError):
        counted = Counter()
    wrong = [f"{one.value}: {version.counters[one]} ≠ {counted[one]}" for one in FieldOutcome
             if version.counters[one] != counted[one]]  # fmt: skip
    if wrong:
        told = {"record": version.record_id, "run": version.descriptor_run, "detail": ", ".join(wrong)}
        yield Issue("ledger_miscounted", told, record=version.record_id)


def _audit(place: Workplace) -> Iterator[list[Issue]]:
    seen = verify_audit(place.database)
    yield from ([] for _ in range(seen.events))
    if seen.fault is not None:
        yield [Issue("audit_broken", {"number": seen.bad, "fault": seen.fault})]
    elif seen.unguarded:
        yield [Issue("audit_broken", {"number": "—", "fault": "unguarded"})]
