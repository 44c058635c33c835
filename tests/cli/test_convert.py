"""Converting by hand: a file of every schema in, descriptors and ELM out, and the ledger of the way."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from connectors.contract import Question
from connectors.discovery import connector
from connectors.jmicro.standin import lines
from crosswalks.contract import crosswalk_table
from crosswalks.descriptor.serialise import load
from crosswalks.ledger import FieldOutcome
from tests.cli.calling import Caller
from tests.crosswalks.test_edc import credential

GOLDENS = {
    f"{schema}/{path.name}": path
    for schema, crosswalk in sorted(crosswalk_table().items())
    for path in sorted((crosswalk.folder / "goldens").glob("*.source.*"))
}
MADE = ("mqa/page.html", "jmicro/list.jsonl", "edc/credential.jsonld")
OUTCOMES = {outcome.value for outcome in FieldOutcome}


def source(name: str, folder: Path) -> Path:
    """A file of a schema: its golden, or one of the same shape where goldens are of another."""
    if name in GOLDENS:
        return GOLDENS[name]
    schema, _, file = name.partition("/")
    path = folder / file
    if schema == "mqa":
        standin = connector("mqa").standin
        answer = standin.answer(Question("full", standin.entry, {}, "http://127.0.0.1/"), 3)
        assert answer is not None
        path.write_bytes(answer.body)
    elif schema == "jmicro":
        path.write_bytes(b"\n".join(lines(60)[:20]))
    else:
        path.write_text(json.dumps(credential()))
    return path


def test_there_is_a_file_of_every_schema() -> None:
    assert {name.partition("/")[0] for name in (*GOLDENS, *MADE)} == set(crosswalk_table())


@pytest.mark.parametrize("name", [*GOLDENS, *MADE])
def test_every_schema_goes_to_the_descriptor_and_on_to_elm(call: Caller, name: str) -> None:
    schema = name.partition("/")[0]
    file = source(name, call.folder)
    inward = call(
        "convert", file, "--from", schema, "--to", "jmicro", "-o", "in.jsonl", "--ledger", "in.json", "--json"
    )
    assert (inward.status, inward.err) == (0, "")
    descriptors = [load(line) for line in (call.folder / "in.jsonl").read_bytes().splitlines()]
    check_ledger(call.folder / "in.json", schema, "jmicro", len(descriptors))
    assert inward.document["written"] == len(descriptors) > 0

    outward = call(
        "convert", "in.jsonl", "--from", "jmicro", "--to", "elm", "-o", "out.ttl", "--ledger", "out.json", "--json"
    )
    assert outward.status in {0, 3}
    assert outward.document["records"] == len(descriptors)
    check_ledger(call.folder / "out.json", "jmicro", "elm", outward.document["written"])
    withheld = [issue for issue in outward.document["issues"] if issue["code"].startswith("withheld_")]
    assert outward.document["written"] + len({issue["record"] or index for index, issue in enumerate(withheld)}) >= len(
        descriptors
    )
    assert (call.folder / "out.ttl").exists() == (outward.status == 0)
    if outward.status == 0:
        assert call("validate", "out.ttl").status == 0


def check_ledger(path: Path, start: str, end: str, written: int) -> None:
    account = json.loads(path.read_bytes())
    assert (account["from"], account["to"]) == (start, end)
    assert sum(record["written"] for record in account["records"]) == written
    for record in account["records"]:
        assert record["ledgers"][0]["from"] == start
        assert record["ledgers"][-1]["to"] == end
        for ledger in record["ledgers"]:
            assert ledger["entries"]
            for entry in ledger["entries"]:
                assert entry["outcome"] in OUTCOMES
                if entry["outcome"] in {"dropped", "unknown"}:
                    assert entry["reason"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_account_for_people_is_on_standard_error_and_the_records_on_standard_output(
    call: Caller, language: str
) -> None:
    file = source("jmicro/list.jsonl", call.folder)
    plain = call("convert", file, "--from", "jmicro", "--to", "jmicro", "--lang", language)
    dash = call("convert", file, "--from", "jmicro", "--to", "jmicro", "-o", "-", "--json")
    assert plain.out == dash.out
    assert len([load(line) for line in plain.out.splitlines()]) == 20
    assert {"en": "Records: 20", "ja": "記録: 20"}[language] in plain.err
    assert json.loads(dash.err)["written"] == 20
    assert not (call.folder / "-").exists()


def test_the_name_of_the_output_chooses_its_syntax_and_format_overrules_it(call: Caller) -> None:
    file = source("jmicro/list.jsonl", call.folder)
    order = ("convert", file, "--from", "jmicro", "--to", "elm", "-o")
    forms = {"a.nt": ox.RdfFormat.N_TRIPLES, "a.ttl": ox.RdfFormat.TURTLE, "a.rdf": ox.RdfFormat.RDF_XML}
    graphs = []
    for name, form in forms.items():
        assert call(*order, name).status == 0
        graphs.append({quad.triple for quad in ox.parse((call.folder / name).read_bytes(), form)})
    assert graphs[0] == graphs[1] == graphs[2] != set()
    assert call(*order, "b.txt", "--format", "ntriples").status == 0
    assert (call.folder / "b.txt").read_bytes() == (call.folder / "a.nt").read_bytes()


def test_a_file_that_breaks_off_gives_what_stood_before_and_says_so(call: Caller) -> None:
    whole = source("jmicro/list.jsonl", call.folder).read_bytes()
    (call.folder / "half.jsonl").write_bytes(whole[: len(whole) // 2])
    done = call("convert", "half.jsonl", "--from", "jmicro", "--to", "jmicro", "-o", "half.out", "--json")
    complete = whole[: len(whole) // 2].count(b"\n")
    assert done.status == 0
    assert done.document["written"] == complete > 5
    assert [issue["code"] for issue in done.document["issues"] if issue["severity"] in {"reject", "stop"}] == [
        "row_invalid"
    ]


def test_what_is_withheld_leaves_the_old_file(call: Caller) -> None:
    bare = {
        "id": "https://x.example/1",
        "source_record": {"registry": "x", "source_id": "1"},
        "title": {"en": "Contoh"},
    }
    (call.folder / "bare.jsonl").write_text(json.dumps(bare))
    (call.folder / "old.ttl").write_text("as it was")
    done = call("convert", "bare.jsonl", "--from", "jmicro", "--to", "elm", "-o", "old.ttl", "--json")
    assert done.status == 3
    assert any(issue["code"].startswith("withheld_") for issue in done.document["issues"])
    assert (call.folder / "old.ttl").read_text() == "as it was"
