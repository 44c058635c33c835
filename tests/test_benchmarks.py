"""The benchmarks still run, and both sides of each give the same: on few records, whatever the time it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks.chain
import benchmarks.channels
import benchmarks.conversion
import benchmarks.harvest
import benchmarks.load
import benchmarks.partner
from benchmarks.measure import Outcome

pytestmark = pytest.mark.slow
FEW = 60


def assert_equal_outputs(outcomes: list[Outcome], number: int) -> None:
    assert len(outcomes) == number
    assert [(one.name, one.difference) for one in outcomes if one.difference or not one.equal] == []
    assert all(one.ours > 0 for one in outcomes)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (benchmarks.harvest, benchmarks.load, benchmarks.chain):
        monkeypatch.setattr(module, "FEW", FEW)
        monkeypatch.setattr(module, "REPETITIONS", 1)


def test_a_harvest_keeps_what_scrapy_keeps_and_its_repetition_nothing_new() -> None:
    assert_equal_outputs(list(benchmarks.harvest.outcomes(quick=True)), 3)


def test_a_first_load_writes_the_rows_that_objects_write() -> None:
    assert_equal_outputs(list(benchmarks.load.outcomes(quick=True)), 1)


def test_what_channels_answer_is_what_objects_and_rdflib_say(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"RECORDS": 2_100, "MANY_RECORDS": 3_000, "REPETITIONS": 1, "DUMPED": (500, 1_000)}
    for name, value in few.items():
        monkeypatch.setattr(benchmarks.channels, name, value)
    assert_equal_outputs(list(benchmarks.channels.outcomes(quick=True)), 12)


def test_a_harvester_meets_every_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks.partner, "FEW", 3 * FEW)
    assert_equal_outputs(list(benchmarks.partner.outcomes(quick=True)), 3)


def test_a_conversion_writes_every_record_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FEW": FEW, "REPETITIONS": 1, "SMALL": 10 * FEW, "LARGE": 20 * FEW}.items():
        monkeypatch.setattr(benchmarks.conversion, name, value)
    assert_equal_outputs(list(benchmarks.conversion.outcomes(quick=True)), 3)


@pytest.mark.judges
def test_the_whole_chain_writes_the_graph_that_rdflib_writes(judges: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAKEHASHI_JUDGES", str(judges))
    assert_equal_outputs(list(benchmarks.chain.outcomes(quick=True)), 1)
