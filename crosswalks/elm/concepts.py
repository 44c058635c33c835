"""Concepts of an ELM document: typed, labelled, in a typed scheme, as the shapes demand of every value used.

Records refer to concepts by identifier; the concepts that a record uses are gathered beside it, and a document holds
each of them once.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from crosswalks.elm.profile import vocabulary

Node = dict[str, Any]

FIELD_UNKNOWN = "9999"
LANGUAGE_UNDETERMINED = "UND"
_SHORT_LEARNING_PROGRAMME = "74a4a268e8"


@cache
def concept(name: str, code: str) -> Node:
    """Return the node of a code of an official vocabulary. Raises `KeyError` for a code the list does not have."""
    listed = vocabulary(name)
    node: Node = {"id": listed.iri(code), "type": "Concept"}
    if label := listed.labels[code]:
        node["prefLabel"] = {"en": label}
    node["inScheme"] = {"id": listed.scheme, "type": "ConceptScheme"}
    return node


@cache
def short_learning_programme() -> Node:
    """Return the official kind of learning opportunity that a micro-credential is."""
    return concept("learning-opportunity", _SHORT_LEARNING_PROGRAMME)


@lru_cache(maxsize=4096)
def own_concept(base: str, scheme: str, code: str, label: str) -> Node:
    """Return the node of a concept in a scheme of ours, below `base`; the label is in English."""
    return {
        "id": f"{base}/vocab/{scheme}/{_path_part(code)}",
        "type": "Concept",
        "prefLabel": {"en": label},
        "notation": code,
        "inScheme": {"id": f"{base}/vocab/{scheme}", "type": "ConceptScheme"},
    }


def skill(iri: str) -> Node:
    """Return the node of a skill that is only known by its identifier."""
    node: Node = {"id": iri, "type": "Concept"}
    esco = vocabulary("esco-skill")
    if iri.startswith(esco.concepts):
        node["inScheme"] = {"id": esco.scheme, "type": "ConceptScheme"}
    return node


def is_esco_skill(iri: str) -> bool:
    """Tell whether an identifier is one of ESCO's skills."""
    return iri.startswith(vocabulary("esco-skill").concepts)


def _path_part(code: str) -> str:
    """Return a code as one step of an address: letters, digits and a few marks stay, the rest is percent-encoded."""
    return "".join(
        char if char.isascii() and (char.isalnum() or char in "-._~") else "".join(f"%{b:02X}" for b in char.encode())
        for char in code
    )


class Concepts(dict[str, Node]):
    """The concepts that one record uses, by identifier."""

    __slots__ = ()

    def use(self, node: Node) -> str:
        """Note that a concept is used, and return its identifier."""
        iri: str = node["id"]
        self[iri] = node
        return iri

    def official(self, name: str, code: str) -> str:
        """Note that a code of an official vocabulary is used, and return its identifier."""
        return self.use(concept(name, code))
