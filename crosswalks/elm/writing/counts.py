"""What became of the fields of many descriptors on the way out, counted without a ledger for each.

The numbers are those of `Ledger.summary` over the ledgers of `outgoing_ledger`. Most fields meet no special case: of
those only how often they were stated is counted, and what that means is looked up at the end.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.writing.build import Written
from crosswalks.elm.writing.outgoing import leaf_fields, outgoing_rows, row_key, usual_row_key
from crosswalks.ledger import FieldOutcome, general

Counts = Counter[tuple[str, FieldOutcome, str]]


class _Place(NamedTuple):
    """A field of a model: its path without indices, its default, the fields of a model inside it.

    `item` is the place of one value of a list; `keyed` says that the models inside stand under keys of their own.
    """

    name: str
    field: str
    default: Any
    inside: tuple[_Place, ...]
    item: _Place | None
    keyed: bool


class OutgoingCounts:
    """Counts by (field without its indices, outcome, reason or rule) over the records that are added."""

    def __init__(self) -> None:
        self._usual: Counter[str] = Counter()
        self._special: Counter[tuple[str, tuple[str, str]]] = Counter()
        self._dropped: Counter[tuple[str, str]] = Counter()
        self._given: Counter[str] = Counter()

    def add(self, descriptor: Descriptor, written: Written, held: list[str]) -> None:
        """Count what became of a descriptor; the arguments are those of `outgoing_ledger`."""
        self._dropped.update((general(path), "rights_withheld") for path in held)
        cases = {} if written.withheld else written.cases
        fields: list[str] = []
        paths: list[tuple[str, str]] = []
        _stated(descriptor, _touched(cases), fields, paths)
        if written.withheld:
            self._dropped.update((field, written.withheld.code) for field in fields)
            return
        self._usual.update(fields)
        self._special.update([(field, row_key(path, field, cases)) for path, field in paths])
        self._given["always"] += 1
        self._given.update(_given().intersection(cases))

    def counts(self) -> Counts:
        """Return the counts of all that was added."""
        rows, counted = outgoing_rows(), Counts()
        met = {(field, usual_row_key(field)): number for field, number in self._usual.items()}
        for (field, key), number in [*met.items(), *self._special.items()]:
            for row in rows[key]:
                counted[general(field), row.outcome, row.reason or row.rule or ""] += number
        for case, number in self._given.items():
            for row in rows["", case]:
                counted[general(row.target or ""), row.outcome, row.reason or row.rule or ""] += number
        for (field, reason), number in self._dropped.items():
            counted[general(field), FieldOutcome.DROPPED, reason] += number
        return counted


@cache
def _given() -> frozenset[str]:
    return frozenset(case for field, case in outgoing_rows() if not field and case != "always")


def _touched(cases: dict[str, str]) -> dict[str, set[str] | None]:
    """Return the fields that cases speak of, with the numbers of the list items; None when it is not only items."""
    touched: dict[str, set[str] | None] = {}
    for place in cases:
        top, _, rest = place.partition(".")
        index = rest.partition(".")[0]
        if not index.isdecimal():
            touched[top] = None
        elif (items := touched.setdefault(top, set())) is not None:
            items.add(index)
    return touched


def _stated(
    descriptor: Descriptor, touched: dict[str, set[str] | None], fields: list[str], paths: list[tuple[str, str]]
) -> None:
    """Gather the fields that are stated, once for each value; those that cases speak of with their paths."""
    for place, value in _stated_in(descriptor, _places()):
        if place.name not in touched:
            _gather_fields(value, place, fields)
        elif (items := touched[place.name]) is None or place.item is None:
            _gather_paths(value, place, place.name, paths)
        else:
            for index, one in enumerate(value):
                if str(index) in items:
                    _gather_paths(one, place.item, f"{place.name}.{index}", paths)
                else:
                    _gather_fields(one, place.item, fields)


def _stated_in(part: BaseModel, places: tuple[_Place, ...]) -> list[tuple[_Place, Any]]:
    """Return the places of a model that have a value of their own, with the value."""
    values = part.__dict__
    found = []
    for place in places:
        value, default = values[place[0]], place[2]
        if value is not default and (default is None or value != default):
            found.append((place, value))
    return found


def _gather_fields(value: Any, place: _Place, fields: list[str]) -> None:
    _, field, _, inside, item, keyed = place
    if keyed:
        for key, part in value.items():
            gathered: list[str] = []
            for inner, found in _stated_in(part, inside):
                _gather_fields(found, inner, gathered)
            fields.extend(f"{field}.{key}{inner[len(field) :]}" for inner in gathered)
    elif not inside:
        fields.extend((field,) if item is None else [field] * len(value))
    else:
        for part in (value,) if item is None else value:
            for inner, found in _stated_in(part, inside):
                if inner[3] or inner[4] is not None:
                    _gather_fields(found, inner, fields)
                else:
                    fields.append(inner[1])


def _gather_paths(value: Any, place: _Place, path: str, paths: list[tuple[str, str]]) -> None:
    if place.item is not None:
        for index, one in enumerate(value):
            _gather_paths(one, place.item, f"{path}.{index}", paths)
    elif not place.inside:
        paths.append((path, place.field))
    else:
        for inner, found in _stated_in(value, place.inside):
            _gather_paths(found, inner, f"{path}.{inner.name}", paths)


@cache
def _places() -> tuple[_Place, ...]:
    return _places_of(Descriptor, "")


def _places_of(model: type[BaseModel], above: str) -> tuple[_Place, ...]:
    return tuple(_place(name, f"{above}{name}", info) for name, info in model.model_fields.items())


def _place(name: str, field: str, info: Any) -> _Place:
    annotation, listed, keyed = info.annotation, False, False
    if get_origin(annotation) in {Union, UnionType}:
        (annotation,) = (one for one in get_args(annotation) if one is not type(None))
    if get_origin(annotation) is tuple:
        annotation, listed = get_args(annotation)[0], True
    inside: tuple[_Place, ...] = ()
    if field not in leaf_fields():
        keyed = get_origin(annotation) is dict
        inside = _places_of(get_args(annotation)[1] if keyed else annotation, f"{field}.")
    default = None if info.is_required() else info.default
    item = _Place(name, field, default, inside, None, keyed) if listed else None
    return _Place(name, field, default, inside, item, keyed)
