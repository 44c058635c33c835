"""Resources in a dump: the list of them with their hashes, and packages that hold them, as ResourceSync has them.

A resource is a record's descriptor in JSON, at the address that has it (`/mc/NAME.json`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.serialise import dump
from portal.dumps.manifest import FileEntry
from portal.dumps.packing import measured, packed
from portal.partners.log import landing, public_name
from portal.sync.lists import Resource, document, entry, opening
from store.publications import LogRow

LIST, PACKAGE = "resources", "resources"
PART = 10_000
"""Records of a list and of the package beside it: so many entries are held in memory."""
_XML, _ZIP = "application/xml", "application/zip"
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time that packages give their members: theirs stand in the list."""


class Resources:
    """The list and the packages being written, in parts."""

    def __init__(self, folder: Path, base: str, at: str) -> None:
        self._folder = folder
        self._base = base
        self._at = at
        self._entries: list[str] = []
        self._package: zipfile.ZipFile | None = None
        self._inside: list[str] = []
        self.parts = 0
        self.files: list[FileEntry] = []

    def add(self, row: LogRow, released: Descriptor) -> None:
        """Write one record."""
        if len(self._entries) == PART:
            self.close_part()
        if self._package is None:
            path = self._folder / f"{PACKAGE}-{self.parts}.zip"
            self._package = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        content = dump(released) + b"\n"
        name = f"resources/{public_name(row, self._base)}.json"
        found = Resource(f"{landing(row, self._base)}.json", row.published_at, content)
        self._package.writestr(_member(name), content)
        self._entries.append(entry(found))
        self._inside.append(entry(found._replace(path=f"/{name}")))

    def close_part(self) -> None:
        """Finish the list and the package of this part."""
        if self._package is None:
            return
        up = f"{self._base}/resourcesync/capabilitylist.xml"
        inside = document("urlset", "resourcedump-manifest", up, self._inside, at=self._at)
        self._package.writestr(_member("manifest.xml"), inside)
        self._package.close()
        self._package = None
        with packed(self._folder, f"{LIST}-{self.parts}.xml", _XML) as file:
            file.out.write(opening("urlset", "resourcelist", up, at=self._at).encode())
            for line in self._entries:
                file.out.write(line.encode())
            file.out.write(b"</urlset>\n")
            file.records = len(self._entries)
        size, digest = measured(self._folder / f"{PACKAGE}-{self.parts}.zip")
        name = f"{PACKAGE}-{self.parts}.zip"
        self.files.append(file.entry())
        self.files.append(FileEntry(name=name, media_type=_ZIP, size=size, sha256=digest, records=len(self._entries)))
        self._entries, self._inside = [], []
        self.parts += 1


@contextmanager
def resources(folder: Path, base: str, at: str) -> Iterator[Resources]:
    """Begin the list and the packages in a folder; they are whole when the context ends."""
    made = Resources(folder, base, at)
    yield made
    made.close_part()


def _member(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, _MOMENT)
    found.compress_type = zipfile.ZIP_DEFLATED
    found.external_attr = 0o644 << 16
    return found
