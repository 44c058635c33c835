"""How the committee's pages answer, and what they take from a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue, Language
from crosswalks.descriptor.serialise import load
from harvester.workplace import Workplace
from portal.accounts.door import visitor_of
from portal.accounts.dress import dressed
from portal.accounts.secret import Secret
from portal.accounts.visitor import Visitor
from portal.committee.wording import told
from portal.partners.log import PublicationLog, public_name
from portal.public.finding import registry_titles
from portal.public.site import switched
from recognition.deciding import DecisionView, reopen_changed
from store.publications import LogRow, contents, standing_row

LONG = 4000
"""How many characters of a text are taken from a form."""
_SHORT = 500
_DONE = frozenset({
    "kept", "graded", "ungraded", "opened", "proposed", "approved_by_you", "declined", "stepped", "proven", "recorded",
    "ended", "watched", "unwatched", "seen", "basket_taken", "basket_emptied", "translated", "translation_judged",
    "drafted",
})  # fmt: skip


class Desk:
    """What every page of the committee needs: the deployment, the log, and how a page is dressed."""

    def __init__(self, place: Workplace, log: PublicationLog, secret: Secret) -> None:
        self.place = place
        self.log = log
        self._secret = secret

    def show(
        self, request: Request, language: Language, template: str, path: str, *, issue: Issue | None = None,
        status: int | None = None, **context: Any,
    ) -> Response:  # fmt: skip
        """Answer with a page; `path` is its own below `/{language}/committee`, which a refused form comes back to."""
        acted = request.method == "POST"
        done = request.query_params.get("done")
        address = f"/{language}/committee{path}"
        return dressed(
            request, self._secret, template, language, status=status or (409 if issue else 200), issue=issue,
            here=address, done=f"cm_{done}" if done in _DONE and not acted else None,
            switch=switched(request, language, address if acted else None), titles=registry_titles(self.place.settings),
            **context,
        )  # fmt: skip

    def named(self, name: str) -> LogRow:
        """Return the row that stands for a record. Raises `CodedError` with `record_unknown` or `record_removed`."""
        name = name.strip()[:_SHORT]
        row = self.log.record(name.rstrip("/").rpartition("/")[2] if "://" in name else name) if name else None
        if row is None:
            raise CodedError.of("record_unknown", name=name or "-")
        if row.deleted:
            raise CodedError.of("record_removed", date=row.published_at.date().isoformat(), reason=row.reason or "-")
        return row

    def called(self, record_id: str) -> str:
        """Return the public name of a record, its id where it never was public."""
        row = self.log.record(record_id)
        return public_name(row, self.place.settings.base) if row else record_id

    def titles_of(self, records: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return the titles of records as they are public now; none for those that are not."""
        database = self.place.database
        rows = {record: standing_row(database, record) for record in dict.fromkeys(records)}
        texts = contents(database, [row.seq for row in rows.values() if row is not None and not row.deleted])
        return {record: load(texts[row.seq]).title for record, row in rows.items() if row and row.seq in texts}

    def told(self, views: Iterable[DecisionView], language: Language) -> list[dict[str, Any]]:
        """Return decisions for a page, with the titles of their records."""
        found = list(views)
        titles = self.titles_of(view.opened.record for view in found)
        return [told(view, language, titles.get(view.opened.record)) for view in found]

    def look_for_changes(self) -> None:
        """Have decisions re-opened whose record has changed; where that cannot be written, the change counts anyway."""
        try:
            reopen_changed(self.place)
        except CodedError:
            return


def is_mine(visitor: Visitor, actor: str) -> bool:
    """Tell whether an act was this account's, also when the account has since been given another name to show."""
    return actor in {visitor.actor, visitor.name} or actor.endswith(f" ({visitor.name})")


def one_of(request: Request) -> Visitor:
    """Return who asks."""
    return visitor_of(request)


def short(form: Mapping[str, str], name: str) -> str:
    """Return a line of a form, cut to a length that a line has."""
    return " ".join(form.get(name, "").split())[:_SHORT]


def long(form: Mapping[str, str], name: str) -> str:
    """Return a text of a form."""
    return form.get(name, "").strip()[:LONG]


def lines(form: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return the lines of a text of a form."""
    return tuple(line.strip() for line in long(form, name).splitlines() if line.strip())


def day(form: Mapping[str, str], name: str) -> date | None:
    """Return a day of a form, None for none. Raises `CodedError` with `day_unreadable`."""
    given = form.get(name, "").strip()[:40]
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise CodedError.of("day_unreadable", value=given) from None
