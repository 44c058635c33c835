"""Going through the tree of an ELM record node by node, for the syntaxes that write a graph.

Concepts, schemes and organisations that many records share are written once per document. Text is held as its UTF-8
bytes, a character for each (`clothed`), so that a document is put together and handed over by copying.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from crosswalks.elm.concepts import Node
from crosswalks.elm.profile import Form
from crosswalks.elm.writing.build import Written

_SHARED = frozenset({"Concept", "ConceptScheme", "Organisation"})

Names = dict[str, tuple[str, Form, str] | None]
"""By term: how a statement begins, how its values are written, and the ending of a literal. None for keywords."""


def clothed(text: str) -> str:
    """Return the UTF-8 bytes of a text as characters: what `encode("latin-1")` turns into bytes without work."""
    return text if text.isascii() else text.encode().decode("latin-1")


class Nodes(ABC):
    """Turns records into text; remembers what many records share, so that it stands in a document once.

    Documents written side by side may share one: the text of the last record is kept.
    """

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._last: tuple[Written | None, str] = (None, "")

    def of(self, written: Written) -> str:
        """Return one record and the concepts it uses, less what was said before, as `clothed` text."""
        if written is not self._last[0]:
            self._last = (written, "".join(self._pieces(written)))
        return self._last[1]

    @abstractmethod
    def plain(self, json: bytes) -> bool:
        """Tell from a record's JSON that no text in it needs an escape."""

    @abstractmethod
    def node(self, pieces: list[str], queue: list[Node], node: Node, plain: bool) -> None:  # noqa: FBT001
        """Write one node, and put the nodes inside it into the queue."""

    def _pieces(self, written: Written) -> list[str]:
        pieces: list[str] = []
        queue: list[Node] = [written.record] if written.record else []
        said, plain = self._said, self.plain(written.json())
        if fresh := [node for iri, node in written.concepts.items() if iri not in said]:
            queue += fresh
            plain = False
        for node in queue:
            if node["type"] in _SHARED:
                if node["id"] in said:
                    continue
                said.add(node["id"])
            self.node(pieces, queue, node, plain)
        return pieces
