"""Runs and records as plain data for people and machines: the same for a run that just ended and one of last year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from config.messages import Issue
from connectors.discovery import registry as find_registry
from crosswalks.descriptor.differences import differences
from harvester.running.report import grouped
from harvester.workplace import Workplace
from store.audit import Wanted, events
from store.database import Database
from store.plans import plan_samples, plan_sizes, plan_withdrawals
from store.records import details, find_record, versions
from store.runs import issues_of, registry_state, run, runs

_FIGURES = (
    "payloads", "listings", "new", "changed", "unchanged", "gone", "missing", "returned", "rejected", "blank",
)  # fmt: skip
_DECISIONS = frozenset({"publish", "drop", "stop", "retry"})


def check_registries(place: Workplace, names: Iterable[str]) -> None:
    """Check that registries are in the list, or have been once. Raises `CodedError` with `registry_unknown`."""
    for name in names:
        if registry_state(place.database, name) is None:
            find_registry(name, place.settings.registries_file)


def run_view(database: Database, run_id: int) -> dict[str, Any]:
    """Return one run with its figures and its issues grouped by reason. Raises `CodedError` with `run_unknown`."""
    row = run(database, run_id)
    counts = row["counts"] or {}
    return {
        "run": row["id"],
        "registry": row["registry_id"],
        "state": row["state"],
        "complete": row["complete"],
        "actor": row["actor"],
        "address": row["address"],
        "scheduled_for": row["scheduled_for"],
        "attempt": row["attempt"],
        "worker": row["worker"],
        "started_at": row["started_at"],
        "ended_at": row["ended_at"],
        "seconds": counts.get("seconds"),
        "same_as_run": counts.get("same_as_run"),
        "fetches": counts.get("fetches", {}),
        "stated": counts.get("stated", {}),
        "passed_over": counts.get("passed_over", {}),
        "publications": counts.get("publications", [None, None]),
        **{name: counts.get(name, 0) for name in _FIGURES},
        "gates": (row["gates"] or {}).get("passages", []),
        "drift": (row["gates"] or {}).get("drift", []),
        "plan": plan_view(database, run_id) if row["state"] == "held" else None,
        "decisions": _decisions(database, run_id),
        "issues": grouped(issues_of(database, run_id), row["findings"] or {}),
    }


def _decisions(database: Database, run_id: int) -> list[dict[str, Any]]:
    """Return what people decided about a run, the oldest first: `action`, `actor`, `at` and `why`."""
    subject = f"run {run_id}"
    return [
        {"action": event.action, "actor": event.actor, "at": event.at, "why": event.details.get("why", "")}
        for event in reversed(events(database, Wanted(subject=subject)))
        if event.subject == subject and event.action in _DECISIONS
    ]


def plan_view(database: Database, run_id: int) -> dict[str, Any]:
    """Return what a held run would do: numbers, and the first records of each kind with the fields that change.

    Of those gone, `withdrawn` are retired at once, because the source itself says so; the others are marked as missing.
    """
    sizes = plan_sizes(database, run_id)
    return {
        **{op: sizes[op] for op in ("new", "changed", "gone", "returned")},
        "withdrawn": plan_withdrawals(database, run_id),
        "samples": [
            {"op": item["op"], "record": item["record_id"], "key": item["key"], "fields": orjson.loads(item["fields"])}
            for item in plan_samples(database, run_id)
        ],
    }


def runs_view(database: Database, registry: str | None = None) -> list[dict[str, Any]]:
    """Return the latest runs without their issues, newest first."""
    return [
        {
            "run": row["id"],
            "registry": row["registry_id"],
            "state": row["state"],
            "started_at": row["started_at"],
            "seconds": (row["counts"] or {}).get("seconds"),
            **{name: (row["counts"] or {}).get(name, 0) for name in _FIGURES},
        }
        for row in runs(database, registry)
    ]


def record_view(database: Database, name: str) -> dict[str, Any]:
    """Return one record: descriptor, evidence, ledger, findings, and how its versions differ.

    Raises `CodedError` with `record_unknown` or `record_ambiguous`.
    """
    record = find_record(database, name)
    found = details(database, record)
    history = versions(database, record["id"])
    changes = []
    before: dict[str, Any] = {}
    for row in history:
        after = orjson.loads(row["content"]) if row["content"] else {}
        told = [str(change) for change in differences(before, after)] if before else []
        changes.append({
            "version": row["version"], "op": row["op"], "published_at": row["published_at"], "run": row["run_id"],
            "differences": [line for line in told if " source_record." not in line],
        })  # fmt: skip
        before = after
    return {
        "id": record["id"],
        "iri": record["iri"],
        "registry": record["registry_id"],
        "state": record["state"],
        "version": record["version"],
        "not_found_since": found["not_found_since"],
        "retrieved_at": found["retrieved_at"],
        "payload": found["payload"],
        "descriptor": found["descriptor"],
        "listing": found["listing"],
        "places": found["places"],
        "ledger": found["ledger"],
        "issues": [
            Issue(i["code"], i.get("params", {}), record["id"], i.get("place")).as_json() for i in found["issues"]
        ],
        "versions": changes,
    }
