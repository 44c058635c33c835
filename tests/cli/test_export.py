"""Exports by hand: whole files or none, the same bytes every time and everywhere."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.messages import CodedError
from crosswalks.elm.serialise import SUFFIXES
from harvester import exporting
from harvester.exporting import whole_file
from store.database import Database
from store.records import Current, current_records
from tests.cli.calling import Caller

EVERY: list[tuple[tuple[str, ...], str]] = [
    (("export", "elm", "--format", syntax), f"all.{ending}") for syntax, ending in SUFFIXES.items()
]
EVERY.append((("export", "jmicro"), "all.jsonl"))
_ALL_AT_ONCE = """
import sys
from harvester.cli import run
for order in sys.argv[1:]:
    status = run(order.split())
    if status:
        sys.exit(status)
"""


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.slow
def test_the_bytes_are_the_same_twice_and_in_any_surroundings(call: Caller) -> None:
    orders = [" ".join((*order, "-o", name)) for order, name in EVERY]
    surroundings = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LANG": "ja_JP.UTF-8"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LANG": "C", "LC_ALL": "C"},
    ]
    running = []
    for number, changes in enumerate(surroundings):
        folder = call.folder / str(number)
        folder.mkdir()
        environment = call.with_(**changes).process_environment
        command = [sys.executable, "-c", _ALL_AT_ONCE, *orders]
        running.append(subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL))
    here = call.folder / "here"
    here.mkdir()
    for order, name in EVERY:
        assert call(*order, "-o", here / name).status == 0
    assert [process.wait(120) for process in running] == [0, 0]
    first = digests(here)
    assert len(first) == len(EVERY)
    assert first == digests(call.folder / "0") == digests(call.folder / "1")


@pytest.mark.parametrize(("order", "name"), EVERY, ids=[name for _, name in EVERY])
def test_standard_output_gets_the_same_bytes_and_nothing_else(call: Caller, order: tuple[str, ...], name: str) -> None:
    assert call(*order, "-o", name).status == 0
    done = call(*order, "-o", "-")
    assert done.out == (call.folder / name).read_bytes()
    assert str(len(done.out)) in done.err.replace(",", "")


def test_an_equal_file_is_not_touched(call: Caller) -> None:
    file = call.folder / "all.ttl"
    assert call("export", "elm", "-o", file).status == 0
    before = file.stat()
    assert call("export", "elm", "-o", file).status == 0
    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("order", [("export", "elm"), ("export", "jmicro")], ids=" ".join)
def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_beside_it(
    call: Caller, order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = call.folder / "all"
    file.write_text("as it was")

    def failing(database: Database, registries: tuple[str, ...]) -> Iterator[Current]:
        for number, record in enumerate(current_records(database, registries)):
            if number == 60:
                raise OSError(28, "No space left on device")
            yield record

    monkeypatch.setattr(exporting, "current_records", failing)
    done = call(*order, "-o", file, "--json")
    assert (done.status, done.code) == (1, "output_unwritable")
    assert file.read_text() == "as it was"
    assert list(call.folder.iterdir()) == [file]


def test_a_link_goes_on_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    with whole_file(tmp_path / "link") as out:
        out.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_device_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    with whole_file(Path("/dev/null")) as out:
        out.write(b"x" * 1000)
    assert Path("/dev/null").is_char_device()
    with pytest.raises(CodedError, match="output_unwritable"), whole_file(Path("/dev/full")) as out:
        out.write(b"x" * 1000)
    assert Path("/dev/full").is_char_device()


def test_only_the_registry_asked_for(call: Caller) -> None:
    done = call("export", "jmicro", "-o", "a", "--registry", "jmicro", "--json")
    assert done.document["by_registry"] == {"jmicro": 89}
    assert call("export", "jmicro", "-o", "b", "--registry", "mqa", "--json").code == "nothing_exported"
    assert not (call.folder / "b").exists()


def test_several_files_from_one_call_are_as_those_of_a_call_each(call: Caller) -> None:
    names = [f"all.{ending}" for ending in SUFFIXES.values()]
    outputs = [argument for name in names for argument in ("-o", f"together-{name}")]
    done = call("export", "elm", *outputs, "--json")
    assert done.status == 0
    for told, (syntax, name) in zip(done.document["exports"], zip(SUFFIXES, names, strict=True), strict=True):
        alone = call("export", "elm", "--format", syntax, "-o", name, "--json").document
        assert {**told, "file": name} == {**alone, "file": name}
        assert (call.folder / f"together-{name}").read_bytes() == (call.folder / name).read_bytes()
        assert told["bytes"] == (call.folder / name).stat().st_size > 0


def test_the_ending_tells_the_format_and_turtle_is_what_no_ending_tells(call: Caller) -> None:
    done = call("export", "elm", "-o", "a.RDF", "-o", "a.txt", "--json")
    assert [one["syntax"] for one in done.document["exports"]] == ["rdfxml", "turtle"]
    assert call("export", "elm", "--format", "nquads", "-o", "a.ttl", "--json").document["syntax"] == "nquads"


def test_none_of_several_files_appears_when_there_is_no_record(call: Caller) -> None:
    (call.folder / "a.nt").write_text("as it was")
    done = call("export", "elm", "-o", "a.ttl", "-o", "a.nt", "-o", "a.xml", "--registry", "mqa", "--json")
    assert (done.status, done.code) == (3, "nothing_exported")
    assert [one["written"] for one in done.document["exports"]] == [0, 0, 0]
    assert {path.name: path.read_text() for path in call.folder.iterdir()} == {"a.nt": "as it was"}


def test_the_file_that_cannot_be_written_is_the_one_that_is_named(call: Caller) -> None:
    done = call("export", "elm", "-o", "/dev/full", "-o", "a.nt", "--json")
    assert (done.status, done.code) == (1, "output_unwritable")
    assert "/dev/full" in str(done.document["error"])
