"""Agreements between registries: recorded from a document, ended with a reason, and shown with what they cover."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from config.codelists import codelist
from config.messages import CodedError, Issue, Language
from connectors.discovery import registries
from portal.accounts.door import form_of
from portal.committee.answering import Desk, day, lines, long, one_of, short
from portal.operators.answering import onward
from recognition.agreeing import agreements, finish_agreement, record_agreement
from recognition.decisions.agreements import Agreement, LevelLimit, Party, Scope
from store.clock import now


class AgreementPages:
    """Answers with agreements, and records them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listed(self, request: Request, language: Language, issue: Issue | None = None) -> Response:
        """Answer with every agreement, and the form to record one."""
        known = registries(self._desk.place.settings.registries_file)
        return self._desk.show(
            request, language, "committee_agreements.html", "/agreements", issue=issue,
            rows=agreements(self._desk.place)[::-1], today=now().date(), known=sorted(known),
            kinds=sorted(codelist("McClass").labels), classes=codelist("McClass"),
            given=form_of(request) if request.method == "POST" else {},
        )  # fmt: skip

    def record(self, request: Request, language: Language) -> Response:
        """Record an agreement."""
        form = form_of(request)
        try:
            record_agreement(self._desk.place, one_of(request).actor, _agreement(form), why=long(form, "why")[:1000])
        except CodedError as error:
            return self.listed(request, language, error.issues[0])
        return onward(f"/{language}/committee/agreements?done=recorded")

    def end(self, request: Request, language: Language, number: int) -> Response:
        """End an agreement."""
        why = long(form_of(request), "why")[:1000]
        try:
            finish_agreement(self._desk.place, one_of(request).actor, number, why=why)
        except CodedError as error:
            return self.listed(request, language, error.issues[0])
        return onward(f"/{language}/committee/agreements?done=ended")


def _agreement(form: dict[str, str]) -> Agreement:
    """Return what a form tells. Raises `CodedError` with `agreement_incomplete` or `day_unreadable`."""
    begins = day(form, "valid_from")
    if begins is None:
        raise CodedError.of("agreement_incomplete", what="valid_from")
    parties = [(short(form, f"party_{number}"), form.get(f"registry_{number}", "")) for number in (1, 2, 3)]
    levels = [line.split(None, 1) for line in lines(form, "levels")]
    if wrong := [" ".join(one) for one in levels if len(one) != 2]:
        raise CodedError.of("agreement_incomplete", what=", ".join(wrong))
    return Agreement(
        parties=tuple(Party(name=name, registry=registry or None) for name, registry in parties if name),
        title=short(form, "title"), document=long(form, "document")[:1000], address=short(form, "address") or None,
        valid_from=begins, valid_until=day(form, "valid_until"),
        scope=Scope(
            fields=tuple(" ".join(lines(form, "fields")).replace(",", " ").split()),
            levels=tuple(LevelLimit(scheme=scheme, value=value) for scheme, value in levels),
            kinds=tuple(kind for kind in codelist("McClass").labels if form.get(f"kind_{kind}") == "yes"),
        ),
    )  # fmt: skip
