"""The drill: a backup while a run publishes, restored into an empty home, is the home as it was at one moment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.messages import CodedError
from config.settings import Settings
from harvester.keeping import backups
from harvester.keeping.backups import back_up, restore
from harvester.keeping.verifying import verify
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store import plans
from tests.cli.calling import Caller
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, kept, published, rows, source_of

EVERYTHING = ("registry", "record", "publication", "listing_version", "descriptor_version", "payload", "audit_event",
              "acceptance", "absence")  # fmt: skip


def quietly(*told: object) -> None:
    pass


def contents(place: Workplace) -> dict[str, Any]:
    """Everything but what goes on: runs and their requests."""
    return {table: rows(place, table) for table in EVERYTHING} | published(place) | {"files": kept(place)}


@pytest.fixture
def restored() -> Iterator[Callable[..., Workplace]]:
    """Restores a backup and gives the workplace."""
    opened: list[Workplace] = []

    def make(source: Path, home: Path, address: str | None = None) -> Workplace:
        settings = Settings(home=home, database_url=address)
        restore(settings, source)
        opened.append(Workplace.of(settings))
        return opened[-1]

    yield make
    for place in opened:
        place.database.close()


@pytest.fixture
def second_address(postgres_server: str) -> Iterator[str]:
    """Another fresh database."""
    name = f"restored_{os.getpid()}_{threading.get_ident()}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{postgres_server.rpartition('/')[0]}/{name}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize("form", ["monday", "monday.tar"])
def test_a_backup_made_while_a_run_publishes_is_the_home_before_or_after_it(
    harvest_files: HarvestScript,
    place: Workplace,
    tmp_path: Path,
    restored: Callable[..., Workplace],
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    harvest_files(script(["A", "B"]))
    before = contents(place)
    made: list[Path] = []
    stamp = plans._stamp

    def in_the_middle(*arguments: Any) -> None:
        stamp(*arguments)
        made.append(tmp_path / form)
        _, missing = back_up(place, made[-1], quietly)
        assert missing == []

    with monkeypatch.context() as publishing:
        publishing.setattr(plans, "_stamp", in_the_middle)
        harvest_files(script(["A", {"title": "B", "programme": "P"}, "C"]))
    assert made
    again = restored(made[0], tmp_path / "restored")
    there = contents(again)
    for name in ("record", "publication", "absence", "current"):
        assert there[name] == before[name], name
    assert set(before["files"]) <= set(there["files"])
    assert verify(again, quietly)[1] == []
    after = contents(place)
    back_up(place, tmp_path / "after", quietly)
    assert contents(restored(tmp_path / "after", tmp_path / "restored-after")) == after


@pytest.mark.slow
@pytest.mark.postgres
def test_the_drill_on_postgresql(
    throwaway: None, tmp_path: Path, postgres_address: str, second_address: str, restored: Callable[..., Workplace]
) -> None:
    place = Workplace.of(Settings(home=tmp_path / "home", database_url=postgres_address))
    source = tmp_path / "source"
    source.mkdir()
    try:
        for titles in (["A", "B"], ["A", {"title": "B", "programme": "P"}, "C"]):
            (source / "list.json").write_bytes(script(titles))
            assert harvest(place, Order(source_of("", options={"folder": str(source)}), "test")).succeeded
        manifest, _ = back_up(place, tmp_path / "backup", quietly)
        before = contents(place)
        assert (manifest["engine"], manifest["sizes"]["publications"]) == ("PostgreSQL", len(before["publication"]))
        with pytest.raises(CodedError) as told:
            restore(Settings(home=tmp_path / "other", database_url=postgres_address), tmp_path / "backup")
        assert told.value.issues[0].code == "home_not_empty"
        with pytest.raises(CodedError) as told:
            restore(Settings(home=tmp_path / "other"), tmp_path / "backup")
        assert told.value.issues[0].code == "backup_other_database"
        again = restored(tmp_path / "backup", tmp_path / "restored", second_address)
        assert contents(again) == before
        assert verify(again, quietly)[1] == []
        (source / "list.json").write_bytes(script(["A", "D"]))
        order = Order(source_of("", options={"folder": str(source)}, gates={"removals": 1.0}), "test")
        assert harvest(again, order).published.created == 1, "numbers go on where they were"
    finally:
        place.database.close()


def test_a_backup_says_what_is_in_it_as_sha256sum_reads_it(
    harvest_files: HarvestScript, place: Workplace, tmp_path: Path
) -> None:
    harvest_files(script(["A"]))
    manifest, _ = back_up(place, tmp_path / "backup", quietly)
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "backup", capture_output=True, check=True
    )
    assert checked.stdout.count(b": OK\n") == manifest["files"] == 2
    assert sorted(path.name for path in (tmp_path / "backup").iterdir()) == [
        "SHA256SUMS", "database.sqlite", "manifest.json", "payloads"]  # fmt: skip
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".backup")] == []


def damage_database(folder: Path) -> None:
    file = folder / "database.sqlite"
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)


def damage_payload(folder: Path) -> None:
    next(folder.rglob("*.gz")).unlink()


def damage_sums(folder: Path) -> None:
    (folder / "SHA256SUMS").write_text("", encoding="utf-8")


def damage_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[]", encoding="utf-8")


def come_from_tomorrow(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "revision": "9999"}), encoding="utf-8")


def lead_elsewhere(folder: Path) -> None:
    """A list of files that names one outside, with everything else in order."""
    sums = folder / "SHA256SUMS"
    outside = folder.parent / "outside"
    outside.write_bytes(b"outside")
    sums.write_text(sums.read_text(encoding="utf-8") + f"{backups._sha256(outside)}  ../outside\n", encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest |= {"files": manifest["files"] + 1, "sums_sha256": backups._sha256(sums)}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (damage_database, "backup_damaged"),
        (damage_payload, "backup_damaged"),
        (damage_sums, "backup_damaged"),
        (damage_manifest, "backup_unreadable"),
        (come_from_tomorrow, "database_newer"),
        (lead_elsewhere, "backup_damaged"),
        (shutil.rmtree, "backup_unreadable"),
    ],
)
def test_a_backup_that_is_not_as_it_was_written_restores_nothing(
    harvest_files: HarvestScript, place: Workplace, tmp_path: Path, harm: Callable[[Path], None], code: str
) -> None:
    harvest_files(script(["A"]))
    back_up(place, tmp_path / "backup", quietly)
    harm(tmp_path / "backup")
    home = tmp_path / "restored"
    with pytest.raises(CodedError) as told:
        restore(Settings(home=home), tmp_path / "backup")
    assert told.value.issues[0].code == code
    assert not home.exists() or list(home.iterdir()) == []


def test_the_commands_tell_what_they_did_and_never_overwrite(
    harvest_files: HarvestScript, place: Workplace, tmp_path: Path
) -> None:
    harvest_files(script(["A", "B"]))
    call = Caller(place.settings.home, tmp_path)
    done = call("backup", "day/one.tar", "--as", "委員", "--json")
    assert (done.status, done.document["sizes"]["records"]) == (0, 2)
    assert call("backup", "day/one.tar", "--json").code == "backup_target"
    assert call("restore", "day/one.tar", "--json").code == "home_not_empty"
    other = Caller(tmp_path / "second", tmp_path)
    assert other("restore", "day/one.tar", "--as", "委員").status == 0
    assert other("verify", "--json").document["issues"] == []
    assert "無事" in other("verify", "--lang", "ja").text
    assert [path.name for path in other.home.iterdir() if path.name.startswith(".")] == []
    acts = [(row["actor"], row["action"]) for row in rows(Workplace.of(Settings(home=other.home)), "audit_event")]
    assert acts[-1] == ("委員", "restore")
    next(place.payloads.folder.rglob("*.gz")).unlink()
    short = call("backup", "day/two", "--json")
    assert (short.status, short.document["issues"][0]["code"]) == (3, "backup_incomplete")
    assert call("verify").status == 3
    (tmp_path / "no.tar").write_bytes(b"nothing")
    assert Caller(tmp_path / "third", tmp_path)("restore", "no.tar", "--json").code == "backup_unreadable"


@pytest.mark.postgres
def test_missing_programs_of_postgresql_are_named(
    postgres_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Workplace.of(Settings(home=tmp_path / "home", database_url=postgres_address))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("store.snapshots._newest", quietly)
    with pytest.raises(CodedError) as told:
        back_up(place, tmp_path / "backup", quietly)
    place.database.close()
    assert (told.value.issues[0].code, told.value.issues[0].params["tool"]) == ("database_tool_missing", "pg_dump")
    assert not (tmp_path / "backup").exists()
