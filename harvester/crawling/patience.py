"""Waiting for a database that cannot be reached just now: restarted, or locked by somebody else."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from config.messages import CodedError

LONGEST = 45.0
"""Seconds that a crawl waits for its database before it gives up; a server is restarted in less."""
_PAUSE = 0.5
_UNREACHABLE = "database_unreachable"
Given = TypeVar("Given")


def is_unreachable(error: CodedError) -> bool:
    """Tell whether an error says that the database could not be asked or written."""
    return any(issue.code == _UNREACHABLE for issue in error.issues)


def patiently(step: Callable[[], Given]) -> Given:
    """Take a step that may be taken twice, again and again while the database cannot be reached.

    Raises what the step does; `CodedError` with `database_unreachable` after 45 seconds.
    """
    until = time.monotonic() + LONGEST
    while True:
        try:
            return step()
        except CodedError as error:
            if not is_unreachable(error) or time.monotonic() > until:
                raise
        time.sleep(_PAUSE)
