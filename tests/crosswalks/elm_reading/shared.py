"""What the tests of reading ELM share: a small record in many forms, and the laws of one crossing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pyoxigraph as ox

from crosswalks.contract import crosswalk_for
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.serialise import dump, load
from crosswalks.elm.closure import listings
from crosswalks.elm.graph import Graph
from crosswalks.elm.model import ElmListing
from crosswalks.elm.profile import TERMS, Generation
from crosswalks.ledger import Crossing, FieldOutcome
from tests.crosswalks.laws import (
    NOT_READ,
    check_explained,
    check_findings,
    check_table,
    covers,
    leaves,
    value_at,
    words_in,
)

ELM = crosswalk_for("elm")
SOURCE = SourceRecord(registry="elm", source_id="key")
IRI = "https://kakehashi.example/id/mc/elm-test"
GOLDENS = ELM.folder / "goldens"
DUMP = (GOLDENS / "dump.source.ttl").read_bytes()
PREFIXES = """
@prefix elm: <http://data.europa.eu/snb/model/elm/> .
@prefix dc: <http://purl.org/dc/terms/> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rov: <http://www.w3.org/ns/regorg#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def rewritten(turtle: bytes, extension: str) -> bytes:
    """The same statements in another syntax."""
    quads = list(ox.parse(turtle, ox.RdfFormat.TURTLE))
    said = quads if FORMATS[extension].supports_datasets else [quad.triple for quad in quads]
    return ox.serialize(said, format=FORMATS[extension]) or b""


def in_generation(turtle: bytes, generation: Generation) -> bytes:
    """The same record with the terms of another namespace generation."""
    return turtle.replace(TERMS["elm-3.2"].encode(), TERMS[generation].encode())


def one(data: bytes | str, name: str = "file.ttl") -> ElmListing:
    """The only listing of a file."""
    (listing,) = ELM.load(data if isinstance(data, bytes) else data.encode(), name)
    assert isinstance(listing, ElmListing)
    return listing


def spec(turtle: str) -> ElmListing:
    """A qualification with a title and what else is said of it, in Turtle."""
    return one(f'{PREFIXES} <https://x.example/q> a elm:Qualification ; dc:title "T"@en ; {turtle} .')


def opportunity(turtle: str, specification: str = "") -> ElmListing:
    """An opportunity with a specification, and what else is said of either, in Turtle."""
    said = f"; {specification}" if specification else ""
    return one(
        f'{PREFIXES} <https://x.example/o> a elm:LearningOpportunity ; dc:title "T"@en ; {turtle} ;'
        f" elm:learningAchievementSpecification <https://x.example/s> ."
        f'<https://x.example/s> a elm:LearningAchievementSpecification ; dc:title "T"@en {said} .'
    )


def crossed(listing: ElmListing) -> Crossing[Descriptor]:
    """The crossing of a listing, held to every law."""
    crossing = ELM.read(listing, IRI, SOURCE)
    check_laws(listing, crossing)
    return crossing


def content(listing: ElmListing) -> dict[str, Any]:
    return crossed(listing).value.model_dump(mode="json", exclude_defaults=True)


def codes(crossing: Crossing[Descriptor]) -> list[str]:
    return [issue.code for issue in crossing.issues]


def statements(listing: ElmListing) -> int:
    return sum(len(values) for node in listing.nodes.values() for values in node.properties.values())


def check_laws(listing: ElmListing, crossing: Crossing[Descriptor]) -> None:
    """Each statement has an outcome, each value is explained, the mapping table agrees, and all of it survives."""
    untold = untold_statements(listing, crossing)
    assert untold == [], f"statements without an outcome: {untold}"
    check_explained(crossing)
    check_findings(crossing)
    check_table(ELM, crossing)
    assert uncarried_statements(listing, crossing) == []
    assert load(dump(crossing.value)) == crossing.value
    assert ElmListing.model_validate_json(canonical(listing)) == listing


def untold_statements(listing: ElmListing, crossing: Crossing[Descriptor]) -> list[str]:
    """The statements that no entry of the ledger has as its source, whatever class their node was read as."""
    told = set()
    for entry in crossing.ledger.entries:
        field, _, node = entry.source.partition("@")
        path, _, number = field.rpartition(".")
        told.add((node, path.partition(".")[2], number))
    missing: list[str] = []
    for node, said in listing.nodes.items():
        for name, values in said.properties.items():
            local, whole = name.partition(":")[2], f"({name.replace('@', '%40')})"
            missing.extend(
                f"{name}.{number}@{node}"
                for number in range(len(values))
                if (node, local, str(number)) not in told and (node, whole, str(number)) not in told
            )
    return missing


def uncarried_statements(listing: ElmListing, crossing: Crossing[Descriptor]) -> list[str]:
    """The literals that are said to be carried as they are, and do not stand where the ledger says."""
    content = crossing.value.model_dump(mode="json", exclude_defaults=True)
    missing: list[str] = []
    for entry in crossing.ledger.entries:
        literal = _literal(listing, entry.source)
        if entry.outcome is FieldOutcome.MAPPED and literal is not None and entry.target:
            found = "\n".join(words_in(value_at(content, entry.target)))
            if literal not in found:
                missing.append(f"{entry.source} → {entry.target}: {literal!r}")
    return missing


def unspoken_links(listing: ElmListing, crossing: Crossing[Descriptor]) -> list[str]:
    """Links that are told as lost though something of the node they lead to was carried, and values that no statement
    explains but links.
    """
    links = dict(_links(listing))
    lost: dict[str, list[str]] = {}
    spoken: set[str] = {listing.root}
    carried: set[str] = set()
    plain: set[str] = set()
    worded: set[str] = set()
    for entry in crossing.ledger.entries:
        place = _spot(entry.source)
        target = links.get(place)
        if entry.target is None:
            if target is not None and entry.reason != "elm_back_link":
                lost.setdefault(target, []).append(entry.source)
            continue
        carried.add(place[0])
        if target is None or entry.outcome is FieldOutcome.DERIVED:
            plain.add(entry.target)
        if target is not None:
            spoken.add(target)
            worded.add(entry.target)
    silent = carried - spoken
    missing = [f"{source} leads to what was carried" for node in lost if node in silent for source in lost[node]]
    content = crossing.value.model_dump(mode="json", exclude_defaults=True)
    for leaf in leaves({name: value for name, value in content.items() if name not in NOT_READ}):
        named = str(value_at(content, leaf)) in listing.nodes
        if not named and not any(covers(one, leaf) for one in plain) and any(covers(one, leaf) for one in worded):
            missing.append(f"{leaf} is explained by links alone")
    return missing


def _links(listing: ElmListing) -> Iterator[tuple[tuple[str, str, str], str]]:
    """The places of all statements that lead to a thing of the listing, with its name."""
    for node, said in listing.nodes.items():
        for name, values in said.properties.items():
            for number, value in enumerate(values):
                if value.id is not None and _is_thing(listing, value.id):
                    yield (node, name.partition(":")[2], str(number)), value.id


def _is_thing(listing: ElmListing, name: str) -> bool:
    """Tell whether a node is a thing with statements of its own, and not a term of a list."""
    said = listing.nodes.get(name)
    return said is not None and bool(said.properties) and "skos:Concept" not in said.types


def _spot(source: str) -> tuple[str, str, str]:
    """The node, the property and the number that a ledger's source names."""
    field, _, node = source.partition("@")
    path, _, number = field.rpartition(".")
    return node, path.partition(".")[2], number


def _literal(listing: ElmListing, source: str) -> str | None:
    """The literal that a ledger's source names, or None for anything else."""
    field, _, node = source.partition("@")
    path, _, number = field.rpartition(".")
    local = path.partition(".")[2]
    said = listing.nodes[node].properties if node in listing.nodes and number.isdecimal() else {}
    return next((values[int(number)].value for name, values in said.items() if name.partition(":")[2] == local), None)


def canonical(listing: ElmListing) -> bytes:
    return orjson.dumps(listing.model_dump(mode="json", exclude_defaults=True), option=orjson.OPT_SORT_KEYS)


def listed(graph: Graph) -> list[ElmListing]:
    return [outcome.listing for outcome in listings(graph) if outcome.listing is not None]
