"""A schema's own records as JSON: one object, an array, or one object per line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from config.messages import CodedError
from crosswalks.crowds import expect_no_crowd

M = TypeVar("M", bound=BaseModel)


def listing_loader(model: type[M], schema: str) -> Callable[[bytes, str], Iterator[M]]:
    """Return a loader for files of a model. Loading raises `CodedError` with `file_not_schema`."""

    def load(data: bytes, name: str) -> Iterator[M]:
        for number, record in json_objects(data, name, schema):
            try:
                yield model.model_validate(record)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                place = ".".join(str(part) for part in first["loc"])
                detail = f"record {number}: {place}: {first['msg']}"
                raise CodedError.of("file_not_schema", file=name, schema=schema, detail=detail) from None

    return load


def json_objects(data: bytes, name: str, schema: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the JSON objects of a file, numbered from 1. Raises `CodedError` with `file_not_schema` or
    `record_crowded`.
    """
    try:
        whole = orjson.loads(data)
        records = whole if isinstance(whole, list) else [whole]
    except orjson.JSONDecodeError as error:
        try:
            records = [orjson.loads(line) for line in data.splitlines() if line.strip()]
        except orjson.JSONDecodeError:
            raise CodedError.of("file_not_schema", file=name, schema=schema, detail=str(error)) from None
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            detail = f"record {number} is not an object"
            raise CodedError.of("file_not_schema", file=name, schema=schema, detail=detail)
        expect_no_crowd(record)
        yield number, record


def write_json(records: Iterable[dict[str, Any]], out: BinaryIO) -> None:
    """Write JSON objects: one as it is, several as an array with one object a line. The objects keep their order."""
    held: bytes | None = None
    several = False
    for record in records:
        if held is not None:
            out.write(b",\n" + held if several else b"[\n" + held)
            several = True
        held = orjson.dumps(record)
    if held is None:
        return
    if several:
        out.write(b",\n" + held + b"\n]\n")
    else:
        out.write(orjson.dumps(orjson.loads(held), option=orjson.OPT_INDENT_2) + b"\n")
