"""The whole way from a registry to ELM: harvest, descriptor, store, JSON-LD and Turtle, validated; both sides in turn.

Needs the official shapes for the naive side, as the benchmark of the validation does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from urllib.request import urlopen

import orjson
import pyoxigraph as ox

from benchmarks.elm_export import statements
from benchmarks.made_registry import served
from benchmarks.measure import LeftOut, Outcome, Pairs, timed
from benchmarks.validation import official_shapes
from config.settings import Settings
from connectors.contract import Registry
from connectors.discovery import registry
from harvester.exporting import export_elm_files
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace

RECORDS, FEW, REPETITIONS = 3_000, 200, 3
_MODIFIED = "http://purl.org/dc/terms/modified"
_FORMS = {"jsonld": ("jsonld", ox.RdfFormat.JSON_LD), "turtle": ("ttl", ox.RdfFormat.TURTLE)}


def outcomes(*, quick: bool) -> Iterator[Outcome]:
    """Measure the whole way."""
    shapes = official_shapes()
    if not shapes:
        raise LeftOut("it needs the official shapes (set KAKEHASHI_JUDGES to the folder above elm/)")
    number, pairs = FEW if quick else RECORDS, Pairs([], [])
    with tempfile.TemporaryDirectory(prefix="kakehashi-bench-") as name, served(number) as address:
        shapes_folder = Path(name) / "shapes"
        shapes_folder.mkdir()
        for layer, graph in shapes.items():
            graph.serialize(shapes_folder / f"{layer.value}.ttl", format="turtle")
        warm_up(address)
        for turn in range(1 if quick else REPETITIONS):
            folder = Path(name) / str(turn)
            place = Workplace.of(Settings(home=folder, database_url=None))
            command = [sys.executable, "-m", "benchmarks.naive.chain", address, str(folder), str(shapes_folder)]
            spent, stages = timed(partial(ours, place, address, folder))
            pairs.ours.append(spent)
            spent, ended = timed(partial(subprocess.run, command, check=False, stdout=subprocess.DEVNULL))
            pairs.naive.append(spent)
            place.database.close()
        found = pairs.outcome(f"whole chain: {number:,} records", 20, "ms/record", 1e3 / number)
        found.details["stages_of_ours"] = stages
        found.equal, found.difference = same_exports(folder, number)
        if ended.returncode:
            found.difference = f"pyshacl finds the naive graph wrong (exit status {ended.returncode})"
    yield found


def warm_up(address: str) -> None:
    """Have the stand-in make every answer once."""
    with urlopen(address) as index:  # noqa: S310 - loopback
        files = orjson.loads(index.read())["files"]
    for file in files:
        with urlopen(f"{address.rpartition('/')[0]}/{file['url']}") as answer:  # noqa: S310 - loopback
            answer.read()


def ours(place: Workplace, address: str, folder: Path) -> dict[str, float]:
    """Go the whole way through the product's own entry points; return the seconds of each stage."""
    source = registry("jmicro")
    manifest = source.manifest.model_copy(update={"address": address})
    marks, begun = {}, perf_counter()
    harvest(place, Order(Registry(source.id, source.connector, manifest), "bench", allow_loopback=True))
    marks["harvest"] = perf_counter() - begun
    begun = perf_counter()
    targets = [(syntax, folder / f"ours.{suffix}") for syntax, (suffix, _) in _FORMS.items()]
    export_elm_files(place.database, targets, "elm-3.2")
    marks["export"] = perf_counter() - begun
    return marks


def same_exports(folder: Path, number: int) -> tuple[str | None, str]:
    """Return what was found equal of both sides' files, or the difference."""
    for suffix, form in _FORMS.values():
        one, other = (
            {item for item in statements((folder / f"{side}.{suffix}").read_bytes(), form) if item[1] != _MODIFIED}
            for side in ("ours", "naive")
        )
        opportunities = sum(item[2].endswith("/LearningOpportunity") for item in one)
        if one != other or opportunities != number:
            some = [*sorted(one - other)[:2], *sorted(other - one)[:2]]
            only = f"{len(one - other)} statements only in ours, {len(other - one)} only in the other"
            return None, f"{suffix}: {opportunities} records, {only}: {some}"
    return "whole chain: both JSON-LD and both Turtle files, the same statements but for dc:modified", ""
