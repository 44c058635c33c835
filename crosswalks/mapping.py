"""Mapping tables: SSSOM TSV files beside the code, and the check that code, table and schemas agree.

A row says how one field of a schema relates to one of the descriptor. `sssom:NoTermFound` as object says that the
descriptor has no counterpart; `predicate_modifier` `Not` records a match that must not be made.

`mapping.sssom.tsv` holds the way in. Where the way out needs rows of its own, they are a mapping set of their own,
`outgoing.sssom.tsv`: subjects are fields of the descriptor, objects fields of the schema, and `sssom:NoTermFound` says
that the schema has no place for a field. A row holds for what lies below its subject as well, unless a row is nearer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from crosswalks.descriptor.model import Descriptor
from crosswalks.paths import upwards

ROOT = Path(__file__).parent
ENDING = ".sssom.tsv"
NO_TERM = "sssom:NoTermFound"
DESCRIPTOR = "jmicro"
PREDICATES = frozenset(
    {"skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"}
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """One row of a mapping table. `subject` and `object` are field paths without their prefixes."""

    subject: str
    predicate: str
    object: str | None
    negative: bool
    justification: str
    author: str
    date: str
    comment: str


def mapping_tables() -> dict[str, Path]:
    """Return every mapping table by its name: `mqa/mapping`, `mqa/outgoing`, `elm/values/reading`."""
    paths = sorted(ROOT.glob(f"*/**/*{ENDING}"))
    return {path.relative_to(ROOT).as_posix().removesuffix(ENDING): path for path in paths}


def read_head(path: Path) -> dict[str, Any]:
    """Return what the head of a table says of the mapping set: identifier, title, licence, prefixes."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head: dict[str, Any] = yaml.safe_load("\n".join(line[1:] for line in lines if line[:1] == "#"))
    return head


def plain_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as they stand, without its head."""
    text = "".join(line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line[:1] != "#")
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def read_table(path: Path, prefix: str, objects: str = DESCRIPTOR) -> list[Mapping]:
    """Return the rows of a table whose subjects carry `prefix` and whose objects carry `objects`.

    Raises `ValueError` for a row that is ill-formed.
    """
    rows = []
    for number, row in enumerate(plain_rows(path), 1):
        if row["predicate_id"] not in PREDICATES:
            raise ValueError(f"{path.name}, row {number}: the predicate {row['predicate_id']!r} is not allowed")
        target = row["object_id"]
        rows.append(
            Mapping(
                subject=_local(row["subject_id"], prefix, path, number),
                predicate=row["predicate_id"],
                object=None if target == NO_TERM else _local(target, objects, path, number),
                negative=row.get("predicate_modifier") == "Not",
                justification=row["mapping_justification"],
                author=row["author_label"],
                date=row["mapping_date"],
                comment=row["comment"],
            )
        )
    return rows


def _local(curie: str, prefix: str, path: Path, number: int) -> str:
    start, colon, local = curie.partition(":")
    if start != prefix or not colon or not local:
        raise ValueError(f"{path.name}, row {number}: {curie!r} does not start with {prefix}:")
    return local


@cache
def outgoing_objects(path: Path, schema: str) -> dict[str, frozenset[str | None]]:
    """Return, by field of the descriptor, the fields of a schema that its table of the way out names; None is none."""
    found: dict[str, set[str | None]] = {}
    for row in read_table(path, DESCRIPTOR, schema):
        if not row.negative:
            found.setdefault(row.subject, set()).add(row.object)
    return {subject: frozenset(objects) for subject, objects in found.items()}


@lru_cache(maxsize=8192)
def has_a_place(path: Path, schema: str, field: str) -> bool:
    """Tell whether a table of the way in gives a field a counterpart; the row of the nearest field above it decides."""
    rows = _objects_by_subject(path, schema)
    nearest = next((place for place in upwards(field) if place in rows), None)
    return nearest is not None and any(rows[nearest])


@cache
def _objects_by_subject(path: Path, schema: str) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {}
    for row in read_table(path, schema):
        found.setdefault(row.subject, []).append(None if row.negative else row.object)
    return found


@cache
def descriptor_paths() -> frozenset[str]:
    """Return every field path of the descriptor, without indices: `volume.total_hours`, `level.scheme`."""
    return frozenset(field_paths(Descriptor))


def field_paths(model: type[BaseModel], start: str = "") -> Iterator[str]:
    """Yield the field paths of a model, those of models inside it included."""
    for name, info in model.model_fields.items():
        path = f"{start}{name}"
        yield path
        for inner in _models(info.annotation):
            yield from field_paths(inner, f"{path}.")


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    origin = get_origin(annotation)
    if origin in {tuple, list, Union, UnionType, dict} or origin is not None:
        return [model for argument in get_args(annotation) for model in _models(argument)]
    return []
