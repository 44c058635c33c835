"""What a member keeps an eye on: records, registries and fields of study, and what was published since they looked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue, Language
from connectors.discovery import registries
from crosswalks.descriptor.serialise import load
from portal.accounts.door import form_of
from portal.committee.answering import Desk, one_of, short
from portal.committee.differing import Differing, differing
from portal.operators.answering import onward, whole_number
from portal.public.names import broad_fields, said, value_name
from store.committee_tables import WATCHED
from store.publications import LogRow, contents, history, standing_row
from store.watches import Watch, changed_since, mark_seen, unwatch, watch, watches

_MOST = 50
_SAMPLES = 12


class Changed(NamedTuple):
    """A record that was published since: its row, its title, and how it differs from what was last looked at."""

    row: LogRow
    name: str
    title: dict[str, str]
    was: LogRow | None
    changes: list[Differing]


class Watched(NamedTuple):
    """One thing that is watched, with what has changed. `more` counts records beyond those told."""

    watch: Watch
    called: str
    gone: bool
    changed: list[Changed]
    more: int


class WatchPages:
    """Answers with what is watched, and adds to it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def watching(self, request: Request, language: Language, issue: Issue | None = None) -> Response:
        """Answer with everything that is watched and what changed since it was last looked at."""
        form = form_of(request) if request.method == "POST" else {}
        found = list(self.watched(one_of(request).account_id, language))
        return self._desk.show(
            request, language, "committee_watching.html", "/watching", issue=issue, watched=found,
            horizon=self._desk.log.horizon(), known=sorted(registries(self._desk.place.settings.registries_file)),
            broad=broad_fields(language), kind=form.get("kind", "record"), subject=form.get("subject", "")[:200],
        )  # fmt: skip

    def watched(self, account_id: int, language: Language) -> Iterator[Watched]:
        """Yield what an account watches."""
        for one in watches(self._desk.place.database, account_id):
            yield self._watched(one, language)

    def add(self, request: Request, language: Language) -> Response:
        """Begin to watch something, from now on."""
        form = form_of(request)
        kind, subject = form.get("kind", ""), short(form, "subject")
        try:
            subject = self._subject(kind, subject, language)
        except CodedError as error:
            return self.watching(request, language, error.issues[0])
        database, mine = self._desk.place.database, one_of(request).account_id
        if len(watches(database, mine)) >= _MOST:
            return self.watching(request, language, Issue("watches_full", {"most": _MOST}))
        watch(database, mine, kind, subject, self._desk.log.horizon())
        return onward(f"/{language}/committee/watching?done=watched")

    def remove(self, request: Request, language: Language) -> Response:
        """Watch something no longer."""
        number = whole_number(form_of(request).get("watch")) or 0
        unwatch(self._desk.place.database, one_of(request).account_id, number)
        return onward(f"/{language}/committee/watching?done=unwatched")

    def seen(self, request: Request, language: Language) -> Response:
        """Note that what the page told was looked at; what was published while it was read stays new."""
        form = form_of(request)
        until = min(whole_number(form.get("until")) or 0, self._desk.log.horizon())
        mark_seen(self._desk.place.database, one_of(request).account_id, until, whole_number(form.get("watch")))
        return onward(f"/{language}/committee/watching?done=seen")

    def _subject(self, kind: str, subject: str, language: Language) -> str:
        if kind == "record":
            return self._desk.named(subject).record_id
        known = {
            "registry": set(registries(self._desk.place.settings.registries_file)),
            "field": {code for code, _ in broad_fields(language)},
        }
        if kind not in WATCHED or subject not in known[kind]:
            raise CodedError.of("watch_unknown", subject=subject or "-")
        return subject

    def _watched(self, one: Watch, language: Language) -> Watched:
        database = self._desk.place.database
        scope = {one.kind: one.subject} if one.kind in {"record", "registry"} else {}
        rows = changed_since(database, one.seen, limit=500 if one.kind == "field" else 200, **scope)
        standing = [row for _, record in rows if (row := standing_row(database, record)) is not None]
        texts = contents(database, [row.seq for row in standing if not row.deleted])
        if one.kind == "field":
            standing = [row for row in standing if row.seq in texts and _in_field(texts[row.seq], one.subject)]
        changed = [self._changed(row, one.seen, texts, language) for row in standing[:_SAMPLES]]
        title, gone = self._called(one, language)
        return Watched(one, title, gone, changed, max(0, len(standing) - _SAMPLES))

    def _changed(self, row: LogRow, seen: int, texts: dict[int, str], language: Language) -> Changed:
        database = self._desk.place.database
        before = [older for older in history(database, row.record_id) if older.seq <= seen and not older.deleted]
        was = before[-1] if before else None
        content = texts.get(row.seq) or contents(database, [was.seq] if was else []).get(was.seq if was else 0)
        changes: list[Differing] = []
        if was is not None and not row.deleted:
            old = contents(database, [was.seq])[was.seq]
            changes = differing(old, texts[row.seq], language)
        title = load(content).title if content else {"und": row.record_id}
        return Changed(row, self._desk.called(row.record_id), title, was, changes)

    def _called(self, one: Watch, language: Language) -> tuple[str, bool]:
        if one.kind == "field":
            return value_name("field", one.subject, language), False
        if one.kind == "registry":
            known = registries(self._desk.place.settings.registries_file).get(one.subject)
            return (said(dict(known.manifest.title), language).text if known else one.subject), known is None
        row = standing_row(self._desk.place.database, one.subject)
        text = contents(self._desk.place.database, [row.seq]).get(row.seq) if row and not row.deleted else None
        return (said(load(text).title, language).text if text else one.subject), text is None


@cache
def _of_field(subject: str) -> tuple[str, str]:
    scheme, _, code = subject.partition(":")
    return scheme, code


def _in_field(content: str, subject: str) -> bool:
    scheme, code = _of_field(subject)
    fields: list[dict[str, Any]] = orjson.loads(content).get("field", [])
    return any(one.get("scheme") == scheme and (one.get("code") or "").startswith(code) for one in fields)
