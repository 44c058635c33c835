"""Checks of a LOQ XML document by the profile table: what the official XML schema demands, with the place of
each fault.

Boundary: a parsed document in, a verdict out. A document in the namespace from 3.3 on is checked by the same
rules, and labelled so. Stricter than the schema in one point: only `Courses` may be the root. Of `xsi:type`
only the names of classes are known, not those of the types behind codes and concepts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from crosswalks.elm.check.own import MAIN_CLASSES
from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.check.xml_rules import ROOT, ElementRule, Text, root_rule
from crosswalks.elm.profile import XML_NAMESPACES, Generation, classes

_SPACE = " \t\r\n"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NOTATION = "{http://www.w3.org/2004/02/skos/core#}notation"
_HINTS = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class XmlVerdict:
    """What the checks say of a document. Rows carry the XPath of an element as node; `lines` has its line."""

    generation: Generation | None
    elements: int
    focus: dict[str, int]
    rows: tuple[Row, ...]
    lines: dict[str, int]

    @property
    def valid(self) -> bool:
        """True when the document keeps every rule of the schema, whether or not there is anything in it."""
        return not any(row.layer is Layer.XML for row in self.rows)

    @property
    def conforms(self) -> bool:
        """True when the document is valid and has something of a main class in it."""
        return self.valid and any(self.focus.get(name) for name in MAIN_CLASSES)


@dataclass(slots=True)
class _Run:
    """One pass over a document: what was found, and the identifiers, references and notations on the way."""

    generation: Generation
    rows: list[Row] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    elements: int = 0
    in_section: set[tuple[str, str]] = field(default_factory=set)
    of_element: set[tuple[str, str]] = field(default_factory=set)
    references: list[tuple[etree._Element, str, ElementRule]] = field(default_factory=list)
    notations: set[str] = field(default_factory=set)

    def report(
        self, element: etree._Element, component: str, owner: str, path: str = "", value: str | None = None
    ) -> None:
        place = xpath(element)
        self.lines.setdefault(place, int(element.sourceline or 0))
        self.rows.append(Row(Layer.XML, place, path, component, value, owner))


def check_xml(root: etree._Element) -> XmlVerdict:
    """Return the verdict on a parsed document."""
    generation = _generation(root)
    if generation is None:
        place = xpath(root)
        row = Row(Layer.XML, place, "", "Root", str(root.tag), ROOT)
        return XmlVerdict(None, 1, {}, (row,), {place: int(root.sourceline or 0)})
    run = _Run(generation)
    _check(run, root, root_rule(generation))
    _check_references(run)
    focus = _focus(root, generation)
    rows = (*run.rows, *_own_rows(root, generation, focus))
    return XmlVerdict(generation, run.elements, focus, rows, run.lines)


def xpath(element: etree._Element) -> str:
    """Return the place of an element: local names, numbered among siblings of one name."""
    steps: list[str] = []
    node: etree._Element | None = element
    while node is not None:
        parent = node.getparent()
        name = _local(node)
        if parent is not None:
            name += f"[{1 + sum(1 for _ in node.itersiblings(node.tag, preceding=True))}]"
        steps.append(name)
        node = parent
    return "/" + "/".join(reversed(steps))


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _generation(root: etree._Element) -> Generation | None:
    for generation, namespace in XML_NAMESPACES.items():
        if root.tag == f"{{{namespace}}}{ROOT}":
            return generation
    return None


def _focus(root: etree._Element, generation: Generation) -> dict[str, int]:
    names = {f"{{{XML_NAMESPACES[generation]}}}{one.xml_element}": one.name for one in classes().values()}
    counts: dict[str, int] = {}
    for section in root:
        for element in section:
            if (name := names.get(element.tag)) is not None:
                counts[name] = counts.get(name, 0) + 1
    return counts


def _own_rows(root: etree._Element, generation: Generation, focus: dict[str, int]) -> Iterator[Row]:
    if not len(root):
        yield Row(Layer.OWN, xpath(root), "", "Empty", None, "")
    elif not any(focus.get(name) for name in MAIN_CLASSES):
        yield Row(Layer.OWN, xpath(root), "", "Main", None, "")
    if generation != "elm-3.2":
        yield Row(Layer.OWN, xpath(root), "", "Mapped", generation, "")


def _check(run: _Run, element: etree._Element, rule: ElementRule) -> None:
    run.elements += 1
    if element.attrib or rule.required:
        rule = _attributes(run, element, rule)
    if rule.content == "children":
        _children(run, element, rule)
    elif rule.content == "empty":
        if element.text or any(isinstance(child.tag, str) or child.tail for child in element):
            run.report(element, "Content", rule.owner)
    elif any(isinstance(child.tag, str) for child in element):
        run.report(element, "Content", rule.owner)
    elif rule.text is not None:
        value = _whole_text(element)
        if not _spelled(rule.text, value):
            run.report(element, "Datatype", rule.owner, rule.text.datatype, value)


def _attributes(run: _Run, element: etree._Element, rule: ElementRule) -> ElementRule:
    """Check the attributes; return the rule that holds, which `xsi:type` may have narrowed."""
    for name, value in element.attrib.items():
        if name == f"{_XSI}type":
            wanted = _type_name(run, element, value)
            if wanted not in rule.types:
                run.report(element, "Type", rule.owner, value=value)
            rule = rule.types.get(wanted, rule)
        elif name not in rule.required and name not in rule.optional and name not in _HINTS:
            run.report(element, "Attribute", rule.owner, name.rpartition("}")[2], value)
    for name, text in (*rule.required.items(), *rule.optional.items()):
        value = element.get(name)
        if value is None:
            if name in rule.required:
                run.report(element, "AttributeMissing", rule.owner, name)
        elif not _spelled(text, value):
            if text.lists:
                run.report(element, "List", rule.owner, " / ".join(text.lists), value)
            else:
                run.report(element, "Datatype", f"{rule.owner}/@{name}", text.datatype, value)
    if "id" in rule.required and (identifier := element.get("id")) is not None:
        _identify(run, element, _folded(identifier))
    if rule.refers and (reference := element.get("idref")) is not None:
        run.references.append((element, _folded(reference), rule))
    return rule


def _type_name(run: _Run, element: etree._Element, value: str) -> str:
    """Return the local name of a type in the profile's namespace, or a name that fits nothing."""
    prefix, _, local = _folded(value).rpartition(":")
    return local if element.nsmap.get(prefix or None) == XML_NAMESPACES[run.generation] else f"{{}}{value}"


def _folded(text: str) -> str:
    """Collapse white space as XML Schema does; `str.split` would take more signs for white space."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    spaced = text.replace("\t", " ").replace("\n", " ").replace("\r", " ")
    return " ".join(part for part in spaced.split(" ") if part)


def _spelled(text: Text, value: str) -> bool:
    return bool(text.spelled(_folded(value) if text.folded else value))


def _identify(run: _Run, element: etree._Element, identifier: str) -> None:
    """Keep an identifier; within one section it may stand once, whatever the element's name."""
    section = element.getparent()
    place = ("" if section is None else _local(section), identifier)
    if place in run.in_section:
        run.report(element, "Key", _local(element), "id", identifier)
    run.in_section.add(place)
    run.of_element.add((_local(element), identifier))


def _children(run: _Run, element: etree._Element, rule: ElementRule) -> None:
    stray = (element.text or "").strip(_SPACE)
    position = 0
    counts: dict[str, int] = {}
    for child in element:
        stray = stray or (child.tail or "").strip(_SPACE)
        tag = child.tag
        if not isinstance(tag, str):
            continue
        slot = rule.slots.get(tag)
        if slot is None:
            run.report(child, "Element", rule.owner, _local(child))
            continue
        if slot.order < position:
            run.report(child, "Order", rule.owner, _local(child))
        position = max(position, slot.order)
        counts[tag] = counts.get(tag, 0) + 1
        _check(run, child, slot.rule)
    if stray:
        run.report(element, "Content", rule.owner, value=stray[:_SHOWN])
    for slot in rule.limited:
        count = counts.get(slot.tag, 0)
        if count < slot.least:
            run.report(element, "MinCount", rule.owner, slot.name)
        elif slot.most is not None and count > slot.most:
            run.report(element, "MaxCount", rule.owner, slot.name)
    if rule.owner in {"elm:Identifier", "elm:LegalIdentifier"} and _local(element) == "identifier":
        _notation(run, element)


def _notation(run: _Run, element: etree._Element) -> None:
    notation = element.find(_NOTATION)
    if notation is None:
        return
    text = _whole_text(notation)
    if text in run.notations:
        run.report(element, "Notation", "elm:Identifier", "skos:notation", text)
    run.notations.add(text)


def _whole_text(element: etree._Element) -> str:
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _check_references(run: _Run) -> None:
    for element, identifier, rule in run.references:
        if not any((name, identifier) in run.of_element for name in rule.refers):
            run.report(element, "Reference", rule.owner, " / ".join(rule.refers), identifier)
