"""What an operation of the API is: address, parameters, answer, statuses. Routes, checks and OpenAPI come from it.

A parameter that no row names, or a value out of its range, is refused: nothing that was asked for is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError

Kind = Literal["string", "integer", "boolean", "moment"]
_LONGEST = 1024
_LONGEST_OF_MANY = 300
_CONTROL = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029"
_LINE = rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"
"""What a text may be, as JSON Schema says it: one line that is not blank."""
_CONTROLS = re.compile(f"[{_CONTROL}]")
_DIGITS = 15
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the query. `most` bounds a number, the length of a text, or with `many` the texts' number."""

    name: str
    kind: Kind
    about: str
    example: str | int
    least: int = 0
    most: int = _LONGEST
    default: int | bool | None = None
    many: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the value."""
        one: dict[str, Any] = {"type": "string" if self.kind == "moment" else self.kind}
        if self.kind == "integer":
            one |= {"minimum": self.least, "maximum": self.most}
        elif self.kind == "moment":
            one["format"] = "date-time"
        elif self.kind == "string":
            one |= {"minLength": 1, "maxLength": self._longest, "pattern": _LINE}
        if self.choices:
            one["enum"] = list(self.choices)
        if self.default is not None:
            one["default"] = self.default
        return {"type": "array", "items": one, "maxItems": self.most} if self.many else one

    def read(self, given: list[str]) -> Any:
        """Return what the values given for it mean. Raises `CodedError` with `parameter_invalid`."""
        if self.many:
            if len(given) > self.most:
                raise self._wrong(f"more than {self.most} values")
            return [self._one(text) for text in given]
        if len(given) > 1:
            raise self._wrong("it is given more than once")
        if given:
            return self._one(given[0])
        if self.required:
            raise self._wrong("it is missing")
        return self.default

    def _one(self, text: str) -> Any:
        if self.kind == "integer":
            return self._number(text)
        if self.kind == "boolean":
            if text not in _TRUTH:
                raise self._wrong("it is true or false")
            return _TRUTH[text]
        if self.kind == "moment":
            return self._moment(text)
        if not text.strip() or len(text) > self._longest or _CONTROLS.search(text):
            raise self._wrong("a text without line breaks, not empty and not that long")
        if self.choices and text not in self.choices:
            raise self._wrong(f"one of {', '.join(self.choices)}")
        return text

    @property
    def _longest(self) -> int:
        return _LONGEST_OF_MANY if self.many else self.most

    def _number(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and self.least <= int(text) <= self.most):
            raise self._wrong(f"a number from {self.least} to {self.most}")
        return int(text)

    def _moment(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._wrong("a moment such as 2026-11-01T00:00:00Z") from None

    def _wrong(self, detail: str) -> CodedError:
        return CodedError.of("parameter_invalid", name=self.name, detail=detail)


Asked = dict[str, Any]
"""The parameters of one request by name, as what they mean."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `path` is below `/api/v1`; `problems` are the statuses beside those that every one may have.

    An operation with a `scope` needs a key; `takes_body` says that a file is posted.
    """

    name: str
    method: Literal["GET", "POST"]
    path: str
    summary: str
    summary_ja: str
    answer: type[BaseModel] | None
    handler: Callable[..., Response | Awaitable[Response]]
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[int, ...] = ()
    scope: str | None = None
    takes_body: bool = False
    tag: str = "records"
    media_type: str = "application/json"
    examples: dict[str, str] = field(default_factory=dict)

    def asked(self, request: Request) -> Asked:
        """Return the parameters of a request. Raises `CodedError` with `parameter_unknown` or `parameter_invalid`."""
        return read_parameters(self.parameters, request.query_params)


def read_parameters(parameters: tuple[Parameter, ...], given: QueryParams) -> Asked:
    """Return what a query means. Raises `CodedError` with `parameter_unknown` or `parameter_invalid`."""
    known = {parameter.name for parameter in parameters}
    if unknown := [name for name in given if name not in known]:
        raise CodedError.of("parameter_unknown", name=unknown[0][:100], known=", ".join(sorted(known)) or "–")
    return {parameter.name: parameter.read(given.getlist(parameter.name)) for parameter in parameters}
