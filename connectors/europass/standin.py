"""A stand-in for the four doors of Europass: the catalogue of dumps, the query service, the search, and LOQ XML."""

from __future__ import annotations

import io
import re
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from config.yaml_files import load_yaml
from connectors.contract import Answer, Question, StandIn
from connectors.europass import standin_json, standin_xml
from connectors.europass.standin_courses import BASE, COUNTRIES, OLD_BASE, Change, records
from connectors.europass.standin_turtle import dump, parts
from connectors.faults import COMMON, common

ENTRY = "europass/qdr/open-data/dcat"
_DUMPS = "http://data.europa.eu/snb/data/downloadable/country/"
_SEARCH = "europass/eportfolio/api/qdr/europass/qdr-search/"
_FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
_ORDER = re.compile(r"order\s+by", re.IGNORECASE)
_MOST_ROWS = 150
_BOMB = 2**25
_DATASET = "https://qdr.example/catalogue/european-learning-data"
_LINK = re.compile(r"/country/([a-z]{3})/([a-z]+)/[a-z]{3}-[a-z]+_(\d+)\.zip$")
_TURTLE_PARTS = 3


def answer(question: Question, listings: int) -> Answer | None:
    """Answer one request, or None for an address the register does not have."""
    healthy = _healthy(question, listings)
    return common(question.variant, healthy) if healthy and question.variant in COMMON else healthy


def _healthy(question: Question, listings: int) -> Answer | None:
    path = question.path
    if path == ENTRY:
        return _catalogue(question)
    if path == f"{ENTRY}/download":
        return _download(question, listings)
    if path == "europass/qdr/open-data/sparql":
        return _query(question, listings)
    if path == "loq/courses.xml":
        return Answer(standin_xml.document(listings), media_type="application/xml")
    if path == f"{_SEARCH}search":
        return standin_json.search(question, records(listings))
    if path in {f"{_SEARCH}learning-opportunity", f"{_SEARCH}qualification"}:
        return standin_json.detail(question, records(listings))
    return None


def _files(variant: str) -> list[tuple[str, str, int]]:
    """Return the files on offer: country, format, part."""
    found = []
    for country in COUNTRIES:
        whole = 1 if variant not in {"multipart", "missing-part"} or country.code != "deu" else _TURTLE_PARTS
        if variant != "no-turtle" or country.code != "fin":
            found += [(country.code, "ttl", part) for part in range(1, whole + 1)]
        found.append((country.code, "jsonld", 1))
    return found


def _catalogue(question: Question) -> Answer:
    if question.variant == "catalogue-xml":
        return Answer(_catalogue_xml(question), media_type="application/rdf+xml")
    lines = ["@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n"]
    names = []
    for code, name, part in _files(question.variant):
        link = _link(question, code, name, part)
        node = f"<https://qdr.example/catalogue/{code}-{name}-{part}>"
        names.append(node)
        lines.append(
            f'{node} a dcat:Distribution ; dcat:downloadURL <{link}> ; dct:title "{code} {name} {part}"@en ; '
            f"dct:format <{_FILE_TYPES}{'RDF_TURTLE' if name == 'ttl' else 'JSON_LD'}> .\n"
        )
    lines.append(
        f"<{_DATASET}> a dcat:Dataset ; dcat:distribution {', '.join(names)} ; "
        "dcat:contactPoint [ <http://www.w3.org/2006/vcard/ns#hasEmail> <mailto:desk.madeup@qdr.example> ] .\n"
    )
    return Answer("".join(lines).encode(), media_type="text/turtle")


def _catalogue_xml(question: Question) -> bytes:
    """Return the catalogue in RDF/XML, with countries and formats told beside the links."""
    items = "".join(
        f"<dcat:distribution><dcat:Distribution rdf:about='https://qdr.example/catalogue/{code}-{name}-{part}'>"
        f"<dcat:accessURL rdf:resource='{_link(question, code, name, part).replace('&', '&amp;')}'/>"
        f"<dct:spatial rdf:resource='http://publications.europa.eu/resource/authority/country/{code.upper()}'/>"
        f"<dcat:mediaType rdf:resource='https://www.iana.org/assignments/media-types/text/turtle'/>"
        "</dcat:Distribution></dcat:distribution>"
        for code, name, part in _files(question.variant)
        if name == "ttl"
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns:dcat='http://www.w3.org/ns/dcat#' xmlns:dct='http://purl.org/dc/terms/'>"
        f"<dcat:Dataset rdf:about='{_DATASET}'>{items}</dcat:Dataset></rdf:RDF>"
    ).encode()


def _link(question: Question, code: str, name: str, part: int) -> str:
    """Return the address of a dump: for some countries its bare name, for others the download itself."""
    bare = f"{_DUMPS}{code}/{name}/{code}-{name}_{part}.zip"
    return bare if code in {"irl", "deu"} else f"{question.base}{ENTRY}/download?url={bare}"


_CHANGES: dict[str, Change] = {"changed": "changed", "unreleased": "unreleased"}


def _download(question: Question, listings: int) -> Answer | None:
    found = _LINK.search(question.query.get("url", ""))
    if found is None:
        return None
    code, name, part = found.group(1), found.group(2), int(found.group(3))
    if question.variant == "missing-part" and (code, part) == ("deu", 2):
        return Answer(b"", status=503)
    if name == "jsonld":
        return _zip({f"{code}.jsonld": b""})
    if question.variant in {"multipart", "missing-part"} and code == "deu":
        return _zip({f"{code}_{part}.ttl": parts(code, listings)[part - 1]})
    return _spoiled(question.variant, code, dump(code, listings, _CHANGES.get(question.variant, "")))


def _spoiled(variant: str, code: str, content: bytes) -> Answer:
    if code == "mlt" and variant == "cut-turtle":
        return _zip({f"{code}.ttl": content[: len(content) * 2 // 3]})
    if code == "mlt" and variant == "cut-zip":
        whole = _zip({f"{code}.ttl": content})
        return Answer(whole.body[: len(whole.body) // 2], media_type=whole.media_type)
    if code == "mlt" and variant == "not-a-zip":
        return Answer(b"<!DOCTYPE html><html><body><h1>Please wait</h1></body></html>")
    if code == "mlt" and variant == "zip-bomb":
        return _bomb()
    return _zip({f"{code}.ttl": content})


@lru_cache(maxsize=1)
def _bomb() -> Answer:
    return _zip({"bomb.ttl": b"#" + b" " * _BOMB})


def _zip(files: dict[str, bytes]) -> Answer:
    """Return an archive whose bytes depend on its content alone."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 1)
    return Answer(target.getvalue(), media_type="application/zip")


@lru_cache(maxsize=2)
def _store(listings: int) -> ox.Store:
    """Return the records as the query service holds them: one namespace for all of them."""
    store = ox.Store()
    for country in COUNTRIES:
        text = dump(country.code, listings).replace(
            f"<{country.terms}>".encode(), f"<{COUNTRIES[0].terms}>".encode(), 1
        )
        store.load(text, ox.RdfFormat.TURTLE)
    return store


def _query(question: Question, listings: int) -> Answer:
    text = question.query.get("query", "")
    if question.method != "GET":
        return Answer(b"Forbidden", status=403)
    if not text or _ORDER.search(text):
        return Answer(b"Bad gateway", status=502)
    found = cast("ox.QuerySolutions", _store(listings).query(text))
    result = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
    if question.variant == "sparql-502" and result.count(b'"root"') > _MOST_ROWS:
        return Answer(b"The query took too long", status=502)
    return Answer(result, media_type="application/sparql-results+json")


def _options(**sparql: Any) -> dict[str, Any]:
    own = load_yaml(Path(__file__).parent / "connector.yaml")["options"]["sparql"]
    starts = [f"{base}{folder}/" for base in (BASE, OLD_BASE) for folder in ("learningOpportunity", "qualification")]
    return {"transport": "sparql", "sparql": {**own, "starts": starts, **sparql}}


standin = StandIn(
    answer=answer,
    entry=ENTRY,
    listings=60,
    variants={
        "full": "a catalogue in Turtle and one zipped dump per country",
        "catalogue-xml": "the catalogue in RDF/XML, countries and formats beside the links",
        "multipart": "one country in three parts that refer to each other",
        "missing-part": "one of those parts cannot be fetched",
        "no-turtle": "a country that offers only the empty JSON-LD",
        "sparql": "the query service; it refuses an order",
        "sparql-split": "answers that reach the limit of rows",
        "sparql-502": "a query service that gives up on large ranges",
        "api": "search pages that overlap, and details with labels for codes",
        "xml": "LOQ XML",
        "empty-jsonld-archive": "archives with an empty file",
        "zip-bomb": "an archive that unpacks to far more than it is",
        "cut-turtle": "Turtle that ends in the middle",
        "cut-zip": "an archive that ends in the middle",
        "not-a-zip": "a web page in place of an archive",
        "unreleased": "a record that is not published any more",
        "changed": "a record with a new title, and one less",
        **COMMON,
    },
    options={
        "sparql": _options(),
        "sparql-split": _options(rows=120, records=3),
        "sparql-502": _options(records=4),
        "api": {"transport": "api"},
        "xml": {"transport": "xml", "xml": ["../../../loq/courses.xml"]},
        "empty-jsonld-archive": {"dump": {"formats": ["jsonld"], "download": "dcat/download?url={url}"}},
    },
)
