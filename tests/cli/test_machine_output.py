"""`--json`: one document on standard output with the keys that the help names, and nothing else there."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.calling import Caller
from tests.cli.conftest import WHO


def documented(call: Caller, *command: str) -> set[str]:
    """The keys that the help of a command names."""
    told = call(*command, "--help").text.partition("With --json:")[2].partition("\n\n")[0]
    return set(re.findall(r"`([a-z_]+)`", told))


def test_registries(call: Caller) -> None:
    done = call("registries", "--json")
    rows = done.document["registries"]
    assert set(done.document) | set(rows[0]) == documented(call, "registries")
    assert {row["registry"]: row["records"] for row in rows}["jmicro"] == 89
    assert done.err == ""


def test_runs(call: Caller) -> None:
    done = call("runs", "--json")
    one = call("runs", "2", "--json")
    assert set(done.document) | set(one.document) == documented(call, "runs")
    assert set(done.document["runs"][0]) < set(one.document)
    newest, first = done.document["runs"]
    assert (newest["run"], first["run"]) == (2, 1)
    assert (first["new"], newest["new"], newest["unchanged"]) == (89, 0, 89)
    assert one.document["same_as_run"] == 1
    assert one.document["actor"] == WHO
    assert one.document["started_at"].endswith("Z")
    assert one.err == ""


def test_runs_of_one_registry(call: Caller) -> None:
    assert call("runs", "--registry", "jmicro", "--json").document == call("runs", "--json").document
    assert call("runs", "--registry", "mqa", "--json").document == {"runs": []}


def test_show(call: Caller) -> None:
    done = call("show", "jmicro-46z2", "--json")
    assert set(done.document) == documented(call, "show")
    assert done.document["descriptor"]["title"]["ja"]
    assert done.document["ledger"]["entries"]
    assert done.document["places"]
    by_identifier = call("show", done.document["iri"], "--json")
    assert by_identifier.document == done.document
    assert done.err == ""


@pytest.mark.parametrize("command", [("export", "elm"), ("export", "jmicro")], ids=" ".join)
def test_export(call: Caller, command: tuple[str, ...]) -> None:
    done = call(*command, "-o", "left", "--json")
    assert set(done.document) == documented(call, *command)
    assert done.document["bytes"] == (call.folder / "left").stat().st_size
    assert done.document["by_registry"] == {"jmicro": done.document["written"]}
    assert done.document["written"] + sum(g["count"] for g in done.document["withheld"].values()) == 89
    assert done.err == ""


@pytest.mark.parametrize("command", [("export", "elm"), ("export", "jmicro")], ids=" ".join)
def test_export_of_nothing_says_so_in_the_same_document(fresh: Caller, command: tuple[str, ...]) -> None:
    before = fresh.folder / "left"
    before.write_text("as it was")
    done = fresh(*command, "-o", before, "--json")
    assert (done.status, done.code) == (3, "nothing_exported")
    assert set(done.document) == {"error"} | documented(fresh, *command)
    assert before.read_text() == "as it was"


def test_convert_and_validate(call: Caller) -> None:
    assert call("export", "elm", "-o", "all.ttl").status == 0
    checked = call("validate", "all.ttl", "--json")
    assert set(checked.document) == documented(call, "validate")
    report = checked.document["reports"][0]
    assert report["conforms"] is True
    assert report["focus_nodes"]["elm:LearningOpportunity"] > 40
    done = call("convert", "all.ttl", "--from", "elm", "--to", "jmicro", "-o", "all.jsonl", "--json")
    assert set(done.document) == documented(call, "convert")
    assert done.document["written"] == report["focus_nodes"]["elm:LearningOpportunity"]
    assert checked.err == done.err == ""


def test_standins(call: Caller) -> None:
    done = call("standins", "--only", "mqa", "--seconds", "0", "--json")
    rows = done.document["standins"]
    assert set(done.document) | set(rows[0]) == documented(call, "standins")
    assert rows[0]["address"].startswith("http://127.0.0.1:")
    assert "full" in rows[0]["variants"]


@pytest.mark.slow
def test_preview_shows_what_would_be_and_keeps_nothing(fresh: Caller, doors: dict[str, str]) -> None:
    order = ("harvest", "jmicro", "--address", doors["jmicro"], "--allow-loopback", "--preview", "3", "--json")
    done = fresh(*order)
    assert {"preview", "state", "proposals", "issues"} <= set(done.document) & documented(fresh, "harvest")
    assert done.document["state"] == "succeeded"
    proposals = done.document["proposals"]
    assert [item["op"] for item in proposals] == ["new"] * 3
    assert set(proposals[0]) == {"op", "id", "key", "fields", "descriptor"}
    assert json.loads(proposals[0]["descriptor"])["title"]
    assert fresh("runs", "--json").document == {"runs": []}
    assert fresh("show", proposals[0]["id"], "--json").code == "record_unknown"
