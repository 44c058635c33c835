"""Running a query over a snapshot, and making a snapshot, each in a confined process."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import pyoxigraph as ox

from config.messages import CodedError
from portal.confinement import without_network
from portal.sparql.guarding import check
from portal.sparql.results import GRAPHS, TRUTHS, graph, table, truth

T = TypeVar("T")


def load(files: list[Path], target: Path) -> bytes:
    """Make a snapshot of packed files of N-Quads; it is there whole or not at all."""
    without_network()
    unfinished = target.with_name(f".building-{target.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    store = ox.Store(str(unfinished))
    for file in files:
        with gzip.open(file) as plain:
            store.bulk_load(input=cast("IO[bytes]", plain), format=ox.RdfFormat.N_QUADS)
    store.flush()
    del store
    unfinished.rename(target)
    return b""


def answered(folder: Path, query: str, solutions: str | None, graphs: str | None, most: int) -> bytes:
    """Return the media type of an answer, a line break, and the answer.

    `solutions` and `graphs` are the media types for the two kinds of answers, None where none is taken. Raises
    `CodedError` with `query_refused`, `query_invalid`, `query_too_many` or `not_acceptable`.
    """
    check(query)
    without_network()
    try:
        found: Any = ox.Store.read_only(str(folder)).query(query, use_default_graph_as_union=True)
        kind, body = _written(found, solutions, graphs, most)
    except (SyntaxError, ValueError) as error:
        raise CodedError.of("query_invalid", detail=" ".join(str(error).split())[:500]) from None
    except OSError:
        raise CodedError.of("query_refused", detail="it leads out of the snapshot") from None
    return kind.encode() + b"\n" + body


def _written(found: Any, solutions: str | None, graphs: str | None, most: int) -> tuple[str, bytes]:
    if isinstance(found, ox.QueryTriples):
        kind = _taken(graphs, GRAPHS)
        return kind, graph(_at_most(found, most), kind)
    if isinstance(found, ox.QueryBoolean):
        kind = _taken(solutions, TRUTHS) if solutions in TRUTHS else TRUTHS[0]
        return kind, truth(bool(found), kind)
    kind = _taken(solutions, ())
    names = [variable.value for variable in found.variables]
    rows = ([row[name] for name in names] for row in _at_most(found, most))
    return kind, table(names, rows, kind)


def _taken(kind: str | None, known: Iterable[str]) -> str:
    if kind is None:
        raise CodedError.of("not_acceptable", accept="…", known=", ".join(known))
    return kind


def _at_most(found: Iterable[T], most: int) -> Iterator[T]:
    rows = iter(found)
    yield from islice(rows, most)
    if next(rows, None) is not None:
        raise CodedError.of("query_too_many", limit=most)
