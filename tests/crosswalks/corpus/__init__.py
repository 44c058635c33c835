"""The corpus: listings of every registry and golden, with what the crosswalks made of each when it was last agreed.

`snapshot.jsonl.gz` holds a line a listing: the listing, its descriptor, what became of each field, and what each schema
that can be written made of the descriptor. `python -m tests.crosswalks.corpus` makes it anew. `declared.yaml` names the
differences that are meant until then.
"""

from __future__ import annotations

import gzip
import importlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel

from config.yaml_files import load_yaml
from crosswalks.contract import Crosswalk, crosswalk_table
from crosswalks.descriptor.differences import Difference, differences
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.ledger import Crossing, Ledger, general

FOLDER = Path(__file__).parent
SNAPSHOT = FOLDER / "snapshot.jsonl.gz"
DECLARED = FOLDER / "declared.yaml"
IRI = "https://kakehashi.example/id/mc/corpus-{}"
_JSON_FIRST = ("jsonld", "json")


class Line(NamedTuple):
    """One listing of the corpus and what was made of it."""

    schema: str
    model: str
    listing: dict[str, Any]
    made: dict[str, Any]


class Change(NamedTuple):
    """One kind of difference at one field, over the whole corpus: how often, and the first of them."""

    kind: str
    path: str
    times: int
    sample: str

    def __str__(self) -> str:
        return f"{self.kind} {self.path} ×{self.times}, for instance {self.sample}"


def line_of(schema: str, number: int, listing: BaseModel) -> Line:
    """Carry a listing today, and return it as a line."""
    name = f"{type(listing).__module__}:{type(listing).__name__}"
    plain = listing.model_dump(mode="json", exclude_defaults=True)
    return Line(schema, name, plain, made_of(schema, number, listing, targets()))


def targets() -> frozenset[str]:
    """The schemas that can be written."""
    return frozenset(name for name, one in crosswalk_table().items() if one.write)


def made_of(schema: str, number: int, listing: BaseModel, out: Iterable[str]) -> dict[str, Any]:
    """What today's crosswalks make of a listing: its descriptor, and that written to the schemas of `out`."""
    crosswalk = crosswalk_table()[schema]
    source = SourceRecord(registry="corpus", source_id=str(number), rights="reuse_with_attribution", attribution="A")
    crossing = crosswalk.read(listing, IRI.format(number), source)
    return {
        **read_as(crossing),
        "out": {name: _written(crosswalk_table()[name], crossing.value) for name in sorted(out)},
    }


def read_as(crossing: Crossing[Descriptor]) -> dict[str, Any]:
    """A crossing to the descriptor as a line holds it."""
    content = crossing.value.model_dump(mode="json", exclude_defaults=True)
    return {"descriptor": content, "ledger": _lines(crossing.ledger), "findings": _findings(crossing)}


def told(crosswalk: Crosswalk, crossing: Crossing[Any]) -> dict[str, Any]:
    """A crossing to another schema as a line holds it; a written descriptor is the one that was read."""
    made = {"ledger": _lines(crossing.ledger), "findings": _findings(crossing)}
    return made if isinstance(crossing.value, Descriptor) else {**made, "record": _plain(crosswalk, crossing.value)}


def _written(crosswalk: Crosswalk, descriptor: Descriptor) -> dict[str, Any]:
    assert crosswalk.write is not None
    return told(crosswalk, crosswalk.write(descriptor))


def _plain(crosswalk: Crosswalk, value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    form = next((name for name in _JSON_FIRST if name in crosswalk.formats), None)
    if value is None or crosswalk.dump is None or form is None:
        return repr(value) if value is not None else None
    out = io.BytesIO()
    crosswalk.dump([value], form, out, {})
    document = orjson.loads(out.getvalue())
    graph = document.pop("@graph", None) if isinstance(document, dict) else None
    return {node.get("id", str(number)): node for number, node in enumerate(graph)} if graph else document


def _lines(ledger: Ledger) -> dict[str, str]:
    """What became of each field, by field and target."""
    return {
        f"{entry.source}>{entry.target or ''}": " ".join(filter(None, (entry.outcome, entry.reason, entry.rule)))
        for entry in ledger.entries
    }


def _findings(crossing: Crossing[Any]) -> dict[str, int]:
    return dict(Counter(f"{issue.code}@{general(issue.place or '')}" for issue in crossing.issues))


def snapshot() -> Iterator[Line]:
    """The lines as they were last agreed."""
    for text in gzip.decompress(SNAPSHOT.read_bytes()).splitlines():
        yield Line(**orjson.loads(text))


def packed(lines: Iterable[Line]) -> bytes:
    """The same lines always give the same file."""
    text = b"".join(orjson.dumps(line._asdict(), option=orjson.OPT_APPEND_NEWLINE) for line in lines)
    return gzip.compress(text, mtime=0)


def listing_of(line: Line) -> BaseModel:
    """The listing of a line, in the model of its schema."""
    module, _, name = line.model.partition(":")
    model: type[BaseModel] = getattr(importlib.import_module(module), name)
    return model.model_validate(line.listing)


def changes(lines: Iterable[Line]) -> list[Change]:
    """What today's crosswalks make of the corpus that they did not make before, and the other way round.

    A schema that can be written and could not be before is no difference.
    """
    counts: Counter[tuple[str, str]] = Counter()
    samples: dict[tuple[str, str], str] = {}
    for number, line in enumerate(lines):
        now = made_of(line.schema, number, listing_of(line), targets() & line.made["out"].keys())
        for one in differences(line.made, orjson.loads(orjson.dumps(now))):
            key = (one.kind, f"{line.schema}: {_field(one)}")
            counts[key] += 1
            samples.setdefault(key, f"line {number}: {one.before!r} → {one.after!r}")
    return [Change(*key, number, samples[key]) for key, number in sorted(counts.items())]


def _field(one: Difference) -> str:
    """The path of a difference without positions and identifiers of nodes."""
    head, mark, rest = one.path.partition(".ledger.")
    return f"{head}{mark}{'>'.join(map(general, rest.split('>')))}" if mark else general(one.path)


def declared() -> list[dict[str, str]]:
    """The differences that are meant: kind, a pattern of the path, and why."""
    return load_yaml(DECLARED) or []


def meant(change: Change, row: dict[str, str]) -> bool:
    """Tell whether a declared difference covers a change."""
    return row["kind"] == change.kind and fnmatchcase(change.path, row["path"])
