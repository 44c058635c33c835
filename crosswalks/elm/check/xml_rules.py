"""The XML form of LOQ data as rules per element, compiled from the profile table for one namespace."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from crosswalks.elm.check.lexical import SPELLINGS, Spelling, is_address
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

ROOT = "Courses"
VERSIONS = frozenset({"3.0.0", "3.1.0"})
"""The values that the schema takes for `xsdVersion`."""

_DERIVED = {
    "elm:Identifier": ("elm:LegalIdentifier",),
    "elm:LearningAchievementSpecification": ("elm:Qualification",),
}
"""Classes whose XML type the schema derives from that of another, so that `xsi:type` may name it."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a text or an attribute may say: a datatype, or one of the concepts of the named lists."""

    datatype: str
    spelled: Spelling
    lists: tuple[str, ...] = ()

    @property
    def folded(self) -> bool:
        """True when white space around the value does not count."""
        return self.datatype != "xsd:string"


@dataclass(frozen=True, slots=True)
class ElementRule:
    """What an element may hold: children in their slots, a text, or nothing; and its attributes.

    `owner` is the class or property that the rule comes from; `refers` names the elements that an `idref`
    must point at; `types` are the rules that `xsi:type` may ask for by name; `limited` the slots
    whose number of elements is limited, from below or above.
    """

    owner: str
    content: Literal["children", "text", "empty"]
    text: Text | None = None
    slots: dict[str, Slot] = field(default_factory=dict)
    required: dict[str, Text] = field(default_factory=dict)
    optional: dict[str, Text] = field(default_factory=dict)
    refers: tuple[str, ...] = ()
    types: dict[str, ElementRule] = field(default_factory=dict)
    limited: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place among the children of an element: what may stand there, in what order, how often."""

    tag: str
    order: int
    least: int
    most: int | None
    rule: ElementRule

    @property
    def name(self) -> str:
        """The local name of the element."""
        return self.tag.rpartition("}")[2]


def _spelled(datatype: str) -> Text:
    return Text(datatype, is_address if datatype == "xsd:anyURI" else SPELLINGS[datatype])


_ADDRESS = _spelled("xsd:anyURI")
_STRING = _spelled("xsd:string")


def _holder(
    owner: str,
    slots: list[Slot],
    required: dict[str, Text] | None = None,
    optional: dict[str, Text] | None = None,
    types: dict[str, ElementRule] | None = None,
) -> ElementRule:
    """Return the rule of an element that holds others."""
    return ElementRule(
        owner,
        "children",
        slots={slot.tag: slot for slot in slots},
        required=required or {},
        optional=optional or {},
        types=types or {},
        limited=tuple(slot for slot in slots if slot.least or slot.most is not None),
    )


@cache
def root_rule(generation: Generation) -> ElementRule:
    """Return the rule of the root element in the namespace of a generation."""
    sections: dict[str, list[ElmClass]] = {}
    for elm_class in classes().values():
        if elm_class.xml_section:
            sections.setdefault(elm_class.xml_section, []).append(elm_class)
    slots = [
        Slot(_tag(name, generation), inside[0].xml_section_order, 0, 1, _section(name, inside, generation))
        for name, inside in sections.items()
    ]
    version = Text("xsd:token", VERSIONS.__contains__ if generation == "elm-3.2" else _STRING.spelled)
    return _holder(ROOT, slots, optional={"xsdVersion": version})


def _section(name: str, inside: list[ElmClass], generation: Generation) -> ElementRule:
    """Return the rule of a section, in which the elements of its classes stand in any order."""
    slots = [
        Slot(_tag(str(one.xml_element), generation), 1, 0, None, _class_rule(one.name, generation)) for one in inside
    ]
    return _holder(name, slots)


@cache
def _class_rule(name: str, generation: Generation) -> ElementRule:
    elm_class = classes()[name]
    slots = []
    for row in elm_class.properties.values():
        if (place := row.xml) is not None:
            rule = _property_rule(row, place, generation)
            tag = _tag(place.element, generation)
            slots.append(Slot(tag, place.order, place.least, place.most, rule))
    required = {"uri": _ADDRESS} if name == "skos:Concept" else {}
    if elm_class.xml_section:
        required = {"id": _ADDRESS}
    types = {_type(other): _class_rule(other, generation) for other in _DERIVED.get(name, ())}
    types[_type(name)] = _holder(name, slots, required)
    return _holder(name, slots, required, types=types)


def _property_rule(row: Property, place: XmlPlace, generation: Generation) -> ElementRule:
    first = row.ranges[0]
    if place.form == "inline":
        return _class_rule(first, generation)
    if place.form == "concept":
        return _class_rule("skos:Concept", generation)
    if place.form == "code":
        lists = [vocabulary(name) for name in place.lists]
        concepts = frozenset(one.iri(code) for one in lists for code in one.labels)
        uri = Text("xsd:anyURI", concepts.__contains__, place.lists)
        return ElementRule(row.name, "empty", required={"uri": uri})
    if place.form == "idref":
        return ElementRule(row.name, "empty", required={"idref": _ADDRESS}, refers=place.refers)
    if place.form == "text":
        return ElementRule(row.name, "text", _STRING, required={"language": _STRING})
    if first == "literal":
        return ElementRule(row.name, "text", _STRING, optional={"type": _ADDRESS})
    return ElementRule(row.name, "text", _spelled(first) if first in SPELLINGS else _ADDRESS)


def _type(name: str) -> str:
    return name.partition(":")[2] + "Type"


def _tag(element: str, generation: Generation) -> str:
    """Return an element's name as lxml spells it; without a prefix it is of the profile's namespace."""
    prefix, colon, local = element.rpartition(":")
    return f"{{{PREFIXES[prefix] if colon else XML_NAMESPACES[generation]}}}{local}"
