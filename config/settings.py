"""Settings of a deployment, from the environment (`KAKEHASHI_…`) or a file named by `KAKEHASHI_SETTINGS`.

Every setting has a default that needs no service. `kakehashi` validates them once, at start.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
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
    four_eyes: bool = Field(
        default=True, description="Whether what is proposed in a decision must be approved by somebody else."
    )
    renewal_days: int = Field(
        90, ge=0, description="How many days before its end a decision counts as due for renewal."
    )
    proof_algorithm: Literal["ES256", "EdDSA"] = Field(
        "ES256", description="What new keys for proofs of recognition sign with."
    )
    proof_key: SecretStr | None = Field(
        None,
        description="Private key for proofs of recognition, as JWK or PEM; by default made once and kept in the home.",
    )
    oai_page_size: int = Field(100, ge=1, le=1000, description="Records in one answer of OAI-PMH.")
    written_ahead: Literal["all", "descriptor", "none"] = Field(
        "all", description="Forms that `kakehashi work` writes ahead of partners; `descriptor`: those without ELM."
    )
    elm_namespace: Literal["elm-3.2", "elm-3.3"] = Field(
        "elm-3.2", description="Generation of the ELM term namespace that exports are written in."
    )
    seal_key: Path | None = Field(
        None,
        description="Private key (PEM, P-256) that manifests of dumps are sealed with; no key, no seal.",
    )
    seal_certificate: Path | None = Field(
        None, description="Certificate of the seal's key, with its chain (PEM); it stands in the seal."
    )
    wallet_security: (
        Literal["iso_18045_high", "iso_18045_moderate", "iso_18045_enhanced-basic", "iso_18045_basic"] | None
    ) = Field(
        None, description="Level of security in candidates of attestation schemes (TS11); undecided, no candidates."
    )
    wallet_binding: Literal["claim", "key", "biometric", "none"] | None = Field(
        None, description="Binding to the holder in candidates of attestation schemes; undecided, no candidates."
    )
    shapes: Path | None = Field(None, description="Folder with the official ELM shapes, for `validate`.")
    allow_loopback: bool = Field(
        default=False,
        description="Let every crawl reach this machine itself, for stand-ins; never where others can set addresses.",
    )
    session_idle_minutes: int = Field(30, ge=1, le=24 * 60, description="A session unused for so long is over.")
    session_hours: float = Field(8, gt=0, le=72, description="A session is over after so many hours whatever happens.")
    local_sign_in: bool = Field(
        default=True, description="Let people sign in with passwords of this deployment; for set-up, until OIDC stands."
    )
    oidc_issuer: str | None = Field(
        None, pattern=r"^https?://\S+$", description="Provider of identities (OpenID Connect) that people sign in with."
    )
    oidc_client_id: str = Field("", description="What the provider calls this portal.")
    oidc_client_secret: SecretStr | None = Field(None, description="Secret that the provider gave for it.")
    oidc_name: str = Field("OpenID Connect", description="What people call the provider; shown on the sign-in page.")
    oidc_scopes: str = Field("openid email profile", description="What the provider is asked to tell.")
    oidc_new_role: Literal["viewer", "partner", "committee"] | None = Field(
        None, description="Role of people the provider sends for the first time; by default only known accounts get in."
    )
    key_rate: str = Field(
        "600/minute", pattern=r"^\d+/(\d+)?(second|minute|hour|day)s?$",
        description="How often one API key may ask; counted over all processes.",
    )  # fmt: skip
    api_rate: str = Field(
        "300/minute", pattern=r"^\d+/(\d+)?(second|minute|hour|day)s?$",
        description="How often one address may ask the API without a key; counted in each process.",
    )  # fmt: skip
    api_body_bytes: int = Field(8 * 2**20, ge=1024, description="Largest file that the API takes, in bytes.")
    api_seconds: float = Field(
        20, gt=0, le=300, description="Longest time that a file handed to the API is worked on, in seconds."
    )
    runs_at_once: int = Field(
        0, ge=0, description="How many queued runs may run at once, on all machines together; 0 for any number."
    )
    outcome_model: Path | None = Field(
        None, description="Folder of a model of word vectors that suggests outcomes near each other; by default none."
    )
    translation_service: HttpUrl | None = Field(
        None,
        description="Address of a service (API of LibreTranslate) that drafts translations when somebody asks; "
        "by default none.",
    )
    translation_key: SecretStr | None = Field(None, description="Key that this service asks for, if it does.")
    translation_model: str = Field(
        "", max_length=200, description="What the service runs, with its version; told beside every draft."
    )
    sparql: bool = Field(default=False, description="Answer queries in SPARQL over the newest dump.")
    sparql_seconds: float = Field(10, gt=0, le=300, description="Longest time of one query, in seconds.")
    sparql_rows: int = Field(10_000, ge=1, le=1_000_000, description="Most rows or triples of one query's result.")
    sparql_megabytes: int = Field(1024, ge=128, description="Most memory of one query, in MiB.")
    crawl_timeout: float = Field(4 * 3600, gt=0, description="Longest time one crawl may take, in seconds.")
    health_host: str = Field("127.0.0.1", description="Address where `kakehashi work` tells its health and metrics.")
    health_port: int = Field(9464, ge=0, le=65535, description="Port for that; 0 tells them nowhere.")
    log_format: Literal["text", "json"] = Field(
        "text", description="How `kakehashi work` writes its lines: for people, or one JSON object each."
    )

    smtp_host: str | None = Field(None, description="Mail server that notices leave by; without one no mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the way to the mail server is protected; `none` only for one on this machine."
    )
    smtp_user: str | None = Field(None, description="Name to log in to the mail server with, if it wants one.")
    smtp_password: SecretStr | None = Field(
        None, description="Password for that; `KAKEHASHI_SMTP_PASSWORD_FILE` names a file with it instead."
    )
    mail_from: str | None = Field(
        None, pattern=r"^[^@\s]+@[^@\s]+$", description="Sender of notices; by default `admin_email`."
    )
    notify_mail: str = Field(
        "",
        pattern=r"^\s*([^@\s,]+@[^@\s,]+(\s*,\s*[^@\s,]+@[^@\s,]+)*)?\s*$",
        description="Mail addresses, with commas between, that are told of runs where a registry names none.",
    )
    notify_webhook: HttpUrl | None = Field(
        None, description="Address that notices are posted to where a registry names none of its own."
    )
    webhook_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Secret that posted notices are signed with; `KAKEHASHI_WEBHOOK_SECRET_FILE` names a file with it.",
    )
    payload_days: int = Field(
        400, ge=1, description="How long `prune` keeps payloads that nothing else needs, in days."
    )
    payload_runs: int = Field(
        3, ge=1, description="Of how many of a registry's latest complete runs `prune` keeps every payload."
    )

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
            return f"sqlite:///{(self.home / 'kakehashi.sqlite').absolute()}"
        return self.database_url.replace("postgresql:", "postgresql+psycopg:", 1)

    @property
    def notify_addresses(self) -> tuple[str, ...]:
        """The mail addresses that are told of runs where a registry names none."""
        return tuple(one for part in self.notify_mail.split(",") if (one := part.strip()))

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
        files = _SecretFiles(settings_cls)
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings, files, file_secret_settings]
        if name := os.environ.get("KAKEHASHI_SETTINGS"):
            sources.append(YamlConfigSettingsSource(settings_cls, yaml_file=Path(name)))
        return tuple(sources)


@cache
def secret_files() -> dict[str, str]:
    """Return the settings that may stand in a file of their own, each with the variable that names the file."""
    secret = [
        name
        for name, field in Settings.model_fields.items()
        if name == "database_url" or SecretStr in (field.annotation, *get_args(field.annotation))
    ]
    return {name: f"KAKEHASHI_{name.upper()}_FILE" for name in secret}


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads what must not stand in the environment from files: `KAKEHASHI_…_FILE` names one for each secret."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002  as its base
        """Return what the file of a setting holds, None when none is named. Raises `CodedError`."""
        variable = secret_files().get(field_name, "")
        name = os.environ.get(variable)
        if not name:
            return None, field_name, False
        try:
            return Path(name).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            detail = getattr(error, "strerror", None) or type(error).__name__
            raise CodedError.of("setting_invalid", detail=f"{variable}: {name}: {detail}") from None

    def __call__(self) -> dict[str, Any]:
        """Return every setting that a file is named for."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


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
