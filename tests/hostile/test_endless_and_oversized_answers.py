"""Answers without measure: too large, too slow, never ending. Each request ends in a code, and the others are heard."""

from __future__ import annotations

import gzip
import zlib
from time import monotonic

from harvester.workplace import Workplace
from tests.harvester.loopback import Asked, Line, Loopback, Reply, answer, dripping
from tests.harvester.situations import HarvestScript, codes, fetches, kept, page, records

LIMIT = 200_000
QUICK = {"answer_seconds": 1.5, "answer_bytes": LIMIT, "bulk_bytes": 1_000_000, "bulk_seconds": 1.5}
HEAD = b"HTTP/1.1 200 Told\r\nContent-Type: application/json\r\n"
FLOOD = b"".join(b"X-Flood-%d: %s\r\n" % (number, b"f" * 200) for number in range(200))


def flooding(first: bytes, piece: bytes) -> Reply:
    """Send `piece` as fast as it is taken."""

    def reply(asked: Asked, line: Line) -> None:
        line.send(first)
        while not line.closing.is_set():
            line.send(piece)

    return reply


def packed(body: bytes, how: str) -> bytes:
    made = gzip.compress(body) if how == "gzip" else zlib.compress(body)
    return answer(made, Content_Encoding=how)


def spiral(asked: Asked, line: Line) -> None:
    line.send(answer(b"", 302, Location=f"/spiral?{asked.at}"))


def hang_up(asked: Asked, line: Line) -> None:
    """Say nothing at all."""


TOO_LARGE: dict[str, Reply] = {
    "stated": answer(b'{"found":[]}' + b" " * LIMIT),
    "only-stated": HEAD + b"Content-Length: 99999999999\r\n\r\n{",
    "unstated": flooding(HEAD + b"Connection: close\r\n\r\n", b" " * 65_536),
    "chunks": flooding(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b" " * 0x4000 + b"\r\n"),
    "gzip-bomb": packed(b"0" * 50_000_000, "gzip"),
    "deflate-bomb": packed(b"0" * 50_000_000, "deflate"),
    "gzip-in-gzip": answer(gzip.compress(gzip.compress(b"0" * 50_000_000)), Content_Encoding="gzip, gzip"),
}
UNENDING: dict[str, Reply] = {
    "drip": dripping(HEAD + b"Connection: close\r\n\r\n{", b" ", 0.05),
    "drip-in-chunks": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 0.05),
    "drip-of-headers": dripping(HEAD, b"X-More: a\r\n", 0.05),
    "flood-of-headers": flooding(HEAD, FLOOD),
    "flood-of-one-header": flooding(HEAD + b"X-Long: ", b"f" * 65_536),
    "flood-of-chunk-sizes": flooding(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 65_536),
    "flood-of-interim-answers": flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500),
    "silence": dripping(b""),
    "silence-after-the-head": dripping(HEAD + b"Content-Length: 20\r\n\r\n"),
    "silence-in-the-head": dripping(HEAD),
}
CUT: dict[str, Reply] = {
    "cut": HEAD + b'Content-Length: 500\r\nConnection: close\r\n\r\n{"found":["Kursus"],',
    "cut-in-chunks": HEAD + b'Transfer-Encoding: chunked\r\n\r\n14\r\n{"found":["Kursus"],\r\n',
    "hung-up": hang_up,
    "no-http": b"\x00\x01\x02 this is no answer\r\n\r\n",
    "no-status": b"HTTP/1.1 twohundred Told\r\n\r\n",
    "no-number": HEAD + b"Content-Length: many\r\n\r\n{}",
    "two-lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}",
    "below-zero": HEAD + b"Content-Length: -2\r\n\r\n{}",
}


def test_each_ends_in_a_code_and_the_others_are_heard(
    harvest_script: HarvestScript, server: Loopback, place: Workplace
) -> None:
    server.routes |= {f"/{name}": reply for name, reply in {**TOO_LARGE, **UNENDING, **CUT}.items()}
    server.routes["/healthy"] = page("Kursus Contoh")
    server.routes["/loop"] = answer(b"", 302, Location="/loop")
    server.routes["/ring"] = answer(b"", 301, Location="/ring2")
    server.routes["/ring2"] = answer(b"", 307, Location="/ring")
    server.routes["/spiral"] = spiral
    names = [*TOO_LARGE, *UNENDING, *CUT, "loop", "ring", "spiral"]
    asks = ["/healthy", *({"url": f"/{name}", "kind": "raw"} for name in names)]
    began = monotonic()
    report = harvest_script(options={"start": asks}, limits=QUICK, politeness={"retries": 0})
    assert monotonic() - began < 20
    ended = {path: str(row["error"]).partition(": ")[0] for path, row in fetches(place, report.run_id).items()}
    assert {name: ended[name] for name in TOO_LARGE} == dict.fromkeys(TOO_LARGE, "answer_too_large")
    rest = [*UNENDING, *CUT, "loop", "ring", "spiral"]
    assert {name: ended[name] for name in rest} == dict.fromkeys(rest, "download_failed")
    assert len([path for path in server.paths() if path.startswith("/spiral")]) <= 6
    assert report.fetches == {"ok": 1, "failed": len(names)}
    assert len(records(place)) == 1
    assert {"answer_too_large", "download_failed", "run_incomplete"} <= codes(report)
    assert len(kept(place)) == 1


BULK_TOO_LARGE: dict[str, Reply] = {
    "stated": answer(b"0" * 2_000_000),
    "unstated": flooding(HEAD + b"Connection: close\r\n\r\n", b" " * 65_536),
    "chunks": TOO_LARGE["chunks"],
}


def test_dumps_end_in_their_time(harvest_script: HarvestScript, server: Loopback, place: Workplace) -> None:
    replies = {**BULK_TOO_LARGE, **UNENDING, **CUT, "error": flooding(b"HTTP/1.1 500 Told\r\n\r\n", b" " * 65_536)}
    server.routes |= {f"/{name}": reply for name, reply in replies.items()}
    server.routes["/healthy"] = page("Kursus Contoh")
    asks = ["/healthy", *({"url": f"/{name}", "bulk": True, "kind": "raw"} for name in replies)]
    began = monotonic()
    report = harvest_script(options={"start": asks}, limits=QUICK, politeness={"retries": 0})
    assert monotonic() - began < 20
    ended = {path: str(row["error"]) for path, row in fetches(place, report.run_id).items() if path != "healthy"}
    assert {name: ended.pop(name) for name in BULK_TOO_LARGE} == dict.fromkeys(BULK_TOO_LARGE, "answer_too_large")
    assert ended.pop("error") == "server_error"
    assert {name: error.partition(": ")[0] for name, error in ended.items()} == dict.fromkeys(ended, "download_failed")
    assert len(records(place)) == 1
    assert [name for name in kept(place) if "bulk-" in name] == []
