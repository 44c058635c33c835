"""Archives made to hurt: each is refused with its reason, in little time, and nothing is written where it says."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from connectors.contract import StructureBroken
from connectors.redaction import redact
from harvester.crawling.archives import MOST_MEMBERS, members, redacted_lines
from harvester.workplace import Workplace
from tests.harvester.loopback import Loopback, answer
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, codes, kept, page, records

URL = "https://dump.example/all.zip"
LIMIT = 64 * 2**20
ZEROS = b"\0" * (40 * 2**20)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return made.getvalue()


def unpacked(path: Path, body: bytes, url: str = URL, limit: int = LIMIT) -> dict[str, bytes]:
    file = path / "download"
    file.write_bytes(body)
    return {name: b"".join(chunks) for name, chunks in members(file, url, limit)}


def encrypted() -> bytes:
    body = bytearray(zipped({"a.ttl": b"a" * 100}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", body, body.index(mark) + at, 1)
    return bytes(body)


def method_nobody_knows() -> bytes:
    body = bytearray(zipped({"a.ttl": b"a" * 100}))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", body, body.index(mark) + at, 77)
    return bytes(body)


def lying_about_its_size() -> bytes:
    """Say that a member is small; it unpacks to far more."""
    body = bytearray(zipped({"a.ttl": ZEROS}))
    struct.pack_into("<I", body, body.index(b"PK\x01\x02") + 24, 10)
    return bytes(body)


def overlapping() -> bytes:
    """Make many members of the same compressed bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.ttl", ZEROS)
        for number in range(1, 90):
            info = zipfile.ZipInfo(f"{number}.ttl")
            info.compress_type, info.CRC = zipfile.ZIP_DEFLATED, archive.filelist[0].CRC
            info.compress_size, info.file_size = archive.filelist[0].compress_size, len(ZEROS)
            info.header_offset = 0
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
        archive._didModify = True  # type: ignore[attr-defined]
    return made.getvalue()


def spoilt(body: bytes, at: int) -> bytes:
    return body[:at] + bytes((body[at] ^ 0x5A,)) + body[at + 1 :]


STORED = zipped({"a.ttl": b"@prefix x: <urn:x:> .\n" * 200}, zipfile.ZIP_STORED)
DEFLATED = zipped({"a.ttl": bytes(range(256)) * 200})
REFUSED: dict[str, Callable[[], bytes]] = {
    "ratio": lambda: zipped({"a.ttl": ZEROS}),
    "ratio of a second member": lambda: zipped({"a.ttl": b"fine", "b.ttl": ZEROS}),
    "total": lambda: zipped({f"{number}.ttl": bytes(2**20) for number in range(90)}),
    "total of stored members": lambda: zipped({f"{n}.ttl": bytes(2**24) for n in range(5)}, zipfile.ZIP_STORED),
    "members": lambda: zipped({f"{number}.ttl": b"" for number in range(MOST_MEMBERS + 1)}),
    "many members nobody reads": lambda: zipped({f"{number}.txt": b"" for number in range(5000)}),
    "zip in zip": lambda: zipped({"a.ttl": b"fine", "inner.zip": zipped({"a.ttl": ZEROS})}),
    "zip in zip under another name": lambda: zipped({"inner.ttl": zipped({"a.ttl": b"x"})}),
    "gzip in zip": lambda: zipped({"inner.ttl.gz": gzip.compress(ZEROS)}),
    "gzip in zip under another name": lambda: zipped({"inner.ttl": gzip.compress(b"x" * 1000)}),
    "gzip": lambda: gzip.compress(ZEROS),
    "gzip of many parts": lambda: gzip.compress(bytes(2**20)) * 80,
    "gzip in gzip": lambda: gzip.compress(gzip.compress(b"x" * 1000)),
    "zip in gzip": lambda: gzip.compress(zipped({"a.ttl": b"x" * 1000})),
    "encrypted": encrypted,
    "unknown method": method_nobody_knows,
    "false size": lying_about_its_size,
    "overlapping members": overlapping,
    "bzip2 bomb": lambda: zipped({"a.ttl": ZEROS * 2}, zipfile.ZIP_BZIP2),
    "lzma bomb": lambda: zipped({"a.ttl": ZEROS * 2}, zipfile.ZIP_LZMA),
    "false checksum": lambda: spoilt(STORED, 60),
    "spoilt stream": lambda: spoilt(DEFLATED, 45),
    "spoilt header": lambda: spoilt(STORED, 1),
    "spoilt lzma": lambda: spoilt(zipped({"a.ttl": bytes(range(256)) * 50}, zipfile.ZIP_LZMA), 50),
    "spoilt bzip2": lambda: spoilt(zipped({"a.ttl": bytes(range(256)) * 50}, zipfile.ZIP_BZIP2), 45),
    "gzip cut": lambda: gzip.compress(bytes(range(256)) * 50)[:-60],
    "gzip cut in its head": lambda: gzip.compress(b"x" * 100)[:6],
    "gzip spoilt": lambda: spoilt(gzip.compress(bytes(range(256)) * 50), 30),
    "gzip with a false checksum": lambda: spoilt(gzip.compress(b"x" * 100), -6 % 120 - 95),
    "gzip and rubbish": lambda: gzip.compress(b"x" * 100) + b"rubbish",
    "bzip2 alone": lambda: bz2.compress(b"x" * 100),
    "xz alone": lambda: lzma.compress(b"x" * 100),
    "7z alone": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(60),
    "zip cut": lambda: DEFLATED[: len(DEFLATED) // 2],
    "zip without its end": lambda: DEFLATED[:-10],
}  # fmt: skip


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_an_archive_that_cannot_be_trusted_is_refused(make: Callable[[], bytes], tmp_path: Path) -> None:
    body = make()
    began = monotonic()
    with pytest.raises(StructureBroken) as refused:
        unpacked(tmp_path, body)
    assert monotonic() - began < 5
    issue = refused.value.issues[0]
    assert issue.code == "archive_refused"
    assert URL in issue.text("en")
    assert issue.text("ja")


ELSEWHERE = (
    "../../outside.ttl", "/etc/outside.ttl", "..\\..\\outside.ttl", "C:\\outside.ttl", "a/../../outside.ttl",
    "folder/outside.ttl", "outside.ttl", "\u202eouts.ttl", "a" * 300 + ".ttl",
)  # fmt: skip


def test_names_of_members_choose_no_path(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    contents = {name: b"content %d" % number for number, name in enumerate(ELSEWHERE)}
    found = unpacked(folder, zipped(contents))
    assert sorted(found.values()) == sorted(contents.values())
    assert not [name for name in found if "/" in name or "\\" in name]
    assert [path.name for path in tmp_path.rglob("*")] == ["work", "download"]


def test_members_that_share_a_name_are_all_kept(tmp_path: Path) -> None:
    body = zipped({"ie/data.ttl": b"one", "fr/data.ttl": b"two", "data.ttl": b"three", "notes.txt": b"no data"})
    found = unpacked(tmp_path, body)
    assert sorted(found.values()) == [b"one", b"three", b"two"]
    assert all(name.endswith("data.ttl") for name in found)


def test_a_healthy_archive_is_read_whole(tmp_path: Path) -> None:
    line = b'<urn:x:%d> <urn:x:p> "text" .\n'
    content = b"".join(line % number for number in range(100_000))
    for body in (zipped({"a.ttl": content}), gzip.compress(content), content):
        assert list(unpacked(tmp_path, body).values()) == [content]


@pytest.mark.parametrize("gap", [b"\n", b".\n", b" ", b'","'])
@pytest.mark.parametrize("size", [1, 7, 1000, 65_537, 200_001])
def test_no_address_is_divided_between_pieces(gap: bytes, size: int) -> None:
    words = [b"word" if number % 7 else b"madeup.person%d@college.example" % number for number in range(30_000)]
    body = gap.join(words)
    size = max(size, len(body) // 2000)
    chunks = (body[at : at + size] for at in range(0, len(body), size))
    kept = b"".join(redacted_lines(chunks, redact, "text/plain"))
    assert kept == redact(body, "text/plain")
    assert b"madeup" not in kept


def test_an_endless_word_is_passed_on_in_pieces() -> None:
    sizes = [len(piece) for piece in redacted_lines((b"a" * 2**20 for _ in range(8)), redact, "text/plain")]
    assert sum(sizes) == 8 * 2**20
    assert max(sizes) < 2**21


@pytest.mark.parametrize("fault", ["ratio", "gzip cut"])
def test_a_run_stops_at_a_refused_archive_and_leaves_nothing(
    harvest_script: HarvestScript, server: Loopback, place: Workplace, fault: str
) -> None:
    server.routes["/healthy"] = page("Kursus Contoh")
    server.routes["/dump"] = answer(REFUSED[fault](), media_type="application/zip")
    asks = ["/healthy", {"url": "/dump", "bulk": True}]
    report = harvest_script(options={"start": asks})
    assert report.state == "failed"
    assert codes(report) >= {"archive_refused"}
    assert records(place) == {}
    assert [name for name in kept(place) if not name.endswith(".gz")] == []


def test_every_member_of_a_dump_is_read_in_a_run(
    harvest_script: HarvestScript, server: Loopback, place: Workplace, tmp_path: Path
) -> None:
    dump = zipped({f"{folder}/data.json": script([f"Kursus {folder}"]) for folder in ("..", "/etc", "a", "b")})
    server.routes["/dump"] = answer(dump, media_type="application/zip")
    report = harvest_script(options={"start": [{"url": "/dump", "bulk": True}]})
    assert (report.published.created, report.reading.payloads) == (4, 4)
    assert not list(tmp_path.rglob("data.json"))
