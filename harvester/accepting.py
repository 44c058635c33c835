"""Accepting registries: nobody is asked for anything, but in a preview, before a person of this deployment said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from config.messages import CodedError
from connectors.contract import Registry
from connectors.discovery import registries, registry
from harvester.workplace import Workplace
from store.acceptances import Verdict, keep_verdict, standing_verdicts

State = Literal["active", "pending", "refused", "paused"]
"""`paused` is a registry whose row says that it is not active."""


def decide_on(place: Workplace, actor: str, names: Sequence[str], verdict: Verdict, why: str) -> list[dict[str, Any]]:
    """Accept or refuse registries, all or none, and return what stands for each.

    Raises `CodedError` with `registry_unknown`, `registry_accepted_already`,
    `registry_refused_already` or `reason_missing`.
    """
    if not why.strip():
        raise CodedError.of("reason_missing")
    names = list(dict.fromkeys(names))
    before = standing_verdicts(place.database)
    for name in names:
        registry(name, place.settings.registries_file)
        if name in before and before[name]["verdict"] == verdict:
            code = "registry_accepted_already" if verdict == "accepted" else "registry_refused_already"
            raise CodedError.of(code, registry=name, **_by(before[name]))
    keep_verdict(place.database, names, verdict, actor=actor, why=why)
    after = standing_verdicts(place.database)
    return [after[name] for name in names]


def accept_all(place: Workplace, actor: str, sources: Sequence[Registry], why: str) -> None:
    """Accept those of some registries that nobody has decided about."""
    verdicts = standing_verdicts(place.database)
    if names := [one.id for one in sources if one.id not in verdicts]:
        keep_verdict(place.database, names, "accepted", actor=actor, why=why)


def state_of_registry(source: Registry, verdicts: Mapping[str, Mapping[str, Any]]) -> State:
    """Return how a registry stands. One that no row names is switched on by its acceptance."""
    verdict = verdicts.get(source.id)
    if verdict is None:
        return "pending"
    if verdict["verdict"] == "refused":
        return "refused"
    return "active" if source.active or source.pending else "paused"


def accepted_registries(place: Workplace) -> dict[str, Registry]:
    """Return the registries that were accepted, those that are switched off among them."""
    verdicts = standing_verdicts(place.database)
    known = registries(place.settings.registries_file)
    return {
        name: one for name, one in known.items() if state_of_registry(one, verdicts) in {"active", "paused"}
    }  # fmt: skip


def require_accepted(place: Workplace, source: Registry, *, even_paused: bool = False) -> None:
    """Check that a registry may be harvested.

    Raises `CodedError` with `registry_pending`, `registry_refused`, or `registry_off`, unless `even_paused`.
    """
    verdicts = standing_verdicts(place.database)
    state = state_of_registry(source, verdicts)
    if state == "refused":
        raise CodedError.of("registry_refused", registry=source.id, **_by(verdicts[source.id]))
    if state == "pending":
        raise CodedError.of("registry_pending", registry=source.id)
    if state == "paused" and not even_paused:
        raise CodedError.of("registry_off", registry=source.id)


def _by(verdict: Mapping[str, Any]) -> dict[str, str]:
    return {"actor": verdict["actor"], "date": f"{verdict['at']:%Y-%m-%d}", "why": verdict["reason"]}
