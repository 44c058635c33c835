"""The descriptor's vocabulary as it is published: classes, properties and codes, with labels in Japanese and English.

Classes and properties follow the model, codes the code lists and frameworks; `vocabulary.tsv` has the labels.
`vocabulary.ttl` and `codes.ttl` beside this module are the published copies; `python -m
crosswalks.descriptor.vocabulary` writes them anew.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from config.codelists import codelists
from config.frameworks import credit_systems, level_schemes
from crosswalks.descriptor.jsonld import ORIGIN_PATH, SPELLING_CLASS, SPELLING_FIELDS, SPELLINGS, TEXTS_CLASS
from crosswalks.descriptor.model import DESCRIPTOR_VERSION, Descriptor
from crosswalks.descriptor.rdf_values import CODES, NAMESPACE
from crosswalks.descriptor.shapes import Shape, shapes
from crosswalks.descriptor.types import Origin

FOLDER = Path(__file__).parent
VOCABULARY = FOLDER / "vocabulary.ttl"
CODE_LISTS = FOLDER / "codes.ttl"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_TITLES = {
    NAMESPACE: {"ja": "JMICRO 記述子の語彙", "en": "Vocabulary of the JMICRO descriptor"},
    CODES: {"ja": "JMICRO 記述子のコード", "en": "Codes of the JMICRO descriptor"},
}
_PREFIXES = {
    "codes": CODES,
    "dct": "http://purl.org/dc/terms/",
    "jmicro": NAMESPACE,
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Labels = Mapping[str, str]


class Property(NamedTuple):
    """One property: the path of its field, the class it is of, what it holds, and its whole labels by language."""

    path: str
    domain: str
    shape: Shape
    labels: Labels

    @property
    def range(self) -> str:
        """What the values are, as a prefixed name."""
        if self.shape.many:
            return "rdf:List"
        if self.shape.kind == "origins":
            return f"jmicro:{Origin.__name__}"
        if self.shape.part is not None:
            return f"jmicro:{self.shape.part.__name__}"
        if self.shape.kind == "texts":
            return "rdf:langString"
        if self.shape.listed is not None:
            return "skos:Concept"
        kind = self.shape.datatype
        return "rdfs:Resource" if kind == "iri" else "rdfs:Literal" if kind == "moment" else f"xsd:{kind}"


@cache
def labels() -> dict[str, Labels]:
    """Return the labels of each class and property by its name."""
    with (FOLDER / "vocabulary.tsv").open(encoding="utf-8", newline="") as file:
        return {row["term"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


@cache
def classes() -> tuple[str, ...]:
    """Return the names of the classes."""
    parts = {shape.part.__name__ for _, _, shape in _walk(Descriptor, "") if shape.part is not None}
    return tuple(sorted({*parts, Descriptor.__name__, Origin.__name__, SPELLING_CLASS, TEXTS_CLASS}))


@cache
def properties() -> tuple[Property, ...]:
    """Return the properties in the order of the model."""
    return tuple(Property(path, domain, shape, _whole_label(path)) for path, domain, shape in _walk(Descriptor, ""))


def _walk(model: type[BaseModel], above: str) -> Iterator[tuple[str, str, Shape]]:
    for name, shape in shapes(model).items():
        path = f"{above}{name}"
        if path == "id":
            continue
        yield path, model.__name__, shape
        if shape.kind == "origins":
            yield f"{path}.{ORIGIN_PATH}", Origin.__name__, Shape("value")
            yield from _walk(Origin, f"{path}.")
        elif shape.part is not None:
            yield from _walk(shape.part, f"{path}.")
        elif shape.kind == "texts" and shape.many:
            yield f"{path}.text", TEXTS_CLASS, Shape("texts")
    if not above:
        yield SPELLINGS, Descriptor.__name__, Shape("part", part=type(SPELLING_CLASS, (BaseModel,), {}))
        yield from ((f"{SPELLINGS}.{name}", SPELLING_CLASS, Shape("value")) for name in SPELLING_FIELDS)


def _whole_label(path: str) -> Labels:
    """Return the labels of a path: those of its steps."""
    steps = path.split(".")
    ways = [labels()[".".join(steps[: number + 1])] for number in range(len(steps))]
    return {"ja": "・".join(way["ja"] for way in ways), "en": ": ".join(way["en"] for way in ways)}


def code_tables() -> dict[str, dict[str, Labels]]:
    """Return the labels of every code by list, lists that the frameworks hold included."""
    lists: dict[str, dict[str, Labels]] = {name: dict(found.labels) for name, found in codelists().items()}
    lists["LevelScheme"] = {code: row.labels for code, row in level_schemes().items()}
    lists["CreditSystem"] = {code: row.labels for code, row in credit_systems().items()}
    return dict(sorted(lists.items()))


def vocabulary_turtle() -> str:
    """Return the vocabulary as Turtle."""
    sentences = [_head(NAMESPACE, "owl:Ontology", "jmicro")]
    sentences += [
        _sentence(f"jmicro:{name}", "owl:Class", labels()[name], ("rdfs:isDefinedBy", f"<{NAMESPACE}>"))
        for name in classes()
    ]
    for one in properties():
        kind = "owl:ObjectProperty" if _points(one) else "owl:DatatypeProperty"
        more = [
            ("rdfs:domain", f"jmicro:{one.domain}"),
            ("rdfs:range", one.range),
            ("rdfs:isDefinedBy", f"<{NAMESPACE}>"),
        ]
        if one.shape.listed is not None:
            more.append(("rdfs:seeAlso", f"<{CODES}{one.shape.listed}>"))
        sentences.append(_sentence(f"<{NAMESPACE}{one.path}>", kind, one.labels, *more))
    return _document(sentences)


def _points(one: Property) -> bool:
    """Tell whether values are nodes of their own."""
    shape = one.shape
    return shape.many or shape.kind in {"part", "origins"} or shape.listed is not None or shape.datatype == "iri"


def codes_turtle() -> str:
    """Return the codes as Turtle, each list a concept scheme."""
    sentences = [_head(CODES, "owl:Ontology", "codes")]
    for name, table in code_tables().items():
        words = {"ja": name, "en": name}
        sentences.append(_sentence(f"<{CODES}{name}>", "skos:ConceptScheme", words, ("rdfs:isDefinedBy", f"<{CODES}>")))
        for code, texts in table.items():
            more = [("skos:notation", f'"{code}"'), ("skos:inScheme", f"<{CODES}{name}>")]
            more += [("skos:prefLabel", f'"{_escaped(texts[tag])}"@{tag}') for tag in ("ja", "en")]
            sentences.append(_sentence(f"<{CODES}{name}.{code}>", "skos:Concept", {}, *more))
    return _document(sentences)


def _head(address: str, kind: str, prefix: str) -> str:
    titles = [("dct:title", f'"{text}"@{tag}') for tag, text in _TITLES[address].items()]
    more = [
        ("owl:versionInfo", f'"{DESCRIPTOR_VERSION}"'),
        ("dct:license", f"<{LICENCE}>"),
        ("vann:preferredNamespacePrefix", f'"{prefix}"'),
        ("vann:preferredNamespaceUri", f'"{address}"'),
    ]
    return _sentence(f"<{address}>", kind, {}, *titles, *more)


def _sentence(subject: str, kind: str, texts: Labels, *more: tuple[str, str]) -> str:
    said = [("rdfs:label", f'"{_escaped(texts[tag])}"@{tag}') for tag in ("ja", "en") if tag in texts]
    return " ;\n".join([f"{subject} a {kind}", *(f"    {name} {value}" for name, value in [*said, *more])]) + " .\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _document(sentences: Iterable[str]) -> str:
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items())
    return head + "\n" + "\n".join(sentences)


if __name__ == "__main__":
    VOCABULARY.write_text(vocabulary_turtle(), encoding="utf-8")
    CODE_LISTS.write_text(codes_turtle(), encoding="utf-8")
