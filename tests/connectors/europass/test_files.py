"""Dumps as files: in memory and on disk alike, spread, cut, unnamed, and in forms of other publishers."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import pyoxigraph as ox
import pytest

from connectors.contract import Extract, StructureBroken
from connectors.europass import connector
from connectors.europass.standin_courses import COUNTRIES, LEARNING_TYPES, SHORT
from connectors.europass.standin_turtle import dump
from crosswalks.elm.model import ElmListing
from tests.connectors.europass.walk import europass, file_payload

KIND = LEARNING_TYPES + SHORT
HEAD = """@prefix e: <http://data.europa.eu/snb/model/ontology/> . @prefix d: <http://purl.org/dc/terms/> .
@prefix r: <http://www.w3.org/ns/regorg#> . @prefix s: <http://www.w3.org/2004/02/skos/core#> .
"""
CONTEXT = {
    "elm": "http://data.europa.eu/snb/model/elm/",
    "dc": "http://purl.org/dc/terms/",
    "title": {"@id": "dc:title", "@container": "@language"},
}


def read(
    folder: Path, content: bytes | str, name: str = "a.ttl", **options: object
) -> tuple[list[ElmListing], Extract]:
    data = content.encode() if isinstance(content, str) else content
    extract = connector.parse(file_payload(folder, name, data), europass("full", **options))
    found = [one.listing for one in extract.found]
    return [one for one in found if isinstance(one, ElmListing)], extract


def titles(listing: ElmListing) -> set[tuple[str | None, str | None]]:
    return {(one.value, one.language) for one in listing.nodes[listing.root].properties["dc:title"]}


def shuffled(turtle: bytes) -> bytes:
    """The same statements, one to a line, spread over the file."""
    quads = ox.parse(turtle, ox.RdfFormat.TURTLE)
    lines = (ox.serialize(quads, format=ox.RdfFormat.N_TRIPLES) or b"").splitlines()
    return b"\n".join(sorted(lines, key=lambda line: blake2b(line).digest())) + b"\n"


@pytest.mark.parametrize("country", COUNTRIES, ids=lambda one: str(one.code))
def test_memory_and_disk_say_the_same(tmp_path: Path, country: Any) -> None:
    whole = dump(country.code, 60)
    in_memory, first = read(tmp_path, whole)
    on_disk, second = read(tmp_path, whole, in_memory_bytes=0)
    assert in_memory == on_disk != []
    assert (first.rows, first.passed_over, first.issues) == (second.rows, second.passed_over, second.issues)


@pytest.mark.parametrize("size", [0, 2**25])
def test_a_record_whose_statements_are_spread_over_the_file_is_whole(tmp_path: Path, size: int) -> None:
    whole = dump("deu", 60)
    spread, _ = read(tmp_path, shuffled(whole), "a.nt", in_memory_bytes=size)
    assert spread == read(tmp_path, whole)[0]


@pytest.mark.parametrize("size", [0, 2**25])
def test_the_temporary_folder_is_gone_afterwards(tmp_path: Path, size: int) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    read(tmp_path, dump("irl", 60), in_memory_bytes=size, scratch=str(scratch))
    with pytest.raises(StructureBroken):
        read(tmp_path, dump("irl", 60)[:-40], in_memory_bytes=size, scratch=str(scratch))
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("size", [0, 2**25])
@pytest.mark.parametrize("start", ["", "http://d.example/"])
def test_odd_but_legal_turtle_is_read(tmp_path: Path, size: int, start: str) -> None:
    """Other prefixes, relative identifiers, language tags in upper case, a text for a code, a list of values."""
    (one,), extract = read(
        tmp_path,
        f'{HEAD}<{start}1> a e:LearningOpportunity ; d:title "A"@EN-GB , "B"@DE ; d:type "Short learning programme" ;'
        f' e:learningAchievementSpecification <{start}2> ; e:providedBy ( [ r:legalName "P"@en ] ) .\n'
        f'<{start}2> a e:Qualification ; d:title "Q"@EN ; e:EQFLevel "Level 5" .',
        in_memory_bytes=size,
    )
    assert (one.root, one.selected_by) == (f"{start}1", ("short-programme",))
    assert titles(one) == {("A", "en-GB"), ("B", "de")}
    assert f"{start}2" in one.nodes
    (provider,) = one.nodes[one.root].properties["elm:providedBy"]
    assert one.nodes[str(provider.id)].properties["rov:legalName"][0].value == "P"
    assert extract.issues == []


def nested(**more: Any) -> dict[str, Any]:
    inner = {"@id": "http://x.example/2", "@type": ["elm:Qualification"], "title": {"en": ["Q"]}}
    return {
        "@context": CONTEXT, "@id": "http://x.example/1", "@type": "elm:LearningOpportunity", "title": {"EN": "A"},
        "dc:type": {"@id": KIND}, "elm:learningAchievementSpecification": inner, **more,
    }  # fmt: skip


def test_json_ld_nested_flat_and_as_a_list_is_the_same(tmp_path: Path) -> None:
    whole = nested()
    inner = whole["elm:learningAchievementSpecification"]
    flat = {**whole, "elm:learningAchievementSpecification": [{"@id": inner["@id"]}]}
    graph = {"@context": CONTEXT, "@graph": [inner, {key: flat[key] for key in flat if key != "@context"}]}
    read_as = [read(tmp_path, orjson.dumps(form), "a.jsonld")[0] for form in (whole, graph, [whole])]
    assert read_as[0] == read_as[1] == read_as[2]
    assert titles(read_as[0][0]) == {("A", "en")}


def test_a_credential_is_read_for_what_it_specifies_and_not_for_who_holds_it(tmp_path: Path) -> None:
    specified = {"id": "urn:epass:q", "type": "Qualification", "title": {"en": ["Micro-credential X"]}}
    achieved = {"id": "urn:a", "type": "LearningAchievement", "title": {"en": "A"}, "specifiedBy": specified}
    holder = {"id": "urn:p", "type": "Person", "fullName": {"en": "Nobody"}, "hasClaim": [achieved]}
    document = {
        "@context": ["https://www.w3.org/2018/credentials/v1", "http://data.europa.eu/snb/model/context/edc-ap"],
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"], "id": "urn:c", "credentialSubject": holder,
    }  # fmt: skip
    (one,), _ = read(tmp_path, orjson.dumps(document), "a.jsonld")
    assert (one.root, one.selected_by) == ("urn:epass:q", ("title-word",))
    assert "Nobody" not in one.model_dump_json()


def test_records_without_an_identifier_are_named_by_their_content(tmp_path: Path) -> None:
    twice = f'[] a e:LearningOpportunity ; d:title "T" ; d:type <{KIND}> .\n'
    other = twice.replace('"T"', '"V"')
    first, _ = read(tmp_path, HEAD + twice + twice + other)
    second, _ = read(tmp_path, HEAD + other + twice + twice)
    assert first == second
    assert [one.root for one in first].count(first[0].root) + [one.root for one in first].count(first[-1].root) == 3


def test_references_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    body = f'<http://x/1> a e:LearningOpportunity ; d:title "T" ; d:type <{KIND}> ; e:providedBy <http://x/o> .'
    (one,), extract = read(tmp_path, HEAD + body)
    assert one.nodes[one.root].properties["elm:providedBy"][0].id == "http://x/o"
    assert [(issue.code, issue.params["example"]) for issue in extract.issues] == [("reference_not_held", "http://x/o")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.ttl", "", "page_empty"),
        ("a.ttl", HEAD, "structure_changed"),
        ("a.ttl", HEAD + '<http://x/1> a e:Course ; d:title "T" .', "structure_changed"),
        ("a.nt", '<http://x/1> <http://purl.org/dc/terms/title> "T" .\n<http://x/1> <http', "parse_failed"),
        ("a.jsonld", '{"@context": "https://elsewhere.example/context", "@type": "x"}', "remote_context"),
        ("a.jsonld", '{"@graph": [', "parse_failed"),
        ("a.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Courses/>', "document_type_refused"),
        ("a.xml", "<Courses xmlns='http://data.europa.eu/snb/model/ap/loq-constraints/'><a>", "parse_failed"),
        ("a.ttl", "<!doctype html><html><body><form><input type='password'></form></body></html>", "needs_access"),
        ("a.ttl", "PK\x03\x04 and then nothing", "archive_refused"),
    ],
)
def test_what_is_no_data_stops_the_run_by_name(tmp_path: Path, name: str, content: str, code: str) -> None:
    with pytest.raises(StructureBroken) as caught:
        read(tmp_path, content, name)
    assert caught.value.issues[0].code == code


def test_one_record_that_is_too_deep_does_not_hinder_the_others(tmp_path: Path) -> None:
    good = f'<http://x/1> a e:LearningOpportunity ; d:title "T" ; d:type <{KIND}> .\n'
    deep = "".join(f"<http://x/d{n}> e:additionalNote <http://x/d{n + 1}> .\n" for n in range(120))
    bad = f'<http://x/2> a e:LearningOpportunity ; d:title "U" ; d:type <{KIND}> ; e:additionalNote <http://x/d0> .\n'
    (one,), extract = read(tmp_path, HEAD + good + bad + deep + '<http://x/d120> d:title "end" .')
    assert one.root == "http://x/1"
    assert [(issue.code, issue.record) for issue in extract.issues] == [("elm_listing_too_deep", "http://x/2")]
