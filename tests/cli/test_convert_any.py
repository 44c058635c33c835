"""Converting whatever comes: the schema told by the file itself, standard input, and files of any length."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.messages import CodedError
from connectors.jmicro.standin import lines
from crosswalks.contract import crosswalk_table
from harvester.converting import Account, carried, guess
from harvester.pieces import Pieces
from tests.cli.calling import Caller
from tests.cli.test_convert import GOLDENS, MADE, source


@pytest.mark.parametrize("name", [*GOLDENS, *MADE])
def test_the_schema_of_a_file_is_told_by_the_file(name: str, tmp_path: Path) -> None:
    file = source(name, tmp_path)
    assert guess(file.read_bytes(), file.name) == name.partition("/")[0]


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"hello", b"\x00\x01", b"<html></html>", b'{"a": 1}', b"PK\x03\x04"]
)
def test_what_is_of_no_schema_is_refused_with_those_there_are(data: bytes) -> None:
    with pytest.raises(CodedError, match="schema_not_guessed") as refused:
        guess(data, "file.json")
    assert all(schema in refused.value.issues[0].params["known"] for schema in crosswalk_table())


CREDENTIAL = {"type": "EuropeanDigitalCredential", "id": "urn:x:1"}
KNOWN_BUT_NOT_READ = {
    "shapes.ttl": (b"@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:x:s> a sh:NodeShape .", "rules_not_records"),
    "ontology.ttl": (
        b"@prefix owl: <http://www.w3.org/2002/07/owl#> . <urn:x:o> a owl:Ontology .",
        "rules_not_records",
    ),
    "empty.jsonld": (
        json.dumps({"@context": "https://www.w3.org/2018/credentials/v1", **CREDENTIAL, "title": {"en": "T"}}).encode(),
        "edc_no_achievement",
    ),
    "elsewhere.json": (
        json.dumps({"@context": "https://elsewhere.example/v1", **CREDENTIAL}).encode(),
        "remote_context",
    ),
    "issued.json": (b'{"type": "Assertion", "recipient": {"identity": "x"}, "badge": "urn:x:b"}', "pii_present"),
}


@pytest.mark.parametrize("name", KNOWN_BUT_NOT_READ)
def test_a_file_that_one_schema_knows_but_cannot_read_is_told_by_it(name: str) -> None:
    data, code = KNOWN_BUT_NOT_READ[name]
    with pytest.raises(CodedError) as refused:
        guess(data, name)
    assert [issue.code for issue in refused.value.issues] == [code]


@pytest.mark.judges
def test_the_official_files_are_told(judges: Path) -> None:
    told: dict[str, set[str]] = {}
    for path in sorted((judges / "elm").rglob("*.ttl")):
        try:
            outcome = guess(path.read_bytes(), path.name)
        except CodedError as error:
            outcome = error.issues[0].code
        told.setdefault(outcome, set()).add(path.name)
    assert told.keys() == {"edc", "rules_not_records", "schema_not_guessed"}
    assert told["edc"] == {"credential-sample-turtle.ttl"}
    assert told["schema_not_guessed"] == {"ELM-external.ttl"}


def test_standard_input_is_read_and_told(call: Caller) -> None:
    command = [sys.executable, "-c", "from harvester.cli import main; main()", "convert", "-", "--to", "elm", "--json"]
    done = subprocess.run(command, input=b"\n".join(lines(60)[:20]), capture_output=True, cwd=call.folder, check=False)
    account = json.loads(done.stderr)
    assert (done.returncode, account["from"], account["records"]) == (0, "jmicro", 20)
    assert b"@prefix" in done.stdout


def test_a_long_file_is_taken_in_pieces_and_no_record_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "long.jsonl"
    written = list(lines(1200))
    file.write_bytes(b"\n".join(written))
    assert file.stat().st_size > 2 * 2**20
    pieces = Pieces(file)
    account = Account("jmicro", "jmicro")
    keys = [one.key for one in carried(pieces, account)]
    pieces.close()
    assert keys == [json.loads(line)["id"] for line in written]
    assert (account.read, account.written) == (len(written), len(written))


def test_a_broken_line_far_down_is_named_and_what_came_before_is_kept(call: Caller) -> None:
    written = list(lines(1200))
    written[1000] = b"{cut"
    (call.folder / "long.jsonl").write_bytes(b"\n".join(written))
    done = call("convert", "long.jsonl", "--to", "jmicro", "-o", "out.jsonl", "--json")
    account = json.loads(done.out)
    assert done.status == 0
    assert 0 < account["written"] < len(written)
    place = next(issue["place"] for issue in account["issues"] if issue["code"] == "row_invalid")
    first, line = map(int, re.findall(r"line (\d+)", place))
    assert first + line - 1 == 1001


def test_the_ledger_of_many_records_is_one_json_document(call: Caller) -> None:
    (call.folder / "some.jsonl").write_bytes(b"\n".join(lines(60)))
    done = call("convert", "some.jsonl", "--to", "elm", "-o", "out.nt", "--ledger", "ledger.json", "--json")
    told = json.loads((call.folder / "ledger.json").read_text())
    assert done.status == 0
    assert len(told["records"]) == json.loads(done.out)["records"] == len(lines(60))
    assert {record["written"] for record in told["records"]} == {True, False}
