"""What a dump says of itself: up to which row of the log, what is in it, and each file with its hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

MANIFEST = "manifest.json"
SEAL = "manifest.jws"


class Said(BaseModel):
    """Base of what a manifest is made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FileEntry(Said):
    """One file: bytes as they lie there (packed), the hash over them, and how many records it holds."""

    name: str
    media_type: str
    size: int
    sha256: str
    records: int


class Delta(Said):
    """What leads from an earlier dump to this one: the changes, and a file for each form that stands line by line."""

    from_version: str
    from_horizon: int
    added: int
    modified: int
    deleted: int
    files: tuple[FileEntry, ...]


class Source(Said):
    """A registry in the dump: what may be done with its records, and what has to be said of it."""

    registry: str
    records: int
    rights: str | None
    attribution: str | None


class Manifest(Said):
    """One dump. `edition` stands for the rules that records are written by; another makes other bytes.

    `withheld` counts, by reason, the records that ELM cannot hold; they are listed in `elm.withheld.ndjson.gz`.
    """

    version: str
    result: Literal["success"] = "success"
    base: str
    horizon: int
    published_at: datetime
    edition: str
    records: int
    withheld: dict[str, int]
    sources: tuple[Source, ...]
    files: tuple[FileEntry, ...]
    europe: tuple[FileEntry, ...]
    resources: tuple[FileEntry, ...] = ()
    delta: Delta | None = None
    no_delta: str | None = None

    def as_json(self) -> bytes:
        """Return the manifest as it is published."""
        return self.model_dump_json(indent=2).encode() + b"\n"

    def file(self, name: str) -> FileEntry | None:
        """Return one of the dump's files."""
        delta = self.delta.files if self.delta else ()
        return next((one for one in (*self.files, *self.europe, *self.resources, *delta) if one.name == name), None)


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest. Raises pydantic's `ValidationError` for what is none."""
    return Manifest.model_validate_json(data)


def attempt(result: str, **more: Any) -> dict[str, Any]:
    """Return the note on the last attempt to make a dump."""
    return {"result": result, **more}
