"""What the parts of the writer share while one descriptor is being written."""

from __future__ import annotations

from crosswalks.descriptor.model import Descriptor, TeachingMethod
from crosswalks.elm.codes import listed_concepts
from crosswalks.elm.concepts import Concepts, Node, short_learning_programme
from crosswalks.elm.writing.notes import joined, label_text, labelled, subject

RECORD_PATH = "/id/mc/"


class Draft:
    """One record being written: identifiers of its two main nodes, its concepts and notes.

    The specification is named below the record: records of one source may share theirs, ours do not. `base` is the
    registry's public address, below which shared things are named. `kind` is the kind of programme and `modes` are
    those of the teaching methods; both nodes bear both; `taught` is what else is said of the methods. `cases` names,
    by path of the descriptor, what became of a value where that depends on the value.
    """

    __slots__ = (
        "base", "cases", "concepts", "descriptor", "kind", "modes", "notes", "root", "specification", "taught",
    )  # fmt: skip

    def __init__(self, descriptor: Descriptor) -> None:
        self.descriptor = descriptor
        self.root = root = descriptor.id
        self.specification = root + "/specification"
        self.base = root.partition(RECORD_PATH)[0]
        kind = short_learning_programme()
        self.concepts = concepts = Concepts()
        concepts[kind["id"]] = kind
        self.kind = [kind["id"]]
        self.notes: list[Node] = []
        self.cases: dict[str, str] = {}
        self.modes: list[str] = []
        self.taught: list[dict[str, str]] = []
        if methods := descriptor.teaching_method:
            self._teaching(methods)

    def _teaching(self, methods: tuple[TeachingMethod, ...]) -> None:
        """Note the official modes of the teaching methods, each once, and what is left to say in words."""
        listed, modes = listed_concepts("DeliveryMode"), self.modes
        for index, method in enumerate(methods):
            mode, text = method.mode, method.text
            if node := listed.get(mode or ""):
                if (iri := node["id"]) not in modes:
                    modes.append(iri)
                    self.concepts[iri] = node
            elif mode:
                self.cases[f"teaching_method.{index}.mode"] = "note"
                text = joined(label_text("DeliveryMode", mode), text)
            if text:
                self.taught.append(text)

    def note(self, field: str, text: dict[str, str]) -> None:
        """Add a note about a field, in the languages it has."""
        notes, about = self.notes, subject(self.base, field)
        concept = about["id"]
        self.concepts[concept] = about
        iri = f"{self.root}/note/{len(notes) + 1}"
        notes.append({"id": iri, "type": "Note", "noteLiteral": text, "subject": concept})

    def labelled(self, field: str, text: dict[str, str]) -> None:
        """Add a note that begins with the name of the field."""
        self.note(field, labelled(field, text))
