"""A harvest that dies at a named place of publishing: all of a run is public or nothing, and the next one mends it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harvester.running import runner
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store import plans
from store.database import Database
from tests.harvester.scripted import script
from tests.harvester.situations import rows, source_of
from tests.hostile.endstate import is_clean, public
from tests.hostile.situations import opened

DAYS: tuple[tuple[Any, ...], ...] = (
    ("A", "B", "E", "F", "G", "H"),
    ("A", "B", "E", "F", "H"),
    ("A", "B", "E", "F", "H"),
    ("A", "B", "H"),
)
LAST: tuple[Any, ...] = ("A", {"title": "B", "programme": "another"}, "E", "G", "N")
"""N is new, B changed, E found again, G found again though it was retired, H gone, and F gone for long enough."""
PATIENT = {"retire_after_runs": 2, "retire_after_days": 0}
PLACES: dict[str, tuple[Any, str, int]] = {
    "plan written": (runner, "write_absences", 1),
    "gates passed": (runner, "judge", 1),
    "clashes taken out": (runner, "take_out_clashes", 1),
    "log locked": (Database, "lock_publications", 1),
    "retired ones revived": (plans, "revive", 1),
    "records created": (plans, "_create_records", 1),
    "records updated": (plans, "_update_records", 1),
    "new ones logged": (plans, "_log", 1),
    "changed ones logged": (plans, "_log", 2),
    "absences ended": (plans, "_end_absences", 1),
    "absences begun": (plans, "_absences", 1),
    "absent ones retired": (plans, "retire_missing", 1),
    "all written, not committed": (plans, "_missing", 1),
    "committed, not told": (runner, "publish", 1),
    "told, not closed": (runner, "findings_of", 1),
}
"""Where a harvest dies: just after a call of a function, the first or the second."""
COMMITTED = {"committed, not told", "told, not closed"}

pytestmark = pytest.mark.slow


def dying_after(owner: Any, name: str, times: int) -> None:
    """Have this process killed just after a call of a function."""
    whole: Callable[..., Any] = getattr(owner, name)
    calls: list[str] = []

    def deadly(*given: Any, **named: Any) -> Any:
        result = whole(*given, **named)
        calls.append(name)
        if len(calls) == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


class Shelf:
    """A folder that holds one script at a time, and the harvest of it; nothing is fetched."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "source" / "0.json"
        self.file.parent.mkdir()

    def harvest(self, place: Workplace, titles: tuple[Any, ...]) -> RunReport:
        self.file.write_bytes(script(titles))
        options = {"folder": str(self.file.parent)}
        return harvest(place, Order(source_of("", options=options, gates=PATIENT), "test"))

    def until_the_last_day(self, place: Workplace) -> None:
        for titles in DAYS:
            assert self.harvest(place, titles).succeeded


@pytest.fixture
def shelf(throwaway: None, tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def undisturbed(shelf: Shelf, tmp_path: Path) -> dict[str, Any]:
    """What is public after the last day without a fault."""
    with opened(tmp_path / "undisturbed") as place:
        shelf.until_the_last_day(place)
        done = shelf.harvest(place, LAST).published
        assert (done.created, done.updated, done.returned, done.gone, len(done.retired)) == (1, 1, 2, 1, 1)
        log = [row["op"] for row in rows(place, "publication")]
        assert log == [*["create"] * 6, "delete", "create", "create", "update", "delete"]
        return public(place)


def dies_in_a_process_of_its_own(place: Workplace, task: Callable[[], Any]) -> None:
    def alone() -> None:
        place.database.engine.dispose(close=False)
        task()

    process = multiprocessing.get_context("fork").Process(target=alone)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize(
    "any_place",
    ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.torture])],
    indirect=True,
)
@pytest.mark.parametrize("where", PLACES)
def test_all_of_a_run_is_public_or_nothing(
    where: str, shelf: Shelf, any_place: Workplace, undisturbed: dict[str, Any]
) -> None:
    shelf.until_the_last_day(any_place)
    before = public(any_place)

    def die() -> None:
        dying_after(*PLACES[where])
        shelf.harvest(any_place, LAST)

    dies_in_a_process_of_its_own(any_place, die)
    left = public(any_place)
    assert left == (undisturbed if where in COMMITTED else before)
    report = shelf.harvest(any_place, LAST)
    assert report.complete
    if where in COMMITTED:
        more = public(any_place)["log"][len(left["log"]) :]
        assert [(op, reason) for _, _, op, _, reason in more] == [("delete", "not_found_at_source")]
    else:
        assert public(any_place) == undisturbed
    assert is_clean(any_place)
    assert [row["state"] for row in rows(any_place, "run")][-2] == (
        "succeeded_with_warnings" if where in COMMITTED else "lost"
    )
