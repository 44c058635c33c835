"""The laws of a way there and back, value by value.

What the ledger of the way out says was carried stands in the descriptor again when the written record is read; what was
said to be lost does not come back. `returning.yaml` names, with
the reason, the rules that change a value for good: what a rule there does not name comes back as it was.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from config.yaml_files import load_yaml
from crosswalks.contract import crosswalk_table
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rights import releasable
from crosswalks.elm.serialise import write_elm
from crosswalks.elm.writing.build import Written
from crosswalks.jmicro.model import JmicroListing
from crosswalks.ledger import Crossing, Entry, FieldOutcome, general
from tests.crosswalks.laws import NOT_READ, covers, leaves, value_at, within

TABLE = Path(__file__).parent / "returning.yaml"
KEPT = {FieldOutcome.MAPPED, FieldOutcome.NORMALISED}
LOST = {FieldOutcome.DROPPED, FieldOutcome.UNKNOWN}


class Return(NamedTuple):
    """What was written, as the record its schema reads, and what reading makes of it."""

    record: BaseModel
    crossing: Crossing[Descriptor]


def read_back(schema: str, value: Any, descriptor: Descriptor) -> Return | None:
    """What was written, read again; None where a record was withheld."""
    crosswalk = crosswalk_table()[schema]
    if isinstance(value, Written):
        if value.record is None:
            return None
        out = io.BytesIO()
        write_elm([value], out, "ntriples")
        (value,) = crosswalk.load(out.getvalue(), "written.nt")
    elif isinstance(value, Descriptor):
        value = JmicroListing.of(value)
    return Return(value, crosswalk.read(value, descriptor.id, descriptor.source_record))


def check_return(schema: str, descriptor: Descriptor, there: Crossing[Any], back: Crossing[Descriptor]) -> None:
    """Check both laws for a descriptor that was written to a schema and read again."""
    released, _ = releasable(descriptor)
    before, after = _content(released), _content(back.value)
    found = {(general(path), _plain(value)) for path, value in after}
    stated = Counter((general(path), _plain(value)) for path, value in before)
    missing: list[str] = []
    untrue: list[str] = []
    for path, value in before:
        here = (general(path), _plain(value))
        entries = list(_nearest(there.ledger.entries, path))
        carried = [entry for entry in entries if entry.outcome in KEPT]
        if carried and here not in found:
            if not any(_excused(schema, general(path), entry) for entry in carried):
                missing.append(f"{path} {value!r}: {carried[0]}")
        elif _told_lost(entries) and here in found and stated[here] == 1:
            excused = _excused(schema, general(path), entries[0])
            untrue.extend(
                [f"{path} {value!r}: {entries[0]}"] if not excused and _read_from_it(path, value, back) else []
            )
    assert missing == [], f"said to be carried, and not there again: {missing}"
    assert untrue == [], f"said to be lost, and there again: {untrue}"


def _content(descriptor: Descriptor) -> list[tuple[str, Any]]:
    tree = descriptor.model_dump(mode="json", exclude_defaults=True)
    for name in NOT_READ:
        tree.pop(name, None)
    return [(path, value_at(tree, path)) for path in leaves(tree)]


@cache
def _plain(value: Any) -> str:
    """A value for comparison: figures by their value."""
    try:
        return str(Decimal(value).normalize()) if isinstance(value, str) and value[:1].isdigit() else str(value)
    except InvalidOperation:
        return str(value)


def _nearest(entries: Iterable[Entry], path: str) -> Iterator[Entry]:
    """The entries of the nearest field that speaks of a value."""
    speaking = [entry for entry in entries if entry.source and within(path, entry.source)]
    near = max((len(entry.source) for entry in speaking), default=0)
    return (entry for entry in speaking if len(entry.source) == near)


def _told_lost(entries: list[Entry]) -> bool:
    """Tell whether a value is told as lost, though its field has a place there and nothing forbade it."""
    kept_back = {"rights_withheld", "no_listing_slot"}
    return bool(entries) and all(entry.outcome in LOST and entry.reason not in kept_back for entry in entries)


def _read_from_it(path: str, value: Any, back: Crossing[Descriptor]) -> bool:
    """Tell whether a value that came back was read out of the record, and is none that the registry implies."""
    tree = back.value.model_dump(mode="json", exclude_defaults=True)
    places = [leaf for leaf in leaves(tree) if general(leaf) == general(path) and value_at(tree, leaf) == value]
    making = [entry for entry in back.ledger.entries if any(covers(entry.target or " ", place) for place in places)]
    return any(entry.outcome is not FieldOutcome.DEFAULTED for entry in making)


@cache
def _rows() -> frozenset[tuple[str, str, str]]:
    return frozenset((row["schema"], row["rule"], row["field"]) for row in load_yaml(TABLE))


def _excused(schema: str, field: str, entry: Entry) -> bool:
    how = entry.rule or entry.reason or "as_it_is"
    return any((schema, how, place) in _rows() for place in (*_upwards(field), "*"))


def _upwards(field: str) -> Iterator[str]:
    while field:
        yield field
        field = field.rpartition(".")[0]
