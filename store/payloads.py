"""Payloads: bytes in a content-addressed folder, compressed; one row each in the database."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import insert, select

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
        """Put bytes into the folder unless they are there, and return their address."""
        digest = payload_hash(body)
        path = self.path(digest)
        if not path.exists():
            self._place(path, gzip.compress(body, _LEVEL, mtime=0))
        return digest

    def write_stream(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Put a long answer into the folder as it comes, and return its address and size in bytes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = blake2b(digest_size=20), 0
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as raw:
            partial = Path(raw.name)
            try:
                with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
                    for chunk in chunks:
                        digest.update(chunk)
                        size += len(chunk)
                        packed.write(chunk)
                raw.flush()
                os.fsync(raw.fileno())
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
        path = self.path(digest.hexdigest())
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(path)
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

    def discard(self, digest: str) -> None:
        """Take away what is left of a damaged payload, so that it can be kept anew."""
        self.path(digest).unlink(missing_ok=True)

    def unpack(self, digest: str, target: Path) -> None:
        """Write a long payload to a file without holding it in memory."""
        with gzip.open(self.path(digest)) as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 2**20)

    def note(self, rows: list[dict[str, object]]) -> None:
        """Note kept payloads (`hash`, `size`, `media_type`) in the database; those already there are left alone."""
        if not rows:
            return
        wanted = {str(row["hash"]): row for row in rows}
        moment = now()
        with self._database.writing() as connection:
            known = connection.execute(select(_PAYLOAD.c.hash).where(_PAYLOAD.c.hash.in_(list(wanted)))).scalars()
            for digest in list(known):
                wanted.pop(digest)
            if wanted:
                connection.execute(insert(_PAYLOAD), [{**row, "stored_at": moment} for row in wanted.values()])

    def _place(self, path: Path, packed: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as partial:
            partial.write(packed)
        Path(partial.name).replace(path)
