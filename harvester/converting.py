"""Converting files by hand: any schema to any, through the descriptor, with the ledger of every crossing."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from config.messages import CodedError, Issue, Severity
from connectors.contract import Payload, Registry
from connectors.discovery import connector, registries
from crosswalks.contract import Crosswalk, crosswalk_for, crosswalk_table
from crosswalks.descriptor.identity import converted_iri
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.privacy import impersonal, protected, without_people, without_people_told, without_words
from crosswalks.ledger import Crossing, Ledger, general
from harvester.crawling.blame import whereabouts
from store.payloads import payload_hash

_MOST_ISSUES = 1000
_TELLING = (
    "rules_not_records", "edc_token", "edc_no_achievement", "credential_crowded", "contexts_crowded", "remote_context",
    "document_type_refused", "pii_present",
)  # fmt: skip
"""Refusals by a schema that knows what a file is, the most telling first: better than that its schema is not known."""
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
class Account:
    """The sums of a conversion: records read and written, what was lost (way, field, reason), and what to know.

    Of the issues the first are kept, and all are counted; an account does not grow with the number of records.
    """

    source: str
    target: str
    read: int = 0
    written: int = 0
    lost: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)

    def add(self, one: Converted) -> None:
        """Take in what became of a record."""
        self.read += 1
        self.written += one.written
        for ledger in one.ledgers:
            way = f"{ledger.source_schema} → {ledger.target_schema}"
            self.lost.update((way, general(entry.source), entry.reason or "") for entry in ledger.losses())
        self.note(one.issues)

    def note(self, issues: Iterable[Issue]) -> None:
        """Take in issues; what they quote names nobody."""
        for issue in without_people_told(issues):
            self.codes[issue.code] += 1
            if len(self.issues) < _MOST_ISSUES:
                self.issues.append(issue)

    def losses(self) -> list[tuple[str, str, str, int]]:
        """Return what was lost with its number, the commonest first."""
        return sorted(((*key, number) for key, number in self.lost.items()), key=lambda row: (-row[3], row[:3]))


@dataclass(slots=True)
class Conversion:
    """A whole file that was converted at once: what became of each record, and what concerns the file."""

    source: str
    target: str
    records: list[Converted] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def convert(data: bytes, name: str, source: str, target: str) -> Conversion:
    """Carry every record of a file from one schema to another; one that cannot be held is left out and told.

    Raises as `carried`.
    """
    account = Account(source, target)
    records = list(carried([(name, data)], account))
    of_records = [issue for one in records for issue in one.issues]
    return Conversion(source, target, records, [issue for issue in account.issues if issue not in of_records])


def carried(pieces: Iterable[tuple[str, bytes]], account: Account) -> Iterator[Converted]:
    """Carry the records of the pieces of a file (name, bytes), one by one; the account is kept on the way.

    Raises `CodedError` with `schema_unknown`, `schema_not_written`, `schema_without_pages`,
    `file_not_schema` or `file_empty`.
    """
    reading, writing = crosswalk_for(account.source), crosswalk_for(account.target)
    if writing.write is None:
        known = ", ".join(sorted(name for name, one in crosswalk_table().items() if one.write))
        raise CodedError.of("schema_not_written", schema=account.target, known=known)
    name = ""
    for name, data in pieces:
        for record in _records(reading, data, name, account):
            try:
                one = _carried(record, reading, writing)
            except CodedError as error:
                account.note(error.issues)
                continue
            account.add(one)
            yield one
    if not account.read and not account.codes:
        raise CodedError.of("file_empty", file=name, schema=account.source)


def write_records(account: Account, records: Iterable[Converted], syntax: str, out: BinaryIO, **options: str) -> None:
    """Write the records that reach the target in one of its syntaxes, as they come."""
    writing = crosswalk_for(account.target)
    made = (one.record for one in records if one.written)
    if writing.dump is not None:
        writing.dump(made, syntax, out, options)
    else:
        deque(made, maxlen=0)


def guess(data: bytes, name: str) -> str:
    """Return the one schema that reads a file, or the beginning of one.

    Raises `CodedError` with `schema_not_guessed` when none does, or several do; where none does and one of them knows
    what the file is, with what that one says of it.
    """
    refusals: dict[str, CodedError] = {}
    reading = [one for _, one in sorted(crosswalk_table().items()) if _reads(one, data, name, refusals)]
    strict = [one for one in reading if not one.reads_loosely]
    found = [one.schema for one in strict or reading]
    if not found and (code := next((code for code in _TELLING if code in refusals), None)):
        raise refusals[code]
    if len(found) != 1:
        known = ", ".join(found or sorted(crosswalk_table()))
        raise CodedError.of("schema_not_guessed", file=name, known=known)
    return found[0]


def _reads(crosswalk: Crosswalk, data: bytes, name: str, refusals: dict[str, CodedError]) -> bool:
    """Tell whether a schema finds a record that says something in a file; note why it refuses one."""
    try:
        first = next(_records(crosswalk, data, name, Account(crosswalk.schema, "jmicro")), None)
        return first is not None and bool(first.model_dump(exclude_defaults=True))
    except CodedError as error:
        refusals.setdefault(error.issues[0].code, error)
        return False
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return False


def _records(reading: Crosswalk, data: bytes, name: str, account: Account) -> Iterator[Any]:
    """Yield the records of a file: by the schema's own loader, or, for a page, by the connector that reads such."""
    if (media_type := _PAGES.get(Path(name).suffix.lower())) and not reading.reads_pages:
        yield from _of_page(reading, data, name, media_type, account)
        return
    try:
        yield from reading.load(data, name)
    except CodedError as error:
        if not account.read:
            raise
        account.note(error.issues)


def _of_page(reading: Crosswalk, data: bytes, name: str, media_type: str, account: Account) -> Iterator[Any]:
    registry = _registry_of(reading.schema, name)
    found = connector(registry.connector)
    kept = found.redact(data, media_type)
    payload = Payload("list", Path(name).resolve().as_uri(), kept, media_type, payload_hash(kept))
    extract = found.parse(payload, registry)
    for one in extract.found:
        yield one.listing
    account.note(extract.issues)


def _registry_of(schema: str, name: str) -> Registry:
    for registry in registries().values():
        if registry.manifest.schema_name == schema:
            return registry
    raise CodedError.of("schema_without_pages", schema=schema, file=name)


def _carried(record: Any, reading: Crosswalk, writing: Crosswalk) -> Converted:
    natural = reading.key(record)
    iri = reading.iri(record) or converted_iri(reading.schema, natural)
    record, people = without_people(record)
    key = impersonal(natural, reading.key(record)) if people else natural
    try:
        inward = reading.read(record, iri, SourceRecord(registry=reading.schema, source_id=key))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise CodedError.of("record_invalid", detail=whereabouts(error)) from error
    descriptor, masked, words = protected(inward.value)
    if words:
        taken = [word for some in words.values() for word in some]
        inward.ledger.entries[:] = without_words(inward.ledger.entries, taken)
    issues = without_people_told([*inward.issues, *people, *masked])
    converted = Converted(key, descriptor, [inward.ledger], issues)
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
