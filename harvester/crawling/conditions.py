"""Asking only for what has changed since the last good run.

A request carries the marks (`ETag`, `Last-Modified`) that its kept answer came with; "not modified" then stands for
that answer. Only plain requests for one answer that is still kept are asked so, and only while the rules that answers
are kept and read by are the same. Marks can lie: now and then a run asks for everything (`full_every_runs`).
"""

from __future__ import annotations

from connectors.contract import Politeness
from store.database import Database
from store.frontier import Fetched, Frontier, Waiting
from store.payloads import PayloadStore
from store.runs import registry_state, run, runs_since_full

_CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
_NEVER_WITH = ("method", "form", "secrets", "bulk")
_OWN = frozenset({"if-none-match", "if-modified-since"})


def last_good_run(database: Database, registry: str, rules: str, polite: Politeness) -> int | None:
    """Return the run whose answers need not be fetched again unless they changed; None for a full fetch."""
    last = (registry_state(database, registry) or {}).get("last_complete_run")
    if last is None or not polite.full_every_runs or run(database, last)["fingerprint"] != rules:
        return None
    full_is_due = runs_since_full(database, registry, polite.full_every_runs) + 1 >= polite.full_every_runs
    return None if full_is_due else int(last)


class Conditions:
    """What requests were answered in the last good run. Without one, nothing is asked on condition."""

    def __init__(self, before: Frontier | None, payloads: PayloadStore) -> None:
        self._before, self._payloads = before, payloads
        self._plainly: set[str] = set()

    def lay(self, rows: list[Waiting]) -> None:
        """Give those requests their earlier answer that may be asked for on condition."""
        if self._before is None or not rows:
            return
        known = {answer.key: answer for answer in self._before.answered(row.key for row in rows)}
        for row in rows:
            earlier = known.get(row.key)
            if earlier and row.key not in self._plainly and self._fit(row, earlier):
                row.before = earlier

    def ask_plainly(self, row: Waiting) -> None:
        """Have a request asked without conditions from now on."""
        self._plainly.add(row.key)

    def _fit(self, row: Waiting, earlier: Fetched) -> bool:
        return (
            earlier.request == row.request
            and not any(row.request.get(name) for name in _NEVER_WITH)
            and not has_own_conditions(row)
            and bool(condition_headers(earlier))
            and self._payloads.path(earlier.payload_hash).is_file()
        )


def condition_headers(earlier: Fetched | None) -> dict[str, str]:
    """Return the headers that ask for an answer only if it is another one than before."""
    if earlier is None:
        return {}
    return {name: value for mark, name in _CONDITIONS.items() if (value := earlier.headers.get(mark))}


def has_own_conditions(row: Waiting) -> bool:
    """Tell whether the connector itself allowed "not modified" for an answer."""
    return any(name.lower() in _OWN for name, _ in row.request.get("headers", ()))
