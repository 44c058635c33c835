"""LOQ XML: the form of the European register, with its fixed order of sections and elements.

The form is a target of its own: it has one language for some notes, closed lists for most codes, and no notation may
stand twice in a document. What it cannot take is told entry by entry. Sections are gathered apart (on disk when they
grow) because each kind of thing has a place of its own in the document.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from typing import IO, Any, BinaryIO

from crosswalks.elm.concepts import Node
from crosswalks.elm.context import class_term
from crosswalks.elm.profile import (
    PREFIXES,
    XML_NAMESPACES,
    ElmClass,
    Generation,
    Property,
    XmlPlace,
    classes,
    vocabularies,
)
from crosswalks.elm.serialise.document import Document
from crosswalks.elm.serialise.rdfxml import markup, needs_no_escape
from crosswalks.elm.serialise.seen import Seen
from crosswalks.elm.writing.build import Written
from crosswalks.ledger import Entry, FieldOutcome, shown

_PREFERRED = ("en", "ja")
_IN_MEMORY = 2**20
_XSD_VERSION = "3.1.0"
_MOST_RENDERED = 2048
_SHARED = frozenset({"elm:Organisation", "dc:Location"})
"""Classes of things that many records name, and that stand in the document once."""


class XmlRecords:
    """Turns records into pieces of the document's sections, and tells what the form could not take."""

    def __init__(self) -> None:
        self._notations = Seen()
        self._shared = Seen()
        self._pieces: dict[str, list[str]] = {}
        self._concepts: dict[str, Node] = {}
        self._rendered: dict[tuple[str, str], tuple[Node, str]] = {}
        self._plain = False
        self.losses: list[Entry] = []

    def of(self, written: Written) -> dict[str, str]:
        """Return the pieces of one record by section, `clothed`; `losses` then holds what was left out of it."""
        self._plain = needs_no_escape(written.json())
        self._pieces, self._concepts, self.losses = {}, written.concepts, []
        if written.record is not None:
            self._entity(written.record)
        return {section: "".join(pieces) for section, pieces in self._pieces.items()}

    def close(self) -> None:
        """Let go of what was remembered."""
        self._notations.close()
        self._shared.close()

    def _entity(self, node: Node) -> str:
        """Put a thing with a section of its own there, once, and return its identifier."""
        iri: str = node["id"]
        owner = _class_of(node)
        if owner.xml_section is None or owner.xml_element is None:
            raise ValueError(f"{owner.name} has no section in LOQ XML")
        if owner.name not in _SHARED or self._shared.add(iri):
            content = self._content(node, owner)
            element = owner.xml_element
            piece = f'<{element} id="{markup(iri, self._plain)}">{content}</{element}>\n'
            self._pieces.setdefault(owner.xml_section, []).append(piece)
        return iri

    def _content(self, node: Node, owner: ElmClass) -> str:
        parts: list[str] = []
        for term, row, place in _plan(owner.name):
            if term in node:
                self._property(parts, node[term], row, place, owner)
        return "".join(parts)

    def _property(self, parts: list[str], value: Any, row: Property, place: XmlPlace, owner: ElmClass) -> None:
        name, plain = place.element, self._plain
        if place.form == "text":
            for tag, text in value.items():
                texts = text if isinstance(text, list) else (text,)
                parts.extend([f'<{name} language="{tag}">{markup(one, plain)}</{name}>' for one in texts])
            return
        for one in value if isinstance(value, list) else (value,):
            if place.form == "literal":
                parts.append(f"<{name}>{markup(str(one), plain)}</{name}>")
            elif place.form == "idref":
                target = one if isinstance(one, str) else self._entity(one)
                parts.append(f'<{name} idref="{markup(target, plain)}"/>')
            elif place.form == "concept":
                parts.append(self._concept(name, one))
            elif place.form == "code":
                self._code(parts, name, one, place, owner, row)
            else:
                parts.extend(f"<{name}>{content}</{name}>" for content in self._inline(one, row, place, owner))

    def _inline(self, node: Node, row: Property, place: XmlPlace, owner: ElmClass) -> list[str]:
        kind = _class_of(node)
        if kind.name == "elm:Identifier" and not self._first_notation(node, row, owner):
            return []
        if kind.name != "elm:Note" or len(node["noteLiteral"]) < 2:
            return [self._content(node, kind)]
        text = node["noteLiteral"]
        tags = [*(tag for tag in _PREFERRED if tag in text), *(tag for tag in text if tag not in _PREFERRED)]
        if place.most == 1:
            for tag in tags[1:]:
                self._lose(row, owner, "one_language_in_xml", text[tag])
            tags = tags[:1]
        return [self._content({**node, "noteLiteral": {tag: text[tag]}}, kind) for tag in tags]

    def _first_notation(self, node: Node, row: Property, owner: ElmClass) -> bool:
        if self._notations.add(node["notation"]):
            return True
        self._lose(row, owner, "notation_repeated", node["notation"])
        return False

    def _concept(self, name: str, iri: str) -> str:
        """Return a concept inside an element. Its texts are not those of the record, which may be plain."""
        node = self._concepts.get(iri, {})
        known = self._rendered.get((name, iri))
        if known is not None and known[0] is node:
            return known[1]
        inside = [f'<skos:prefLabel language="{tag}">{markup(text, plain=False)}</skos:prefLabel>'
                  for tag, text in node.get("prefLabel", {}).items()]  # fmt: skip
        if notation := node.get("notation"):
            inside.append(f"<skos:notation>{markup(notation, plain=False)}</skos:notation>")
        if scheme := node.get("inScheme"):
            inside.append(f"<skos:inScheme>{markup(scheme['id'], plain=False)}</skos:inScheme>")
        made = f'<{name} uri="{markup(iri, plain=False)}">{"".join(inside)}</{name}>'
        if len(self._rendered) < _MOST_RENDERED:
            self._rendered[name, iri] = (node, made)
        return made

    def _code(self, parts: list[str], name: str, iri: str, place: XmlPlace, owner: ElmClass, row: Property) -> None:
        if any(vocabularies()[listed].code(iri) for listed in place.lists):
            parts.append(f'<{name} uri="{markup(iri, self._plain)}"/>')
        else:
            self._lose(row, owner, "not_in_official_list", iri)

    def _lose(self, row: Property, owner: ElmClass, reason: str, value: str) -> None:
        path = f"{class_term(owner.name)}.{row.name.partition(':')[2]}"
        self.losses.append(Entry(path, FieldOutcome.DROPPED, reason=reason, value=shown(value)))


@cache
def _plan(name: str) -> list[tuple[str, Property, XmlPlace]]:
    """Return the properties of a class that the form has, in its order, by their JSON names."""
    rows = [(row.term, row, row.xml) for row in classes()[name].properties.values()]
    placed = [(term, row, place) for term, row, place in rows if place is not None]
    return sorted(placed, key=lambda entry: entry[2].order)


@cache
def _classes_by_term() -> dict[str, ElmClass]:
    return {class_term(name): elm_class for name, elm_class in classes().items()}


def _class_of(node: Node) -> ElmClass:
    return _classes_by_term()[node["type"]]


def _sections() -> list[str]:
    order = {owner.xml_section: owner.xml_section_order for owner in classes().values() if owner.xml_section}
    return sorted(order, key=lambda section: order[section])


class XmlDocument(Document):
    """One LOQ XML document, valid against the register's schema."""

    def __init__(self, out: BinaryIO, generation: Generation) -> None:
        super().__init__(out)
        self._namespace = XML_NAMESPACES[generation]
        self._maker = XmlRecords()
        self._spools: dict[str, IO[bytes]] = {}

    def add(self, written: Written) -> None:
        """Gather the pieces of one record, section by section."""
        spools = self._spools
        for section, piece in self._maker.of(written).items():
            if section not in spools:
                spools[section] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
            spools[section].write(piece.encode("latin-1"))
        self.losses = self._maker.losses

    def end(self) -> None:
        """Write the sections in their order."""
        prefixes = "".join(f' xmlns:{name}="{PREFIXES[name]}"' for name in ("clv", "dc", "locn", "skos"))
        start = f'<Courses xmlns="{self._namespace}"{prefixes} xsdVersion="{_XSD_VERSION}">\n'
        self.out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n' + start.encode())
        for section in _sections():
            if section in self._spools:
                self.out.write(f"<{section}>\n".encode())
                self._spools[section].seek(0)
                shutil.copyfileobj(self._spools[section], self.out)
                self.out.write(f"</{section}>\n".encode())
        self.out.write(b"</Courses>\n")

    def close(self) -> None:
        """Let go of the sections, and of what was remembered."""
        self._maker.close()
        for spool in self._spools.values():
            spool.close()
