"""Runs: the list, the page of one with its plan, gates, drift and issues, its requests, and deciding about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue, Language
from connectors.discovery import registries
from crosswalks.descriptor.differences import differences
from harvester.deciding import OPEN_STATES, drop, publish_held, retry_later, stop
from harvester.terminal.views import plan_view, run_view
from harvester.terminal.wording import coded
from harvester.workplace import Workplace
from portal.accounts.door import form_of, visitor_of
from portal.accounts.secret import Secret
from portal.operators.answering import field_name, onward, show, whole_number
from portal.public.wording import field_name as called
from store.inspection import identifiers_of, proposed, request_counts, requests_page, runs_page
from store.runs import later_publication, run
from store.tables import FETCH_STATES, RUN_STATES

_PAGE = 50
_REQUESTS = 100
_MOST_DIFFERENCES = 8
_REFRESH_SECONDS = 5
_OF_THE_READING = ("source_record.", "origins.")
"""What a reading says of itself changes with whatever it read; it is no news of the source."""

ACTS: dict[str, tuple[Callable[[Workplace, str, int, str], dict[str, Any]], str]] = {
    "publish": (publish_held, "published"),
    "drop": (drop, "dropped"),
    "stop": (stop, "stopped"),
    "retry": (retry_later, "retried"),
}
"""What can be decided about a run: the same code as the command line's, and what the page says when it is done."""


class Changed(NamedTuple):
    """One value that publishing would change: its field in words, and the value before and after."""

    name: str
    was: str
    now: str


class RunPages:
    """Answers with runs, and does what is decided about them."""

    def __init__(self, place: Workplace, secret: Secret) -> None:
        self._place = place
        self._secret = secret

    def listed(self, request: Request, language: Language) -> Response:
        """Answer with runs, newest first, of one registry or in one state where that is asked for."""
        asked = request.query_params
        known = registries(self._place.settings.registries_file)
        registry = asked.get("registry") if asked.get("registry") in known else None
        state = asked.get("state") if asked.get("state") in RUN_STATES else None
        rows = runs_page(
            self._place.database, registry=registry, states=[state] if state else [],
            before=whole_number(asked.get("before")), limit=_PAGE + 1,
        )  # fmt: skip
        return show(
            request, self._secret, "runs.html", language, f"/{language}/operators/runs", rows=rows[:_PAGE],
            more=rows[_PAGE - 1]["id"] if len(rows) > _PAGE else None, registry=registry, state=state,
            titles={name: one.manifest.title for name, one in known.items()}, states=RUN_STATES,
        )  # fmt: skip

    def one(
        self, request: Request, language: Language, number: int, issue: Issue | None = None, why: str = ""
    ) -> Response:
        """Answer with one run: what it found, why it is held, and what can be decided."""
        database = self._place.database
        view = run_view(database, number)
        state = view["state"]
        plan = view["plan"] or plan_view(database, number)
        later = later_publication(database, view["registry"], number) if state == "held" else None
        live = state in OPEN_STATES and request.query_params.get("live") == "1"
        known = registries(self._place.settings.registries_file).get(view["registry"])
        failed = [passage for passage in view["gates"] if not passage["passed"]]
        return show(
            request, self._secret, "run.html", language, f"/{language}/operators/runs/{number}", issue=issue,
            headers={"Refresh": str(_REFRESH_SECONDS)} if live else None, view=view, plan=plan, failed=failed,
            passed=[passage for passage in view["gates"] if passage["passed"]], later=later, live=live, why=why,
            title=known.manifest.title if known else {"und": view["registry"]}, row=run(database, number),
            changes=self._changes(number, plan, language) if state == "held" else {}, refresh=_REFRESH_SECONDS,
            identifiers=identifiers_of(database, _records(view, plan)), counts=request_counts(database, number),
            field_name=partial(field_name, language=language),
            can_decide=visitor_of(request).role in {"operator", "admin"}, is_open=state in OPEN_STATES,
        )  # fmt: skip

    def requests(self, request: Request, language: Language, number: int) -> Response:
        """Answer with what a run asked for and what came of it."""
        database, asked = self._place.database, request.query_params
        state = asked.get("state") if asked.get("state") in FETCH_STATES else None
        after = whole_number(asked.get("after")) or 0
        rows = requests_page(database, number, state=state, after=after, limit=_REQUESTS + 1)
        return show(
            request, self._secret, "requests.html", language, f"/{language}/operators/runs/{number}/requests",
            row=run(database, number), rows=rows[:_REQUESTS], state=state, counts=request_counts(database, number),
            more=rows[_REQUESTS - 1]["id"] if len(rows) > _REQUESTS else None,
            can_look=visitor_of(request).role in {"committee", "operator", "admin"},
        )  # fmt: skip

    def decide(self, request: Request, language: Language, number: int, act: str) -> Response:
        """Do what was decided about a run, or show it again with the reason why that cannot be."""
        decide, done = ACTS[act]
        why = form_of(request).get("why", "").strip()[:500]
        try:
            told = decide(self._place, visitor_of(request).actor, number, why)
        except CodedError as error:
            if error.issues[0].code == "run_unknown":
                raise
            return self.one(request, language, number, error.issues[0], why)
        return onward(f"/{language}/operators/runs/{told['run']}?done={done}")

    def _changes(self, number: int, plan: dict[str, Any], language: Language) -> dict[str, list[Changed]]:
        """Return how the samples of a plan differ from what is published, by record, value by value."""
        wanted = [item["record"] for item in plan["samples"] if item["op"] == "changed"]
        found: dict[str, list[Changed]] = {}
        for record, (standing, wanted_now) in proposed(self._place.database, number, wanted).items():
            changed = differences(orjson.loads(standing), orjson.loads(wanted_now)) if standing else []
            told = (
                Changed(
                    called(path.removesuffix(".und"), language), _shown(path, was, language),
                    _shown(path, will, language),
                )
                for one in changed if not one.path.startswith(_OF_THE_READING)
                for path, was, will in _values(one.path, one.before, one.after)
            )  # fmt: skip
            found[record] = list(islice(told, _MOST_DIFFERENCES))
        return found


def _values(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the single values of a difference; a list or an object that is new or gone comes apart into its own."""
    whole = next((one for one in (before, after) if isinstance(one, (dict, list))), None)
    if whole is None or (before is not None and after is not None):
        yield path, before, after
        return
    parts = whole.items() if isinstance(whole, dict) else enumerate(whole)
    for name, value in parts:
        yield from _values(f"{path}.{name}", value if before is whole else None, value if after is whole else None)


def _shown(path: str, value: Any, language: Language) -> str:
    if value is None:
        return "—"
    return orjson.dumps(value).decode() if isinstance(value, (dict, list)) else coded(path, value, language)


def _records(view: dict[str, Any], plan: dict[str, Any]) -> set[str]:
    """Return the records that a page names."""
    named = {item["record"] for item in plan["samples"]}
    return named | {sample["record"] for group in view["issues"] for sample in group["samples"] if sample["record"]}
