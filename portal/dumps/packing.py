"""Files of a dump as they are written: packed in streams, with size and hash; the same content gives the same bytes."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, cast

from portal.dumps.manifest import FileEntry

_LEVEL = 6


class Packed:
    """One packed file being written. `records` is counted by whoever writes."""

    def __init__(self, path: Path, media_type: str, out: BinaryIO) -> None:
        self._path = path
        self._media_type = media_type
        self.out = out
        self.records = 0

    def entry(self) -> FileEntry:
        """Return what the manifest says of the file, once it is closed."""
        size, digest = measured(self._path)
        return FileEntry(
            name=self._path.name, media_type=self._media_type, size=size, sha256=digest, records=self.records
        )


@contextmanager
def packed(folder: Path, name: str, media_type: str) -> Iterator[Packed]:
    """Open `name`.gz in a folder; it is on disk when the context ends."""
    path = folder / f"{name}.gz"
    with path.open("wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=raw, mtime=0) as out:
            yield Packed(path, media_type, cast("BinaryIO", out))
        raw.flush()
        os.fsync(raw.fileno())


def measured(path: Path) -> tuple[int, str]:
    """Return size and SHA-256 of a file."""
    with path.open("rb") as file:
        return path.stat().st_size, file_digest(file, "sha256").hexdigest()
