"""Sums of ledgers: of a record, of a registry, of a way out, and the file of a conversion against its schema."""

from __future__ import annotations

import json
from collections import Counter

from jsonschema import Draft202012Validator

from crosswalks.account import json_schema
from crosswalks.ledger import FieldOutcome
from tests.cli.calling import Caller
from tests.cli.test_machine_output import documented

RECORD = "jmicro-46z2"


def test_the_sums_of_a_registry_are_those_of_its_records(call: Caller) -> None:
    done = call("ledger", "jmicro", "--json")
    (way,) = done.document["ways"]
    assert set(done.document) | set(way) | set(way["losses"][0]) == documented(call, "ledger")
    assert (way["from"], way["to"], way["records"]) == ("jmicro", "jmicro", 89)
    (listed,) = [row for row in call("registries", "--json").document["registries"] if row["registry"] == "jmicro"]
    assert listed["ledger"] == {outcome.value: way[outcome.value] for outcome in FieldOutcome}
    lost = sum(row["count"] for row in way["losses"])
    assert 0 < lost <= way["dropped"] + way["unknown"]
    assert call("ledger", "--json").document == done.document


def test_a_record_is_shown_with_its_sums(call: Caller) -> None:
    counts = Counter(entry["outcome"] for entry in call("show", RECORD, "--json").document["ledger"]["entries"])
    told = call("show", RECORD, "--lang", "en").text
    assert all(f"{name} {number}" in told for name, number in counts.items())


def test_a_way_out_is_summed_by_target(call: Caller) -> None:
    (elm,) = call("ledger", "jmicro", "--to", "elm", "--json").document["ways"]
    assert (elm["from"], elm["to"], elm["records"]) == ("jmicro", "elm", 89)
    (mqa,) = call("ledger", "jmicro", "--to", "mqa", "--json").document["ways"]
    assert mqa["dropped"] > elm["dropped"] > 0
    assert call("ledger", "jmicro", "--to", "edc", "--json").code == "schema_not_written"
    assert call("ledger", "nowhere", "--json").code == "registry_unknown"


def test_sums_are_told_in_both_languages(call: Caller) -> None:
    for language, words in (("en", ("normalised", "Reason")), ("ja", ("渡さず", "理由"))):
        told = call.with_(COLUMNS="140")("ledger", "jmicro", "--to", "mqa", "--lang", language).text
        assert all(word in told for word in words)


def test_the_ledger_file_of_a_conversion_is_in_its_published_schema(call: Caller) -> None:
    assert call("export", "jmicro", "-o", "all.jsonl").status == 0
    for target in ("elm", "mqa"):
        call("convert", "all.jsonl", "--from", "jmicro", "--to", target, "-o", "out", "--ledger", "ledger.json")
        written = json.loads((call.folder / "ledger.json").read_bytes())
        assert len(written["records"]) > 10
        assert [error.message for error in Draft202012Validator(json_schema()).iter_errors(written)] == []
