"""One fault at a time, of every kind that the official shapes know, at every place where it can occur.

The kinds and places come from the profile table, so that a new row of the table brings its faults with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crosswalks.elm.check.results import Layer
from crosswalks.elm.graph import TYPE, Lit, Value
from crosswalks.elm.profile import Property, classes, vocabulary
from tests.crosswalks.elm_checks.corpus import BASE, Builder, in_list

WRONG_SPELLINGS = {
    "xsd:boolean": ("ya", "TRUE", ""),
    "xsd:dateTime": ("2025-13-01T00:00:00Z", "2025-04-31T00:00:00", "segera"),
    "xsd:decimal": ("12,000", "percuma"),
    "xsd:duration": ("90 jam", "P", "PT5M4H"),
    "xsd:integer": ("1.0", "banyak"),
}
"""Spellings that XML Schema, pyshacl and pyrudof all refuse (durations: pyrudof checks none)."""


@dataclass(frozen=True)
class Fault:
    """What was done to which property of a node, and the row that must come of it."""

    kind: str
    node: str
    owner: str
    path: str
    layer: Layer
    component: str


@dataclass
class Seeder:
    """Seeds faults into one graph: each in a node of its own, everything else about that node being sound."""

    builder: Builder
    blank: bool = False
    count: int = 0

    def node(self, owner: str) -> str:
        self.count += 1
        name = f"_:cacat{self.count}" if self.blank else f"{BASE}cacat/{self.count}"
        return self.builder.fill(name, owner)

    def put(self, node: str, path: str, *values: Value) -> None:
        """Give a property exactly these values."""
        self.builder.graph.nodes[node][path] = list(values)

    def other(self, row: Property) -> str:
        """A sound node of a class that the property does not take."""
        return self.builder.sound("elm:Mailbox" if "elm:Phone" in row.ranges else "elm:Phone")

    def all(self) -> list[Fault]:
        found: list[Fault] = []
        for name, elm_class in classes().items():
            found += self.unlisted(name) if elm_class.closed else []
            for row in elm_class.properties.values():
                found += [
                    *self.counts(row),
                    *self.kinds(row),
                    *self.texts(row),
                    *self.addresses(row),
                    *self.lists(row),
                ]
        return found

    def fault(self, kind: str, row: Property, component: str, *values: Value, layer: Layer = Layer.BASE) -> Fault:
        node = self.node(row.owner)
        self.put(node, row.name, *values)
        if not values:
            del self.builder.graph.nodes[node][row.name]
        return Fault(kind, node, row.owner, row.name, layer, component)

    def counts(self, row: Property) -> Iterator[Fault]:
        if row.least:
            yield self.fault("missing", row, "MinCount")
        if row.most == 1:
            yield self.fault("too many", row, "MaxCount", *self.several(row))

    def several(self, row: Property) -> list[Value]:
        """Two different sound values."""
        if row.form == "text":
            return [self.builder.value(row, "en"), self.builder.value(row, "ja")]
        if row.form == "literal":
            first = row.ranges[0].replace("literal", "xsd:string")
            samples = {
                "xsd:boolean": ("true", "false"),
                "xsd:anyURI": ("https://a.example/", "https://b.example/"),
            }
            one, two = samples.get(first, ("2026-04-01T00:00:00Z", "2026-04-02T00:00:00Z"))
            one, two = {
                "xsd:decimal": ("1", "2"),
                "xsd:integer": ("1", "2"),
                "xsd:duration": ("P1D", "P2D"),
            }.get(first, (one, two))
            return [Lit(one, first), Lit(two, first)]
        if row.form == "iri":
            return [f"{BASE}satu", f"{BASE}dua"]
        if row.ranges[0] == "skos:Concept":
            return [
                self.builder.value(row),
                self.concept(f"{BASE}konsep/lain", in_list(row, self.builder.rng)[1]),
            ]
        return [self.builder.fresh(row.ranges[0]), self.builder.fresh(row.ranges[-1])]

    def concept(self, iri: str, *schemes: Value) -> str:
        self.builder.graph.add(iri, TYPE, "skos:Concept")
        for scheme in schemes:
            self.builder.graph.add(iri, "skos:inScheme", scheme)
            if isinstance(scheme, str):
                self.builder.graph.add(scheme, TYPE, "skos:ConceptScheme")
        return iri

    def kinds(self, row: Property) -> Iterator[Fault]:
        first = row.ranges[0]
        if row.form == "text":
            yield self.fault("no language", row, "Datatype", Lit("Tanpa bahasa"))
            yield self.fault("number for text", row, "Datatype", Lit("3", "xsd:integer"))
            yield self.fault("node for text", row, "Datatype", self.other(row))
        elif first == "literal":
            yield self.fault("node for literal", row, "NodeKind", self.other(row))
            yield self.fault("blank for literal", row, "NodeKind", "_:kosong")
        elif row.form == "literal":
            yield self.fault("node for literal", row, "Datatype", self.other(row))
            yield self.fault("language on a literal", row, "Datatype", Lit("3", "rdf:langString", "en"))
            wrong = "xsd:date" if first != "xsd:date" else "xsd:string"
            yield self.fault("wrong datatype", row, "Datatype", Lit("2025-04-01", wrong))
            if first != "xsd:string":
                yield self.fault("untyped literal", row, "Datatype", Lit("2025-04-01T00:00:00Z"))
            for spelling in WRONG_SPELLINGS.get(first, ()):
                yield self.fault("wrong spelling", row, "Datatype", Lit(spelling, first))
        elif row.form == "iri":
            yield self.fault("literal for identifier", row, "NodeKind", Lit("contoh"))
            yield self.fault("blank for identifier", row, "NodeKind", "_:kosong")
        else:
            component = "Class" if len(row.ranges) == 1 else "Or"
            yield self.fault("wrong class", row, component, self.other(row))
            yield self.fault("no class", row, component, f"{BASE}tanpa-kelas")
            yield self.fault("literal for node", row, component, Lit("contoh", "rdf:langString", "en"))
            yield self.fault("one of two wrong", row, component, self.builder.value(row), self.other(row))

    def texts(self, row: Property) -> Iterator[Fault]:
        if row.one_per_language:
            again = (Lit("Satu", "rdf:langString", "en"), Lit("Dua", "rdf:langString", "EN"))
            more = (Lit("Tiga", "rdf:langString", "ja"), Lit("四", "rdf:langString", "ja"))
            yield self.fault("repeated language", row, "UniqueLang", *again)
            yield self.fault("two repeated languages", row, "UniqueLang", *again, *more)
        if row.differs_from:
            text = Lit("Sama", "rdf:langString", "en")
            fault = self.fault("equal texts", row, "Disjoint", text)
            self.put(fault.node, row.differs_from, text)
            yield fault

    def addresses(self, row: Property) -> Iterator[Fault]:
        pages: list[tuple[str, Value]] = []
        if row.address == "http":
            pages = [
                ("other protocol", Lit("ftp://contoh.example/", "xsd:anyURI")),
                ("no protocol", Lit("contoh")),
            ]
            pages.append(("identifier as address", "mailto:a@contoh.example"))
        if row.address in {"http", "uri"}:
            pages.append(("blank as address", "_:kosong"))
        for kind, address in pages:
            page = self.builder.fresh("elm:WebResource")
            self.put(page, "elm:contentUrl", address)
            yield self.fault(kind, row, "Node", page)
        if row.address == "value-uri":
            self.builder.fill("_:peti", "elm:Mailbox")
            yield self.fault("blank as mailbox", row, "And", "_:peti")

    def unlisted(self, owner: str) -> Iterator[Fault]:
        known = classes()[owner].properties
        foreign = next(name for name in ("elm:hasPart", "dc:title", "elm:point") if name not in known)
        for path in (foreign, "dc:source", "https://contoh.example/istilah"):
            node = self.node(owner)
            self.put(node, path, Lit("contoh"), f"{BASE}lain")
            yield Fault("extra property", node, owner, path, Layer.BASE, "Closed")

    def lists(self, row: Property) -> Iterator[Fault]:
        if not row.in_scheme:
            return
        layer, scheme = Layer.VOCABULARY, vocabulary(row.in_scheme[0]).scheme
        right = scheme.removeprefix("^") + ("/abc" if scheme.startswith("^") else "")
        if row.scheme_least:
            yield self.fault("missing", row, "MinCount", layer=layer)
        if row.scheme_most == 1:
            yield self.fault("too many", row, "MaxCount", *self.several(row), layer=layer)
        name = f"{BASE}senarai/{row.owner}/{row.term}"
        if row.must_be_iri:
            blank = self.concept(f"_:{row.owner[4:]}{row.term}", right)
            yield self.fault("blank for concept", row, "NodeKind", blank, layer=layer)
            yield self.fault("literal for concept", row, "NodeKind", Lit("contoh"), layer=layer)
        yield self.fault("other list", row, "Node", self.concept(f"{name}/1", f"{BASE}senarai-lain"), layer=layer)
        yield self.fault("list as text", row, "Node", self.concept(f"{name}/2", Lit(right)), layer=layer)
        yield self.fault("list as blank", row, "Node", self.concept(f"{name}/3", right, "_:senarai"), layer=layer)
        if len(row.in_scheme) == 1 and not scheme.startswith("^"):
            yield self.fault("no list", row, "Node", self.concept(f"{name}/4"), layer=layer)
        if scheme.startswith("^") or len(row.in_scheme) > 1:
            two = self.concept(f"{name}/5", right, f"{BASE}senarai-lain")
            yield self.fault("one list of two wrong", row, "Node", two, layer=layer)
