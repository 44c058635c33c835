"""What is public in the end, so that a run with a fault and a run without one can be compared."""

from __future__ import annotations

from typing import Any

import orjson

from harvester.workplace import Workplace
from store.records import current_records
from tests.harvester.situations import rows

UNDER_WAY = {"running", "queued"}


def public(place: Workplace) -> dict[str, Any]:
    """The set, its values and versions, the publication log and the absences, without times and numbers of runs."""
    versions = {(row["run_id"], row["record_id"]): row["content"] for row in rows(place, "listing_version")}
    return {
        "records": {
            row["key"]: (row["id"], row["iri"], row["state"], row["version"], versions[row["listing_run"], row["id"]])
            for row in rows(place, "record")
        },
        "current": [
            (one.record_id, one.version, _said(one.content), one.content_hash)
            for one in current_records(place.database)
        ],
        "log": [
            (row["record_id"], row["version"], row["op"], row["content_hash"], row["reason"])
            for row in sorted(rows(place, "publication"), key=lambda row: row["seq"])
        ],
        "absent": {row["record_id"]: row["complete_runs"] for row in rows(place, "absence")},
    }  # fmt: skip


def _said(content: str) -> dict[str, Any]:
    """A descriptor without the moment at which it was retrieved."""
    said: dict[str, Any] = orjson.loads(content)
    said["source_record"].pop("retrieved_at")
    return said


def is_clean(place: Workplace) -> bool:
    """Tell whether no run counts as under way, and every row of the log belongs to one that has ended well."""
    states = {row["id"]: row["state"] for row in rows(place, "run")}
    published = {row["run_id"] for row in rows(place, "publication")}
    well = all(states[run].startswith("succeeded") for run in published)
    return well and not UNDER_WAY & set(states.values())
