"""The overview and the schedule: how every registry does, and what waits for a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue, Language
from connectors.contract import Registry
from connectors.discovery import registries
from harvester.accepting import decide_on, state_of_registry
from harvester.scheduling.ticking import pause, run_now, views
from harvester.workplace import Workplace
from portal.accounts.door import form_of, visitor_of
from portal.accounts.secret import Secret
from portal.operators.answering import onward, show
from store.acceptances import standing_verdicts
from store.clock import now
from store.inspection import last_changes, runs_page
from store.runs import registry_sizes, registry_state

_FAILED = frozenset({"failed", "lost"})
_PASSED_BY = frozenset({"cancelled", "queued", "running"})
_UNATTENDED = timedelta(minutes=10)
_LOOK_BACK = 30
_ZONE = ZoneInfo("Asia/Tokyo")


class DeskPages:
    """Answers with the overview and the schedule, and does what is asked for there."""

    def __init__(self, place: Workplace, secret: Secret) -> None:
        self._place = place
        self._secret = secret

    def overview(self, request: Request, language: Language, issue: Issue | None = None) -> Response:
        """Answer with what waits for a person, and the state of every registry."""
        database, moment = self._place.database, now()
        schedules = {row["registry"]: row for row in views(self._place, moment, _ZONE, 1)}
        verdicts = standing_verdicts(database)
        sizes, changes = registry_sizes(database), last_changes(database)
        rows = [
            {
                **self._row(name, one, schedules.get(name)),
                "state": state_of_registry(one, verdicts), "verdict": verdicts.get(name),
                "records": sizes.get(name, 0), "changed": changes.get(name),
            }
            for name, one in registries(self._place.settings.registries_file).items()
        ]  # fmt: skip
        return show(
            request, self._secret, "overview.html", language, f"/{language}/operators", issue=issue, rows=rows,
            held=runs_page(database, states=("held",)), under_way=runs_page(database, states=("running", "queued")),
            failing=[row for row in rows if row["failures"]], unattended=moment - _UNATTENDED,
        )  # fmt: skip

    def decide(self, request: Request, language: Language, registry: str, verdict: str) -> Response:
        """Accept or refuse a registry."""
        wanted = "accepted" if verdict == "accept" else "refused"
        actor, why = visitor_of(request).actor, form_of(request).get("why", "")
        try:
            decide_on(self._place, actor, [registry], wanted, why)  # type: ignore[arg-type]  # one of the two words
        except CodedError as error:
            return self.overview(request, language, error.issues[0])
        return onward(f"/{language}/operators?done={wanted}")

    def schedule(self, request: Request, language: Language, issue: Issue | None = None) -> Response:
        """Answer with every schedule and its next slots."""
        rows = views(self._place, now(), _ZONE, 3)
        for row in rows:
            row["next"] = [{**slot, "here": datetime.fromisoformat(slot["in_your_zone"])} for slot in row["next"]]
        known = registries(self._place.settings.registries_file)
        titles = {name: one.manifest.title for name, one in known.items()}
        return show(
            request, self._secret, "schedule.html", language, f"/{language}/operators/schedule", issue=issue,
            rows=rows, titles=titles, zone=_ZONE.key,
        )  # fmt: skip

    def reschedule(self, request: Request, language: Language, registry: str, act: str) -> Response:
        """Pause or resume a schedule, or queue a run at once."""
        actor = visitor_of(request).actor
        try:
            if act == "run":
                run_id = run_now(self._place, actor, registry)
                return onward(f"/{language}/operators/runs/{run_id}?done=queued")
            pause(self._place, actor, registry, paused=act == "pause")
        except CodedError as error:
            return self.schedule(request, language, error.issues[0])
        return onward(f"/{language}/operators/schedule?done={act}d")

    def _row(self, name: str, source: Registry, schedule: dict[str, Any] | None) -> dict[str, Any]:
        """Return how a registry does: when it was last tried and reached, and how often in a row that failed."""
        database = self._place.database
        latest = runs_page(database, registry=name, limit=_LOOK_BACK)
        ended = [run for run in latest if run["state"] not in _PASSED_BY]
        failures = next((at for at, run in enumerate(ended) if run["state"] not in _FAILED), len(ended))
        reached = next((run for run in latest if (run["counts"] or {}).get("payloads")), None)
        return {
            "name": name, "title": source.manifest.title, "last": latest[0] if latest else None,
            "reached": reached and (reached["ended_at"] or reached["started_at"]), "failures": failures,
            "complete": (registry_state(database, name) or {}).get("last_complete_at"),
            "schedule": schedule["state"] if schedule else None,
            "next": schedule["next"][0]["begins_at"] if schedule and schedule["next"] else None,
        }  # fmt: skip
