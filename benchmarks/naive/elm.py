"""Descriptor → ELM as an rdflib graph: a namespace object per vocabulary, one `add` per statement, `Graph.serialize`.

It knows the fields that the made-up listings have, and says of them what the product says. Parts of a record are named
in one step (`…/mc/1-specification`, the product says `…/mc/1/specification`): rdflib's Turtle writer would take every
record for a namespace of its own and slow down with the square of their number. Each record adds all that it says, its
concepts and organisations included: a graph is a set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from urllib.parse import quote

import orjson
from rdflib import RDF, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS

from config.codelists import codelist
from config.frameworks import credit_systems
from crosswalks.descriptor.model import Descriptor, Organisation
from crosswalks.elm.codes import value_pairs
from crosswalks.elm.profile import vocabulary

ELM = Namespace("http://data.europa.eu/snb/model/elm/")
ADMS = Namespace("http://www.w3.org/ns/adms#")
ROV = Namespace("http://www.w3.org/ns/regorg#")
_IN_STEPS = re.compile(r"(.*?/id/(?:mc|org)/[^/]+)(/.+)?")
NOTE_LABELS = {"credit": {"en": "Credit", "ja": "単位"}, "source": {"en": "Source", "ja": "出典"}}


@cache
def languages() -> dict[str, str]:
    """Return the authority codes of languages by tag."""
    return {pair.target[1]: pair.source[1] for pair in value_pairs("languages")}


@cache
def countries() -> dict[str, str]:
    """Return the authority codes of countries."""
    return {pair.target[1]: pair.source[1] for pair in value_pairs("countries")}


@cache
def official() -> dict[tuple[str, str], tuple[str, str]]:
    """Return vocabulary and code by our list and value."""
    return {pair.source: pair.target for pair in value_pairs("writing")}


def organisation_iri(base: str, organisation: Organisation) -> str:
    """Return the identifier that an organisation's own facts give it."""
    identifiers = [(item.scheme, item.value) for item in organisation.id]
    facts = [organisation.name, organisation.country, identifiers, organisation.url, organisation.former_names, []]
    told = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
    return f"{base}/id/org/{blake2b(told, digest_size=10).hexdigest()}"


def in_one_step(iri: str) -> str:
    """Return the name that this side gives to what the product names in several steps."""
    match = _IN_STEPS.fullmatch(iri)
    return match.group(1) + match.group(2).replace("/", "-") if match and match.group(2) else iri


def days(duration: str) -> str:
    """Return a duration without weeks."""
    return re.sub(r"(\d+)W", lambda weeks: f"{int(weeks.group(1)) * 7}D", duration)


class ElmGraph:
    """One graph to which records are added."""

    def __init__(self) -> None:
        self.graph = Graph()
        for prefix, namespace in (("elm", ELM), ("adms", ADMS), ("rov", ROV), ("dc", DCTERMS)):
            self.graph.bind(prefix, namespace)

    def texts(self, subject: URIRef, predicate: URIRef, text: dict[str, str]) -> None:
        """Add a text in the languages it has."""
        for tag, words in text.items():
            self.graph.add((subject, predicate, Literal(words, lang=tag)))

    def concept(self, name: str, code: str) -> URIRef:
        """Add a concept of an official list, and return it."""
        listed = vocabulary(name)
        iri, scheme = URIRef(listed.iri(code)), URIRef(listed.scheme)
        self.graph.add((iri, RDF.type, SKOS.Concept))
        if listed.labels[code]:
            self.graph.add((iri, SKOS.prefLabel, Literal(listed.labels[code], lang="en")))
        self.graph.add((iri, SKOS.inScheme, scheme))
        self.graph.add((scheme, RDF.type, SKOS.ConceptScheme))
        return iri

    def own_concept(self, base: str, scheme: str, code: str, label: str) -> URIRef:
        """Add a concept of a list of ours, and return it."""
        iri, list_iri = URIRef(f"{base}/vocab/{scheme}/{quote(code, safe='-._~')}"), URIRef(f"{base}/vocab/{scheme}")
        self.graph.add((iri, RDF.type, SKOS.Concept))
        self.graph.add((iri, SKOS.prefLabel, Literal(label, lang="en")))
        self.graph.add((iri, SKOS.notation, Literal(code)))
        self.graph.add((iri, SKOS.inScheme, list_iri))
        self.graph.add((list_iri, RDF.type, SKOS.ConceptScheme))
        return iri

    def identifier(self, owner: URIRef, iri: str, scheme: str, value: str) -> None:
        """Add an identifier to its owner."""
        node = URIRef(iri)
        self.graph.add((owner, ADMS.identifier, node))
        self.graph.add((node, RDF.type, ELM.Identifier))
        self.graph.add((node, SKOS.notation, Literal(value)))
        self.graph.add((node, ELM.schemeName, Literal(scheme)))

    def page(self, owner: URIRef, address: str) -> None:
        """Add the homepage of an owner."""
        node = URIRef(f"{owner}-page")
        self.graph.add((owner, FOAF.homepage, node))
        self.graph.add((node, RDF.type, ELM.WebResource))
        self.graph.add((node, ELM.contentUrl, Literal(address, datatype=XSD.anyURI, normalize=False)))

    def note(self, owner: URIRef, number: int, base: str, field: str, text: dict[str, str]) -> None:
        """Add a note about a field."""
        node = URIRef(f"{owner}-note-{number}")
        self.graph.add((owner, ELM.additionalNote, node))
        self.graph.add((node, RDF.type, ELM.Note))
        self.texts(node, ELM.noteLiteral, text)
        subject = self.own_concept(base, "note", field, NOTE_LABELS[field]["en"])
        self.graph.add((node, DCTERMS.subject, subject))

    def organisation(self, base: str, organisation: Organisation) -> URIRef:
        """Add an organisation with its page and country, and return it."""
        node = URIRef(organisation_iri(base, organisation))
        self.graph.add((node, RDF.type, ELM.Organisation))
        self.texts(node, ROV.legalName, organisation.name)
        if organisation.url:
            self.page(node, organisation.url)
        location, address = URIRef(f"{node}-location"), URIRef(f"{node}-address")
        self.graph.add((node, ELM.location, location))
        self.graph.add((location, RDF.type, DCTERMS.Location))
        self.graph.add((location, ELM.address, address))
        self.graph.add((address, RDF.type, ELM.Address))
        country = self.concept("country", countries()[organisation.country or ""])
        self.graph.add((address, ELM.countryCode, country))
        return node

    def opportunity(self, descriptor: Descriptor, modified: str | None = None) -> None:
        """Add the learning opportunity of a descriptor, and everything below it."""
        graph, root = self.graph, URIRef(descriptor.id)
        base = descriptor.id.partition("/id/mc/")[0]
        specification = URIRef(f"{root}-specification")
        programme = self.concept("learning-opportunity", "74a4a268e8")
        graph.add((root, RDF.type, ELM.LearningOpportunity))
        self.identifier(root, f"{root}-identifier", "Kakehashi", descriptor.id)
        self.texts(root, DCTERMS.title, descriptor.title)
        self.texts(root, DCTERMS.description, descriptor.description or {})
        graph.add((root, DCTERMS.type, programme))
        self.page(root, descriptor.landing_page or "")
        if descriptor.volume and descriptor.volume.duration:
            duration = Literal(days(descriptor.volume.duration), datatype=XSD.duration, normalize=False)
            graph.add((root, ELM.duration, duration))
        for method in descriptor.teaching_method:
            mode = self.concept(*official()["DeliveryMode", method.mode or ""])
            graph.add((root, ELM.mode, mode))
            graph.add((specification, ELM.mode, mode))
        for offer in descriptor.offer[:1]:
            period = URIRef(f"{root}-period")
            graph.add((root, DCTERMS.temporal, period))
            graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
            start = Literal(f"{offer.starts}T00:00:00+09:00", datatype=XSD.dateTime, normalize=False)
            graph.add((period, ELM.startDate, start))
        provider = self.organisation(base, descriptor.issuer) if descriptor.issuer else None
        if provider is not None:
            graph.add((root, ELM.providedBy, provider))
        graph.add((root, ELM.learningAchievementSpecification, specification))
        graph.add((root, ELM.defaultLanguage, self.concept("language", "JPN")))
        notes = [("credit", self._credit(credit.system, credit.value)) for credit in descriptor.credit]
        if descriptor.source_record.attribution:
            notes.append(("source", {"en": f"{NOTE_LABELS['source']['en']}: {descriptor.source_record.attribution}"}))
        for number, (field, text) in enumerate(notes, 1):
            self.note(root, number, base, field, text)
        if modified:
            for node in (root, specification):
                graph.add((node, DCTERMS.modified, Literal(modified, datatype=XSD.dateTime, normalize=False)))
        self._specification(descriptor, specification, base, programme, provider)

    def _credit(self, system: str, value: object) -> dict[str, str]:
        labels = credit_systems()[system].labels
        return {tag: f"{NOTE_LABELS['credit'][tag]}: {value} {labels[tag]}" for tag in ("en", "ja")}

    def _specification(
        self, descriptor: Descriptor, node: URIRef, base: str, programme: URIRef, provider: URIRef | None
    ) -> None:
        graph = self.graph
        graph.add((node, RDF.type, ELM.LearningAchievementSpecification))
        self.identifier(node, f"{node}-identifier", "Kakehashi", f"{descriptor.id}/specification")
        others = [item for item in descriptor.identifiers if item.value != descriptor.id]
        for number, item in enumerate(others, 1):
            self.identifier(node, f"{node}-identifier-{number}", item.scheme, item.value)
        self.texts(node, DCTERMS.title, descriptor.title)
        graph.add((node, ELM.category, Literal("Micro-credential", lang="en")))
        graph.add((node, DCTERMS.type, programme))
        for studied in descriptor.field:
            graph.add((node, ELM.ISCEDFCode, self.concept("isced-f", studied.code or "")))
        if descriptor.volume and descriptor.volume.total_hours is not None:
            hours = Literal(f"PT{descriptor.volume.total_hours}H", datatype=XSD.duration, normalize=False)
            graph.add((node, ELM.volumeOfLearning, hours))
        for level in descriptor.level:
            scheme = f"level/{level.scheme}"
            own = self.own_concept(base, scheme, level.value, f"{level.scheme} {level.value}")
            graph.add((node, ELM.educationLevel, own))
        for tag in descriptor.language_of_instruction:
            graph.add((node, DCTERMS.language, self.concept("language", languages()[tag])))
        for number, outcome in enumerate(descriptor.learning_outcomes, 1):
            learnt = URIRef(f"{node}-outcome-{number}")
            graph.add((node, ELM.learningOutcome, learnt))
            graph.add((learnt, RDF.type, ELM.LearningOutcome))
            self.texts(learnt, DCTERMS.title, outcome.text)
            if kind := official().get(("OutcomeCategory", outcome.category or "")):
                graph.add((learnt, DCTERMS.type, self.concept(*kind)))
        for number, assessment in enumerate(descriptor.assessment, 1):
            proof = URIRef(f"{node}-assessment-{number}")
            graph.add((node, ELM.provenBy, proof))
            graph.add((proof, RDF.type, ELM.LearningAssessmentSpecification))
            label = codelist("AssessmentType")
            self.texts(proof, DCTERMS.title, {tag: label.label(assessment.type or "", tag) for tag in ("en", "ja")})
            if kind := official().get(("AssessmentType", assessment.type or "")):
                graph.add((proof, DCTERMS.type, self.concept(*kind)))
        if provider is not None:
            awarding = URIRef(f"{node}-awarding")
            graph.add((node, ELM.awardingOpportunity, awarding))
            graph.add((awarding, RDF.type, ELM.AwardingOpportunity))
            graph.add((awarding, ELM.awardingBody, provider))
            graph.add((awarding, ELM.learningAchievementSpecification, node))


def elm_graph(descriptors: Iterable[Descriptor]) -> Graph:
    """Return the graph of descriptors."""
    made = ElmGraph()
    for descriptor in descriptors:
        made.opportunity(descriptor)
    return made.graph
