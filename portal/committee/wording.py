"""Decisions in words: only what may be said today is said as the result, and it is taken from `standing` alone."""

from __future__ import annotations

from typing import Any

from config.labels import label
from config.messages import Language
from portal.public.showing import field_name
from recognition.criteria import purposes
from recognition.deciding import DecisionView
from recognition.decisions.agreements import Coverage
from recognition.decisions.lifecycle import name_of
from recognition.decisions.model import Outcome, Status, Terms

_UNDER_WAY = frozenset({"draft", "submitted", "under_review", "returned", "undecided"})


def told(view: DecisionView, language: Language, title: dict[str, str] | None = None) -> dict[str, Any]:
    """Return a decision for a page: what it is about, and how it stands in words."""
    opened, found = view.opened, view.standing
    pending = found.pending
    return {
        "number": opened.id, "title": title or {"und": opened.title}, "view": view, "opened": opened, "standing": found,
        "kind": name_of("tracks", opened.track, opened.track, language),
        "purpose": purposes()[opened.purpose][language] if opened.track == "foreign" else "",
        "outcome": outcome_of(view, language),
        "state": name_of("states", found.state, opened.track, language) if found.state else "—",
        "holds": name_of("statuses", found.status.value, opened.track, language) if found.status else "",
        "granted": _granted(view, language), "look": _look(view), "reopened": found.status is Status.REOPENED,
        "pending": verdict_of(pending.terms, opened.track, language) if pending else "",
        "under_way": found.state in _UNDER_WAY and pending is None,
    }  # fmt: skip


def outcome_of(view: DecisionView, language: Language) -> str:
    """Return what may be said today; nothing in force is told apart from a "no"."""
    found = view.standing
    if view.opened.track == "home":
        if found.recognised:
            return name_of("states", "recognised", "home", language)
        return label("decision_none_in_force", language)
    if found.outcome is None:
        return label("decision_none_in_force", language)
    if found.outcome is Outcome.UNDECIDED:
        return name_of("states", "undecided", "foreign", language)
    return name_of("verdicts", found.outcome.value, "foreign", language)


def verdict_of(terms: Terms, track: Any, language: Language) -> str:
    """Return what a proposal proposes."""
    return name_of("verdicts", terms.verdict, track, language)


def _granted(view: DecisionView, language: Language) -> str:
    """Return what was last granted, as history."""
    grant = view.standing.grant
    if grant is None or grant.outcome is None:
        return ""
    return name_of("verdicts", grant.outcome.value, "foreign", language)


def covering(one: Coverage, language: Language) -> dict[str, Any]:
    """Return what an agreement says of a record, with the names of what lies outside it or is not stated."""
    what = [part for part in one.because.params.get("what", "").split(", ") if part]
    return {"of": one, "names": [field_name(part, language) for part in what]}


def _look(view: DecisionView) -> str:
    """Return how a state is drawn, beside its words."""
    found = view.standing
    if found.pending is not None:
        return "pending"
    if found.status is Status.REOPENED:
        return "reopened"
    if found.status is Status.VALID:
        return "valid"
    return "over" if found.status is not None else "open"
