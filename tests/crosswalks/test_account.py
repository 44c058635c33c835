"""The published JSON Schema of ledger files: fresh, and true of what conversions write."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from config.messages import Issue
from crosswalks.account import PUBLISHED, json_schema, text
from crosswalks.contract import crosswalk_table
from crosswalks.ledger import Entry, FieldOutcome, Ledger


def account(*ledgers: dict[str, Any], issues: tuple[Issue, ...] = ()) -> dict[str, Any]:
    told = [issue.as_json() for issue in issues]
    return {
        "from": "mqa",
        "to": "elm",
        "file": "list.csv",
        "records": [{"record": "key", "written": True, "ledgers": list(ledgers), "issues": told}],
        "issues": told,
    }


def ledgers_in(data: Any) -> list[dict[str, Any]]:
    """The ledgers anywhere in a golden; some goldens hold the lines alone."""
    if isinstance(data, dict):
        if "entries" in data:
            return [{name: data[name] for name in ("from", "to", "entries")}]
        return [one for value in data.values() for one in ledgers_in(value)]
    if not isinstance(data, list):
        return []
    if data and isinstance(data[0], dict) and "outcome" in data[0]:
        return [{"from": "a", "to": "b", "entries": data}]
    return [one for item in data for one in ledgers_in(item)]


def faults(document: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(json_schema()).iter_errors(document)]


def test_the_published_schema_is_fresh() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == text(), "run `python -m crosswalks.account`"
    Draft202012Validator.check_schema(json_schema())


def test_every_kind_of_line_and_finding_is_in_the_schema() -> None:
    ledger = Ledger("mqa", "jmicro")
    ledger.mapped("title", "title", quote="«…»")
    ledger.normalised("a", "b", "rule", value="was", quote="here")
    ledger.derived("a", "c", "rule", quote="here")
    ledger.defaulted("d", "rule")
    ledger.dropped("e", "running_number", value=1)
    ledger.unknown("f")
    assert {entry.outcome for entry in ledger.entries} == set(FieldOutcome)
    issue = Issue("unmapped_field", {"field": "x"}, record="key", place="x")
    assert faults(account(ledger.as_json(), issues=(issue,))) == []


@pytest.mark.parametrize(
    "entry",
    [
        Entry("title", FieldOutcome.MAPPED),
        Entry("title", FieldOutcome.NORMALISED, "title"),
        Entry("", FieldOutcome.DERIVED, "title", rule="rule"),
        Entry("title", FieldOutcome.DEFAULTED, "title", rule="rule"),
        Entry("title", FieldOutcome.DROPPED),
        Entry("title", FieldOutcome.DROPPED, "title", reason="running_number"),
        Entry("title", FieldOutcome.UNKNOWN),
    ],
    ids=str,
)
def test_a_line_that_does_not_say_what_it_must_is_refused(entry: Entry) -> None:
    assert faults(account({"from": "mqa", "to": "jmicro", "entries": [entry.as_json()]}))


def test_the_ledgers_of_goldens_are_in_the_schema() -> None:
    seen = set()
    for schema, one in crosswalk_table().items():
        for path in (one.folder / "goldens").glob("*.json"):
            for ledger in ledgers_in(json.loads(path.read_text(encoding="utf-8"))):
                seen.add(schema)
                assert faults(account(ledger)) == [], path
    assert {"elm", "jvcampus", "mqa", "nzqa", "openbadges"} <= seen
