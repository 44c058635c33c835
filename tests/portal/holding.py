"""A deployment with a run that is held because its source has drifted: made-up listings from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from connectors.contract import Registry
from connectors.discovery import registry
from connectors.jmicro.standin_made import made
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace

LISTINGS = 30


def source(folder: Path) -> Registry:
    plain = registry("jmicro")
    options = {**plain.manifest.options, "folder": str(folder)}
    return Registry(plain.id, plain.connector, plain.manifest.model_copy(update={"options": options}))


def deliver(place: Workplace, folder: Path, listings: list[dict[str, Any]]) -> RunReport:
    """Harvest a folder that holds some listings."""
    folder.mkdir(exist_ok=True)
    (folder / "listings.jsonl").write_bytes(b"\n".join(orjson.dumps(one) for one in listings))
    return harvest(place, Order(source(folder), "架空 収集係"))


def good_and_held(place: Workplace, folder: Path) -> tuple[RunReport, RunReport]:
    """A run that was published, and one that is held: no levels any more, new descriptions, and fewer listings."""
    whole = [made(number) for number in range(LISTINGS)]
    good = deliver(place, folder, whole)
    assert good.state.startswith("succeeded"), good.issues
    drifted = [
        {name: value for name, value in one.items() if name != "level"}
        | {"description": {"ja": f"新しい説明 {number}"}}
        for number, one in enumerate(whole[:-2])
    ]
    held = deliver(place, folder, [*drifted, made(LISTINGS)])
    assert held.state == "held", held.issues
    return good, held
