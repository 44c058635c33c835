"""People stand in what registries answer, and in nothing that is kept: no file of the home, no row of the database."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.contract import Answer
from connectors.discovery import connector, connector_names
from connectors.jvcampus.standin_courses import MAILBOX, PEOPLE
from connectors.redaction import in_utf8, redact, without_addresses
from harvester.workplace import Workplace
from store.tables import metadata
from tests.harvester.loopback import Loopback, answer
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, opened, rows
from tests.hostile.inprocess import Here

NAMED: dict[str, tuple[str, ...]] = {
    "nzqa": ("Kiri Tauira", "Hemi Tauira", "kiri@body.example", "04 000 000", "webmaster@"),
    "europass": ("Nobody Madeup", "nobody.madeup", "desk.madeup"),
    "jvcampus": (*PEOPLE, MAILBOX),
    "jmicro": ("架空花子", "2001-02-03", "X-000000", "madeup.person"),
    "mqa": ("registrar@contoh.example",),
    "oaipmh": (),
    "ldes": (),
}
"""Who stands in the answers; other Kakehashis hand on descriptors, from which people were taken out."""
SHOWING = {
    "nzqa": ("full", "layout-dl", "layout-strong", "layout-lines", "double-encoded", "truncated", "mojibake"),
    "europass": ("full", "catalogue-xml", "multipart", "sparql", "api", "xml", "cut-turtle", "truncated"),
    "jvcampus": ("full", "collapsed", "card-theme", "search", "flat", "webservice", "webservice-all",
                 "webservice-search", "webservice-truncated", "truncated"),
    "jmicro": ("personal-data",),
}  # fmt: skip
SHOWN = [(name, variant) for name, variants in SHOWING.items() for variant in variants]


def spellings(word: str) -> set[bytes]:
    escaped = word.encode("ascii", "backslashreplace")
    capitals = escaped.upper().replace(b"\\U", b"\\u")
    return {word.encode(), orjson.dumps(word)[1:-1], escaped, capitals, word.encode("utf-16-le")}


def everything_kept(place: Workplace) -> bytes:
    """Every byte of the home, unpacked, and every value of the database."""
    values = [repr(row) for table in metadata.tables for row in rows(place, table)]
    return b"\n".join([*opened(place), *(value.encode("utf-8", "replace") for value in values)])


def found_in(kept: bytes, name: str) -> list[str]:
    lowered = kept.lower()
    return [word for word in NAMED[name] if any(spelling.lower() in lowered for spelling in spellings(word))]


def test_every_registry_is_looked_at() -> None:
    assert set(NAMED) == set(connector_names())
    assert all(variant in connector(name).standin.variants for name, variant in SHOWN)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variant"), SHOWN)
def test_who_stands_in_the_answers_stands_in_nothing_kept(
    here: Here, place: Workplace, name: str, variant: str
) -> None:
    here(name, variant)
    assert here.crawl.kinds
    kept = everything_kept(place)
    assert len(kept) > 1000
    assert found_in(kept, name) == []


@pytest.mark.parametrize("name", SHOWING)
def test_the_stand_ins_do_name_them(here: Here, name: str) -> None:
    answered: list[bytes] = []

    def seen(kind: str, one: Answer) -> Answer:
        answered.append(one.body)
        return one

    for variant in SHOWING[name]:
        here(name, variant, seen)
    named = found_in(b"\n".join(answered), name)
    assert len(named) >= len(NAMED[name]) - 1, set(NAMED[name]) - set(named)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variant"), [("europass", "full"), ("europass", "api"), ("nzqa", "full"),
                                               ("jvcampus", "collapsed")])  # fmt: skip
def test_nothing_of_them_is_kept_by_a_real_crawl(
    harvest_standin: Any, place: Workplace, home: Path, name: str, variant: str
) -> None:
    assert harvest_standin(name, variant).succeeded
    assert list((home / "logs").iterdir())
    assert found_in(everything_kept(place), name) == []


PERSON = "madeup.person"
WRITTEN = (
    f"{PERSON}@college.example", f"{PERSON}&#64;college.example", f"{PERSON}&#064;college.example",
    f"{PERSON}&#x40;college.example", f"{PERSON}&#X0040;college.example", f"{PERSON}&commat;college.example",
    f"{PERSON}%40college.example", f"{PERSON}\\u0040college.example", f"{PERSON}@college&#46;example",
    f"{PERSON}@college&period;example", f"mailto:{PERSON}@college.example?subject=Hello", f"<{PERSON}@a.b.c.example>",
    f'"{PERSON}@college.example"', f"質問は{PERSON}@college.exampleまで。", f"{PERSON}@xn--bcher-kva.example",
    f"{PERSON}+tag@college.example", f"MADEUP.PERSON@COLLEGE.EXAMPLE,{PERSON}@college.example",
)  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("name", connector_names())
@pytest.mark.parametrize("media_type", ["text/html", "application/json"])
def test_however_an_address_is_written_it_goes(text: str, name: str, media_type: str) -> None:
    taken = connector(name).redact
    for body in (text, f"<p>{text}</p>", orjson.dumps({"about": text}).decode(), f"before {text} after"):
        kept = taken(in_utf8(body.encode()), media_type).lower()
        assert PERSON.encode() not in kept, kept
        assert taken(kept, media_type) == kept or PERSON.encode() not in taken(kept, media_type)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_an_address_is_found_in_wide_letters_too(encoding: str) -> None:
    body = f"<html><body><p>Ask {PERSON}@college.example — 架空</p></body></html>".encode(encoding)
    kept = redact(in_utf8(body), "text/html")
    assert PERSON.encode() not in kept.replace(b"\0", b"")
    assert "架空".encode() in kept


@pytest.mark.parametrize(
    "body",
    ["plain", "架空の講座", "価格 @ 100", "@prefix x: <urn:x:> .", "x@y", "@context", "a\0b", "", "100%40", "&#64;"],
)
def test_what_is_no_address_stays(body: str) -> None:
    assert in_utf8(body.encode()) == body.encode()
    assert without_addresses(body.encode()) == body.encode()


def test_no_way_into_a_run_keeps_an_address(harvest_script: HarvestScript, server: Loopback, place: Workplace) -> None:
    told = [f"Kursus {number} {text}" for number, text in enumerate(WRITTEN)]
    server.routes["/plain"] = answer(script(told))
    server.routes["/wide"] = answer(script([f"Kursus lebar {WRITTEN[0]}"]).decode().encode("utf-16"))
    server.routes["/dump"] = answer(gzip.compress(script([f"Kursus besar {text}" for text in WRITTEN])))
    server.routes["/bad"] = answer(script([{"title": "", "programme": WRITTEN[0]}]))
    server.routes["/raw"] = answer(" ".join(WRITTEN * 50), media_type="text/plain")
    server.routes["/busy"] = answer(WRITTEN[0], 503)
    unread = [{"url": f"/{name}", "kind": "raw"} for name in ("raw", "busy")]
    asks = ["/plain", "/wide", {"url": "/dump", "bulk": True}, "/bad", *unread]
    report = harvest_script(options={"start": asks}, politeness={"retries": 0})
    assert report.published.created == 2 * len(WRITTEN) + 1
    assert PERSON.encode() not in everything_kept(place).lower()
