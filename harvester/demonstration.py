"""The main job on stand-in registries: harvest them all, carry what they list to the descriptor, export and check ELM.

The stand-ins answer on free loopback ports, under public names that stay the same: a second demonstration asks the
same addresses as the first, and finds nothing changed. One registry is then harvested once more as if its page had come
back with half its list: the gates hold that run, what is public stays, and the run waits for a person to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from config.demonstration import DEMO_HOME, mark_demo_home
from config.settings import read_settings, settings
from connectors.contract import Registry
from connectors.discovery import connector, registries
from connectors.standins import Listening, entry_url
from crosswalks.elm.check import CheckReport, check_file
from crosswalks.elm.serialise import SUFFIXES, WRITERS
from harvester.accepting import accept_all
from harvester.deciding import drop
from harvester.exporting import ExportReport, export_elm_files, whole_file
from harvester.running.runner import Order, Progress, harvest
from harvester.serving import served
from harvester.terminal.views import run_view
from harvester.workplace import Workplace
from store.inspection import runs_page
from store.records import current_records

_NAME = "kakehashi-elm"
_WHY = "a demonstration on stand-ins of this machine"
_SPOILT = "mqa"
_INSTEAD = {"full": "half"}
_OVERTAKEN = "the registry was harvested again since; a new demonstration leaves a new one"

Step = Callable[[str, str], AbstractContextManager[Progress]]
"""Opened around a step, with its label and what it concerns; what it gives hears of progress inside the step."""


@dataclass(slots=True)
class Export:
    """One exported file with what the checks say of it."""

    written: ExportReport
    checks: list[CheckReport]

    @property
    def conforms(self) -> bool:
        """Whether there is a file, and every judge passed it."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def statements(self) -> int:
        """How many statements the file holds."""
        return self.checks[0].statements if self.checks else 0

    @property
    def focus_nodes(self) -> dict[str, int]:
        """How many nodes of each class were checked, without classes that are not there."""
        return {name: number for name, number in self.checks[0].focus_nodes.items() if number} if self.checks else {}


@dataclass(slots=True)
class Demonstration:
    """What a demonstration did: a view of each run, and each export. `example` is the id of a record to look at.

    `held` is the run that waits for a person, where the registry it is shown with was harvested.
    """

    home: Path
    example: str = ""
    runs: list[dict[str, Any]] = field(default_factory=list)
    held: dict[str, Any] | None = None
    exports: list[Export] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the exports are."""
        return self.home / "export"

    def troubles(self) -> list[str]:
        """Return what did not end as it should: failed runs, files that do not conform, a home registry left out."""
        found = [f"{view['registry']}: {view['state']}" for view in self.runs if not _succeeded(view)]
        if self.held and self.held["state"] != "held":
            found.append(f"{self.held['registry']}: {self.held['state']}, though half its list was missing")
        found += [f"{one.written.file}: does not conform" for one in self.exports if one.checks and not one.conforms]
        if not all(one.written.by_registry["jmicro"] for one in self.exports):
            found.append("no record of JMICRO was exported")
        return found

    def as_json(self) -> dict[str, Any]:
        """Return the whole for machines."""
        return {
            "home": str(self.home),
            "runs": self.runs,
            "held": self.held,
            "exports": [
                {**one.written.as_json(), "conforms": one.conforms, "checks": [check.as_json() for check in one.checks]}
                for one in self.exports
            ],
            "troubles": self.troubles(),
        }


def demonstrate(actor: str, step: Step, home: Path = DEMO_HOME) -> Demonstration:
    """Run the main job in a home of its own, with embedded defaults whatever the environment says.

    Raises `CodedError` when a stand-in does not start.
    """
    place = Workplace.of(read_settings(home=home, database_url=None, registries_file=None))
    mark_demo_home(home)
    done = Demonstration(home)
    try:
        sources = [source for source in registries().values() if source.active]
        accept_all(place, actor, sources, _WHY)
        with ExitStack() as standing:
            with step("standing_in", ""):
                bound = standing.enter_context(served(tuple(sorted({source.connector for source in sources}))))
            listening = {item.name: item for item in bound}
            for source in sources:
                with step("harvesting", source.id) as progress:
                    report = harvest(place, _order(source, listening[source.connector], actor), progress)
                done.runs.append(run_view(place.database, report.run_id))
        done.held = next((_held(place, source, actor, step) for source in sources if source.id == _SPOILT), None)
        worth_a_look = (one for names in (("mqa",), ()) for one in current_records(place.database, names))
        done.example = next((current.record_id for current in worth_a_look), "")
        done.exports = _exported(place, done.folder, step)
    finally:
        place.database.close()
    with whole_file(done.folder / "report.json") as out:
        out.write(orjson.dumps(done.as_json(), default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
    return done


def _held(place: Workplace, source: Registry, actor: str, step: Step) -> dict[str, Any]:
    """Harvest a registry that lost half its list; a run that was held so before gives way to the new one."""
    with step("harvesting_spoilt", source.id) as progress, served((source.connector,), instead=_INSTEAD) as (bound,):
        report = harvest(place, _order(source, bound, actor), progress)
    for row in runs_page(place.database, registry=source.id, states=("held",), before=report.run_id):
        drop(place, actor, row["id"], _OVERTAKEN)
    return run_view(place.database, report.run_id)


def _order(source: Registry, item: Listening, actor: str) -> Order:
    public = f"https://{source.id}.standin.example"
    manifest = source.manifest.model_copy(update={"address": entry_url(connector(source.connector).standin, public)})
    return Order(replace(source, manifest=manifest), actor, allow_loopback=True, connect={public: item.address})


def _exported(place: Workplace, folder: Path, step: Step) -> list[Export]:
    """Write every syntax in one pass over the records, then check each file."""
    targets = [(syntax, folder / f"{_NAME}.{SUFFIXES[syntax]}") for syntax in WRITERS]
    with step("exporting", f"{_NAME}.{{{','.join(SUFFIXES[syntax] for syntax in WRITERS)}}}") as progress:

        def tell(written: int) -> None:
            progress("exporting", {"written": written})

        reports = export_elm_files(place.database, targets, place.settings.elm_namespace, tell=tell)
    exports = []
    for report, (_, target) in zip(reports, targets, strict=True):
        with step("checking", target.name):
            checks = [check_file(target, target.name), *_official(target)] if report.written else []
        exports.append(Export(report, checks))
    return exports


def _official(target: Path) -> list[CheckReport]:
    folder = settings().shapes
    if folder is None:
        return []
    from crosswalks.elm.check.official import check_with_official  # noqa: PLC0415  pyshacl takes a second to load

    return [check_with_official(target, target.name, folder)]


def _succeeded(view: dict[str, Any]) -> bool:
    return str(view["state"]).startswith("succeeded")
