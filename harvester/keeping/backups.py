"""Backups: a copy of the database and every payload it names, with the hash of each file, and the way back.

A backup is a folder, or a .tar file with the same inside: `manifest.json`, `SHA256SUMS` (as `sha256sum -c` reads it),
the database, and `payloads/`. It can be made while runs are under way: the database is copied at one moment, and the
payloads it names lie there already, for they are written before their rows.
"""

from __future__ import annotations

import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from config.messages import CodedError, Issue
from config.settings import Settings
from harvester.workplace import Workplace
from store.clock import now
from store.snapshots import account_of, copy_in, copy_out, engine_of, is_empty, knows_revision

_FORMAT = 1
_MANIFEST, _SUMS = "manifest.json", "SHA256SUMS"
_DATABASES = {"SQLite": "database.sqlite", "PostgreSQL": "database.dump"}
_PAYLOAD = re.compile(r"payloads/[0-9a-f]{2}/[0-9a-f]{40}\.gz")
_SHOWN = 5

Tell = Callable[[int], None]
"""Called with how many payloads are done."""


def back_up(place: Workplace, target: Path, tell: Tell) -> tuple[dict[str, Any], list[Issue]]:
    """Write a backup to a folder that does not exist yet, or a .tar file; return its manifest and what is missing.

    It appears under its name only when it is whole. Raises `CodedError` with `backup_target`, `backup_failed` or
    `database_tool_missing`.
    """
    if target.exists() or target.is_symlink():
        raise CodedError.of("backup_target", target=str(target), detail="it exists already")
    packed = target.suffix == ".tar"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as name:
            folder = Path(name) / "backup"
            folder.mkdir()
            manifest, missing = _fill(place, folder, tell)
            if packed:
                _pack(folder, Path(name) / "packed.tar").replace(target)
            else:
                folder.replace(target)
    except OSError as error:
        raise CodedError.of("backup_target", target=str(target), detail=error.strerror or str(error)) from None
    shown = ", ".join(missing[:_SHOWN])
    told = [Issue("backup_incomplete", {"number": len(missing), "hashes": shown})] if missing else []
    return manifest, told


def restore(settings: Settings, source: Path) -> dict[str, Any]:
    """Make an empty home and database what they were at the time of a backup; return the backup's manifest.

    Every file is held against its hash before anything is written. Raises `CodedError` with `backup_unreadable`,
    `backup_damaged`, `backup_other_database`, `home_not_empty`, `database_newer`, `restore_failed` or
    `restore_differs`.
    """
    with _opened(source, settings.home) as folder:
        manifest, sums = _read(folder, source)
        engine = engine_of(settings.database)
        if manifest["engine"] != engine:
            raise CodedError.of("backup_other_database", theirs=manifest["engine"], ours=engine)
        if not knows_revision(manifest["revision"]):
            raise CodedError.of("database_newer", revision=manifest["revision"])
        payloads = settings.home / "payloads"
        if any(path.is_file() for path in payloads.rglob("*")):
            raise CodedError.of("home_not_empty", place=str(payloads))
        if not is_empty(settings.database):
            raise CodedError.of("home_not_empty", place=engine)
        _compare(folder, sums, source)
        _bring(folder, settings, payloads, sums)
    _hold_against(settings, manifest)
    return manifest


def _fill(place: Workplace, folder: Path, tell: Tell) -> tuple[dict[str, Any], list[str]]:
    engine = engine_of(place.database.address)
    database = folder / _DATABASES[engine]
    copied = copy_out(place.database, database)
    sums = {database.name: _sha256(database)}
    missing = []
    for number, digest in enumerate(copied.payloads, start=1):
        path = place.payloads.path(digest)
        target = folder / "payloads" / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, target)
        except FileNotFoundError:
            missing.append(digest)
            continue
        sums[target.relative_to(folder).as_posix()] = _sha256(target)
        tell(number)
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    (folder / _SUMS).write_text(lines, encoding="utf-8")
    manifest = {
        "format": _FORMAT,
        "program": version("kakehashi"),
        "made_at": now(),
        "engine": engine,
        "revision": copied.revision,
        "sizes": copied.sizes,
        "files": len(sums),
        "bytes": sum((folder / name).stat().st_size for name in sums),
        "missing": missing,
        "sums_sha256": _sha256(folder / _SUMS),
    }
    (folder / _MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
    return manifest, missing


def _pack(folder: Path, target: Path) -> Path:
    with tarfile.open(target, "w") as out:
        for name in (_MANIFEST, _SUMS):
            out.add(folder / name, name)
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            if (name := path.relative_to(folder).as_posix()) not in {_MANIFEST, _SUMS}:
                out.add(path, name)
    return target


@contextmanager
def _opened(source: Path, home: Path) -> Iterator[Path]:
    """Give the folder of a backup; one in a .tar file is unpacked meanwhile, into the home that it is for."""
    if source.is_dir():
        yield source
        return
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CodedError.of("home_unwritable", folder=str(home), detail=_reason(error)) from None
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=home) as name:
        try:
            with tarfile.open(source, "r:") as packed:
                packed.extractall(name, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise CodedError.of("backup_unreadable", source=str(source), detail=_reason(error)) from None
        yield Path(name)


def _read(folder: Path, source: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the manifest of a backup and the hash of each of its files."""
    try:
        manifest: dict[str, Any] = orjson.loads((folder / _MANIFEST).read_bytes())
        lines = (folder / _SUMS).read_text(encoding="utf-8").splitlines()
        fault = _fault(manifest)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CodedError.of("backup_unreadable", source=str(source), detail=_reason(error)) from None
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if not fault and (_sha256(folder / _SUMS) != manifest["sums_sha256"] or len(sums) != manifest["files"]):
        raise CodedError.of("backup_damaged", source=str(source), number=1, files=_SUMS)
    if not fault and _DATABASES.get(manifest["engine"]) not in sums:
        fault = "it holds no database"
    if fault:
        raise CodedError.of("backup_unreadable", source=str(source), detail=fault)
    return manifest, sums


def _fault(manifest: dict[str, Any]) -> str:
    if manifest.get("format") != _FORMAT:
        return f"its format is {manifest.get('format')}"
    wanted = {"engine", "revision", "sizes", "files", "missing", "sums_sha256"}
    lacking = sorted(wanted - manifest.keys())
    return f"{_MANIFEST} lacks {', '.join(lacking)}" if lacking else ""


def _compare(folder: Path, sums: dict[str, str], source: Path) -> None:
    bad = [name for name, digest in sorted(sums.items()) if not _is_ours(name) or _sha256(folder / name) != digest]
    if bad:
        shown = ", ".join(bad[:_SHOWN])
        raise CodedError.of("backup_damaged", source=str(source), number=len(bad), files=shown)


def _is_ours(name: str) -> bool:
    """Tell whether a name is one that a backup has, and leads nowhere else."""
    return name in _DATABASES.values() or bool(_PAYLOAD.fullmatch(name))


def _bring(folder: Path, settings: Settings, payloads: Path, sums: dict[str, str]) -> None:
    """Put the payloads back, then the database: without it, what lies there already does no harm."""
    try:
        for name in sums:
            if name not in _DATABASES.values():
                target = settings.home / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / name, target)
        copy_in(settings.database, folder / _DATABASES[engine_of(settings.database)])
    except OSError as error:
        raise CodedError.of("home_unwritable", folder=str(payloads), detail=_reason(error)) from None


def _hold_against(settings: Settings, manifest: dict[str, Any]) -> None:
    """Bring the restored database up to date and count what it holds."""
    place = Workplace.of(settings)
    try:
        found = account_of(place.database).sizes
    finally:
        place.database.close()
    for what, written in manifest["sizes"].items():
        if found.get(what) != written:
            raise CodedError.of("restore_differs", what=what, found=found.get(what), written=written)


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
