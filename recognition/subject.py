"""One credential under comparison: a version of its descriptor, with where every value of it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.serialise import content_hash
from crosswalks.ledger import Entry, general


class Frozen(BaseModel):
    """Base of what a comparison says: immutable, closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(Frozen):
    """Where a value came from.

    `path` is its place in the descriptor, `field` the source's own field, `place` where that stood in the answer of the
    registry, `quotation` the passage a value was taken from. `origin` is stated, derived (by `rule`) or assigned (`by`
    whom, `on` which day).
    """

    registry: str
    address: str | None
    retrieved_at: datetime | None
    path: str
    field: str | None = None
    place: str | None = None
    quotation: str | None = None
    origin: str = "stated"
    rule: str | None = None
    by: str | None = None
    on: date | None = None
    reason: str | None = None


class Reviewed(Frozen):
    """A translation that somebody approved, as it lies over a text: who wrote and approved it, and on which day.

    `machine` is whether a machine wrote it; then `note` names the model. The source never stated it.
    """

    field: str
    language: str
    text: str
    original_language: str
    original: str
    machine: bool
    note: str
    by: str
    approved_by: str
    on: str


@dataclass(frozen=True)
class Subject:
    """A credential as one version of it stands.

    `entries` are the ledger's lines of the crossing into the descriptor and `places` says where its fields stood in the
    payload; both may be empty for a descriptor that no harvest brought. `reviewed` are approved translations of its
    texts: they lie beside what is stated and are no part of it.
    """

    id: str
    version: int
    descriptor: Descriptor
    content_hash: str
    retrieved_at: datetime | None = None
    places: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Entry] = field(default_factory=dict)
    reviewed: tuple[Reviewed, ...] = ()

    @classmethod
    def of(
        cls,
        descriptor: Descriptor,
        *,
        identity: str | None = None,
        version: int = 1,
        entries: Iterable[Entry] = (),
        places: dict[str, Any] | None = None,
        retrieved_at: datetime | None = None,
        reviewed: Iterable[Reviewed] = (),
    ) -> Subject:
        """Return the subject of a descriptor with what is known of its evidence."""
        return cls(
            id=identity or descriptor.id,
            version=version,
            descriptor=descriptor,
            content_hash=content_hash(descriptor),
            retrieved_at=retrieved_at or descriptor.source_record.retrieved_at,
            places=places or {},
            sources={entry.target: entry for entry in entries if entry.target},
            reviewed=tuple(reviewed),
        )

    def reviewed_at(self, path: str, texts: Mapping[str, str]) -> tuple[Reviewed, ...]:
        """Return the approved translations of the text at a path, as far as it is (and may be) shown as `texts`."""
        return tuple(
            one
            for one in self.reviewed
            if one.field.removesuffix(".text") == path.removesuffix(".text")
            and texts.get(one.original_language) == one.original
        )

    def evidence(self, path: str) -> Evidence:
        """Return where the value at a path of the descriptor came from."""
        record = self.descriptor.source_record
        origin = self.descriptor.origin_of(path)
        entry = self._entry(path)
        return Evidence(
            registry=record.registry,
            address=record.url or self.descriptor.landing_page,
            retrieved_at=self.retrieved_at,
            path=path,
            field=(entry.source or None) if entry else None,
            place=self._place(entry),
            quotation=entry.quote if entry else None,
            origin=origin.kind,
            rule=origin.rule or (entry.rule if entry else None),
            by=origin.by,
            on=origin.on,
            reason=origin.reason,
        )

    def _entry(self, path: str) -> Entry | None:
        """Return the line of the ledger for a value: of it as a whole, else of a part of it, else of what holds it."""
        if path in self.sources:
            return self.sources[path]
        parts = (entry for target, entry in self.sources.items() if target.startswith(f"{path}."))
        if (part := next(parts, None)) is not None:
            return part
        above = path.rpartition(".")[0]
        while above:
            if above in self.sources:
                return self.sources[above]
            above = above.rpartition(".")[0]
        return None

    def _place(self, entry: Entry | None) -> str | None:
        if entry is None or not entry.source:
            return None
        fields = self.places.get("fields")
        inside = fields.get(general(entry.source), "") if isinstance(fields, dict) else ""
        return _joined(str(self.places.get("at", "")), str(inside)) or None


def _joined(at: str, inside: str) -> str:
    """Return a place within a place; one that is told from the beginning of the answer stands by itself."""
    if not at or not inside or inside.startswith("/html"):
        return inside or at
    return f"{at} {inside}" if inside.startswith("/") else f"{at}/{inside}"
