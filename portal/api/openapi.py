"""The OpenAPI document (3.1) of a table of operations: every parameter, every status, every shape."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from crosswalks.descriptor.schema import json_schema
from portal.accounts.keys import scopes
from portal.answers import PROBLEM
from portal.api.contract import Operation, Parameter
from portal.api.shapes import Problem

_SHAPES = "#/components/schemas/"
_PLACE = re.compile(r"\{(\w+)\}")
_DESCRIPTOR = "Descriptor"
_ALWAYS = (400, 401, 429, 500, 503)
_MEANINGS = {
    200: "What was asked for",
    301: "It was merged: its successor is there",
    304: "Nothing has changed since",
    400: "A parameter, cursor or body that is not right",
    401: "A key is needed, or the one sent is not valid",
    403: "The key is not for this",
    404: "There is no such thing",
    410: "It was withdrawn: when, why, and what takes its place",
    413: "What was sent is too large",
    415: "A body of this form is not taken",
    422: "What was sent or asked for cannot be done",
    429: "Too many requests; Retry-After says when to come again",
    500: "The program is at fault",
    503: "Not now; Retry-After says when to come again",
}
_HEADERS = {
    "X-Request-Id": ("Number of the request; tell it when you write to us", "string"),
    "RateLimit": ("What is left, as `\"requests\";r=…;t=…` (remaining requests, seconds)", "string"),
    "RateLimit-Policy": ("The limit, as `\"requests\";q=…;w=…` (requests, seconds)", "string"),
    "ETag": ("Tag of these bytes, for If-None-Match", "string"),
    "Link": ("Related addresses; `next` leads on in a list", "string"),
    "Retry-After": ("Seconds to wait", "integer"),
}  # fmt: skip


def document(operations: Iterable[Operation], base: str, root: str, contact: str) -> dict[str, Any]:
    """Return the document."""
    every = list(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in every:
        paths.setdefault(operation.path or "/", {})[operation.method.lower()] = _operation(operation)
    tags = dict.fromkeys(operation.tag for operation in every)
    answers = [operation.answer for operation in every if operation.answer is not None]
    shapes = tuple(dict.fromkeys([*answers, Problem]))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kakehashi API",
            "version": "1.0.0",
            "summary": "Micro-credential records from many registries, in the descriptor of JMICRO",
            "description": "Everything public can be read without a key; to post a file takes one. All answers come "
            "from the publication log. Errors are problem details (RFC 9457) with a code, in Japanese or English.",
            "contact": {"email": contact},
            "license": {"name": "Rights stay with the record: see `source_record.rights` and `attribution`"},
        },
        "servers": [{"url": f"{base}{root}"}],
        "tags": [{"name": name} for name in tags],
        "paths": paths,
        "components": {
            "schemas": _schemas(shapes),
            "headers": {
                name: {"description": about, "schema": {"type": kind}} for name, (about, kind) in _HEADERS.items()
            },
            "securitySchemes": {
                "key": {
                    "type": "http", "scheme": "bearer",
                    "description": "A key of this deployment. Scopes: "
                    + "; ".join(f"{name}: {texts['en']}" for name, texts in scopes().items()),
                }
            },
        },
    }  # fmt: skip


@cache
def _schemas(shapes: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    wanted: Any = [(shape, "serialization") for shape in shapes]
    _, made = models_json_schema(wanted, ref_template=_SHAPES + "{model}")
    found = dict(made["$defs"])
    descriptor = _moved(json_schema())
    parts = descriptor.pop("$defs")
    for name in ("$schema", "$id"):
        descriptor.pop(name)
    return {**found, _DESCRIPTOR: descriptor, **{f"{_DESCRIPTOR}{name}": part for name, part in parts.items()}}


def _moved(value: Any) -> Any:
    """Return a schema whose references lead to where its definitions stand in the document."""
    if isinstance(value, dict):
        return {key: _moved_reference(item) if key == "$ref" else _moved(item) for key, item in value.items()}
    return [_moved(item) for item in value] if isinstance(value, list) else value


def _moved_reference(reference: str) -> str:
    return _SHAPES + _DESCRIPTOR + reference.removeprefix("#/$defs/")


def _operation(operation: Operation) -> dict[str, Any]:
    places = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1},
         **({"example": operation.examples[name]} if name in operation.examples else {})}
        for name in _PLACE.findall(operation.path)
    ]  # fmt: skip
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.summary_ja,
        "tags": [operation.tag],
        "parameters": places + [_parameter(one) for one in operation.parameters],
        "responses": _responses(operation),
        "security": [{"key": []}] if operation.scope else [{}, {"key": []}],
    }
    if operation.scope:
        told["x-scope"] = operation.scope
    if operation.takes_body:
        file = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
        told["requestBody"] = {
            "description": "The file, as it is or in a form",
            "required": not any(one.name == "address" for one in operation.parameters),
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}},
                "multipart/form-data": {"schema": file},
            },
        }
    return told


def _parameter(parameter: Parameter) -> dict[str, Any]:
    told = {
        "name": parameter.name, "in": "query", "required": parameter.required, "description": parameter.about,
        "schema": parameter.schema(),
        "example": _example(parameter),
    }  # fmt: skip
    return {**told, "style": "form", "explode": True} if parameter.many else told


def _example(parameter: Parameter) -> Any:
    one = parameter.example == "true" if parameter.kind == "boolean" else parameter.example
    return [one] if parameter.many else one


def _responses(operation: Operation) -> dict[str, Any]:
    schema = {"$ref": f"{_SHAPES}{operation.answer.__name__}"} if operation.answer else {"type": "object"}
    good: dict[str, Any] = {
        "description": _MEANINGS[200],
        "headers": _headers("X-Request-Id", "RateLimit", "RateLimit-Policy", "ETag", "Link"),
        "content": {operation.media_type: {"schema": schema}},
    }
    found: dict[str, Any] = {"200": good}
    if operation.method == "GET":
        found["304"] = {"description": _MEANINGS[304]}
    for status in sorted({*_ALWAYS, *operation.problems, *((403,) if operation.scope else ())}):
        if status < 400:
            found[str(status)] = {"description": _MEANINGS[status]}
            continue
        waits = ("Retry-After",) if status in {429, 503} else ()
        found[str(status)] = {
            "description": _MEANINGS[status],
            "headers": _headers("X-Request-Id", *waits),
            "content": {PROBLEM: {"schema": {"$ref": f"{_SHAPES}Problem"}}},
        }
    return found


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
