"""Descriptor → LOQ XML with `lxml.etree.xmlfile`: elements made one by one, a pass over the records per section."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

from lxml import etree

from benchmarks.naive.elm import NOTE_LABELS, countries, days, languages, official, organisation_iri
from config.codelists import codelist
from config.frameworks import credit_systems
from crosswalks.descriptor.model import Descriptor, Organisation
from crosswalks.elm.profile import vocabulary

LOQ = "http://data.europa.eu/snb/model/ap/loq-constraints/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DC = "http://purl.org/dc/terms/"
_PREFIXES = {
    None: LOQ, "clv": "http://data.europa.eu/m8g/", "dc": DC, "locn": "http://www.w3.org/ns/locn#", "skos": SKOS,
}  # fmt: skip
Element = Any


def element(parent: Element | None, name: str, text: str | None = None, **attributes: str) -> Element:
    """Make an element in the LOQ namespace, below a parent if there is one."""
    tag = name if name.startswith("{") else f"{{{LOQ}}}{name}"
    if parent is None:
        made = etree.Element(tag, attributes, nsmap=_PREFIXES)
    else:
        made = etree.SubElement(parent, tag, attributes)
    made.text = text
    return made


def texts(parent: Element, name: str, text: dict[str, str]) -> None:
    """Add a text, one element per language."""
    for tag, words in text.items():
        element(parent, name, words, language=tag)


def own_concept(parent: Element, name: str, base: str, scheme: str, code: str, label: str) -> None:
    """Add a concept of a list of ours, spelled out."""
    made = element(parent, name, uri=f"{base}/vocab/{scheme}/{quote(code, safe='-._~')}")
    element(made, f"{{{SKOS}}}prefLabel", label, language="en")
    element(made, f"{{{SKOS}}}notation", code)
    element(made, f"{{{SKOS}}}inScheme", f"{base}/vocab/{scheme}")


class Document:
    """What has been said already: a notation may stand once in a document."""

    def __init__(self) -> None:
        self.notations: set[str] = set()

    def identifier(self, parent: Element, scheme: str, value: str) -> None:
        """Add an identifier that was not given before."""
        if value in self.notations:
            return
        self.notations.add(value)
        made = element(parent, "identifier")
        element(made, f"{{{SKOS}}}notation", value)
        element(made, "schemeName", scheme)

    def opportunity(self, descriptor: Descriptor) -> Element:
        """Return the learning opportunity."""
        base = descriptor.id.partition("/id/mc/")[0]
        root = element(None, "learningOpportunity", id=descriptor.id)
        self.identifier(root, "Kakehashi", descriptor.id)
        texts(root, "title", descriptor.title)
        texts(root, "description", descriptor.description or {})
        element(root, "type", uri=vocabulary("learning-opportunity").iri("74a4a268e8"))
        for credit in descriptor.credit:
            labels = credit_systems()[credit.system].labels
            for tag in ("en", "ja"):
                note = element(root, "additionalNote")
                own_concept(note, f"{{{DC}}}subject", base, "note", "credit", NOTE_LABELS["credit"]["en"])
                words = f"{NOTE_LABELS['credit'][tag]}: {credit.value} {labels[tag]}"
                element(note, "noteLiteral", words, language=tag)
        element(element(root, "homepage"), "contentUrl", descriptor.landing_page)
        for offer in descriptor.offer[:1]:
            element(element(root, "temporal"), "startDate", f"{offer.starts}T00:00:00+09:00")
        if descriptor.volume and descriptor.volume.duration:
            element(root, "duration", days(descriptor.volume.duration))
        self.modes(root, descriptor)
        if descriptor.issuer:
            element(root, "providedBy", idref=organisation_iri(base, descriptor.issuer))
        element(root, "learningAchievementSpecification", idref=f"{descriptor.id}/specification")
        element(root, "defaultLanguage", uri=vocabulary("language").iri("JPN"))
        return root

    def modes(self, parent: Element, descriptor: Descriptor) -> None:
        """Add the modes of delivery."""
        for method in descriptor.teaching_method:
            name, code = official()["DeliveryMode", method.mode or ""]
            element(parent, "mode", uri=vocabulary(name).iri(code))

    def specification(self, descriptor: Descriptor) -> Element:
        """Return the learning achievement specification."""
        base, iri = descriptor.id.partition("/id/mc/")[0], f"{descriptor.id}/specification"
        root = element(None, "learningAchievementSpecification", id=iri)
        self.identifier(root, "Kakehashi", iri)
        for item in descriptor.identifiers:
            self.identifier(root, item.scheme, item.value)
        texts(root, "title", descriptor.title)
        element(root, "category", "Micro-credential", language="en")
        programme = vocabulary("learning-opportunity")
        kind = element(root, "type", uri=programme.iri("74a4a268e8"))
        element(kind, f"{{{SKOS}}}prefLabel", programme.labels["74a4a268e8"], language="en")
        element(kind, f"{{{SKOS}}}inScheme", programme.scheme)
        for field in descriptor.field:
            element(root, "ISCEDFCode", uri=vocabulary("isced-f").iri(field.code or ""))
        if descriptor.volume and descriptor.volume.total_hours is not None:
            element(root, "volumeOfLearning", f"PT{descriptor.volume.total_hours}H")
        for level in descriptor.level:
            label = f"{level.scheme} {level.value}"
            own_concept(root, "educationLevel", base, f"level/{level.scheme}", level.value, label)
        for tag in descriptor.language_of_instruction:
            element(root, "language", uri=vocabulary("language").iri(languages()[tag]))
        self.modes(root, descriptor)
        for number in range(1, len(descriptor.learning_outcomes) + 1):
            element(root, "learningOutcome", idref=f"{iri}/outcome/{number}")
        for number in range(1, len(descriptor.assessment) + 1):
            element(root, "provenBy", idref=f"{iri}/assessment/{number}")
        if descriptor.issuer:
            awarding = element(root, "awardingOpportunity")
            element(awarding, "awardingBody", idref=organisation_iri(base, descriptor.issuer))
            element(awarding, "learningAchievementSpecification", idref=iri)
        return root


def outcomes_of(descriptor: Descriptor) -> list[Element]:
    """Return the learning outcomes."""
    made = []
    for number, outcome in enumerate(descriptor.learning_outcomes, 1):
        root = element(None, "learningOutcome", id=f"{descriptor.id}/specification/outcome/{number}")
        texts(root, "title", outcome.text)
        if kind := official().get(("OutcomeCategory", outcome.category or "")):
            element(root, "type", uri=vocabulary(kind[0]).iri(kind[1]))
        made.append(root)
    return made


def assessments_of(descriptor: Descriptor) -> list[Element]:
    """Return the assessments."""
    made = []
    labels = codelist("AssessmentType")
    for number, assessment in enumerate(descriptor.assessment, 1):
        iri = f"{descriptor.id}/specification/assessment/{number}"
        root = element(None, "learningAssessmentSpecification", id=iri)
        texts(root, "title", {tag: labels.label(assessment.type or "", tag) for tag in ("en", "ja")})
        if kind := official().get(("AssessmentType", assessment.type or "")):
            element(root, "type", uri=vocabulary(kind[0]).iri(kind[1]))
        made.append(root)
    return made


def organisation(iri: str, known: Organisation) -> Element:
    """Return an organisation."""
    root = element(None, "organisation", id=iri)
    texts(root, "legalName", known.name)
    if known.url:
        element(element(root, "homepage"), "contentUrl", known.url)
    element(root, "location", idref=f"{iri}/location")
    return root


def location(iri: str, known: Organisation) -> Element:
    """Return the location of an organisation."""
    root = element(None, "location", id=f"{iri}/location")
    country = vocabulary("country").iri(countries()[known.country or ""])
    element(element(root, "address"), "countryCode", uri=country)
    return root


def loq_xml(descriptors: Sequence[Descriptor]) -> bytes:
    """Return descriptors as one LOQ XML document."""
    out, document = BytesIO(), Document()
    issuers = {
        organisation_iri(one.id.partition("/id/mc/")[0], one.issuer): one.issuer for one in descriptors if one.issuer
    }
    with etree.xmlfile(out, encoding="UTF-8") as file:
        file.write_declaration()
        with file.element(f"{{{LOQ}}}Courses", {"xsdVersion": "3.1.0"}, nsmap=_PREFIXES):
            with file.element(f"{{{LOQ}}}learningOpportunityReferences"):
                for one in descriptors:
                    file.write(document.opportunity(one))
            with file.element(f"{{{LOQ}}}learningAchievementSpecificationReferences"):
                for one in descriptors:
                    file.write(document.specification(one))
            with file.element(f"{{{LOQ}}}learningOutcomeReferences"):
                for one in descriptors:
                    for made in outcomes_of(one):
                        file.write(made)
            with file.element(f"{{{LOQ}}}learningAssessmentSpecificationReferences"):
                for one in descriptors:
                    for made in assessments_of(one):
                        file.write(made)
            with file.element(f"{{{LOQ}}}agentReferences"):
                for iri, known in issuers.items():
                    file.write(organisation(iri, known))
            with file.element(f"{{{LOQ}}}locationReferences"):
                for iri, known in issuers.items():
                    file.write(location(iri, known))
    return out.getvalue()
