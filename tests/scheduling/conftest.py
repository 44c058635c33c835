"""Homes with registries that are read from folders, whose harvests begin, wait and end as a test wants."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import Settings
from harvester.accepting import decide_on
from harvester.scheduling.ticking import run_now
from harvester.workplace import Workplace
from store.runs import issues_of, runs
from tests.harvester.scripted import script
from tests.harvester.situations import extra_connectors, server

__all__ = ["extra_connectors", "server"]

THROWAWAY = Path(__file__).parent / "throwaway"
REGISTRIES = ("one", "two", "three")
PATIENCE = 45.0


@dataclass(frozen=True)
class Stage:
    """A deployment with three registries in folders. While a registry is held, its harvests do not end."""

    place: Workplace
    folder: Path

    def hold(self, name: str) -> None:
        (self.folder / f"{name}.hold").touch()

    def let_go(self, name: str) -> None:
        (self.folder / f"{name}.hold").unlink(missing_ok=True)

    def begun(self, name: str) -> list[int]:
        """The processes that began to read a registry, in order."""
        file = self.folder / f"{name}.begun"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def runs(self, name: str | None = None) -> list[dict[str, Any]]:
        """The runs, oldest first."""
        return sorted(runs(self.place.database, name, limit=1000), key=lambda run: int(run["id"]))

    def ask_for(self, *names: str) -> list[int]:
        """Queue a run of each registry, as a person does."""
        return [run_now(self.place, "test", name) for name in names]

    def codes(self, run_id: int) -> list[str]:
        """The codes of a run's issues."""
        return [issue.code for issue in issues_of(self.place.database, run_id)]

    def states(self, name: str | None = None) -> list[str]:
        return [run["state"] for run in self.runs(name)]


@pytest.fixture
def make_stage(extra_connectors: Callable[[Path], None], tmp_path: Path) -> Iterator[Callable[[str | None], Stage]]:
    extra_connectors(THROWAWAY)
    places: list[Workplace] = []

    def make(address: str | None) -> Stage:
        rows: dict[str, Any] = {}
        for name in REGISTRIES:
            source = tmp_path / name
            source.mkdir()
            (source / "list.json").write_bytes(script([f"Kursus Contoh {name}"]))
            options = {"folder": str(source), "hold": f"{source}.hold", "begun": f"{source}.begun"}
            rows[name] = {"connector": "waiting", "options": options}
        listed = tmp_path / "registries.yaml"
        listed.write_text(yaml.safe_dump(rows))
        places.append(
            Workplace.of(
                Settings(home=tmp_path / "home", database_url=address, registries_file=listed, allow_loopback=True)
            )
        )
        decide_on(places[-1], "test", REGISTRIES, "accepted", "they are the tests' own")
        return Stage(places[-1], tmp_path)

    yield make
    for place in places:
        place.database.close()


@pytest.fixture
def stage(make_stage: Callable[[str | None], Stage]) -> Stage:
    """On SQLite."""
    return make_stage(None)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_stage(request: pytest.FixtureRequest, make_stage: Callable[[str | None], Stage]) -> Stage:
    """Once on each database."""
    return make_stage(request.getfixturevalue("postgres_address") if request.param == "postgresql" else None)


@pytest.fixture
def postgres_stage(postgres_address: str, make_stage: Callable[[str | None], Stage]) -> Stage:
    """On PostgreSQL."""
    return make_stage(postgres_address)


def wait_for(what: Callable[[], Any], longest: float = PATIENCE) -> Any:
    """Wait until something is true, and return it."""
    until = time.monotonic() + longest
    while not (found := what()):
        assert time.monotonic() < until, f"waited {longest} s in vain"
        time.sleep(0.05)
    return found
