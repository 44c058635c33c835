"""No record leaves as ELM unjudged: verdicts are kept by content, and what breaks a rule is withheld with the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.writing.build import Written
from harvester import exporting
from harvester.exporting import ExportReport, export_elm
from harvester.running.report import RunReport
from harvester.workplace import Workplace
from tests.harvester.situations import rows


def _export(place: Workplace, folder: Path, name: str) -> tuple[ExportReport, bytes]:
    report = export_elm(place.database, folder / name, "ntriples", "elm-3.2")
    return report, (folder / name).read_bytes()


def test_each_record_is_judged_once(
    place: Workplace, harvest_standin: Callable[[str], RunReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest_standin("jmicro")
    judged: list[Written] = []
    plain = exporting.faults

    def watched(records: Sequence[Written]) -> list[tuple[Row, ...]]:
        judged.extend(records)
        return plain(records)

    monkeypatch.setattr(exporting, "faults", watched)
    first, one = _export(place, tmp_path, "one.nt")
    assert len(judged) == first.written == len(rows(place, "verdict")) > 0
    second, two = _export(place, tmp_path, "two.nt")
    assert len(judged) == first.written
    assert (second.written, two) == (first.written, one)


def test_a_record_that_breaks_a_rule_is_withheld_and_judged_again(
    place: Workplace, harvest_standin: Callable[[str], RunReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest_standin("jmicro")
    broken = Row(Layer.BASE, "https://k.example/x", "dc:title", "MinCount", None, "elm:LearningOpportunity")
    with monkeypatch.context() as patched:
        patched.setattr(exporting, "faults", lambda records: [(broken,), *[() for _ in records[1:]]])
        report, content = _export(place, tmp_path, "one.nt")
    group = report.withheld["withheld_not_conforming"]
    assert (group["count"], group["rules"]) == (1, {"elm_min_count dc:title": 1})
    assert f"/id/mc/{group['samples'][0]}>" not in content.decode()
    again, _ = _export(place, tmp_path, "one.nt")
    assert again.written == report.written + 1
    assert "withheld_not_conforming" not in again.withheld
