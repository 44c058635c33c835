"""The official files as judges: shapes through pyshacl, the XML schema through libxml2, from a folder that a
user names.

The files are not part of the project and are never changed: their known defects are repaired on a copy in
memory. Import this module only when it is wanted: pyshacl and rdflib take half a second to load.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pyshacl
from lxml import etree
from rdflib import RDF, BNode, Graph, Literal, Node, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax

from config.messages import CodedError
from crosswalks.elm.check.index import Index, statements, whole
from crosswalks.elm.check.known import marked
from crosswalks.elm.check.reading import read_file
from crosswalks.elm.check.report import CheckReport, check_file, rdf_report, xml_report
from crosswalks.elm.check.results import Layer, Row
from crosswalks.elm.check.verdict import judge
from crosswalks.elm.check.xml import check_xml
from crosswalks.elm.graph import Lit, Value
from crosswalks.elm.profile import XML_NAMESPACES, Generation, shorten

FILES = {
    Layer.BASE: "LOQ-constraints.ttl",
    Layer.VOCABULARY: "LOQ-constraints-mdr.ttl",
    Layer.XML: "loq.xsd",
}
PUBLISHED = "https://github.com/european-commission-empl/European-Learning-Model"
_SHACL = "http://www.w3.org/ns/shacl#"
_SPECIFICATION = "http://data.europa.eu/snb/model/elm/LearningAchievementSpecification"
_WEB_PATTERN = "^[Hh][Tt][Tt][Pp][Ss]?:"
_ANY_PATTERN = r"^(([^:/?#]+):)?(//([^/?#]*))?([^?#]*)(\?([^#]*))?(#(.*))?"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def official_file(folder: Path, layer: Layer) -> Path:
    """Return an official file somewhere under a folder. Raises `CodedError` with `elm_official_missing`."""
    found = sorted(folder.rglob(FILES[layer])) if folder.is_dir() else []
    if not found:
        raise CodedError.of("elm_official_missing", file=FILES[layer], folder=str(folder), address=PUBLISHED)
    return found[0]


def repaired_shapes(path: Path) -> Graph:
    """Return the shapes of a file, repaired in memory. Raises `CodedError` with `elm_official_unreadable`.

    The shape of the learning achievement specification is switched on, and patterns written for Java are
    replaced: the one for web addresses by its beginning, the others by the generic pattern of RFC 3986 beside
    them.
    """
    try:
        shapes = Graph().parse(path, format="turtle")
    except BadSyntax as error:
        raise CodedError.of("elm_official_unreadable", file=str(path), detail=str(error.message)) from None
    for shape in list(shapes.subjects(URIRef(_SHACL + "targetClass"), URIRef(_SPECIFICATION))):
        shapes.remove((shape, URIRef(_SHACL + "deactivated"), None))
    pattern = URIRef(_SHACL + "pattern")
    for shape, _, value in list(shapes.triples((None, pattern, None))):
        if r"\p{" in str(value):
            portable = _WEB_PATTERN if str(value).startswith("^(?i)") else _ANY_PATTERN
            shapes.set((shape, pattern, Literal(portable)))
    return shapes


def rdflib_graph(index: Index) -> Graph:
    """Return an index as a graph for pyshacl, in the namespaces of the official shapes.

    rdflib would rewrite literals as it reads (`PT90H` to `P3DT18H`), so they are made one by one, as written.
    """

    def term(value: Value) -> Node:
        if isinstance(value, Lit):
            if value.language:
                return Literal(value.value, lang=value.language)
            datatype = None if value.datatype == "xsd:string" else URIRef(whole(value.datatype))
            return Literal(value.value, datatype=datatype, normalize=False)
        return BNode(value[2:]) if value.startswith("_:") else URIRef(value)

    graph = Graph()
    with _quiet():
        for subject, predicate, value in statements(index):
            graph.add((term(subject), URIRef(predicate), term(value)))
    return graph


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep rdflib from telling about each literal that it cannot make a Python value of: the results say so."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def shacl_rows(shapes: Graph, data: Graph, layer: Layer) -> list[Row]:
    """Return the results of pyshacl as rows, sorted; results that are nested in others are left out."""

    def name(suffix: str) -> URIRef:
        return URIRef(_SHACL + suffix)

    owners = {}
    for shape, target in shapes.subject_objects(name("targetClass")):
        for part in (shape, *shapes.objects(shape, name("property"))):
            owners[part] = _short(target)
    with _quiet():
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", inplace=True)
    rows = []
    for result in report.objects(report.value(None, RDF.type, name("ValidationReport")), name("result")):
        path = report.value(result, name("resultPath"))
        component = str(report.value(result, name("sourceConstraintComponent"))).removeprefix(_SHACL)
        rows.append(
            Row(
                layer=layer,
                node=str(_value(report.value(result, name("focusNode")))),
                path="" if path is None else _short(path),
                component=component.removesuffix("ConstraintComponent"),
                value=_value(report.value(result, name("value"))),
                owner=owners.get(report.value(result, name("sourceShape")), ""),
            )
        )
    return sorted(rows, key=repr)


def _value(node: Node | None) -> Value | None:
    if isinstance(node, Literal):
        datatype = "rdf:langString" if node.language else _short(node.datatype or "xsd:string")
        return Lit(str(node), datatype, node.language or "")
    return f"_:{node}" if isinstance(node, BNode) else None if node is None else str(node)


def _short(name: object) -> str:
    return shorten(str(name)) or str(name)


def check_with_official(data: bytes | Path, name: str, folder: Path) -> CheckReport:
    """Return the report on a file by the official files in a folder, in the form of our own.

    pyshacl takes some spellings of dates and numbers that XML Schema refuses (a dateTime without a time), so
    it may find less than our own checks do. Raises `CodedError` with `elm_official_missing` or
    `elm_official_unreadable`, `OSError` for a missing file.
    """
    reading = read_file(data, name)
    if reading.root is not None:
        return _by_schema(reading.root, name, folder)
    if reading.index is None:
        return check_file(data, name)
    index = reading.index
    layers = (Layer.BASE, Layer.VOCABULARY)
    shapes = {layer: repaired_shapes(official_file(folder, layer)) for layer in layers}
    graph = rdflib_graph(index)
    rows = [row for layer in layers for row in shacl_rows(shapes[layer], graph, layer)]
    own = judge(index)
    rows += [row for row in own.rows if row.layer is Layer.OWN]
    verdict = replace(own, rows=tuple(marked(index, rows)))
    return rdf_report(name, reading, verdict, "official files")


def _by_schema(root: etree._Element, name: str, folder: Path) -> CheckReport:
    ours = check_xml(root)
    schema = xml_schema(folder)
    rows = [row for row in ours.rows if row.layer is Layer.OWN or row.component == "Root"]
    lines: dict[str, int] = {}
    if ours.generation is not None and not schema.validate(_plain_copy(root, ours.generation)):
        for error in schema.error_log:
            place = error.path or f"line {error.line}"
            lines[place] = error.line
            rows.append(Row(Layer.XML, place, "", "Official", error.message, ""))
    return xml_report(name, replace(ours, rows=tuple(rows), lines=lines), "official files")


def xml_schema(folder: Path) -> etree.XMLSchema:
    """Return the official XML schema. Raises `CodedError`: `elm_official_missing`, `elm_official_unreadable`."""
    path = official_file(folder, Layer.XML)
    try:
        return etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise CodedError.of("elm_official_unreadable", file=str(path), detail=str(error)) from None


def _plain_copy(root: etree._Element, generation: Generation) -> etree._Element:
    """Return a copy in the schema's namespace, without hints where a schema lies, which libxml2 would follow."""
    copy = deepcopy(root)
    for element in copy.iter(etree.Element):
        for hint in ("schemaLocation", "noNamespaceSchemaLocation"):
            element.attrib.pop(f"{{{_XSI}}}{hint}", None)
        if generation != "elm-3.2":
            tag = etree.QName(element)
            if tag.namespace == XML_NAMESPACES[generation]:
                element.tag = f"{{{XML_NAMESPACES['elm-3.2']}}}{tag.localname}"
    return copy
