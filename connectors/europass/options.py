"""The connector's options, typed, and the addresses they lead to."""

from __future__ import annotations

import re
from string import Template
from typing import Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.messages import CodedError
from connectors.contract import Registry
from crosswalks.elm.profile import Generation

_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_DATA_FILE = re.compile(r"\.(?:zip|ttl|nt|nq|trig|rdf|xml|jsonld|gz)$", re.IGNORECASE)
_SEARCH = "search"


class Rule(BaseModel):
    """One way to be a candidate: everything it states must hold.

    `types` and `settings` are codes, one of which the record must have; `words` the fields, one of which must hold a
    word for micro-credentials; `categories` whole texts, one of which must be a category. With `most_credits` (ECTS)
    or `most_hours` some stated size must be within its bound and none above: a size alone says nothing, so a rule
    must state something else too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
    types: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    words: tuple[Literal["title", "category"], ...] = ()
    categories: tuple[str, ...] = ()
    most_credits: float | None = Field(None, gt=0)
    most_hours: float | None = Field(None, gt=0)

    @model_validator(mode="after")
    def _has_a_sign(self) -> Rule:
        if not (self.types or self.settings or self.words or self.categories):
            raise ValueError(f"the rule {self.id!r} states no sign; a size alone makes no candidate")
        return self


class DumpOptions(BaseModel):
    """How dumps are chosen and asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    formats: tuple[str, ...] = ("ttl",)
    download: str = ""


class Queries(BaseModel):
    """The texts of the queries, with `$places` to fill."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: str
    roots: str
    statements: str

    @field_validator("count", "roots", "statements")
    @classmethod
    def _without_order(cls, text: str) -> str:
        if _ORDER.search(text):
            raise ValueError("a query with an order is refused by the service")
        if not Template(text).is_valid():
            raise ValueError("a `$` that names no place must be written twice")
        return text


class SparqlOptions(BaseModel):
    """How the query service is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str
    terms: Generation = "elm-3.2"
    classes: tuple[str, ...]
    starts: tuple[str, ...]
    rows: int = Field(20_000, ge=10)
    records: int = Field(10, ge=1, le=100)
    count: bool = True
    queries: Queries


class ApiOptions(BaseModel):
    """How the search is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    types: tuple[Literal["learning-opportunity", "qualification"], ...]
    keywords: tuple[str, ...] = ("",)
    size: int = Field(100, ge=1, le=150)
    version: str
    sort: str


class Options(BaseModel):
    """The options of `connector.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transport: Literal["dump", "sparql", "api", "xml"]
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = Field(("en",), min_length=1)
    released: tuple[str, ...] = ("released",)
    in_memory_bytes: int = Field(2**25, ge=0)
    scratch: str = ""
    dump: DumpOptions
    sparql: SparqlOptions
    api: ApiOptions
    xml: tuple[str, ...] = ()
    candidates: tuple[Rule, ...] = Field(min_length=1)

    @field_validator("countries")
    @classmethod
    def _codes(cls, countries: tuple[str, ...]) -> tuple[str, ...]:
        for code in countries:
            if len(code) != 3 or not code.isalpha():
                raise ValueError(f"{code!r} is no three-letter country code")
        return tuple(sorted({code.lower() for code in countries}))

    @field_validator("candidates")
    @classmethod
    def _once_each(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        names = [rule.id for rule in rules]
        if len(set(names)) < len(names):
            raise ValueError("two rules share an id")
        return rules


class Setting(NamedTuple):
    """What a harvest of one registry goes by."""

    options: Options
    address: str

    @property
    def is_file(self) -> bool:
        """Whether the address is a data file itself, and not a catalogue."""
        return _DATA_FILE.search(urlsplit(self.address).path) is not None

    @property
    def endpoint(self) -> str:
        """The address of the query service."""
        return urljoin(self.address, self.options.sparql.endpoint)

    @property
    def files(self) -> tuple[str, ...]:
        """The addresses of the LOQ XML files."""
        return tuple(urljoin(self.address, file) for file in self.options.xml) or (self.address,)

    def api(self, path: str) -> str:
        """Return an address of the search, which `address` may be itself."""
        parts = urlsplit(self.address)
        here = parts.path.endswith(f"/{_SEARCH}")
        base = self.address if here else urljoin(self.address, self.options.api.base)
        return urljoin(base, path)

    def download(self, link: str, catalogue: str) -> str:
        """Return how to ask for a dump that a catalogue names: as it stands, or through the catalogue's own host."""
        link = urljoin(catalogue, link)
        template = self.options.dump.download
        if not template or urlsplit(link).netloc == urlsplit(catalogue).netloc:
            return link
        return urljoin(catalogue, template.format(url=link))


def setting_of(registry: Registry) -> Setting:
    """Return the typed options of a registry. Raises `CodedError` with `connector_invalid`."""
    try:
        return Setting(Options.model_validate(registry.manifest.options), registry.manifest.address)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        detail = f"options.{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise CodedError.of("connector_invalid", connector=registry.connector, detail=detail) from None
