"""The stand-in's records as search and detail show them: labels for codes, texts in three forms, lists of one."""

from __future__ import annotations

from typing import Any

import orjson

from connectors.contract import Answer, Question
from connectors.europass.standin_courses import LABELS, LEARNING_TYPES, NON_FORMAL, SHORT, Record

_OVERLAP = 2
_LANGUAGES = {"ENG": "English", "MLT": "Maltese", "FIN": "Finnish", "DEU": "German"}
_NAMES = {"irl": "Ireland", "mlt": "Malta", "fin": "Finland", "deu": "Germany"}


def search(question: Question, made: tuple[Record, ...]) -> Answer:
    """Answer a search: pages overlap, as when the order shifts while one goes through them."""
    wanted = question.query.get("type") == "qualification"
    country = question.query.get("location", "").rpartition("/")[2].lower()
    hits = [record for record in made if record.qualification == wanted and record.status != "not published anymore"
            and (not country or record.country.code == country)]  # fmt: skip
    size, start = int(question.query.get("size") or 10), int(question.query.get("from") or 0)
    first = max(start - _OVERLAP, 0) if start < len(hits) else start
    courses = [{"uri": record.iri, "title": record.title} for record in hits[first : start + size]]
    paging = {"currentPageNumber": start // size + 1, "totalPageCount": -(-len(hits) // size)}
    return _json({"courses": courses, "paginationInfos": paging})


def detail(question: Question, made: tuple[Record, ...]) -> Answer | None:
    """Answer with one record, or None when there is none of that name."""
    uri = question.query.get("uri", "")
    record = next((record for record in made if record.iri == uri), None)
    return _json(_detail(record)) if record is not None else None


def _json(content: Any) -> Answer:
    return Answer(orjson.dumps(content), media_type="application/json")


def _detail(record: Record) -> dict[str, Any]:
    specification = _specification(record)
    where = [{"address": [{"countryCode": {"prefLabel": _NAMES[record.country.code]}}]}]
    contact = {"emailAddress": "nobody.madeup@college.example", "description": "Ask for Nobody Madeup"}
    body = {"legalName": record.provider_name, "location": where, "contactPoint": [contact]}
    common = {"uri": record.iri, "publisher": body, "homepage": [f"https://college.example/courses/{record.number}"]}
    if record.qualification:
        return {**common, **specification, "awardingOpportunity": [{"awardingBody": [body]}]}
    return {
        **common,
        "title": record.title,
        "description": {record.country.tag: f"<p>About {record.title}</p>"},
        "dcType": [_type(record)],
        "providedBy": [body],
        "entryRequirement": {"noteLiteral": ["none"]},
        "learningAchievementSpecification": [specification] if record.number % 2 else specification,
        **({"EQFLevel": {"prefLabel": f"Level {record.eqf_elsewhere}"}} if record.eqf_elsewhere else {}),
        **({"status": record.status} if record.status else {}),
    }


def _type(record: Record) -> dict[str, str]:
    if record.kind == SHORT and record.shape == 7:
        return {"prefLabel": LABELS[record.kind]}
    return {"uri": LEARNING_TYPES + record.kind, "prefLabel": LABELS[record.kind]}


def _specification(record: Record) -> dict[str, Any]:
    summary = f"What {record.number} is about."
    forms: tuple[Any, ...] = (summary, [summary], {"en": [summary]})
    found: dict[str, Any] = {
        "title": {record.country.tag: record.title},
        "EQFLevel": {"prefLabel": f"Level {record.eqf}"},
        "ISCEDFCode": [{"uri": f"http://data.europa.eu/snb/isced-f/{record.isced}"}],
        "language": [{"prefLabel": _LANGUAGES[record.country.language]}],
        "learningOutcomeSummary": {"noteLiteral": forms[record.number % 3]},
        "learningOutcome": [
            {"title": f"can do part {number} of {record.title}", "additionalNote": [{"noteLiteral": "in class"}]}
            for number in (1, 2)
        ],
    }
    if record.qualification:
        found["dcType"] = _type(record)
    if record.credit:
        found["creditPoint"] = {"framework": {"prefLabel": "ECTS"}, "point": record.credit}
    if record.hours:
        found["volumeOfLearning"] = f"PT{record.hours}H"
    if record.shape == 9:
        found["learningSetting"] = {"uri": NON_FORMAL, "prefLabel": "Non-formal learning"}
    if record.categories:
        found["category"] = list(record.categories)
    return found
