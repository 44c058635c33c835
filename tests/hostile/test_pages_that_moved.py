"""Eighteen ways in which pages change overnight: twelve do harm and are held or told, six do none and pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config.messages import Severity
from connectors.contract import Answer
from harvester.running.report import RunReport
from tests.hostile.endstate import public
from tests.hostile.inprocess import Change, Here

Edit = Callable[[str], str]
ROW = re.compile(r"<tr>(?:(?!</tr>).)*</tr>", re.DOTALL)
CELL = re.compile(r"<td>.*?</td>", re.DOTALL)


def pages(edit: Edit, kinds: tuple[str, ...] = ()) -> Change:
    """Edit every page, or those of some kinds."""

    def change(kind: str, healthy: Answer) -> Answer:
        if kinds and kind not in kinds:
            return healthy
        return replace(healthy, body=edit(healthy.body.decode()).encode())

    return change


def cells(edit: Callable[[list[str]], list[str]]) -> Edit:
    """Edit the cells of every row."""

    def row(match: re.Match[str]) -> str:
        found = CELL.findall(match[0])
        return f"<tr>{''.join(edit(found))}</tr>" if found else match[0]

    return lambda page: ROW.sub(row, page)


def word(old: str, new: str) -> Edit:
    def edit(page: str) -> str:
        assert old in page
        return page.replace(old, new)

    return edit


def every_second_row(page: str) -> str:
    count = iter(range(10**6))
    return ROW.sub(lambda match: match[0] if "<th" in match[0] or next(count) % 2 else "", page)


def second_table(page: str) -> str:
    """Show the same courses as they were long ago above the list of today."""
    at = page.index("<table")
    table = page[at : page.index("</table>") + 8]
    return page[:at] + table.replace("Diploma", "Old Diploma") + page[at:]


def as_cards(page: str) -> str:
    for tag in ("table", "thead", "tbody", "tr", "th", "td"):
        page = re.sub(rf"(</?){tag}\b", r"\1div", page)
    return page


LIST = ("mqa", "full")
DETAILS = ("nzqa", "full")
HARMFUL: dict[str, tuple[tuple[str, str], Change | None]] = {
    "a column is gone": (LIST, pages(lambda page: cells(lambda row: row[:2] + row[3:])(page).replace(
        "<th>Nama Program Akreditasi</th>", ""))),
    "a header has another name": (LIST, pages(word("Nama PPT", "Institusi"))),
    "two headers changed places": (LIST, pages(lambda page: page.replace("Nama PPT", "\0").replace(
        "Nama Program Akreditasi", "Nama PPT").replace("\0", "Nama Program Akreditasi"))),
    "a cell more in every row": (LIST, pages(cells(lambda row: [row[0], "<td>new</td>", *row[1:]]))),
    "every second row is gone": (LIST, pages(every_second_row)),
    "one title for all": (LIST, pages(cells(lambda row: [row[0], "<td>Loading</td>", *row[2:]]))),
    "a column is empty": (LIST, pages(cells(lambda row: [*row[:3], "<td></td>", *row[4:]]))),
    "a second table of old records": (LIST, pages(second_table)),
    "cards instead of a table": (LIST, pages(as_cards)),
    "a label has another name": (DETAILS, pages(word("Level", "Tier"), ("record",))),
    "two labels changed places": (DETAILS, pages(lambda page: page.replace("Level", "\0").replace(
        "Credits", "Level").replace("\0", "Credits"), ("record",))),
    "one record on every page": (DETAILS, None),
}  # fmt: skip
HARMLESS: dict[str, Edit] = {
    "attributes and identifiers": lambda page: re.sub(
        r"<(table|tr|td|th|p|h3|main)\b[^>]*>", r'<\1 class="x9" data-v="1">', page),
    "white space and comments": lambda page: page.replace("><", ">\n\t <!-- 2026 -->\n <"),
    "wrapped in other elements": lambda page: page.replace("<body>", "<body><div id='app'><main>").replace(
        "</body>", "</main></div></body>"),
    "capital tags": lambda page: re.sub(r"</?[a-z0-9]+", lambda match: match[0].upper(), page),
    "references for letters": lambda page: page.replace("á", "&aacute;").replace(
        " – ", " &#8211; ").replace("ā", "&#x101;"),
    "a banner and a script": lambda page: page.replace("<body>", "<body><div role='dialog'>We use cookies. "
        "<button>Accept</button></div><script>window.dataLayer = [{level: 3, credits: '<td>9</td>'}];</script>"),
}  # fmt: skip


def first_of_all(kinds: tuple[str, ...]) -> Change:
    """Answer every question of a kind with what the first one was answered."""
    first: dict[str, Answer] = {}

    def change(kind: str, healthy: Answer) -> Answer:
        return first.setdefault(kind, healthy) if kind in kinds else healthy

    return change


def told(report: RunReport) -> set[str]:
    return {issue.code for issue in report.issues if issue.severity is not Severity.INFO}


def values(here: Here) -> dict[str, Any]:
    """What is public of every record."""
    return {one[0]: one[2:] for one in public(here.place)["current"]}


@pytest.mark.slow
@pytest.mark.parametrize("mutation", HARMFUL)
def test_what_does_harm(here: Here, mutation: str) -> None:
    here.own_gates = True
    door, change = HARMFUL[mutation]
    assert here(*door).state == "succeeded"
    before = values(here)
    report = here(*door, change or first_of_all(("record", "detail")))
    print(mutation, report.state, sorted(told(report)))
    assert report.state in {"held", "failed", "succeeded_with_warnings"}
    assert told(report)
    after = values(here)
    assert {record: said for record, said in after.items() if said != before.get(record)} == {}
    assert after.keys() == before.keys()
    assert here(*door).succeeded
    assert values(here) == before


@pytest.mark.slow
@pytest.mark.parametrize("door", [LIST, DETAILS], ids=lambda door: door[0])
@pytest.mark.parametrize("mutation", HARMLESS)
def test_what_does_none(here: Here, mutation: str, door: tuple[str, str]) -> None:
    here.own_gates = True
    healthy = here(*door)
    before = public(here.place)
    report = here(*door, pages(HARMLESS[mutation]))
    assert (report.state, told(report)) == ("succeeded", set())
    assert report.reading.listings == healthy.reading.listings
    assert public(here.place) == before
