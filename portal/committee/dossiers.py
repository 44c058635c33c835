"""The dossier of one recognition question: made, read point by point, and graded by people row by row."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.frameworks import credit_systems, level_schemes
from config.messages import CodedError, Issue, Language
from crosswalks.descriptor.serialise import load
from portal.accounts.door import form_of
from portal.committee.answering import Desk, long, one_of, short
from portal.committee.release import released
from portal.committee.wording import covering
from portal.operators.answering import onward
from portal.paper import pdf
from portal.public.finding import registry_titles
from portal.public.site import personal, rendered
from recognition.agreeing import agreements_on
from recognition.cells import Value
from recognition.criteria import purposes, view_source
from recognition.deciding import decisions
from recognition.dossier import Question
from recognition.loading import load_subject
from recognition.marking import KeptView, keep, kept, kept_on, mark, unmark
from store.publications import contents

_MATTERS = {"yes": True, "no": False}
_ROWS = {
    "level": "level", "volume.duration": "duration", "field": "field_of_study", "issuer.country": "country",
    "language_of_instruction": "language",
}  # fmt: skip
"""The rows of a comparison whose values are read by what they are, by where the value stands in the descriptor."""


class DossierPages:
    """Answers with dossiers, and keeps what people hold of their rows."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def dossiers(self, request: Request, language: Language, issue: Issue | None = None) -> Response:
        """Answer with every kept dossier, and the form for a new one; `record` names what it is to be about."""
        form = form_of(request) if request.method == "POST" else dict(request.query_params)
        record, subject = form.get("record", "").strip()[:300], None
        if record:
            try:
                row = self._desk.named(record)
                record, subject = (
                    self._desk.called(row.record_id),
                    load_subject(self._desk.place.database, row.record_id),
                )
            except CodedError as error:
                issue = issue or error.issues[0]
        rows = kept_on(self._desk.place)
        texts = contents(self._desk.place.database, [row.seq for row in rows])
        listed = [
            {
                "of": row, "question": Question.model_validate_json(row.question),
                "title": load(texts[row.seq]).title if row.seq in texts else {"und": row.record_id},
            }
            for row in rows
        ]  # fmt: skip
        return self._desk.show(
            request, language, "committee_dossiers.html", "/dossiers", issue=issue, listed=listed, record=record,
            subject=subject, given=form, purposes=purposes(), frameworks=level_schemes(), systems=credit_systems(),
        )  # fmt: skip

    def keep(self, request: Request, language: Language) -> Response:
        """Gather a dossier on a record as it stands, and keep it."""
        form = form_of(request)
        question = Question(
            purpose=form.get("purpose", ""), receiving=short(form, "receiving"), details=long(form, "details")[:1000],
            framework=form.get("framework") or None, credit_system=form.get("credit_system") or None,
            documents_unavailable=form.get("documents_unavailable") == "yes",
        )  # fmt: skip
        try:
            record = self._desk.named(form.get("record", "")).record_id
            made = keep(self._desk.place, one_of(request).actor, record, question)
        except CodedError as error:
            return self.dossiers(request, language, error.issues[0])
        return onward(f"/{language}/committee/dossiers/{made.dossier.key}?done=kept")

    def one(self, request: Request, language: Language, key: str, issue: Issue | None = None) -> Response:
        """Answer with a dossier: its points, both views of the evidence, and the forms to grade it."""
        view = kept(self._desk.place, key)
        given = form_of(request) if request.method == "POST" else {}
        try:
            covers = [covering(one, language) for one in agreements_on(self._desk.place, view.dossier.record)]
        except CodedError:
            covers = []
        about = [one for one in decisions(self._desk.place, record=view.dossier.record)
                 if one.opened.dossier == view.dossier.key]  # fmt: skip
        return self._desk.show(
            request, language, "committee_dossier.html", f"/dossiers/{key}", issue=issue, given=given,
            covers=covers, about=about, **self._content(view),
        )  # fmt: skip

    def mark(self, request: Request, language: Language, key: str) -> Response:
        """Keep the grade that somebody gives a row."""
        form = form_of(request)
        view, row = form.get("view", ""), form.get("row", "")
        try:
            mark(
                self._desk.place, one_of(request).actor, key, view, row, form.get("grade", ""),
                material=_MATTERS.get(form.get("material", "")), why=long(form, "why")[:1000],
            )  # fmt: skip
        except CodedError as error:
            return self.one(request, language, key, error.issues[0])
        return onward(f"/{language}/committee/dossiers/{key}?done=graded#{view}-{row}")

    def unmark(self, request: Request, language: Language, key: str) -> Response:
        """Take back the grade of a row."""
        form = form_of(request)
        view, row = form.get("view", ""), form.get("row", "")
        try:
            unmark(self._desk.place, one_of(request).actor, key, view, row, why=long(form, "why")[:1000])
        except CodedError as error:
            return self.one(request, language, key, error.issues[0])
        return onward(f"/{language}/committee/dossiers/{key}?done=ungraded#{view}-{row}")

    def as_json(self, request: Request, language: Language, key: str) -> Response:
        """Answer with the dossier as data, without what its registry does not release."""
        body = orjson.dumps(released(self._desk.place, kept(self._desk.place, key)).model_dump(mode="json"),
                            option=orjson.OPT_INDENT_2)  # fmt: skip
        return self._file(request, body, "application/json", f"dossier-{key}.json", language)

    def as_pdf(self, request: Request, language: Language, key: str) -> Response:
        """Answer with the dossier as a PDF, without what its registry does not release."""
        view = released(self._desk.place, kept(self._desk.place, key))
        page = rendered(
            request,
            "committee_dossier_sheet.html",
            language,
            visitor=None,
            titles=registry_titles(self._desk.place.settings),
            **self._content(view),
        )
        try:
            body = pdf(page, self._desk.place.settings.base)
        except CodedError as error:
            return self.one(request, language, key, error.issues[0])
        return self._file(request, body, "application/pdf", f"dossier-{key}-{language}.pdf", language)

    def _content(self, view: KeptView) -> dict[str, Any]:
        made = view.dossier
        history: dict[tuple[str, str], list[Any]] = {}
        for entry in view.history:
            history.setdefault((entry.view, entry.row), []).append(entry)
        return {
            "kept": view, "dossier": made, "name": self._desk.called(made.record), "purposes": purposes(),
            "evidence": {one.code: one for one in made.evidence}, "history": history,
            "names": {row.item: row.labels for row in (*made.criteria, *made.elements)},
            "views": [("elements", made.elements, view_source("elements")),
                      ("criteria", made.criteria, view_source("criteria"))],
            "row_of": _row_of, "frameworks": level_schemes(),
        }  # fmt: skip

    @staticmethod
    def _file(request: Request, body: bytes, kind: str, name: str, language: Language) -> Response:
        told = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": language}
        return Response(body, headers={**personal(request), **told}, media_type=kind)


def _row_of(value: Value) -> str:
    """Return the row of a comparison that a value belongs to, as far as that matters for reading it."""
    path = value.evidence.path
    return _ROWS.get(path) or _ROWS.get(path.partition(".")[0], "")
