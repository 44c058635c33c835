"""What every syntax has in common: a document to which records are added one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import BinaryIO

from crosswalks.elm.serialise.nodes import Nodes
from crosswalks.elm.writing.build import Written
from crosswalks.ledger import Entry

_BATCH = 32


class Document(ABC):
    """One document being written. Records go in by `add`; it is complete after `end`; `close` gives up what it held."""

    losses: Sequence[Entry] = ()
    """What the syntax could not take of the record that was added last."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out

    @abstractmethod
    def add(self, written: Written) -> None:
        """Write one record that was not withheld."""

    @abstractmethod
    def end(self) -> None:
        """Write what is left, and the end of the document."""

    def close(self) -> None:  # noqa: B027 - most documents have nothing to let go of
        """Let go of files of its own, whether the document was ended or not."""


class GraphDocument(Document):
    """A document of nodes between a start and a finish, written some records at a time."""

    def __init__(self, out: BinaryIO, nodes: Nodes, start: str = "", finish: bytes = b"") -> None:
        super().__init__(out)
        out.write(start.encode())
        self._text_of = nodes.of
        self._finish = finish
        self._gathered: list[str] = []

    def add(self, written: Written) -> None:
        """Gather one record, and write when there are enough."""
        self._gathered.append(self._text_of(written))
        if len(self._gathered) == _BATCH:
            self._write()

    def end(self) -> None:
        """Write what is gathered, and the finish."""
        self._write()
        self.out.write(self._finish)

    def _write(self) -> None:
        self.out.write("".join(self._gathered).encode("latin-1"))
        self._gathered.clear()
