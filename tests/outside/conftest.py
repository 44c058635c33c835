"""What the product really hands out: two registries harvested and exported by its own commands, once for all judges."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.discovery import connector
from connectors.standins import Listening, entry_url
from crosswalks.elm.serialise import SUFFIXES
from tests.cli.calling import Caller

REGISTRIES = ("jmicro", "europass")


@dataclass(frozen=True)
class Handed:
    """The exported files by syntax, and how many records the product says it wrote, by registry."""

    files: Mapping[str, Path]
    written: Mapping[str, int]

    @property
    def records(self) -> int:
        return sum(self.written.values())


@pytest.fixture(scope="session")
def handed(tmp_path_factory: pytest.TempPathFactory, standins: dict[str, Listening]) -> Handed:
    folder = tmp_path_factory.mktemp("handed")
    call = Caller(folder / "home", folder)
    assert call("registry", "accept", *REGISTRIES, "--why", "their stand-ins").status == 0
    for name in REGISTRIES:
        address = entry_url(connector(name).standin, standins[name].address)
        done = call("harvest", name, "--address", address, "--allow-loopback")
        assert done.status == 0, done.text
    accounts = []
    for syntax, ending in SUFFIXES.items():
        done = call("export", "elm", "--format", syntax, "-o", f"all.{ending}", "--json")
        assert done.status == 0, done.err
        accounts.append(json.loads(done.out)["by_registry"])
    assert all(account == accounts[0] for account in accounts)
    assert set(accounts[0]) == set(REGISTRIES)
    return Handed({syntax: folder / f"all.{ending}" for syntax, ending in SUFFIXES.items()}, accounts[0])


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can be asked over a network."""

    def refused(*_: object) -> None:
        raise OSError("a judge wanted to ask someone")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
