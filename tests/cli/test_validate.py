"""Checking a file by hand: good, bad, half and none at all, in every syntax."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crosswalks.elm.serialise import SUFFIXES
from tests.cli.calling import Caller

NODES = "elm:LearningOpportunity"


@pytest.fixture(scope="module", params=sorted(SUFFIXES))
def exported(request: pytest.FixtureRequest, harvested: Caller, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole registry in one syntax."""
    file = tmp_path_factory.mktemp("exported") / f"all.{SUFFIXES[request.param]}"
    assert harvested("export", "elm", "--format", request.param, "-o", file).status == 0
    return file


def test_a_good_file_conforms(call: Caller, exported: Path) -> None:
    done = call("validate", exported, "--json")
    report = done.document["reports"][0]
    assert (done.status, report["conforms"]) == (0, True)
    assert report["focus_nodes"][NODES] > 40
    assert report["statements"] > 1000


def test_a_bad_file_does_not_and_the_reason_is_told_with_an_example_and_a_fix(call: Caller, exported: Path) -> None:
    spoilt = call.folder / exported.name
    text = exported.read_text()
    bad = re.sub(r"(?<=elm/)providedBy\b|\b(?<=[:<\"/])providedBy\b", "providedBye", text)
    assert bad != text
    spoilt.write_text(bad)
    done = call("validate", spoilt, "--json")
    report = done.document["reports"][0]
    assert (done.status, report["conforms"]) == (3, False)
    told = {language: call("validate", spoilt, "--lang", language) for language in ("en", "ja")}
    for reason in report["reasons"]:
        assert set(reason["rule"]) == set(reason["fix"]) == {"ja", "en"}
        for language, outcome in told.items():
            assert reason["code"] in outcome.text
            assert {"en": "Does not conform", "ja": "不適合"}[language] in outcome.text
    assert any(reason["examples"] for reason in report["reasons"])
    assert "providedBy" in told["en"].text


@pytest.mark.parametrize("part", [0.01, 0.5, 0.99])
def test_a_file_cut_off_does_not_conform(call: Caller, exported: Path, part: float) -> None:
    whole = exported.read_bytes()
    (call.folder / exported.name).write_bytes(whole[: int(len(whole) * part)])
    done = call("validate", exported.name, "--json")
    report = done.document["reports"][0]
    assert (done.status, report["conforms"]) == (3, False)
    assert {"stop", "error", "reject"} & {reason["severity"] for reason in report["reasons"]}


@pytest.mark.parametrize("content", [b"", b"\n", b"{}", b"[]", b"<rdf/>", b"# nothing\n", b"\xff\xfe\x00"])
@pytest.mark.parametrize("ending", ["ttl", "jsonld", "xml", "nt", "what"])
def test_a_file_without_records_never_conforms(call: Caller, content: bytes, ending: str) -> None:
    file = call.folder / f"none.{ending}"
    file.write_bytes(content)
    done = call("validate", file, "--json")
    assert done.status == 3
    assert done.document["reports"][0]["conforms"] is False
    assert done.document["reports"][0]["reasons"]
