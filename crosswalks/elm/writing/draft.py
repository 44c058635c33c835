"""What the parts of the writer share while one descriptor is being written."""

from __future__ import annotations

from dataclasses import dataclass, field

from crosswalks.descriptor.model import Descriptor
from crosswalks.elm.concepts import Concepts
from crosswalks.elm.writing.notes import Notes

RECORD_PATH = "/id/mc/"


@dataclass(slots=True)
class Draft:
    """One record being written: identifiers of its two main nodes, its concepts and notes.

    `base` is the registry's public address, below which shared things are named. `cases` names, by path of the
    descriptor, what became of a value where that depends on the value.
    """

    descriptor: Descriptor
    root: str
    specification: str
    base: str
    concepts: Concepts
    notes: Notes
    cases: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, descriptor: Descriptor) -> Draft:
        """Begin a record. Its specification is named below it: records of one source may share theirs, ours do not."""
        root = descriptor.id
        base = root.partition(RECORD_PATH)[0] if RECORD_PATH in root else root
        concepts = Concepts()
        return cls(descriptor, root, f"{root}/specification", base, concepts, Notes(root, base, concepts))
