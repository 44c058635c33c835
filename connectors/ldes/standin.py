"""A stand-in for an event stream: made-up descriptors as members, in pages below a root, and how the stream goes on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from connectors.contract import Answer, Question, StandIn
from connectors.faults import COMMON, common
from connectors.jmicro.standin_made import made
from crosswalks.descriptor.rdf import VERSION_OF, triples
from crosswalks.descriptor.rdf_values import node_id
from crosswalks.descriptor.serialise import from_dict

ENTRY = "ldes"
BASE = "https://registry.example"
_PAGE = 25
_EVERY = 5
_KIND = "text/turtle; charset=utf-8"
_TREE = "https://w3id.org/tree#"
_AS = "https://www.w3.org/ns/activitystreams#"
_XSD = "http://www.w3.org/2001/XMLSchema#"


class Event(NamedTuple):
    """One row of the made-up log."""

    number: int
    op: str
    title: str | None = None


def iri(number: int) -> str:
    """Return the identifier of a made-up record."""
    return f"{BASE}/id/mc/contoh-{number:06d}"


def events(variant: str, listings: int) -> list[Event]:
    """Return the log: every record once, and in a later variant changes and withdrawals behind them."""
    log = [Event(number, "Create") for number in range(listings)]
    if variant == "later":
        log += [Event(number, "Update", f"Contoh {number} (revised)") for number in range(1, listings, _EVERY)]
        log += [Event(number, "Delete") for number in range(0, listings, _EVERY)]
        log += [Event(0, "Create")]
    return log


def answer(question: Question, listings: int) -> Answer | None:
    """Answer as a stream does; None for an address it does not have."""
    log = events(question.variant, listings)
    pages = -(-len(log) // _PAGE)
    if question.path == ENTRY:
        lines = [f"<{ENTRY}> a <https://w3id.org/ldes#EventStream> ; <{_TREE}view> <{ENTRY}/pages> ."]
    elif question.path == f"{ENTRY}/pages":
        lines = [f"<pages> a <{_TREE}Node> ."]
        lines += [f"<pages> <{_TREE}relation> [ <{_TREE}node> <pages/{number}> ] ." for number in range(pages)]
        lines += [f"<../{ENTRY}> <{_TREE}view> <pages> ."]
    else:
        number = question.path.removeprefix(f"{ENTRY}/pages/")
        if not number.isdigit() or int(number) >= pages:
            return None
        lines = list(_members(log, int(number), question.variant))
    healthy = Answer("\n".join(lines).encode() + b"\n", media_type=_KIND)
    return common(question.variant, healthy) or healthy


def _members(log: list[Event], page: int, variant: str) -> Iterator[str]:
    for position in range(page * _PAGE, min((page + 1) * _PAGE, len(log))):
        event = log[position]
        name = f"{BASE}/versions/contoh-{event.number:06d}/{position + 1}"
        yield f"<../../{ENTRY}> <{_TREE}member> <{name}> ."
        yield f"<{name}> a <{_AS}{event.op}> ; <{VERSION_OF}> <{node_id(iri(event.number))}> ."
        if not (variant == "no-position" and position == 3):
            yield f'<{name}> <https://schema.org/position> "{position + 1}"^^<{_XSD}integer> .'
        if event.op != "Delete":
            yield _descriptor(event, name)


@lru_cache(maxsize=4096)
def _descriptor(event: Event, name: str) -> str:
    source = {"registry": "example", "source_id": f"contoh-{event.number:06d}", "rights": "reuse_with_attribution",
              "attribution": "Example registry (made up)"}  # fmt: skip
    content = made(event.number) | {"id": iri(event.number), "source_record": source}
    if event.title:
        content["title"] = {"en": event.title}
    return "\n".join(f"{' '.join(one)} ." for one in triples(from_dict(content), name))


standin = StandIn(
    answer=answer,
    entry=ENTRY,
    listings=60,
    variants={
        **COMMON,
        "full": "a healthy stream in pages",
        "later": "the same stream later: records changed, withdrawn, and one withdrawn and listed again",
        "no-position": "a member that does not say where in the order it stands",
    },
)
