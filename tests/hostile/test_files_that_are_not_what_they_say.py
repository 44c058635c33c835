"""Files for conversion that are cut, empty, mislabelled or made to hurt: each is read, or ends in a code, soon."""

from __future__ import annotations

import random
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import pytest

import crosswalks
from config.messages import CodedError, Severity
from connectors.faults import LOGIN, MAINTENANCE, SOFT_404
from crosswalks.contract import crosswalk_table
from harvester.converting import Conversion, convert

SCHEMAS = sorted(crosswalk_table())
ROOT = Path(next(iter(crosswalks.__path__)))
NAMES = (
    "file.json",
    "file.jsonl",
    "file.html",
    "file.ttl",
    "file.nt",
    "file.xml",
    "file.rdf",
    "file.jsonld",
    "file",
    "",
)
ENTITIES = "".join(
    f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' if number else '<!ENTITY e0 "x">' for number in range(10)
)
LOQ = "http://data.europa.eu/snb/model/ap/loq-constraints/"


def dice(seed: int) -> random.Random:
    """The same throws on every run."""
    return random.Random(seed)  # noqa: S311 - nothing is kept secret by it


MANY = " ".join(f'a{number}="1"' for number in range(5_000))
SECRET = "file:///etc/passwd"
INCLUDE = '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
FILES: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n\t\r\n ",
    "mark alone": b"\xef\xbb\xbf",
    "login": LOGIN.body,
    "maintenance": MAINTENANCE.body,
    "soft-404": SOFT_404.body,
    "null": b"null",
    "number": b"1e999",
    "array of arrays": b"[[[]]]",
    "object of nothing": b"{}",
    "objects of nothing": b"[{}, {}]",
    "lines of nothing": b"{}\n{}\n",
    "not a number": b'{"title": NaN}',
    "half a letter": b'{"title": "\\ud800"}',
    "null letter": b'{"title": "a\\u0000b", "id": "\\u0000"}',
    "same key twice": b'{"title": "A", "title": "B", "provider": "C"}',
    "huge number": b'{"title": "A", "bil": ' + b"9" * 5000 + b"}",
    "deep arrays": b"[" * 200_000 + b"]" * 200_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep elements": b"<a>" * 100_000 + b"</a>" * 100_000,
    "deep tables": b"<html>" + b"<table><tr><td>" * 20_000 + b"</html>",
    "long line": b'{"title": "' + b"x" * 5_000_000 + b'"}',
    "long attribute": f'<Courses xmlns="{LOQ}" a="{"x" * 11_000_000}"/>'.encode(),
    "long text": f'<Courses xmlns="{LOQ}">{"x" * 11_000_000}</Courses>'.encode(),
    "many attributes": f'<Courses xmlns="{LOQ}" {MANY}/>'.encode(),
    "document type": f'<!DOCTYPE Courses SYSTEM "file:///etc/passwd"><Courses xmlns="{LOQ}"/>'.encode(),
    "billion laughs": f'<!DOCTYPE Courses [{ENTITIES}]><Courses xmlns="{LOQ}">&e9;</Courses>'.encode(),
    "external entity": f'<!DOCTYPE a [<!ENTITY e SYSTEM "{SECRET}">]><a xmlns="{LOQ}">&e;</a>'.encode(),
    "inclusion": f'<Courses xmlns="{LOQ}">{INCLUDE}</Courses>'.encode(),
    "remote context": b'{"@context": "http://127.0.0.1:9/c", "@id": "urn:x:1", "title": "T"}',
    "local context": b'{"@context": "file:///etc/passwd", "@id": "urn:x:1", "title": "T"}',
    "bytes": dice(1).randbytes(20_000),
    "zip": b"PK\x03\x04" + bytes(1000),
    "gzip": b"\x1f\x8b\x08\x00" + bytes(1000),
    "wide letters": '{"title": "架空"}'.encode("utf-16"),
    "another charset": '{"title": "架空の講座", "provider": "架空大学"}'.encode("shift_jis"),
    "aliases": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
}  # fmt: skip


def told(data: bytes, name: str, schema: str) -> Conversion | None:
    """What a conversion says; None when it ended in a code."""
    try:
        conversion = convert(data, name, schema, "jmicro")
    except CodedError as error:
        issues = error.issues
    else:
        assert conversion.records or conversion.issues
        return conversion
    assert any(issue.severity in {Severity.STOP, Severity.REJECT, Severity.ERROR} for issue in issues)
    assert all(issue.text("ja") for issue in issues)
    return None


@pytest.mark.slow
@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("fault", FILES)
def test_it_is_read_or_ends_in_a_code(fault: str, schema: str) -> None:
    data = FILES[fault]
    for name in NAMES:
        began = monotonic()
        conversion = told(data, name, schema)
        assert monotonic() - began < 20, name
        if conversion is not None:
            assert b"root:" not in orjson.dumps([one.descriptor.model_dump(mode="json") for one in conversion.records])


def test_a_record_that_cannot_be_held_is_left_out_alone() -> None:
    fields = ("title", "provider", "programme", "reference")
    records = [dict.fromkeys(fields, "Kursus Contoh"), {"title": "x" * 2_000_000, "provider": "Kolej Contoh"}]
    conversion = told(orjson.dumps(records), "file.json", "mqa")
    assert conversion is not None
    assert [one.descriptor.title for one in conversion.records] == [{"und": "Kursus Contoh"}]
    assert [issue.code for issue in conversion.issues] == ["record_invalid"]
    assert len(conversion.issues[0].text("en")) < 1000


SOURCES = sorted(path for path in ROOT.glob("*/goldens/*.source.*") if path.stat().st_size < 200_000)


def schema_of(path: Path) -> str:
    return path.parent.parent.name


def whole(path: Path) -> tuple[bytes, int]:
    data = path.read_bytes()
    conversion = told(data, path.name, schema_of(path))
    return data, len(conversion.records) if conversion else 0


@pytest.mark.slow
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{schema_of(path)}-{path.name}")
def test_a_file_that_is_cut_tells_it_or_holds_less(path: Path) -> None:
    data, records = whole(path)
    if schema_of(path) not in SCHEMAS or not records:
        return
    marks = dice(7)
    for cut in sorted(marks.randrange(1, len(data)) for _ in range(25)):
        conversion = told(data[:cut], path.name, schema_of(path))
        assert conversion is None or len(conversion.records) <= records


@pytest.mark.slow
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{schema_of(path)}-{path.name}")
def test_a_file_with_spoilt_bytes_is_read_or_ends_in_a_code(path: Path) -> None:
    data = path.read_bytes()
    marks = dice(11)
    for _ in range(40):
        spoilt = bytearray(data)
        for _ in range(marks.choice((1, 3, 20))):
            at = marks.randrange(len(spoilt))
            spoilt[at : at + marks.choice((0, 1, 1, 9))] = marks.randbytes(marks.choice((0, 1, 1, 5)))
        told(bytes(spoilt), path.name, schema_of(path))


VALUES: tuple[Any, ...] = (
    None, 0, -1, 1e308, True, "", " ", "\0", "架空" * 3000, "<b>bold</b><script>x</script>", "31/02/2026", "9999-99-99",
    "level twelve", "-5", "1e400", "٣", "NaN", [], [None], [[]], {}, {"": None}, {"en": {"en": "x"}},
    "javascript:alert(1)",
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in inner for found in places(item, (*path, key)))]


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = changed(document[path[0]], path[1:], value)
    return copy


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.suffix in {".json", ".jsonld"}],
    ids=lambda path: f"{schema_of(path)}-{path.name}",
)
def test_a_value_that_is_none_is_told_or_left_out(path: Path) -> None:
    document = orjson.loads(path.read_bytes())
    marks = dice(13)
    all_places = places(document)
    for value in VALUES:
        for place in marks.sample(all_places, min(8, len(all_places))):
            told(orjson.dumps(changed(document, place, value)), path.name, schema_of(path))
