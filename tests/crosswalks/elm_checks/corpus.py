"""Made-up ELM data, drawn from the profile table: sound nodes of every class, and one fault at a time.

Everything lies under `https://contoh.example/`. The same seed gives the same data.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from crosswalks.elm.graph import TYPE, Graph, Lit, Value
from crosswalks.elm.profile import PREFIXES, ElmClass, Property, classes, expand, vocabulary

BASE = "https://contoh.example/"
SAMPLES = {
    "xsd:string": ("3", "tersedia", "公開"),
    "xsd:anyURI": ("https://contoh.example/laman",),
    "xsd:boolean": ("true", "0"),
    "xsd:dateTime": ("2026-04-01T00:00:00+09:00", "2026-04-01T00:00:00Z", "2026-04-01T12:30:00.5"),
    "xsd:decimal": ("12000", "12000.50", "-.5"),
    "xsd:duration": ("PT90H", "P2DT12H", "P60M", "P1Y2M3DT4H5M6.7S"),
    "xsd:integer": ("2048", "-1"),
}
LANGUAGES = ("en", "ja", "ms")
LEFT_OUT = {"elm:hasPart", "elm:isPartOf", "elm:specialisationOf", "elm:generalisationOf", "elm:entitlesTo"}
"""What the records do without: parts of each other, and what the official files contradict each other on."""
UNLISTED = {"esco-skill-as-published": "esco-skill"}


def in_list(row: Property, rng: random.Random) -> tuple[str, str]:
    """A concept that suits a property, and its scheme: from the list that binds it, else one of our own."""
    names = row.in_scheme or (row.xml.lists if row.xml else ())
    name = UNLISTED.get(names[0], names[0]) if names else ""
    if not name or row.ranges[0].startswith("xsd:"):
        return f"{BASE}konsep/{row.term}", f"{BASE}konsep"
    chosen = vocabulary(name)
    scheme = chosen.scheme.removeprefix("^")
    if not chosen.labels:
        return f"{chosen.concepts}contoh-{row.term}", scheme
    return chosen.iri(rng.choice(sorted(chosen.labels)[:8])), scheme


@dataclass
class Builder:
    """Makes nodes in a graph. What is only referred to comes from a pool of sound nodes, one per class."""

    seed: int = 0
    graph: Graph = field(default_factory=Graph)
    pool: dict[str, str] = field(default_factory=dict)
    rng: random.Random = field(init=False)
    counter: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311 - test data, not a secret

    def sound(self, name: str) -> str:
        """The pool's node of a class, made on first use."""
        if name not in self.pool:
            self.pool[name] = f"mailto:{name[4:]}@contoh.example" if name == "elm:Mailbox" else f"{BASE}kolam/{name}"
            self.fill(self.pool[name], name)
        return self.pool[name]

    def concept(self, row: Property) -> str:
        iri, scheme = in_list(row, self.rng)
        if iri not in self.graph.nodes:
            self.graph.add(iri, TYPE, "skos:Concept")
            self.graph.add(iri, "skos:prefLabel", Lit("Contoh", "rdf:langString", "en"))
            self.graph.add(iri, "skos:inScheme", scheme)
            self.graph.add(scheme, TYPE, "skos:ConceptScheme")
        return iri

    def value(self, row: Property, language: str = "en") -> Value:
        """A sound value of a property."""
        first = self.rng.choice(row.ranges)
        self.counter += 1
        if row.form == "text":
            return Lit(f"Contoh {row.term} {self.counter} 架空", "rdf:langString", language)
        if first == "literal":
            return Lit(f"contoh-{self.counter}", "xsd:string")
        if row.form == "literal":
            return Lit(self.rng.choice(SAMPLES[first]), first)
        if row.form == "iri":
            return f"{BASE}penerbit"
        if first == "skos:Concept":
            return self.concept(row)
        return self.sound(first)

    def fill(self, node: str, name: str, *, everything: bool = False) -> str:
        """Give a node its class, what it must have and, if wanted, everything it may have."""
        self.graph.add(node, TYPE, name)
        for row in classes()[name].properties.values():
            if row.least or everything:
                self.give(node, row, everything=everything)
        return node

    def give(self, node: str, row: Property, *, everything: bool = False) -> None:
        languages = LANGUAGES if everything and row.form == "text" and row.most is None else LANGUAGES[:1]
        for language in languages:
            self.graph.add(node, row.name, self.value(row, language))

    def fresh(self, name: str) -> str:
        """A sound node of its own, with no more than it must have."""
        self.counter += 1
        return self.fill(f"{BASE}ujian/{self.counter}", name)


def complete(seed: int = 0) -> Graph:
    """A sound graph in which every property of every class has a value."""
    builder = Builder(seed)
    for name in classes():
        builder.fill(f"{BASE}lengkap/{name}", name, everything=True)
    return builder.graph


def records(count: int, seed: int = 0) -> Graph:
    """A sound graph of listings as they are exported: opportunity, specification, outcomes, identifiers,
    pages.
    """
    builder = Builder(seed)
    for number in range(count):
        _record(builder, number)
    return builder.graph


def _own(builder: Builder, node: str, row: Property, times: int = 1) -> None:
    name = row.ranges[0]
    for index in range(times):
        part = builder.fill(f"{node}#{row.term}{index}", name)
        builder.graph.add(node, row.name, part)
        for optional in classes()[name].properties.values():
            if not optional.least and optional.form in {"text", "literal"} and builder.rng.random() < 0.7:
                builder.give(part, optional)


def _record(builder: Builder, number: int) -> None:
    opportunity, learned = f"{BASE}peluang/{number}", f"{BASE}pencapaian/{number}"
    graph = builder.graph
    for node, name in (
        (opportunity, "elm:LearningOpportunity"),
        (learned, "elm:LearningAchievementSpecification"),
    ):
        rows = classes()[name].properties
        graph.add(node, TYPE, name)
        for row in rows.values():
            if row.name in {"dc:title", "dc:description"}:
                builder.give(node, row, everything=True)
            elif row.name in {
                "adms:identifier",
                "foaf:homepage",
                "elm:additionalNote",
                "elm:learningOutcome",
            }:
                _own(builder, node, row, 5 if row.name == "elm:learningOutcome" else 1)
            elif row.name == "elm:learningAchievementSpecification":
                graph.add(node, row.name, learned)
            elif row.name in LEFT_OUT:
                continue
            elif row.least or builder.rng.random() < 0.5:
                builder.give(node, row)


def statements(graph: Graph) -> Iterator[tuple[str, str, Value]]:
    """Every statement with whole identifiers, as the official files spell them."""
    for node, properties in graph.nodes.items():
        for name, values in properties.items():
            for value in values:
                yield node, whole(name), whole(value) if name == TYPE and isinstance(value, str) else value


def whole(name: str) -> str:
    prefix = name.partition(":")[0]
    return expand(name) if prefix == "elm" or prefix in PREFIXES else name


def ntriples(graph: Graph) -> bytes:
    """The graph as N-Triples."""
    return "".join(f"{_term(s)} <{p}> {_term(o)} .\n" for s, p, o in statements(graph)).encode()


def _term(value: Value) -> str:
    if isinstance(value, str):
        if not value.startswith("_:"):
            return f"<{value}>"
        return value if value[2:].isalnum() else f"_:x{value[2:].encode().hex()}"
    text = value.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if value.language:
        return f'"{text}"@{value.language}'
    return f'"{text}"' if value.datatype == "xsd:string" else f'"{text}"^^<{whole(value.datatype)}>'


def closed_classes() -> list[ElmClass]:
    return [item for item in classes().values() if item.closed]
