"""QDR's search and detail JSON into a graph.

Keys are the profile's names or close variants; any object may be a list of one, and a label may stand where an
identifier is expected. Places are JSON pointers. Keys that nobody knows are kept with their content.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import orjson

from config.messages import CodedError
from crosswalks.elm.graph import TYPE, Graph, Lit
from crosswalks.elm.profile import classes, terms
from crosswalks.elm.syntax.bounds import json_value
from crosswalks.elm.syntax.jsonld import credential_terms
from crosswalks.elm.syntax.rdf import absolute, tag_form

OPPORTUNITY, SPECIFICATION, QUALIFICATION = (
    "elm:LearningOpportunity", "elm:LearningAchievementSpecification", "elm:Qualification",
)  # fmt: skip
_HITS = "courses"
_TELLING = frozenset({"dc:title", "elm:learningAchievementSpecification"})
_FRAME = frozenset({_HITS, "paginationInfos"})
_IDS = ("uri", "id", "@id", "iri")
_TYPES = ("type", "@type")
_TAG = re.compile(r"^(?:[a-z]{2,3}|und)(?:-[A-Za-z0-9]{1,8}){0,3}\Z")
_PAIR = frozenset({"value", "language", "lang"})
"""A text as older tools of the Commission write one."""
_OF_OPPORTUNITIES = frozenset({"learningachievementspecification", "providedby", "defaultlanguage", "pricedetail"})
_OF_QUALIFICATIONS = frozenset({"eqflevel", "nqflevel", "ispartialqualification", "qualificationcode"})
_NAMES = {"skos:Concept": "skos:prefLabel", "elm:Note": "elm:noteLiteral", "elm:Organisation": "rov:legalName",
          "elm:Agent": "skos:prefLabel", "elm:Group": "skos:prefLabel"}  # fmt: skip


def read_qdr_json(data: bytes) -> Graph:
    """Return the graph of an answer. Raises `CodedError` with `elm_not_parsed`, `elm_too_large`, `elm_too_deep` or
    `elm_nothing_found`.
    """
    return graph_of_answer(json_value(data))


def is_qdr_answer(document: Any) -> bool:
    """Tell whether a JSON document is an answer of the search or of a detail page."""
    if isinstance(document, dict):
        return _HITS in document or any(key in _IDS or _name_of(key) in _TELLING for key in document)
    return isinstance(document, list) and any(is_qdr_answer(item) for item in document[:1])


def graph_of_answer(document: Any) -> Graph:
    """Return the graph of an answer that is already JSON: hits of a search, one record, or several."""
    records, start = document, ""
    if isinstance(document, dict) and _HITS in document:
        records, start = document[_HITS], f"/{_HITS}"
    reader = _Reader()
    if isinstance(records, dict):
        reader.record(records, start)
    elif isinstance(records, list):
        for number, record in enumerate(records):
            if isinstance(record, dict):
                reader.record(record, f"{start}/{number}")
    if isinstance(document, dict) and not (_FRAME & document.keys()) and not reader.graph.nodes:
        raise CodedError.of("elm_nothing_found")
    return reader.graph


class _Reader:
    """Fills one graph."""

    def __init__(self) -> None:
        self.graph = Graph()

    def record(self, record: dict[str, Any], place: str) -> None:
        """Read one hit or detail."""
        self._node(record, _kind(record), place or "/")

    def _node(self, thing: dict[str, Any], class_name: str, place: str) -> str:
        given = next((thing[key] for key in _IDS if isinstance(thing.get(key), str) and thing[key].strip()), None)
        node = str(given).strip() if given else f"_:{place}"
        self.graph.places.setdefault(node, place)
        if class_name:
            self.graph.add(node, TYPE, class_name)
        for key, value in thing.items():
            if key in _IDS and value == given:
                continue
            if key in _TYPES and (types := _class_names(value)):
                for name in types:
                    self.graph.add(node, TYPE, name)
                continue
            self._property(node, class_name, key, value, f"{place.rstrip('/')}/{_pointer(key)}")
        return node

    def _property(self, node: str, class_name: str, key: str, value: Any, place: str) -> None:
        name = "dc:type" if key in _TYPES else _name_of(key)
        many = value if isinstance(value, list) else [value]
        for number, item in enumerate(many):
            if item is None or item == "":
                continue
            where = f"{place}/{number}" if isinstance(value, list) else place
            if name is None:
                self._unknown(node, key, item)
                continue
            row = _row(class_name, name)
            if row.form == "text":
                self._text(node, name, item)
            elif row.form == "literal":
                self._literal(node, name, row.ranges[0], item)
            else:
                self._link(node, name, _range(row.ranges, item), item, where)

    def _unknown(self, node: str, key: str, item: Any) -> None:
        scalar = isinstance(item, (str, int, float))
        self.graph.add(node, key, Lit(_words(item)) if scalar else Lit(_words(item), "rdf:JSON"))

    def _text(self, node: str, name: str, item: Any) -> None:
        for tag, words in _texts(item):
            self.graph.add(node, name, Lit(words, "rdf:langString", tag_form(tag)) if tag else Lit(words))

    def _literal(self, node: str, name: str, datatype: str, item: Any) -> None:
        if isinstance(item, dict):
            inner = next(
                (item[key] for key in ("@value", "value", *_IDS) if isinstance(item.get(key), (str, int, float))), None
            )
            item = _words(item) if inner is None or len(item) > 1 else inner
        plain = datatype in {"xsd:string", "literal"}
        self.graph.add(node, name, Lit(_words(item)) if plain else Lit(_words(item), datatype))

    def _link(self, node: str, name: str, class_name: str, item: Any, place: str) -> None:
        if isinstance(item, dict):
            if _is_language_map(item):
                inner = f"_:{place}"
                self.graph.add(inner, TYPE, class_name)
                self._text(inner, _NAMES.get(class_name, "dc:title"), item)
                self.graph.places.setdefault(inner, place)
                self.graph.add(node, name, inner)
            else:
                self.graph.add(node, name, self._node(item, class_name, place))
        elif isinstance(item, str) and absolute(item.strip()):
            self.graph.add(node, name, item.strip())
        else:
            self.graph.add(node, name, Lit(_words(item)))


def _kind(record: dict[str, Any]) -> str:
    """Return the class of a record: its own word, else what its identifier and keys tell."""
    for key in _TYPES:
        for name in _class_names(record.get(key)):
            if name in {OPPORTUNITY, SPECIFICATION, QUALIFICATION}:
                return name
    address = next((str(record[key]).lower() for key in _IDS if isinstance(record.get(key), str)), "")
    keys = {key.lower() for key in record}
    if "/qualification/" in address and not keys & _OF_OPPORTUNITIES:
        return QUALIFICATION
    if "/learningopportunity/" in address or keys & _OF_OPPORTUNITIES:
        return OPPORTUNITY
    return _kind_of_specification(record)


def _kind_of_specification(thing: dict[str, Any]) -> str:
    return QUALIFICATION if {key.lower() for key in thing} & _OF_QUALIFICATIONS else SPECIFICATION


def _range(ranges: tuple[str, ...], item: Any) -> str:
    """Return the class of a value out of those a property allows."""
    if QUALIFICATION in ranges and isinstance(item, dict):
        found = _kind_of_specification(item)
        return found if found in ranges else QUALIFICATION
    if "elm:LegalIdentifier" in ranges and isinstance(item, dict):
        return "elm:LegalIdentifier" if "spatial" in item else "elm:Identifier"
    return "elm:Organisation" if "elm:Organisation" in ranges else ranges[0]


def _row(class_name: str, name: str) -> Any:
    listed = classes().get(class_name)
    return (listed.properties.get(name) if listed else None) or _by_name()[name]


@cache
def _by_name() -> dict[str, Any]:
    return {row.name: row for listed in classes().values() for row in listed.properties.values()}


@cache
def _variants() -> dict[str, str]:
    """Return property names by JSON name in lower case: the profile's terms and the credential context's."""
    found = {term.lower(): row.name for term, row in terms().items()}
    known = _by_name()
    for term, name in credential_terms().items():
        if name in known:
            found.setdefault(term.lower(), name)
    return found


def _name_of(key: str) -> str | None:
    return _variants().get(key.lower())


@cache
def _class_terms() -> dict[str, str]:
    return {name.partition(":")[2]: name for name in classes()}


def _class_names(value: Any) -> list[str]:
    many = value if isinstance(value, list) else [value]
    names = [_class_terms().get(item.rpartition("/")[2].rpartition(":")[2]) for item in many if isinstance(item, str)]
    return [name for name in names if name]


def _is_language_map(item: dict[str, Any]) -> bool:
    """Tell whether an object is texts by language; an identifier alone is none, though `id` and `uri` could be tags."""
    if any(isinstance(item.get(key), str) and absolute(item[key].strip()) for key in _IDS):
        return False
    return bool(item) and all(
        _TAG.match(key) and (isinstance(value, (str, list)) or value is None) for key, value in item.items()
    )


def _texts(item: Any) -> list[tuple[str, str]]:
    """Return the texts of a value with their language tags: a string, a language map, or an object around a text."""
    if isinstance(item, dict):
        if _is_language_map(item):
            pairs = [
                (tag, words) for tag, value in item.items() for words in (value if isinstance(value, list) else [value])
            ]
            return [
                ("" if tag == "und" else tag, _words(words))
                for tag, words in pairs
                if words is not None and words != ""
            ]
        if isinstance(item.get("@value"), str):
            return [(str(item.get("@language") or ""), item["@value"])]
        if item.keys() <= _PAIR and isinstance(item.get("value"), str):
            tag = str(item.get("language") or item.get("lang") or "")
            return [(tag if _TAG.match(tag) else "", item["value"])]
    return [("", _words(item))]


def _words(item: Any) -> str:
    if isinstance(item, str):
        return item
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS).decode()


def _pointer(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
