"""Documents made to hurt: each ends in a coded error or a coded issue, fast, and nothing is opened or fetched."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from config.messages import CodedError, Severity
from crosswalks.elm import closure
from crosswalks.elm.load import load
from crosswalks.elm.syntax import bounds
from crosswalks.elm.syntax.jsonld import read_jsonld
from crosswalks.elm.syntax.rdf import read_rdf
from tests.crosswalks.elm_reading.shared import DUMP, GOLDENS, PREFIXES, rewritten

COURSES = "http://data.europa.eu/snb/model/ap/loq-constraints/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
WATCHED = {"open", "socket.connect", "socket.getaddrinfo", "socket.__new__", "urllib.Request", "subprocess.Popen"}
_seen: list[str] = []
_watching = False


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event in WATCHED:
        _seen.append(f"{event} {arguments[:1]}")


sys.addaudithook(_hook)


@contextmanager
def nothing_opened() -> Iterator[None]:
    """Fail when a file or a socket is opened meanwhile."""
    global _watching  # noqa: PLW0603 - an audit hook cannot be taken away again
    _seen.clear()
    _watching = True
    try:
        yield
    finally:
        _watching = False
    assert _seen == []


@pytest.fixture
def tempting() -> Iterator[tuple[str, socket.socket]]:
    """An address on loopback that answers nobody; the socket tells whether anybody came."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        server.setblocking(False)  # noqa: FBT003 - the socket's own interface
        yield f"http://127.0.0.1:{server.getsockname()[1]}", server


def outcome(data: bytes, name: str = "payload") -> str:
    """The code a file ends with, or `read`."""
    try:
        list(load(data, name))
    except CodedError as error:
        first = error.issues[0]
    else:
        return "read"
    assert first.severity in {Severity.STOP, Severity.REJECT}
    assert first.text("ja")
    return first.code


def warm() -> None:
    """Load every table once, so that what is opened later is opened by a document."""
    for path in GOLDENS.glob("*.source.*"):
        list(load(path.read_bytes(), path.name))
    read_jsonld(b'{"@context": "https://www.w3.org/2018/credentials/v1", "id": "urn:x:1", "title": {"en": "T"}}')
    with pytest.raises(CodedError):
        read_jsonld(b'{"@context": "https://elsewhere.example/"}')


def test_nothing_is_opened_or_fetched_while_reading(tempting: tuple[str, socket.socket], tmp_path: Path) -> None:
    address, server = tempting
    (tmp_path / "secret").write_text("secret")
    local = (tmp_path / "secret").as_uri()
    warm()
    documents: list[tuple[bytes, str]] = []
    for place in (address, local):
        contexts = (place, [place], {"@import": place}, {"t": {"@id": "urn:x:t", "@context": place}})
        documents.extend(
            (json.dumps({"@context": context, "@id": "urn:x:1", "title": "T"}).encode(), "x.jsonld")
            for context in contexts
        )
        for head in (
            f'<!DOCTYPE r SYSTEM "{place}">',
            f'<!DOCTYPE r [<!ENTITY e SYSTEM "{place}">]>',
            f'<?xml-stylesheet href="{place}"?>',
        ):
            documents.append((f'{head}<Courses xmlns="{COURSES}"/>'.encode(), "x.xml"))
            documents.append((f'{head}<r:RDF xmlns:r="{RDF}"/>'.encode(), "x.rdf"))
        schema = f'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="{COURSES} {place}"'
        include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{place}" parse="text"/>'
        documents.append((f'<Courses xmlns="{COURSES}" {schema}>{include}</Courses>'.encode(), "x.xml"))
        documents.append((f"@base <{place}> . @prefix o: <{place}#> . o:a o:imports <{place}> .".encode(), "x.ttl"))
    with nothing_opened():
        outcomes = {outcome(data, name) for data, name in documents}
        list(load(DUMP, "x.ttl"))
        list(load(rewritten(DUMP, "jsonld"), "x.jsonld"))
    assert outcomes == {"remote_context", "document_type_refused", "elm_nothing_found"}
    with pytest.raises(BlockingIOError):
        server.accept()


BOMB = "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' if number else '<!ENTITY l0 "ha">' for number in range(12)
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize(
    "document",
    [
        f'<!DOCTYPE r [{BOMB}]><Courses xmlns="{COURSES}">&l11;</Courses>',
        f'<!DOCTYPE r [{BOMB}]><r:RDF xmlns:r="{RDF}"><r:Bag r:about="urn:x:1"><r:_1>&l11;</r:_1></r:Bag></r:RDF>',
        f'<Courses xmlns="{COURSES}"><!DOCTYPE late></Courses>',
        '<?xml version="1.0"?>\n<!-- first --><!ENTITY e "x"><r/>',
    ],
)
def test_document_types_and_entities_are_refused(document: str, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    data = document if document.startswith("<?xml") else declared + document
    for name in ("x.xml", "x.rdf", "payload"):
        assert outcome(data.encode(encoding), name) == "document_type_refused"


def test_encodings_that_hide_markup_are_refused() -> None:
    data = b"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE x+AD4-<r/>"
    assert outcome(data, "x.xml") == "elm_not_parsed"


@pytest.mark.parametrize("extension", ["ttl", "nt", "nq", "trig", "rdf", "jsonld"])
def test_a_file_cut_in_the_middle_is_no_file(extension: str) -> None:
    data = rewritten(DUMP, extension)
    for share in (3, 5, 9):
        cut = data[: len(data) * share // 10].rstrip(b".\n ")
        assert outcome(cut, f"x.{extension}") == "elm_not_parsed", share


def test_a_catalogue_cut_in_the_middle_is_no_file() -> None:
    data = (GOLDENS / "catalogue.source.xml").read_bytes()
    assert outcome(data[: len(data) // 2], "x.xml") == "elm_not_parsed"
    detail = (GOLDENS / "detail.source.json").read_bytes()
    assert outcome(detail[: len(detail) // 2], "x.json") == "elm_not_parsed"


def nested_json(depth: int) -> bytes:
    return b'{"@id":"urn:x:1","urn:x:p":' * depth + b'"x"' + b"}" * depth


def nested_turtle(depth: int) -> bytes:
    opened, shut = "[ <urn:x:p> " * depth, "]" * depth
    return f'{PREFIXES} <urn:x:q> a elm:Qualification ; dc:title "T"@en ; <urn:x:p> {opened} "x" {shut} .'.encode()


def nested_xml(depth: int) -> bytes:
    head = f'<Courses xmlns="{COURSES}"><learningAchievementSpecificationReferences><qualification id="urn:x:q">'
    inner = "<hasPart>" * depth + "</hasPart>" * depth
    tail = "</qualification></learningAchievementSpecificationReferences></Courses>"
    return (head + inner + tail).encode()


def nested_rdf_xml(depth: int) -> bytes:
    inner = '<r:Description><e:p xmlns:e="urn:x:">' * depth + "x" + "</e:p></r:Description>" * depth
    return f'<r:RDF xmlns:r="{RDF}">{inner}</r:RDF>'.encode()


@pytest.mark.parametrize("depth", [150, 10_000, 100_000])
@pytest.mark.parametrize(
    ("made", "name", "codes"),
    [
        (nested_json, "x.jsonld", {"elm_too_deep"}),
        (nested_turtle, "x.ttl", {"elm_listing_too_deep"}),
        (nested_xml, "x.xml", {"elm_not_parsed", "read"}),
        (nested_rdf_xml, "x.rdf", {"elm_not_parsed", "elm_nothing_found"}),
    ],
)
def test_deep_nesting_ends_early(made: Callable[[int], bytes], name: str, codes: set[str], depth: int) -> None:
    started = time.monotonic()
    assert outcome(made(depth), name) in codes
    assert time.monotonic() - started < 10


def test_deep_lists_of_json_end_early() -> None:
    for data in (
        b"[" * 100_000,
        b'{"@context":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
    ):
        assert outcome(data, "x.jsonld") in {"elm_too_deep", "elm_not_parsed"}


def test_a_huge_literal_leaves_one_record_out() -> None:
    for size in (2_000_000, 20_000_000):
        data = f'{PREFIXES} <urn:x:q> a elm:Qualification ; dc:title "{"x" * size}"@en .'.encode()
        assert outcome(data, "x.ttl") in {"elm_value_too_long", "elm_not_parsed"}


def test_documents_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_BYTES", 1000)
    for data, name in (
        (DUMP, "x.ttl"),
        (b"{" + b" " * 2000 + b"}", "x.json"),
        (b"<r>" + b" " * 2000 + b"</r>", "x.xml"),
    ):
        assert outcome(data, name) == "elm_too_large"


def test_many_values_of_one_property_are_no_trouble() -> None:
    titles = ", ".join(f'"title {number}"@en' for number in range(20_000))
    started = time.monotonic()
    assert outcome(f"{PREFIXES} <urn:x:q> a elm:Qualification ; dc:title {titles} .".encode(), "x.ttl") == "read"
    many = "".join(f'<title language="en">title {number}</title>' for number in range(20_000))
    body = f'<learningAchievementSpecificationReferences><qualification id="urn:x:q">{many}</qualification>'
    document = f'<Courses xmlns="{COURSES}">{body}</learningAchievementSpecificationReferences></Courses>'
    assert outcome(document.encode(), "x.xml") == "read"
    assert time.monotonic() - started < 10


NAMED = "http://data.europa.eu/snb/model/context/edc-ap"


@pytest.mark.parametrize("wrapped", [True, False])
def test_many_things_that_each_name_our_context_are_read_with_one_table(*, wrapped: bool) -> None:
    things = [
        {"@context": NAMED, "id": f"urn:x:{number}", "type": "Qualification", "title": {"en": f"T{number}"}}
        for number in range(3000)
    ]
    things.append({"@id": "urn:x:own", "@context": {"name": "http://purl.org/dc/terms/title"}, "name": "T"})
    started = time.monotonic()
    found = list(load(json.dumps({"@graph": things} if wrapped else things).encode(), "x.jsonld"))
    assert time.monotonic() - started < 10
    assert len(found) == 3000
    assert {one.nodes[one.root].properties["dc:title"][0].language for one in found} == {"en"}


def test_a_context_within_another_of_ours_changes_nothing() -> None:
    plain = {"@context": NAMED, "id": "urn:x:1", "type": "Qualification", "title": {"en": "T"},
             "providedBy": {"id": "urn:x:o", "type": "Organisation", "legalName": {"en": "O"}}}  # fmt: skip
    again = {**plain, "providedBy": {"@context": [NAMED], **plain["providedBy"]}}  # type: ignore[dict-item]
    assert [one.model_dump() for one in load(json.dumps(plain).encode(), "x.jsonld")] == [
        one.model_dump() for one in load(json.dumps(again).encode(), "x.jsonld")
    ]


def test_records_that_share_too_much_end_early(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = ", ".join(f'[ dc:title "outcome {number}"@en ]' for number in range(100))
    shared = f'<urn:x:s> a elm:LearningAchievementSpecification ; dc:title "S"@en ; elm:learningOutcome {outcomes} .'
    offer = 'a elm:LearningOpportunity ; dc:title "T"@en ; elm:learningAchievementSpecification <urn:x:s> .'
    offers = [f"<urn:x:o{number}> {offer}" for number in range(100)]
    data = "\n".join([PREFIXES, shared, *offers]).encode()
    assert outcome(data, "x.ttl") == "read"
    monkeypatch.setattr(closure, "MOST_IN_ALL", 100)
    assert outcome(data, "x.ttl") == "listings_crowded"


def test_contexts_written_out_in_too_many_places_are_refused() -> None:
    inner = [{"@context": [NAMED, {"a": "urn:x:a"}], "id": f"urn:x:{number}"} for number in range(1100)]
    started = time.monotonic()
    assert outcome(json.dumps({"@context": {"a": "urn:x:a"}, "a": inner}).encode(), "x.jsonld") == "contexts_crowded"
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "document",
    [
        {"@context": {"title": "dc:title"}, "@id": "urn:x:1", "title": {"en": {"deep": [1]}}},
        {"uri": "urn:x:1", "title": {"en": {"deep": [1]}}},
        {"uri": "urn:x:1", "title": [["T"], {"en": [["x"]]}]},
        {"uri": "urn:x:1", "title": "T", "EQFLevel": [[[{"prefLabel": 5}]]]},
        {"uri": "urn:x:1", "title": "T", "providedBy": "just a name"},
        {"uri": "urn:x:1", "title": "T", "learningOutcome": {"en": "a map"}},
        {"uri": 5, "title": 5, "type": 5},
        {"uri": {"a": 1}, "id": [], "title": {"en": None, "de": "T"}},
        {"courses": {"uri": "urn:x:1", "title": "T"}},
        {"courses": [None, 5, "x", {"uri": "urn:x:1", "title": "T"}]},
    ],
)
def test_json_of_odd_shapes_is_read_or_refused(document: Any) -> None:
    assert outcome(json.dumps(document).encode(), "x.json") in {"read", "elm_not_parsed", "elm_nothing_found"}


def test_text_that_is_no_text() -> None:
    turtle = f'{PREFIXES} <urn:x:q> a elm:Qualification ; dc:title "a\\u0000b\\u202Ec"@en ; dc:type "\\uFFFF" .'
    assert outcome(turtle.encode(), "x.ttl") == "read"
    assert outcome(b'\xef\xbb\xbf{"uri": "urn:x:1", "title": "T"}', "x.json") == "read"
    assert outcome(b"\xff\xfe\x00\x00", "x.ttl") in {"elm_not_parsed", "elm_syntax_unknown"}
    with pytest.raises(CodedError, match="elm_not_parsed"):
        read_rdf('<urn:x:1> <urn:x:p> "é" .'.encode("latin-1"), "turtle")
