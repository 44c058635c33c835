"""What people decide about runs: publishing or dropping a held one, stopping one that waits or runs."""

from __future__ import annotations

from typing import Any

from config.messages import CodedError, Issue
from connectors.discovery import registry as find_registry
from harvester.running.report import findings_of
from harvester.scheduling.ticking import run_now
from harvester.workplace import Workplace
from store.audit import audit
from store.database import Database
from store.plans import publish, retire_by_hand, take_out_clashes
from store.records import find_record
from store.retirement import Patience
from store.runs import (
    close_run,
    later_publication,
    note_issues,
    open_run,
    overtake,
    registry_state,
    run,
    stop_run,
)

OPEN_STATES = frozenset({"queued", "running"})
"""States of a run that is not over."""


def publish_held(place: Workplace, actor: str, run_id: int, reason: str) -> dict[str, Any]:
    """Publish the plan of a held run; return what was published.

    Raises `CodedError` with `run_unknown`, `run_not_held`, `run_overtaken` when what is public has changed since the
    plan was made, or `reason_missing`.
    """
    row = _held(place, run_id, reason)
    database, registry = place.database, row["registry_id"]
    if later := later_publication(database, registry, run_id):
        raise CodedError.of("run_overtaken", run=run_id, later=later)
    clashes = take_out_clashes(database, run_id)
    note_issues(database, run_id, [Issue("identifier_taken", {"identifier": iri}, record=record)
                                   for record, iri in clashes])  # fmt: skip
    patience = Patience(*find_registry(registry, place.settings.registries_file).manifest.gates.patience)
    published = publish(database, run_id, registry, complete=bool(row["complete"]), digest=row["digest"],
                        patience=patience)  # fmt: skip
    counts = {
        **row["counts"], "new": published.created, "changed": published.updated, "gone": published.gone,
        "returned": published.returned, "missing": len(published.missing),
        "publications": [published.first_seq, published.last_seq],
    }  # fmt: skip
    close_run(database, run_id, "succeeded_with_warnings", counts=counts, findings=findings_of(database, registry))
    overtake(database, registry, run_id)
    audit(database, actor, "publish", f"run {run_id}", {"registry": registry, "why": reason})
    return {"run": run_id, "registry": registry, "new": published.created, "changed": published.updated,
            "gone": published.gone, "returned": published.returned, "retired": len(published.retired)}  # fmt: skip


def drop(place: Workplace, actor: str, run_id: int, reason: str) -> dict[str, Any]:
    """Drop the plan of a held run: nothing of it is ever published. Raises `CodedError` as `publish_held`."""
    row = _held(place, run_id, reason)
    close_run(place.database, run_id, "cancelled")
    audit(place.database, actor, "drop", f"run {run_id}", {"registry": row["registry_id"], "why": reason})
    return {"run": run_id, "registry": row["registry_id"]}


def retire_record(place: Workplace, actor: str, name: str, reason: str, successor: str | None = None) -> dict[str, Any]:
    """Retire a record because a person says so, as a run of its own; no later harvest brings it back.

    `successor` names the record that takes its place: its tombstone leads there. Raises `CodedError` with
    `record_unknown`, `record_ambiguous`, `record_retired` (either of them), `successor_itself` or `reason_missing`.
    """
    if not reason.strip():
        raise CodedError.of("reason_missing")
    database = place.database
    record = _live(database, name)
    heir = _live(database, successor)["id"] if successor else None
    if heir == record["id"]:
        raise CodedError.of("successor_itself", record=heir)
    registry = record["registry_id"]
    state = registry_state(database, registry) or {}
    run_id = open_run(database, registry=registry, connector=state["connector"], actor=actor, address="",
                      fingerprint="retirement")  # fmt: skip
    retire_by_hand(database, run_id, record["id"], reason, heir)
    close_run(database, run_id, "succeeded", complete=False)
    audit(database, actor, "retire", record["id"], {"why": reason, **({"successor": heir} if heir else {})})
    return {"record": record["id"], "registry": registry, "run": run_id, "successor": heir}


def _live(database: Database, name: str) -> dict[str, Any]:
    record = find_record(database, name)
    if record["state"] != "live":
        raise CodedError.of("record_retired", record=record["id"])
    return dict(record)


def stop(place: Workplace, actor: str, run_id: int, reason: str) -> dict[str, Any]:
    """Stop a run that waits or runs; one that runs ends at its next beat and publishes nothing.

    Raises `CodedError` with `run_unknown`, `run_not_open` or `reason_missing`.
    """
    if not reason.strip():
        raise CodedError.of("reason_missing")
    row = run(place.database, run_id)
    if not stop_run(place.database, run_id):
        raise CodedError.of("run_not_open", run=run_id, state=row["state"])
    audit(place.database, actor, "stop", f"run {run_id}", {"registry": row["registry_id"], "why": reason})
    return {"run": run_id, "registry": row["registry_id"]}


def retry_later(place: Workplace, actor: str, run_id: int, reason: str) -> dict[str, Any]:
    """Queue a harvest of the registry of a run that is over. Raises `CodedError` as `stop` and `run_now` do."""
    if not reason.strip():
        raise CodedError.of("reason_missing")
    row = run(place.database, run_id)
    if row["state"] in OPEN_STATES:
        raise CodedError.of("run_still_open", run=run_id, state=row["state"])
    queued = run_now(place, actor, row["registry_id"])
    audit(place.database, actor, "retry", f"run {run_id}", {"registry": row["registry_id"], "why": reason})
    return {"run": queued, "registry": row["registry_id"]}


def _held(place: Workplace, run_id: int, reason: str) -> dict[str, Any]:
    if not reason.strip():
        raise CodedError.of("reason_missing")
    row = run(place.database, run_id)
    if row["state"] != "held":
        raise CodedError.of("run_not_held", run=run_id, state=row["state"])
    return row
