"""A file to convert, in pieces that fit in memory: files of one record a line are taken some lines at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import orjson

from config.messages import CodedError

STANDARD_INPUT = Path("-")
_LINES = frozenset({".jsonl", ".ndjson"})
_PIECE = 2**20


class Pieces:
    """The pieces of a file, (name, bytes) each; `first` is the beginning, for guessing what the file is.

    `-` is standard input. Raises `CodedError` with `file_unreadable`.
    """

    def __init__(self, file: Path) -> None:
        self._name = "standard input" if file == STANDARD_INPUT else file.name
        try:
            self._source = sys.stdin.buffer if file == STANDARD_INPUT else file.open("rb")
            head = self._source.read(_PIECE)
            self._by_line = file.suffix.lower() in _LINES or (file == STANDARD_INPUT and _looks_lined(head))
            self.first = _to_line_end(head, self._source) if self._by_line else head + self._source.read()
        except OSError as error:
            raise CodedError.of("file_unreadable", file=str(file), detail=error.strerror or str(error)) from None

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._name

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        yield self._name, self.first
        line = self.first.count(b"\n")
        while self._by_line and (head := self._source.read(_PIECE)):
            piece = _to_line_end(head, self._source)
            yield f"{self._name} (from line {line + 1})", piece
            line += piece.count(b"\n")

    def close(self) -> None:
        """Close the file."""
        if self._source is not sys.stdin.buffer:
            self._source.close()


def _to_line_end(head: bytes, source: BinaryIO) -> bytes:
    return head if head.endswith(b"\n") else head + source.readline()


def _looks_lined(head: bytes) -> bool:
    """Tell whether the first line is a whole JSON object, with more lines behind it."""
    first, newline, rest = head.partition(b"\n")
    try:
        return bool(newline and rest.strip()) and isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False
