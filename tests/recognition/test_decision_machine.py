"""The state machine of decisions: its tables against the reference, and that nothing shows that was not granted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from config.codelists import codelist
from config.messages import CodedError
from crosswalks.descriptor.model import Descriptor
from recognition.cells import Remark
from recognition.decisions import MACHINE, Outcome, Pin, Standing, Status, Step, Terms, check_step, standing
from recognition.decisions.lifecycle import TRACKS, immaterial_fields, life_cycle, material_fields, name_of
from recognition.headings import headings

START = datetime(2026, 4, 1, 9, tzinfo=UTC)
REMARK = Remark.of("reopened_record_gone", version=1)
TABLE = {
    "draft": {"submitted"},
    "submitted": {"under_review", "returned"},
    "under_review": {"recognised", "rejected", "returned"},
    "returned": {"submitted", "draft"},
    "rejected": {"draft"},
    "recognised": {"renewal_due", "suspended", "withdrawn", "discontinued", "superseded"},
    "renewal_due": {"recognised", "lapsed"},
    "lapsed": {"submitted"},
    "suspended": {"recognised", "withdrawn"},
    "withdrawn": {"draft"},
    "discontinued": set(),
    "superseded": set(),
    "not_applicable": {"submitted"},
}
"""The life cycle as the reference on the descriptor has it."""
OURS = {
    # While renewal is due the recognition still runs, so it can end in every way that it otherwise can.
    "renewal_due": {"suspended", "withdrawn", "discontinued", "superseded"},
}


def pin(version: int = 1) -> Pin:
    return Pin(record="r", iri="https://x.example/r", registry="jmicro", version=version, seq=version,
               content_hash=f"{version:032x}")  # fmt: skip


def step(number: int, act: str, actor: str = "A", day: int = 0, **more: Any) -> Step:
    at = START + timedelta(days=day, seconds=number)
    return Step(number=number, act=act, actor=actor, at=at, reason="because", **more)


def test_the_states_are_those_of_the_code_list() -> None:
    assert set(life_cycle("home").states) == set(TABLE) == set(codelist("RecognitionStatus").labels)


def test_the_ways_are_those_of_the_reference_and_no_others() -> None:
    cycle = life_cycle("home")
    ways: dict[str, set[str]] = {state: set() for state in TABLE}
    for way in (*cycle.acts.values(), *cycle.verdicts.values()):
        for origin in way.origins:
            if origin is not None and way.to is not None and origin != way.to:
                ways[origin].add(way.to)
    for state in cycle.granted:
        ways[state].add(cycle.due)
    ways[cycle.due].add(cycle.lapsed)
    assert ways == {state: targets | OURS.get(state, set()) for state, targets in TABLE.items()}


def test_foreign_outcomes_are_those_of_the_conventions() -> None:
    assert {*life_cycle("foreign").verdicts} - {"renew"} == {outcome.value for outcome in Outcome}


def test_everything_has_a_name_in_both_languages() -> None:
    for track, language in product(TRACKS, ("ja", "en")):
        cycle = life_cycle(track)
        names = [name_of("states", state, track, language) for state in cycle.states]
        names += [name_of("acts", act, track, language) for act in (*cycle.acts, "propose", "approve", "refuse")]
        names += [name_of("verdicts", verdict, track, language) for verdict in cycle.verdicts]
        names += [name_of("statuses", status.value, track, language) for status in Status]
        assert all(name.strip() for name in names)


def test_every_field_of_the_descriptor_is_material_or_is_not() -> None:
    material, not_material = set(material_fields()), immaterial_fields()
    assert not material & not_material
    assert material | not_material == set(Descriptor.model_fields)
    assert set(material_fields().values()) <= {heading.code for heading in headings()}


GRANTED_HOME = [
    step(1, "open"), step(2, "submit", pin=pin(), member_class="ordinary"), step(3, "review"),
    step(4, "propose", terms=Terms(verdict="recognise", mark=True, valid_until=date(2027, 3, 31)), four_eyes=True),
    step(5, "approve", "B"),
]  # fmt: skip
GRANTED_FOREIGN = [
    step(1, "open"),
    step(2, "propose", terms=Terms(verdict="full", valid_until=date(2027, 3, 31)), pin=pin(), four_eyes=True),
    step(3, "approve", "B"),
]


def refused(track: Any, steps: list[Step], one: Step) -> str:
    with pytest.raises(CodedError) as caught:
        check_step(track, steps, one)
    issue = caught.value.issues[0]
    assert "{" not in issue.text("ja") + issue.text("en") + issue.fix("ja") + issue.fix("en")
    return issue.code


def test_a_mark_shows_only_while_what_was_granted_runs() -> None:
    shown = [
        (day, found.state, found.mark)
        for day in (date(2026, 4, 1), date(2027, 1, 1), date(2027, 3, 31), date(2027, 4, 1))
        if (found := standing("home", GRANTED_HOME, day, renewal_days=90))
    ]
    assert shown == [
        (date(2026, 4, 1), "recognised", True), (date(2027, 1, 1), "renewal_due", True),
        (date(2027, 3, 31), "renewal_due", True), (date(2027, 4, 1), "lapsed", False),
    ]  # fmt: skip


def test_recognition_without_the_mark_shows_none() -> None:
    steps = [*GRANTED_HOME[:3], GRANTED_HOME[3].model_copy(update={"terms": Terms(verdict="recognise")}),
             GRANTED_HOME[4]]  # fmt: skip
    found = standing("home", steps, date(2030, 1, 1))
    assert (found.recognised, found.mark) == (True, False)


def test_absent_undecided_and_no_are_three_values() -> None:
    day = date(2026, 4, 2)
    none = [GRANTED_FOREIGN[0], GRANTED_FOREIGN[1].model_copy(update={"terms": Terms(verdict="none")}),
            GRANTED_FOREIGN[2]]  # fmt: skip
    assert standing("foreign", [], day).outcome is None
    assert standing("foreign", GRANTED_FOREIGN[:1], day).outcome is Outcome.UNDECIDED
    assert standing("foreign", GRANTED_FOREIGN[:2], day).outcome is Outcome.UNDECIDED
    assert standing("foreign", none, day).outcome is Outcome.NONE
    withdrawn = [*GRANTED_FOREIGN, step(4, "withdraw", day=1)]
    assert standing("foreign", withdrawn, day).outcome is None
    assert standing("foreign", withdrawn, day).status is Status.WITHDRAWN


def test_what_is_open_again_shows_nothing_and_says_why() -> None:
    for track, steps in (("home", GRANTED_HOME), ("foreign", GRANTED_FOREIGN)):
        found = standing(track, [*steps, step(len(steps) + 1, "reopen", MACHINE, 2, because=(REMARK,))],
                         date(2026, 5, 1))  # fmt: skip
        assert (found.status, found.mark, found.recognised) == (Status.REOPENED, False, False)
        assert found.outcome in {None, Outcome.UNDECIDED}
        assert found.reopened == (REMARK,)


@pytest.mark.parametrize(
    ("steps", "one", "code"),
    [
        ([], step(1, "review"), "decision_act_illegal"),
        ([], step(1, "fly"), "decision_act_unknown"),
        (GRANTED_HOME[:1], step(2, "submit", member_class="ordinary"), "decision_version_missing"),
        (GRANTED_HOME[:1], step(2, "submit", pin=pin(), member_class="partner"), "decision_member_class"),
        (GRANTED_HOME[:1], step(2, "submit", pin=pin()), "decision_member_class"),
        (GRANTED_HOME[:3], step(4, "approve", "B"), "decision_nothing_proposed"),
        (GRANTED_HOME[:3], step(4, "propose"), "decision_terms_missing"),
        (GRANTED_HOME[:3], step(4, "propose", terms=Terms(verdict="full"), four_eyes=True), "decision_verdict_unknown"),
        (GRANTED_HOME[:3], step(4, "propose", terms=Terms(verdict="renew"), four_eyes=True),
         "decision_verdict_illegal"),
        (GRANTED_HOME[:3], step(4, "propose", terms=Terms(verdict="reject", mark=True), four_eyes=True),
         "decision_terms_unfitting"),
        (GRANTED_HOME[:3], step(4, "propose", four_eyes=True,
                                terms=Terms(verdict="recognise", valid_until=date(2020, 1, 1))),
         "decision_validity_wrong"),
        (GRANTED_HOME[:4], step(5, "approve", "Ａ"), "decision_same_person"),
        (GRANTED_HOME[:4], step(5, "approve", " a "), "decision_same_person"),
        (GRANTED_HOME[:4], step(5, "approve", "B", 400), "decision_validity_wrong"),
        (GRANTED_HOME[:4], step(5, "propose", terms=Terms(verdict="reject"), four_eyes=True),
         "decision_proposal_waits"),
        (GRANTED_HOME[:4], step(5, "approve", " "), "decision_actor_missing"),
        (GRANTED_HOME[:4], step(5, "approve", "Kakehashi"), "decision_actor_reserved"),
        (GRANTED_HOME[:4], step(5, "approve", "B").model_copy(update={"reason": " "}), "reason_missing"),
        (GRANTED_HOME[:4], step(7, "approve", "B"), "decision_steps_broken"),
        (GRANTED_HOME[:4], step(5, "approve", "B", -1), "decision_steps_broken"),
        (GRANTED_HOME, step(6, "supersede", "A", 1, successor=2), "decision_actor_reserved"),
        (GRANTED_HOME, step(6, "reopen", "A", 1, because=(REMARK,)), "decision_actor_reserved"),
        (GRANTED_HOME, step(6, "reopen", MACHINE, 1), "decision_terms_missing"),
        ([*GRANTED_HOME, step(6, "reopen", MACHINE, 1, because=(REMARK,))],
         step(7, "propose", day=2, terms=Terms(verdict="renew"), four_eyes=True), "decision_is_reopened"),
        (GRANTED_HOME, step(6, "propose", day=1, terms=Terms(verdict="renew", mark=True), four_eyes=True),
         "decision_terms_unfitting"),
    ],
)  # fmt: skip
def test_what_may_not_be_done_has_a_code(steps: list[Step], one: Step, code: str) -> None:
    assert refused("home", steps, one) == code


@pytest.mark.parametrize(("verdict", "name"), [("partial", "covers"), ("conditional", "conditions")])
def test_some_outcomes_need_more_said(verdict: str, name: str) -> None:
    bare = step(2, "propose", terms=Terms(verdict=verdict), pin=pin(), four_eyes=True)
    assert refused("foreign", GRANTED_FOREIGN[:1], bare) == "decision_terms_missing"
    said = (
        Terms(verdict=verdict, covers="one module") if name == "covers" else Terms(verdict=verdict, conditions=("x",))
    )
    check_step("foreign", GRANTED_FOREIGN[:1], bare.model_copy(update={"terms": said}))


def test_steps_that_came_in_some_other_way_show_nothing() -> None:
    forged = [GRANTED_HOME[0], step(2, "approve", "B")]
    with pytest.raises(CodedError):
        standing("home", forged, date(2026, 5, 1))
    alone = [*GRANTED_HOME[:4], step(5, "approve", "A")]
    with pytest.raises(CodedError):
        standing("home", alone, date(2026, 5, 1))


def test_a_renewal_moves_the_end_and_nothing_else() -> None:
    steps = [*GRANTED_HOME,
             step(6, "propose", day=10, terms=Terms(verdict="renew", valid_until=date(2030, 3, 31)), four_eyes=True),
             step(7, "approve", "B", 10)]  # fmt: skip
    found = standing("home", steps, date(2029, 1, 1))
    assert found.mark
    assert found.grant is not None
    assert found.grant.terms == GRANTED_HOME[3].terms.model_copy(update={"valid_until": date(2030, 3, 31)})  # type: ignore[union-attr]


PEOPLE = ("A", "B", "ｂ", MACHINE, "")
ACTS = sorted({act for track in TRACKS for act in life_cycle(track).acts} | {"approve", "refuse", "propose", "fly"})
VERDICTS = sorted({name for track in TRACKS for name in life_cycle(track).verdicts})


class Deciding(RuleBasedStateMachine):
    """Anybody tries anything at any time; what the machine took is kept, and told again by an account of its own."""

    @initialize(track=st.sampled_from(TRACKS))
    def begin(self, track: Any) -> None:
        self.track = track
        self.taken: list[Step] = []
        self.now = START
        self.version = 1

    def attempt(self, **fields: Any) -> None:
        one = Step(number=len(self.taken) + 1, at=self.now, **fields)
        try:
            check_step(self.track, self.taken, one)
        except CodedError:
            return
        self.taken.append(one)

    @rule(days=st.integers(0, 200))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days, seconds=1)

    @rule()
    def the_record_changes(self) -> None:
        self.version += 1

    @rule(
        act=st.sampled_from(ACTS), actor=st.sampled_from(PEOPLE), pinned=st.booleans(), why=st.sampled_from(["w", ""])
    )
    def somebody_acts(self, act: str, actor: str, why: str, *, pinned: bool) -> None:
        self.attempt(act=act, actor=actor, reason=why, pin=pin(self.version) if pinned else None,
                     member_class="special", successor=9, because=(REMARK,))  # fmt: skip

    @rule(actor=st.sampled_from(("A", "B")), verdict=st.sampled_from(VERDICTS), mark=st.booleans(), eyes=st.booleans(),
          until=st.none() | st.integers(-5, 400), begins=st.none() | st.integers(0, 50))  # fmt: skip
    def somebody_proposes(
        self, actor: str, verdict: str, until: int | None, begins: int | None, *, mark: bool, eyes: bool
    ) -> None:
        today = self.now.date()
        terms = Terms(
            verdict=verdict, mark=mark, conditions=("c",), covers="k",
            valid_until=None if until is None else today + timedelta(days=until),
            valid_from=None if begins is None else today + timedelta(days=begins),
        )  # fmt: skip
        pins = self.track == "foreign" and verdict != "renew"
        self.attempt(act="propose", actor=actor, reason="w", terms=terms, four_eyes=eyes,
                     pin=pin(self.version) if pins else None)  # fmt: skip

    @rule(actor=st.sampled_from(("A", "B", " b")), act=st.sampled_from(("approve", "approve", "refuse")))
    def somebody_answers(self, actor: str, act: str) -> None:
        self.attempt(act=act, actor=actor, reason="w")

    @rule(act=st.sampled_from(("suspend", "withdraw", "discontinue", "reopen", "supersede")))
    def something_ends_it(self, act: str) -> None:
        machine = act in {"reopen", "supersede"}
        self.attempt(act=act, actor=MACHINE if machine else "A", reason="w", because=(REMARK,), successor=9)

    @rule(until=st.none() | st.integers(0, 150), begins=st.none() | st.integers(0, 60), mark=st.booleans(),
          by=st.sampled_from(("B", "B", "A", "")))  # fmt: skip
    def it_is_gone_on_with(self, until: int | None, begins: int | None, by: str, *, mark: bool) -> None:
        """Go the whole way to a proposal, and mostly to a grant, from wherever that is possible."""
        today, home = self.now.date(), self.track == "home"
        for act in ("open", "submit", "review") if home else ("open",):
            self.attempt(act=act, actor="A", reason="w", pin=pin(self.version), member_class="ordinary")
        first = None if begins is None else today + timedelta(days=begins)
        last = None if until is None else (first or today) + timedelta(days=until)
        terms = Terms(verdict="recognise" if home else "full", mark=mark and home, valid_from=first, valid_until=last)
        pinned = None if home else pin(self.version)
        self.attempt(act="propose", actor="A", reason="w", four_eyes=True, pin=pinned, terms=terms)
        if by:
            self.attempt(act="approve", actor=by, reason="w")

    def granted(self) -> tuple[Terms, Step, Step] | None:
        """What stands by an account that knows nothing of states: the last grant, unless something later ended it."""
        found: tuple[Terms, Step, Step] | None = None
        proposal: Step | None = None
        for one in self.taken:
            if one.act == "propose":
                proposal = one
            elif one.act == "approve":
                assert proposal is not None
                assert proposal.terms is not None
                found = self.weigh(found, proposal.terms, proposal, one)
                proposal = None
            elif one.act == "suspend" and found is not None:
                self.suspended = found
                found, proposal = None, None
            elif one.act != "refuse":
                found, proposal = None, None
            else:
                proposal = None
        return found

    def weigh(self, before: Any, terms: Terms, proposal: Step, approval: Step) -> tuple[Terms, Step, Step] | None:
        if terms.verdict == "reject":
            return None
        if terms.verdict == "reinstate":
            return self.suspended  # type: ignore[no-any-return]
        if terms.verdict == "renew":
            assert before is not None, "renewed what was not in force"
            return before[0].model_copy(update={"valid_until": terms.valid_until}), proposal, approval
        return terms, proposal, approval

    def look(self) -> tuple[Standing, date]:
        return standing(self.track, self.taken, self.now.date(), 30), self.now.date()

    @invariant()
    def nothing_shows_that_nobody_granted(self) -> None:
        if not hasattr(self, "track"):
            return
        found, day = self.look()
        positive = found.outcome not in {None, Outcome.UNDECIDED, Outcome.NONE}
        stands = self.granted()
        if not (positive or found.mark or found.recognised):
            return
        assert stands is not None
        terms, proposal, approval = stands
        assert terms.valid_until is None or day <= terms.valid_until
        assert terms.valid_from is None or day >= terms.valid_from
        assert not found.mark or (terms.mark and self.track == "home")
        assert proposal.four_eyes is False or proposal.actor.casefold() != approval.actor.casefold()
        assert MACHINE not in {proposal.actor, approval.actor}
        assert found.grant is not None
        assert found.grant.pin in [one.pin for one in self.taken]
        if positive:
            assert terms.verdict == found.outcome

    @invariant()
    def what_was_granted_and_runs_is_shown(self) -> None:
        if not hasattr(self, "track"):
            return
        found, day = self.look()
        stands = self.granted()
        if stands is None:
            return
        terms = stands[0]
        within = (terms.valid_until is None or day <= terms.valid_until) and (
            terms.valid_from is None or day >= terms.valid_from
        )
        assert (found.status is Status.VALID) == within
        if self.track == "home":
            assert found.mark == (within and terms.mark)

    @invariant()
    def yesterday_is_not_rewritten(self) -> None:
        if hasattr(self, "track") and self.taken:
            day = self.taken[-1].at.date()
            assert standing(self.track, self.taken, day) == standing(self.track, list(self.taken), day)


Deciding.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestDeciding = Deciding.TestCase
