"""A preview runs the real code against what is published, and keeps nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson
import pytest

from harvester.workplace import Workplace
from tests.harvester.loopback import Loopback
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, contents, page, rows


def everything(place: Workplace) -> tuple[dict[str, int], dict[str, bytes]]:
    """Every table and every file of a deployment; the database's own files change when they are read."""
    home = place.settings.home
    files = [path for path in home.rglob("*") if path.is_file() and not path.name.startswith("kakehashi.sqlite")]
    return contents(place), {str(path.relative_to(home)): path.read_bytes() for path in files}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary things, to be looked into afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.slow
def test_a_preview_of_a_registry_never_harvested_keeps_nothing(
    harvest_script: HarvestScript, place: Workplace, server: Loopback, elsewhere: Path
) -> None:
    server.routes |= {"/": page("A", "B", "C", asks=["/two"]), "/two": page("D", "E", "F")}
    before = everything(place)
    report = harvest_script(preview=2)
    assert (report.preview, report.state, report.reading.listings) == (True, "succeeded", 2)
    assert [proposal.op for proposal in report.proposals] == ["new", "new"]
    assert everything(place) == before
    assert not any(before[0][table] for table in ("run", "registry", "payload", "audit_event", "fetch"))
    assert list(elsewhere.iterdir()) == []


def test_a_preview_shows_what_would_change_and_changes_nothing(
    harvest_files: HarvestScript, place: Workplace, elsewhere: Path
) -> None:
    harvest_files(script(["A", {"title": "B", "programme": "P"}]))
    before = everything(place)
    report = harvest_files(script(["A", {"title": "B", "programme": "Q"}, "C"]), preview=10)
    shown = {orjson.loads(proposal.listing)["title"]: proposal for proposal in report.proposals}
    assert {title: proposal.op for title, proposal in shown.items()} == {"B": "changed", "C": "new"}
    assert orjson.loads(shown["B"].fields) == ["stackability.0.target_title.und"]
    assert report.reading.unchanged == 1
    assert everything(place) == before
    assert [row["version"] for row in rows(place, "record")] == [1, 1]
    assert list(elsewhere.iterdir()) == []


def test_a_preview_stops_at_its_number_also_when_nothing_is_new(harvest_files: HarvestScript) -> None:
    listed = script([f"Kursus Contoh {number}" for number in range(9)])
    harvest_files(listed)
    report = harvest_files(listed, preview=4)
    assert (report.reading.listings, report.reading.unchanged, report.proposals) == (4, 4, [])


def test_a_preview_that_fails_says_why_and_keeps_nothing(
    harvest_files: HarvestScript, place: Workplace, elsewhere: Path
) -> None:
    before = everything(place)
    report = harvest_files(script(["A"], fail="parse"), preview=3)
    assert (report.state, [issue.code for issue in report.issues]) == ("failed", ["connector_fault"])
    assert everything(place) == before
    assert list(elsewhere.iterdir()) == []
