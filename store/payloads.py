"""Payloads: bytes in a content-addressed folder, compressed; one row each in the database."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from config.messages import CodedError
from store.clock import now
from store.database import Database
from store.tables import Payload, sql

_PAYLOAD = sql(Payload)
_LEVEL = 1


def payload_hash(body: bytes) -> str:
    """Return the address of a payload: 40 hexadecimal digits."""
    return blake2b(body, digest_size=20).hexdigest()


class PayloadStore:
    """The payload folder and its table."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database

    def path(self, digest: str) -> Path:
        """Return where the compressed bytes of a payload lie."""
        return self.folder / digest[:2] / f"{digest}.gz"

    def write(self, body: bytes) -> str:
        """Put bytes into the folder unless they are there, and return their address.

        Raises `CodedError` with `payload_unwritable`, as `write_stream` does.
        """
        digest = payload_hash(body)
        path = self.path(digest)
        if not path.exists():
            self._place(path, gzip.compress(body, _LEVEL, mtime=0))
        return digest

    def write_stream(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Put a long answer into the folder as it comes, and return its address and size in bytes."""
        digest, size = blake2b(digest_size=20), 0
        with _unfinished(self.folder) as raw:
            unfinished = Path(raw.name)
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    packed.write(chunk)
            raw.flush()
            os.fsync(raw.fileno())
        path = self.path(digest.hexdigest())
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            unfinished.unlink()
        else:
            unfinished.replace(path)
        return digest.hexdigest(), size

    def read(self, digest: str) -> bytes:
        """Return the bytes of a payload. Raises `FileNotFoundError` for one that was never kept."""
        return gzip.decompress(self.path(digest).read_bytes())

    def intact(self, digest: str) -> bytes | None:
        """Return the bytes of a payload if they are there and still those that were kept."""
        try:
            body = self.read(digest)
        except (OSError, EOFError, zlib.error):
            return None
        return body if payload_hash(body) == digest else None

    def is_sound(self, digest: str) -> bool:
        """Tell whether the file of a payload holds the bytes of its hash, reading it a piece at a time."""
        seen = blake2b(digest_size=20)
        try:
            with gzip.open(self.path(digest)) as packed:
                while piece := packed.read(2**20):
                    seen.update(piece)
        except (OSError, EOFError, zlib.error):
            return False
        return seen.hexdigest() == digest

    def packed_hash(self, digest: str) -> str | None:
        """Return the hash of the file that a payload lies in; None when it is not there."""
        try:
            with self.path(digest).open("rb") as file:
                return file_digest(file, partial(blake2b, digest_size=20)).hexdigest()
        except FileNotFoundError:
            return None

    def discard(self, digest: str) -> None:
        """Take away what is left of a damaged payload, so that it can be kept anew."""
        self.path(digest).unlink(missing_ok=True)
        with self._database.writing() as connection:
            connection.execute(update(_PAYLOAD).where(_PAYLOAD.c.hash == digest).values(packed_hash=None))

    def unpack(self, digest: str, target: Path) -> None:
        """Write a long payload to a file without holding it in memory."""
        with gzip.open(self.path(digest)) as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 2**20)

    def note(self, rows: list[dict[str, object]]) -> None:
        """Note kept payloads (`hash`, `size`, `media_type`) in the database; those already there are left alone.

        The hash of the file is noted beside, also of an earlier payload that has none.
        """
        if not rows:
            return
        wanted = {str(row["hash"]): row for row in rows}
        moment = now()
        mine = _PAYLOAD.c.hash.in_(list(wanted))
        with self._database.reading() as connection:
            whole = connection.execute(select(_PAYLOAD.c.hash).where(mine, _PAYLOAD.c.packed_hash.is_not(None)))
            files = {digest: self.packed_hash(digest) for digest in wanted.keys() - set(whole.scalars())}
        if not files:
            return
        with self._database.writing() as connection:
            for digest in connection.execute(select(_PAYLOAD.c.hash).where(_PAYLOAD.c.hash.in_(list(files)))).scalars():
                ours = _PAYLOAD.c.hash == digest
                connection.execute(update(_PAYLOAD).where(ours).values(packed_hash=files.pop(digest)))
            if files:
                fresh = [
                    {**wanted[digest], "stored_at": moment, "packed_hash": files[digest]} for digest in sorted(files)
                ]
                connection.execute(insert(_PAYLOAD), fresh)

    def _place(self, path: Path, packed: bytes) -> None:
        with _unfinished(path.parent) as unfinished:
            unfinished.write(packed)
            unfinished.flush()
        Path(unfinished.name).replace(path)


@contextmanager
def _unfinished(folder: Path) -> Iterator[Any]:
    """Give a file in a folder, which is gone again when it cannot be written to the end.

    Raises `CodedError` with `payload_unwritable`.
    """
    name = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            name = file.name
            yield file
    except BaseException as error:
        if name:
            Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            detail = error.strerror or str(error)
            raise CodedError.of("payload_unwritable", folder=str(folder), detail=detail) from error
        raise
