"""Files handed to the API: converted and checked as the commands do it, in confinement, within limits."""

from __future__ import annotations

import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from config.messages import CodedError
from connectors.jmicro.standin_made import made
from crosswalks.descriptor.identity import record_iri
from crosswalks.elm.check import check_file
from harvester.crawling.fetching import fetched
from harvester.validating import validated
from harvester.workplace import Workplace
from portal.application import application
from portal.confinement import Confinement
from tests.portal.asking import ROOT, Asking, key_for
from tests.portal.publishing import BASE
from tests.portal.serving import served

pytestmark = pytest.mark.slow
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "xxxxxxxxxx">'
    + b"".join(
        b'<!ENTITY b%d "&b%s;&b%s;">' % (n, b"" if n == 0 else b"%d" % (n - 1), b"" if n == 0 else b"%d" % (n - 1))
        for n in range(60)
    )
    + b"]><a>&b59;</a>"
)


def listing(number: int = 1, **changes: Any) -> dict[str, Any]:
    source = {"registry": "jmicro", "source_id": f"n{number}"}
    return made(number) | {"id": record_iri(BASE, "jmicro", f"n{number}"), "source_record": source} | changes


LISTING = orjson.dumps(listing())


@pytest.fixture
def asking(place: Workplace) -> Iterator[Asking]:
    settings = place.settings.model_copy(update={"allow_loopback": True, "api_body_bytes": 200_000})
    with TestClient(application(settings, place.database), base_url=BASE, follow_redirects=False) as client:
        client.headers |= key_for(place, "check")
        yield Asking(client)


def test_a_file_goes_there_and_back_with_its_ledgers(asking: Asking) -> None:
    out = asking.post("/convert?to=elm&name=one.jsonl", content=LISTING).json()
    assert (out["from"], out["to"], out["format"], out["records"], out["written"]) == ("jmicro", "elm", "turtle", 1, 1)
    assert check_file(out["result"].encode(), "x.ttl").passed
    assert [ledger["to"] for ledger in out["ledger"][0]["ledgers"]] == ["jmicro", "elm"]
    back = asking.post("/convert?to=jmicro&from=elm", content=out["result"], headers={"Content-Type": "text/turtle"})
    assert orjson.loads(back.json()["result"])["title"] == listing()["title"]
    sheet = asking.post("/convert?to=spreadsheet", files={"file": ("one.jsonl", LISTING)}).json()
    assert sheet["encoding"] == "base64"
    for query, code in (
        ("to=nothing", "schema_unknown"), ("to=edc", "schema_not_written"), ("to=elm&format=docx", "syntax_unknown"),
        ("to=elm&from=mqa", None),
    ):  # fmt: skip
        found = asking.post(f"/convert?{query}", content=LISTING)
        assert found.status_code == 422, query
        assert code in {None, found.json()["code"]}
    assert asking.post("/convert", content=LISTING).status_code == 400


def test_a_check_groups_what_is_wrong_by_reason(asking: Asking) -> None:
    bad = [listing(number, credit=[{"system": "nothing", "value": "x"}]) for number in range(5)]
    body = b"\n".join(orjson.dumps(one) for one in [listing(9), *bad])
    told = asking.post("/validate?name=list.jsonl", content=body).json()
    assert (told["schema"], told["passed"]) == ("jmicro", False)
    (reason,) = [one for one in told["reasons"] if one["severity"] in {"reject", "error"}]
    assert reason["count"] == 5
    assert len(reason["examples"]) == 3
    assert reason["fix"]["ja"]
    assert told == validated(body, "list.jsonl").as_json()


def test_elm_is_held_to_the_rules_of_the_command(asking: Asking) -> None:
    elm = b"@prefix elm: <http://data.europa.eu/snb/model/elm/> .\n<urn:a> a elm:LearningAchievementSpecification ."
    report = check_file(elm, "posted.ttl")
    told = asking.post("/validate", content=elm, headers={"Content-Type": "text/turtle"}).json()
    assert (told["schema"], told["passed"], report.passed) == ("elm", False, False)
    by_rules = [one for one in told["reasons"] if one["layer"]]
    assert [(one["code"], one["count"]) for one in by_rules] == [(one.issue.code, one.count) for one in report.reasons]


def test_a_key_of_the_right_scope_is_needed(place: Workplace, asking: Asking) -> None:
    for path in ("/validate", "/convert?to=elm"):
        del asking.client.headers["authorization"]
        refused = asking.post(path, content=LISTING)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert asking.post(path, content=LISTING, headers=key_for(place, "read")).status_code == 403
        asking.client.headers |= key_for(place, "check")
    assert "access-control-allow-origin" not in asking.post("/validate", content=LISTING).headers


def _packed(size: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a>" + b" " * size + b"</a>")
        archive.writestr("[Content_Types].xml", b"<Types/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "headers", "statuses"),
    [
        (b"", {}, {400}),
        (b"x" * 200_001, {}, {413}),
        (LISTING, {"Content-Encoding": "gzip"}, {415}),
        (b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}, {415}),
        (b"--x\r\n", {"Content-Type": "multipart/form-data"}, {415}),
        (b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"}, {415}),
        (_BOMB, {"Content-Type": "application/rdf+xml"}, {200, 422}),
        (b"[" * 100_000, {"Content-Type": "application/json"}, {422}),
        (b'{"a":' * 30_000, {"Content-Type": "application/ld+json"}, {200, 422}),
        (b"\x00\xff\xfe" * 1000, {}, {422}),
        (_packed(100 * 2**20), {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
         {200, 422}),
        (b'{"@context": "http://127.0.0.1:9/c", "@id": "urn:a"}', {"Content-Type": "application/ld+json"}, {200, 422}),
    ],
)  # fmt: skip
def test_hostile_bodies_are_told_what_is_wrong(
    asking: Asking, body: bytes, headers: dict[str, str], statuses: set[int]
) -> None:
    begun = time.monotonic()
    found = asking.post("/validate", content=body, headers=headers)
    assert found.status_code in statuses, found.text[:500]
    assert found.status_code != 200 or not found.json()["passed"]
    assert time.monotonic() - begun < 30


def test_a_stream_without_an_end_is_cut(place: Workplace) -> None:
    """Pieces whose sum is not told before; the answer comes long before all that might be sent."""
    piece = b"%x\r\n%s\r\n" % (65536, b"x" * 65536)
    head = {"Transfer-Encoding": "chunked", **key_for(place, "check")}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with served(place, api_body_bytes=200_000) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(f"POST {ROOT}/validate HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
            for _ in range(4):
                connection.sendall(piece)
            assert connection.recv(12) == b"HTTP/1.1 413"


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
            return
        self.send_response(200 if self.path != "/missing" else 404)
        self.send_header("Content-Type", "application/json")
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(LISTING * (100 if self.path == "/large" else 1))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_file_is_fetched_and_checked_like_one_that_is_sent(asking: Asking, elsewhere: str) -> None:
    told = asking.post("/validate", params={"address": f"{elsewhere}/to?{elsewhere}/list.jsonl"}).json()
    assert told == validated(LISTING, "list.jsonl").as_json()
    both = asking.post("/validate", params={"address": elsewhere}, content=LISTING)
    assert both.json()["code"] == "parameter_invalid"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/missing", "page_missing"), ("/packed", "download_failed"), ("/large", "answer_too_large"),
        ("/to?/to?/to?/to?/to?/to?/to?/x", "download_failed"), ("/to?http://10.0.0.1/x", "address_closed"),
        ("/to?http://169.254.169.254/latest", "address_closed"), ("/to?file:///etc/passwd", "address_closed"),
        ("/to?http://[::ffff:10.0.0.1]/", "address_closed"), ("/to?http://user@93.184.216.34/", "address_closed"),
    ],
)  # fmt: skip
def test_what_cannot_be_fetched_says_why(elsewhere: str, path: str, code: str) -> None:
    with pytest.raises(CodedError) as told:
        fetched(elsewhere + path, "test", len(LISTING) * 50, allow_loopback=True)
    assert told.value.issues[0].code == code


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f.1/", "http://0/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://10.1.2.3/", "http://192.168.0.1:80/",
        "http://93.184.216.34:22/", "ftp://93.184.216.34/", "http://", "http://[", "gopher://x", "javascript:1",
        "http://93.184.216.34:99999/", "http://a b/", "http://日本/", "http://user:word@93.184.216.34/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_never_asked(address: str) -> None:
    with pytest.raises(CodedError) as told:
        fetched(address, "test", 1000)
    assert told.value.issues[0].code in {"address_closed", "download_failed"}
    assert told.value.issues[0].params.get("detail") != "ConnectionRefusedError"


def spin() -> bytes:
    while True:
        pass


def sleep() -> bytes:
    time.sleep(60)
    return b""


def swell() -> bytes:
    return b"x" * (4 * 2**30)


def shout() -> bytes:
    return b"x" * 2000


def fail() -> bytes:
    raise CodedError.of("work_crowded", seconds=1)


@pytest.mark.parametrize(
    ("work", "code"),
    [(spin, "work_too_long"), (sleep, "work_too_long"), (swell, "work_too_large"), (shout, "work_too_large"),
     (fail, "work_crowded")],
)  # fmt: skip
def test_confined_work_ends_within_its_limits(work: Any, code: str) -> None:
    begun = time.monotonic()
    with pytest.raises(CodedError) as told:
        Confinement(1, 8.0 if work in {swell, shout, fail} else 2.0, 512, 1000).run(work)
    assert told.value.issues[0].code == code
    assert time.monotonic() - begun < 15


def _slept(house: Confinement) -> None:
    with pytest.raises(CodedError):
        house.run(sleep)


def test_a_full_house_asks_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.confinement._PATIENCE", 0.1)
    house = Confinement(1, 3.0, 512, 1000)
    first = threading.Thread(target=_slept, args=(house,))
    first.start()
    time.sleep(0.3)
    with pytest.raises(CodedError) as told:
        house.run(sleep)
    assert told.value.issues[0].code == "work_crowded"
    first.join()
