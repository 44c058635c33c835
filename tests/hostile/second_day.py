"""A second day with a fault in it: what may be public after it, and that one more run heals it without a trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from config.messages import Severity
from crosswalks.descriptor.differences import differences
from harvester.running.report import RunReport
from tests.harvester.loopback import Asked, Line, Reply
from tests.hostile.endstate import is_clean, public
from tests.hostile.situations import Days, opened, run
from tests.hostile.source import Source

MOST_REQUESTS = 1000
Spoil = Callable[[Asked, bytes], bytes]
"""What is sent in the place of an answer."""


class Spoilt:
    """Answers from the request of a number on. `spoil` is given each with the address that was asked for."""

    def __init__(self, source: Source, first: int, spoil: Spoil) -> None:
        self._source, self._first, self._spoil = source, first, spoil
        self._lock = Lock()
        self.struck = 0
        source.faults |= {number: self._of(number) for number in range(1, MOST_REQUESTS)}

    def _of(self, number: int) -> Callable[[bytes], Reply]:
        def fault(whole: bytes) -> Reply:
            def reply(asked: Asked, line: Line) -> None:
                line.send(self._sent(number, asked, whole))

            return reply

        return fault

    def _sent(self, number: int, asked: Asked, whole: bytes) -> bytes:
        if number < self._first:
            return whole
        with self._lock:
            sent = self._spoil(asked, whole)
            self.struck += sent != whole
            return sent


def told(report: RunReport) -> set[str]:
    """Everything a run says that is more than news."""
    return {issue.code for issue in report.issues if issue.severity is not Severity.INFO}


def _said(shown: dict[str, Any]) -> dict[str, Any]:
    return {record: _anywhere(content) for record, _, content, _ in shown["current"]}


def _anywhere(content: dict[str, Any]) -> dict[str, Any]:
    """A descriptor without the address of the answer that it stood in: rows may move from page to page."""
    return {**content, "source_record": {**content["source_record"], "url": None}}


def _early(before: dict[str, Any], after: dict[str, Any], end: dict[str, Any]) -> set[str]:
    """Records that came with less than all that the source says of them, because a part could not be fetched."""
    fresh = after.keys() & end.keys() - before.keys()
    return {record for record in fresh if after[record] != end[record] and _is_part(after[record], end[record])}


def _is_part(said: Any, whole: Any) -> bool:
    """Tell whether nothing is said that the whole does not say too, whatever places lists give it."""
    if isinstance(said, dict):
        named = said.keys() - {"origins"}
        return isinstance(whole, dict) and all(key in whole and _is_part(said[key], whole[key]) for key in named)
    if isinstance(said, list):
        return isinstance(whole, list) and all(any(_is_part(one, other) for other in whole) for one in said)
    return bool(said == whole)


def without_way(shown: dict[str, Any], early: set[str]) -> dict[str, Any]:
    """What is public, the log of each record for itself; of records that came early only what they say."""
    return {
        "records": {
            key: row[:3] if row[0] in early else (*row[:4], orjson.loads(row[4]))
            for key, row in shown["records"].items()
        },
        "current": [
            (row[0], None if row[0] in early else row[1], _anywhere(row[2]), row[3]) for row in shown["current"]
        ],
        "log": sorted((row for row in shown["log"] if row[0] not in early), key=lambda row: row[:2]),
        "absent": set(shown["absent"]),
    }


def faulty_day(of: Days, seed: int, home: Path, spoil: Callable[[Source], Any]) -> RunReport:
    """Harvest the second day with a fault, then once more without it; return the report of the faulty run.

    The faulty run may say nothing that neither day says, and takes nothing away that the second day has; what it
    cannot know it tells. The one after it leaves what a day without the fault would have left.
    """
    with opened(of.home(seed, home)) as place:
        before, whole = _said(public(place)), of.end(seed)
        end = _said(whole)
        spoil(of.source)
        faulty = run(place, of.source)
        print(f"{faulty.state} {sorted(told(faulty))}")
        after = _said(public(place))
        early = _early(before, after, end)
        wrong = {
            record: said
            for record, said in after.items()
            if record not in early and said not in (before.get(record), end.get(record))
        }
        for record, said in wrong.items():
            print(record, *differences(end.get(record, {}), said))
        assert wrong == {}
        assert after.keys() >= before.keys() & end.keys()
        if not faulty.complete:
            assert told(faulty)
        if faulty.state == "succeeded":
            assert _said(public(place)) == end
        of.source.begin(of.states(seed)[1])
        assert run(place, of.source).complete
        assert without_way(public(place), early) == without_way(whole, early)
        assert is_clean(place)
        return faulty
