"""The catalogue of dumps: which files there are, of which country and format, and which of them to fetch."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from config.messages import Issue
from connectors.contract import Ask, Extract, Payload, StructureBroken
from connectors.europass.answers import graph_of
from connectors.europass.options import Setting
from crosswalks.elm.graph import Graph, Value

_DCAT = "http://www.w3.org/ns/dcat#"
_DISTRIBUTION = _DCAT + "Distribution"
_LINKS = (_DCAT + "downloadURL", _DCAT + "accessURL")
_FORMAT = ("dc:format", _DCAT + "mediaType")
_PATH = re.compile(r"/country/([A-Za-z]{3})/([A-Za-z0-9\-]{2,10})/")
_PART = re.compile(r"_(\d{1,4})\.[A-Za-z]{2,6}(?:$|[&#])")
_COUNTRY = re.compile(r"/authority/country/([A-Za-z]{3})$")
_FORMATS = {
    "ttl": "ttl", "turtle": "ttl", "rdf-turtle": "ttl", "text/turtle": "ttl",
    "nt": "nt", "n-triples": "nt", "rdf-n-triples": "nt", "application/n-triples": "nt",
    "jsonld": "jsonld", "json-ld": "jsonld", "application/ld+json": "jsonld", "ld+json": "jsonld",
    "rdf": "rdf", "rdf-xml": "rdf", "application/rdf+xml": "rdf", "rdf+xml": "rdf", "xml": "xml",
}  # fmt: skip


class Dump(NamedTuple):
    """One distribution: a part of a country's dump in a format."""

    country: str
    format: str
    part: int
    link: str


class Choice(NamedTuple):
    """What to fetch by country, the countries that are wanted, and what the catalogue lists besides."""

    dumps: dict[str, list[Dump]]
    wanted: tuple[str, ...]
    unclear: list[str]


def choice_of(payload: Payload, setting: Setting) -> Choice:
    """Return which dumps to fetch. Raises `StructureBroken` when there are none."""
    graph = graph_of(payload, "catalogue")
    clear: defaultdict[str, list[Dump]] = defaultdict(list)
    unclear = []
    for dump in sorted(set(_dumps(graph))):
        if dump.country and dump.format:
            clear[dump.country].append(dump)
        else:
            unclear.append(dump.link)
    wanted = setting.options.countries or tuple(sorted(clear))
    chosen = {}
    for country in wanted:
        if dumps := _in_best_format(clear.get(country, []), setting.options.dump.formats):
            chosen[country] = dumps
    if not chosen:
        detail = f"no dump in {', '.join(setting.options.dump.formats)} of {', '.join(wanted) or 'any country'}"
        raise StructureBroken.of("structure_changed", detail=detail, url=payload.url)
    return Choice(chosen, wanted, unclear)


def _in_best_format(dumps: list[Dump], formats: tuple[str, ...]) -> list[Dump]:
    for name in formats:
        if found := [dump for dump in dumps if dump.format == name]:
            return found
    return []


def dump_asks(payload: Payload, setting: Setting) -> Iterator[Ask]:
    """Yield the dumps to fetch; the parts of one country are one unit. Raises `StructureBroken`."""
    for country, dumps in choice_of(payload, setting).dumps.items():
        for number, dump in enumerate(dumps, 1):
            about = (("country", country), ("part", str(number)), ("parts", str(len(dumps))))
            link = setting.download(dump.link, payload.url)
            yield Ask("file", link, about=about, bulk=True, unit=f"{country} {dump.format}")


def parse_catalogue(payload: Payload, setting: Setting) -> Extract:
    """Return how many of the wanted countries have a dump, so that one without makes the run incomplete."""
    choice = choice_of(payload, setting)
    extract = Extract(stated=len(choice.wanted), stated_for="countries", rows=len(choice.dumps))
    formats = ", ".join(setting.options.dump.formats)
    extract.issues.extend(
        Issue("country_without_dump", {"country": country, "formats": formats})
        for country in choice.wanted
        if country not in choice.dumps
    )
    if choice.unclear:
        extract.issues.append(
            Issue("dump_not_understood", {"count": len(choice.unclear), "example": choice.unclear[0]})
        )
    return extract


def _dumps(graph: Graph) -> Iterator[Dump]:
    spatial = {
        target: _country(graph, node)
        for node, properties in graph.nodes.items()
        for target in properties.get(_DCAT + "distribution", ())
    }
    for node, properties in graph.nodes.items():
        links = [_text(value) for name in _LINKS for value in properties.get(name, ())]
        if not links or not (_DISTRIBUTION in graph.types(node) or _LINKS[0] in properties):
            continue
        link = links[0]
        told = _PATH.search(link)
        country = told.group(1).lower() if told else _country(graph, node) or spatial.get(node, "")
        part = _PART.search(link)
        yield Dump(country, _format(graph, node, told), int(part.group(1)) if part else 0, link)


def _format(graph: Graph, node: str, told: re.Match[str] | None) -> str:
    names = [told.group(2)] if told else []
    for name in _FORMAT:
        for value in graph.properties(node).get(name, ()):
            text = _text(value).lower()
            names += [text, text.rpartition("/")[2], "/".join(text.rsplit("/", 2)[-2:])]
    return next((_FORMATS[key] for name in names if (key := name.lower().replace("_", "-")) in _FORMATS), "")


def _country(graph: Graph, node: str) -> str:
    for value in graph.properties(node).get("dc:spatial", ()):
        if found := _COUNTRY.search(_text(value)):
            return found.group(1).lower()
    return ""


def _text(value: Value) -> str:
    return value if isinstance(value, str) else value.value
