"""Bulk work with the cyclic garbage collector held back.

Reading and writing records makes many small objects that die by their reference counts. Looking for cycles among them
took a quarter of the time of an export. What does form cycles, such as a caught exception, is still collected, later.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 1_000_000
"""How many more objects must live before the collector looks: some hundreds of megabytes, should all be in cycles."""


@contextmanager
def rare_collection(objects: int = _OBJECTS) -> Iterator[None]:
    """Let the collector of this process look at new objects rarely: when so many more of them live."""
    before = gc.get_threshold()
    gc.set_threshold(max(objects, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
