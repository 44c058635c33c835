"""The shapes of the API's answers, as they stand in the OpenAPI document; tests hold the answers to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from recognition.cells import Cell, Pair, Remark
from recognition.comparison import Compared
from recognition.outcomes.align import Alignment

Texts = dict[str, str]
_Descriptor = Annotated[dict[str, Any], WithJsonSchema({"$ref": "#/components/schemas/Descriptor"})]


class Shape(BaseModel):
    """Base of all shapes: closed to fields that are not named."""

    model_config = ConfigDict(extra="forbid")


class Told(Shape):
    """A message in Japanese and English."""

    ja: str
    en: str


class ProblemText(Shape):
    """What is wrong, and what to do."""

    text: str
    fix: str


class Problem(BaseModel):
    """Problem details (RFC 9457). `code` is one of our messages, `messages` holds it in both languages."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    messages: dict[Literal["ja", "en"], ProblemText]
    request_id: str | None = None


class ProblemMeaning(Shape):
    """A code that a problem may have."""

    code: str
    severity: str
    text: Told
    fix: Told


class RecordItem(Shape):
    """A record by the row of the publication log that stands for it. A deleted one has neither page nor descriptor."""

    id: str
    name: str
    registry: str
    version: int
    seq: int
    published_at: datetime
    deleted: bool
    content_hash: str | None
    page: str | None
    descriptor: _Descriptor | None = None
    reason: str | None = None
    successor: str | None = None


class RecordList(Shape):
    """A page of a list, oldest publication first. Without `next` it is the last; a page may be short, or empty, before.

    Ask next time for `after` = `horizon` with `deleted=true`: that is what changed.
    """

    horizon: int
    next: str | None
    records: list[RecordItem]


class VersionRow(Shape):
    """One row of the publication log about a record."""

    version: int
    op: Literal["create", "update", "delete"]
    seq: int
    published_at: datetime
    content_hash: str | None
    reason: str | None
    address: str


class VersionList(Shape):
    """Every version of a record, oldest first."""

    id: str
    versions: list[VersionRow]


class LedgerLine(Shape):
    """What became of a field. What a registry's terms do not release is not quoted (`quote`, `value`)."""

    source: str
    outcome: str
    target: str | None = None
    reason: str | None = None
    rule: str | None = None
    quote: str | None = None
    value: str | None = None


class LedgerAnswer(Shape):
    """The ledger of one crossing of a record: into the descriptor, or from it to a schema (`to`)."""

    id: str
    version: int
    source: str = Field(alias="from")
    to: str
    withheld_quotations: bool
    outcomes: dict[str, int]
    entries: list[LedgerLine]


class ShownCell(Cell):
    """A cell; `withheld` where the source says something that its registry's terms do not let us show."""

    withheld: bool = False


class ShownRow(Shape):
    """A row of a comparison. Pairs that rest on what is withheld are left out."""

    code: str
    labels: Texts
    cells: list[ShownCell]
    pairs: list[Pair]


class ShownHeading(Shape):
    """A heading of a comparison with its rows."""

    code: str
    number: int | None
    labels: Texts
    note: Remark | None
    rows: list[ShownRow]


class ComparisonAnswer(Shape):
    """Two to six records side by side, without a sum or a verdict. `key` stays while the versions do."""

    key: str
    subjects: list[Compared]
    headings: list[ShownHeading]
    alignments: list[Alignment]
    statement: Remark


class Example(Shape):
    """A place where something was found: the record or node, the value at fault, and where it stands."""

    node: str | None
    value: str | None
    place: str | None
    params: dict[str, Any]


class Reason(Shape):
    """All findings of one kind. `layer` is the kind of rule, for rules of the European Learning Model."""

    code: str
    severity: Literal["stop", "reject", "error", "warning", "info"]
    layer: str | None
    count: int
    text: Told
    fix: Told
    known_contradiction: Told | None
    examples: list[Example]


class ValidationAnswer(Shape):
    """What is to be said of a file. It passed when it can be read and nothing in it breaks a rule (warnings do not)."""

    name: str
    schema_name: str = Field(alias="schema")
    passed: bool
    records: int
    readable: bool
    reasons: list[Reason]


class FoundIssue(Shape):
    """One finding about a record or file."""

    code: str
    severity: str
    record: str | None
    place: str | None
    params: dict[str, Any]
    text: Told
    fix: Told


class LedgerOf(Shape):
    """A ledger of one crossing."""

    source: str = Field(alias="from")
    to: str
    entries: list[LedgerLine]


class ConvertedRecord(Shape):
    """What became of one record of a file."""

    record: str
    written: bool
    ledgers: list[LedgerOf]
    issues: list[FoundIssue]


class Loss(Shape):
    """Statements that were not carried, counted."""

    way: str
    field: str
    reason: str
    count: int


class ConversionAnswer(Shape):
    """A converted file. `result` is text, or base64 where `encoding` says so; it is null when nothing was written."""

    source: str = Field(alias="from")
    to: str
    format: str
    encoding: Literal["utf-8", "base64"]
    records: int
    written: int
    result: str | None
    losses: list[Loss]
    ledger: list[ConvertedRecord]
    issues: list[FoundIssue]


class MappingTable(Shape):
    """A mapping table (SSSOM) by its name, with how many rows it has."""

    table: str
    rows: int
    about: str | None


class SchemaRow(Shape):
    """A schema that is read or written. `formats` are the serialisations that are written."""

    schema_name: str = Field(alias="schema")
    title: Told
    read: bool
    written: bool
    formats: list[str]
    tables: list[MappingTable]


class SchemaList(Shape):
    """Every schema there is a way to and from, with its mapping tables."""

    schemas: list[SchemaRow]


class MappingRow(Shape):
    """A row of a mapping table; `verdict` is the last judgement on it, if anybody judged it."""

    table: str
    subject: str
    predicate: str
    object: str
    negative: bool
    comment: str
    verdict: Literal["proposed", "confirmed", "rejected"] | None


class MappingAnswer(Shape):
    """All rows of a schema's mapping tables."""

    schema_name: str = Field(alias="schema")
    rows: list[MappingRow]


class RegistryRow(Shape):
    """A registry: terms, how many records stand, and how fresh they are (days since a complete run confirmed them)."""

    name: str
    title: Texts
    publisher: Texts
    country: str | None
    homepage: str | None
    rights: str
    attribution: str
    state: str
    records: int
    confirmed_at: datetime | None
    days: int | None
    stale: bool
    last_run: str | None
    first_published: datetime | None
    last_published: datetime | None


class RegistryList(Shape):
    """Every registry of the deployment."""

    stale_days: int
    registries: list[RegistryRow]


class RegistryFigures(Shape):
    """Figures of a registry: records that stand, and what became of their fields on the way in."""

    records: int
    fields: dict[str, int]


class Statistics(Shape):
    """Figures of all that stands at a point of the publication log; facets count what may be shown."""

    horizon: int
    last_change: datetime | None
    records: int
    deleted: int
    registries: dict[str, RegistryFigures]
    facets: dict[str, dict[str, int]]


class SearchAnswer(Shape):
    """The best matches, how many there are in all, and what choosing a further value of each facet would leave."""

    total: int
    records: list[RecordItem]
    facets: dict[str, dict[str, int]]


class Index(Shape):
    """Where to begin."""

    openapi: str
    operations: dict[str, str]
