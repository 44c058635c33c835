"""What all tests share: a home of their own, stand-ins on loopback, the official judges when they are there."""

from __future__ import annotations

import os
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config.settings import Settings
from connectors.contract import Registry
from connectors.discovery import connector, registry
from connectors.standins import Listening, entry_url
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.serving import served
from harvester.workplace import Workplace
from store.database import Database
from tests import postgres


def _omit(what: str) -> None:
    """Leave a test out with a word why; where nothing may be left out (`CI=true`) it fails instead."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"left out, though nothing may be left out here: {what}")
    pytest.skip(what)


@pytest.fixture
def omit() -> Callable[[str], None]:
    return _omit


@pytest.fixture(scope="session")
def judges() -> Path:
    """The folder with the official shapes and schemas, named by KAKEHASHI_JUDGES."""
    folder = Path(os.environ.get("KAKEHASHI_JUDGES", ""))
    if not (folder / "elm").is_dir():
        _omit("the official ELM shapes and schemas (set KAKEHASHI_JUDGES to the folder that holds them)")
    return folder


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long forms of the fault tests to `make torture`, whatever else is chosen."""
    if "torture" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("torture")]
    items[:] = [item for item in items if not item.get_closest_marker("torture")]
    config.hook.pytest_deselected(items=long)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = Counter(
        str(report.longrepr[-1]).removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", ())
    )
    if reasons:
        terminalreporter.section("left out")
        for what, number in sorted(reasons.items()):
            terminalreporter.write_line(f"{number} test(s) without {what}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server: the one named by KAKEHASHI_TEST_POSTGRES, or one of the tests' own."""
    if given := os.environ.get(postgres.GIVEN):
        yield given
        return
    if postgres.binaries() is None:
        _omit("PostgreSQL (install it, or set KAKEHASHI_TEST_POSTGRES to the address of a server)")
    with postgres.server() as address:
        yield address


@pytest.fixture
def postgres_address(postgres_server: str) -> Iterator[str]:
    """A fresh database on the PostgreSQL server."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    address = f"{postgres_server.rpartition('/')[0]}/{name}"
    yield address
    Database(Settings(database_url=address).database).close()
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database of the newest schema with nothing in it, made once for the tests that begin with one."""
    workplace = Workplace.of(Settings(home=tmp_path_factory.mktemp("empty")))
    workplace.database.close()
    (made,) = workplace.settings.home.glob("*.sqlite")
    return made


def _furnished(home: Path, empty_database: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(empty_database, home)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_place(request: pytest.FixtureRequest, home: Path, empty_database: Path) -> Iterator[Workplace]:
    """A fresh deployment, once on each database."""
    if request.param == "sqlite":
        _furnished(home, empty_database)
    address = request.getfixturevalue("postgres_address") if request.param == "postgresql" else None
    workplace = Workplace.of(Settings(home=home, database_url=address))
    yield workplace
    workplace.database.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def place(home: Path, empty_database: Path) -> Iterator[Workplace]:
    """A fresh deployment with a SQLite database."""
    _furnished(home, empty_database)
    workplace = Workplace.of(Settings(home=home))
    yield workplace
    workplace.database.close()


@pytest.fixture(scope="session")
def standins() -> Iterator[dict[str, Listening]]:
    """Every stand-in, served on loopback in a process of its own for the whole session."""
    with served() as bound:
        yield {item.name: item for item in bound}


def standin_registry(name: str, address: str, variant: str) -> Registry:
    """A registry that points at a variant of its connector's stand-in.

    Each variant has addresses and words of its own, so every record may change from one to the next.
    """
    plain = registry(name)
    standin = connector(plain.connector).standin
    options = {**plain.manifest.options, **standin.options.get(variant, {})}
    gates = plain.manifest.gates.model_copy(update={"changes": 1.0, "categorical": ()})
    update = {"address": entry_url(standin, address, variant), "options": options, "gates": gates}
    return Registry(plain.id, plain.connector, plain.manifest.model_copy(update=update))


@pytest.fixture
def harvest_standin(place: Workplace, standins: dict[str, Listening]) -> Callable[..., RunReport]:
    """Harvest a variant of a stand-in into the test's own home: `harvest_standin("mqa", "paged")`."""

    def run(name: str, variant: str = "full", *, preview: int | None = None) -> RunReport:
        source = standin_registry(name, standins[name].address, variant)
        return harvest(place, Order(source, "test", allow_loopback=True, preview=preview))

    return run
