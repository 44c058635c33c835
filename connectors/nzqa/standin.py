"""A stand-in for NZQA's register: provider lists and pages, lists of what each offers, records' own pages.

Everything in it is made up and says so: bodies are called Example or Tauira (te reo Māori for "example"), and
their organisation numbers begin with zeros. The pages of records have not been seen, so their labels follow
the fields of the listing rules, in each of four layouts.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import NamedTuple

from connectors.contract import Answer, Question, StandIn
from connectors.faults import COMMON, common

_SUBJECTS = (
    "Beekeeping", "Coastal Restoration", "Data Stewardship", "Dairy Shed Hygiene", "Digital Accessibility",
    "Forest Fire Watch", "Kaumātua Care", "Toi Māori", "Tikanga in the Workplace", "Solar Installation",
    "Small Boat Safety", "Community Interpreting", "Wool Grading", "Earthquake Preparedness", "Cycle Repair",
)  # fmt: skip
_ASPECTS = ("Foundations of", "Applied", "Leading", "Introduction to", "Practice in", "Tools for")
_FIELDS = (
    "020103",
    "0201 Computer Science",
    "09 Society and Culture",
    "080301",
    "05",
    "0603",
    "050301",
    "10",
)
_ORGANISATIONS = (
    ("UNI", "Example University of the Pacific (made up)"),
    ("POLLY", "Example Polytechnic of Two Towns"),
    ("WANA", "Te Wānanga Tauira o Example"),
    ("PTE", "Example Skills Academy"),
    ("PTE", "Tauira Training Example Limited"),
    ("POLLY", "Example Institute of Technology"),
)
_TOWNS = ("Exampleton", "Tauira Bay", "Port Example", "Upper Tauira")
_OTHER_DEVELOPERS = ("Example Industry Council (made up)", "Tauira Workforce Body (made up)")
_ITEMS = ("explain the main ideas of {}", "carry out a simple task in {}", "work with others on {}")


class Record(NamedTuple):
    """One record of the register, as a healthy page states it. `providers` are numbers of organisations."""

    number: str
    title: str
    status: str
    type: str
    level: str
    credits: str
    nzsced: str
    subject: str
    developer: str
    providers: tuple[int, ...]
    language: str = ""


def organisations(listings: int) -> int:
    """Return how many providers the stand-in has at a scale."""
    return max(len(_ORGANISATIONS), listings // 40)


def organisation(number: int) -> tuple[str, str]:
    """Return kind and name of a provider."""
    kind, name = _ORGANISATIONS[number % len(_ORGANISATIONS)]
    return kind, name if number < len(_ORGANISATIONS) else f"{name} {number}"


def sites(number: int) -> tuple[tuple[str, str], ...]:
    """Return id and town of each site: the second provider has two ids, the third one id in two towns."""
    towns = _TOWNS[number % 4], _TOWNS[(number + 1) % 4]
    first = f"{number + 1:04d}00001"
    if number % 6 == 1:
        return (first, towns[0]), (f"{number + 1:04d}00002", towns[1])
    return ((first, towns[0]), (first, towns[1])) if number % 6 == 2 else ((first, towns[0]),)


@lru_cache(maxsize=8)
def records(listings: int) -> tuple[Record, ...]:
    """Return the micro-credentials of a healthy register."""
    chance = random.Random(20220801)  # noqa: S311
    bodies = organisations(listings)
    made = []
    for index in range(listings):
        subject, aspect = chance.choice(_SUBJECTS), chance.choice(_ASPECTS)
        level = str(chance.randint(1, 8))
        title = (
            f"{aspect} {subject}"
            + (f" {index}" if index >= 60 else "")
            + (f" (Level {level})" if index % 5 == 0 else "")
        )
        first = index % bodies
        providers = (first, (first + 1) % bodies) if index % 6 == 0 else (first,)
        own = organisation(first)[1]
        made.append(
            Record(
                number=f"EX{1000 + index}" if index % 7 == 3 else str(4000 + index),
                title="Toi Māori (Level 3)" if index == 0 else title,
                status=("Current", "Current", "Current", "Expiring", "Current", "Discontinued")[index % 6],
                type="Training Scheme" if index % 10 == 9 else "Micro-credential",
                level="3" if index == 0 else level,
                credits=("1", "40", "10", "5", "20", "2.5")[index % 6],
                nzsced=_FIELDS[index % len(_FIELDS)],
                subject=subject,
                developer=own if index % 3 == 0 else _OTHER_DEVELOPERS[index % 2],
                providers=providers,
                language="mi" if index == 0 else "",
            )
        )
    return tuple(made)


_FIRST: dict[str, Callable[[Record], Record]] = {
    "status-change": lambda record: record._replace(status="Discontinued"),
    "renamed": lambda record: record._replace(title="Toi Whakairo (Level 3)"),
    "odd-values": lambda record: record._replace(level="11", credits="ten", nzsced="12345"),
    "odd-number": lambda record: record._replace(number="none yet"),
    "no-type": lambda record: record._replace(type=""),
    "double-encoded": lambda record: record._replace(title="Café Work – Basics".encode().decode("cp1252")),
}
"""What a variant changes of the first record."""


@lru_cache(maxsize=8)
def _register(listings: int, variant: str) -> dict[str, Record]:
    made = list(records(listings))
    if made and variant in _FIRST:
        made[0] = _FIRST[variant](made[0])
    if len(made) > 1 and variant == "odd-values":
        made[1] = made[1]._replace(credits="60")
    return {record.number: record for record in made[variant == "removed" :]}


@lru_cache(maxsize=8)
def _offers(listings: int, variant: str) -> dict[int, list[Record]]:
    offered: dict[int, list[Record]] = {number: [] for number in range(organisations(listings))}
    for record in _register(listings, variant).values():
        for number in record.providers:
            offered[number].append(record)
    return offered


def answer(question: Question, listings: int) -> Answer | None:
    """Answer one request, or None for an address the register does not have."""
    pages = {
        "providers/results.do": _providers,
        "providers/details.do": _provider,
        "nzqf/search/results.do": _results,
        "nzqf/search/viewQualification.do": _record,
    }
    page = pages.get(question.path)
    healthy = page(question, listings) if page else None
    return common(question.variant, healthy) if healthy and question.variant in COMMON else healthy


def _page(title: str, content: str) -> Answer:
    return Answer(
        f'<!DOCTYPE html><html lang="en-NZ"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f'<body><nav><a href="/">Home</a> <a href="/contact">Contact</a></nav>{content}'
        "<footer><p>Made up for trying things out. Contact: webmaster@register.example</p></footer>"
        "</body></html>".encode()
    )


def _link(question: Question, path: str, text: str) -> str:
    host = "https://www2.nzqa.example" if question.variant == "other-host" else ""
    return f'<a href="{host}/{path}">{escape(text, quote=False)}</a>'


def _providers(question: Question, listings: int) -> Answer:
    asked = question.query.get("typeCode", "")
    found = [number for number in range(organisations(listings)) if organisation(number)[0] == asked]
    if not found or question.variant == "no-providers":
        return _page("Organisations", "<main><p>There are no providers found using those search criteria</p></main>")
    rows = [
        (
            _link(question, f"providers/details.do?providerId={provider}", organisation(number)[1]),
            provider,
            town,
        )
        for number in found
        for provider, town in sites(number)
    ]
    body = "".join(f"<tr><td>{link}</td><td>{town}</td></tr>" for link, _, town in rows)
    count = len({provider for _, provider, _ in rows})
    table = f"<table><tr><th>Name</th><th>Town</th></tr>{body}</table>"
    return _page("Organisations", f"<main><p>There are {count} Education Organisations found.</p>{table}</main>")


def _number_of(provider: str, listings: int) -> int | None:
    known = provider[:4].isdigit() and 0 < int(provider[:4]) <= organisations(listings)
    number = int(provider[:4]) - 1 if known else -1
    return number if number >= 0 and provider in {site for site, _ in sites(number)} else None


def _provider(question: Question, listings: int) -> Answer:
    provider = question.query.get("providerId", "")
    number = _number_of(provider, listings)
    if number is None:
        return _page("Organisations", "<main><p>No provider was found with the given provider ID</p></main>")
    kind, name = organisation(number)
    labelled = (
        ("Education Organisation number", provider[:4]),
        ("Trading as:", escape(name)),
        (
            "Contact Details",
            "Kiri Tauira<br>Phone 04 000 0000<br><a href='mailto:kiri@body.example'>kiri@body.example</a>",
        ),
        ("Website", "https://body.example/"),
        ("Provider Category", "Example category"),
        ("Signatory to the Code of Practice", "No"),
    )
    rows = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in labelled)
    title = f"Organisations >> NZQA - {name}"
    return _page(title, f"<main><h1>{escape(name)}</h1><p>Kind: {kind}</p><table>{rows}</table></main>")


_HEADERS = ("", "Title", "Number", "Status", "Type", "Level", "Credits", "Iwi")
_COLUMNS = {
    "reordered": (2, 1, 4, 3, 6, 5, 0),
    "extra-column": (0, 1, 2, 3, 4, 5, 6, 7),
    "missing-column": (0, 1, 2, 3, 5, 6),
}


def _results(question: Question, listings: int) -> Answer:
    number = _number_of(question.query.get("org", ""), listings)
    offered = list(_offers(listings, question.variant)[number]) if number is not None else []
    rows = [
        _row(question, record, number or 0)
        for record in offered
        if question.query.get("status", record.status) == record.status
    ]
    rows += [_qualification(question, number or 0)] if number is not None else []
    count = len(rows) + (3 if question.variant == "count-mismatch" else 0)
    sentence = f"<p>{count} qualification{'' if count == 1 else 's'} found</p>"
    return _page(
        "Search results",
        f"<main><h1>Search results</h1>{sentence}{_table(question.variant, rows) if rows else ''}</main>",
    )


def _table(variant: str, rows: list[tuple[str, ...]]) -> str:
    order = _COLUMNS.get(variant, (0, 1, 2, 3, 4, 5, 6))
    cell = "td" if variant == "td-headers" else "th"
    header = "".join(f"<{cell}>{_HEADERS[column]}</{cell}>" for column in order)
    if variant == "shifted":
        rows = [(row[1], row[0], *row[3:7], row[2], row[7]) for row in rows]
    body = "".join("<tr>" + "".join(f"<td>{row[column]}</td>" for column in order) + "</tr>" for row in rows)
    return f"<table>{'' if variant == 'no-headers' else f'<tr>{header}</tr>'}{body}</table>"


def _row(question: Question, record: Record, number: int) -> tuple[str, ...]:
    title, level = record.title, record.level
    if question.variant == "macron-pair" and number != record.providers[0]:
        title = title.replace("Māori", "Mäori").replace("Kaumātua", "Kaumaatua")
    if question.variant == "level-conflict" and record.number == "4000":
        level = "5"
    marked = f' lang="{record.language}"' if record.language else ""
    link = _link(question, f"nzqf/search/viewQualification.do?selectedItemKey={record.number}", title)
    return (
        "",
        f"<span{marked}>{link}</span>",
        record.number,
        record.status,
        record.type,
        level,
        record.credits,
        "Example",
    )


def _qualification(question: Question, number: int) -> tuple[str, ...]:
    key = f"{2000 + number}"
    link = _link(
        question,
        f"nzqf/search/viewQualification.do?selectedItemKey={key}",
        "Certificate in Example Studies (Level 4)",
    )
    return "", link, key, "Current", "Certificate", "4", "60", ""


def _record(question: Question, listings: int) -> Answer | None:
    variant, number = question.variant, question.query.get("selectedItemKey", "")
    record = _register(listings, variant).get(number)
    first = next(iter(_register(listings, variant).values()), None)
    if record is None or (variant == "detail-missing" and record is first):
        return None
    if variant == "record-gone" and record is first:
        return _page("Search", "<main><p>No qualification was found with that number.</p></main>")
    if variant == "wrong-record" and record is first:
        record = record._replace(number="4999")
    layout = variant.removeprefix("layout-") if variant.startswith("layout-") else "table"
    marked = f' lang="{record.language}"' if record.language else ""
    heading = f"<h1{marked}>{escape(record.title, quote=False)}</h1>"
    return _page("Micro-credential", f"<main>{heading}{_LAYOUTS[layout](_labelled(record, variant))}</main>")


def _labelled(record: Record, variant: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return label, text and items of every field of a record's page."""
    index = int(record.number.removeprefix("EX"))
    names = [organisation(number)[1].replace("Wānanga", "Wananga") for number in record.providers]
    day = f"31/12/{2026 + index % 3}" if variant == "short-dates" else f"31 December {2026 + index % 3}"
    fields: list[tuple[str, str, tuple[str, ...]]] = [
        ("Number", record.number, ()),
        ("Status", record.status, ()),
        ("Level", record.level, ()),
        ("Credits", record.credits, ()),
        ("NZSCED", record.nzsced, ()),
        ("Developer", record.developer, ()),
        ("Contact Details", "Hemi Tauira, 04 000 0001, hemi@body.example", ()),
        (
            "Purpose",
            f"For whānau, hapū and iwi, and for employers, who need people able in {record.subject}.",
            (),
        ),
        ("Outcome statement", *_outcomes(record, index)),
        (
            "Education pathway",
            "None" if index % 4 == 3 else "May lead to Example Studies at the next level.",
            (),
        ),
        ("Employment pathway", "Work as an example assistant.", ()),
        ("Standards", "", (f"{10000 + index}", f"{20000 + index} Example standard, version 2")),
        ("Review period", f"{index % 3 + 1} years" if index % 3 else "1 year", ()),
        ("Review date", day, ()),
        ("Te Hono o Te Kahurangi", "Yes" if index % 5 == 0 else "No", ()),
        ("Providers accredited to offer this micro-credential", "", tuple(names)),
    ]
    return [*fields, ("Colour of the binder", "Kōkōwai red", ())] if variant == "unknown-label" else fields


def _outcomes(record: Record, index: int) -> tuple[str, tuple[str, ...]]:
    if index % 4 == 1:
        return f"People who complete it can work safely in {record.subject} and know whom to ask.", ()
    return "Learners will be able to", tuple(item.format(record.subject) for item in _ITEMS)


def _value(text: str, items: tuple[str, ...]) -> str:
    listed = "".join(f"<li>{escape(item, quote=False)}</li>" for item in items)
    return escape(text, quote=False) + (f"<ul>{listed}</ul>" if listed else "")


def _as_table(fields: list[tuple[str, str, tuple[str, ...]]]) -> str:
    rows = "".join(f"<tr><th>{label}</th><td>{_value(text, items)}</td></tr>" for label, text, items in fields)
    return f"<table>{rows}</table>"


def _as_list(fields: list[tuple[str, str, tuple[str, ...]]]) -> str:
    return (
        "<dl>" + "".join(f"<dt>{label}:</dt><dd>{_value(text, items)}</dd>" for label, text, items in fields) + "</dl>"
    )


def _as_bold(fields: list[tuple[str, str, tuple[str, ...]]]) -> str:
    pieces = []
    for label, text, items in fields:
        listed = "".join(f"<li>{escape(item, quote=False)}</li>" for item in items)
        pieces.append(
            f"<p><strong>{label}</strong> {escape(text, quote=False)}</p>" + (f"<ul>{listed}</ul>" if listed else "")
        )
    return "".join(pieces)


def _as_lines(fields: list[tuple[str, str, tuple[str, ...]]]) -> str:
    lines = []
    for label, text, items in fields:
        lines.append(f"{label}: {escape(text, quote=False)}")
        lines.extend(f"• {escape(item, quote=False)}" for item in items)
    return "<p>" + "<br>\n".join(lines) + "</p>"


_LAYOUTS = {"table": _as_table, "dl": _as_list, "strong": _as_bold, "lines": _as_lines}

standin = StandIn(
    answer=answer,
    entry="",
    listings=60,
    variants={
        "full": "every kind of provider but one; sites, shared numbers, levels in titles, 1 to 40 credits",
        "layout-dl": "records' pages as definition lists",
        "layout-strong": "records' pages with labels in bold",
        "layout-lines": "records' pages as lines",
        "no-headers": "lists whose tables have no headers",
        "td-headers": "header cells that are ordinary cells",
        "reordered": "the same columns in another order",
        "extra-column": "a column nobody has seen",
        "missing-column": "the column of types gone",
        "shifted": "values that stand under other headers",
        "macron-pair": "one title with macrons at one provider, with umlauts or double vowels at the other",
        "status-change": "a record that was discontinued",
        "renamed": "a record with a new title",
        "removed": "a record taken away",
        "level-conflict": "a level in the list that the record's page contradicts",
        "odd-values": "a level, credits and a field code that are none, and credits above the ceiling",
        "odd-number": "a row whose number is no number",
        "no-type": "a row that does not state its type",
        "double-encoded": "UTF-8 encoded twice",
        "short-dates": "dates as dd/mm/yyyy",
        "count-mismatch": "a stated count that the rows do not reach",
        "unknown-label": "a label nobody has seen",
        "no-providers": "no providers of any kind",
        "detail-missing": "a record whose own page is missing",
        "record-gone": "a record whose own page says that there is none",
        "wrong-record": "a record whose link leads to another record",
        "other-host": "links that name another host",
        "no-details": "lists only",
        "current-only": "only what is current",
        **COMMON,
    },
    options={"no-details": {"details": False}, "current-only": {"status": "Current"}},
)
