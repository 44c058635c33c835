"""One home with the home registry's stand-in harvested, for the commands of this room."""

from __future__ import annotations

import pytest

from connectors.discovery import connector
from connectors.standins import Listening, entry_url
from tests.cli.calling import Caller


@pytest.fixture(scope="session")
def call(tmp_path_factory: pytest.TempPathFactory, standins: dict[str, Listening]) -> Caller:
    """The command line in a home with one run of JMICRO's stand-in."""
    made = Caller(tmp_path_factory.mktemp("compared") / "home", tmp_path_factory.mktemp("work"))
    door = entry_url(connector("jmicro").standin, standins["jmicro"].address)
    assert made("registry", "accept", "jmicro", "--why", "its stand-in").status == 0
    done = made("harvest", "jmicro", "--address", door, "--allow-loopback", "--as", "委員 一号")
    assert done.status == 0, done.err
    return made
