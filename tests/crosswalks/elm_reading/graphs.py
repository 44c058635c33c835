"""Generated ELM data: everything the profile allows, and much that it does not."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from crosswalks.elm.graph import TYPE, Graph, Lit, Value
from crosswalks.elm.profile import Property, classes, vocabulary

ROOTS = ("elm:LearningOpportunity", "elm:LearningAchievementSpecification", "elm:Qualification")
CODES = {
    "dc:language": "language",
    "elm:defaultLanguage": "language",
    "elm:ISCEDFCode": "isced-f",
    "elm:limitField": "isced-f",
    "elm:educationSubject": "isced-f",
    "elm:EQFLevel": "eqf",
    "elm:educationLevel": "eqf",
    "elm:NQFLevel": "qdr",
    "elm:mode": "learning-assessment",
    "elm:learningSchedule": "learning-schedule",
    "elm:targetGroup": "target-group",
    "elm:framework": "education-credit",
    "elm:countryCode": "country",
    "elm:spatialCode": "nuts",
    "elm:unit": "currency",
    "elm:entitlementStatus": "entitlement-status",
}
TYPES = {
    "elm:LearningAssessmentSpecification": "assessment",
    "elm:LearningOutcome": "skill-type",
    "elm:Accreditation": "accreditation",
    "elm:LearningEntitlementSpecification": "entitlement",
    "elm:LearningOpportunity": "learning-opportunity",
}
TEXTS = (
    "Data for everyone", "データ入門", "<p>Learn &amp; apply</p>", "Zweiter Text", "", "  spaced   out ", "Level 5",
    "5", "x:", "urn:x:y\n", "1e9", "2.5E0", "123456789012345678", "9999999999.9999", "https://x.example/\n", "٥",
    "<b></b>", "\u200b", "P1D\n", "en\n", "MUL", "UND",
    "60 ECTS", "180", "0", "2,5", "about 20", "PT60H", "P2DT12H", "P60M", "PT0H", "P1Y", "-PT5H", "40 hours",
    "https://page.example/a", "www.page.example", "HTTP://PAGE.EXAMPLE/b c", "2025-04-01T00:00:00+09:00", "2025-04-01",
    "yesterday", "Ireland", "English", "ECTS", "Online", "released", "100.50", "quiz", "true", "Ã©cole",
)  # fmt: skip
LANGUAGES = ("en", "ja", "de", "", "eng", "x_y", "en\n", "zh-Hant")
UNLISTED = ("http://schema.org/name", "elm:unheardOf", "oddKey", "dc:creator", "attribute:text", "elm:contactPoint")


class Made(Graph):
    """A graph that shows itself by its seed: whole graphs are too long for a report."""

    seed: int

    def __repr__(self) -> str:
        return f"Maker({self.seed}).build()"


class Maker:
    """Builds one graph from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a generator of test data, seeded
        self.graph = Made()
        self.graph.seed = seed
        self._count = 0

    def build(self) -> Graph:
        for _ in range(self._random.randint(1, 3)):
            self._node(self._random.choice(ROOTS), 0)
        return self.graph

    def _name(self) -> str:
        self._count += 1
        kind = self._random.random()
        start = "https://register.example/id/" if kind < 0.5 else "urn:epass:part:" if kind < 0.6 else "_:n"
        return f"{start}{self._count}"

    def _node(self, class_name: str, depth: int) -> str:
        graph, random = self.graph, self._random
        if depth and graph.nodes and random.random() < 0.1:
            return random.choice(list(graph.nodes))
        node = self._name()
        if random.random() < 0.9 or depth == 0:
            graph.add(node, TYPE, class_name)
        if random.random() < 0.1:
            graph.add(node, TYPE, "https://project.example/ns#Special")
        rows = list(classes()[class_name].properties.values())
        if class_name in ROOTS and random.random() < 0.3:
            rows = list(classes()[random.choice(ROOTS)].properties.values())
        for row in random.sample(rows, min(len(rows), random.randint(1, 14 if depth < 2 else 4))):
            for _ in range(random.choice((1, 1, 1, 2, 3))):
                graph.add(node, row.name, self._value(row, depth))
        if random.random() < 0.15:
            graph.add(node, random.choice(UNLISTED), self._text())
        return node

    def _value(self, row: Property, depth: int) -> Value:
        random = self._random
        if row.form != "node":
            return self._text(labelled=row.form == "text")
        if random.random() < 0.08:
            return self._text()
        if random.random() < 0.05:
            return f"https://elsewhere.example/{random.randint(1, 9)}"
        target = random.choice(row.ranges)
        if target == "skos:Concept":
            return self._concept(row)
        return self._node(target, depth + 1) if depth < 5 else self._text()

    def _concept(self, row: Property) -> str:
        random, graph = self._random, self.graph
        name = TYPES.get(row.owner) if row.name == "dc:type" else CODES.get(row.name)
        listed = vocabulary(name) if name else None
        kind = random.random()
        if listed and listed.labels and kind < 0.6:
            code = random.choice(list(listed.labels))
            iri = listed.iri(code)
            if random.random() < 0.5 and listed.labels[code]:
                graph.add(iri, TYPE, "skos:Concept")
                graph.add(iri, "skos:prefLabel", Lit(listed.labels[code], "rdf:langString", "en"))
            return iri
        if kind < 0.7:
            own = random.choice(("level/NZQCF/4", "field/NZSCED/0101", "note/credit"))
            return f"https://kakehashi.example/vocab/{own}"
        node = f"{listed.concepts}new1" if listed and kind < 0.8 else self._name()
        graph.add(node, TYPE, "skos:Concept")
        graph.add(node, "skos:prefLabel", self._text(labelled=True))
        if random.random() < 0.3:
            graph.add(node, "skos:notation", Lit("notation"))
        if listed and listed.labels and random.random() < 0.4:
            label = random.choice(list(listed.labels.values()))
            graph.add(node, "skos:prefLabel", Lit(label or "word", "rdf:langString", "fr"))
        return node

    def _text(self, *, labelled: bool | None = None) -> Lit:
        random = self._random
        text = random.choice(TEXTS)
        tag = random.choice(LANGUAGES) if labelled or labelled is None else ""
        return Lit(text, "rdf:langString", tag) if tag else Lit(text)


graphs = st.integers(0, 2**40).map(lambda seed: Maker(seed).build())
