"""The descriptor as JSON-LD: its own fields in its own order, under a context that gives each a name in RDF.

The name of a field is its path below `NAMESPACE` (`volume.total_hours`), the same that mapping tables and ledgers use.
Lists keep their order; a text in languages is a language map; a code is the identifier of its concept. Tags that are
not spelt as usual are told once more in `tag_spellings`, since readers of RDF change their case.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rdf_values import CODES, IRI, NAMESPACE, STRING, XSD, node_id, usual_tag, value_of
from crosswalks.descriptor.shapes import Shape, shapes
from crosswalks.descriptor.types import Origin

CONTEXT_PATH = "/ns/descriptor/v1"
"""Where the context is, below the public address; it never changes its meaning."""
ORIGIN_PATH = "path"
SPELLINGS = "tag_spellings"
SPELLING_CLASS = "TagSpelling"
SPELLING_FIELDS = ("path", "tag", "text")
TEXTS_CLASS = "Wording"
"""What a list of texts in languages is made of, each with its languages in `text`."""


class Spelling(NamedTuple):
    """How a language tag is spelt in the descriptor. With a `text`, the text stands here and nowhere else."""

    path: str
    tag: str
    text: str | None


def to_jsonld(descriptor: Descriptor, base: str) -> dict[str, Any]:
    """Return a descriptor as a JSON-LD document that names the context published at `base` + `CONTEXT_PATH`."""
    return {"@context": base + CONTEXT_PATH, **node(descriptor)}


def node(descriptor: Descriptor) -> dict[str, Any]:
    """Return a descriptor as a JSON-LD node, without a context."""
    content = descriptor.model_dump(mode="json", exclude_defaults=True)
    found: dict[str, Any] = {"@id": node_id(content.pop("id")), "@type": Descriptor.__name__}
    spellings: list[Spelling] = []
    found |= _fields(content, Descriptor, "", spellings)
    if spellings:
        found[SPELLINGS] = [
            {"@type": SPELLING_CLASS, **{name: value for name, value in one._asdict().items() if value is not None}}
            for one in spellings
        ]
    return found


def _fields(content: dict[str, Any], model: type[BaseModel], path: str, spellings: list[Spelling]) -> dict[str, Any]:
    known = shapes(model)
    made: dict[str, Any] = {}
    for name, value in content.items():
        shape, place = known[name], f"{path}{name}"
        if shape.kind == "origins":
            made[name] = [
                {"@type": Origin.__name__, ORIGIN_PATH: key, **_fields(origin, Origin, f"{place}.", spellings)}
                for key, origin in value.items()
            ]
        elif shape.many:
            made[name] = [_one(item, shape, f"{place}.{number}", spellings) for number, item in enumerate(value)]
        else:
            made[name] = _one(value, shape, place, spellings)
    return made


def _one(value: Any, shape: Shape, place: str, spellings: list[Spelling]) -> Any:
    if shape.part is not None:
        return {"@type": shape.part.__name__, **_fields(value, shape.part, f"{place}.", spellings)}
    if shape.kind == "texts":
        texts = dict(_texts(value, place, spellings))
        return {"@type": TEXTS_CLASS, "text": texts} if shape.many else texts
    told = value_of(shape, value)
    if told.datatype == _coerced(shape):
        return told.text.replace(CODES, "codes:", 1) if shape.listed else told.text
    return {"@value": told.text} if told.datatype == STRING else {"@value": told.text, "@type": XSD + told.datatype}


def _texts(texts: dict[str, str], place: str, spellings: list[Spelling]) -> Iterator[tuple[str, str]]:
    for tag, text in texts.items():
        usual = usual_tag(tag)
        if usual == tag:
            yield tag, text
        elif usual is None or usual in texts or sum(usual_tag(other) == usual for other in texts) > 1:
            spellings.append(Spelling(place, tag, text))
        else:
            spellings.append(Spelling(place, tag, None))
            yield usual, text


def _coerced(shape: Shape) -> str:
    """Return what the context says of a field's values."""
    if shape.listed is not None or shape.datatype == "iri":
        return IRI
    return "date" if shape.datatype == "moment" else shape.datatype


@cache
def context() -> dict[str, Any]:
    """Return the JSON-LD context, as it is published. It fetches nothing."""
    made: dict[str, Any] = {
        "@version": 1.1,
        "@vocab": NAMESPACE,
        "codes": {"@id": CODES, "@prefix": True},
        **_terms(Descriptor, ""),
        SPELLINGS: {
            "@id": NAMESPACE + SPELLINGS,
            "@context": {name: {"@id": f"{NAMESPACE}{SPELLINGS}.{name}"} for name in SPELLING_FIELDS},
        },
    }
    return {"@context": made}


def _terms(model: type[BaseModel], path: str) -> dict[str, Any]:
    return {
        name: _term(shape, f"{path}{name}")
        for name, shape in shapes(model).items()
        if (path, name) != ("", "id")
    }  # fmt: skip


def _term(shape: Shape, path: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"@id": NAMESPACE + path}
    if shape.kind == "origins":
        own = {ORIGIN_PATH: {"@id": f"{NAMESPACE}{path}.{ORIGIN_PATH}"}}
        return entry | {"@context": own | _terms(Origin, f"{path}.")}
    if shape.many:
        entry["@container"] = "@list"
    if shape.part is not None:
        entry["@context"] = _terms(shape.part, f"{path}.")
    elif shape.kind == "texts" and shape.many:
        entry["@context"] = {"text": {"@id": f"{NAMESPACE}{path}.text", "@container": "@language"}}
    elif shape.kind == "texts":
        entry["@container"] = "@language"
    elif (coerced := _coerced(shape)) != STRING:
        entry["@type"] = coerced if coerced == IRI else XSD + coerced
    return entry
