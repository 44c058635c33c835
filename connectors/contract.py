"""What a connector folder offers, and the small types that pass between its parts and the harvester.

A connector folder holds `connector.yaml` (what it is), a spider (what to ask for), a parser (what the answers say)
and a stand-in (a local server with the registry's shapes). None of them touches the network or the database: the
harvester fetches, stores, and calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

from config.messages import CodedError, Issue
from crosswalks.listing import Listing

RightsPolicy = Literal["facts_only", "reuse_with_attribution"]


class Schedule(BaseModel):
    """When to come, by five-field `cron` or `every_minutes`. `zone` is the registry's own; `window` its quiet hours
    there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: str
    cron: str = ""
    every_minutes: int | None = Field(None, ge=1)
    window: str = ""
    jitter_minutes: int = Field(30, ge=0)


class Politeness(BaseModel):
    """How gently to ask. Times in seconds.

    Answers that have not changed are not fetched again, but for one run in `full_every_runs`; 0 always fetches all.
    A run that has sent `requests_per_run` requests sends no more and is incomplete; 0 sets no such end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    delay: float = 2.0
    concurrency: int = 1
    robots: bool = True
    retries: int = 3
    longest_wait: float = 300.0
    full_every_runs: int = Field(7, ge=0)
    requests_per_run: int = Field(0, ge=0)


class Limits(BaseModel):
    """How much to take in at most: bytes of one answer, seconds for one answer, answers of one run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_bytes: int = 32 * 2**20
    bulk_bytes: int = 0
    answer_seconds: float = 30.0
    bulk_seconds: float = 3600.0
    answers: int = 200_000


class Gates(BaseModel):
    """How far a run may differ from the last good one before it is held for a person. Shares are of 1.

    `small` is the number of listings below which a registry may grow by `most_found_small`. Differences of no more than
    `least` listings never hold a run. `key_fields` are fields of the listing whose loss is always looked at, and
    `categorical` those that hold few different words, of which a new one is looked at.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_found: float = Field(0.8, ge=0, le=1)
    most_found: float = Field(2.0, ge=1)
    most_found_small: float = Field(5.0, ge=1)
    small: int = Field(50, ge=0)
    removals: float = Field(0.05, ge=0, le=1)
    changes: float = Field(0.4, ge=0, le=1)
    fill_drop: float = Field(0.1, ge=0, le=1)
    one_title: float = Field(0.5, ge=0, le=1)
    least: int = Field(5, ge=0)
    key_fields: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    incomplete_publishes: bool = True
    retire_after_runs: int = Field(3, ge=1)
    retire_after_days: int = Field(14, ge=0)

    @property
    def patience(self) -> tuple[int, int]:
        """How many complete runs, and days, a record must be missing before it is retired."""
        return self.retire_after_runs, self.retire_after_days


class Notify(BaseModel):
    """Whom to tell of a registry's runs, and which. Without an address of its own, those of the settings are told.

    Of several troubles of one kind in a row only the first is told, then the recovery; `always` tells every run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: Literal["never", "on_failure", "on_failure_or_change", "always"] = "on_failure"
    mail: tuple[Annotated[str, Field(pattern=r"^[^@\s,]+@[^@\s,]+$")], ...] = ()
    webhook: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""


class Manifest(BaseModel):
    """A connector's `connector.yaml`, or what a registry's row makes of it.

    `address` is where a harvest begins; it is empty where nobody has seen the real one. `hosts` are further hosts
    that the spider may ask. `keeps_identifiers` is set where a record's own identifier is the one to use
    (the home registry). `options` are the connector's own settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_name: str = Field(alias="schema")
    title: dict[str, str]
    publisher: dict[str, str]
    country: str | None
    languages: tuple[str, ...]
    homepage: str
    address: str
    hosts: tuple[str, ...] = ()
    keeps_identifiers: bool = False
    rights: RightsPolicy
    attribution: str
    schedule: Schedule
    politeness: Politeness = Politeness()
    limits: Limits = Limits()
    expectations: dict[str, float] = {}
    gates: Gates = Gates()
    notify: Notify = Notify()
    options: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to ask a registry for.

    `kind` tells the parser what the answer is; `about` carries what the spider knew when it asked. `bulk` answers
    stream to disk under limits of their own; those of one `unit` may refer to each other, and are read side by
    side. `aside` is what listings can do without: a plain "not there" is told, and the run counts as complete.
    `secrets` are form fields with the files that hold their values: they are read when the request is sent, and never
    written down.
    """

    kind: str
    url: str
    method: Literal["GET", "POST"] = "GET"
    form: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    bulk: bool = False
    unit: str = ""
    aside: bool = False
    secrets: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """What makes this request the same on every run."""
        form = "&".join(f"{name}={value}" for name, value in self.form)
        return f"{self.kind} {self.url}" + (f" {form}" if form else "")


@dataclass(frozen=True, slots=True)
class Payload:
    """A kept answer. `url` is where it finally came from. A bulk answer has no `body`: `packed` is the
    gzip file with its bytes, and `beside` are the other answers of its unit.
    """

    kind: str
    url: str
    body: bytes
    media_type: str
    hash: str
    charset: str | None = None
    about: dict[str, str] = field(default_factory=dict)
    packed: Path | None = None
    beside: tuple[Payload, ...] = ()


class Found(NamedTuple):
    """One listing in a payload, typed by its schema, and where each of its fields stood.

    `places` has `at` (where the record is: a selector, pointer or node) and, by field, a place below it. What the
    source has not `released` is passed over where it is new, and kept with its state where it is known already.
    `position` is its place in the order of a source that tells versions and withdrawals one after the other.
    """

    listing: Listing
    places: dict[str, Any]
    released: bool = True
    position: int = 0


@dataclass(slots=True)
class Extract:
    """What one payload says. `found` may be a generator; the other figures are complete when it is used up.

    `stated` is the registry's own count for the list the payload belongs to (`stated_for` names that list), `rows`
    the rows that count covers. `blank` counts rows without content. `passed_over` counts records that are no
    micro-credentials or must not be taken, by message code. `lookups` are facts that listings of other payloads
    refer to, by a key that the connector's `join` knows. `structure` names what such an answer is made of (columns,
    keys, headings), so that a change of form is seen. `withdrawn` are listings that the source itself says are gone, by
    natural key or by the `at` they were last found at, with the position of that word in the source's order.
    """

    found: Iterable[Found] = ()
    stated: int | None = None
    stated_for: str = ""
    rows: int = 0
    blank: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    lookups: dict[str, BaseModel] = field(default_factory=dict)
    structure: tuple[str, ...] = ()
    withdrawn: dict[str, int] = field(default_factory=dict)


class StructureBroken(CodedError):
    """The payload is not what the parser was made for: the run stops and nothing is published."""


class Spider(Protocol):
    """Decides what to ask for; asks nothing itself."""

    def start(self) -> Iterable[Ask]:
        """Yield what a harvest begins with."""

    def follow(self, payload: Payload) -> Iterable[Ask]:
        """Yield what an answer leads to. Raises `StructureBroken`."""


@runtime_checkable
class Dividing(Protocol):
    """What a spider offers besides, when it can ask for less where a server could not answer."""

    def instead(self, ask: Ask, code: str) -> Iterable[Ask]:
        """Yield the smaller requests that together stand for one that failed; nothing when there are none."""


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry as a harvest sees it: its id, and its connector's manifest with the row's overrides applied.

    A connector that no row names is a pending registry: known, not active, waiting to be accepted.
    """

    id: str
    connector: str
    manifest: Manifest
    active: bool = True
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a stand-in answers."""

    body: bytes
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a stand-in is asked. `base` is its own address as the asker knows it, ending in a slash."""

    variant: str
    path: str
    query: dict[str, str]
    base: str
    method: str = "GET"
    form: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StandIn:
    """A small local server with a registry's real shapes, made of our own pages.

    `answer(question, listings)` returns None for an address it does not have. `entry` is the path a harvest begins
    at. `variants` describes each state it can show; `full` is the healthy one. `options` are manifest options that
    a harvest of a variant needs.
    """

    answer: Callable[[Question, int], Answer | None]
    entry: str
    listings: int
    variants: dict[str, str]
    options: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connector:
    """One kind of source.

    spider(registry) decides what to ask; parse(payload, registry) says what an answer holds; merge joins what several
    payloads say of one listing, and tells conflicts (None where a listing is whole in one payload); join adds to a
    listing what lookups of other payloads say; redact takes people out of an answer before it is kept.
    """

    spider: Callable[[Registry], Spider]
    parse: Callable[[Payload, Registry], Extract]
    redact: Callable[[bytes, str], bytes]
    standin: StandIn
    merge: Callable[[list[Found]], tuple[Found, list[Issue]]] | None = None
    join: Callable[[Found, Mapping[str, BaseModel]], Found] | None = None
