"""The descriptor as XML, for partners whose pipes carry nothing else, and back without loss.

Elements are named and ordered as the fields of the model. A list is its element repeated; a text in languages is a
`text` element for each, with `xml:lang`; an origin names its `path`. A character that XML cannot hold is written as `%`
with its hexadecimal code point and `;`, in an element marked `escaped`.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from pydantic import BaseModel

from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rdf_values import NAMESPACE
from crosswalks.descriptor.serialise import from_dict
from crosswalks.descriptor.shapes import Shape, shapes
from crosswalks.descriptor.types import Origin

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XS = "http://www.w3.org/2001/XMLSchema"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TO_ESCAPE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff%]")
_ESCAPED = re.compile(r"%([0-9a-f]{1,6});")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def to_xml(descriptor: Descriptor) -> bytes:
    """Return a descriptor as one XML element in UTF-8, without a declaration."""
    root = etree.Element(_name("descriptor"), nsmap={None: NAMESPACE})
    _write(root, descriptor.model_dump(mode="json", exclude_defaults=True), Descriptor)
    return bytes(etree.tostring(root, encoding="utf-8"))


def from_xml(data: bytes | etree._Element) -> Descriptor:
    """Read a descriptor. Raises `CodedError` as `serialise.load` does, and lxml's error for what is not XML."""
    root = etree.fromstring(data, _PARSER) if isinstance(data, bytes) else data
    return from_dict(_read(root, Descriptor))


def xml_schema() -> bytes:
    """Return the XML Schema of what `to_xml` writes. Values are texts there; the JSON Schema says more of them."""
    space, types = NAMESPACE, dict[str, list[str]]()
    _declare(Descriptor, types)
    parts = [
        f'<xs:schema xmlns:xs="{_XS}" xmlns="{space}" targetNamespace="{space}" elementFormDefault="qualified">',
        '<xs:element name="descriptor" type="Descriptor"/>',
        _TEXT_TYPES,
        *(
            f'<xs:complexType name="{name}"><xs:sequence>{"".join(lines)}</xs:sequence>'
            f"{_PATH if name == Origin.__name__ else ''}</xs:complexType>"
            for name, lines in types.items()
        ),
        "</xs:schema>",
    ]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(parts) + "\n").encode()


_PATH = '<xs:attribute name="path" type="xs:string" use="required"/>'
_TEXT_TYPES = """<xs:complexType name="value"><xs:simpleContent><xs:extension base="xs:string">
<xs:attribute name="escaped" type="xs:boolean"/>
<xs:anyAttribute namespace="http://www.w3.org/XML/1998/namespace" processContents="lax"/>
</xs:extension></xs:simpleContent></xs:complexType>
<xs:complexType name="texts"><xs:sequence>
<xs:element name="text" type="value" maxOccurs="unbounded"/></xs:sequence></xs:complexType>
<xs:complexType name="origins"><xs:sequence>
<xs:element name="origin" type="Origin" maxOccurs="unbounded"/></xs:sequence></xs:complexType>"""


def _declare(model: type[BaseModel], types: dict[str, list[str]]) -> None:
    if model.__name__ in types:
        return
    lines = types[model.__name__] = []
    for name, shape in shapes(model).items():
        kind = shape.part.__name__ if shape.part is not None else shape.kind
        most = ' maxOccurs="unbounded"' if shape.many else ""
        lines.append(f'<xs:element name="{name}" type="{kind}" minOccurs="0"{most}/>')
        if shape.part is not None:
            _declare(shape.part, types)
        if shape.kind == "origins":
            _declare(Origin, types)


def _write(element: etree._Element, content: dict[str, Any], model: type[BaseModel]) -> None:
    known = shapes(model)
    for name, value in content.items():
        shape = known[name]
        for item in value if shape.many else [value]:
            child = etree.SubElement(element, _name(name))
            if shape.part is not None and shape.kind == "part":
                _write(child, item, shape.part)
            elif shape.kind == "texts":
                for tag, text in item.items():
                    _put(etree.SubElement(child, _name("text"), {_LANG: tag}), text)
            elif shape.kind == "origins":
                for path, origin in item.items():
                    _write(etree.SubElement(child, _name("origin"), {"path": path}), origin, Origin)
            else:
                _put(child, str(item).lower() if isinstance(item, bool) else str(item))


def _read(element: etree._Element, model: type[BaseModel]) -> dict[str, Any]:
    known = shapes(model)
    content: dict[str, Any] = {}
    for child in element.iterchildren(etree.Element):
        name = etree.QName(child).localname
        shape = known.get(name, Shape("value"))
        value = _value(child, shape)
        if shape.many:
            content.setdefault(name, []).append(value)
        else:
            content[name] = value
    return content


def _value(element: etree._Element, shape: Shape) -> Any:
    if shape.kind == "part" and shape.part is not None:
        return _read(element, shape.part)
    if shape.kind == "texts":
        return {child.get(_LANG, "und"): _text(child) for child in element.iterchildren(_name("text"))}
    if shape.kind == "origins":
        return {child.get("path", ""): _read(child, Origin) for child in element.iterchildren(_name("origin"))}
    return _text(element)


def _put(element: etree._Element, text: str) -> None:
    if _NOT_XML.search(text):
        text = _TO_ESCAPE.sub(lambda found: f"%{ord(found.group()):x};", text)
        element.set("escaped", "true")
    element.text = text


def _text(element: etree._Element) -> str:
    text = element.text or ""
    if element.get("escaped") == "true":
        return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
    return text


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
