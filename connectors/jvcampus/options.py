"""The connector's options, typed, and what they say of the site."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.messages import CodedError
from connectors.contract import Registry
from crosswalks.jvcampus.custom import MEANINGS
from crosswalks.jvcampus.model import BoxKind
from crosswalks.jvcampus.moodle import Site
from crosswalks.jvcampus.values import Meaning
from crosswalks.text import matching_key

SERVICE = "webservice/rest/server.php"
_TAILS = (SERVICE, "course/index.php", "course/search.php", "course/category.php", "course/", "index.php")


class FieldMeaning(BaseModel):
    """What a custom field of this site means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    means: str
    unit: Literal["hours", "minutes", "weeks"] | None = None
    scheme: str | None = None
    system: str | None = None

    @field_validator("means")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in MEANINGS:
            raise ValueError(f"{value!r} is none of: {', '.join(sorted(MEANINGS))}")
        return value


class StatedBox(BaseModel):
    """What the deployment states of a Box."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: BoxKind
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")


class Options(BaseModel):
    """The options of `connector.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transport: Literal["auto", "webservice", "html"] = "auto"
    token_file: str = ""
    function: Literal["categories", "search", "all"] = "categories"
    categories: tuple[int, ...] = ()
    search: tuple[str, ...] = ()
    per_page: int = Field(50, ge=1, le=1000)
    details: Literal["auto", "never"] = "auto"
    badges: tuple[int, ...] = ()
    custom_fields: dict[str, FieldMeaning] = Field(default_factory=dict)
    box_kinds: dict[str, StatedBox] = Field(default_factory=dict)
    language: str = ""
    time_zone: str = "Asia/Tokyo"

    @field_validator("custom_fields", mode="before")
    @classmethod
    def _short_meanings(cls, value: Any) -> Any:
        return _spelled_out(value, "means")

    @field_validator("box_kinds", mode="before")
    @classmethod
    def _short_kinds(cls, value: Any) -> Any:
        return _spelled_out(value, "kind")

    @model_validator(mode="after")
    def _search_has_words(self) -> Options:
        if self.function == "search" and not self.search:
            raise ValueError("function: search needs words in search")
        return self

    def stated_box(self, number: int | None, name: str | None) -> StatedBox | None:
        """Return what is stated of a Box, by its number or else its name."""
        return self.box_kinds.get(str(number)) or self.box_kinds.get(matching_key(name or ""))


class Setting(NamedTuple):
    """What a harvest of one registry goes by. `at_service` tells that its address is the web service's own."""

    options: Options
    site: Site
    at_service: bool = False

    @property
    def by_service(self) -> bool:
        """Whether the web service is asked, not the pages."""
        transport = self.options.transport
        keyed = bool(self.options.token_file) or self.at_service
        return transport == "webservice" or (transport == "auto" and keyed)


def setting_of(registry: Registry) -> Setting:
    """Return the typed options of a registry and its site. Raises `CodedError` with `connector_invalid`."""
    try:
        options = Options.model_validate(registry.manifest.options)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        detail = f"options.{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise CodedError.of("connector_invalid", connector=registry.connector, detail=detail) from None
    fields = options.custom_fields.items()
    meanings = {matching_key(name): Meaning(**meaning.model_dump()) for name, meaning in fields}
    address = registry.manifest.address
    site = Site(root_of(address), options.language or None, options.time_zone or None, meanings)
    return Setting(options, site, urlsplit(address).path.endswith(f"/{SERVICE}"))


def root_of(address: str) -> str:
    """Return the root of the Moodle site that an address belongs to, ending in a slash."""
    parts = urlsplit(address)
    path = parts.path
    for tail in _TAILS:
        if path.endswith(f"/{tail}"):
            path = path.removesuffix(tail)
            break
    path = path if path.endswith("/") else f"{path}/"
    return parts._replace(path=path, query="", fragment="").geturl() if parts.netloc else ""


def _spelled_out(value: Any, key: str) -> Any:
    """Let a bare word stand for an entry with only that, and names differ in case, width and accents."""
    if not isinstance(value, dict):
        return value
    return {matching_key(str(name)): {key: entry} if isinstance(entry, str) else entry for name, entry in value.items()}
