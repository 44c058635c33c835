"""What a working process does for partners once something was published: the pages of the event stream are written.

Whoever asks for a page before that has it written then (`portal.ldes.routes`); here nobody waits for it.
"""

from __future__ import annotations

import threading

from config.messages import CodedError, Issue
from harvester.workplace import Workplace
from portal.ldes.pages import Pages
from portal.partners.log import PublicationLog

_PATIENCE = 5.0
"""Seconds that the watch waits: what most changes take. More is written beside its rounds, a page at a time."""


class _Writing(threading.Thread):
    """Writes what the log has that the pages have not. It may be ended at any moment: files take their places whole."""

    def __init__(self, pages: Pages) -> None:
        super().__init__(name="event stream", daemon=True)
        self._pages = pages
        self.fault: CodedError | None = None

    def run(self) -> None:
        """Write, unless another process does."""
        try:
            self._pages.catch_up(wait=False)
        except CodedError as error:
            self.fault = error


def write_stream(place: Workplace) -> list[Issue]:
    """Bring the pages of the event stream up to date; a command waits for them, the watch goes on with its rounds.

    Raises `CodedError` with `home_unwritable` or `database_unreachable`.
    """
    writing = _Writing(Pages(PublicationLog(place.database, place.settings.base), place.settings))
    writing.start()
    writing.join(None if threading.current_thread() is threading.main_thread() else _PATIENCE)
    if writing.fault is not None:
        raise writing.fault
    return []
