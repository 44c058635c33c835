"""What is worth telling of a run, and to whom: decided once for each run that has ended, by the registry's policy.

The first failure is told and the recovery, not every repeat. A run that waits for a person is a trouble of its own,
told once even between failures.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import orjson

from config.messages import Issue, Severity
from connectors.contract import Notify, Registry
from connectors.discovery import registries, registry
from harvester.running.report import grouped
from harvester.workplace import Workplace
from store.notices import Target, keep_look, keep_notice, looks_before, unseen_runs
from store.runs import issues_of, registry_state

Kind = Literal["failed", "held", "recovered", "changed", "ended", "test"]
_GOOD = frozenset({"succeeded", "succeeded_with_warnings"})
_TROUBLES: dict[str, Kind] = {"failed": "failed", "lost": "failed", "held": "held"}
_FIGURES = ("listings", "new", "changed", "unchanged", "gone", "returned", "retired", "rejected")
_CHANGES = ("new", "changed", "gone", "returned", "retired")
_REASONS = 10


def look_at_runs(place: Workplace) -> list[str]:
    """Look at every run that has ended since the last look, and return the notices that are to be sent."""
    known: dict[str, Registry] | None = None
    made: list[str] = []
    while runs := unseen_runs(place.database):
        known = registries(place.settings.registries_file) if known is None else known
        for run in runs:
            made += _look(place, known.get(run["registry_id"]), run)
    return made


def kind_of(when: str, state: str, looks: Iterable[tuple[str, str | None]], *, changed: bool) -> Kind | None:
    """Return as what a run is told, None for not at all.

    `looks` are the runs before it as (state, told as), the latest first.
    """
    if when == "never":
        return None
    told = _troubles_told(looks)
    if trouble := _TROUBLES.get(state):
        return trouble if when == "always" or trouble not in told else None
    if state not in _GOOD:
        return None
    if told:
        return "recovered"
    if changed and when != "on_failure":
        return "changed"
    return "ended" if when == "always" else None


def targets_of(place: Workplace, notify: Notify) -> list[Target]:
    """Return where notices about a registry go."""
    settings = place.settings
    mail = notify.mail or settings.notify_addresses
    webhook = notify.webhook or (str(settings.notify_webhook) if settings.notify_webhook else "")
    posted = [Target("webhook", webhook)] if webhook else []
    return [*(Target("mail", address) for address in dict.fromkeys(mail)), *posted]


def put_trial(place: Workplace, name: str) -> list[str]:
    """Put a trial into the outbox for everyone who is told about a registry, whatever its policy; return its notices.

    Raises `CodedError` with `registry_unknown`.
    """
    source = registry(name, place.settings.registries_file)
    targets = targets_of(place, source.manifest.notify)
    content = _content(source, "test", Issue("notice_test", {"registry": name}))
    return keep_notice(place.database, name, "test", targets, content) if targets else []


def _look(place: Workplace, source: Registry | None, run: dict[str, Any]) -> list[str]:
    counts = run["counts"] or {}
    changed = any(counts.get(name) for name in _CHANGES)
    kind = None
    if source is not None:
        looks = looks_before(place.database, source.id)
        kind = kind_of(source.manifest.notify.when, run["state"], looks, changed=changed)
    if source is None or kind is None:
        return keep_look(place.database, run, None, [], "")
    targets = targets_of(place, source.manifest.notify)
    return keep_look(place.database, run, kind, targets, _told(place, source, kind, run))


def _troubles_told(looks: Iterable[tuple[str, str | None]]) -> set[str]:
    """Return the kinds of trouble that were told since the registry was last well."""
    told: set[str] = set()
    for state, kind in looks:
        if state in _GOOD:
            break
        if kind is not None:
            told.add(kind)
    return told


def _told(place: Workplace, source: Registry, kind: Kind, run: dict[str, Any]) -> str:
    counts = run["counts"] or {}
    confirmed = (registry_state(place.database, source.id) or {}).get("last_complete_at")
    figures = {name: counts.get(name, 0) for name in _FIGURES}
    shown = f"{confirmed:%Y-%m-%d %H:%M}Z" if confirmed else "—"
    code = "notice_lost" if run["state"] == "lost" else f"notice_{kind}"
    message = Issue(code, {"registry": source.id, "run": run["id"], "confirmed": shown, **figures})
    reasons = [
        {name: group[name] for name in ("code", "severity", "count", "text", "fix")}
        for group in grouped(issues_of(place.database, run["id"]), {})
        if group["severity"] != Severity.INFO.value
    ]
    return _content(source, kind, message, run=run["id"], state=run["state"], ended_at=run["ended_at"],
                    confirmed_at=confirmed, counts=figures, issues=reasons[:_REASONS])  # fmt: skip


def _content(source: Registry, kind: Kind, message: Issue, **more: Any) -> str:
    told = message.as_json()
    shown = {name: told[name] for name in ("code", "severity", "text", "fix")}
    content = {"kind": kind, "registry": source.id, "title": source.manifest.title, "message": shown, **more}
    return orjson.dumps(content, option=orjson.OPT_UTC_Z).decode()
