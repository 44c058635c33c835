"""Help: what every command says of itself, and that its examples run as they stand there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from connectors.contract import Registry
from connectors.discovery import registry
from harvester import demonstration
from harvester.cli import cli
from tests.cli.calling import Caller

PLACE = re.compile(r"http://127\.0\.0\.1:8000/full/\S+")


def commands(group: click.Group = cli, *above: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield (*above, name)


COMMANDS = list(commands())
PROMISED = {"convert", "demo", "export", "harvest", "registries", "runs", "show", "standins", "validate"}
QUICK = [name for name in COMMANDS if name[0] in PROMISED - {"demo", "harvest"}]
"""Commands whose examples need only the shared home and a few files; others run theirs where they are tested."""


def examples(help_text: str) -> list[list[str]]:
    told = help_text.partition("Example:\n")[2].partition("\n\n")[0]
    return [shlex.split(line)[1:] for line in told.splitlines() if line.strip().startswith("kakehashi ")]


def test_the_commands_are_those_that_were_promised() -> None:
    assert {name[0] for name in COMMANDS} >= PROMISED
    assert {name[1] for name in COMMANDS if name[0] == "export"} >= {"elm", "jmicro"}


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
def test_help_tells_what_options_do_and_gives_an_example(fresh: Caller, name: tuple[str, ...]) -> None:
    told = fresh(*name, "--help")
    assert (told.status, told.err) == (0, "")
    for option in ("--json", "--lang", "--as", "--help"):
        assert option in told.text
    assert examples(told.text)
    assert all(tuple(line[: len(name)]) == name for line in examples(told.text))
    assert not fresh.home.exists()


def test_the_list_of_commands_is_whole_sentences_and_exit_statuses_are_told(fresh: Caller) -> None:
    told = fresh("--help").text
    assert "..." not in told.partition("Commands:")[2]
    for status in ("0 ", "1 ", "2 ", "3 ", "4 ", "130 "):
        assert re.search(rf"^ +{status} +\w", told.partition("Exit status:")[2], re.MULTILINE)


@pytest.fixture
def provided(call: Caller) -> Caller:
    """A working folder with the files that examples name."""
    assert call("export", "elm", "-o", "kakehashi-elm.ttl").status == 0
    assert call("export", "elm", "--format", "xml", "-o", "loq.xml").status == 0
    assert call("export", "jmicro", "-o", "listing.jsonl").status == 0
    assert call("convert", "listing.jsonl", "--to", "spreadsheet", "-o", "filled.xlsx").status == 0
    return call


def ready(line: list[str], doors: dict[str, str]) -> list[str]:
    """An example with the stand-ins of this session for what it finds elsewhere; one that never ends, ends."""
    if line[0] == "standins":
        return ["8000" if word == "8000" else word for word in line] + ["--seconds", "0"]
    if line[0] == "harvest" and "--address" not in line:
        line = [*line, "--address", doors[line[1]], "--allow-loopback"]
    return [doors[line[1]] if PLACE.fullmatch(word) else word for word in line]


@pytest.mark.parametrize("name", QUICK, ids=" ".join)
def test_examples_run(provided: Caller, doors: dict[str, str], name: tuple[str, ...]) -> None:
    for line in examples(provided(*name, "--help").text):
        if "--shapes" not in line:
            done = provided(*ready(line, doors))
            assert (done.status, "Traceback" in done.err) == (0, False), (line, done.err)


@pytest.mark.slow
def test_examples_of_harvest_run(fresh: Caller, doors: dict[str, str]) -> None:
    lines = examples(fresh("harvest", "--help").text)
    assert any("--preview" in line for line in lines)
    assert any("--address" in line for line in lines)
    assert fresh("registry", "accept", *sorted({line[1] for line in lines}), "--why", "their stand-ins").status == 0
    for line in lines:
        done = fresh(*ready(line, doors))
        assert done.status == 0, (line, done.text, done.err)


@pytest.mark.slow
@pytest.mark.judges
def test_examples_with_the_official_shapes_run(provided: Caller, judges: Path) -> None:
    (provided.folder / "elm").symlink_to(judges / "elm")
    lines = [line for line in examples(provided("validate", "--help").text) if "--shapes" in line]
    for line in lines:
        done = provided(*line)
        assert done.status == 0, done.text
        assert len(done.document["reports"]) == 2
    assert lines


def two_registries() -> dict[str, Registry]:
    return {name: registry(name) for name in ("jmicro", "mqa")}


@pytest.mark.slow
def test_examples_of_the_demo_run(fresh: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demonstration, "registries", two_registries)
    first, *others = examples(fresh("demo", "--help").text)
    done = fresh(*first)
    assert done.status == 0, done.err
    assert not fresh.home.exists(), "the demo has a home of its own"
    left = fresh.folder / "var/demo/export"
    kinds = ("ttl", "nt", "nq", "jsonld", "rdf", "xml")
    before = {path.name: path.stat().st_mtime_ns for path in left.iterdir()}
    assert set(before) == {"report.json", *(f"kakehashi-elm.{kind}" for kind in kinds)}
    inside = Caller(fresh.folder / "var/demo", fresh.folder)
    public = inside("export", "jmicro", "-o", "-").out
    for line in others:
        again = fresh(*line)
        assert again.status == 0
        assert "変わりません" in again.text
    assert inside("export", "jmicro", "-o", "-").out == public
    after = {path.name: path.stat().st_mtime_ns for path in left.iterdir()}
    assert {name for name in before if before[name] != after[name]} <= {"report.json"}
    next_steps = [line.split() for line in done.text.splitlines() if line.strip().startswith("KAKEHASHI_HOME=")]
    assert next_steps
    for step in next_steps:
        assert inside(*step[2:]).status == 0
    walk_the_held_run(inside)


def walk_the_held_run(demo: Caller) -> None:
    """One run waits, however often the demonstration ran; what it prints leads to a decision, and back."""
    (number,) = [row["run"] for row in demo("runs", "--json").document["runs"] if row["state"] == "held"]
    told = demo("runs", str(number)).text
    assert all(gate in told for gate in ("found too few", "records gone", "programme: 100% → 68%"))
    assert all(f"kakehashi {order} {number}" in told for order in ("publish", "drop", "retry"))
    assert demo("publish", str(number)).status == 2
    done = demo("drop", str(number), "--why", "the page was half empty", "--as", "N. Operator")
    assert all(words in done.text for words in ("cancelled", "N. Operator", "the page was half empty"))
    assert demo("retry", str(number), "--json").code == "address_missing"
    assert [row["why"] for row in demo("runs", str(number), "--json").document["decisions"]] == [
        "the page was half empty"
    ]


@pytest.mark.slow
def test_a_demo_that_goes_wrong_says_so_in_its_status_and_in_one_document(
    fresh: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demonstration, "registries", dict)
    done = fresh("demo", "--json")
    assert done.status == 3
    assert done.code == "demo_failed"
    assert set(done.document) == {"error", "home", "runs", "held", "exports", "troubles"}
    assert done.document["troubles"] == ["no record of JMICRO was exported"]
    assert "demo_failed" in done.err
    assert list((fresh.folder / "var/demo/export").iterdir()) == [fresh.folder / "var/demo/export/report.json"]
