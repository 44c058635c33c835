"""Letting payloads go that nothing needs any more, and saying why the others stay."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from config.messages import CodedError
from connectors.contract import Registry
from connectors.discovery import connector, registries
from harvester.workplace import Workplace
from store.audit import audit
from store.clock import now
from store.retention import (
    forget_payloads,
    joined_payloads,
    live_payloads,
    payload_rows,
    payloads_of_last_runs,
    payloads_of_open_runs,
    pruned_payloads,
    remove_files,
)

REASONS = ("live_version", "joined_version", "open_run", "last_runs", "recent")
"""Why a payload stays, the first that holds: a live record was read from it; a live record was put together from the
answers of its run; a run that waits, runs or is held, or the last run of the registry, needs it; it belongs to the last
complete runs; it is young.
"""
_BATCH = 500
_ABANDONED = 24 * 3600


@dataclass(slots=True)
class Size:
    """How many payloads, and how many bytes their files take."""

    count: int = 0
    bytes: int = 0

    def add(self, size: int) -> None:
        """Count one more."""
        self.count += 1
        self.bytes += size


@dataclass(slots=True)
class Pruning:
    """What stays by reason, what goes, and files that no row of the database knows."""

    days: int
    runs: int
    kept: dict[str, Size] = field(default_factory=lambda: {reason: Size() for reason in REASONS})
    gone: Size = field(default_factory=Size)
    leftover: Size = field(default_factory=Size)
    rows: list[dict[str, Any]] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the figures for machines."""
        return {
            "days": self.days,
            "runs": self.runs,
            "kept": {reason: {"count": size.count, "bytes": size.bytes} for reason, size in self.kept.items()},
            "gone": {"count": self.gone.count, "bytes": self.gone.bytes},
            "leftover": {"count": self.leftover.count, "bytes": self.leftover.bytes},
        }


def plan_pruning(place: Workplace, days: int, runs: int) -> Pruning:
    """Return what pruning would let go, and why the rest stays."""
    plan = Pruning(days, runs)
    database = place.database
    needed = {
        "live_version": live_payloads(database).keys(),
        "joined_version": joined_payloads(database, _single_answers(place)),
        "open_run": payloads_of_open_runs(database),
        "last_runs": payloads_of_last_runs(database, runs),
    }
    since = now() - timedelta(days=days)
    known = set()
    for row in payload_rows(database):
        known.add(row["hash"])
        size = _size(place.payloads.path(row["hash"]))
        reason = next((name for name, hashes in needed.items() if row["hash"] in hashes), None)
        if reason is None and row["stored_at"] >= since:
            reason = "recent"
        if reason is not None:
            plan.kept[reason].add(size)
        else:
            plan.gone.add(size)
            plan.rows.append(row)
    _leftovers(place, plan, known)
    return plan


def prune(place: Workplace, actor: str, plan: Pruning) -> None:
    """Let go what a plan says. Raises `CodedError` with `runs_under_way`; what is done by then is done.

    First the rows go, then the files: a crash between them leaves files that the next time finds left over.
    """
    if not plan.rows and not plan.files and not plan.hashes:
        return
    try:
        for rows in _batches(plan.rows):
            forget_payloads(place.database, rows)
            remove_files(place.database, place.payloads, [row["hash"] for row in rows])
        for hashes in _batches(plan.hashes):
            remove_files(place.database, place.payloads, hashes)
        for path in plan.files:
            path.unlink(missing_ok=True)
    except OSError as error:
        folder = str(place.payloads.folder)
        raise CodedError.of("home_unwritable", folder=folder, detail=error.strerror or str(error)) from None
    audit(place.database, actor, "prune", "payloads", plan.as_json())


def _leftovers(place: Workplace, plan: Pruning, known: set[str]) -> None:
    """Find files that no row knows: those of payloads let go earlier, and any that were abandoned a day ago."""
    gone = pruned_payloads(place.database)
    for path in place.payloads.folder.rglob("*"):
        digest = path.name.removesuffix(".gz")
        if digest in known or not path.is_file():
            continue
        kept_as = path == place.payloads.path(digest)
        if (kept_as and digest in gone) or time.time() - path.stat().st_mtime > _ABANDONED:
            plan.leftover.add(_size(path))
            plan.hashes.append(digest) if kept_as else plan.files.append(path)


def _single_answers(place: Workplace) -> list[str]:
    """Return the registries each of whose listings is whole in one answer; one that nobody knows any more is not."""
    known = registries(place.settings.registries_file)
    return [name for name, one in known.items() if _is_single(one)]


def _is_single(source: Registry) -> bool:
    code = connector(source.connector)
    return code.join is None and code.merge is None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _batches(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
