"""Unpacking dumps: within limits, never into paths the archive chooses."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from connectors.contract import StructureBroken

MOST_MEMBERS = 100
MOST_RATIO = 100
_CHUNK = 2**20
_LINE = 2**16
_SUFFIXES = (".ttl", ".nt", ".nq", ".rdf", ".xml", ".jsonld", ".json", ".owl", ".n3", ".trig")


def members(path: Path, url: str, limit: int) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the data files of a download: the members of a zip, a decompressed gzip, or the file itself.

    Raises `StructureBroken` with `archive_refused` for more than 100 members, a ratio above 100, more than `limit`
    bytes in all, encrypted or nested archives.
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
            yield name.removesuffix(".gz"), budget.counted(plain)
    else:
        with path.open("rb") as plain:
            yield name, budget.counted(plain)


def _zip_members(path: Path, url: str, budget: _Budget) -> Iterator[tuple[str, Iterator[bytes]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > MOST_MEMBERS:
                raise StructureBroken.of("archive_refused", detail=f"{len(infos)} members", url=url)
            for info in sorted(infos, key=lambda info: info.filename):
                name = info.filename.replace("\\", "/").rpartition("/")[2]
                if info.flag_bits & 1:
                    raise StructureBroken.of("archive_refused", detail=f"{name} is encrypted", url=url)
                if name.lower().endswith((".zip", ".gz", ".7z", ".rar", ".tar")):
                    raise StructureBroken.of("archive_refused", detail=f"{name} is an archive itself", url=url)
                if not name.lower().endswith(_SUFFIXES):
                    continue
                budget.ratio_of, budget.member = max(info.compress_size, 1), 0
                with archive.open(info) as plain:
                    yield name, budget.counted(plain)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise StructureBroken.of("archive_refused", detail=str(error), url=url) from None


class _Budget:
    """Counts what is unpacked."""

    def __init__(self, limit: int, url: str) -> None:
        self._limit, self._url = limit, url
        self._total = 0
        self.member = 0
        self.ratio_of = 0

    def counted(self, plain: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
        """Yield the content in pieces while it stays within the limits."""
        while chunk := plain.read(_CHUNK):
            self._total += len(chunk)
            self.member += len(chunk)
            if self._total > self._limit:
                raise StructureBroken.of("archive_refused", detail=f"more than {self._limit} bytes", url=self._url)
            if self.ratio_of and self.member > 2**24 and self.member > MOST_RATIO * self.ratio_of:
                raise StructureBroken.of("archive_refused", detail="it unpacks to more than 100 times", url=self._url)
            yield chunk


def redacted_lines(chunks: Iterator[bytes], redact: Callable[[bytes, str], bytes], media_type: str) -> Iterator[bytes]:
    """Yield the content with people taken out, cut at line ends so that no address is split."""
    rest = b""
    for chunk in chunks:
        piece = rest + chunk
        cut = piece.rfind(b"\n") + 1 or (len(piece) - _LINE if len(piece) > 2 * _LINE else 0)
        if cut > 0:
            yield redact(piece[:cut], media_type)
        rest = piece[cut:] if cut > 0 else piece
    if rest:
        yield redact(rest, media_type)
