"""What every syntax has in common: a document to which records are added one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import BinaryIO

from crosswalks.elm.profile import Generation
from crosswalks.elm.writing.build import Written

_BATCH = 32


class Document(ABC):
    """One document being written. Records go in by `add`; it is complete after `end`; `close` gives up what it held."""

    def __init__(self, out: BinaryIO, generation: Generation) -> None:
        self.out = out
        self.generation = generation

    @abstractmethod
    def add(self, written: Written) -> None:
        """Write one record that was not withheld."""

    @abstractmethod
    def end(self) -> None:
        """Write what is left, and the end of the document."""

    def close(self) -> None:  # noqa: B027 - most documents have nothing to let go of
        """Let go of files of its own, whether the document was ended or not."""


class Batched(Document):
    """A document that is written some records at a time, from a text (see `lines.clothed`) for each record."""

    def __init__(self, out: BinaryIO, generation: Generation) -> None:
        super().__init__(out, generation)
        self._gathered: list[str] = []

    @abstractmethod
    def text(self, written: Written) -> str:
        """Return the text of one record."""

    def add(self, written: Written) -> None:
        """Gather one record, and write when there are enough."""
        self._gathered.append(self.text(written))
        if len(self._gathered) == _BATCH:
            self._write()

    def end(self) -> None:
        """Write what is gathered."""
        if self._gathered:
            self._write()

    def batch(self, text: bytes) -> None:
        """Write the texts of some records."""
        self.out.write(text)

    def _write(self) -> None:
        self.batch("".join(self._gathered).encode("latin-1"))
        self._gathered.clear()
