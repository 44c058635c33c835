"""The state machine of decisions: which step may follow, and where a decision stands on a day.

Every step is held to the rules when it is taken and again whenever a decision is read, so that no row that came into
the database in another way can make a mark or an outcome show. What may not be raises `CodedError`. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.messages import CodedError
from recognition.cells import Remark
from recognition.decisions.lifecycle import LifeCycle, Track, Way, life_cycle, member_classes
from recognition.decisions.model import Grant, Outcome, Pin, Proposed, Standing, Status, Step, Terms

MACHINE = "kakehashi"
"""The name under which the engine itself acts; no person may use it."""
RESTING = frozenset({"renew", "reinstate"})
"""Verdicts that rest on what was granted before, which nothing that is open again can."""
_ENDED = {
    "superseded": Status.SUPERSEDED, "withdrawn": Status.WITHDRAWN, "discontinued": Status.DISCONTINUED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Run:
    """What the steps so far add up to, without a day."""

    state: str | None = None
    pin: Pin | None = None
    pending: Proposed | None = None
    grant: Grant | None = None
    reopened: tuple[Remark, ...] = ()
    reopened_at: datetime | None = None
    successor: int | None = None
    ended: Status | None = None
    steps: int = 0
    last: datetime | None = None


def standing(track: Track, steps: Iterable[Step], day: date, renewal_days: int = 0) -> Standing:
    """Return where a decision stands on a day. Raises `CodedError` when its steps could not have been taken."""
    cycle = life_cycle(track)
    run = _Run()
    for step in steps:
        run = _taken(cycle, run, step)
    return _on(cycle, run, day, renewal_days)


def reopened_by(found: Standing, because: tuple[Remark, ...]) -> Standing:
    """Return where a decision stands once changes are seen that nobody has written down yet."""
    if not because or found.grant is None or found.status not in {Status.VALID, Status.NOT_YET, Status.REOPENED}:
        return found
    outcome = None if found.grant.outcome is None else Outcome.UNDECIDED
    told = found.reopened or because
    return found.model_copy(
        update={"status": Status.REOPENED, "outcome": outcome, "mark": False, "recognised": False, "reopened": told}
    )


def check_step(track: Track, steps: Iterable[Step], step: Step) -> None:
    """Hold a new step to the rules. Raises `CodedError` saying which one it breaks.

    Codes: `decision_act_unknown`, `decision_act_illegal`, `decision_verdict_unknown`, `decision_verdict_illegal`,
    `decision_nothing_proposed`, `decision_proposal_waits`, `decision_same_person`, `decision_actor_missing`,
    `decision_actor_reserved`, `reason_missing`, `decision_member_class`, `decision_version_missing`,
    `decision_terms_missing`, `decision_validity_wrong`, `decision_is_reopened`.
    """
    cycle = life_cycle(track)
    run = _Run()
    for one in steps:
        run = _taken(cycle, run, one)
    _taken(cycle, run, step)


def state_on(track: Track, state: str | None, grant: Grant | None, day: date, renewal_days: int = 0) -> str | None:
    """Return the state that a day makes of a state: what was granted runs out, and is due some time before."""
    cycle = life_cycle(track)
    if state not in cycle.granted or grant is None or grant.terms.valid_until is None:
        return state
    if day > grant.terms.valid_until:
        return cycle.lapsed
    return cycle.due if day > grant.terms.valid_until - timedelta(days=renewal_days) else state


def same_person(one: str, other: str) -> bool:
    """Tell whether two names name one person, however they are written."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _taken(cycle: LifeCycle, run: _Run, step: Step) -> _Run:
    """Return what a step makes of a decision."""
    _signed(cycle, step)
    if step.number != run.steps + 1 or (run.last is not None and step.at < run.last):
        raise CodedError.of("decision_steps_broken", number=step.number)
    state = state_on(cycle.track, run.state, run.grant, step.at.date())
    if step.act == "propose":
        after = _proposed(cycle, run, state, step)
    elif step.act in {"approve", "refuse"}:
        after = _answered(cycle, run, state, step)
    else:
        after = _acted(cycle, run, state, step)
    return _with(after, steps=step.number, last=step.at)


def _signed(cycle: LifeCycle, step: Step) -> None:
    if not step.actor.strip():
        raise CodedError.of("decision_actor_missing")
    if not step.reason.strip():
        raise CodedError.of("reason_missing")
    way = cycle.acts.get(step.act)
    if same_person(step.actor, MACHINE) is not (way is not None and way.machine):
        raise CodedError.of("decision_actor_reserved", name=step.actor, act=step.act)


def _acted(cycle: LifeCycle, run: _Run, state: str | None, step: Step) -> _Run:
    way = cycle.acts.get(step.act)
    if way is None:
        raise CodedError.of("decision_act_unknown", act=step.act, known=", ".join(cycle.acts))
    if state not in way.origins:
        may = ", ".join(acts_in(cycle, state))
        raise CodedError.of("decision_act_illegal", act=step.act, state=state or "-", may=may or "-")
    if step.act == "submit" and not member_classes().get(step.member_class or ""):
        may = ", ".join(name for name, allowed in member_classes().items() if allowed)
        raise CodedError.of("decision_member_class", name=step.member_class or "-", may=may)
    if step.act == "reopen":
        if not step.because:
            raise CodedError.of("decision_terms_missing", name="because", act=step.act)
        return _with(run, reopened=(*run.reopened, *step.because), reopened_at=run.reopened_at or step.at, pending=None)
    if step.act == "supersede" and step.successor is None:
        raise CodedError.of("decision_terms_missing", name="successor", act=step.act)
    pin = _pinned(step) if way.pins else run.pin
    fresh = {"reopened": (), "reopened_at": None} if way.pins else {}
    ended = _ENDED.get(way.to or "", run.ended)
    return _with(run, state=way.to, pin=pin, pending=None, successor=step.successor, ended=ended, **fresh)


def _proposed(cycle: LifeCycle, run: _Run, state: str | None, step: Step) -> _Run:
    terms = step.terms
    if terms is None or step.four_eyes is None:
        raise CodedError.of("decision_terms_missing", name="verdict", act=step.act)
    way = _verdict(cycle, state, terms)
    if run.pending is not None:
        raise CodedError.of("decision_proposal_waits", by=run.pending.by)
    if terms.verdict in RESTING and run.reopened:
        raise CodedError.of("decision_is_reopened")
    _check_terms(terms, way, step.at.date())
    pin = _pinned(step) if way.pins else run.pin
    if pin is None or (step.pin is not None and step.pin != pin):
        raise CodedError.of("decision_version_missing")
    return _with(
        run,
        pending=Proposed(terms=terms, pin=pin, reason=step.reason, by=step.actor, at=step.at, four_eyes=step.four_eyes),
    )


def _answered(cycle: LifeCycle, run: _Run, state: str | None, step: Step) -> _Run:
    pending = run.pending
    if pending is None:
        raise CodedError.of("decision_nothing_proposed")
    if step.act == "refuse":
        return _with(run, pending=None)
    way = _verdict(cycle, state, pending.terms)
    if pending.four_eyes and same_person(pending.by, step.actor):
        raise CodedError.of("decision_same_person", name=step.actor)
    if pending.terms.valid_until is not None and pending.terms.valid_until < step.at.date():
        raise CodedError.of("decision_validity_wrong", first=step.at.date(), last=pending.terms.valid_until)
    after = _with(run, state=way.to, pending=None)
    if not way.grants:
        return after
    outcome = None if cycle.track == "home" else _outcome(pending.terms, run.grant)
    before = run.grant if pending.terms.verdict == "renew" else None
    terms = _renewed(before, pending.terms) if before is not None else pending.terms
    grant = Grant(
        number=step.number, outcome=outcome, terms=terms, pin=pending.pin, reason=pending.reason,
        proposed_by=pending.by, approved_by=step.actor, decided_at=step.at,
    )  # fmt: skip
    return _with(after, grant=grant, pin=pending.pin, ended=None)


def _outcome(terms: Terms, before: Grant | None) -> Outcome:
    if terms.verdict == "renew" and before is not None and before.outcome is not None:
        return before.outcome
    return Outcome(terms.verdict)


def _renewed(before: Grant, terms: Terms) -> Terms:
    """Return what was granted, with the dates of its renewal; its beginning stays."""
    dates = {"valid_until": terms.valid_until, "next_review": terms.next_review}
    return before.terms.model_copy(update=dates)


def _verdict(cycle: LifeCycle, state: str | None, terms: Terms) -> Way:
    way = cycle.verdicts.get(terms.verdict)
    if way is None:
        raise CodedError.of("decision_verdict_unknown", name=terms.verdict, known=", ".join(cycle.verdicts))
    if state not in way.origins:
        may = ", ".join(name for name, one in cycle.verdicts.items() if state in one.origins) or "-"
        raise CodedError.of("decision_verdict_illegal", name=terms.verdict, state=state or "-", may=may)
    return way


def _check_terms(terms: Terms, way: Way, day: date) -> None:
    for name in way.needs:
        given = getattr(terms, name)
        if not (given.strip() if isinstance(given, str) else any(one.strip() for one in given)):
            raise CodedError.of("decision_terms_missing", name=name, act=terms.verdict)
    begins = terms.valid_from or day
    if terms.valid_until is not None and terms.valid_until < begins:
        raise CodedError.of("decision_validity_wrong", first=begins, last=terms.valid_until)
    begun = terms.mark or terms.valid_from is not None
    if (terms.verdict == "renew" and begun) or (not way.grants and (begun or terms.valid_until is not None)):
        raise CodedError.of("decision_terms_unfitting", act=terms.verdict)


def _pinned(step: Step) -> Pin:
    if step.pin is None:
        raise CodedError.of("decision_version_missing")
    return step.pin


def acts_in(cycle: LifeCycle, state: str | None) -> list[str]:
    """Return what a person may do in a state: acts, and `propose` where some verdict is possible."""
    acts = [name for name, way in cycle.acts.items() if state in way.origins and not way.machine]
    return acts + (["propose"] if verdicts_in(cycle, state) else [])


def verdicts_in(cycle: LifeCycle, state: str | None) -> list[str]:
    """Return the verdicts that may be proposed in a state."""
    return [name for name, way in cycle.verdicts.items() if state in way.origins]


def _on(cycle: LifeCycle, run: _Run, day: date, renewal_days: int) -> Standing:
    state = state_on(cycle.track, run.state, run.grant, day, renewal_days)
    status = _status(cycle, run, state, day)
    valid = status is Status.VALID
    return Standing(
        day=day,
        state=state,
        pin=run.pin,
        pending=run.pending,
        grant=run.grant,
        status=status,
        outcome=_told(cycle, run, state, status),
        recognised=valid and cycle.track == "home",
        mark=valid and cycle.track == "home" and run.grant is not None and run.grant.terms.mark,
        reopened=run.reopened,
        reopened_at=run.reopened_at,
        successor=run.successor,
    )


def _status(cycle: LifeCycle, run: _Run, state: str | None, day: date) -> Status | None:
    """Return how what was last granted stands; None when nothing ever was, or it has been applied for again."""
    if run.grant is None:
        return None
    if run.ended is not None:
        return run.ended
    if state == "suspended":
        return Status.SUSPENDED
    if state not in {*cycle.granted, cycle.due}:
        return Status.EXPIRED
    if run.reopened:
        return Status.REOPENED
    begins = run.grant.terms.valid_from
    return Status.NOT_YET if begins is not None and day < begins else Status.VALID


def _told(cycle: LifeCycle, run: _Run, state: str | None, status: Status | None) -> Outcome | None:
    if cycle.track == "home" or state is None:
        return None
    if state == "undecided" or status is Status.REOPENED:
        return Outcome.UNDECIDED
    if status is Status.VALID and run.grant is not None:
        return run.grant.outcome
    return None


def _with(run: _Run, **changes: object) -> _Run:
    values = {name: getattr(run, name) for name in _Run.__slots__}
    return _Run(**{**values, **changes})
