"""What the parts of the writer share while one descriptor is being written."""

from __future__ import annotations

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.codes import listed_concepts
from crosswalks.elm.concepts import Concepts, Node, short_learning_programme
from crosswalks.elm.writing.notes import labelled, subject

RECORD_PATH = "/id/mc/"


class Draft:
    """One record being written: identifiers of its two main nodes, its concepts and notes.

    The specification is named below the record: records of one source may share theirs, ours do not. `base` is the
    registry's public address, below which shared things are named. `kind` is the kind of programme and `modes` are
    those of the teaching methods; both nodes bear both. `cases` names, by path of the descriptor, what became of a
    value where that depends on the value.
    """

    __slots__ = ("base", "cases", "concepts", "descriptor", "kind", "modes", "notes", "root", "specification")

    def __init__(self, descriptor: Descriptor) -> None:
        self.descriptor = descriptor
        self.root = root = descriptor.id
        self.specification = f"{root}/specification"
        self.base = root.partition(RECORD_PATH)[0] if RECORD_PATH in root else root
        self.concepts = Concepts()
        self.kind = [self.concepts.use(short_learning_programme())]
        self.notes: list[Node] = []
        self.cases: dict[str, str] = {}
        self.modes = self._modes() if descriptor.teaching_method else []

    def note(self, field: str, text: dict[str, str]) -> None:
        """Add a note about a field, in the languages it has."""
        about = self.concepts.use(subject(self.base, field))
        iri = f"{self.root}/note/{len(self.notes) + 1}"
        self.notes.append({"id": iri, "type": "Note", "noteLiteral": text, "subject": about})

    def labelled(self, field: str, text: dict[str, str]) -> None:
        """Add a note that begins with the name of the field."""
        self.note(field, labelled(field, text))

    def _modes(self) -> list[str]:
        """Return the official modes of the teaching methods, each once."""
        found: list[str] = []
        modes = listed_concepts("DeliveryMode")
        for method in self.descriptor.teaching_method:
            node = modes.get(method.mode) if method.mode else None
            if node is not None and (iri := self.concepts.use(node)) not in found:
                found.append(iri)
        return found
