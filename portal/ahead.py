"""What is written ahead of the first partner who asks: published records in the forms that are taken by the thousand.

A record that nobody has written yet is written when it is asked for (`portal.partners.shelf`), which makes a harvester
wait that takes them all. So the process at work does it when nothing else is due, the cheap forms first; it may be
ended at any moment, and goes on with what is lacking. What other versions replaced a while ago is not kept: few ask for
it, and they have it made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from config.messages import Issue
from config.settings import Settings
from harvester.workplace import Workplace
from portal.oai.faults import prefixes
from portal.oai.origins import ABOUT, own_registries
from portal.partners.forms import PIVOT, forms
from portal.partners.log import PublicationLog
from portal.partners.shelf import Shelf
from store.clock import now
from store.publications import Span
from store.renditions import forget_replaced

_KEPT = timedelta(days=7)
"""How long replaced versions stay: longer than a list may be walked (`portal.oai.tokens`)."""
_BATCH, _PART = 100, 20_000
_LISTED = "json"
"""The form in which the pages of the API hold records, and which ResourceSync names."""


@dataclass(frozen=True, slots=True)
class Task:
    """Forms that are written together, because they share the most of the work; of one registry or of all."""

    forms: tuple[str, ...]
    registry: str | None = None


def tasks(settings: Settings, registries: list[str]) -> list[Task]:
    """Return what a deployment wants written ahead, the cheapest first; `registries` are those of published records."""
    known = forms(settings.elm_namespace)
    listed = dict.fromkeys([_LISTED, *(prefix.form for prefix in prefixes(settings).values())])
    own = own_registries(settings)
    crossed = tuple(name for name in listed if known[name].schema_name != PIVOT)
    wanted = [
        Task(tuple(name for name in listed if name not in crossed)),
        *(Task((ABOUT,), name) for name in registries if name not in own),
    ]
    return {"none": [], "descriptor": wanted, "all": [*wanted, Task(crossed)]}[settings.written_ahead]


def fill_shelf(place: Workplace, stopping: Callable[[], bool]) -> Iterator[Issue]:
    """Write what is lacking, and tell how many forms of records were written: now and then, and at the end.

    Raises `CodedError` with `database_unreachable`; what was written until then is kept.
    """
    while not stopping() and forget_replaced(place.database, now() - _KEPT):
        pass
    begun, count = time.monotonic(), 0
    for written in _filled(place):
        count += written
        if stopping():
            break
        if count >= _PART:
            yield _told(count, begun)
            begun, count = time.monotonic(), 0
    if count:
        yield _told(count, begun)


def _filled(place: Workplace) -> Iterator[int]:
    """Write what is lacking, some records at a time, and yield how many forms of records were written."""
    log, shelf = PublicationLog(place.database, place.settings.base), Shelf(place.database, place.settings)
    horizon = log.horizon()
    for task in tasks(place.settings, log.registries()):
        span = Span(horizon, registry=task.registry)
        while rows := log.without(span, task.forms, shelf.edition, _BATCH):
            shelf.fill(rows, task.forms)
            yield len(rows) * len(task.forms)
            span = span._replace(after=rows[-1].seq)


def _told(count: int, begun: float) -> Issue:
    return Issue("written_ahead", {"count": count, "seconds": round(time.monotonic() - begun)})
