"""Translations of records' texts: written by one member, looked at and approved by another."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue, Language
from portal.accounts.door import form_of
from portal.committee.answering import Desk, is_mine, long, one_of, short
from portal.operators.answering import onward
from portal.public.showing import field_name
from recognition.reviewed import places, stale
from recognition.translating import (
    LANGUAGES,
    draft_translation,
    judge_translation,
    standing_descriptor,
    write_translation,
)
from store.translations import Translation, translation, translations, translations_of

VERDICTS = {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn"}


class TranslationPages:
    """Answers with translations, and keeps what people write and hold of them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listed(self, request: Request, language: Language) -> Response:
        """Answer with what waits to be looked at and what was last decided; or lead to the record that is asked for."""
        issue = None
        if asked := request.query_params.get("record", "").strip()[:300]:
            try:
                name = self._desk.called(self._desk.named(asked).record_id)
                return onward(f"/{language}/committee/translations/{name}")
            except CodedError as error:
                issue = error.issues[0]
        rows = translations(self._desk.place.database)
        return self._desk.show(
            request, language, "committee_translations.html", "/translations", issue=issue,
            status=404 if issue else None, asked=asked, waiting=[self._row(one, language, request) for one in rows
                                                                  if one.standing is None],
            decided=[self._row(one, language, request) for one in rows if one.standing is not None][::-1][:100],
        )  # fmt: skip

    def record(self, request: Request, language: Language, key: str, issue: Issue | None = None) -> Response:
        """Answer with every text of a record, its translations, and the forms to write and judge them."""
        record_id, descriptor = standing_descriptor(self._desk.place, self._record(key))
        rows = translations_of(self._desk.place.database, record_id)
        found = list(places(descriptor)) if descriptor else []
        told = [
            {
                "place": one, "name": field_name(one.field, language),
                "lacking": [tag for tag in LANGUAGES if one.lacks(tag)],
                "rows": [self._row(row, language, request, is_old=stale(row, one)) for row in rows
                         if row.field == one.field],
            }
            for one in found
        ]  # fmt: skip
        stated = {one.field for one in found}
        name = self._desk.called(record_id)
        return self._desk.show(
            request, language, "committee_translation.html", f"/translations/{name}", issue=issue, name=name,
            told=[one for one in told if one["lacking"] or one["rows"]],
            both=sum(1 for one in told if not one["lacking"]),
            left=[self._row(row, language, request, is_old=True) for row in rows if row.field not in stated],
            title=descriptor.title if descriptor else {"und": record_id},
            service=urlsplit(str(self._desk.place.settings.translation_service or "")).hostname,
            given=form_of(request) if request.method == "POST" else {},
        )  # fmt: skip

    def write(self, request: Request, language: Language, key: str) -> Response:
        """Keep a translation."""
        form, place, actor = form_of(request), self._desk.place, one_of(request).actor

        def written() -> Translation:
            return write_translation(
                place, actor, self._record(key), form.get("field", ""), form.get("language", ""), form.get("text", ""),
                note=short(form, "note"),
            )  # fmt: skip

        return self._kept(request, language, key, "translated", written)

    def draft(self, request: Request, language: Language, key: str) -> Response:
        """Have a machine draft a translation, and keep it as such."""
        form, place, actor = form_of(request), self._desk.place, one_of(request).actor

        def drafted() -> Translation:
            return draft_translation(place, actor, self._record(key), form.get("field", ""), form.get("language", ""))

        return self._kept(request, language, key, "drafted", drafted)

    def _kept(
        self, request: Request, language: Language, key: str, done: str, keep: Callable[[], Translation]
    ) -> Response:
        """Lead on to what was kept, or show the page again with why nothing was."""
        try:
            made = keep()
        except CodedError as error:
            if error.issues[0].code == "record_unknown":
                raise
            return self.record(request, language, key, error.issues[0])
        name = self._desk.called(made.record_id)
        return onward(f"/{language}/committee/translations/{name}?done={done}#t{made.id}")

    def judge(self, request: Request, language: Language, number: int, act: str) -> Response:
        """Keep what somebody holds of a translation."""
        visitor, why = one_of(request), long(form_of(request), "why")[:1000]
        found = translation(self._desk.place.database, number)
        try:
            if act == "approve" and self._desk.place.settings.four_eyes and is_mine(visitor, found.actor):
                raise CodedError.of("translation_same_person", name=visitor.actor)
            judge_translation(self._desk.place, visitor.actor, number, VERDICTS[act], why=why)
        except CodedError as error:
            return self.record(request, language, found.record_id, error.issues[0])
        name = self._desk.called(found.record_id)
        return onward(f"/{language}/committee/translations/{name}?done=translation_judged#t{number}")

    def _record(self, key: str) -> str:
        row = self._desk.log.record(key)
        if row is None:
            raise CodedError.of("record_unknown", name=key)
        return row.record_id

    def _row(
        self, row: Translation, language: Language, request: Request, *, is_old: bool = False
    ) -> dict[str, object]:
        return {
            "of": row, "name": field_name(row.field, language), "record": self._desk.called(row.record_id),
            "mine": is_mine(one_of(request), row.actor) and self._desk.place.settings.four_eyes, "stale": is_old,
        }  # fmt: skip
