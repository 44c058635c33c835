"""Dumps are taken apart into answers of their own, and what fails as a whole is asked for in parts."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest

import harvester.running.runner
from connectors.contract import Connector, Extract, Payload, Registry
from harvester.workplace import Workplace
from tests.harvester.loopback import Loopback, answer
from tests.harvester.scripted import plain, script
from tests.harvester.situations import HarvestScript, codes, fetches, kept, opened, page, records

pytestmark = pytest.mark.slow
SOMEBODY = "nama.contoh@kolej.example"
ZIPPED = "application/zip"


def packed(files: dict[str, bytes]) -> bytes:
    """A zip with these files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return whole.getvalue()


def test_each_file_of_a_dump_is_an_answer_of_its_own_beside_those_of_its_unit(
    harvest_script: HarvestScript, place: Workplace, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside: dict[str, set[str]] = {}

    def watched(payload: Payload, registry: Registry) -> Extract:
        if payload.packed:
            beside[payload.url.rpartition("/")[2]] = {other.url.rpartition("/")[2] for other in payload.beside}
        return plain.parse(payload, registry)

    def connector(name: str) -> Connector:
        return replace(plain, parse=watched)

    monkeypatch.setattr(harvester.running.runner, "connector", connector)
    bulk: dict[str, Any] = {"kind": "page", "bulk": True}
    asks = [{**bulk, "url": "/all.zip", "unit": "one"}, {**bulk, "url": "/more.json", "unit": "one"},
            {**bulk, "url": "/alone.json"}]  # fmt: skip
    dump = {"z/b.json": script(["B"]), "a.json": script(["A", {"title": "C", "programme": SOMEBODY}]),
            "read me.txt": b"not data"}  # fmt: skip
    server.routes |= {
        "/": page(asks=asks),
        "/all.zip": answer(packed(dump), media_type=ZIPPED),
        "/more.json": page("D"),
        "/alone.json": page("E"),
    }
    report = harvest_script()
    assert (report.state, report.complete, report.published.created) == ("succeeded", True, 5)
    assert report.reading.payloads == 5
    unit = {"all.zip#a.json", "all.zip#b.json", "more.json#more.json"}
    assert beside == {**{name: unit - {name} for name in unit}, "alone.json#alone.json": set()}
    ended = fetches(place, report.run_id)
    assert {row["state"] for row in ended.values()} == {"ok"}
    assert ended["all.zip"]["payload_hash"] is None
    assert ended["all.zip"]["original_hash"] == ended["all.zip#a.json"]["original_hash"]
    assert not any(SOMEBODY.encode() in body for body in opened(place))
    assert all(name.endswith(".gz") for name in kept(place))
    again = harvest_script()
    assert again.same_as_run == report.run_id


@pytest.mark.parametrize("bulk", [False, True])
def test_what_fails_as_a_whole_is_asked_for_in_parts(
    harvest_script: HarvestScript, place: Workplace, server: Loopback, *, bulk: bool
) -> None:
    server.routes |= {
        "/": page(asks=[{"url": "/wide", "kind": "wide", "bulk": bulk}]),
        "/wide": answer(status=503),
        "/wide?half=1": page("A", "B"),
        "/wide?half=2": page("C"),
    }
    report = harvest_script()
    ended = fetches(place, report.run_id)
    assert (report.state, report.complete, report.published.created) == ("succeeded", True, 3)
    assert (ended["wide"]["state"], ended["wide"]["error"]) == ("ok", "asked_in_parts: server_error")
    assert ended["wide"]["payload_hash"] is None
    assert report.issues == []
    server.routes["/wide?half=2"] = answer(status=503)
    part = harvest_script()
    assert not part.complete
    assert codes(part) == {"server_error", "run_incomplete"}
    assert [issue.params["url"] for issue in part.issues if issue.code == "server_error"] == [
        server.url("/wide?half=2")
    ]
    assert (part.published.gone, len(records(place))) == (0, 3)
    server.routes["/wide"] = page("A", "B", "C")
    whole = harvest_script()
    assert (whole.complete, whole.reading.unchanged, whole.published.created) == (True, 3, 0)
