"""The ELM profile for learning opportunities and qualifications (LOQ), as one table of our own.

`properties.tsv` has a row per class and property: range, cardinality, language and pattern rules, the
vocabulary a value must be in, and its place in the XML form. It drives the writer, the readers, the checks
and the documentation. The tables state facts of the European Commission's LOQ profile 1.1.0 and XSD 3.1.0
(2023-06-05); the test suite holds them to the official shapes and schema.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent

Generation = Literal["elm-3.2", "elm-3.3", "elm-2"]
"""Term namespace generations: up to 3.2, from 3.3 on, and before 3.0 (only ever read)."""

TERMS: dict[Generation, str] = {
    "elm-3.2": "http://data.europa.eu/snb/model/elm/",
    "elm-3.3": "http://data.europa.eu/snb/model/ontology/",
    "elm-2": "http://data.europa.eu/snb/model/",
}
XML_NAMESPACES: dict[Generation, str] = {
    "elm-3.2": "http://data.europa.eu/snb/model/ap/loq-constraints/",
    "elm-3.3": "http://data.europa.eu/snb/model/application-profile/loq-constraints/",
}
PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "clv": "http://data.europa.eu/m8g/",
    "dc": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rov": "http://www.w3.org/ns/regorg#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
RDF_TYPE = PREFIXES["rdf"] + "type"
_TERM_NAMES = {"dc:type": "dcType"}

Form = Literal["text", "literal", "iri", "node"]
XmlForm = Literal["text", "literal", "concept", "code", "idref", "inline"]


@dataclass(frozen=True, slots=True)
class XmlPlace:
    """Where a property stands in the XML form: element, order among its siblings, how its value is written.

    `refers` names the elements one of which must carry the identifier that an `idref` gives; the schema does
    not hold every reference to that.
    """

    element: str
    order: int
    least: int
    most: int | None
    form: XmlForm
    lists: tuple[str, ...]
    refers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """One property of one class. Names are prefixed; `most` None means any number.

    `ranges` are classes, datatypes, or `literal` / `iri` for a bare node kind. `in_scheme`, `must_be_iri`,
    `scheme_least` and `scheme_most` are what the vocabulary shapes demand beyond the base shapes.
    """

    owner: str
    name: str
    ranges: tuple[str, ...]
    least: int
    most: int | None
    one_per_language: bool
    differs_from: str | None
    address: str | None
    in_scheme: tuple[str, ...]
    must_be_iri: bool
    scheme_least: int
    scheme_most: int | None
    xml: XmlPlace | None

    @property
    def form(self) -> Form:
        """How values are written: text with a language, a literal, a bare identifier, or another node."""
        first = self.ranges[0]
        if first == "rdf:langString":
            return "text"
        if first.startswith("xsd:") or first == "literal":
            return "literal"
        return "iri" if first == "iri" else "node"

    @property
    def term(self) -> str:
        """The JSON name of the property."""
        return _TERM_NAMES.get(self.name, self.name.partition(":")[2])


@dataclass(frozen=True, slots=True)
class ElmClass:
    """One class. `closed` forbids properties that the table lacks; inline classes have no XML section."""

    name: str
    closed: bool
    xml_section: str | None
    xml_element: str | None
    xml_section_order: int
    properties: dict[str, Property]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A controlled list: its scheme, the start of its concepts' identifiers, and English labels by code."""

    name: str
    scheme: str
    concepts: str
    labels: dict[str, str]

    def iri(self, code: str) -> str:
        """Return the identifier of a code."""
        return self.concepts + code

    def code(self, iri: str) -> str | None:
        """Return the code of a concept of this list, or None for any other identifier."""
        code = iri[len(self.concepts) :] if iri.startswith(self.concepts) else ""
        return code if code in self.labels else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


@cache
def classes() -> dict[str, ElmClass]:
    """Return the classes by prefixed name, with their properties in the order of the XML form."""
    properties: dict[str, dict[str, Property]] = {}
    for row in _rows("properties.tsv"):
        properties.setdefault(row["class"], {})[row["property"]] = _property(row)
    return {
        row["class"]: ElmClass(
            name=row["class"],
            closed=row["closed"] == "yes",
            xml_section=row["xml_section"] or None,
            xml_element=row["xml_element"] or None,
            xml_section_order=int(row["xml_section_order"] or 0),
            properties=properties.get(row["class"], {}),
        )
        for row in _rows("classes.tsv")
    }


def _property(row: dict[str, str]) -> Property:
    xml = None
    if row["xml_element"]:
        lists = tuple(row["xml_list"].split())
        most = int(row["xml_max"]) if row["xml_max"] else None
        form: XmlForm = row["xml_form"]  # type: ignore[assignment]
        refers = tuple(row["xml_refers"].split())
        order, least = int(row["xml_order"]), int(row["xml_min"])
        xml = XmlPlace(row["xml_element"], order, least, most, form, lists, refers)
    return Property(
        owner=row["class"],
        name=row["property"],
        ranges=tuple(row["range"].split()),
        least=int(row["min"] or 0),
        most=int(row["max"]) if row["max"] else None,
        one_per_language=row["one_per_language"] == "yes",
        differs_from=row["differs_from"] or None,
        address=row["address"] or None,
        in_scheme=tuple(row["in_scheme"].split()),
        must_be_iri=row["must_be_iri"] == "yes",
        scheme_least=int(row["scheme_min"] or 0),
        scheme_most=int(row["scheme_max"]) if row["scheme_max"] else None,
        xml=xml,
    )


@cache
def terms() -> dict[str, Property]:
    """Return one row per JSON name. Raises `ValueError` if a name means different things in two classes."""
    found: dict[str, Property] = {}
    for elm_class in classes().values():
        for row in elm_class.properties.values():
            known = found.setdefault(row.term, row)
            if (known.name, known.form) != (row.name, row.form):
                raise ValueError(f"the term {row.term!r} is both {known.name} and {row.name}")
    return found


@cache
def vocabularies() -> dict[str, Vocabulary]:
    """Return the vocabularies by short name, without labels for those that are not listed."""
    found = {}
    for row in _rows("schemes.tsv"):
        path = FOLDER / "vocabularies" / f"{row['vocabulary']}.tsv"
        labels: dict[str, str] = {}
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()[1:]
            labels = dict(line.split("\t", 1) for line in lines)
        found[row["vocabulary"]] = Vocabulary(row["vocabulary"], row["scheme"], row["concepts"], labels)
    return found


def vocabulary(name: str) -> Vocabulary:
    """Return one vocabulary by its short name."""
    return vocabularies()[name]


def expand(name: str, generation: Generation = "elm-3.2") -> str:
    """Return the identifier of a prefixed name in a term namespace generation."""
    prefix, _, local = name.partition(":")
    return (TERMS[generation] if prefix == "elm" else PREFIXES[prefix]) + local


def shorten(iri: str) -> str | None:
    """Return the prefixed name of an identifier in any generation, or None when no prefix fits."""
    for generation in ("elm-3.2", "elm-3.3", "elm-2"):
        base = TERMS[generation]
        if iri.startswith(base) and "/" not in iri[len(base) :] and "#" not in iri[len(base) :]:
            return "elm:" + iri[len(base) :]
    for prefix, base in PREFIXES.items():
        if iri.startswith(base):
            return f"{prefix}:{iri[len(base) :]}"
    return None
