"""Decisions: opened, proposed by one person and approved by another, and told as they stand today."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from config.frameworks import level_schemes
from config.messages import CodedError, Issue, Language
from crosswalks.descriptor.serialise import load
from portal.accounts.door import form_of
from portal.committee.answering import Desk, day, is_mine, lines, long, one_of, short
from portal.committee.differing import Differing, differing
from portal.committee.wording import covering, told, verdict_of
from portal.operators.answering import onward, whole_number
from recognition.agreeing import agreements_on
from recognition.criteria import purposes
from recognition.deciding import (
    Asked,
    DecisionView,
    act,
    approve,
    decision,
    decisions,
    open_decision,
    propose,
    refuse,
    submit,
)
from recognition.decisions.lifecycle import life_cycle, member_classes, name_of
from recognition.decisions.model import Pin, Terms
from recognition.decisions.proofs import grantable
from recognition.loading import load_subject
from recognition.marking import kept
from recognition.pinning import is_home
from recognition.proving import make_proof, proofs
from store.publications import contents, standing_row

PLAIN = ("review", "return", "revise", "suspend", "withdraw", "discontinue")
ACTS = ("submit", *PLAIN, "propose", "approve", "refuse", "proof")
_GRAVE = frozenset({"suspend", "withdraw", "discontinue"})
_STANDS = ("all", "pending", "reopened", "valid", "open", "over")
_DONE = {"propose": "proposed", "approve": "approved_by_you", "refuse": "declined", "proof": "proven"}


class DecisionPages:
    """Answers with decisions, and takes the steps that people ask for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listed(self, request: Request, language: Language) -> Response:
        """Answer with every decision as it stands, the latest first; `stands` narrows."""
        self._desk.look_for_changes()
        wanted = request.query_params.get("stands", "all")
        wanted = wanted if wanted in _STANDS else "all"
        rows = self._desk.told(decisions(self._desk.place), language)[::-1]
        counts = {one: sum(1 for row in rows if one in {"all", row["look"]}) for one in _STANDS}
        return self._desk.show(
            request, language, "committee_decisions.html", "/decisions", stands=wanted, counts=counts,
            rows=[row for row in rows if wanted in {"all", row["look"]}],
            called={row["opened"].record: self._desk.called(row["opened"].record) for row in rows},
        )  # fmt: skip

    def begin(self, request: Request, language: Language, issue: Issue | None = None) -> Response:
        """Answer with the form to open a decision about a record, or from a dossier, or in the place of another."""
        form = form_of(request) if request.method == "POST" else dict(request.query_params)
        given = {name: value[:1000] for name, value in form.items()}
        try:
            given = {**self._taken_over(given), **{name: value for name, value in given.items() if value}}
            row = self._desk.named(given.get("record", ""))
        except CodedError as error:
            wrong = (issue or error.issues[0]) if given else None
            return self._desk.show(
                request, language, "committee_begin.html", "/decisions/new", issue=wrong, status=404 if wrong else 200,
                row=None, given=given,
            )  # fmt: skip
        subject = load_subject(self._desk.place.database, row.record_id)
        others = self._desk.told(decisions(self._desk.place, record=row.record_id), language)
        return self._desk.show(
            request, language, "committee_begin.html", "/decisions/new", issue=issue, row=row, given=given,
            name=self._desk.called(row.record_id), subject=subject,
            home=is_home(self._desk.place.settings, row.registry), purposes=purposes(),
            frameworks=level_schemes(), others=others,
        )  # fmt: skip

    def open(self, request: Request, language: Language) -> Response:
        """Open a decision."""
        form = form_of(request)
        try:
            row = self._desk.named(form.get("record", ""))
            home = is_home(self._desk.place.settings, row.registry)
            asked = Asked(
                purpose="listing" if home else form.get("purpose", ""),
                receiving="" if home else short(form, "receiving"),
                details=long(form, "details")[:1000], framework=form.get("framework") or None,
                dossier=kept(self._desk.place, form["dossier"]).dossier.key if form.get("dossier") else None,
                supersedes=whole_number(form.get("supersedes")), not_applicable=form.get("not_applicable") == "yes",
            )  # fmt: skip
            view = open_decision(
                self._desk.place, one_of(request).actor, row.record_id, asked, long(form, "why")[:1000]
            )
        except CodedError as error:
            return self.begin(request, language, error.issues[0])
        return onward(f"/{language}/committee/decisions/{view.opened.id}?done=opened")

    def one(self, request: Request, language: Language, number: int, issue: Issue | None = None) -> Response:
        """Answer with a decision: how it stands, why it is open again, what can be done, and every step."""
        self._desk.look_for_changes()
        view = decision(self._desk.place, number)
        cycle, found = life_cycle(view.opened.track), view.standing
        heirs = [one.opened.id for one in decisions(self._desk.place, record=view.opened.record)
                 if one.opened.supersedes == number]  # fmt: skip
        pending = found.pending
        now = standing_row(self._desk.place.database, view.opened.record)
        return self._desk.show(
            request, language, "committee_decision.html", f"/decisions/{number}", issue=issue,
            **told(view, language, self._title(view)),
            name=self._desk.called(view.opened.record), now=now,
            steps=[_step(one, view, language) for one in view.steps][::-1],
            changes=self._changes(view, language), given=form_of(request) if request.method == "POST" else {},
            verdicts=[(name, name_of("verdicts", name, view.opened.track, language), cycle.verdicts[name])
                      for name in view.verdicts],
            acts=[(name, name_of("acts", name, view.opened.track, language), name in _GRAVE)
                  for name in view.may if name in PLAIN],
            members=[(name, name_of("members", name, "home", language), may) for name, may in member_classes().items()],
            mine=pending is not None and pending.four_eyes and is_mine(one_of(request), pending.by),
            proofs=proofs(self._desk.place, number), provable=found.grant is not None and grantable(found, found.grant),
            may_supersede=found.state in cycle.acts["supersede"].origins and not heirs, heirs=heirs,
            covers=self._covers(view, language),
        )  # fmt: skip

    def take(self, request: Request, language: Language, number: int, name: str) -> Response:
        """Take a step."""
        form, visitor, place = form_of(request), one_of(request), self._desk.place
        actor, why = visitor.actor, long(form, "why")[:1000]
        try:
            if name == "propose":
                propose(place, actor, number, _terms(form), why=why)
            elif name == "approve":
                waiting = decision(place, number).standing.pending
                if waiting is not None and waiting.four_eyes and is_mine(visitor, waiting.by):
                    raise CodedError.of("decision_same_person", name=actor)
                approve(place, actor, number, why=why)
            elif name == "refuse":
                refuse(place, actor, number, why=why)
            elif name == "submit":
                submit(place, actor, number, member_class=form.get("member_class", ""), why=why)
            elif name == "proof":
                make_proof(place, actor, number)
            else:
                act(place, actor, number, name, why=why)
        except CodedError as error:
            if error.issues[0].code == "decision_unknown":
                raise
            return self.one(request, language, number, error.issues[0])
        return onward(f"/{language}/committee/decisions/{number}?done={_DONE.get(name, 'stepped')}")

    def _taken_over(self, given: dict[str, str]) -> dict[str, str]:
        """Return what a form takes over from a dossier, or from the decision that it is to take the place of."""
        if number := whole_number(given.get("supersedes")):
            opened = decision(self._desk.place, number).opened
            told_of = {
                "record": opened.record, "purpose": opened.purpose, "receiving": opened.receiving,
                "details": opened.details, "framework": opened.framework or "",
            }  # fmt: skip
        elif key := given.get("dossier"):
            made = kept(self._desk.place, key).dossier
            told_of = {
                "record": made.record, "purpose": made.question.purpose, "receiving": made.question.receiving,
                "details": made.question.details, "framework": made.question.framework or "",
            }  # fmt: skip
        else:
            return {}
        return told_of

    def _title(self, view: DecisionView) -> dict[str, str]:
        """Return the title of the version that the decision is about, else of the one that stands."""
        pin = view.standing.pin
        row = standing_row(self._desk.place.database, view.opened.record)
        seq = pin.seq if pin else row.seq if row and not row.deleted else None
        text = contents(self._desk.place.database, [seq]).get(seq) if seq else None
        return load(text).title if text else {"und": view.opened.title}

    def _changes(self, view: DecisionView, language: Language) -> list[Differing]:
        """Return what differs between the version that was pinned and the one that stands now."""
        grant = view.standing.grant
        pin: Pin | None = grant.pin if grant is not None else view.standing.pin
        row = standing_row(self._desk.place.database, view.opened.record)
        if pin is None or row is None or row.deleted or row.content_hash == pin.content_hash:
            return []
        texts = contents(self._desk.place.database, [pin.seq, row.seq])
        return differing(texts[pin.seq], texts[row.seq], language)

    def _covers(self, view: DecisionView, language: Language) -> list[dict[str, Any]]:
        try:
            return [covering(one, language) for one in agreements_on(self._desk.place, view.opened.record)]
        except CodedError:
            return []


def _terms(form: dict[str, str]) -> Terms:
    return Terms(
        verdict=form.get("verdict", ""), conditions=lines(form, "conditions")[:30], covers=long(form, "covers")[:1000],
        measures=long(form, "measures")[:1000], appeal=long(form, "appeal")[:1000], valid_from=day(form, "valid_from"),
        valid_until=day(form, "valid_until"), next_review=day(form, "next_review"), mark=form.get("mark") == "yes",
        framework_version=short(form, "framework_version") or None, number=short(form, "number") or None,
    )  # fmt: skip


def _step(one: Any, view: DecisionView, language: Language) -> dict[str, Any]:
    return {
        "of": one, "name": name_of("acts", one.act, view.opened.track, language),
        "verdict": verdict_of(one.terms, view.opened.track, language) if one.terms else "",
    }  # fmt: skip
