"""What a document holds already, for things that may stand in it once: few in memory, many on disk."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b

_IN_MEMORY, _CACHE = 10_000, 512
"""Texts that are held in memory, and KiB of the file that are when there are more."""


class Seen:
    """A set of texts that takes the same memory however many there are. Texts are kept as 64 bits of their hash."""

    def __init__(self) -> None:
        self._few: set[int] = set()
        self._many: sqlite3.Connection | None = None

    def add(self, text: str) -> bool:
        """Keep a text, and tell whether it is new."""
        digest = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)
        if self._many is not None:
            return self._many.execute("INSERT OR IGNORE INTO seen VALUES (?)", (digest,)).rowcount == 1
        if digest in self._few:
            return False
        self._few.add(digest)
        if len(self._few) > _IN_MEMORY:
            self._many = _moved(self._few)
        return True

    def close(self) -> None:
        """Let go of the file, if there is one."""
        if self._many is not None:
            self._many.close()


def _moved(digests: set[int]) -> sqlite3.Connection:
    """Return a temporary database, gone when it is closed, that some hashes were moved to."""
    made = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    made.execute("PRAGMA journal_mode=OFF")
    made.execute(f"PRAGMA cache_size=-{_CACHE}")
    made.execute("CREATE TABLE seen (digest INTEGER PRIMARY KEY)")
    made.execute("BEGIN")
    made.executemany("INSERT INTO seen VALUES (?)", ((digest,) for digest in digests))
    digests.clear()
    return made
