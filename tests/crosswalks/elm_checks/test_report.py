"""The report on a file: what it says of good files, wrong files and files that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pyoxigraph as ox
import pytest
from lxml import etree

import config
from config.messages import CodedError, catalogue
from config.yaml_files import load_yaml
from crosswalks.elm.check import CheckReport, check_file
from crosswalks.elm.check.known import contradictions
from crosswalks.elm.check.official import check_with_official
from crosswalks.elm.check.results import CODES, Layer
from crosswalks.elm.context import context
from crosswalks.elm.graph import Graph, Lit
from crosswalks.elm.profile import PREFIXES, TERMS
from tests.crosswalks.elm_checks.corpus import BASE, Builder, complete, ntriples, records
from tests.crosswalks.elm_checks.documents import Maker, faults, liberties, whole_faults
from tests.crosswalks.elm_checks.faults import Seeder

SYNTAXES = {
    "Turtle": ("contoh.ttl", ox.RdfFormat.TURTLE),
    "N-Triples": ("contoh.nt", ox.RdfFormat.N_TRIPLES),
    "N-Quads": ("contoh.nq", ox.RdfFormat.N_QUADS),
    "TriG": ("contoh.trig", ox.RdfFormat.TRIG),
    "RDF/XML": ("contoh.rdf", ox.RdfFormat.RDF_XML),
    "JSON-LD": ("contoh.jsonld", ox.RdfFormat.JSON_LD),
}


def written(graph: Graph, syntax: str) -> bytes:
    triples = ox.parse(ntriples(graph), format=ox.RdfFormat.N_TRIPLES)
    prefixes = {"elm": TERMS["elm-3.2"], **PREFIXES}
    return bytes(ox.serialize(triples, format=SYNTAXES[syntax][1], prefixes=prefixes) or b"")


def codes(report: CheckReport) -> list[str]:
    return [reason.issue.code for reason in report.reasons]


def xml(change: Callable[[etree._Element], object] = id) -> bytes:
    root = Maker().document().root
    change(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_sound_rdf_passes_in_every_syntax(syntax: str, tmp_path: Path) -> None:
    name, _ = SYNTAXES[syntax]
    data = written(records(3), syntax)
    report = check_file(data, name)
    assert (report.syntax, report.readable, report.passed) == (syntax, True, True)
    assert report.reasons == ()
    assert report.focus_nodes["elm:LearningOpportunity"] == 3
    assert report.statements == records(3).size()
    path = tmp_path / name
    path.write_bytes(data)
    assert check_file(path, name) == report


def test_sound_xml_passes() -> None:
    report = check_file(xml(), "contoh.xml")
    assert (report.syntax, report.conforms, report.conforms_vocabulary) == ("LOQ XML", True, None)
    assert report.passed
    assert report.reasons == ()
    assert report.generations == ("elm-3.2",)


def test_our_own_context_is_read_without_fetching() -> None:
    graph = records(1)
    named = {"@context": context(), "@graph": orjson.loads(written(graph, "JSON-LD"))}
    assert check_file(orjson.dumps(named), "contoh.jsonld").passed


@pytest.mark.parametrize("name", ["contoh.ttl", "contoh.nt", "contoh", "contoh.txt", "contoh.xml"])
def test_the_content_tells_the_syntax_where_the_name_does_not(name: str) -> None:
    assert check_file(written(records(1), "N-Triples"), name).passed
    if name == "contoh.xml":
        assert check_file(written(records(1), "RDF/XML"), name).passed
        assert check_file(xml(), "contoh").passed


def test_results_are_grouped_by_rule_with_examples_and_a_fix() -> None:
    graph = records(9)
    for number in range(5):
        graph.nodes[f"{BASE}peluang/{number}"].pop("dc:title")
    graph.nodes[f"{BASE}peluang/7"]["dc:modified"] = [Lit("segera", "xsd:dateTime")]
    report = check_file(written(graph, "Turtle"), "contoh.ttl")
    assert not report.conforms
    assert report.conforms_vocabulary
    titles, dates = report.reasons
    assert (titles.issue.code, titles.count, len(titles.examples)) == ("elm_min_count", 5, 3)
    assert titles.examples[0].node.startswith(f"{BASE}peluang/")
    assert (dates.issue.code, dates.count, dates.examples[0].value) == ("elm_datatype", 1, '"segera"^^xsd:dateTime')
    told = report.as_json()
    assert orjson.loads(orjson.dumps(told)) == told
    first = told["reasons"][0]
    assert first["rule"]["en"] == "elm:LearningOpportunity needs dc:title at least 1 time(s)."
    assert "dc:title" in first["rule"]["ja"]
    assert first["fix"]["en"]
    assert first["fix"]["ja"]
    assert (first["layer"], first["severity"], first["known_contradiction"]) == ("base", "error", None)
    assert told["passed"] is False


def test_a_blank_node_is_told_by_the_way_to_it() -> None:
    text = f"""@prefix elm: <{TERMS["elm-3.2"]}> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
    <{BASE}peluang> a elm:LearningOpportunity ; foaf:homepage [ a elm:WebResource ] ."""
    report = check_file(text.encode(), "contoh.ttl")
    (found,) = [one for one in report.reasons if one.issue.params.get("path") == "elm:contentUrl"]
    assert found.examples[0].place == f"{BASE}peluang → foaf:homepage"


def test_a_known_contradiction_is_told_apart() -> None:
    builder = Builder()
    builder.fresh("elm:LearningOpportunity")
    builder.fresh("elm:LearningEntitlementSpecification")
    report = check_file(written(builder.graph, "Turtle"), "contoh.ttl")
    assert report.passed
    (reason,) = report.reasons
    assert (reason.layer, reason.known) == (Layer.VOCABULARY, "elm_known_entitlement_status")
    assert "contradict" in report.as_json()["reasons"][0]["known_contradiction"]["en"]


def cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


BROKEN: dict[str, tuple[str, bytes, str]] = {
    "empty": ("contoh.ttl", b"", "elm_empty"),
    "turtle cut in the middle": ("contoh.ttl", cut(written(records(3), "Turtle")), "elm_not_parsed"),
    "json cut in the middle": ("contoh.jsonld", cut(written(records(3), "JSON-LD")), "elm_not_parsed"),
    "rdf/xml cut in the middle": ("contoh.rdf", cut(written(records(3), "RDF/XML")), "elm_not_parsed"),
    "xml cut in the middle": ("contoh.xml", cut(xml()), "elm_not_parsed"),
    "xml with a document type": (
        "contoh.xml", b'<?xml version="1.0"?><!DOCTYPE Courses [<!ENTITY a "b">]><Courses/>', "document_type_refused",
    ),
    "rdf/xml with entities": (
        "contoh.rdf", b'<!DOCTYPE rdf:RDF [<!ENTITY a "b">]><rdf:RDF xmlns:rdf="urn:x"/>', "document_type_refused",
    ),
    "remote context": ("contoh.jsonld", b'{"@context": "https://contoh.example/c", "@id": "urn:a"}', "remote_context"),
    "remote context inside": (
        "contoh.jsonld", b'{"@graph": [{"@id": "urn:a", "http://p/": {"@context": "file:///etc/passwd"}}]}',
        "remote_context",
    ),
    "imported context": (
        "contoh.jsonld", b'{"@context": {"@import": "https://contoh.example/ctx"}, "@id": "urn:a"}', "remote_context",
    ),
    "a page": ("contoh.html", b"<html><body>Sedang diselenggara</body></html>", "elm_syntax_unknown"),
    "a picture": ("contoh.png", b"\x89PNG\r\n\x1a\n", "elm_syntax_unknown"),
    "wrong characters": ("contoh.ttl", "<urn:a> <urn:b> 'é' .".encode("latin-1"), "elm_not_parsed"),
    "other xml": ("contoh.xml", b"<a xmlns='urn:x'/>", "elm_syntax_unknown"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_read_is_told_and_never_conforms(case: str) -> None:
    name, data, code = BROKEN[case]
    report = check_file(data, name)
    assert code in codes(report)
    assert not report.conforms
    assert not report.conforms_vocabulary
    assert not report.passed


def test_what_was_read_before_a_break_is_counted() -> None:
    report = check_file(cut(written(records(3), "Turtle")), "contoh.ttl")
    assert not report.readable
    assert report.statements > 50
    assert report.focus_nodes


def test_half_a_file_that_ends_between_two_statements_fails_for_what_it_lacks() -> None:
    lines = ntriples(records(1)).splitlines(keepends=True)
    report = check_file(b"".join(lines[: len(lines) // 2]), "contoh.nt")
    assert report.readable
    assert not report.conforms


def test_identifiers_that_are_none_are_told_and_checked_all_the_same() -> None:
    data = ntriples(records(1)).replace(b"/penerbit>", b"/pener bit>")
    data += f"<{BASE}tanpa> <{BASE}p> <bukan iri> .\n".encode()
    report = check_file(data, "contoh.nt")
    assert "elm_identifier_malformed" in codes(report)
    assert report.focus_nodes["elm:LearningOpportunity"] == 1
    assert not report.conforms


def test_json_keys_that_no_context_explains_are_told() -> None:
    document = {"@context": {"title": "http://purl.org/dc/terms/title"}, "@id": "urn:a", "title": "x", "warna": "y"}
    report = check_file(orjson.dumps(document), "contoh.jsonld")
    (reason,) = [one for one in report.reasons if one.issue.code == "elm_key_dropped"]
    assert (reason.issue.params["path"], reason.examples[0].node) == ("warna", "urn:a")
    assert report.statements == 1


def test_marks_of_an_encoding_are_understood() -> None:
    data = written(records(1), "Turtle")
    assert check_file(b"\xef\xbb\xbf" + data, "contoh.ttl").passed
    text = xml().decode().replace("encoding='UTF-8'", "encoding='UTF-16'")
    assert check_file(text.encode("utf-16"), "contoh.xml").passed


def test_a_missing_file_is_the_callers_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_file(tmp_path / "tiada.ttl", "tiada.ttl")


@pytest.mark.judges
class TestOfficialFiles:
    def test_sound_data_passes(self, official: Path) -> None:
        report = check_with_official(written(records(2), "Turtle"), "contoh.ttl", official)
        assert report.passed
        assert report.engine == "official files"
        assert report.focus_nodes == check_file(written(records(2), "Turtle"), "contoh.ttl").focus_nodes

    def test_the_report_is_that_of_the_table(self, official: Path) -> None:
        graph = records(3)
        graph.nodes[f"{BASE}peluang/1"].pop("dc:title")
        graph.nodes[f"{BASE}peluang/2"]["elm:status"] = [Lit("a"), Lit("b")]
        data = written(graph, "Turtle")
        ours, theirs = check_file(data, "contoh.ttl"), check_with_official(data, "contoh.ttl", official)
        assert {one.issue.code: one.count for one in ours.reasons} == {
            one.issue.code: one.count for one in theirs.reasons
        }
        assert not theirs.conforms

    def test_data_of_3_3_is_mapped_before_it_is_judged(self, official: Path) -> None:
        graph = records(1)
        graph.nodes[f"{BASE}peluang/0"].pop("dc:title")
        data = ntriples(graph).replace(TERMS["elm-3.2"].encode(), TERMS["elm-3.3"].encode())
        report = check_with_official(data, "contoh.nt", official)
        assert codes(report) == ["elm_min_count", "elm_generation_mapped"]

    @pytest.mark.parametrize("change", ["hints", "no sections"])
    def test_xml_that_the_schema_allows(self, official: Path, change: str) -> None:
        document = Maker().document()
        dict(liberties())[change](document)
        report = check_with_official(etree.tostring(document.root), "contoh.xml", official)
        assert codes(report) == (["elm_empty"] if change == "no sections" else [])
        assert report.conforms == (change == "hints")

    def test_wrong_xml_is_told_with_its_place(self, official: Path) -> None:
        data = xml(lambda root: root[0][0].set("warna", "biru"))
        report = check_with_official(data, "contoh.xml", official)
        (reason,) = report.reasons
        assert (reason.issue.code, report.conforms) == ("elm_official_finding", False)
        assert "warna" in reason.issue.text("en")

    def test_xml_of_3_3_is_judged_in_the_namespace_of_the_schema(self, official: Path) -> None:
        root = Maker(generation="elm-3.3").document().root
        report = check_with_official(etree.tostring(root), "contoh.xml", official)
        assert codes(report) == ["elm_generation_mapped"]
        assert report.conforms

    def test_unreadable_files_are_told(self, official: Path) -> None:
        for name, data, code in BROKEN.values():
            report = check_with_official(data, name, official)
            assert code in codes(report)
            assert not report.passed


def test_where_the_official_files_are_published_is_told(tmp_path: Path) -> None:
    with pytest.raises(CodedError) as caught:
        check_with_official(written(records(1), "Turtle"), "contoh.ttl", tmp_path)
    assert caught.value.issues[0].code == "elm_official_missing"
    assert "https://github.com/european-commission-empl" in caught.value.issues[0].fix("en")


@pytest.mark.parametrize("name", ["LOQ-constraints.ttl", "loq.xsd"])
def test_spoilt_official_files_are_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<rusak")
    data = xml() if name.endswith("xsd") else written(records(1), "Turtle")
    with pytest.raises(CodedError) as caught:
        check_with_official(data, "contoh", tmp_path)
    assert caught.value.issues[0].code == "elm_official_unreadable"


@pytest.mark.parametrize(
    ("name", "data", "syntax"),
    [
        ("contoh.trig", b'{ <urn:a> <urn:b> "c" }', "TriG"),
        ("contoh.ttl", b'[] <urn:b> "c" .', "Turtle"),
        ("contoh", b'[] <urn:b> "c" .', "Turtle"),
        ("contoh.jsonld", b"[]", "JSON-LD"),
        ("contoh.json", b'[ {"@id": "urn:a", "http://p/": "c"} ]', "JSON-LD"),
        ("contoh", b"<urn:a> <urn:b> <urn:c> <urn:g> .", "N-Quads"),
        ("contoh.xml", b'<urn:a> <urn:b> "c" .', "N-Triples"),
    ],
)
def test_brackets_and_braces_mislead_nobody(name: str, data: bytes, syntax: str) -> None:
    report = check_file(data, name)
    assert (report.syntax, report.readable) == (syntax, True)


def test_every_message_of_the_checks_is_used_and_none_is_missing() -> None:
    folder = Path(config.__path__[0]) / "messages"
    written_down = set(load_yaml(folder / "elm_checks.yaml"))
    used = set(CODES.values()) | {one.reason for one in contradictions().values()}
    used |= {"elm_identifier_malformed", "elm_official_missing", "elm_official_unreadable"}
    assert used == written_down
    assert used <= set(catalogue())


def test_every_kind_of_result_is_brought_about_and_reads_whole() -> None:
    """Seeded faults, muddled files and documents together give every code, with every place of its text
    filled.
    """
    seeder = Seeder(Builder())
    seeder.all()
    graphs = [seeder.builder.graph, complete()]
    graphs[0].add(f"{BASE}lain", f"{BASE}warna", Lit("biru"))
    page = seeder.builder.fresh("elm:WebResource")
    graphs[0].nodes[page]["elm:contentUrl"] = [Lit("http:", "xsd:anyURI")]
    graphs[0].add(f"{BASE}bahasa", "rdf:type", "skos:Concept")
    graphs[0].add(f"{BASE}bahasa", "skos:inScheme", "http://publications.europa.eu/resource/authority/language")
    reports = [check_file(ntriples(graph), "contoh.nt") for graph in graphs]
    old, new = ntriples(records(1)), ntriples(records(1)).replace(TERMS["elm-3.2"].encode(), TERMS["elm-3.3"].encode())
    reports += [check_file(data, "contoh.nt") for data in (new, old + new, b"", b"<urn:a> <urn:b> <urn:c> .")]
    reports.append(check_file(b'{"@id": "urn:a", "warna": 1, "http://p/": 2}', "contoh.jsonld"))
    made: set[str] = set()
    for _, component, change in whole_faults():
        document = Maker().document()
        change(document)
        made.add(component)
        reports.append(check_file(etree.tostring(document.root), "contoh.xml"))
    for _, _, component, change in faults():
        if component not in made:
            made.add(component)
            document = Maker().document()
            change(document)
            reports.append(check_file(etree.tostring(document.root), "contoh.xml"))
    found = {reason.issue.code for report in reports for reason in report.reasons}
    assert set(CODES.values()) - found == {"elm_official_finding"}
    for report in reports:
        for reason in report.reasons:
            for language in ("ja", "en"):
                assert not re.search(r"\{[a-z_]+\}", reason.issue.text(language) + reason.issue.fix(language))
