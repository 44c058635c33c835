"""The stand-in's records as dumps in Turtle, in three generations of the ELM namespace."""

from __future__ import annotations

from functools import lru_cache

from connectors.europass.standin_courses import (
    COUNTRIES,
    ECTS,
    LABELS,
    LEARNING_TYPES,
    MALTA_5,
    NON_FORMAL,
    Change,
    Country,
    Record,
    of_country,
    records,
)

_PREFIXES = """@prefix dct: <http://purl.org/dc/terms/> .
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix rov: <http://www.w3.org/ns/regorg#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_EQF = "http://data.europa.eu/snb/eqf/"


def prefixes(country: Country) -> str:
    """Return the beginning of a file of one country."""
    return f"@prefix elm: <{country.terms}> .\n{_PREFIXES}"


@lru_cache(maxsize=16)
def dump(code: str, listings: int, change: Change = "") -> bytes:
    """Return the whole dump of a country."""
    country, mine = _of(code, listings, change)
    return "".join(
        [prefixes(country), *organisations(mine), *map(specification, mine), *map(opportunity, mine)]
    ).encode()


@lru_cache(maxsize=16)
def parts(code: str, listings: int) -> tuple[bytes, ...]:
    """Return the dump of a country in three parts that refer to each other."""
    country, mine = _of(code, listings, "")
    pieces = (map(opportunity, mine), map(specification, mine), organisations(mine))
    return tuple("".join([prefixes(country), *piece]).encode() for piece in pieces)


def _of(code: str, listings: int, change: Change) -> tuple[Country, list[Record]]:
    country = next(one for one in COUNTRIES if one.code == code)
    return country, of_country(records(listings, change), country)


def organisations(mine: list[Record]) -> list[str]:
    """Return the providers of records, each with a contact that must not be kept."""
    by_name = {record.organisation: record for record in mine}
    return [_organisation(iri, record) for iri, record in sorted(by_name.items())]


def _organisation(iri: str, record: Record) -> str:
    country = record.country
    place = f"{_AUTHORITY}country/{country.code.upper()}"
    return f"""<{iri}> a elm:Organisation ;
  rov:legalName "{record.provider_name}"@{country.tag} ;
  elm:location [ a dct:Location ; elm:address [ a elm:Address ; elm:countryCode <{place}> ;
    elm:fullAddress [ a elm:Note ; elm:noteLiteral "{record.provider} Example Street, Nowhere"@{country.tag} ] ] ] ;
  elm:contactPoint [ a elm:ContactPoint ; dct:description "Ask for Nobody Madeup"@en ;
    elm:emailAddress <mailto:nobody.madeup{record.provider}@college.example> ;
    elm:phone [ a elm:Phone ; elm:phoneNumber "+00 555 0100" ] ] .
<{place}> a skos:Concept ; skos:prefLabel "{country.code.upper()} (label of the dump)"@en .
"""


def specification(record: Record) -> str:
    """Return what is learned: a specification, or a qualification that stands alone."""
    tag, shape, body = record.country.tag, record.shape, record.organisation
    language = '"English"' if shape == 7 else f"<{_AUTHORITY}language/{record.country.language}>"
    lines = [
        f"<{record.specification}> a elm:{record.specification_class}",
        *_titles(record),
        f"elm:ISCEDFCode <http://data.europa.eu/snb/isced-f/{record.isced}>",
        f"elm:awardingOpportunity [ a elm:AwardingOpportunity ; elm:awardingBody <{body}> ; {_offers(record)} ]",
        f"dct:language {language}",
        f'elm:learningOutcomeSummary [ a elm:Note ; elm:noteLiteral "What {record.number} is about."@en ]',
        *_sizes(record),
        *(f'elm:category "{category}"@{tag}' for category in record.categories),
    ]
    if record.qualification:
        lines += [f'elm:status "{record.status}"', f"dct:type <{LEARNING_TYPES}{record.kind}>"]
    if shape == 7:
        lines.append(f'elm:EQFLevel "Level {record.eqf}"')
    elif shape in {0, 1, 3, 4, 8, 10}:
        lines.append(f"elm:EQFLevel <{_EQF}{record.eqf}>")
    if shape == 9:
        lines += [f"elm:learningSetting <{NON_FORMAL}>", f"elm:NQFLevel <{MALTA_5}>"]
    said = [f'a elm:LearningOutcome ; dct:title "can do part {n} of {record.title}"@{tag}' for n in (1, 2)]
    if shape in {2, 7}:
        return _statement([*lines, *(f"elm:learningOutcome [ {outcome} ]" for outcome in said)])
    named = [f"<{record.specification}/outcome/{number}>" for number in (1, 2)]
    outcomes = (_statement([f"{name} {outcome}"]) for name, outcome in zip(named, said, strict=True))
    return _statement([*lines, *(f"elm:learningOutcome {name}" for name in named)]) + "".join(outcomes)


def opportunity(record: Record) -> str:
    """Return the offer of a record; nothing for a qualification that no opportunity offers."""
    if record.qualification:
        return ""
    tag, shape = record.country.tag, record.shape
    text = f"About {record.title}."
    if shape == 6:
        text = f"<p>About <b>{record.title}</b> &amp; more</p><script>alert(1)</script>"
    lines = [
        f"<{record.iri}> a elm:LearningOpportunity",
        *_titles(record),
        _homepage(record),
        _offers(record),
        f"elm:providedBy <{record.organisation}>",
        f"elm:defaultLanguage <{_AUTHORITY}language/{record.country.language}>",
        f'dct:type "{LABELS[record.kind]}"' if shape == 7 else f"dct:type <{LEARNING_TYPES}{record.kind}>",
        f'dct:description "{text}"@{tag}',
    ]
    if record.status:
        lines.append(f'elm:status "{record.status}"')
    if record.eqf_elsewhere:
        lines.append(f"elm:EQFLevel <{_EQF}{record.eqf_elsewhere}>")
    if shape in {0, 10}:
        starts = f'elm:startDate "2026-{9 if shape == 0 else 2:02}-01T00:00:00+01:00"^^xsd:dateTime'
        lines.append(f"dct:temporal [ a dct:PeriodOfTime ; {starts} ]")
    return _statement(lines)


def _statement(lines: list[str]) -> str:
    return " ;\n  ".join(lines) + " .\n"


def _offers(record: Record) -> str:
    return f"elm:learningAchievementSpecification <{record.specification}>"


def _titles(record: Record) -> list[str]:
    country = record.country
    found = [f'dct:title "{record.title}"@{country.tag}']
    if record.shape in {0, 3, 8, 10} and country.translated != country.tag:
        found.append(f'dct:title "{record.title} [{country.translated}]"@{country.translated}')
    return found


def _sizes(record: Record) -> list[str]:
    found = []
    if record.credit:
        framework = f"elm:framework <{ECTS}> ; " if record.shape != 2 else ""
        found.append(f'elm:creditPoint [ a elm:CreditPoint ; {framework}elm:point "{record.credit}" ]')
    if record.hours:
        found.append(f'elm:volumeOfLearning "PT{record.hours}H"^^xsd:duration')
    return found


def _homepage(record: Record) -> str:
    if record.shape == 7:
        return 'foaf:homepage "www dot college"'
    page = f"https://college.example/courses/{record.number}"
    if record.shape == 2:
        return f'foaf:homepage [ a elm:WebResource ; elm:contentUrl "{page}"^^xsd:anyURI ]'
    return f"foaf:homepage <{page}>"
