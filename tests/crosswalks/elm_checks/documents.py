"""Made-up LOQ XML documents, drawn from the profile table, and one change at a time made to them.

A change is a fault that must be told by a given component, or a liberty that the schema allows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, partial

from lxml import etree

from crosswalks.elm.profile import (
    PREFIXES,
    XML_NAMESPACES,
    ElmClass,
    Generation,
    Property,
    XmlPlace,
    classes,
    vocabulary,
)
from tests.crosswalks.elm_checks.corpus import BASE, SAMPLES
from tests.crosswalks.elm_checks.faults import WRONG_SPELLINGS

XSI = "http://www.w3.org/2001/XMLSchema-instance"
Change = Callable[["Document"], object]


@dataclass
class Document:
    """A sound document. `holders` are the elements in which each class is written out in full."""

    root: etree._Element
    holders: dict[str, etree._Element] = field(default_factory=dict)

    def holder(self, name: str) -> etree._Element:
        return self.holders[name]

    def children(self, name: str, row: Property) -> list[etree._Element]:
        return [child for child in self.holder(name) if child.tag.rpartition("}")[2] == local(row)]


def local(row: Property) -> str:
    return place(row).element.rpartition(":")[2]


def place(row: Property) -> XmlPlace:
    assert row.xml is not None
    return row.xml


def in_xml(name: str) -> list[Property]:
    rows = [row for row in classes()[name].properties.values() if row.xml]
    return sorted(rows, key=lambda row: place(row).order)


def sections() -> dict[str, list[ElmClass]]:
    found: dict[str, list[ElmClass]] = {}
    for one in sorted((one for one in classes().values() if one.xml_section), key=lambda one: one.xml_section_order):
        found.setdefault(str(one.xml_section), []).append(one)
    return found


@cache
def codes(name: str) -> list[str]:
    one = vocabulary(name)
    return [one.iri(code) for code in sorted(one.labels)]


@dataclass
class Maker:
    """Writes documents: a pool of entities with no more than they must have, and entities in full."""

    seed: int = 0
    generation: Generation = "elm-3.2"
    rng: random.Random = field(init=False)
    holders: dict[str, etree._Element] = field(default_factory=dict)
    rich: bool = False
    counter: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311 - test data, not a secret

    def document(self) -> Document:
        spaces = {None: XML_NAMESPACES[self.generation], "xsi": XSI} | dict(PREFIXES)
        root = etree.Element(self.tag("Courses"), nsmap=spaces)
        for section, inside in sections().items():
            element = etree.SubElement(root, self.tag(section))
            for rich in (False, True):
                for one in inside:
                    self.rich = rich
                    name = "lengkap" if rich else "kolam"
                    entity = etree.SubElement(element, self.tag(str(one.xml_element)))
                    entity.set("id", f"{BASE}{name}/{one.xml_element}")
                    self.fill(entity, one.name)
        return Document(root, self.holders)

    def tag(self, element: str) -> str:
        prefix, colon, name = element.rpartition(":")
        return f"{{{PREFIXES[prefix] if colon else XML_NAMESPACES[self.generation]}}}{name}"

    def fill(self, element: etree._Element, name: str) -> None:
        everything = self.rich and name not in self.holders
        if everything:
            self.holders[name] = element
        for row in in_xml(name):
            if place(row).least or everything:
                for _ in range(2 if everything and place(row).most is None else 1):
                    self.give(element, row)

    def give(self, parent: etree._Element, row: Property) -> None:
        self.counter += 1
        element = etree.SubElement(parent, self.tag(place(row).element))
        form, first = place(row).form, row.ranges[0]
        if form == "inline":
            self.fill(element, first)
        elif form == "concept":
            element.set("uri", f"{BASE}konsep/{self.counter}")
            self.fill(element, "skos:Concept")
        elif form == "code":
            name = self.rng.choice(place(row).lists)
            element.set("uri", self.rng.choice(codes(name)))
        elif form == "idref":
            targets = place(row).refers or ("organisation",)
            element.set("idref", f"{BASE}kolam/{self.rng.choice(targets)}")
        elif form == "text":
            element.set("language", "ja")
            element.text = f"架空 {self.counter}"
        else:
            element.text = self.rng.choice(SAMPLES.get(first, (f"contoh:{self.counter}",)))


def alone(name: str) -> Document:
    """A document with the pool and the one entity that holds a class in full."""
    text, path = _alone(name)
    root = etree.fromstring(text)
    return Document(root, {name: root.find(path)})


@cache
def _alone(name: str) -> tuple[bytes, str]:
    document = Maker().document()
    holder = entity = document.holder(name)
    while entity.getparent().getparent() is not document.root:
        entity = entity.getparent()
    for section in document.root:
        for other in list(section):
            if other is not entity and "/lengkap/" in str(other.get("id")):
                section.remove(other)
    return etree.tostring(document.root), document.root.getroottree().getelementpath(holder)


def faults() -> Iterator[tuple[str, str, str, Change]]:
    """Every fault: what it is called, the class it is made in, the component that must tell it, the change."""
    for name in classes():
        if name in {"elm:Specification", "skos:ConceptScheme", "elm:Mailbox"}:
            continue
        yield from _class_faults(name)
        for row in in_xml(name):
            yield from _slot_faults(name, row)
            for label, component, change in _value_faults(name, row):
                yield f"{label} {row.name}", name, component, change


def _class_faults(name: str) -> Iterator[tuple[str, str, str, Change]]:
    section = classes()[name].xml_section is not None

    def unknown(document: Document) -> None:
        etree.SubElement(document.holder(name), f"{{{XML_NAMESPACES['elm-3.2']}}}tidakDikenal")

    def foreign(document: Document) -> None:
        document.holder(name).insert(0, etree.Element("{https://contoh.example/}asing"))

    def stray(document: Document) -> None:
        document.holder(name)[0].tail = "teks"

    def attribute(document: Document) -> None:
        document.holder(name).set("warna", "biru")

    def anonymous(document: Document) -> None:
        del document.holder(name).attrib["id" if section else "uri"]

    def twice(document: Document) -> None:
        entity = document.holder(name)
        entity.set("id", f"{BASE}kolam/{classes()[name].xml_element}")

    yield "unknown element", name, "Element", unknown
    yield "foreign element", name, "Element", foreign
    yield "stray text", name, "Content", stray
    yield "unknown attribute", name, "Attribute", attribute
    if section or name == "skos:Concept":
        yield "no identifier", name, "AttributeMissing", anonymous
    if section:
        yield "identifier twice", name, "Key", twice


def _slot_faults(name: str, row: Property) -> Iterator[tuple[str, str, str, Change]]:
    def missing(document: Document) -> None:
        for child in document.children(name, row):
            document.holder(name).remove(child)

    def too_many(document: Document) -> None:
        child = document.children(name, row)[0]
        child.addnext(deepcopy(child))

    def late(document: Document) -> None:
        child = document.children(name, row)[0]
        document.holder(name).append(child)

    def early(document: Document) -> None:
        child = document.children(name, row)[0]
        document.holder(name).insert(0, child)

    if place(row).least:
        yield f"missing {row.name}", name, "MinCount", missing
    if place(row).most == 1:
        yield f"too many {row.name}", name, "MaxCount", too_many
    rows = in_xml(name)
    if row is not rows[-1]:
        yield f"late {row.name}", name, "Order", late
    if row is not rows[0]:
        yield f"early {row.name}", name, "Order", early


def _value_faults(name: str, row: Property) -> Iterator[tuple[str, str, Change]]:
    def on_first(change: Callable[[etree._Element], object]) -> Change:
        return lambda document: change(document.children(name, row)[0])

    for label, component, change in _element_faults(row):
        yield label, component, on_first(change)


def _element_faults(row: Property) -> Iterator[tuple[str, str, Callable[[etree._Element], object]]]:
    """Faults of one element, by the form in which its value is written."""
    form, first = place(row).form, row.ranges[0]
    carried = {"text": "language", "idref": "idref", "code": "uri", "concept": "uri"}.get(form)
    yield "xml:lang on", "Attribute", lambda one: one.set("{http://www.w3.org/XML/1998/namespace}lang", "ja")
    if carried:
        yield f"no {carried} on", "AttributeMissing", lambda one: one.attrib.pop(carried)
    if carried and form in {"idref", "concept"}:
        yield "malformed", "Datatype", lambda one: one.set(carried, "http://[")
    if form in {"text", "literal"}:
        yield "child inside", "Content", lambda one: one.append(etree.Element("b"))
    if form in {"idref", "code"}:
        yield "blank inside", "Content", lambda one: setattr(one, "text", " ")
    if form == "literal":
        yield from _spelling_faults(first)
    if form == "code":
        yield "unlisted", "List", lambda one: one.set("uri", f"{BASE}konsep/1")
    if place(row).refers:
        yield "dangling", "Reference", lambda one: one.set("idref", f"{BASE}tiada")
        if "location" not in place(row).refers:
            yield "wrong kind for", "Reference", lambda one: one.set("idref", f"{BASE}kolam/location")


def _spelling_faults(datatype: str) -> Iterator[tuple[str, str, Callable[[etree._Element], object]]]:
    if datatype == "literal":
        yield "malformed type of", "Datatype", lambda one: one.set("type", "%zz")
    elif datatype != "xsd:string":
        for wrong in WRONG_SPELLINGS.get(datatype, ("http://[",)):
            yield f"{wrong!r} as", "Datatype", partial(_say, wrong)


def _say(text: str, element: etree._Element) -> None:
    element.text = text


def whole_faults() -> Iterator[tuple[str, str, Change]]:
    """Faults of the document as a whole."""

    def swapped(document: Document) -> None:
        document.root.append(document.root[0])

    def section_twice(document: Document) -> None:
        document.root[-1].addnext(deepcopy(document.root[-1]))

    def unknown_section(document: Document) -> None:
        etree.SubElement(document.root, f"{{{XML_NAMESPACES['elm-3.2']}}}lainReferences")

    def wrong_entity(document: Document) -> None:
        document.root[0].append(document.root[1][0])

    def repeated_notation(document: Document) -> None:
        notations = list(document.root.iter(f"{{{XML_NAMESPACES['elm-3.2']}}}identifier"))
        notations[1][0].text = notations[0][0].text

    def not_nillable(document: Document) -> None:
        document.root[0][0][0].set(f"{{{XSI}}}nil", "false")

    def wrong_type(document: Document) -> None:
        document.holder("elm:Identifier").set(f"{{{XSI}}}type", "NoteType")

    def text_in_section(document: Document) -> None:
        document.root[0].text = "teks"

    yield "sections swapped", "Order", swapped
    yield "section twice", "MaxCount", section_twice
    yield "unknown section", "Element", unknown_section
    yield "entity in the wrong section", "Element", wrong_entity
    yield "notation repeated", "Notation", repeated_notation
    yield "xsi:nil", "Attribute", not_nillable
    yield "wrong xsi:type", "Type", wrong_type
    yield "text in a section", "Content", text_in_section
    yield "wrong version", "Datatype", lambda document: document.root.set("xsdVersion", "9.9")
    yield "other root", "Root", lambda document: setattr(document.root, "tag", "Kursus")


def liberties() -> Iterator[tuple[str, Change]]:
    """What looks odd and is allowed."""
    yield "publisher, isPartOf and generalisationOf may dangle", _dangling
    yield "comments and instructions", _remarks
    yield "xsi:type of a legal identifier", _legal
    yield "white space around addresses", _spaced
    yield "no sections", lambda document: document.root.clear()
    yield "older version", lambda document: document.root.set("xsdVersion", " 3.0.0 ")
    yield "hints", lambda document: document.root.set(f"{{{XSI}}}schemaLocation", "urn:a urn:b")
    yield "same notation in a registration", _same_notation_elsewhere


def _dangling(document: Document) -> None:
    for name in ("publisher", "isPartOf", "generalisationOf"):
        for element in document.root.iter(f"{{{XML_NAMESPACES['elm-3.2']}}}{name}"):
            element.set("idref", f"{BASE}tiada")


def _remarks(document: Document) -> None:
    for element in list(document.root.iter(etree.Element)):
        element.insert(0, etree.Comment("catatan"))
        element.append(etree.ProcessingInstruction("catatan", "x"))


def _legal(document: Document) -> None:
    identifier = document.holder("elm:Identifier")
    identifier.set(f"{{{XSI}}}type", "LegalIdentifierType")
    spatial = etree.SubElement(identifier, f"{{{XML_NAMESPACES['elm-3.2']}}}spatial")
    spatial.set("uri", vocabulary("nuts").iri("DE"))


def _spaced(document: Document) -> None:
    for element in document.root.iter(etree.Element):
        for name in ("id", "idref", "uri"):
            if element.get(name):
                element.set(name, f" {element.get(name)}\n")


def _same_notation_elsewhere(document: Document) -> None:
    space = XML_NAMESPACES["elm-3.2"]
    identifier = next(document.root.iter(f"{{{space}}}identifier"))
    next(document.root.iter(f"{{{space}}}registration"))[0].text = identifier[0].text
