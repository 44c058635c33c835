"""Documents made to keep a parser busy or to fill its memory: each is refused or read within a second and 50 MiB."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from config.messages import CodedError
from connectors.contract import Payload, StructureBroken
from connectors.pages import parse_page
from crosswalks.contract import crosswalk_table
from crosswalks.markup import MOST_ATTRIBUTES, is_crowded
from harvester.converting import convert
from harvester.crawling.archives import members
from store.payloads import payload_hash
from tests.hostile.test_files_that_are_not_what_they_say import ENTITIES, FILES, LOQ
from tests.hostile.test_zip_bombs_and_odd_archives import LIMIT, REFUSED, URL

SECONDS = 1.0
MEMORY = 50 * 2**20
NAMES = b" ".join(b"a%d" % number for number in range(100_000))
QUOTED = b" ".join(b"a%d='>'" % number for number in range(100_000))
LOQ_HEAD = f'<Courses xmlns="{LOQ}"'.encode()
XML: dict[str, bytes] = {
    "billion laughs": FILES["billion laughs"],
    "one large entity many times": b'<!DOCTYPE a [<!ENTITY e "%s">]>' % (b"x" * 50_000)
    + LOQ_HEAD + b">" + b"&e;" * 5_000 + b"</Courses>",
    "entities of parameters": b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///dev/zero"> %p;]>' + LOQ_HEAD + b"/>",
    "entities in RDF": f"<!DOCTYPE r [{ENTITIES}]><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "&e9;</rdf:RDF>".encode(),
    "document type in wide letters": FILES["billion laughs"].decode().encode("utf-16"),
    "deep elements": FILES["deep elements"],
    "many attributes": LOQ_HEAD + b" " + QUOTED.replace(b">", b"1") + b"/>",
    "long attribute": LOQ_HEAD + b' a="' + b"x" * 11_000_000 + b'"/>',
    "many names of spaces": LOQ_HEAD + b"".join(b' xmlns:n%d="urn:n"' % n for n in range(5_000)) + b"/>",
}  # fmt: skip
JSON: dict[str, bytes] = {
    "deep arrays": FILES["deep arrays"],
    "deep objects": FILES["deep objects"],
    "huge number": FILES["huge number"],
    "huge exponent": b'{"title": "A", "bil": 1e' + b"9" * 4000 + b"}",
    "same keys": b"{" + b",".join(b'"title": %d' % number for number in range(10_000)) + b"}",
    "many keys": b"{" + b",".join(b'"k%d": 1' % number for number in range(50_000)) + b"}",
    "backslashes": b'{"title": "' + b"\\\\" * 500_000,
}
JSON_LD: dict[str, bytes] = {
    "remote context": FILES["remote context"],
    "local context": FILES["local context"],
    "context within context": b'{"@context": ' * 2_000 + b"{}" + b"}" * 2_000,
    "graphs within graphs": b'{"@graph": [' * 2_000 + b"]}" * 2_000,
    "terms in a ring": b'{"@context": {"a": {"@id": "b:x"}, "b": {"@id": "a:x"}}, "a": {"b": "x"}}',
    "many contexts": b'{"@context": [' + b",".join([b'{"t": "urn:t"}'] * 20_000) + b'], "@id": "urn:x:1"}',
}
HTML: dict[str, bytes] = {
    "open quotes around attributes": b"<html><body>" + b"<a b=\"<a c='" * 100_000,
    "attributes beyond number": b"<html><body><p " + NAMES + b">x</p></body></html>",
    "attributes with closing marks": b"<html><body><p " + QUOTED + b">x</p></body></html>",
    "attributes of a script": b"<html><head><script " + NAMES + b"></script></head></html>",
    "attributes without end": b"<html><body><p " + NAMES,
    "attributes in wide letters": (b"<html><body><p " + NAMES + b">x</p></body></html>").decode().encode("utf-16"),
    "deep tables": FILES["deep tables"],
    "open comments": b"<html><body>" + b"<!--" * 100_000,
}


def measured(task: Callable[[], Any], answers: Any) -> None:
    """Run a task with little memory to spare, and tell how long the processor took and how it ended."""
    taken = int(Path("/proc/self/status").read_text().partition("VmData:")[2].split()[0]) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (taken + MEMORY, taken + MEMORY))
    began = process_time()
    try:
        ended = task()
    except CodedError as error:
        ended = error.issues[0].code
    except BaseException as error:  # noqa: BLE001 - a bomb may do anything, and the test is to say what
        ended = repr(error)[:200]
    answers.send((process_time() - began, ended))


def outcome(task: Callable[[], Any]) -> tuple[float, Any]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=measured, args=(task, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(60) else (60.0, "(no end)")
    except EOFError:
        process.join()
        return 0.0, f"(died: {process.exitcode})"
    finally:
        process.kill()
        process.join()


def faults_of(tasks: Iterator[tuple[str, Callable[[], Any]]], endings: Callable[[Any], bool]) -> dict[str, Any]:
    found = {}
    for name, task in tasks:
        seconds, ended = outcome(task)
        if seconds > SECONDS or not endings(ended):
            found[name] = (round(seconds, 2), ended)
    return found


def converted(data: bytes, name: str, schema: str) -> str:
    convert(data, name, schema, "jmicro")
    return "read"


@pytest.mark.slow
@pytest.mark.parametrize("schema", sorted(crosswalk_table()))
def test_files_for_conversion(schema: str) -> None:
    kinds = {"file.xml": XML, "file.rdf": XML, "file.json": JSON, "file.jsonld": JSON_LD, "file.html": HTML}
    for name in kinds:
        try:
            convert(b"<a/>" if "l" in name or "rdf" in name else b"{}", name, schema, "jmicro")
        except CodedError:
            continue
    tasks = (
        (f"{name}: {bomb}", lambda data=data, name=name: converted(data, name, schema))
        for name, bombs in kinds.items()
        for bomb, data in bombs.items()
    )
    assert faults_of(tasks, lambda ended: isinstance(ended, str) and "(" not in ended) == {}


@pytest.mark.slow
def test_archives() -> None:
    def refused(body: bytes, file: Path) -> str:
        file.write_bytes(body)
        for _, chunks in members(file, URL, LIMIT):
            for _ in chunks:
                continue
        return "read"

    folder = Path(multiprocessing.util.get_temp_dir())
    made = [(name, make()) for name, make in REFUSED.items()]
    tasks = ((name, lambda body=body: refused(body, folder / "download")) for name, body in made)
    assert faults_of(tasks, lambda ended: bool(ended == "archive_refused")) == {}


@pytest.mark.parametrize("bomb", HTML)
def test_pages(bomb: str) -> None:
    def read() -> str:
        body = HTML[bomb]
        parse_page(Payload("page", "https://plain.example/", body, "text/html", payload_hash(body)))
        return "read"

    seconds, ended = outcome(read)
    assert seconds < SECONDS
    assert ended == "page_crowded" if "attributes" in bomb else ended in {"read", "page_truncated", "parse_failed"}


def test_a_page_with_many_small_tags_is_no_crowd() -> None:
    few = b" ".join(b"a%d='x > y'" % number for number in range(MOST_ATTRIBUTES))
    script = b"<script>for (i = 0; i <n " + NAMES + b"</script>"
    page = b"<html><body><!-- <p " + NAMES + b"> --><p " + few + b">x</p>" + script + b"</body></html>"
    assert not is_crowded(page * 50)
    with pytest.raises(StructureBroken):
        parse_page(Payload("page", "https://plain.example/", page.replace(b"<p a0", b"<p b a0"), "text/html", "x"))
