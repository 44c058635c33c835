"""LOQ XML (`Courses`) into a graph, by the XML columns of the profile table.

Inline elements become nodes named by their place; links are by `idref`, codes by `uri`. An element or attribute that
the table does not list keeps its name and its content as a value of the node it stands in.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from lxml import etree

from crosswalks.elm.graph import TYPE, Graph, Lit, Value
from crosswalks.elm.profile import XML_NAMESPACES, Generation, Property, classes
from crosswalks.elm.syntax.bounds import not_parsed, xml_bytes, xml_root
from crosswalks.elm.syntax.rdf import absolute, short_name, tag_form

_ROOT = "Courses"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_LANGUAGE = ("language", _XML_LANG)
_CONCEPT = "skos:Concept"


def is_loq_xml(root: etree._Element) -> bool:
    """Tell whether a document is LOQ XML of a generation we read."""
    name = etree.QName(root)
    return name.localname == _ROOT and name.namespace in XML_NAMESPACES.values()


def read_loq_xml(data: bytes) -> Graph:
    """Return the graph of a document. Raises `CodedError` with `elm_not_parsed`, `document_type_refused` or
    `elm_too_large`.
    """
    root = xml_root(xml_bytes(data))
    if not is_loq_xml(root):
        raise not_parsed("LOQ XML", f"the root element is {root.tag}")
    return graph_of_courses(root)


def graph_of_courses(root: etree._Element) -> Graph:
    """Return the graph of a parsed `Courses` element."""
    reader = _Reader(etree.QName(root).namespace or "")
    for section, place in _numbered(root, f"/{_ROOT}"):
        for element, inner in _numbered(section, place):
            reader.thing(element, inner)
    return reader.graph


class _Reader:
    """Fills one graph."""

    def __init__(self, namespace: str) -> None:
        self.graph = Graph()
        self._namespace = namespace
        generation: Generation = next(name for name, address in XML_NAMESPACES.items() if address == namespace)
        self.graph.generations.add(generation)

    def thing(self, element: etree._Element, place: str) -> str:
        """Read a first-class element; return its node."""
        name = etree.QName(element).localname
        return self._node(element, place, _first_class().get(name) or f"elm:{name[:1].upper()}{name[1:]}")

    def _node(self, element: etree._Element, place: str, class_name: str) -> str:
        node = str(element.get("id") or element.get("uri") or f"_:{place}")
        self.graph.add(node, TYPE, class_name)
        self.graph.places.setdefault(node, place)
        for attribute, text in element.attrib.items():
            if attribute not in {"id", "uri"} and not str(attribute).startswith(_INSTANCE):
                self.graph.add(node, f"attribute:{etree.QName(attribute).localname}", Lit(str(text)))
        if stray := (element.text or "").strip():
            self.graph.add(node, "attribute:text", Lit(stray))
        for child, inner in _numbered(element, place):
            self._property(node, class_name, child, inner)
        return node

    def _property(self, node: str, class_name: str, element: etree._Element, place: str) -> None:
        row = self._row(class_name, element)
        if row is None or row.xml is None:
            self.graph.add(node, self._unlisted_name(element), self._unlisted_value(element))
            return
        name, form = row.name, row.xml.form
        if form == "text":
            self.graph.add(node, name, self._text(element))
        elif len(element) and form != "literal":
            self.graph.add(node, name, self._node(element, place, _range_of(row, element)))
        elif element.get("idref") or element.get("uri"):
            target = str(element.get("idref") or element.get("uri"))
            if form in {"code", "concept"}:
                self.graph.add(target, TYPE, _CONCEPT)
                self.graph.places.setdefault(target, place)
            self.graph.add(node, name, target)
            self._attributes_of_link(node, name, element)
        elif form == "inline" and not (element.text or "").strip():
            self.graph.add(node, name, self._node(element, place, _range_of(row, element)))
        else:
            self.graph.add(node, name, self._literal(row, element))

    def _row(self, class_name: str, element: etree._Element) -> Property | None:
        name = etree.QName(element)
        listed = _by_element(class_name)
        if name.namespace == self._namespace:
            return listed.get(name.localname) or _anywhere().get(name.localname)
        prefixed = short_name(f"{name.namespace or ''}{name.localname}")
        return listed.get(prefixed) or _by_name(class_name).get(prefixed)

    def _unlisted_name(self, element: etree._Element) -> str:
        name = etree.QName(element)
        if name.namespace in {self._namespace, None}:
            return f"elm:{name.localname}"
        return short_name(f"{name.namespace}{name.localname}")

    def _unlisted_value(self, element: etree._Element) -> Value:
        attributes = set(map(str, element.attrib))
        if not len(element) and attributes <= set(_LANGUAGE):
            return self._text(element)
        if not len(element) and not (element.text or "").strip() and attributes in ({"uri"}, {"idref"}):
            return str(element.get("uri") or element.get("idref"))
        etree.cleanup_namespaces(element)
        content = etree.tostring(element, encoding="unicode", with_tail=False)
        return Lit(content, "rdf:XMLLiteral")

    def _text(self, element: etree._Element) -> Lit:
        tag = next((str(element.get(name)) for name in _LANGUAGE if element.get(name)), "")
        text = "".join(map(str, element.itertext()))
        return Lit(text, "rdf:langString", tag_form(tag)) if tag else Lit(text)

    def _literal(self, row: Property, element: etree._Element) -> Value:
        text = "".join(map(str, element.itertext())).strip()
        if row.form in {"node", "iri"}:
            return text if absolute(text) else Lit(text)
        if datatype := element.get("type"):
            return Lit(text, short_name(str(datatype)))
        datatype = row.ranges[0]
        return Lit(text) if datatype in {"xsd:string", "literal", "rdf:langString"} else Lit(text, datatype)

    def _attributes_of_link(self, node: str, name: str, element: etree._Element) -> None:
        extra = [str(text) for key, text in element.attrib.items() if key not in {"uri", "idref"}]
        if stray := (element.text or "").strip():
            extra.append(stray)
        for text in extra:
            self.graph.add(node, f"attribute:{name.partition(':')[2]}", Lit(text))


def _numbered(parent: etree._Element, place: str) -> list[tuple[etree._Element, str]]:
    """Return the child elements with their paths; equal names are told apart by their number."""
    seen: Counter[str] = Counter()
    found = []
    for child in parent:
        name = etree.QName(child).localname
        seen[name] += 1
        found.append((child, f"{place}/{name}[{seen[name]}]"))
    return found


def _range_of(row: Property, element: etree._Element) -> str:
    """Return the class of an inline element; an identifier with a country is a legal one."""
    if "elm:LegalIdentifier" in row.ranges and any(etree.QName(child).localname == "spatial" for child in element):
        return "elm:LegalIdentifier"
    return row.ranges[0] if row.form == "node" else _CONCEPT


@cache
def _first_class() -> dict[str, str]:
    return {row.xml_element: name for name, row in classes().items() if row.xml_element}


@cache
def _by_element(class_name: str) -> dict[str, Property]:
    """Return the properties of a class by XML name: bare in the profile's own namespace, else prefixed."""
    row = classes().get(class_name)
    return {item.xml.element: item for item in row.properties.values() if item.xml} if row else {}


@cache
def _by_name(class_name: str) -> dict[str, Property]:
    row = classes().get(class_name)
    return {item.name: item for item in row.properties.values() if item.xml} if row else {}


@cache
def _anywhere() -> dict[str, Property]:
    """Return the properties of all classes by XML name, for one that stands in a class that does not list it."""
    found: dict[str, Property] = {}
    for row in classes().values():
        for item in row.properties.values():
            if item.xml:
                found.setdefault(item.xml.element, item)
    return found
