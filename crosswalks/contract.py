"""What a schema folder offers, and how the folders are found.

A folder `crosswalks/<schema>/` whose package has an attribute `crosswalk` is a schema. Nothing else is edited to
add one.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import crosswalks
from config.messages import CodedError
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.ledger import Crossing


def _no_iri(record: Any) -> str | None:  # noqa: ARG001
    return None


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The way between one schema and the descriptor.

    load(data, name) yields the schema's own records out of a file of that schema.
    read(record, iri, source) carries one record to the descriptor that gets this identifier; `source` says where it
    was found.
    key(record) is the natural key of a record, the same on every harvest.
    fields() names every field of the schema, as the mapping table does.
    iri(record) is the identifier the record itself brings, if it brings one.
    write(descriptor) carries a descriptor to a record of the schema, or to None when it must be withheld; the
    crossing's issues then say why.
    formats names the serialisations that dump(records, format, out, options) can write, with the ending of their files;
    the first is the default. `options` are settings of the deployment that a serialisation may need.
    reads_loosely is set where load takes many forms, so that another schema that reads a file too is the likelier one.
    reads_pages is set where load reads web pages itself, instead of leaving them to a connector.
    rests_on names further schemas whose records stand inside this schema's own.
    marked(data, name) is a copy of a file that people filled, with everything found marked in it.
    """

    schema: str
    title: dict[str, str]
    load: Callable[[bytes, str], Iterable[Any]]
    read: Callable[[Any, str, SourceRecord], Crossing[Descriptor]]
    key: Callable[[Any], str]
    fields: Callable[[], frozenset[str]]
    iri: Callable[[Any], str | None] = _no_iri
    write: Callable[[Descriptor], Crossing[Any]] | None = None
    formats: Mapping[str, str] = field(default_factory=dict)
    dump: Callable[[Iterable[Any], str, BinaryIO, Mapping[str, str]], None] | None = None
    reads_loosely: bool = False
    reads_pages: bool = False
    rests_on: tuple[str, ...] = ()
    marked: Callable[[bytes, str], bytes] | None = None

    @property
    def folder(self) -> Path:
        """The folder of this schema."""
        return Path(crosswalks.__path__[0]) / self.schema


@cache
def crosswalk_table() -> dict[str, Crosswalk]:
    """Return every crosswalk by schema name. A schema is called as its folder is."""
    return {name: found for name in _folders() if (found := _crosswalk_in(name))}


@cache
def crosswalk_for(schema: str) -> Crosswalk:
    """Return one crosswalk, and load no other. Raises `CodedError` with `schema_unknown`."""
    found = _crosswalk_in(schema) if schema in _folders() else None
    if found is None:
        raise CodedError.of("schema_unknown", schema=schema, known=", ".join(sorted(crosswalk_table())))
    return found


def _folders() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(crosswalks.__path__) if module.ispkg]


def _crosswalk_in(folder: str) -> Crosswalk | None:
    found = getattr(importlib.import_module(f"crosswalks.{folder}"), "crosswalk", None)
    return found if isinstance(found, Crosswalk) else None
