"""`python -m tests.crosswalks.corpus`: make the snapshot anew from the stand-ins' standard listings and the goldens."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, TypeAdapter

from config.messages import CodedError
from config.settings import Settings
from connectors.discovery import registries
from crosswalks.contract import crosswalk_for, crosswalk_table
from crosswalks.jmicro.model import JmicroListing
from harvester.running.runner import Order, harvest
from harvester.serving import served
from harvester.workplace import Workplace
from store.records import current_records, details, find_record
from tests.conftest import standin_registry
from tests.crosswalks.corpus import DECLARED, SNAPSHOT, Line, line_of, packed

OF_EACH = 16
"""Listings of each registry, evenly spread over all it has."""


def listings() -> Iterator[tuple[str, BaseModel]]:
    """The corpus: every registry's stand-in, then every golden that is a file of its schema."""
    with tempfile.TemporaryDirectory() as folder, served() as bound:
        place = Workplace.of(Settings(home=Path(folder), database_url=None))
        doors = {one.name: one.address for one in bound}
        for name, plain in sorted(registries().items()):
            if plain.connector in doors:
                yield from _of_registry(place, name, doors[plain.connector])
        place.database.close()
    yield from _of_goldens()


def _of_registry(place: Workplace, name: str, address: str) -> Iterator[tuple[str, BaseModel]]:
    registry = standin_registry(name, address, "full")
    report = harvest(place, Order(registry, "corpus", allow_loopback=True))
    assert report.succeeded, f"{name}: {report.state}"
    known = [current.record_id for current in current_records(place.database, (name,))]
    step = max(len(known) // OF_EACH, 1)
    for record in known[::step][:OF_EACH]:
        content = details(place.database, find_record(place.database, record))["listing"]
        yield registry.manifest.schema_name, _listing(registry.manifest.schema_name, content)


def _listing(schema: str, content: dict[str, object]) -> BaseModel:
    """A listing in plain values as what its reader takes: the class it names, or the first of several that fits."""
    model = _model(schema)
    adapter: TypeAdapter[BaseModel] = TypeAdapter(model)
    return adapter.validate_python(content)


def _model(schema: str) -> Any:
    """What the reader of a schema takes."""
    crosswalk = crosswalk_for(schema)
    annotation = next(iter(crosswalk.read.__annotations__.values()))
    module = importlib.import_module(crosswalk.read.__module__)
    return getattr(module, str(annotation)) if isinstance(annotation, str) else annotation


def _of_goldens() -> Iterator[tuple[str, BaseModel]]:
    for schema, crosswalk in sorted(crosswalk_table().items()):
        for path in sorted((crosswalk.folder / "goldens").glob("*")):
            if ".source." in path.name or ".written." in path.name or ".ob" in path.name:
                try:
                    yield from ((schema, record) for record in crosswalk.load(path.read_bytes(), path.name))
                except CodedError as error:
                    sys.stderr.write(f"left out {schema}/{path.name}: {error}\n")
            elif path.name.endswith(".descriptor.json"):
                for content in _documents(path):
                    yield "jmicro", JmicroListing.model_validate(content)


def _documents(path: Path) -> list[dict[str, object]]:
    data = orjson.loads(path.read_bytes())
    return [one for one in (data if isinstance(data, list) else [data]) if "title" in one and "id" in one]


def main() -> None:
    """Write the snapshot, and nothing declared beside it."""
    lines: list[Line] = [line_of(schema, number, listing) for number, (schema, listing) in enumerate(listings())]
    SNAPSHOT.write_bytes(packed(lines))
    DECLARED.write_text(
        "# Differences to the snapshot that are meant: kind, path (a pattern), why.\n[]\n", encoding="utf-8"
    )
    counts = {schema: sum(line.schema == schema for line in lines) for schema in sorted({one.schema for one in lines})}
    sys.stdout.write(f"{len(lines)} listings, {SNAPSHOT.stat().st_size:,} bytes: {counts}\n")


if __name__ == "__main__":
    main()
