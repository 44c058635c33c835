"""Pinning a published version for a decision, and looking at what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from config.messages import CodedError
from config.settings import Settings
from connectors.discovery import registry as find_registry
from crosswalks.descriptor.serialise import load
from crosswalks.judgements import shipped_judgements
from crosswalks.mapping import mapping_tables, plain_rows
from harvester.workplace import Workplace
from recognition.cells import Remark
from recognition.decisions.changes import (
    Now,
    changes,
    digest_of_judgements,
    digest_of_table,
    levels_used,
    reading_tables,
)
from recognition.decisions.model import Pin
from store.judgements import judgements_on
from store.publications import LogRow, contents, standing_row


class Lookout:
    """Looks at records and mapping tables as they are now; each table is read once for as long as it lives."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._tables: dict[str, tuple[dict[str, str], dict[str, str]]] = {}

    def pin(self, record_id: str, framework: str | None) -> Pin:
        """Pin the version that is public now. Raises `CodedError` with `record_retired` or `record_unknown`."""
        row = self._row(record_id)
        if row.deleted:
            raise CodedError.of("record_retired", record=record_id)
        tables, judgements = self._read_by(row.registry)
        return Pin(
            record=record_id, iri=row.iri, registry=row.registry, version=row.version, seq=row.seq,
            content_hash=row.content_hash, tables=tables, judgements=judgements,
            levels=levels_used(load(self.content(row.seq)), framework),
        )  # fmt: skip

    def changes(self, pin: Pin) -> tuple[Remark, ...]:
        """Return what a pinned version rests on that is not as it was."""
        row = self._row(pin.record)
        pinned: Mapping[str, Any] = {}
        content: Mapping[str, Any] | None = pinned
        if row.deleted:
            content = None
        elif row.content_hash != pin.content_hash:
            pinned, content = (orjson.loads(self.content(seq)) for seq in (pin.seq, row.seq))
        return changes(pin, pinned, Now(row.version, content, *self._read_by(pin.registry)))

    def content(self, seq: int) -> str:
        """Return the descriptor that a row of the publication log published, as canonical JSON."""
        return contents(self._place.database, [seq])[seq]

    def _row(self, record_id: str) -> LogRow:
        row = standing_row(self._place.database, record_id)
        if row is None:
            raise CodedError.of("record_unknown", name=record_id)
        return row

    def _read_by(self, registry: str) -> tuple[dict[str, str], dict[str, str]]:
        """Return digests of the mapping tables that a registry's records are read by, and of what is held of them."""
        if registry not in self._tables:
            schema = schema_of(self._place.settings, registry)
            paths = mapping_tables()
            names = reading_tables(paths, schema) if schema else []
            held = [*shipped_judgements(schema), *judgements_on(self._place.database, schema)] if schema else []
            judged = {one.table for one in held}
            self._tables[registry] = (
                {name: digest_of_table(plain_rows(paths[name])) for name in names},
                {name: digest_of_judgements(held, name) for name in names if name in judged},
            )
        return self._tables[registry]


def schema_of(settings: Settings, registry: str) -> str | None:
    """Return the schema in which a registry publishes; None for a registry that the list no longer has."""
    try:
        return find_registry(registry, settings.registries_file).manifest.schema_name
    except CodedError:
        return None


def is_home(settings: Settings, registry: str) -> bool:
    """Tell whether a registry is the home registry: the one whose identifiers are kept."""
    try:
        return find_registry(registry, settings.registries_file).manifest.keeps_identifiers
    except CodedError:
        return False
