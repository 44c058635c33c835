"""The stand-in's records as LOQ XML, as publishers hand it in."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from connectors.europass.standin_courses import ECTS, LEARNING_TYPES, NON_FORMAL, Record, records

_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Courses xmlns="http://data.europa.eu/snb/model/ap/loq-constraints/" '
    'xmlns:dc="http://purl.org/dc/terms/" xmlns:foaf="http://xmlns.com/foaf/0.1/" '
    'xmlns:rov="http://www.w3.org/ns/regorg#" xmlns:skos="http://www.w3.org/2004/02/skos/core#" xsdVersion="3.1.0">\n'
)


@lru_cache(maxsize=4)
def document(listings: int) -> bytes:
    """Return all records in one document."""
    made = records(listings)
    bodies = {record.organisation: record for record in made}
    sections = (
        ("learningOpportunityReferences", [_opportunity(record) for record in made if not record.qualification]),
        ("learningAchievementSpecificationReferences", [_specification(record) for record in made]),
        ("learningOutcomeReferences", [_outcome(record) for record in made]),
        ("agentReferences", [_body(iri, record) for iri, record in sorted(bodies.items())]),
    )
    content = "".join(f"<{name}>\n{''.join(parts)}</{name}>\n" for name, parts in sections)
    return f"{_HEAD}{content}</Courses>\n".encode()


def _opportunity(record: Record) -> str:
    status = f"<status>{record.status}</status>" if record.status else ""
    level = f"<EQFLevel uri='http://data.europa.eu/snb/eqf/{record.eqf_elsewhere}'/>" if record.eqf_elsewhere else ""
    return (
        f"<learningOpportunity id='{record.iri}'>{_title(record)}<dc:type uri='{LEARNING_TYPES}{record.kind}'/>"
        f"<foaf:homepage><contentUrl>https://college.example/courses/{record.number}</contentUrl></foaf:homepage>"
        f"<providedBy idref='{record.organisation}'/>"
        f"<learningAchievementSpecification idref='{record.specification}'/>{level}"
        f"<defaultLanguage uri='{_AUTHORITY}language/{record.country.language}'/>{status}</learningOpportunity>\n"
    )


def _specification(record: Record) -> str:
    name = record.specification_class[:1].lower() + record.specification_class[1:]
    category = "".join(
        f"<category language='{record.country.tag}'>{escape(text)}</category>" for text in record.categories
    )
    kind = f"<dc:type uri='{LEARNING_TYPES}{record.kind}'/>" if record.qualification else ""
    hours = f"<volumeOfLearning>PT{record.hours}H</volumeOfLearning>" if record.hours else ""
    points = (
        f"<creditPoint><framework uri='{ECTS}'/><point>{record.credit}</point></creditPoint>" if record.credit else ""
    )
    setting = f"<learningSetting uri='{NON_FORMAL}'/>" if record.shape == 9 else ""
    level = f"<EQFLevel uri='http://data.europa.eu/snb/eqf/{record.eqf}'/>" if name == "qualification" else ""
    status = f"<status>{record.status}</status>" if record.qualification else ""
    return (
        f"<{name} id='{record.specification}'>{_title(record)}{category}{kind}"
        f"<ISCEDFCode uri='http://data.europa.eu/snb/isced-f/{record.isced}'/>{hours}{points}"
        f"<dc:language uri='{_AUTHORITY}language/{record.country.language}'/>{setting}"
        f"<learningOutcome idref='{record.specification}/outcome/1'/>"
        f"<awardingOpportunity><awardingBody idref='{record.organisation}'/>"
        f"<learningAchievementSpecification idref='{record.specification}'/></awardingOpportunity>"
        f"{level}{status}</{name}>\n"
    )


def _outcome(record: Record) -> str:
    text = escape(f"can do part 1 of {record.title}")
    return (
        f"<learningOutcome id='{record.specification}/outcome/1'>"
        f"<dc:title language='{record.country.tag}'>{text}</dc:title></learningOutcome>\n"
    )


def _body(iri: str, record: Record) -> str:
    country = f"{_AUTHORITY}country/{record.country.code.upper()}"
    return (
        f"<organisation id='{iri}'>"
        f"<rov:legalName language='{record.country.tag}'>{escape(record.provider_name)}</rov:legalName>"
        f"<location><address><countryCode uri='{country}'/></address></location>"
        "<contactPoint><dc:description language='en'>Ask for Nobody Madeup</dc:description>"
        "<emailAddress id='mailto:nobody.madeup@college.example'/></contactPoint></organisation>\n"
    )


def _title(record: Record) -> str:
    return f"<dc:title language='{record.country.tag}'>{escape(record.title)}</dc:title>"
