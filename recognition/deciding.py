"""Taking decisions: every step of a decision, its checks against what is public now, and where decisions stand.

This is what commands and pages call. Each function reads, checks and writes in one transaction, and writes an audit
event with what it did. What may not be raises `CodedError`; the codes of the state machine stand in
`recognition.decisions.machine.check_step`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import orjson

from config.frameworks import level_schemes
from config.messages import CodedError
from crosswalks.descriptor.privacy import mask
from crosswalks.descriptor.serialise import load
from harvester.workplace import Workplace
from recognition.cells import Remark
from recognition.criteria import purposes
from recognition.decisions.lifecycle import life_cycle
from recognition.decisions.machine import MACHINE, RESTING, acts_in, check_step, reopened_by, standing, verdicts_in
from recognition.decisions.model import Grant, Opened, Pin, Standing, Status, Step, Terms
from recognition.pinning import Lookout, is_home
from recognition.subject import Frozen
from store.clock import now
from store.decisions import Book, Head, StepRow, decision_book, decision_head, decision_heads, decision_steps
from store.records import find_record

_IN_FORCE = frozenset({Status.VALID, Status.NOT_YET, Status.REOPENED, Status.SUSPENDED})


class DecisionView(Frozen):
    """A decision for whoever looks: its head, where it stands today, every step, and what a person may do next.

    `changes` are differences that nobody has written down yet; they count as if they were.
    """

    opened: Opened
    standing: Standing
    steps: tuple[Step, ...]
    changes: tuple[Remark, ...]
    may: tuple[str, ...]
    verdicts: tuple[str, ...]
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a decision is to be about: the purpose, the body that decides, its framework of levels, the dossier."""

    purpose: str = "listing"
    receiving: str = ""
    details: str = ""
    framework: str | None = None
    dossier: str | None = None
    supersedes: int | None = None
    not_applicable: bool = False


def open_decision(place: Workplace, actor: str, record: str, asked: Asked, why: str) -> DecisionView:
    """Open a decision about a record: of the home life cycle for a home listing, else of a foreign credential.

    Raises `CodedError` with `decision_exists` when the same question has one that is not over (name it in
    `asked.supersedes`), `decision_supersedes_wrong`, `dossier_purpose_unknown`, `dossier_receiving_missing`,
    `dossier_framework_unknown`, `decision_not_a_home_listing` or the codes of `find_record`.
    """
    found = find_record(place.database, record)
    lookout = Lookout(place)
    pin = lookout.pin(found["id"], None)
    track = "home" if is_home(place.settings, pin.registry) else "foreign"
    _check_question(track, asked)
    title = next(iter(load(lookout.content(pin.seq)).title.values()))
    head = {
        "registry": pin.registry, "title": title, "purpose": asked.purpose, "receiving": asked.receiving.strip(),
        "details": asked.details.strip(), "framework": asked.framework, "dossier": asked.dossier,
    }  # fmt: skip
    _impersonal(asked.receiving, asked.details)
    with decision_book(place.database) as book:
        _check_room(book, found["id"], track, asked)
        number = book.open(track, found["id"], orjson.dumps(head).decode(), asked.supersedes)
        act = "set_aside" if asked.not_applicable else "open"
        _take(book, book.head(number), Step(number=1, act=act, actor=actor, at=now(), reason=why))
    return decision(place, number)


def submit(place: Workplace, actor: str, number: int, *, member_class: str, why: str) -> DecisionView:
    """Submit a home listing for review as it stands now. Only some classes of members may apply."""
    head = decision_head(place.database, number)
    pin = Lookout(place).pin(head.record_id, _opened(head).framework)
    with decision_book(place.database) as book:
        _check_others(book, head)
        steps = _steps(book.steps(number))
        step = Step(number=len(steps) + 1, act="submit", actor=actor, at=now(), reason=why, pin=pin,
                    member_class=member_class)  # fmt: skip
        _take(book, head, step, steps)
    return decision(place, number)


def act(place: Workplace, actor: str, number: int, name: str, *, why: str) -> DecisionView:
    """Take a plain step: `review`, `return`, `revise`, `suspend`, `withdraw` or `discontinue`."""
    return _step(place, number, lambda n: Step(number=n, act=name, actor=actor, at=now(), reason=why))


def propose(place: Workplace, actor: str, number: int, terms: Terms, *, why: str) -> DecisionView:
    """Propose a verdict on the version that is public now (foreign) or was submitted (home).

    Raises `CodedError` also with `decision_version_stale` when what was pinned has changed since, and
    `decision_names_people` when the terms seem to name somebody.
    """
    head = decision_head(place.database, number)
    lookout = Lookout(place)
    way = life_cycle(_track(head)).verdicts.get(terms.verdict)
    pin = lookout.pin(head.record_id, _opened(head).framework) if way is not None and way.pins else None
    _impersonal(*terms.conditions, terms.covers, terms.measures, terms.appeal, terms.number or "")
    if pin is None and way is not None and way.grants:
        _check_fresh(lookout, decision(place, number).standing.pin)
    eyes = place.settings.four_eyes
    return _step(place, number, lambda n: Step(number=n, act="propose", actor=actor, at=now(), reason=why,
                                               terms=terms, pin=pin, four_eyes=eyes))  # fmt: skip


def approve(place: Workplace, actor: str, number: int, *, why: str) -> DecisionView:
    """Approve what is proposed; what it supersedes is superseded in the same moment.

    Raises `CodedError` also with `decision_version_stale` when the record, a mapping or a level row has changed since
    the proposal.
    """
    waiting = decision(place, number).standing.pending
    lookout = Lookout(place)
    if waiting is not None:
        _check_fresh(lookout, waiting.pin)
    with decision_book(place.database) as book:
        moment = now()
        head = book.head(number)
        steps = _steps(book.steps(number))
        before = standing(_track(head), steps, moment.date())
        _take(book, head, Step(number=len(steps) + 1, act="approve", actor=actor, at=moment, reason=why), steps)
        cycle = life_cycle(_track(head))
        grants = before.pending is not None and cycle.verdicts[before.pending.terms.verdict].grants
        if head.supersedes is not None and grants and before.grant is None:
            _supersede(book, head.supersedes, number, moment)
    return decision(place, number)


def refuse(place: Workplace, actor: str, number: int, *, why: str) -> DecisionView:
    """Refuse what is proposed; the decision stands as it did before. This is not the outcome `none`."""
    return _step(place, number, lambda n: Step(number=n, act="refuse", actor=actor, at=now(), reason=why))


def decision(place: Workplace, number: int) -> DecisionView:
    """Return one decision as it stands today. Raises `CodedError` with `decision_unknown`."""
    head = decision_head(place.database, number)
    steps = decision_steps(place.database, [number]).get(number, [])
    return _view(place, Lookout(place), head, steps)


def decisions(place: Workplace, *, record: str | None = None) -> list[DecisionView]:
    """Return every decision, or those about a record (its id or identifier), oldest first."""
    record_id = find_record(place.database, record)["id"] if record is not None else None
    heads = decision_heads(place.database, record_id)
    steps = decision_steps(place.database, [head.id for head in heads])
    lookout = Lookout(place)
    return [_view(place, lookout, head, steps.get(head.id, [])) for head in heads]


def due(views: Iterable[DecisionView], days: int, today: date | None = None) -> list[DecisionView]:
    """Return the decisions whose validity or next review falls within so many days, the earliest first."""
    until = (today or now().date()) + timedelta(days=days)
    found = [one for one in views if one.due_on is not None and one.due_on <= until]
    return sorted(found, key=lambda one: (one.due_on or until, one.opened.id))


def reopen_changed(place: Workplace) -> list[DecisionView]:
    """Write down, for every decision in force, what has changed since its version was pinned; return those re-opened.

    Until this has run, what changed counts all the same: no mark and no outcome shows.
    """
    return [
        _step(place, view.opened.id, partial(_reopening, because=view.changes))
        for view in decisions(place)
        if view.changes
    ]


def _reopening(number: int, because: tuple[Remark, ...]) -> Step:
    reason = " ".join(dict.fromkeys(one.code for one in because))
    return Step(number=number, act="reopen", actor=MACHINE, at=now(), reason=reason, because=because)


def _step(place: Workplace, number: int, make: Callable[[int], Step]) -> DecisionView:
    with decision_book(place.database) as book:
        steps = _steps(book.steps(number))
        _take(book, book.head(number), make(len(steps) + 1), steps)
    return decision(place, number)


def _take(book: Book, head: Head, step: Step, before: tuple[Step, ...] = ()) -> None:
    check_step(_track(head), before, step)
    content = step.model_dump_json(exclude={"number", "act", "actor", "at"}, exclude_defaults=True)
    details: dict[str, Any] = {"record": head.record_id, "why": step.reason}
    if step.terms is not None:
        details["verdict"] = step.terms.verdict
    if step.pin is not None:
        details["version"] = step.pin.version
    book.add(StepRow(head.id, step.number, step.act, step.actor, step.at, content), details)


def _supersede(book: Book, number: int, successor: int, moment: datetime) -> None:
    """End what a fresh decision takes the place of, unless it has ended already."""
    steps = _steps(book.steps(number))
    if standing(_track(book.head(number)), steps, moment.date()).status not in _IN_FORCE:
        return
    step = Step(number=len(steps) + 1, act="supersede", actor=MACHINE, at=moment, reason=f"decision {successor}",
                successor=successor)  # fmt: skip
    _take(book, book.head(number), step, steps)


def _check_question(track: str, asked: Asked) -> None:
    if asked.purpose not in purposes():
        raise CodedError.of("dossier_purpose_unknown", name=asked.purpose, known=", ".join(purposes()))
    if track == "foreign" and not asked.receiving.strip():
        raise CodedError.of("dossier_receiving_missing")
    if track == "foreign" and asked.not_applicable:
        raise CodedError.of("decision_not_a_home_listing")
    if asked.framework is not None and asked.framework not in level_schemes():
        raise CodedError.of("dossier_framework_unknown", name=asked.framework, known=", ".join(level_schemes()))


def _check_room(book: Book, record_id: str, track: str, asked: Asked) -> None:
    """See to it that one question has one decision, but for one that is to take its place."""
    today = now().date()
    for head in book.heads(record_id):
        opened = _opened(head)
        same = track == "home" or (opened.purpose, opened.receiving) == (asked.purpose, asked.receiving.strip())
        found = standing(_track(head), _steps(book.steps(head.id)), today)
        cycle = life_cycle(_track(head))
        over = found.state is None or found.state in cycle.final
        if head.id == asked.supersedes:
            if not same or found.state not in cycle.acts["supersede"].origins:
                raise CodedError.of("decision_supersedes_wrong", number=head.id, state=found.state or "-")
        elif same and not over:
            raise CodedError.of("decision_exists", number=head.id, state=found.state or "-")
    if asked.supersedes is not None and asked.supersedes not in {head.id for head in book.heads(record_id)}:
        raise CodedError.of("decision_supersedes_wrong", number=asked.supersedes, state="-")


def _check_others(book: Book, head: Head) -> None:
    """See to it that a listing is not applied for again while another decision on it lives."""
    for other in book.heads(head.record_id):
        found = standing(_track(other), _steps(book.steps(other.id)), now().date())
        if other.id not in {head.id, head.supersedes} and found.state not in {None, *life_cycle("home").final}:
            raise CodedError.of("decision_exists", number=other.id, state=found.state or "-")


def _check_fresh(lookout: Lookout, pin: Pin | None) -> None:
    if pin is not None and (found := lookout.changes(pin)):
        raise CodedError.of("decision_version_stale", version=pin.version, codes=", ".join(one.code for one in found))


def _impersonal(*texts: str) -> None:
    for text in texts:
        if mask(text)[1]:
            raise CodedError.of("decision_names_people")


def _view(place: Workplace, lookout: Lookout, head: Head, rows: list[StepRow]) -> DecisionView:
    steps = _steps(rows)
    track = _track(head)
    found = standing(track, steps, now().date(), place.settings.renewal_days)
    changed: tuple[Remark, ...] = ()
    if found.grant is not None and found.status in {Status.VALID, Status.NOT_YET}:
        changed = lookout.changes(found.grant.pin)
    found = reopened_by(found, changed)
    cycle = life_cycle(track)
    answers = ["approve", "refuse"] if found.pending is not None else []
    verdicts = [] if found.pending is not None else verdicts_in(cycle, found.state)
    if found.reopened:
        verdicts = [name for name in verdicts if name not in RESTING]
    may = [name for name in acts_in(cycle, found.state) if name != "propose" or verdicts]
    return DecisionView(
        opened=_opened(head), standing=found, steps=steps, changes=changed, may=(*may, *answers),
        verdicts=tuple(verdicts), due_on=_due_on(found),
    )  # fmt: skip


def _due_on(found: Standing) -> date | None:
    """Return the next day on which something has to be looked at again; None when nothing is in force."""
    grant: Grant | None = found.grant
    if grant is None or found.status not in _IN_FORCE:
        return None
    days = [day for day in (grant.terms.valid_until, grant.terms.next_review) if day is not None]
    return min(days, default=None)


def _steps(rows: Iterable[StepRow]) -> tuple[Step, ...]:
    return tuple(
        Step.model_validate(
            {"number": row.number, "act": row.act, "actor": row.actor, "at": row.at, **orjson.loads(row.content)}
        )
        for row in rows
    )


def _opened(head: Head) -> Opened:
    told = orjson.loads(head.content)
    return Opened(id=head.id, track=_track(head), record=head.record_id, supersedes=head.supersedes, **told)


def _track(head: Head) -> Any:
    return head.track
