"""What the tests of runs share: throw-away connectors that every process finds, and looks at what a run left behind."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import connectors
import tests
from connectors.contract import Registry
from connectors.discovery import connector_names, registry
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store.records import current_records
from store.tables import metadata
from tests.harvester.loopback import Loopback, answer, loopback
from tests.harvester.scripted import script

__all__ = [
    "HarvestScript", "codes", "contents", "extra_connectors", "fetches", "harvest_files", "harvest_script", "kept",
    "page", "published", "records", "rows", "server", "source_of", "throwaway",
]  # fmt: skip

FOLDER = Path(__file__).parent / "throwaway"
ROOT = Path(tests.__path__[0]).parent

HarvestScript = Callable[..., RunReport]


@pytest.fixture
def extra_connectors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Lets a folder of connectors count as one of Kakehashi's, here and in every process that is started."""
    start = tmp_path / "start"
    start.mkdir()

    def add(folder: Path) -> None:
        monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(folder)])
        text = f"import connectors\nconnectors.__path__ = {list(connectors.__path__)!r}\n"
        (start / "sitecustomize.py").write_text(text, encoding="utf-8")
        connector_names.cache_clear()

    monkeypatch.setenv("PYTHONPATH", f"{start}:{ROOT}")
    yield add
    monkeypatch.undo()
    connector_names.cache_clear()


@pytest.fixture
def throwaway(extra_connectors: Callable[[Path], None]) -> None:
    """The scripted connectors `plain` and `joined`, where discovery finds them."""
    extra_connectors(FOLDER)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as running:
        yield running


def page(*found: Any, **rest: Any) -> bytes:
    """An answer with a script."""
    return answer(script(found, **rest))


def source_of(address: str, connector: str = "plain", **changes: Any) -> Registry:
    """A registry of a throw-away connector. `changes` are of its manifest; maps and models are laid over."""
    plain = registry(connector)
    manifest = plain.manifest.model_dump(by_alias=True)
    for name, value in changes.items():
        manifest[name] = {**manifest[name], **value} if isinstance(manifest.get(name), dict) else value
    return replace(plain, manifest=type(plain.manifest).model_validate({**manifest, "address": address}))


@pytest.fixture
def harvest_script(throwaway: None, place: Workplace, server: Loopback) -> HarvestScript:
    """Harvest what the server says, beginning at `/`: `harvest_script(connector="joined", options={…})`."""

    def run(*, preview: int | None = None, path: str = "/", **changes: Any) -> RunReport:
        source = source_of(server.url(path), **changes)
        return harvest(place, Order(source, "test", allow_loopback=True, preview=preview))

    return run


@pytest.fixture
def harvest_files(throwaway: None, place: Workplace, tmp_path: Path) -> HarvestScript:
    """Harvest scripts that lie in a folder, one file each, without network or process: `harvest_files(script(…))`.

    The order of the arguments is the order of the files' names.
    """
    folder = tmp_path / "source"
    folder.mkdir()

    def run(*scripts: bytes, preview: int | None = None, **changes: Any) -> RunReport:
        for old in folder.iterdir():
            old.unlink()
        for number, body in enumerate(scripts):
            (folder / f"{number}.json").write_bytes(body)
        options = {**changes.pop("options", {}), "folder": str(folder)}
        return harvest(place, Order(source_of("", options=options, **changes), "test", preview=preview))

    return run


def codes(report: RunReport) -> set[str]:
    return {issue.code for issue in report.issues}


def contents(place: Workplace) -> dict[str, int]:
    """The number of rows of every table."""
    with place.database.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def rows(place: Workplace, table: str) -> list[dict[str, Any]]:
    """Every row of a table."""
    with place.database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(select(metadata.tables[table]))]


def records(place: Workplace) -> dict[str, tuple[int, str]]:
    """The version and state of every record, by its key."""
    return {row["key"]: (row["version"], row["state"]) for row in rows(place, "record")}


def published(place: Workplace) -> dict[str, Any]:
    """Everything that stands for the public state: records, the log, absences, and what readers get."""
    return {
        **{table: rows(place, table) for table in ("record", "publication", "absence")},
        "current": [tuple(one) for one in current_records(place.database)],
    }


def fetches(place: Workplace, run_id: int) -> dict[str, dict[str, Any]]:
    """The frontier of a run, by the path asked for."""
    return {
        row["url"].partition("://")[2].partition("/")[2]: row for row in rows(place, "fetch") if row["run_id"] == run_id
    }


def kept(place: Workplace) -> dict[str, bytes]:
    """The bytes of every file in the payload folder, as they lie there."""
    folder = place.payloads.folder
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def opened(place: Workplace) -> list[bytes]:
    """Every byte a deployment keeps, payloads unpacked."""
    files = [path for path in place.settings.home.rglob("*") if path.is_file()]
    return [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files]
