"""The calendar of renewals: a month at a glance, and the list of everything that comes up or is late."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Language
from portal.committee.answering import Desk
from recognition.deciding import decisions, due
from store.clock import now

_YEARS = range(2000, 2100)
_FAR = 40_000
_SUNDAY = 6


class RenewalPages:
    """Answers with what is to be renewed or reviewed, by day."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def calendar(self, request: Request, language: Language) -> Response:
        """Answer with a month (`month=2027-03`), and with everything that has a date."""
        self._desk.look_for_changes()
        today = now().date()
        month = _month(request.query_params.get("month", ""), today)
        rows = self._desk.told(due(decisions(self._desk.place), _FAR), language)
        by_day: dict[date, list[dict[str, object]]] = {}
        for row in rows:
            by_day.setdefault(row["view"].due_on, []).append(row)
        weeks = Calendar(_SUNDAY if language == "ja" else 0).monthdatescalendar(month.year, month.month)
        return self._desk.show(
            request, language, "committee_renewals.html", "/renewals", month=month, today=today, weeks=weeks,
            by_day=by_day, rows=rows, soon=today + timedelta(days=self._desk.place.settings.renewal_days),
            before=_stepped(month, -1), after=_stepped(month, 1),
        )  # fmt: skip


def _month(text: str, today: date) -> date:
    year, dash, number = text.partition("-")
    whole = all(part.isascii() and part.isdigit() for part in (year, number))
    if dash and whole and len(text) == 7 and int(year) in _YEARS and 1 <= int(number) <= 12:
        return date(int(year), int(number), 1)
    return today.replace(day=1)


def _stepped(month: date, by: int) -> str:
    place = month.year * 12 + month.month - 1 + by
    year, number = divmod(place, 12)
    return f"{year:04}-{number + 1:02}" if year in _YEARS else ""
