"""Where dumps lie: a folder for each, whole or not there at all; which is the latest, and which may go.

The last thirty stay, and of older ones the first of each month.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from portal.dumps.manifest import MANIFEST, Manifest, read_manifest

KEPT = 30
_LAST_ATTEMPT = "last.json"
_BUILDING = ".building-"
_STALE_SECONDS = 24 * 3600


class Dumps:
    """The dumps of a deployment, in a folder of its home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "dumps"
        self._known: dict[str, Manifest] = {}

    def versions(self) -> list[Manifest]:
        """Return the manifests of all dumps, the oldest first."""
        if not self.folder.is_dir():
            return []
        found = [self.manifest(path.name) for path in self.folder.iterdir() if not path.name.startswith(".")]
        return sorted((one for one in found if one is not None), key=lambda one: (one.horizon, one.version))

    def latest(self) -> Manifest | None:
        """Return the manifest of the newest dump."""
        versions = self.versions()
        return versions[-1] if versions else None

    def manifest(self, version: str) -> Manifest | None:
        """Return the manifest of one dump; dumps never change once they are there."""
        path = self.path(version, MANIFEST)
        if version in self._known and path is not None:
            return self._known[version]
        try:
            made = read_manifest(path.read_bytes()) if path else None
        except (OSError, ValidationError):
            return None
        if made is not None:
            self._known[version] = made
        return made

    def path(self, version: str, name: str) -> Path | None:
        """Return where a file of a dump lies; None for one that is not there, or a name that leads elsewhere."""
        if any(
            not part or part.startswith(".") or "/" in part or "\\" in part or "\0" in part for part in (version, name)
        ):
            return None
        path = self.folder / version / name
        return path if path.is_file() else None

    @contextmanager
    def building(self, version: str) -> Iterator[Path]:
        """Give a folder to write a dump in; it takes its place when the context ends well, and is gone otherwise."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        folder = self.folder / f"{_BUILDING}{version}-{secrets.token_hex(4)}"
        folder.mkdir()
        try:
            yield folder
            target = self.folder / version
            if target.exists():
                return
            folder.rename(target)
            _synchronise(self.folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _sweep(self) -> None:
        """Take away what a build that was killed left behind; no build takes a day."""
        for left in self.folder.glob(f"{_BUILDING}*"):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)

    def note(self, attempt: dict[str, Any]) -> None:
        """Keep what became of the last attempt, so that a failure is told apart from silence."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f".last-{secrets.token_hex(4)}"
        fresh.write_bytes(orjson.dumps(attempt, option=orjson.OPT_UTC_Z))
        fresh.replace(self.folder / _LAST_ATTEMPT)

    def last_attempt(self) -> dict[str, Any] | None:
        """Return what became of the last attempt."""
        try:
            told: dict[str, Any] = orjson.loads((self.folder / _LAST_ATTEMPT).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        return told

    def retire(self) -> list[str]:
        """Take away dumps that need not be kept, and return their versions."""
        versions = self.versions()
        months: set[str] = set()
        gone = []
        for number, one in enumerate(versions):
            month = one.published_at.strftime("%Y-%m")
            if number < len(versions) - KEPT and month in months:
                shutil.rmtree(self.folder / one.version)
                self._known.pop(one.version, None)
                gone.append(one.version)
            months.add(month)
        return gone


def _synchronise(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
