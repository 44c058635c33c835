"""Unpacking dumps: within limits, never into paths the archive chooses."""

from __future__ import annotations

import gzip
import lzma
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from connectors.contract import StructureBroken

MOST_MEMBERS = 100
MOST_RATIO = 100
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK = 2**20
_LINE = 2**16
_ARCHIVES = (
    b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd",
)  # fmt: skip
"""How archives begin that are not unpacked where they stand: in another archive, cut off, or of another kind."""
_SPOILT = (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError, zlib.error, lzma.LZMAError)
"""What the standard library raises on a spoilt archive, none of which it documents as a whole: `zipfile` BadZipFile,
NotImplementedError (methods, versions), EOFError (cut members), ValueError and OSError (offsets that lead nowhere);
`gzip` OSError and EOFError; the decoders below them their own. Each ends in `archive_refused` with what was said.
"""
_SUFFIXES = (
    ".ttl", ".turtle", ".nt", ".ntriples", ".nq", ".nquads", ".rdf", ".xml", ".jsonld", ".json", ".owl", ".n3", ".trig",
)  # fmt: skip
_BETWEEN = re.compile(rb"[\s\"'<>,;()\[\]{}]")
"""What stands in no address."""


def members(path: Path, url: str, limit: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the data files of a download by name: the members of a zip, a decompressed gzip, or the file itself.

    Names are without folders; members of different folders that share one are numbered.

    Raises `StructureBroken` with `archive_refused` for more than 100 members, a ratio above 100, more than `limit`
    bytes in all, and for archives that are encrypted, nested, spoilt, cut, packed in another way than zip's usual one
    (others unpack without measure) or of another kind.
    """
    budget = _Budget(limit, url)
    if zipfile.is_zipfile(path):
        yield from _zip_members(path, url, budget)
        return
    name = urlsplit(url).path.rpartition("/")[2]
    with path.open("rb") as start:
        packed = start.read(2) == b"\x1f\x8b"
    if packed:
        budget.ratio_of = path.stat().st_size
        with gzip.open(path) as plain:
            yield name.removesuffix(".gz"), budget.counted(plain, name)
    else:
        with path.open("rb") as plain:
            yield name, budget.counted(plain, name)


def _zip_members(path: Path, url: str, budget: _Budget) -> Iterator[tuple[str, Iterator[bytes]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > MOST_MEMBERS:
                raise StructureBroken.of("archive_refused", detail=f"{len(infos)} members", url=url)
            seen: Counter[str] = Counter()
            for info in sorted(infos, key=lambda info: info.filename):
                name = info.filename.replace("\\", "/").rpartition("/")[2]
                if info.flag_bits & 1:
                    raise StructureBroken.of("archive_refused", detail=f"{name} is encrypted", url=url)
                if info.compress_type not in _METHODS:
                    raise StructureBroken.of("archive_refused", detail=f"{name} is packed in a rare way", url=url)
                if name.lower().endswith((".zip", ".gz", ".7z", ".rar", ".tar")):
                    raise StructureBroken.of("archive_refused", detail=f"{name} is an archive itself", url=url)
                if not name.lower().endswith(_SUFFIXES):
                    continue
                seen[name] += 1
                name = name if seen[name] == 1 else f"{seen[name]}-{name}"
                budget.ratio_of, budget.member = max(info.compress_size, 1), 0
                with archive.open(info) as plain:
                    yield name, budget.counted(plain, name)
    except _SPOILT as error:
        raise StructureBroken.of("archive_refused", detail=str(error), url=url) from None


class _Budget:
    """Counts what is unpacked."""

    def __init__(self, limit: int, url: str) -> None:
        self._limit, self._url = limit, url
        self._total = 0
        self.member = 0
        self.ratio_of = 0

    def counted(self, plain: IO[bytes] | gzip.GzipFile, name: str) -> Iterator[bytes]:
        """Yield the content in pieces while it stays within the limits."""
        chunk = self._read(plain)
        if chunk.startswith(_ARCHIVES):
            raise self._refused(f"{name} is an archive itself, or not whole")
        while chunk:
            self._total += len(chunk)
            self.member += len(chunk)
            if self._total > self._limit:
                raise self._refused(f"more than {self._limit} bytes")
            if self.ratio_of and self.member > 2**24 and self.member > MOST_RATIO * self.ratio_of:
                raise self._refused("it unpacks to more than 100 times")
            yield chunk
            chunk = self._read(plain)

    def _read(self, plain: IO[bytes] | gzip.GzipFile) -> bytes:
        try:
            return plain.read(_CHUNK)
        except _SPOILT as error:
            raise self._refused(str(error) or type(error).__name__) from None

    def _refused(self, detail: str) -> StructureBroken:
        return StructureBroken.of("archive_refused", detail=detail, url=self._url)


def redacted_lines(chunks: Iterator[bytes], redact: Callable[[bytes, str], bytes], media_type: str) -> Iterator[bytes]:
    """Yield the content with people taken out, cut where nothing that belongs together is divided: at the end of a
    statement, else of a line, else between words.
    """
    rest = b""
    for chunk in chunks:
        piece = rest + chunk
        cut = _cut(piece)
        if cut > 0:
            yield redact(piece[:cut], media_type)
        rest = piece[cut:]
    if rest:
        yield redact(rest, media_type)


def _cut(piece: bytes) -> int:
    """Return where a piece may be cut, 0 when more of it is needed."""
    statement = max(piece.rfind(b".\n") + 2, piece.rfind(b".\r\n") + 3)
    if cut := statement if statement > 3 else piece.rfind(b"\n") + 1:
        return cut
    if len(piece) <= 2 * _LINE:
        return 0
    between = [found.end() for found in _BETWEEN.finditer(piece, len(piece) - 2 * _LINE, len(piece) - _LINE)]
    return between[-1] if between else len(piece) - _LINE
