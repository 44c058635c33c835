"""Whole exports as other people's tools see them: RDF libraries, two SHACL engines with the official shapes, and the
official XML schema. Nothing of the product's own checks is used here.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pyrudof
import pyshacl
import pytest
import rdflib
from lxml import etree
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SH

from tests.outside.conftest import Handed

ELM = "http://data.europa.eu/snb/model/elm/"
SPECIFICATION = URIRef(ELM + "LearningAchievementSpecification")
FORMS = {
    "turtle": ("turtle", ox.RdfFormat.TURTLE),
    "ntriples": ("nt", ox.RdfFormat.N_TRIPLES),
    "nquads": ("nquads", ox.RdfFormat.N_QUADS),
    "rdfxml": ("xml", ox.RdfFormat.RDF_XML),
    "jsonld": ("json-ld", ox.RdfFormat.JSON_LD),
}
CONTRADICTIONS = {("relatedESCOSkill", "Node"), ("inScheme", "Pattern"), ("status", "MinCount")}
"""Path and kind of rule: the shapes ask for another scheme than ESCO has, and the status of an entitlement is a text in
one of the two official files and a concept in the other.
"""
ESCO = "http://data.europa.eu/esco/skill/"


@pytest.fixture(autouse=True)
def _as_written(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Literals stay as they are written (rdflib would make P3DT18H of PT90H), and their types are not told about."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


def read(file: Path, form: str) -> Graph:
    """The graph of a file. Language tags mean the same in capitals, and rdflib lowers them in some syntaxes only."""
    read_in = rdflib.Dataset().parse(file, format=form) if form == "nquads" else Graph().parse(file, format=form)
    flat = Graph()
    for subject, predicate, value in read_in.triples((None, None, None)):
        if isinstance(value, Literal) and value.language:
            value = Literal(str(value), lang=value.language.lower())  # noqa: PLW2901  the same text
        flat.add((subject, predicate, value))
    return flat


@pytest.fixture(scope="session")
def graph(handed: Handed) -> Graph:
    rdflib.NORMALIZE_LITERALS = False
    try:
        return read(handed.files["turtle"], "turtle")
    finally:
        rdflib.NORMALIZE_LITERALS = True


def lines(triples: ox.RdfFormat, file: Path) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(path=str(file), format=triples)}


@pytest.mark.slow
@pytest.mark.usefixtures("alone")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")
def test_rdflib_reads_one_graph_out_of_every_syntax(handed: Handed, graph: Graph) -> None:
    assert len(graph) > 50 * handed.records
    for syntax, (form, _) in FORMS.items():
        other = read(handed.files[syntax], form)
        assert len(other) == len(graph), syntax
        assert isomorphic(other, graph), syntax


@pytest.mark.usefixtures("alone")
def test_oxigraph_reads_the_same_graph(handed: Handed, graph: Graph) -> None:
    read_by_oxigraph = {syntax: lines(form, handed.files[syntax]) for syntax, (_, form) in FORMS.items()}
    first = read_by_oxigraph["ntriples"]
    assert len(first) == len(graph)
    for syntax, statements in read_by_oxigraph.items():
        assert statements == first, syntax


def test_every_record_is_there_as_the_product_says(handed: Handed, graph: Graph) -> None:
    opportunities = set(graph.subjects(RDF.type, URIRef(ELM + "LearningOpportunity")))
    assert len(opportunities) == handed.records
    by_home = Counter("jmicro" if "/registry.jmicro.example/" in str(one) else "europass" for one in opportunities)
    assert by_home == handed.written
    for one in opportunities:
        (specification,) = graph.objects(one, URIRef(ELM + "learningAchievementSpecification"))
        kinds = set(graph.objects(specification, RDF.type))
        assert kinds & {SPECIFICATION, URIRef(ELM + "Qualification")}


def shapes_of(judges: Path, name: str) -> Graph:
    """The official shapes: that of the specification switched on, patterns only Java understands left out."""
    (file,) = (judges / "elm").rglob(name)
    shapes = Graph().parse(file, format="turtle")
    for shape in list(shapes.subjects(SH.targetClass, SPECIFICATION)):
        shapes.remove((shape, SH.deactivated, None))
    for shape, _, value in list(shapes.triples((None, SH.pattern, None))):
        if r"\p{" in str(value):
            shapes.remove((shape, SH.pattern, value))
    return shapes


def focus_nodes(shapes: Graph, data: Graph) -> Counter[str]:
    """How many nodes each active shape with a target class looks at."""
    found: Counter[str] = Counter()
    for shape, target in shapes.subject_objects(SH.targetClass):
        if str(shapes.value(shape, SH.deactivated)) != "true":
            found[str(target)] = len(set(data.subjects(RDF.type, target)))
    return found


@pytest.mark.slow
@pytest.mark.judges
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pyshacl_finds_nothing_against_the_official_shapes(handed: Handed, graph: Graph, judges: Path) -> None:
    shapes = shapes_of(judges, "LOQ-constraints.ttl")
    looked_at = focus_nodes(shapes, graph)
    assert looked_at[ELM + "LearningOpportunity"] == handed.records
    assert looked_at[str(SPECIFICATION)] + looked_at[ELM + "Qualification"] == handed.records
    for name in ("LearningOutcome", "Organisation", "AwardingOpportunity", "Identifier", "Note", "CreditPoint"):
        assert looked_at[ELM + name] > 10, name
    assert sum(looked_at.values()) > 10 * handed.records
    conforms, _, told = pyshacl.validate(_copy(graph), shacl_graph=shapes, inference="none", inplace=True)
    assert conforms, told[:3000]
    spoilt = _copy(graph)
    spoilt.remove((None, URIRef(ELM + "providedBy"), None))
    conforms, report, _ = pyshacl.validate(spoilt, shacl_graph=shapes, inference="none", inplace=True)
    assert not conforms
    assert isinstance(report, Graph)
    assert len(set(report.objects(None, SH.focusNode))) == handed.records, "each record is one to look at"


@pytest.mark.slow
@pytest.mark.judges
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pyshacl_finds_only_known_contradictions_against_the_vocabularies(graph: Graph, judges: Path) -> None:
    shapes = shapes_of(judges, "LOQ-constraints-mdr.ttl")
    assert sum(count > 0 for count in focus_nodes(shapes, graph).values()) >= 5
    _, report, told = pyshacl.validate(_copy(graph), shacl_graph=shapes, inference="none", inplace=True)
    assert isinstance(report, Graph)
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        path = str(report.value(result, SH.resultPath)).rpartition("/")[2].rpartition("#")[2]
        rule = str(report.value(result, SH.sourceConstraintComponent)).rpartition("#")[2]
        found.add((path, rule.removesuffix("ConstraintComponent")))
        assert path != "inScheme" or str(report.value(result, SH.focusNode)).startswith(ESCO)
    assert found <= CONTRADICTIONS, told[:3000]


@pytest.mark.slow
@pytest.mark.judges
def test_pyrudof_agrees(handed: Handed, judges: Path) -> None:
    shapes = shapes_of(judges, "LOQ-constraints.ttl").serialize(format="turtle")
    verdicts = []
    data = handed.files["ntriples"].read_text()
    outcome = f"<{ELM}learningOutcome>"
    for document in (data, "\n".join(line for line in data.splitlines() if outcome not in line)):
        engine = pyrudof.Rudof(pyrudof.RudofConfig())
        engine.read_shacl(shapes, pyrudof.ShaclFormat.Turtle)
        engine.read_data(document, pyrudof.RDFFormat.NTriples, reader_mode=pyrudof.ReaderMode.Strict)
        verdicts.append(engine.validate_shacl(pyrudof.ShaclValidationMode.Native).conforms)
    assert verdicts == [True, False], "the second document lacks its outcomes, so an engine that looks must object"


@pytest.mark.slow
@pytest.mark.judges
@pytest.mark.usefixtures("alone")
def test_the_official_xml_schema_accepts_the_whole_file(handed: Handed, judges: Path) -> None:
    (file,) = (judges / "elm").rglob("loq.xsd")
    schema = etree.XMLSchema(etree.parse(file, etree.XMLParser(no_network=True)))
    document = etree.parse(handed.files["xml"], etree.XMLParser(no_network=True, resolve_entities=False))
    assert schema.validate(document), str(schema.error_log)[:3000]
    names = Counter(etree.QName(element).localname for element in document.iter(etree.Element))
    assert names["learningOpportunity"] >= handed.records
    for victim in list(document.iter("{*}providedBy")):
        victim.getparent().remove(victim)
    assert not schema.validate(document)


def _copy(graph: Graph) -> Graph:
    copied = Graph()
    for statement in graph:
        copied.add(statement)
    return copied
