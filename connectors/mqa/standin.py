"""A stand-in for MQA's portal: the list in its three transports, and the register page of accredited parents.

The first rows are those seen in public; all others are made up, and say so in the name of the provider.
"""

from __future__ import annotations

import random
from functools import lru_cache
from html import escape
from typing import NamedTuple

import orjson

from connectors.contract import Answer, Question, StandIn
from connectors.faults import COMMON, common

ENTRY = "portalmc/carian.cfm"
_PAGE = 25
_LONG_PAGE = 50
_SUBJECTS = (
    "Data Analytics", "Digital Marketing", "Halal Food Management", "Cybersecurity Fundamentals", "Child Care",
    "Renewable Energy Systems", "Islamic Finance", "Supply Chain Management", "Web Development", "Palm Oil Processing",
    "Pengurusan Acara", "Keusahawanan Digital", "Bahasa Isyarat Malaysia", "Occupational Safety", "Drone Operation",
)  # fmt: skip
_ASPECTS = (
    "Foundations of", "Applied", "Principles of", "Practice in", "Introduction to", "Asas", "Tools for", "Quality in",
)  # fmt: skip
_PARENTS = ("Diploma in", "Bachelor of", "Diploma", "Certificate in", "Ijazah Sarjana Muda", "Master of")
_PROVIDERS = (
    "Kolej Contoh Utara", "Universiti Rekaan Selatan", "Contoh Institute of Technology", "Politeknik Rekaan",
    "Example University College", "Akademi Contoh (Previously known as : Institut Contoh Lama)",
)  # fmt: skip
_SEEN_PARENT = ("Diploma in Aviation Management", "MQA/PA12318", "ADMAL Aviation College")
_SEEN = (
    "Micro-Certification in Flight Rules and Human Performance",
    "Micro-Certification in Aircraft General Knowledge",
    "Micro-Certification in Navigation and Meteorology",
    "Micro-Certification in Principles and Procedures of Flight",
)


class Row(NamedTuple):
    """One row of the list."""

    title: str
    programme: str
    reference: str
    provider: str


_BLANK = Row("", "", "", "")


@lru_cache(maxsize=8)
def rows(listings: int) -> tuple[Row, ...]:
    """Return the healthy list: a made-up row, a blank one, those seen in public, then made-up ones."""
    chance = random.Random(20260301)  # noqa: S311
    made = [Row(title, *_SEEN_PARENT) for title in _SEEN]
    for number in range(max(listings - len(_SEEN), 0)):
        subject = chance.choice(_SUBJECTS)
        title = f"{chance.choice(_ASPECTS)} {subject}" + (f" {number}" if number >= 40 else "")
        programme = f"{chance.choice(_PARENTS)} {subject}"
        made.append(Row(f"{title} – Part {number % 9 + 1}", programme, _reference(number), chance.choice(_PROVIDERS)))
    return (*made[-1:], _BLANK, *made[:-1]) if made else ()


def _reference(number: int) -> str:
    shapes = (
        f"MQA/FA{2000 + number}", f"MQA/PA{14000 + number}", f"MQA/SWA{500 + number}", f"A {7000 + number}",
        f"MQA / FA {3000 + number}", f"KPT/JPS (A {8000 + number}) 06/27",
        f"KPT/JPS(N/523/6/0{100 + number % 800})(MQA/PA{5000 + number})06/27", "", f"MQA-FA{9000 + number}",
    )  # fmt: skip
    return shapes[number % len(shapes)]


def _changed(variant: str, made: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the list as a variant shows it."""
    seen = made[2] if len(made) > 2 else _BLANK
    first, rest = made[:2], made[3:]
    if variant == "removed":
        return (*first, *rest)
    if variant == "renamed":
        return (*first, seen._replace(title="Micro-Certification in Flight Rules"), *rest)
    if variant == "promoted":
        return tuple(row._replace(reference="MQA/FA12318") if row.reference == seen.reference else row for row in made)
    if variant == "duplicate-title":
        return (*made, seen, seen._replace(programme="Diploma in Flight Operations"))
    if variant == "html-in-fields":
        marked = '<b>Micro-Certification</b> in Flight Rules &amp; <script>alert("x")</script>Safety'
        return (*first, seen._replace(title=marked), *rest)
    if variant == "double-encoded":
        title = "Pengurusan Risiko – Asas".encode().decode("cp1252")
        return (*made, Row(title, "Diploma Kewangan", "MQA/FA7777", "Kolej Contoh Utara"))
    if variant == "half":
        return tuple(row if number % 3 else row._replace(programme="") for number, row in enumerate(made[::2], 1))
    return () if variant == "empty" else made


_COLUMNS = {
    "reordered": (4, 1, 3, 0, 2),
    "extra-column": (0, 1, 2, 3, 4, 5),
    "missing-column": (0, 1, 2, 4),
}
_PAGED = {"paged", "paged-long", "repeated-across-pages", "count-mismatch"}
_HEADERS = (
    "Bil",
    "Kursus Micro-Credential",
    "Nama Program Akreditasi",
    "No Rujukan Akreditasi",
    "Nama PPT",
    "Tarikh",
)


def answer(question: Question, listings: int) -> Answer | None:
    """Answer one request, or None for an address the portal does not have."""
    if question.path.startswith("mqr/"):
        return _register(question, listings)
    healthy = _portal(question, rows(listings))
    return common(question.variant, healthy) if healthy and question.variant in COMMON else healthy


def _portal(question: Question, made: tuple[Row, ...]) -> Answer | None:
    variant = question.variant
    made = _changed(variant, made)
    if question.path == "portalmc/data.cfm":
        return _json(question, made)
    if question.path != ENTRY:
        return None
    if variant.startswith("serverside"):
        return _page(_table([], variant) + _script(variant))
    if variant in _PAGED:
        return _paged(question, made)
    page = _page(_table(list(enumerate(made, 1)), variant))
    if variant == "cp1252":
        return Answer(page.body.decode().encode("cp1252"), media_type="text/html; charset=utf-8")
    if variant == "wrong-charset":
        return Answer(page.body, media_type="text/html; charset=iso-8859-1")
    return page


def _page(content: str) -> Answer:
    menu = " | ".join(("Utama", "Garis Panduan", "Carian", "Notifikasi", "Meja Bantuan"))
    return Answer(
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>Portal MC</title></head><body><p>{menu}</p>"
        f"<h3>SENARAI MICRO-CREDENTIALS</h3><p>Papar 10 data Carian:</p>{content}</body></html>".encode()
    )


def _table(numbered: list[tuple[int, Row]], variant: str) -> str:
    order = _COLUMNS.get(variant, (0, 1, 2, 3, 4))
    cell = "td" if variant == "td-headers" else "th"
    header = "".join(f"<{cell}>{_HEADERS[column]}</{cell}>" for column in order)
    start = f"<tr>{header}</tr>" if variant == "td-headers" else f"<thead><tr>{header}</tr></thead>"
    if not numbered and variant == "empty":
        body = f"<tr><td colspan='{len(order)}'>Tiada rekod</td></tr>"
    else:
        body = "".join(_row(number, row, order, variant) for number, row in numbered)
    return f"<table id='senarai' class='table display'>{start}<tbody>{body}</tbody></table>"


def _row(number: int, row: Row, order: tuple[int, ...], variant: str) -> str:
    cells = [f"{number}.", *(_cell(text, variant) for text in row), "01/03/2026" if row.title else ""]
    if variant == "shifted":
        cells = [*cells[1:5], cells[0], cells[5]]
    return "<tr>" + "".join(f"<td>{cells[column]}</td>" for column in order) + "</tr>"


def _cell(text: str, variant: str) -> str:
    return text if variant == "html-in-fields" else escape(text, quote=False)


def _script(variant: str) -> str:
    if variant == "serverside-legacy":
        return "<script>$('#senarai').dataTable({bServerSide: true, sAjaxSource: 'data.cfm'});</script>"
    return "<script>$('#senarai').DataTable({serverSide: true, ajax: {url: 'data.cfm'}});</script>"


def _json(question: Question, made: tuple[Row, ...]) -> Answer:
    query = question.query
    legacy = "sEcho" in query
    start = int(query.get("iDisplayStart" if legacy else "start") or 0)
    length = int(query.get("iDisplayLength" if legacy else "length") or 10)
    data = [[f"{number}.", *row] for number, row in enumerate(made, 1)][start : start + length]
    if legacy:
        content = {
            "sEcho": query["sEcho"],
            "iTotalRecords": len(made),
            "iTotalDisplayRecords": len(made),
            "aaData": data,
        }
    else:
        content = {
            "draw": int(query.get("draw") or 1),
            "recordsTotal": len(made),
            "recordsFiltered": len(made),
            "data": data,
        }
    return Answer(orjson.dumps(content), media_type="application/json")


def _paged(question: Question, made: tuple[Row, ...]) -> Answer:
    page = _LONG_PAGE if question.variant == "paged-long" else _PAGE
    start = int(question.query.get("StartRow") or 1)
    overlap = 2 if question.variant == "repeated-across-pages" and start > 1 else 0
    numbered = list(enumerate(made, 1))[start - 1 - overlap : start - 1 + page]
    total = len(made) + (7 if question.variant == "count-mismatch" else 0)
    shown = f"<p>Paparan dari {start} hingga {min(start + page - 1, len(made))} dari {total} rekod</p>"
    follow = (
        f"<a href='carian.cfm?StartRow={start + page}'>Next {page} Records</a>" if start + page <= len(made) else ""
    )
    return _page(_table(numbered, question.variant) + shown + follow)


def _register(question: Question, listings: int) -> Answer | None:
    name = question.path.rpartition("/")[2]
    providers = sorted({row.provider for row in rows(listings) if row.provider})
    if name == "eakrbyipts.cfm":
        return _register_list(question, providers)
    if name == "eakrKPList.cfm":
        number = int(question.query.get("IDAkrIPTS") or 0)
        return _register_provider(providers[number - 1], listings) if 0 < number <= len(providers) else None
    if name == "epapar.cfm":
        return _register_programme(question.query.get("NoRujA", ""), listings)
    return None


def _register_list(question: Question, providers: list[str]) -> Answer:
    start = int(question.query.get("StartRow") or 1)
    header = "<tr><td>No.</td><td>IPTS NAME</td><td>STATE</td></tr>"
    body = "".join(
        f"<tr><td>{number}</td><td><a href='eakrKPList.cfm?IDAkrIPTS={number}'>{escape(name)}</a></td>"
        "<td>Contoh</td></tr>" + (header if number % 3 == 0 else "")
        for number, name in list(enumerate(providers, 1))[start - 1 : start + 3]
    )
    junk = (
        "<tr><td colspan=3>Programme that is marked in green colour is partly accredited</td></tr>"
        "<tr><td>ACCREDITATION STATUS</td></tr>"
    )
    more = (
        f"<a href='eakrbyipts.cfm?StartRow={start + 4}'>Next {_PAGE} Records</a>" if start + 4 <= len(providers) else ""
    )
    table = f"<table border=2 width=661 bordercolor=#80000>{junk}{header}{body}</table>"
    return Answer(f"<html><body>{table}{more}</body></html>".encode())


def _register_provider(provider: str, listings: int) -> Answer:
    offered = sorted(
        {(row.programme, row.reference) for row in rows(listings) if row.provider == provider and row.reference}
    )
    info = "".join(
        f"<tr><td>{label}</td><td>:</td><td>{value}</td></tr>"
        for label, value in (
            ("Address", "1 Jalan Contoh"),
            ("Telephone No.", "03-0000000"),
            ("E-Mail", "registrar@contoh.example"),
        )
    )
    programmes = "".join(
        f"<tr><td>{number}</td>"
        f"<td><a href='epapar.cfm?NoRujA={escape(reference)}&IdAkrKP={number}'>{escape(programme)}</a></td>"
        "<td>Full</td><td>90</td><td>345</td><td>-</td></tr>"
        for number, (programme, reference) in enumerate(offered, 1)
    )
    return Answer(
        f"<html><body><table border=1 width=100% bordercolor=80000>{info}</table>"
        f"<table style='border-collapse: collapse'><tr><td>No.</td><td>NAME OF QUALIFICATION</td><td>TYPE</td>"
        f"<td>NO OF CREDITS</td><td>NEC FIELD</td><td>-</td></tr>{programmes}</table></body></html>".encode()
    )


def _register_programme(reference: str, listings: int) -> Answer:
    wanted = [row for row in rows(listings) if row.reference == reference]
    if not wanted:
        return Answer(b"<html><body><p>No such record of the information in the database</p></body></html>")
    nested = (
        "<table><tr><td>Full Time</td><td><table><tr><td>Long</td><td>:</td><td>14 weeks, 6 semesters</td></tr></table>"
        "</td>"
        "<td>3 year/s</td></tr></table>"
    )
    labelled = (
        ("Name of Qualification", f"{escape(wanted[0].programme)} (Previously known as : Program Lama)"),
        ("Certificate Number", escape(reference)),
        ("Date of Accreditation", "15/07/2019"),
        ("Compliance Audit", ""),
        ("MQF Level", "4"),
        ("NEC Field (National Education Code)", "345 Management and administration"),
        ("Number of Credits", ""),
        ("Mode of Study:", "Full Time"),
        ("Duration of Study (years)", nested),
        ("Remark(s)", "-"),
    )
    body = "".join(f"<tr><td>{label}</td><td>:</td><td>{value}</td></tr>" for label, value in labelled)
    return Answer(f"<html><body><table>{body}</table></body></html>".encode())


standin = StandIn(
    answer=answer,
    entry=ENTRY,
    listings=60,
    variants={
        "full": "the whole table in one page",
        "serverside": "an empty table filled from JSON, current DataTables",
        "serverside-legacy": "an empty table filled from JSON, older DataTables",
        "paged": "pages of 25 rows with StartRow links",
        "paged-long": "pages of 50 rows with StartRow links",
        "td-headers": "header cells that are ordinary cells",
        "reordered": "the same columns in another order",
        "extra-column": "a column nobody has seen",
        "missing-column": "a column gone",
        "shifted": "values one column to the left of their headers",
        "duplicate-title": "two rows with one key",
        "promoted": "a provisional reference that became a full one",
        "renamed": "a course with a new title",
        "removed": "a row taken away",
        "cp1252": "Windows bytes in a page declared UTF-8",
        "double-encoded": "UTF-8 encoded twice",
        "wrong-charset": "a charset header that is wrong",
        "html-in-fields": "markup inside cells",
        "half": "every second row, and of those every third without its programme",
        "empty": "a list without rows",
        "repeated-across-pages": "pages that overlap",
        "count-mismatch": "a stated count that the rows do not reach",
        **COMMON,
    },
)
