"""Taking decisions on published records: pins, re-opening with its reasons, superseding, and two people at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.messages import CodedError
from crosswalks.judgements import Verdict
from harvester.judging import judge
from harvester.workplace import Workplace
from recognition.deciding import (
    Asked,
    act,
    approve,
    decision,
    decisions,
    due,
    open_decision,
    propose,
    refuse,
    reopen_changed,
    submit,
)
from recognition.decisions import Outcome, Status, Terms, changes
from recognition.levels import Answer
from store.audit import events, verify
from store.clock import now
from store.decision_tables import GUARDED
from tests.portal.publishing import name
from tests.recognition.decided import FAR, FOREIGN, HOME, LEVEL, OTHER, WHO, decided, publish, recognised


def code_of(call: Callable[[], Any]) -> str:
    with pytest.raises(CodedError) as caught:
        call()
    return caught.value.issues[0].code


def test_a_home_listing_is_recognised_by_two_people_on_one_version(any_place: Workplace) -> None:
    publish(any_place)
    view = recognised(any_place, valid_until=FAR, framework_version="framework-1.0")
    found = view.standing
    assert (found.state, found.mark, found.recognised, found.status) == ("recognised", True, True, Status.VALID)
    assert found.grant is not None
    assert (found.grant.proposed_by, found.grant.approved_by, found.grant.pin.version) == (WHO, OTHER, 1)
    assert [step.act for step in view.steps] == ["open", "submit", "review", "propose", "approve"]
    told = [event.action for event in events(any_place.database, limit=5)]
    assert told == [f"decision {step.act}" for step in reversed(view.steps)]
    assert verify(any_place.database).sound
    assert decision(any_place, view.opened.id) == view


def test_the_proposer_cannot_approve_unless_the_deployment_says_so(place: Workplace) -> None:
    publish(place, HOME, 1, 2)
    one = open_decision(place, WHO, name(HOME, 1), Asked(), "w").opened.id
    submit(place, WHO, one, member_class="special", why="w")
    act(place, WHO, one, "review", why="w")
    propose(place, WHO, one, Terms(verdict="recognise", mark=True), why="w")
    assert code_of(lambda: approve(place, f" {WHO}", one, why="w")) == "decision_same_person"
    assert not decision(place, one).standing.mark
    alone = Workplace(place.settings.model_copy(update={"four_eyes": False}), place.database, place.payloads)
    assert code_of(lambda: approve(alone, WHO, one, why="w")) == "decision_same_person", "as it was when proposed"
    refuse(alone, WHO, one, why="once more")
    propose(alone, WHO, one, Terms(verdict="recognise", mark=True), why="w")
    assert approve(alone, WHO, one, why="w").standing.mark
    assert decision(place, one).standing.mark


@pytest.mark.parametrize("verdict", ["full", "partial", "conditional", "none", "undecided"])
def test_foreign_outcomes(place: Workplace, verdict: str) -> None:
    publish(place, FOREIGN)
    view = decided(place, verdict, covers="one module", conditions=("an interview",))
    assert view.standing.outcome == verdict
    assert (view.standing.mark, view.standing.recognised) == (False, False)
    assert view.opened.receiving == "架空大学"


def test_a_material_change_opens_it_again_and_says_why(any_place: Workplace) -> None:
    publisher = publish(any_place)
    view = recognised(any_place)
    publisher.publish(1, op="changed", fee={"text": {"ja": "無料"}})
    assert decision(any_place, view.opened.id).standing.mark, "a fee is not what was judged"
    publisher.publish(1, op="changed", volume={"total_hours": "99"})
    seen = decision(any_place, view.opened.id)
    assert (seen.standing.mark, seen.standing.status) == (False, Status.REOPENED)
    (why,) = seen.standing.reopened
    assert (why.code, why.params["was"], why.params["is_now"]) == ("reopened_record_changed", "1", "3")
    assert "学習量" in why.text["ja"]
    assert "learning outcomes" not in why.text["en"].lower()
    assert seen.standing.reopened_at is None, "nobody has written it down"
    (kept,) = reopen_changed(any_place)
    assert kept.steps[-1].act == "reopen"
    assert kept.standing.reopened_at is not None
    assert reopen_changed(any_place) == []
    publisher.publish(1, op="changed", fee={"text": {"ja": "無料"}})
    assert not decision(any_place, view.opened.id).standing.mark, "going back does not approve it anew"


def test_a_record_that_is_gone_opens_it_again(place: Workplace) -> None:
    publisher = publish(place, FOREIGN)
    view = decided(place)
    publisher.delete(1)
    seen = decision(place, view.opened.id)
    assert (seen.standing.outcome, seen.changes[0].code) == (Outcome.UNDECIDED, "reopened_record_gone")
    assert act(place, WHO, view.opened.id, "withdraw", why="gone").standing.outcome is None


def test_a_judgement_on_a_mapping_opens_it_again(any_place: Workplace) -> None:
    publish(any_place, FOREIGN)
    publish(any_place, HOME)
    view, other = decided(any_place), recognised(any_place)
    subject, target = "nzqa:level", "jmicro:level.value"
    judge(any_place.database, subject, target, Verdict.REJECTED, actor=WHO, why="not the same", table="nzqa/mapping")
    seen = decision(any_place, view.opened.id)
    assert [one.code for one in seen.changes] == ["reopened_mapping_judged"]
    assert seen.standing.outcome is Outcome.UNDECIDED
    assert decision(any_place, other.opened.id).standing.mark, "another schema's table"


def test_another_row_of_a_mapping_table_opens_it_again(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(place, FOREIGN)
    view = decided(place)
    from recognition import pinning  # noqa: PLC0415

    rows = pinning.plain_rows

    def noted(path: Any) -> list[dict[str, str]]:
        return [{**row, "comment": "said in other words", "author_label": "X"} for row in rows(path)]

    monkeypatch.setattr(pinning, "plain_rows", noted)
    assert decision(place, view.opened.id).changes == (), "comments and authors change nothing"
    monkeypatch.setattr(pinning, "plain_rows", lambda path: rows(path)[1:])
    assert {one.code for one in decision(place, view.opened.id).changes} == {"reopened_mapping_changed"}


def test_another_level_row_opens_it_again(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(place, FOREIGN, 1, level=LEVEL)
    view = decided(place)
    (used,) = view.standing.grant.pin.levels if view.standing.grant else ()
    assert (used.framework, used.answer) == ("EQF", "corresponds")
    towards = changes.towards
    monkeypatch.setattr(changes, "towards", lambda level, scheme: (Answer.EXPIRED, *towards(level, scheme)[1:]))
    seen = decision(place, view.opened.id)
    assert [one.code for one in seen.changes] == ["reopened_level_row"]
    assert "expired" in seen.changes[0].text["en"]


def test_nothing_is_approved_on_ground_that_moved(place: Workplace) -> None:
    publisher = publish(place, FOREIGN)
    one = open_decision(place, WHO, name(FOREIGN, 1), Asked(receiving="X"), "w").opened.id
    propose(place, WHO, one, Terms(verdict="full"), why="w")
    publisher.update(1, "別の名前")
    assert code_of(lambda: approve(place, OTHER, one, why="w")) == "decision_version_stale"
    refuse(place, OTHER, one, why="the record has changed")
    propose(place, WHO, one, Terms(verdict="full"), why="w")
    assert approve(place, OTHER, one, why="w").standing.outcome is Outcome.FULL


def test_a_listing_that_changed_after_it_was_submitted_is_not_recognised(place: Workplace) -> None:
    publisher = publish(place)
    one = open_decision(place, WHO, name(HOME, 1), Asked(), "w").opened.id
    submit(place, WHO, one, member_class="special", why="w")
    act(place, WHO, one, "review", why="w")
    publisher.update(1, "別の名前")
    assert code_of(lambda: propose(place, WHO, one, Terms(verdict="recognise"), why="w")) == "decision_version_stale"
    act(place, WHO, one, "return", why="submit it as it is now")
    assert submit(place, WHO, one, member_class="special", why="w").standing.pin.version == 2  # type: ignore[union-attr]


def test_what_is_superseded_stays_and_names_its_successor(any_place: Workplace) -> None:
    publisher = publish(any_place)
    old = recognised(any_place).opened.id
    publisher.update(1, "新しい名称")
    asked = Asked(supersedes=old)
    new = open_decision(any_place, WHO, name(HOME, 1), asked, "rewritten").opened.id
    submit(any_place, WHO, new, member_class="ordinary", why="w")
    act(any_place, WHO, new, "review", why="w")
    propose(any_place, WHO, new, Terms(verdict="recognise", mark=True), why="w")
    assert decision(any_place, old).standing.state == "recognised"
    assert approve(any_place, OTHER, new, why="w").standing.mark
    before = decision(any_place, old).standing
    assert (before.state, before.status, before.successor, before.mark) == (
        "superseded", Status.SUPERSEDED, new, False,
    )  # fmt: skip
    assert before.grant is not None, "what was decided can still be read"


def test_a_renewal_of_what_is_open_again_is_refused(place: Workplace) -> None:
    publisher = publish(place)
    one = recognised(place, valid_until=FAR).opened.id
    publisher.update(1, "別の名前")
    renewal = Terms(verdict="renew", valid_until=FAR + timedelta(days=365))
    assert code_of(lambda: propose(place, WHO, one, renewal, why="w")) == "decision_version_stale"
    reopen_changed(place)
    assert code_of(lambda: propose(place, WHO, one, renewal, why="w")) == "decision_version_stale"


def test_one_question_has_one_decision(place: Workplace) -> None:
    publish(place, FOREIGN)
    publish(place, HOME)
    view = decided(place)
    record = name(FOREIGN, 1)
    same = Asked(purpose="credit", receiving="架空大学")
    assert code_of(lambda: open_decision(place, WHO, record, same, "w")) == "decision_exists"
    other = open_decision(place, WHO, record, Asked(purpose="credit", receiving="別の大学"), "w")
    wrong = Asked(purpose="credit", receiving="第三の大学", supersedes=other.opened.id)
    assert code_of(lambda: open_decision(place, WHO, record, wrong, "w")) == "decision_supersedes_wrong"
    act(place, WHO, view.opened.id, "withdraw", why="w")
    open_decision(place, WHO, record, same, "asked again")
    open_decision(place, WHO, name(HOME, 1), Asked(), "w")
    assert code_of(lambda: open_decision(place, WHO, name(HOME, 1), Asked(), "w")) == "decision_exists"


def test_what_lapsed_is_applied_for_again_in_its_own_decision_only(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(place)
    old = recognised(place, valid_until=now().date()).opened.id
    new = open_decision(place, WHO, name(HOME, 1), Asked(supersedes=old), "w").opened.id
    tomorrow = now() + timedelta(days=1)
    monkeypatch.setattr("recognition.deciding.now", lambda: tomorrow)
    assert decision(place, old).standing.state == "lapsed"
    assert code_of(lambda: submit(place, WHO, old, member_class="special", why="w")) == "decision_exists"
    submit(place, WHO, new, member_class="special", why="w")
    act(place, WHO, new, "review", why="w")
    propose(place, WHO, new, Terms(verdict="recognise", mark=True), why="w")
    assert approve(place, OTHER, new, why="w").standing.mark
    assert decision(place, old).standing.state == "lapsed"


@pytest.mark.parametrize(
    ("registry", "asked", "code"),
    [
        (FOREIGN, Asked(), "dossier_receiving_missing"),
        (FOREIGN, Asked(receiving="X", purpose="fun"), "dossier_purpose_unknown"),
        (FOREIGN, Asked(receiving="X", framework="UAE"), "dossier_framework_unknown"),
        (FOREIGN, Asked(receiving="X", not_applicable=True), "decision_not_a_home_listing"),
        (FOREIGN, Asked(receiving="X", supersedes=77), "decision_supersedes_wrong"),
        (FOREIGN, Asked(receiving="X", details="ask someone@office.example"), "decision_names_people"),
    ],
)  # fmt: skip
def test_a_question_that_is_not_whole_is_not_opened(place: Workplace, registry: str, asked: Asked, code: str) -> None:
    publish(place, registry)
    assert code_of(lambda: open_decision(place, WHO, name(registry, 1), asked, "w")) == code
    assert decisions(place) == []


def test_what_leaves_for_others_names_nobody(place: Workplace) -> None:
    publish(place, FOREIGN)
    one = open_decision(place, WHO, name(FOREIGN, 1), Asked(receiving="X"), "w").opened.id
    named = Terms(verdict="conditional", conditions=("write to someone@office.example",))
    assert code_of(lambda: propose(place, WHO, one, named, why="w")) == "decision_names_people"


def test_members_of_some_classes_may_not_apply(place: Workplace) -> None:
    publish(place)
    one = open_decision(place, WHO, name(HOME, 1), Asked(), "w").opened.id
    for member in ("partner", "individual", "nobody"):
        refused = code_of(lambda member=member: submit(place, WHO, one, member_class=member, why="w"))  # type: ignore[misc]
        assert refused == "decision_member_class"


def test_not_applicable_is_a_state_of_its_own(place: Workplace) -> None:
    publish(place)
    view = open_decision(place, WHO, name(HOME, 1), Asked(not_applicable=True), "a seminar")
    assert (view.standing.state, view.standing.recognised) == ("not_applicable", False)
    assert submit(place, WHO, view.opened.id, member_class="special", why="w").standing.state == "submitted"


def test_renewals_come_up_before_they_lapse(place: Workplace) -> None:
    publish(place, HOME, 1, 2, 3, 4)
    today = now().date()
    ends = {2: today + timedelta(days=80), 1: today + timedelta(days=20), 3: today + timedelta(days=400)}
    made = {recognised(place, number, valid_until=end).opened.id: number for number, end in ends.items()}
    made[recognised(place, 4, next_review=today + timedelta(days=50)).opened.id] = 4
    coming = due(decisions(place), 90)
    assert [made[view.opened.id] for view in coming] == [1, 4, 2]
    assert [view.standing.state for view in coming] == ["renewal_due", "recognised", "renewal_due"]
    assert due(decisions(place), 10) == []
    act(place, WHO, coming[0].opened.id, "withdraw", why="w")
    assert made[due(decisions(place), 90)[0].opened.id] == 4


def test_two_who_approve_at_once_approve_once(any_place: Workplace) -> None:
    publish(any_place, FOREIGN)
    one = open_decision(any_place, WHO, name(FOREIGN, 1), Asked(receiving="X"), "w").opened.id
    propose(any_place, WHO, one, Terms(verdict="full"), why="w")

    def attempt(who: str) -> str:
        try:
            approve(any_place, who, one, why="w")
        except CodedError as error:
            return error.issues[0].code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(attempt, ["B", "C", "D", "E"]))
    assert told == ["decision_nothing_proposed"] * 3 + ["done"]
    assert verify(any_place.database).sound


def test_two_who_open_at_once_open_once(any_place: Workplace) -> None:
    publish(any_place)

    def attempt(who: str) -> bool:
        try:
            open_decision(any_place, who, name(HOME, 1), Asked(), "w")
        except CodedError as error:
            return error.issues[0].code == "done"
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, ["B", "C", "D", "E"])) == [False, False, False, True]


def test_the_database_lets_no_decision_be_edited(any_place: Workplace) -> None:
    publish(any_place)
    recognised(any_place)
    for table in GUARDED:
        if table not in {"decision", "decision_step"}:
            continue
        for statement in (f"UPDATE {table} SET content = '{{}}'", f"DELETE FROM {table}"):  # noqa: S608
            with pytest.raises(DBAPIError, match="append-only"), any_place.database.writing() as connection:
                connection.execute(text(statement))


def test_a_decision_reads_the_same_on_a_day_that_was(place: Workplace) -> None:
    publish(place, FOREIGN)
    view = decided(place, valid_until=date(2099, 1, 1))
    assert decision(place, view.opened.id).steps == view.steps
    assert decisions(place, record=name(FOREIGN, 1)) == decisions(place) == [view]
    assert code_of(lambda: decision(place, 99)) == "decision_unknown"
