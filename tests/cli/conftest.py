"""One home, harvested twice from the stand-in of the home registry, for all tests that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.discovery import connector
from connectors.standins import Listening, entry_url
from tests.cli.calling import Caller

WHO = "委員 一号"


@pytest.fixture(scope="session")
def doors(standins: dict[str, Listening]) -> dict[str, str]:
    """Where a harvest of each stand-in begins."""
    return {name: entry_url(connector(name).standin, item.address) for name, item in standins.items()}


@pytest.fixture(scope="session")
def harvested(tmp_path_factory: pytest.TempPathFactory, doors: dict[str, str]) -> Caller:
    """The command line in a home with two runs of JMICRO's stand-in; the second found nothing new."""
    call = Caller(tmp_path_factory.mktemp("harvested") / "home", tmp_path_factory.mktemp("work"))
    assert call("registry", "accept", "jmicro", "--why", "its stand-in", "--as", WHO).status == 0
    order = ("harvest", "jmicro", "--address", doors["jmicro"], "--allow-loopback", "--as", WHO)
    for _ in range(2):
        done = call(*order)
        assert done.status == 0, done.err
    return call


@pytest.fixture
def call(harvested: Caller, tmp_path: Path) -> Caller:
    """The same home, with a working folder of the test's own."""
    return Caller(harvested.home, tmp_path)


@pytest.fixture
def fresh(tmp_path: Path) -> Caller:
    """The command line in a home where nothing has happened yet."""
    return Caller(tmp_path / "home", tmp_path)
