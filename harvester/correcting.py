"""Laying a reviewed value over a record, and taking it off again: published at once, with who and why."""

from __future__ import annotations

from typing import Any

import orjson

from config.messages import CodedError, Issue, Severity
from crosswalks.descriptor.checks import check
from crosswalks.descriptor.corrections import RULE, Correction, lay, stated_at
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.privacy import protect, without_people
from crosswalks.descriptor.serialise import content_hash, dump, from_dict
from crosswalks.ledger import Ledger
from harvester.workplace import Workplace
from store.audit import audit
from store.clock import now
from store.corrections import corrections_of, keep_correction, plain, standing
from store.plans import Proposal, publish, write_proposals
from store.records import details, find_record
from store.runs import close_run, open_run, registry_state


def correct(place: Workplace, actor: str, name: str, field: str, value: Any, reason: str) -> dict[str, Any]:
    """Lay a reviewed value over a field of a record and publish it; return the record, the field and the change.

    A value that stood for the same field before is ended. Raises `CodedError` with `record_unknown`, `field_unknown`,
    `record_invalid`, `pii_present` or `reason_missing`.
    """
    if not reason.strip():
        raise CodedError.of("reason_missing")
    record = find_record(place.database, name)
    rows = standing(corrections_of(place.database, record["id"]))
    harvested = _harvested(place, record, rows)
    value, _ = without_people(value)
    fresh = Correction(field, value, stated_at(harvested, field), actor, now().date(), reason)
    kept = [row for row in rows if row["field"] != field]
    outcome = _publish(place, actor, record, harvested, [*map(plain, kept), fresh])
    for row in rows:
        if row["field"] == field:
            keep_correction(place.database, record["id"], field, value=None, was=None, actor=actor,
                            reason=reason, ends=row["id"])  # fmt: skip
    keep_correction(place.database, record["id"], field, value=value, was=fresh.was, actor=actor,
                    reason=reason, ends=None)  # fmt: skip
    audit(place.database, actor, "correct", record["id"], {"field": field, "value": value, "why": reason})
    return {**outcome, "field": field, "was": fresh.was, "is": value}


def withdraw(place: Workplace, actor: str, name: str, field: str, reason: str) -> dict[str, Any]:
    """Take a reviewed value off again, so that what the source states shows; return the record and the field.

    Raises `CodedError` with `record_unknown`, `correction_unknown` or `reason_missing`.
    """
    if not reason.strip():
        raise CodedError.of("reason_missing")
    record = find_record(place.database, name)
    rows = standing(corrections_of(place.database, record["id"]))
    ended = [row for row in rows if row["field"] == field]
    if not ended:
        raise CodedError.of("correction_unknown", record=record["id"], field=field)
    harvested = _harvested(place, record, rows)
    outcome = _publish(place, actor, record, harvested, [plain(row) for row in rows if row["field"] != field])
    for row in ended:
        keep_correction(place.database, record["id"], field, value=None, was=None, actor=actor,
                        reason=reason, ends=row["id"])  # fmt: skip
    audit(place.database, actor, "withdraw_correction", record["id"], {"field": field, "why": reason})
    return {**outcome, "field": field, "was": ended[-1]["value"], "is": stated_at(harvested, field)}


def value_of(field: str, text: str) -> Any:
    """Return the value that a person wrote: JSON, or plain text; a field of study also as `ISCED-F:0613`."""
    scheme, colon, code = text.partition(":")
    if field.partition(".")[0] == "field" and colon and scheme.replace("-", "").isalnum():
        return {"scheme": scheme, "code": code}
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _harvested(place: Workplace, record: dict[str, Any], rows: list[dict[str, Any]]) -> Descriptor:
    """Return the descriptor as its source states it: the published one without what was laid over it."""
    content = details(place.database, record)["descriptor"]
    for row in rows:
        _restore(content, row["field"], row["was"])
    origins = {path: told for path, told in content.get("origins", {}).items() if told["kind"] != "assigned"}
    return from_dict({**content, "origins": origins})


def _restore(content: dict[str, Any], field: str, was: Any) -> None:
    """Put back what stood at the path of a correction."""
    steps = field.removesuffix(".+").split(".")
    holder: Any = content
    for step in steps[:-1]:
        holder = holder[int(step)] if isinstance(holder, list) else holder.get(step, {})
    last = steps[-1]
    if isinstance(holder, list):
        holder[int(last) : int(last) + 1] = [] if was is None else [was]
    elif was is None:
        holder.pop(last, None)
    else:
        holder[last] = was


def _publish(
    place: Workplace, actor: str, record: dict[str, Any], harvested: Descriptor, corrections: list[Correction]
) -> dict[str, Any]:
    """Publish a record under its corrections as a run of its own; return its id, its new version and the run."""
    found = details(place.database, record)
    corrected, lines, conflicts = lay(harvested, corrections)
    descriptor, masked = protect(corrected)
    findings = [*conflicts, *masked, *check(descriptor)]
    if refused := [issue for issue in findings if issue.severity is Severity.REJECT]:
        raise CodedError(*refused)
    before = from_dict(found["descriptor"])
    digest = content_hash(descriptor)
    if digest == content_hash(before):
        return {"record": record["id"], "version": record["version"], "run": None}
    checked = [issue.code for issue in check(before)]
    of_the_crossing = [issue for issue in found["issues"] if issue["code"] not in {*checked, "correction_conflict"}]
    ledger = Ledger.from_json(found["ledger"])
    ledger.entries[:] = [*(entry for entry in ledger.entries if entry.rule != RULE), *lines]
    registry = record["registry_id"]
    state = registry_state(place.database, registry) or {}
    run_id = open_run(place.database, registry=registry, connector=state["connector"], actor=actor, address="",
                      fingerprint="correction")  # fmt: skip
    changed = [change.path for change in differences(found["descriptor"], orjson.loads(dump(descriptor)))]
    write_proposals(place.database, run_id, [Proposal(
        record_id=record["id"], key=record["key"], iri=record["iri"], op="changed",
        listing=orjson.dumps(found["listing"], option=orjson.OPT_SORT_KEYS).decode(),
        listing_hash=found["listing_hash"], payload_hash=found["payload"],
        places=orjson.dumps(found["places"]).decode(), retrieved_at=found["retrieved_at"],
        descriptor=dump(descriptor).decode(), descriptor_hash=digest,
        ledger=orjson.dumps(ledger.as_json()).decode(),
        issues=orjson.dumps([*of_the_crossing, *map(_brief, findings)]).decode(),
        outcomes=ledger.by_outcome(), fields=orjson.dumps(sorted(changed)).decode(), visible=True,
    )])  # fmt: skip
    published = publish(place.database, run_id, registry, complete=False, digest=state["published_digest"])
    counts = {"listings": 1, "changed": published.updated, "publications": [published.first_seq, published.last_seq]}
    close_run(place.database, run_id, "succeeded", counts=counts, findings={}, complete=False)
    return {"record": record["id"], "version": record["version"] + published.updated, "run": run_id}


def _brief(issue: Issue) -> dict[str, Any]:
    told = {"code": issue.code, "place": issue.place, "params": issue.params}
    return {name: value for name, value in told.items() if value}
