"""What other rooms have done once something has changed: functions that register by entry point, run by the watch.

Each takes the workplace and returns what it has to tell. The watch runs them only where something was published or
somebody acted since, and once when it begins, so that a round with nothing new costs two look-ups. Commands that
publish run them too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points

from config.messages import CodedError, Issue
from harvester.workplace import Workplace
from store.audit import head
from store.publications import latest

GROUP = "kakehashi.rounds"
Round = Callable[[Workplace], list[Issue]]


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
            points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
            self._registered = {point.name: point.load() for point in points}
        return list(self._registered.values())


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
