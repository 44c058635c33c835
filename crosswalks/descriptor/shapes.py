"""What the fields of the descriptor hold, read off its model once, for every serialisation that walks it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from crosswalks.descriptor import types
from crosswalks.descriptor.types import Listed

Datatype = Literal["string", "iri", "decimal", "integer", "boolean", "date", "dateTime", "duration", "moment"]
_BY_TYPE: dict[type, Datatype] = {
    Decimal: "decimal", bool: "boolean", int: "integer", datetime: "dateTime", date: "date"
}  # fmt: skip
_BY_NAME: tuple[tuple[Any, Datatype], ...] = (
    (types.Iri, "iri"), (types.Url, "iri"), (types.Duration, "duration"), (types.Moment, "moment"),
)  # fmt: skip


class Shape(NamedTuple):
    """What a field holds: values, parts with fields of their own, texts in languages, or origins; one or many.

    A value is of a datatype, or a code of the list that `listed` names.
    """

    kind: Literal["value", "part", "texts", "origins"]
    many: bool = False
    part: type[BaseModel] | None = None
    datatype: Datatype = "string"
    listed: str | None = None


@cache
def shapes(model: type[BaseModel]) -> dict[str, Shape]:
    """Return the shape of every field of a part of the descriptor, in the order of the model."""
    found = {}
    for name, info in model.model_fields.items():
        annotation = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
        found[name] = _shape(name, annotation)
    return found


def _shape(name: str, annotation: Any) -> Shape:
    for known, datatype in _BY_NAME:
        if annotation == known:
            return Shape("value", datatype=datatype)
    kind = get_origin(annotation)
    if kind is Annotated:
        inner, *notes = get_args(annotation)
        listed = next((note.name for note in notes if isinstance(note, Listed)), None)
        return Shape("value", listed=listed) if listed else _shape(name, inner)
    if kind in {Union, UnionType}:
        return _shape(name, next(one for one in get_args(annotation) if one is not type(None)))
    if kind is tuple:
        return _shape(name, get_args(annotation)[0])._replace(many=True)
    if kind is dict:
        return Shape("origins" if name == "origins" else "texts")
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape("part", part=annotation)
    return Shape("value", datatype=_BY_TYPE.get(annotation, "string"))
