"""schema.org out of web pages and JSON-LD, and back, by `terms.tsv`; no context is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from lxml import etree, html

from config.messages import CodedError
from crosswalks.files import json_objects, write_json
from crosswalks.lexical import TAG
from crosswalks.markup import MOST_ATTRIBUTES, is_crowded
from crosswalks.schemaorg.model import Course, SchemaorgListing
from crosswalks.terms import Node, Rest, Terms

CONTEXT = "https://schema.org"
FORMATS = {"jsonld": "jsonld", "html": "html"}
CREDENTIAL = "EducationalOccupationalCredential"
_COURSES = frozenset({"Course", "EducationalOccupationalProgram"})
_AWARDED = "educationalCredentialAwarded"
_PERSONAL = frozenset({
    "author", "creator", "instructor", "email", "telephone", "faxNumber", "contactPoint", "employee", "founder",
    "contributor", "editor", "performer", "organizer", "streetAddress", "postalCode", "addressLocality", "image",
    "logo", "review", "member", "alumni", "postOfficeBoxNumber",
})  # fmt: skip
TERMS = Terms(Path(__file__).parent / "terms.tsv", "values", _PERSONAL, ("@context", "subjectOf"))
_PREFIX = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)")


def load(data: bytes, name: str) -> Iterator[SchemaorgListing]:
    """Yield the credentials of a page or of a JSON-LD file: one object, a graph, an array, or one object per line.

    Raises `CodedError` with `file_not_schema` where there is none.
    """
    found = False
    for node in _nodes(data, name):
        found = True
        yield node
    if not found:
        raise CodedError.of("file_not_schema", file=name, schema="schemaorg", detail=f"no {CREDENTIAL} and no Course")


def _nodes(data: bytes, name: str) -> Iterator[SchemaorgListing]:
    pieces = _scripts(data, name) if data.lstrip()[:1] == b"<" else [data]
    for piece in pieces:
        for number, record in json_objects(piece, name, "schemaorg"):
            try:
                yield from _credentials(_plain_names(record, 0))
            except ValueError as error:
                detail = f"record {number}: {str(error).splitlines()[0]}"
                raise CodedError.of("file_not_schema", file=name, schema="schemaorg", detail=detail) from None


def _scripts(data: bytes, name: str) -> list[bytes]:
    """Return the JSON-LD of a page; nothing else of it is read."""
    if is_crowded(data):
        detail = f"a tag with more than {MOST_ATTRIBUTES} attributes"
        raise CodedError.of("file_not_schema", file=name, schema="schemaorg", detail=detail)
    try:
        page = html.document_fromstring(
            data, parser=html.HTMLParser(encoding=_encoding(data), no_network=True, huge_tree=False)
        )
    except (etree.LxmlError, ValueError) as error:
        raise CodedError.of("file_not_schema", file=name, schema="schemaorg", detail=str(error)) from None
    scripts = page.iterfind(".//script[@type='application/ld+json']")
    return [text.encode() for script in scripts if (text := (script.text or "").strip())]


def _encoding(data: bytes) -> str | None:
    """Return UTF-8 for what is UTF-8; for anything else, what the page itself declares."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _plain_names(value: Any, depth: int) -> Any:
    """Return a tree whose keys and types are bare names of schema.org, without people."""
    if depth > 40:
        raise ValueError("objects within objects without end")
    if isinstance(value, list):
        return [_plain_names(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    kinds = [_PREFIX.sub("", kind) for kind in _listed(value.get("@type")) if isinstance(kind, str)]
    if "Person" in kinds:
        return {"email": "left out"}
    made = {_PREFIX.sub("", key): _plain_names(item, depth + 1) for key, item in value.items()}
    return made | {"@type": kinds} if kinds else made


def _credentials(whole: Node) -> Iterator[SchemaorgListing]:
    graph = whole.get("@graph")
    nodes = [node for node in (graph if isinstance(graph, list) else [whole]) if isinstance(node, dict)]
    known = {name: node for node in nodes if isinstance(name := node.get("@id"), str)}
    courses = [node for node in nodes if _COURSES.intersection(_listed(node.get("@type")))]
    credentials = [node for node in nodes if CREDENTIAL in _listed(node.get("@type"))]
    for node in credentials:
        course = next((one for one in courses if _awards(one, node)), None)
        yield _listing(node, course, known)
    for course in courses:
        inside = [one for one in _listed(course.get(_AWARDED)) if isinstance(one, dict)]
        whole_ones = [one for one in inside if CREDENTIAL in _listed(one.get("@type")) and set(one) - {"@id", "@type"}]
        for one in whole_ones:
            yield _listing(one, course, known)
        if not whole_ones and not any(_awards(course, node) for node in credentials):
            yield _listing({key: course[key] for key in ("@id", "name") if key in course}, course, known)


def _awards(course: Node, credential: Node) -> bool:
    awarded = _listed(course.get(_AWARDED))
    names = {one.get("@id") if isinstance(one, dict) else one for one in awarded}
    return credential.get("@id") in names - {None}


def _listing(node: Node, course: Node | None, known: Mapping[str, Node]) -> SchemaorgListing:
    rest = Rest()
    values = TERMS.decoded(node, "SchemaorgListing", known, rest, _language(course or node))
    if course is not None:
        told = [one for one in _listed(course.get(_AWARDED)) if not _is_credential(one, known)]
        flat = {**course, _AWARDED: told} if told else {key: course[key] for key in course if key != _AWARDED}
        values["course"] = TERMS.decoded(flat, "Course", known, rest, _language(course))
    return SchemaorgListing(**values, left_out=tuple(rest.left_out), unplaced=rest.unplaced, others=rest.others)


def _is_credential(awarded: Any, known: Mapping[str, Node]) -> bool:
    """Tell whether what a course awards is a credential of the document, which is read as such."""
    name = awarded.get("@id") if isinstance(awarded, dict) else awarded
    node = known.get(name, awarded) if isinstance(name, str) else awarded
    return isinstance(node, dict) and CREDENTIAL in _listed(node.get("@type")) and bool(set(node) - {"@id", "@type"})


def _language(node: Node) -> str:
    """Return the one language a node says it is in, or nothing."""
    tags = [tag for tag in _listed(node.get("inLanguage")) if isinstance(tag, str) and TAG.match(tag)]
    return tags[0] if len(tags) == 1 and re.match(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", tags[0]) else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def dump(listings: Iterable[SchemaorgListing], form: str, out: BinaryIO, options: Mapping[str, str]) -> None:  # noqa: ARG001
    """Write JSON-LD, or the element of a page that holds it, one for each credential."""
    if form != "html":
        write_json((graph_of(one) for one in listings), out)
        return
    for one in listings:
        text = orjson.dumps(graph_of(one), option=orjson.OPT_INDENT_2).replace(b"<", b"\\u003c")
        out.write(b'<script type="application/ld+json">\n' + text + b"\n</script>\n")


def graph_of(listing: SchemaorgListing) -> Node:
    """Return a credential and its course as a graph; the course names the credential it leads to."""
    node = TERMS.encoded(listing, "SchemaorgListing")
    if listing.course is None:
        return {"@context": CONTEXT, "@graph": [node]}
    course = TERMS.encoded(Course.model_validate(listing.course), "Course")
    return {"@context": CONTEXT, "@graph": [node, {**course, _AWARDED: {"@id": listing.id}}]}
