"""Converting files by hand: any schema to any, through the descriptor, with the ledger of every crossing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from config.messages import CodedError, Issue, Severity
from connectors.contract import Payload, Registry
from connectors.discovery import connector, registries
from crosswalks.contract import Crosswalk, crosswalk_for, crosswalk_table
from crosswalks.descriptor.identity import converted_iri
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.privacy import protect
from crosswalks.ledger import Crossing, Ledger
from harvester.blame import whereabouts
from store.payloads import payload_hash

_PAGES = {".html": "text/html", ".htm": "text/html", ".cfm": "text/html"}


@dataclass(slots=True)
class Converted:
    """What became of one record of a file: its descriptor, the ledgers of the way in and out, and what to know."""

    key: str
    descriptor: Descriptor
    ledgers: list[Ledger]
    issues: list[Issue]
    record: Any = None
    written: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the account of the record for machines."""
        return {
            "record": self.key,
            "written": self.written,
            "ledgers": [ledger.as_json() for ledger in self.ledgers],
            "issues": [issue.as_json() for issue in self.issues],
        }


@dataclass(slots=True)
class Conversion:
    """A whole file on its way: what became of each record, and what concerns the file."""

    source: str
    target: str
    records: list[Converted] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def written(self) -> int:
        """How many records reached the target."""
        return sum(one.written for one in self.records)


def convert(data: bytes, name: str, source: str, target: str) -> Conversion:
    """Carry every record of a file from one schema to another; one that cannot be held is left out and told.

    Raises `CodedError` with `schema_unknown`, `schema_not_written`, `schema_without_pages`,
    `file_not_schema` or `file_empty`.
    """
    reading, writing = crosswalk_for(source), crosswalk_for(target)
    if writing.write is None:
        known = ", ".join(sorted(name for name, one in crosswalk_table().items() if one.write))
        raise CodedError.of("schema_not_written", schema=target, known=known)
    conversion = Conversion(source, target)
    for record in _records(reading, data, name, conversion):
        try:
            conversion.records.append(_carried(record, reading, writing))
        except CodedError as error:
            conversion.issues.extend(error.issues)
    if not conversion.records and not conversion.issues:
        raise CodedError.of("file_empty", file=name, schema=source)
    return conversion


def write_records(conversion: Conversion, syntax: str, out: BinaryIO, options: Mapping[str, str]) -> None:
    """Write what reached the target in one of its syntaxes."""
    writing = crosswalk_for(conversion.target)
    if writing.dump is not None:
        writing.dump([one.record for one in conversion.records if one.written], syntax, out, options)


def _records(reading: Crosswalk, data: bytes, name: str, conversion: Conversion) -> Iterator[Any]:
    """Yield the records of a file: by the schema's own loader, or, for a page, by the connector that reads such."""
    if media_type := _PAGES.get(Path(name).suffix.lower()):
        yield from _of_page(reading, data, name, media_type, conversion)
        return
    try:
        yield from reading.load(data, name)
    except CodedError as error:
        if not conversion.records:
            raise
        conversion.issues.extend(error.issues)


def _of_page(reading: Crosswalk, data: bytes, name: str, media_type: str, conversion: Conversion) -> Iterator[Any]:
    registry = _registry_of(reading.schema, name)
    found = connector(registry.connector)
    kept = found.redact(data, media_type)
    payload = Payload("list", Path(name).resolve().as_uri(), kept, media_type, payload_hash(kept))
    extract = found.parse(payload, registry)
    for one in extract.found:
        yield one.listing
    conversion.issues.extend(extract.issues)


def _registry_of(schema: str, name: str) -> Registry:
    for registry in registries().values():
        if registry.manifest.schema_name == schema:
            return registry
    raise CodedError.of("schema_without_pages", schema=schema, file=name)


def _carried(record: Any, reading: Crosswalk, writing: Crosswalk) -> Converted:
    key = reading.key(record)
    iri = reading.iri(record) or converted_iri(reading.schema, key)
    try:
        inward = reading.read(record, iri, SourceRecord(registry=reading.schema, source_id=key))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise CodedError.of("record_invalid", detail=whereabouts(error)) from error
    descriptor, masked = protect(inward.value)
    converted = Converted(key, descriptor, [inward.ledger], [*inward.issues, *masked])
    if writing.write is None:
        return converted
    outward: Crossing[Any] = writing.write(descriptor)
    if writing.schema != "jmicro":
        converted.ledgers.append(outward.ledger)
    converted.issues.extend(outward.issues)
    converted.record = outward.value
    converted.written = not any(_keeps_back(issue) for issue in outward.issues)
    return converted


def _keeps_back(issue: Issue) -> bool:
    return issue.severity is Severity.REJECT or issue.code.startswith("withheld_")


def losses(converted: Iterable[Converted]) -> list[tuple[str, str, str, int]]:
    """Return what was lost on the way, counted by schema, field and reason, the commonest first."""
    counts: dict[tuple[str, str, str], int] = {}
    for one in converted:
        for ledger in one.ledgers:
            for entry in ledger.losses():
                key = (f"{ledger.source_schema} → {ledger.target_schema}", entry.source, entry.reason or "")
                counts[key] = counts.get(key, 0) + 1
    return sorted(((*key, number) for key, number in counts.items()), key=lambda row: (-row[3], row[:3]))
