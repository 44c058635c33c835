"""Settings of a deployment, from the environment (`KAKEHASHI_…`) or a file named by `KAKEHASHI_SETTINGS`.

Every setting has a default that needs no service. `kakehashi` validates them once, at start.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

from config.messages import CodedError


class Settings(BaseSettings):
    """What an operator may set. Paths are relative to the working directory."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore", frozen=True)

    home: Path = Field(Path("var"), description="Folder of the database, the payloads and the exports.")
    database_url: str | None = Field(None, description="SQLAlchemy address; by default SQLite in the home.")
    registries_file: Path | None = Field(None, description="Registry list instead of the built-in one.")
    public_base: HttpUrl = Field(
        HttpUrl("https://kakehashi.example/"),
        description="Public address of this registry; record identifiers are minted below it.",
    )
    contact: str = Field(
        "https://kakehashi.example/harvester",
        description="Where a registry's staff can reach the operator; sent in the user agent.",
    )
    admin_email: str = Field(
        "registry@kakehashi.example",
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Where partners reach the people who run this registry; told to harvesters.",
    )
    token_key: SecretStr | None = Field(
        None, description="Secret that resumption tokens are signed with; by default made once and kept in the home."
    )
    oai_page_size: int = Field(100, ge=1, le=1000, description="Records in one answer of OAI-PMH.")
    elm_namespace: Literal["elm-3.2", "elm-3.3"] = Field(
        "elm-3.2", description="Generation of the ELM term namespace that exports are written in."
    )
    shapes: Path | None = Field(None, description="Folder with the official ELM shapes, for `validate`.")
    allow_loopback: bool = Field(
        default=False,
        description="Let every crawl reach this machine itself, for stand-ins; never where others can set addresses.",
    )
    crawl_timeout: float = Field(4 * 3600, gt=0, description="Longest time one crawl may take, in seconds.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value and not value.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise ValueError("the database must be SQLite or PostgreSQL")
        return value

    @property
    def base(self) -> str:
        """The public address without a trailing slash."""
        return str(self.public_base).rstrip("/")

    @property
    def database(self) -> str:
        """The database address to connect to."""
        if self.database_url is None:
            return f"sqlite:///{self.home / 'kakehashi.sqlite'}"
        return self.database_url.replace("postgresql:", "postgresql+psycopg:", 1)

    @property
    def user_agent(self) -> str:
        """How the harvester introduces itself."""
        return f"Kakehashi/0.1 (+{self.contact})"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the settings file."""
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings, file_secret_settings]
        if name := os.environ.get("KAKEHASHI_SETTINGS"):
            sources.append(YamlConfigSettingsSource(settings_cls, yaml_file=Path(name)))
        return tuple(sources)


def read_settings(**given: Any) -> Settings:
    """Return the settings, `given` ones as they are and the others from the environment and the file.

    Raises `CodedError` with `setting_invalid` for a bad value or a settings file that cannot be read.
    """
    name = os.environ.get("KAKEHASHI_SETTINGS")
    if name and not Path(name).is_file():
        raise CodedError.of("setting_invalid", detail=f"KAKEHASHI_SETTINGS: {name}: no such file")
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CodedError.of("setting_invalid", detail=f"{place}: {first['msg']}") from None
    except (OSError, yaml.YAMLError, UnicodeDecodeError, TypeError, ValueError) as error:
        detail = f"KAKEHASHI_SETTINGS: {name}: {str(error).splitlines()[0]}"
        raise CodedError.of("setting_invalid", detail=detail) from None


@cache
def settings() -> Settings:
    """Return the settings of this process. Raises `CodedError` as `read_settings` does."""
    return read_settings()
