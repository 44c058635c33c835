"""The snapshot that queries run over: the newest dump in a store of its own, made in the background when asked for.

While a newer one is made, the one before answers. A store is never changed once it has its name.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from config.messages import CodedError
from config.settings import Settings
from portal.confinement import Confinement
from portal.dumps.keeping import Dumps
from portal.sparql.answering import load

_FILES = ("descriptor.nq.gz", "elm.nq.gz")
_LONGEST = 3600.0
_MEGABYTES = 8192
_WAIT = 30
_KEPT = 2


class Snapshot:
    """The snapshots of a deployment, in a folder of its home."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.home / "sparql"
        self._dumps = Dumps(settings.home)
        self._work = Confinement(1, _LONGEST, _MEGABYTES, 1024)
        self._busy = threading.Lock()

    def current(self) -> Path:
        """Return the folder of the newest snapshot there is.

        Raises `CodedError` with `snapshot_missing` when there is no dump, or `snapshot_unready` while the first one is
        being made.
        """
        newest = self._dumps.latest()
        if newest is None:
            raise CodedError.of("snapshot_missing")
        target = self.folder / newest.version
        if target.is_dir():
            return target
        self._begin(newest.version)
        before = self._made()
        if not before:
            raise CodedError.of("snapshot_unready", seconds=_WAIT)
        return before[-1]

    def make(self, version: str) -> None:
        """Make the snapshot of a dump, unless somebody does so already, and let older ones go."""
        if not self._busy.acquire(blocking=False):
            return
        try:
            target = self.folder / version
            files = [path for name in _FILES if (path := self._dumps.path(version, name))]
            if not target.is_dir() and files:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._work.run(load, files, target)
            for old in self._made()[:-_KEPT]:
                shutil.rmtree(old, ignore_errors=True)
        finally:
            self._busy.release()

    def _begin(self, version: str) -> None:
        threading.Thread(target=self.make, args=(version,), daemon=True).start()

    def _made(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        found = [path for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)
