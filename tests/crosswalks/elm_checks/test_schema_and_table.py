"""The profile table says what the official XML schema says: order, number, form, lists and references."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from crosswalks.elm.check.official import official_file
from crosswalks.elm.check.results import Layer
from crosswalks.elm.check.xml_rules import VERSIONS
from crosswalks.elm.profile import PREFIXES, XML_NAMESPACES, Property, classes, vocabulary
from tests.crosswalks.elm_checks.documents import in_xml, local, place, sections

XS = "{http://www.w3.org/2001/XMLSchema}"
LOQ = XML_NAMESPACES["elm-3.2"]

pytestmark = pytest.mark.judges


class Child(NamedTuple):
    """One element of a content model: its name with namespace, least, most, the name of its type."""

    name: str
    least: int
    most: int | None
    type: str


class Schema:
    """The schema files as facts, names resolved to namespaces."""

    def __init__(self, main: Path) -> None:
        files = [
            main,
            *sorted((main.parent / "cv").glob("*.xsd")),
            *sorted((main.parent / "external").glob("*.xsd")),
        ]
        self.roots = [etree.parse(path).getroot() for path in files]

    @cached_property
    def named(self) -> dict[tuple[str, str], etree._Element]:
        """Elements and types by kind and resolved name."""
        found = {}
        for root in self.roots:
            for item in root.iterchildren(f"{XS}element", f"{XS}complexType", f"{XS}simpleType"):
                kind = "element" if item.tag == f"{XS}element" else "type"
                found[kind, f"{{{root.get('targetNamespace')}}}{item.get('name')}"] = item
        return found

    @staticmethod
    def resolved(item: etree._Element, name: str) -> str:
        prefix, _, tail = name.rpartition(":")
        return f"{{{item.nsmap[prefix or None]}}}{tail}"

    def type(self, name: str) -> etree._Element:
        return self.named["type", name]

    def children(self, name: str) -> list[Child]:
        """The content model of a type, that of the types it extends first."""
        return self._children(self.type(name))

    def _children(self, item: etree._Element) -> list[Child]:
        found: list[Child] = []
        extension = item.find(f"{XS}complexContent/{XS}extension")
        restriction = item.find(f"{XS}complexContent/{XS}restriction")
        if extension is not None:
            found += self.children(self.resolved(item, str(extension.get("base"))))
            item = extension
        elif restriction is not None:
            item = restriction
        for group in item.iterchildren(f"{XS}sequence", f"{XS}choice"):
            found += [self._child(element) for element in group.iterchildren(f"{XS}element")]
        return found

    def _child(self, element: etree._Element) -> Child:
        least, most = int(element.get("minOccurs", "1")), element.get("maxOccurs", "1")
        number = None if most == "unbounded" else int(most)
        if element.get("ref"):
            name = self.resolved(element, str(element.get("ref")))
            declared = self.named["element", name]
            return Child(name, least, number, self.resolved(declared, str(declared.get("type"))))
        return Child(f"{{{LOQ}}}{element.get('name')}", least, number, self.resolved(element, str(element.get("type"))))

    def attributes(self, name: str) -> dict[str, tuple[bool, str]]:
        """The attributes of a type, inherited ones included: whether required, and the type."""
        item = self.type(name)
        found: dict[str, tuple[bool, str]] = {}
        for step in ("extension", "restriction"):
            for content in ("complexContent", "simpleContent"):
                derived = item.find(f"{XS}{content}/{XS}{step}")
                if derived is not None:
                    base = self.resolved(item, str(derived.get("base")))
                    found |= self.attributes(base) if ("type", base) in self.named else {}
        for attribute in item.iter(f"{XS}attribute"):
            typed = attribute.get("type")
            kind = self.resolved(attribute, typed) if typed else ""
            found[str(attribute.get("name"))] = (attribute.get("use") == "required", kind)
        return found

    def text_type(self, name: str) -> str | None:
        """The simple type of a type's text, None when it has none."""
        if ("type", name) not in self.named:
            return name
        extension = self.type(name).find(f"{XS}simpleContent/{XS}extension")
        return None if extension is None else self.resolved(extension, str(extension.get("base")))

    def values(self, name: str) -> set[str]:
        """The values of an enumeration or of a union of enumerations."""
        item = self.type(name)
        union = item.find(f"{XS}union")
        if union is not None:
            return set().union(
                *(self.values(self.resolved(union, part)) for part in str(union.get("memberTypes")).split())
            )
        return {str(value.get("value")) for value in item.iter(f"{XS}enumeration")}


@pytest.fixture(scope="module")
def official_schema(official: Path) -> Schema:
    return Schema(official_file(official, Layer.XML))


def spelled(row: Property) -> str:
    prefix, colon, name = place(row).element.rpartition(":")
    return f"{{{PREFIXES[prefix] if colon else LOQ}}}{name}"


def type_of(name: str) -> str:
    """The schema's type for a class of the table."""
    spaces = {"skos:Concept": PREFIXES["skos"], "locn:Geometry": PREFIXES["locn"]}
    return f"{{{spaces.get(name, LOQ)}}}{name.partition(':')[2]}Type"


WITH_XML = [name for name in classes() if name not in {"elm:Specification", "skos:ConceptScheme"}]
SIMPLE = {"literal": "string", "iri": "anyURI", "skos:ConceptScheme": "anyURI", "elm:Mailbox": "anyURI"}


def test_the_children_of_every_class(official_schema: Schema) -> None:
    for name in WITH_XML:
        theirs = [child[:3] for child in official_schema.children(type_of(name))]
        ours = [(spelled(row), place(row).least, place(row).most) for row in in_xml(name)]
        assert ours == theirs, name
        assert [place(row).order for row in in_xml(name)] == list(range(1, len(ours) + 1)), name


def test_no_class_of_the_schema_is_left_out(official_schema: Schema) -> None:
    reached: set[str] = set()
    waiting = [f"{{{LOQ}}}CoursesRootType"]
    while waiting:
        name = waiting.pop()
        if name in reached or ("type", name) not in official_schema.named:
            continue
        reached.add(name)
        waiting += [child.type for child in official_schema.children(name)]
    holding = {name for name in reached if official_schema.children(name) and not name.endswith("ReferencesType")}
    assert holding - {f"{{{LOQ}}}CoursesRootType"} == {type_of(name) for name in WITH_XML} - {type_of("elm:Mailbox")}


def test_the_form_of_every_child(official_schema: Schema) -> None:
    for name in WITH_XML:
        children = official_schema.children(type_of(name))
        for row, child in zip(in_xml(name), children, strict=True):
            attributes = official_schema.attributes(child.type) if ("type", child.type) in official_schema.named else {}
            _check_form(official_schema, row, child, attributes)


def _check_form(schema: Schema, row: Property, child: Child, attributes: dict[str, tuple[bool, str]]) -> None:
    form, where = place(row).form, f"{row.owner} {row.name}"
    text = schema.text_type(child.type)
    if form == "inline":
        assert child.type == type_of(row.ranges[0]), where
        assert attributes == {}, where
    elif form == "concept":
        assert child.type == type_of("skos:Concept"), where
        assert attributes == {"uri": (True, f"{XS}anyURI")}, where
    elif form == "code":
        required, kind = attributes.pop("uri")
        assert required, where
        assert not attributes, where
        assert schema.values(kind) == {
            vocabulary(one).iri(code) for one in place(row).lists for code in vocabulary(one).labels
        }
        assert schema.children(child.type) == [], where
    elif form == "idref":
        assert attributes == {"idref": (True, f"{XS}anyURI")}, where
        assert schema.children(child.type) == [], where
    elif form == "text":
        assert (text, attributes) == (f"{XS}string", {"language": (True, f"{XS}normalizedString")}), where
    else:
        simple = SIMPLE.get(row.ranges[0], row.ranges[0].removeprefix("xsd:"))
        assert text == f"{XS}{simple}", where
        assert attributes == ({"type": (False, f"{XS}anyURI")} if row.ranges[0] == "literal" else {}), where


def test_the_sections_and_what_stands_in_them(official_schema: Schema) -> None:
    theirs = official_schema.children(f"{{{LOQ}}}CoursesRootType")
    assert [child.name for child in theirs] == [f"{{{LOQ}}}{name}" for name in sections()]
    assert {(child.least, child.most) for child in theirs} == {(0, 1)}
    for child, inside in zip(theirs, sections().values(), strict=True):
        ours = {f"{{{LOQ}}}{one.xml_element}": type_of(one.name) for one in inside}
        assert {one.name: one.type for one in official_schema.children(child.type)} == ours
        for kind in ours.values():
            assert official_schema.attributes(kind) == {"id": (True, f"{XS}anyURI")}


def test_the_versions(official_schema: Schema) -> None:
    root = official_schema.type(f"{{{LOQ}}}CoursesRootType")
    assert {str(value.get("value")) for value in root.iter(f"{XS}enumeration")} == VERSIONS


def test_the_references_that_are_enforced(official_schema: Schema) -> None:
    courses = official_schema.named["element", f"{{{LOQ}}}Courses"]
    keys = {str(key.get("name")): _paths(key) for key in courses.iter(f"{XS}key")}
    theirs = set()
    for reference in courses.iter(f"{XS}keyref"):
        targets = tuple(path[-1] for path in keys[str(reference.get("refer"))])
        (path,) = _paths(reference)
        theirs |= {(owner, element, targets) for owner, element in _owners(path)}
    ours = {
        (row.owner, local(row), place(row).refers) for name in classes() for row in in_xml(name) if place(row).refers
    }
    assert ours == theirs
    (unique,) = courses.iter(f"{XS}unique")
    assert unique.find(f"{XS}selector").get("xpath") == ".//loq:identifier"


def test_identifiers_are_unique_in_each_section(official_schema: Schema) -> None:
    courses = official_schema.named["element", f"{{{LOQ}}}Courses"]
    widest: dict[str, set[str]] = {}
    for key in courses.iter(f"{XS}key"):
        for section, element in _paths(key):
            widest.setdefault(section, set()).add(element)
        assert len({section for section, _ in _paths(key)}) == 1
    together = [{element for _, element in _paths(key)} for key in courses.iter(f"{XS}key")]
    assert widest == {name: {str(one.xml_element) for one in inside} for name, inside in sections().items()}
    assert all(elements in together for elements in widest.values())


def _paths(item: etree._Element) -> list[list[str]]:
    selector = str(item.find(f"{XS}selector").get("xpath"))
    return [path.replace("loq:", "").split("/") for path in selector.split("|")]


def _owners(path: list[str]) -> list[tuple[str, str]]:
    """The classes in which the last element of a selector's path stands, with that element."""
    found = []
    for one in sections()[path[0]]:
        if path[1] not in {"*", one.xml_element}:
            continue
        name = one.name
        for step in path[2:-1]:
            inner = [row.ranges[0] for row in in_xml(name) if local(row) == step]
            if not inner:
                break
            name = inner[0]
        else:
            if any(local(row) == path[-1] for row in in_xml(name)):
                found.append((name, path[-1]))
    return found
