"""A stand-in for an OAI-PMH endpoint: made-up descriptors in pages, and in one variant the word that some are gone."""

from __future__ import annotations

from functools import lru_cache
from xml.sax.saxutils import escape

from connectors.contract import Answer, Question, StandIn
from connectors.faults import COMMON, common
from connectors.jmicro.standin_made import made
from crosswalks.descriptor.serialise import from_dict
from crosswalks.descriptor.xml import to_xml

ENTRY = "oai"
BASE = "https://registry.example"
_PAGE = 25
_GONE_EVERY = 5
_NEXT = "page-"
_KIND = "text/xml; charset=utf-8"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-11-21T00:00:00Z</responseDate>"
)


def name(number: int) -> str:
    """Return the last step of the identifier of a made-up record."""
    return f"contoh-{number:06d}"


@lru_cache(maxsize=4096)
def record(number: int, *, deleted: bool) -> str:
    """Return one record as it stands in a list."""
    head = f"<identifier>oai:registry.example:{name(number)}</identifier><datestamp>2026-11-20T00:00:00Z</datestamp>"
    if deleted:
        return f'<record><header status="deleted">{head}</header></record>'
    source = {"registry": "example", "source_id": name(number), "rights": "reuse_with_attribution",
              "attribution": "Example registry (made up)"}  # fmt: skip
    content = made(number) | {"id": f"{BASE}/id/mc/{name(number)}", "source_record": source}
    metadata = to_xml(from_dict(content)).decode()
    return f"<record><header>{head}</header><metadata>{metadata}</metadata></record>"


def answer(question: Question, listings: int) -> Answer | None:
    """Answer as an endpoint does; None for an address it does not have."""
    if question.path != ENTRY or question.query.get("verb") != "ListRecords":
        return None
    variant, token = question.variant, question.query.get("resumptionToken", "")
    if token and variant == "bad-token":
        return _error("badResumptionToken", "this token has expired")
    if variant == "nothing":
        return _error("noRecordsMatch", "there is nothing")
    start = int(token.removeprefix(_NEXT)) if token.removeprefix(_NEXT).isdigit() else 0
    healthy = _page(start, listings, variant)
    return common(variant, healthy) or healthy


def _page(start: int, listings: int, variant: str) -> Answer:
    numbers = range(start, min(start + _PAGE, listings))
    gone = variant == "withdrawn"
    rows = [record(number, deleted=gone and number % _GONE_EVERY == 0) for number in numbers]
    following = start + _PAGE
    told = ""
    if variant == "circle":
        told = f"<resumptionToken>{_NEXT}0</resumptionToken>"
    elif following < listings or start:
        size = listings + (1 if variant == "short" else 0)
        after = f"{_NEXT}{following}" if following < listings else ""
        told = f'<resumptionToken completeListSize="{size}" cursor="{start}">{after}</resumptionToken>'
    if variant == "one-bad" and not start:
        rows[1] = rows[1].replace("<title>", "<no_title>").replace("</title>", "</no_title>")
    body = f"{_HEAD}<request>x</request><ListRecords>{''.join(rows)}{told}</ListRecords></OAI-PMH>\n"
    return Answer(body.encode(), media_type=_KIND)


def _error(code: str, text: str) -> Answer:
    body = f'{_HEAD}<request>x</request><error code="{code}">{escape(text)}</error></OAI-PMH>\n'
    return Answer(body.encode(), media_type=_KIND)


standin = StandIn(
    answer=answer,
    entry=ENTRY,
    listings=60,
    variants={
        **COMMON,
        "full": "a healthy list in pages",
        "withdrawn": "the same list later: every fifth record is deleted",
        "one-bad": "one record without its title",
        "short": "a list that states one record more than it gives",
        "circle": "a token that leads back to the same page",
        "bad-token": "a token that has expired in the middle",
        "nothing": "an endpoint without records",
    },
)
