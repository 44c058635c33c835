"""What waits for a member: proposals of others, decisions that are open again, renewals, and what changed."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Language
from portal.committee.answering import Desk, is_mine, one_of
from portal.committee.watching import WatchPages
from recognition.deciding import decisions, due
from store.clock import now
from store.translations import translations


class HomePage:
    """Answers with what waits."""

    def __init__(self, desk: Desk, watching: WatchPages) -> None:
        self._desk = desk
        self._watching = watching

    def home(self, request: Request, language: Language) -> Response:
        """Answer with everything that waits for whoever asks, the most pressing first."""
        self._desk.look_for_changes()
        place, visitor = self._desk.place, one_of(request)
        views = decisions(place)
        told_of = {one["number"]: one for one in self._desk.told(views, language)}
        waiting = [told_of[view.opened.id] for view in views if view.standing.pending is not None]
        mine = [one for one in waiting if is_mine(visitor, one["standing"].pending.by)]
        soon = due(views, place.settings.renewal_days)
        looked_at = [one for one in translations(place.database) if one.standing is None]
        return self._desk.show(
            request, language, "committee_home.html", "",
            approve=[one for one in waiting if one not in mine or not one["standing"].pending.four_eyes],
            proposed=[one for one in mine if one["standing"].pending.four_eyes],
            reopened=[one for one in told_of.values() if one["reopened"] and not one["pending"]],
            due=[told_of[view.opened.id] for view in soon], days=place.settings.renewal_days,
            today=now().date(), late=now().date() + timedelta(days=14),
            under_way=[one for one in told_of.values() if one["under_way"]],
            watched=[one for one in self._watching.watched(visitor.account_id, language) if one.changed],
            translations=[one for one in looked_at if not is_mine(visitor, one.actor)],
        )  # fmt: skip
