"""Looking a deployment over before anything goes wrong: what is set, what it stands on, and what to do about the rest.

Nothing is changed: no table is made, no folder, nothing is asked over the network unless that is wanted.
"""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import SecretStr

from config.messages import CodedError, Issue, Severity
from config.settings import Settings, read_settings, secret_files
from connectors.contract import Registry
from connectors.discovery import registries
from harvester.crawling.asking import Asking, shape_trouble
from harvester.crawling.folder import folder_of
from harvester.watching.health import LEAST_DISK, disk_trouble
from store.clock import now
from store.database import Database
from store.diagnosis import Engine, engine_of, without_password
from store.figures import latest_moment
from store.schema import standing_of
from store.snapshots import program_of

Part = Literal["settings", "secrets", "home", "database", "clock", "registries", "tools", "models"]
GROUP = "kakehashi.examinations"
Examination = Callable[..., Iterable[Issue]]
"""What a room above has looked over, registered by entry point: called with the settings and `ask`."""
GRAVE = frozenset({Severity.ERROR, Severity.REJECT, Severity.STOP})
ENOUGH_DISK = 2**30
MOST_SKEW = 5.0
_OLDEST_POSTGRES = 140000
_PREFIX = "KAKEHASHI_"
_OTHER_NAMES = frozenset({"KAKEHASHI_SETTINGS", "KAKEHASHI_JUDGES"})
_HIDDEN = "••••••"


class Finding(NamedTuple):
    """One thing that was found, in good order or not."""

    part: Part
    told: Issue

    @property
    def grave(self) -> bool:
        """Whether something will not work."""
        return self.told.severity in GRAVE


def examine(*, ask: bool = False) -> Iterator[Finding]:
    """Look everything over. `ask` has each registry's address asked once, which takes its time."""
    try:
        given = read_settings()
    except CodedError as error:
        yield from (Finding("settings", issue) for issue in error.issues)
        return
    yield from (Finding("settings", issue) for issue in _settings(given))
    yield from (Finding("secrets", issue) for issue in _secrets(given))
    yield from (Finding("home", issue) for issue in _home(given))
    engine = None
    try:
        database = Database(given.database) if _may_open(given) else None
        if database is not None:
            engine = engine_of(database)
            yield from (Finding("database", issue) for issue in _database(database, engine))
            yield from (Finding("clock", issue) for issue in _clock(database, engine))
        else:
            yield Finding("database", Issue("doctor_no_database", {"file": str(given.home / "kakehashi.sqlite")}))
    except CodedError as error:
        yield from (Finding("database", issue) for issue in error.issues)
    yield from (Finding("registries", issue) for issue in _registries(given, ask=ask))
    yield from (Finding("tools", issue) for issue in _tools(engine))
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        examination: Examination = point.load()
        yield from (Finding("models", issue) for issue in examination(given, ask=ask))


def shown_settings(given: Settings) -> dict[str, Any]:
    """Return every setting that differs from its default, secrets as dots."""
    shown = {}
    for name, field in Settings.model_fields.items():
        value = getattr(given, name)
        if name in given.model_fields_set and value != field.get_default():
            shown[name] = _redacted(name, value)
    return shown


def _redacted(name: str, value: object) -> str:
    if isinstance(value, SecretStr):
        return _HIDDEN
    if name == "database_url":
        return without_password(str(value))
    return str(value)


def _settings(given: Settings) -> Iterator[Issue]:
    shown = shown_settings(given)
    listed = ", ".join(f"{name} = {value}" for name, value in shown.items()) or "–"
    yield Issue("doctor_settings", {"number": len(shown), "settings": listed})
    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields} | {*secret_files().values(), *_OTHER_NAMES}
    for name in sorted(os.environ):
        if name.startswith(_PREFIX) and name not in known and not name.startswith(f"{_PREFIX}TEST_"):
            near = get_close_matches(name, known, 1)
            yield Issue("setting_unknown", {"name": name, "near": near[0] if near else "–"})
    for name in ("public_base", "contact"):
        if "kakehashi.example" in str(getattr(given, name)):
            yield Issue("setting_is_example", {"name": f"{_PREFIX}{name.upper()}", "value": getattr(given, name)})


def _secrets(given: Settings) -> Iterator[Issue]:
    for name, variable in secret_files().items():
        value = getattr(given, name)
        if value is None or (name == "database_url" and "@" not in str(value)):
            continue
        file = os.environ.get(variable) if os.environ.get(f"{_PREFIX}{name.upper()}") is None else None
        yield Issue("doctor_secret", {"name": name, "value": _redacted(name, value), "source": file or "–"})
        if file:
            yield from _open_to_all(Path(file))
    for path in (given.home / "token.key", given.seal_key):
        if path is not None and path.is_file():
            yield from _open_to_all(path)
    if given.smtp_host and given.smtp_user and given.smtp_password is None:
        yield Issue("secret_unset", {"name": "smtp_password", "needed": "smtp_user"})
    if given.notify_webhook and given.webhook_secret is None:
        yield Issue("secret_unset", {"name": "webhook_secret", "needed": "notify_webhook"})


def _open_to_all(path: Path) -> Iterator[Issue]:
    with suppress(OSError):
        mode = path.stat().st_mode
        if mode & (stat.S_IROTH | stat.S_IWOTH):
            yield Issue("secret_open", {"file": str(path), "mode": f"{stat.S_IMODE(mode):o}"})


def _home(given: Settings) -> Iterator[Issue]:
    home = given.home.resolve()
    standing = next(folder for folder in (home, *home.parents) if folder.exists())
    folders = [standing, *(home / name for name in ("payloads", "logs", "locks") if (home / name).exists())]
    troubles = [trouble for folder in folders if (trouble := _unwritable(folder))]
    yield from troubles
    if trouble := disk_trouble(standing, LEAST_DISK):
        yield trouble
    elif trouble := disk_trouble(standing, ENOUGH_DISK):
        yield Issue("disk_scarce", trouble.params)
    elif not troubles:
        yield Issue("doctor_home", {"folder": str(home), "made": "yes" if home.exists() else "not yet"})


def _unwritable(folder: Path) -> Issue | None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"kakehashi")
    except OSError as error:
        return Issue("home_unwritable", {"folder": str(folder), "detail": error.strerror or str(error)})
    return None


def _may_open(given: Settings) -> bool:
    """Tell whether a database can be opened without making one."""
    return given.database_url is not None or (given.home / "kakehashi.sqlite").is_file()


def _database(database: Database, engine: Engine) -> Iterator[Issue]:
    standing = standing_of(database)
    if standing == "newer":
        yield Issue("schema_not_current", {"standing": standing})
    told = {"engine": engine.name, "version": engine.version, "standing": standing}
    yield Issue("doctor_database", told)
    if database.is_sqlite and engine.journal != "wal":
        yield Issue("database_not_wal", {"mode": engine.journal})
    if not database.is_sqlite and engine.encoding != "UTF8":
        yield Issue("database_encoding", {"encoding": engine.encoding})
    if not database.is_sqlite and engine.number < _OLDEST_POSTGRES:
        yield Issue("database_old", {"version": engine.version, "least": _OLDEST_POSTGRES // 10000})


def _clock(database: Database, engine: Engine) -> Iterator[Issue]:
    skew = (engine.asked_at - engine.moment).total_seconds()
    if abs(skew) > MOST_SKEW:
        yield Issue("clock_differs", {"seconds": round(skew)})
        return
    if standing_of(database) == "current":
        latest = latest_moment(database)
        ahead = (latest - now()).total_seconds() if latest else 0.0
        if ahead > MOST_SKEW:
            yield Issue("clock_behind", {"seconds": round(ahead), "moment": f"{latest:%Y-%m-%d %H:%M:%S}Z"})
            return
    yield Issue("doctor_clock", {"seconds": f"{abs(skew):.1f}"})


def _registries(given: Settings, *, ask: bool) -> Iterator[Issue]:
    try:
        known = registries(given.registries_file)
    except CodedError as error:
        yield from error.issues
        return
    asking = Asking(given.user_agent, given.allow_loopback)
    for source in known.values():
        if source.active:
            yield from _registry(source, asking, ask=ask)


def _registry(source: Registry, asking: Asking, *, ask: bool) -> Iterator[Issue]:
    told = {"registry": source.id, "url": source.manifest.address}
    token = source.manifest.options.get("token_file")
    if token and not (Path(str(token)).is_file() and os.access(str(token), os.R_OK)):
        yield Issue("secret_missing", {"file": str(token)})
    try:
        if folder := folder_of(source.manifest):
            yield Issue("doctor_address", {**told, "url": str(folder)})
            return
    except CodedError as error:
        yield from error.issues
        return
    if not source.manifest.address:
        yield Issue("address_unset", told)
    elif detail := shape_trouble(source.manifest.address, allow_loopback=asking.allow_loopback):
        yield Issue("address_odd", {**told, "detail": detail})
    else:
        yield asking.ask(source) if ask else Issue("doctor_address", told)


def _tools(engine: Engine | None) -> Iterator[Issue]:
    if engine is not None and engine.name == "PostgreSQL":
        yield _dump_tool(engine)
    try:
        import_module("weasyprint")
        yield Issue("doctor_tool", {"tool": "Pango (WeasyPrint)", "version": version("weasyprint")})
    except (ImportError, OSError) as error:
        yield Issue("pdf_tool_missing", {"detail": " ".join(str(error).split())[:200]})
    with suppress(PackageNotFoundError):
        yield Issue("doctor_tool", {"tool": "OpenTelemetry", "version": version("opentelemetry-sdk")})


def _dump_tool(engine: Engine) -> Issue:
    try:
        program = program_of("pg_dump")
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout  # noqa: S603
    except CodedError as error:
        return error.issues[0]
    except (OSError, subprocess.SubprocessError):
        return Issue("database_tool_missing", {"tool": "pg_dump"})
    found = told.split()[2] if len(told.split()) > 2 else "?"
    if found.partition(".")[0].isdigit() and int(found.partition(".")[0]) < engine.number // 10000:
        return Issue("dump_tool_old", {"version": found, "server": engine.version})
    return Issue("doctor_tool", {"tool": "pg_dump", "version": found})
