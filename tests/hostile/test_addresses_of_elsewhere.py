"""Addresses a crawl must not reach: whatever they are written like, wherever they come from, nobody is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from twisted.internet.error import DNSLookupError

from harvester.crawling.guard import AllowList, GuardedResolver, is_public
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from tests.harvester.loopback import Loopback, answer, loopback
from tests.harvester.situations import HarvestScript, codes, page, rows, source_of

ANY = ".".join("0000")
NOT_PUBLIC = (
    ANY, "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.0.1", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::10.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:7f00:1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1",
    "2001:0:7f00:1::1", "2001:0:102:304:0:0:80ff:fffe", "2001:db8::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "100::1",
    "localhost", "", "0177.0.0.1", "2130706433", "0x7f.1", "127.1", "1.1.1", "1.1.1.1.1", " 1.1.1.1", "1.1.1.1:80",
)  # fmt: skip
PUBLIC = (
    "1.1.1.1", "9.9.9.9", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700:4700::1111", "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1", "2002:101:101::",
)  # fmt: skip
WRITTEN = (
    ANY, "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
    "017700000001", "127.1", "0", "0.0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "127.0.0.1.",
    "①②⑦.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.0.1", "[fd00:ec2::254]", "[fe80::1]",
)  # fmt: skip
"""Hosts as an address may spell them, each of which leads nowhere public."""
FAST = {"delay": 0.0, "concurrency": 16, "retries": 3, "robots": False}


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_of_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_of_the_public_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("allowed", [False, True])
def test_the_answer_of_a_look_up_is_what_is_judged(*, allowed: bool) -> None:
    resolver = GuardedResolver(cast("Any", None), 0, 1.0)
    resolver.allow_loopback = allowed
    for address in (*NOT_PUBLIC, *PUBLIC):
        local = address.startswith("127.") and address.count(".") == 3
        if is_public(address) or (allowed and (local or address == "::1")):
            assert resolver._checked(address, "name.example") == address
        elif "127.0.0.1" not in address and "7f00" not in address:
            with pytest.raises(DNSLookupError, match=r"name\.example"):
                resolver._checked(address, "name.example")


@pytest.mark.parametrize(
    "url",
    [
        "http://registry.example:8080/", "https://registry.example:80/", "http://registry.example:443/",
        "http://other.example/", "http://registry.example.evil.example/", "http://evilregistry.example/",
        "http://registry.example@evil.example/", "http://user@registry.example/", "http://:@registry.example/",
        "http://registry.example:99999/", "http://registry.example:x/", "http://registry.example./",
        "ftp://registry.example/", "file:///etc/passwd", "file://registry.example/etc/passwd",
        "data:text/html,registry.example", "gopher://registry.example/", "s3://registry.example/a", "javascript:1",
        "//registry.example/", "registry.example", "http:///registry.example", "http://", "",
    ],
)  # fmt: skip
def test_only_what_the_list_names_is_asked(url: str) -> None:
    assert not AllowList(["registry.example"]).allows(url)


@pytest.mark.parametrize(
    "url",
    ["http://registry.example/", "https://registry.example/a", "HTTP://REGISTRY.example/", "https://registry.example:443/",
     "http://registry.example:80/", "http://stand.example:8000/"],
)  # fmt: skip
def test_what_the_list_names_is_asked(url: str) -> None:
    assert AllowList(["registry.example", "stand.example:8000"]).allows(url)


def test_no_spelling_of_an_inner_address_is_reached_without_leave(
    throwaway: None, place: Workplace, server: Loopback
) -> None:
    hosts = [f"{host}:{server.port}" for host in WRITTEN]
    bare = [host.strip("[]") for host in WRITTEN]
    asks = [{"url": f"http://{host}/", "kind": "raw", "bulk": bulk} for host in hosts for bulk in (False, True)]
    for number, ask in enumerate(asks):
        ask["url"] = f"{ask['url']}{number}"
    listed = [*hosts, *(f"{host}:{server.port}" for host in bare)]
    source = source_of(server.url(), hosts=listed, politeness=FAST, options={"start": asks})
    report = harvest(place, Order(source, "test"))
    assert (server.connections, server.asked) == (0, [])
    assert report.fetches.get("ok", 0) == 0
    assert sum(report.fetches.values()) == len(asks)
    assert codes(report) <= {"address_refused", "download_failed", "nothing_answered"}
    assert report.published.created == 0
    assert report.seconds < 30


LOOKUP = """
import socket
_asked = socket.gethostbyname
def gethostbyname(name):
    told = {"inside.example": "10.0.0.7", "metadata.example": "169.254.169.254", "here.example": "127.0.0.1"}
    if name in told:
        return told[name]
    raise OSError(name)
socket.gethostbyname = gethostbyname
"""


@pytest.fixture
def told_names(throwaway: None, tmp_path: Path) -> Iterator[None]:
    """Names that a look-up answers with inner addresses, in the processes that are started."""
    with (tmp_path / "start" / "sitecustomize.py").open("a", encoding="utf-8") as start:
        start.write(LOOKUP)
    yield
    assert str(tmp_path / "start") in os.environ["PYTHONPATH"]


@pytest.mark.parametrize("local", [False, True])
def test_a_name_that_leads_inside_is_not_followed(
    told_names: None, place: Workplace, server: Loopback, *, local: bool
) -> None:
    names = [f"{name}.example:{server.port}" for name in ("inside", "metadata", "here")]
    server.routes["/"] = page("Kursus Contoh")
    asks = [f"http://{name}/" for name in names]
    source = source_of(asks[0], hosts=names, politeness=FAST, options={"start": asks})
    report = harvest(place, Order(source, "test", allow_loopback=local))
    states = {row["url"].split("/")[2]: row["state"] for row in rows(place, "fetch")}
    assert states == {names[0]: "refused", names[1]: "refused", names[2]: "ok" if local else "refused"}
    assert "address_refused" in codes(report)
    assert server.connections == (1 if local else 0)
    assert report.seconds < 20


def test_a_name_that_leads_elsewhere_when_it_is_looked_up_again() -> None:
    """The address that was judged is the one that is connected to; a second look-up is judged anew."""
    answers = iter(["1.1.1.1", "127.0.0.1", "127.0.0.1"])
    resolver = GuardedResolver(cast("Any", None), 0, 1.0)
    assert resolver._checked(next(answers), "changing.example") == "1.1.1.1"
    for address in answers:
        with pytest.raises(DNSLookupError, match="changing"):
            resolver._checked(address, "changing.example")


def test_a_canary_that_may_be_reached_is_reached(throwaway: None, place: Workplace, server: Loopback) -> None:
    """What the tests of refusals listen for can be heard: the same crawl with leave to reach loopback."""
    server.routes["/"] = page("Kursus Contoh")
    written = ["127.0.0.1", "2130706433", "0x7f.1", "127.1"]
    hosts = [f"{host}:{server.port}" for host in written]
    asks = [f"http://{host}/" for host in hosts]
    source = source_of(server.url(), hosts=hosts, politeness=FAST, options={"start": asks})
    report = harvest(place, Order(source, "test", allow_loopback=True))
    assert report.fetches == {"ok": len(written)}
    assert server.connections == len(written)


def test_redirects_lead_nowhere_else(place: Workplace, harvest_script: HarvestScript, server: Loopback) -> None:
    with loopback() as other:
        targets = {
            "port": other.url("/"),
            "name": f"http://localhost:{server.port}/",
            "other-name": f"http://127.0.0.2:{server.port}/",
            "metadata": "http://169.254.169.254/latest/meta-data/",
            "scheme": f"https://127.0.0.1:{server.port}/",
            "user": f"http://me@127.0.0.1:{server.port}/page",
            "file": "file:///etc/passwd",
            "ftp": "ftp://127.0.0.1/",
            "data": "data:application/json,{}",
            "script": "javascript:alert(1)",
            "no-host": "http:///page",
            "slashes": "//elsewhere.example/",
            "odd-port": "http://127.0.0.1:99999/",
            "brackets": "http://[::1/",
            "empty": "",
        }
        for name, target in targets.items():
            server.routes[f"/{name}"] = answer(b"moved", 302, "text/plain", Location=target)
            server.routes[f"/bulk-{name}"] = answer(b"moved", 302, "text/plain", Location=target)
        server.routes["/inside"] = answer(b"moved", 302, "text/plain", Location="/page")
        server.routes["/page"] = page("Kursus Contoh")
        refresh = f'<html><meta http-equiv="refresh" content="0; url={other.url()}"></html>'
        server.routes["/refresh"] = answer(refresh, media_type="text/html")
        asks: list[Any] = ["/inside", {"url": "/refresh", "kind": "raw"}]
        asks += [{"url": f"/{name}", "kind": "raw"} for name in targets]
        asks += [{"url": f"/bulk-{name}", "kind": "raw", "bulk": True} for name in targets]
        quick = {"answer_seconds": 1.0, "bulk_seconds": 1.0}
        report = harvest_script(options={"start": asks}, limits=quick, politeness={"retries": 0})
        assert (other.connections, other.asked) == (0, [])
    ended = {row["url"].removeprefix(server.url("/")): row["state"] for row in rows(place, "fetch")}
    staying = {"inside", "refresh", "no-host", "bulk-no-host", "page#page"}
    assert {name for name, state in ended.items() if state == "ok"} == staying
    assert set(ended.values()) == {"ok", "failed", "refused"}
    assert report.published.created == 1
    assert report.state == "succeeded_with_warnings"
    assert not report.complete
    assert codes(report) - {"repeated_across_pages"} == {
        "address_refused",
        "download_failed",
        "server_error",
        "run_incomplete",
    }
    assert report.seconds < 10
    assert "/page" in server.paths()


def test_other_schemes_are_refused_from_the_start(harvest_script: HarvestScript, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"found":["Rahsia"],"asks":[]}', encoding="utf-8")
    asks = [secret.as_uri(), "file:///etc/passwd", "ftp://127.0.0.1/list", "data:application/json,%7B%7D", "s3://a/b"]
    report = harvest_script(options={"start": asks}, politeness={"robots": False})
    assert report.fetches == {"refused": len(asks)}
    assert codes(report) >= {"address_refused"}
    assert report.published.created == 0
