"""Every state a stand-in can show ends as the table says: nothing wrong is published, nothing is lost in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.messages import Severity
from config.yaml_files import load_yaml
from connectors.contract import Answer
from connectors.discovery import connector, connector_names
from harvester.running.report import RunReport
from tests.hostile.inprocess import Change, Here
from tests.hostile.situations import parts

UGLY: dict[str, dict[str, Any]] = load_yaml(Path(__file__).parent / "ugly_states.yaml")
STATES = [(name, variant) for name in connector_names() for variant in connector(name).standin.variants]
GOOD = {"ends": "succeeded", "rejected": 0, "codes": []}
SHORTER = {"removed", "unreleased", "changed", "hidden", "current-only"}
"""States that show fewer records, as a healthy registry may."""
MORE = {("mqa", "double-encoded"): 1}


def above_information(report: RunReport) -> list[str]:
    return sorted({issue.code for issue in report.issues if issue.severity is not Severity.INFO})


def test_the_table_knows_only_states_that_there_are() -> None:
    assert {(name, variant) for name, listed in UGLY.items() for variant in listed} <= set(STATES)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variant"), STATES)
def test_it_ends_as_the_table_says(here: Here, name: str, variant: str) -> None:
    report = here(name, variant)
    expected = UGLY.get(name, {}).get(variant, GOOD)
    assert (report.state, above_information(report)) == (expected["ends"], expected["codes"])
    assert report.reading.rejected == expected["rejected"]
    if "published" in expected:
        assert report.published.created == expected["published"]
    else:
        assert report.complete
        assert report.published.created == report.reading.listings > 0
    if report.state == "failed":
        assert (report.published.created, here.titles()) == (0, set())
        assert any(issue.severity is Severity.STOP for issue in report.issues)
    for issue in report.issues:
        assert issue.text("ja") != issue.text("en")
        assert "{" not in issue.text("en")


DOORS = [
    ("mqa", "full", ""), ("mqa", "serverside", ""), ("mqa", "serverside-legacy", ""), ("mqa", "paged", ""),
    ("nzqa", "full", ""),
    ("jvcampus", "full", ""), ("jvcampus", "collapsed", "info"), ("jvcampus", "search", "search"),
    ("jvcampus", "webservice", ""), ("jvcampus", "webservice-all", "service-categories"),
    ("europass", "full", ""), ("europass", "catalogue-xml", "catalogue"), ("europass", "sparql", ""),
    ("europass", "api", ""), ("europass", "xml", ""),
    ("jmicro", "full", ""), ("jmicro", "index", ""), ("jmicro", "array", ""),
]  # fmt: skip
"""Ways into a registry, and the kind of answer to spoil; every kind where none is named."""
PARTS = 3
PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1>%s</body></html>"
FAULTS: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\t ",
    "login": PAGE % (b"Log in", b"Log in", b"<form><input type='password' name='p'></form>"),
    "maintenance": PAGE % (b"Maintenance", b"Scheduled maintenance", b""),
    "soft-404": PAGE % (b"Sorry", b"Page not found", b"<p>Kursus Contoh could not be found.</p>"),
    "another page": PAGE % (b"Welcome", b"Welcome", b"<table><tr><td>News</td><td>Today</td></tr></table>"),
    "script": b"<html><head><script>location='/login'</script></head><body></body></html>",
    "null": b"null",
    "number": b"5",
    "text": b'"text"',
    "object": b"{}",
    "array": b"[]",
    "array of nothing": b"[null, 1, \"x\", [], {}]",
    "deep array": b"[" * 100_000,
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deep elements": b"<html><body>" + b"<div>" * 20_000 + b"</body></html>",
    "deep tables": b"<html><body>" + b"<table><tr><td>" * 3000 + b"</table>" * 3000 + b"</body></html>",
    "zeros": bytes(5000),
    "bytes": bytes(range(256)) * 40,
    "marks": b"\xff\xfe" + b"\xd8" * 999,
    "entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d SYSTEM "file:///etc/passwd">]><a>&b;&d;</a>',
    "zip": b"PK\x03\x04" + bytes(200),
    "gzip": b"\x1f\x8b\x08" + bytes(200),
    "turtle": b"@prefix x: <urn:x:> . x:a x:b x:c .",
    "remote context": b'{"@context": "http://127.0.0.1:9/context", "@id": "urn:x:1", "@graph": []}',
}  # fmt: skip


def spoilt(kind: str, number: int, body: bytes) -> Change:
    """Put `body` in the place of one answer, the last of its kind."""
    seen = 0

    def change(asked: str, answer: Answer) -> Answer:
        nonlocal seen
        seen += asked == kind
        return Answer(body, media_type=answer.media_type) if asked == kind and seen == number else answer

    return change


def what_went_wrong(here: Here, report: RunReport, healthy: int, titles: set[str]) -> str:
    """What a run with one spoilt answer must not do; empty when it did nothing of the kind."""
    told = {issue.code for issue in report.issues}
    silent = not above_information(report)
    if told & {"connector_fault", "crawl_failed", "unexpected", "accounting_mismatch"}:
        return f"a fault: {told}"
    if here.titles() != titles:
        return f"published {here.titles() - titles}, lost {titles - here.titles()}"
    if silent and report.published.updated:
        return f"{report.published.updated} records changed, and nothing is told"
    if silent and report.reading.listings != healthy:
        return f"{report.reading.listings} listings instead of {healthy}, and nothing is told"
    if report.published.gone and "not_found_at_source" not in told:
        return f"{report.published.gone} records count as missing, and nothing is told"
    return "the run failed without a reason" if report.state == "failed" and silent else ""


@pytest.mark.slow
@pytest.mark.parametrize("part", parts(PARTS))
@pytest.mark.parametrize(("number", "name", "door", "only"), [(number, *door) for number, door in enumerate(DOORS)])
def test_one_answer_that_is_something_else(here: Here, number: int, name: str, door: str, only: str, part: int) -> None:
    """Every fault in every kind of answer; a part meets each fault at some doors, and each kind of answer."""
    healthy = here(name, door)
    assert healthy.state == "succeeded"
    kinds, titles = here.crawl.kinds, here.titles()
    kinds = {only: kinds[only]} if only else kinds
    wrong = {}
    for turn, (kind, last) in enumerate(kinds.items(), number):
        for fault, body in list(FAULTS.items())[(part - turn) % PARTS :: PARTS]:
            report = here(name, door, spoilt(kind, last, body))
            if found := what_went_wrong(here, report, healthy.reading.listings, titles):
                wrong[kind, fault] = found
    assert wrong == {}


def test_one_record_without_measure_is_rejected_alone(here: Here) -> None:
    healthy = here("mqa").published.created
    long = b"x" * 2_000_000

    def endless_title(kind: str, answer: Answer) -> Answer:
        start, found, rest = answer.body.rpartition(b"</tbody>")
        row = start[start.rindex(b"<tr") :]
        copy = row.replace(b"<td>", b"<td>" + long)
        return Answer(start + copy + found + rest, media_type=answer.media_type)

    report = here("mqa", "full", endless_title)
    assert (report.state, report.reading.rejected) == ("succeeded_with_warnings", 1)
    assert report.reading.listings == healthy + 1
    assert (report.published.created, report.published.updated) == (0, 0)
    assert [issue.code for issue in report.issues if issue.severity is Severity.REJECT] == ["record_invalid"]
    assert all(len(issue.text("en")) < 2000 for issue in report.issues)
