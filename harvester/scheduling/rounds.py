"""What other rooms have done once something has changed: functions that register by entry point, run by the watch.

Those of a round take the workplace and return what they have to tell. The watch runs them only where something was
published or somebody acted since, and once when it begins, so that a round with nothing new costs two look-ups.
Commands that publish run them too.

What may take long is work ahead: nobody waits for it, and it ends early when it is told to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Any

from config.messages import CodedError, Issue
from harvester.workplace import Workplace
from store.audit import head
from store.publications import latest

GROUP, AHEAD = "kakehashi.rounds", "kakehashi.ahead"
Round = Callable[[Workplace], list[Issue]]
Work = Callable[[Workplace, Callable[[], bool]], Iterator[Issue]]


class Rounds:
    """The functions that are registered, and the state of the deployment that they have seen."""

    def __init__(self, place: Workplace, registered: dict[str, Round] | None = None) -> None:
        self._place = place
        self._registered = registered
        self._seen: tuple[int, int] | None = None

    def go(self) -> list[Issue]:
        """Run them if anything has happened since the last time, and return what they tell.

        Raises `CodedError` when the database cannot be asked; they are then run again the next time.
        """
        state = self._state()
        if state == self._seen:
            return []
        told = [issue for run in self._functions() for issue in run(self._place)]
        self._seen = self._state()
        return told

    def _state(self) -> tuple[int, int]:
        return latest(self._place.database)[0], head(self._place.database)[0]

    def _functions(self) -> list[Round]:
        if self._registered is None:
            self._registered = _loaded(GROUP)
        return list(self._registered.values())


class Ahead:
    """The work that is done ahead, and up to which publication it is done."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._seen: int | None = None

    def go(self, stopping: Callable[[], bool]) -> Iterator[Issue]:
        """Do what something published has made necessary, and yield what is told, until it is time to stop.

        Raises `CodedError` when the database cannot be asked; the rest is then done the next time.
        """
        horizon = latest(self._place.database)[0]
        if horizon == self._seen:
            return
        for work in _loaded(AHEAD).values():
            yield from work(self._place, stopping)
        if not stopping():
            self._seen = horizon


def _loaded(group: str) -> dict[str, Any]:
    return {point.name: point.load() for point in sorted(entry_points(group=group), key=lambda point: point.name)}


@contextmanager
def followed(place: Workplace, tell: Callable[[Issue], None]) -> Iterator[None]:
    """Run the functions after what is done by hand, if it published anything, and tell what they tell.

    A fault of theirs is told and changes nothing of what was done; the watch or whoever asks next comes to the same.
    """
    before = latest(place.database)[0]
    yield
    try:
        told = Rounds(place).go() if latest(place.database)[0] != before else []
    except CodedError as error:
        told = list(error.issues)
    for issue in told:
        tell(issue)
