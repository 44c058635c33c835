"""Finding connectors: every folder here with a `connector.yaml` and an attribute `connector` is one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import connectors
import crosswalks
from config import codelists, frameworks
from config.messages import CodedError
from config.registries import BUILT_IN, RegistryRow, load_rows
from config.yaml_files import load_yaml
from connectors.contract import Connector, Manifest, Registry
from crosswalks.contract import crosswalk_for

_FileState = tuple[Path, int, int]
"""A file with its time and size, which tell whether it has changed since it was read."""


@cache
def connector_names() -> tuple[str, ...]:
    """Return the names of all connectors, sorted."""
    return tuple(
        sorted(
            module.name
            for module in pkgutil.iter_modules(connectors.__path__)
            if module.ispkg and (folder(module.name) / "connector.yaml").is_file()
        )
    )


def folder(name: str) -> Path:
    """Return the folder of a connector."""
    for root in connectors.__path__:
        if (Path(root) / name).is_dir():
            return Path(root) / name
    return Path(connectors.__path__[0]) / name


@cache
def connector(name: str) -> Connector:
    """Return a connector's code. Raises `CodedError` with `connector_unknown`."""
    if name not in connector_names():
        raise CodedError.of("connector_unknown", connector=name, known=", ".join(connector_names()))
    found = importlib.import_module(f"connectors.{name}").connector
    if not isinstance(found, Connector):
        raise CodedError.of("connector_invalid", connector=name, detail="`connector` is not a Connector")
    return found


def registries(path: Path | None = None) -> dict[str, Registry]:
    """Return every registry of the list, and each connector that no row names as a pending registry that is not active.

    The files are read again when they have changed. Raises `CodedError` with `registry_file_invalid`,
    `connector_unknown` or `connector_invalid`.
    """
    files = (path or BUILT_IN, *(folder(name) / "connector.yaml" for name in connector_names()))
    return dict(_registries(path, tuple(_state(file) for file in files)))


@lru_cache(maxsize=4)
def _registries(path: Path | None, files: tuple[_FileState, ...]) -> dict[str, Registry]:  # noqa: ARG001 - tells answers apart
    rows = load_rows(path)
    named = {row.connector for row in rows.values()}
    pending = {name: RegistryRow(connector=name, active=False) for name in connector_names() if name not in named}
    known = {name: _resolve(name, row) for name, row in rows.items()}
    return known | {name: replace(_resolve(name, row), pending=True) for name, row in pending.items()}


def _state(file: Path) -> _FileState:
    try:
        found = file.stat()
    except OSError:
        return file, 0, 0
    return file, found.st_mtime_ns, found.st_size


def registry(name: str, path: Path | None = None) -> Registry:
    """Return one registry. Raises `CodedError` with `registry_unknown`."""
    known = registries(path)
    if name not in known:
        raise CodedError.of("registry_unknown", registry=name, known=", ".join(sorted(known)))
    return known[name]


def _resolve(name: str, row: RegistryRow) -> Registry:
    if row.connector not in connector_names():
        raise CodedError.of("connector_unknown", connector=row.connector, known=", ".join(connector_names()))
    try:
        own = load_yaml(folder(row.connector) / "connector.yaml")
        manifest = Manifest.model_validate(merged(own, row.overrides))
    except ValidationError as error:
        detail = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3])
        raise CodedError.of("connector_invalid", connector=row.connector, detail=detail) from None
    return Registry(name, row.connector, manifest, row.active)


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with `change` laid over it, maps inside maps included."""
    result = dict(base)
    for key, value in change.items():
        inner = result.get(key)
        result[key] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result


@cache
def fingerprint(name: str, schema: str) -> str:
    """Return a hash of what decides what a payload becomes: parser, crosswalk, descriptor, prose, code lists.

    When it changes, payloads are read again though the registry has not changed.
    """
    schemas = (schema, *crosswalk_for(schema).rests_on, "descriptor", "prose")
    shared = [Path(root) for package in (codelists, frameworks) for root in package.__path__]
    roots = [folder(name), *shared, *(Path(crosswalks.__path__[0]) / part for part in schemas)]
    digest = blake2b(digest_size=16)
    for path in _sources(roots):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(roots: Iterable[Path]) -> Iterable[Path]:
    loose = [path for package in (crosswalks, connectors) for path in Path(package.__path__[0]).glob("*.py")]
    inside = [path for root in roots for path in root.rglob("*") if path.suffix in {".py", ".yaml", ".tsv"}]
    return sorted(path for path in {*loose, *inside} if not any(map(_decides_nothing, path.parts)))


def _decides_nothing(part: str) -> bool:
    """Tell whether a step of a path is one of a stand-in or of goldens, which do not decide what a payload becomes."""
    return part == "goldens" or part.startswith("standin")
