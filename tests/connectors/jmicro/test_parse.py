"""What the parser and the spider make of each answer, without a harvest."""

from __future__ import annotations

import pytest

from connectors.contract import Extract, Found, Payload, Question, StructureBroken
from connectors.discovery import connector, registry
from connectors.jmicro.parse import parse
from connectors.jmicro.people import redact
from connectors.jmicro.spider import JmicroSpider
from connectors.jmicro.standin import ENTRY, lines, standin

REGISTRY = registry("jmicro")
BASE = "http://127.0.0.1:1/v/"
LISTED = len(lines(standin.listings))


def _payload(variant: str, path: str = ENTRY, kind: str = "list", **about: str) -> Payload:
    answer = standin.answer(Question(variant, path, {}, BASE), standin.listings)
    assert answer is not None
    body = redact(answer.body, answer.media_type)
    return Payload(kind, f"{BASE}{path}", body, answer.media_type.partition(";")[0], "0" * 40, "utf-8", dict(about))


def _read(payload: Payload) -> tuple[list[Found], Extract]:
    extract = parse(payload, REGISTRY)
    return list(extract.found), extract


def _of(body: bytes, **about: str) -> tuple[list[Found], Extract]:
    return _read(Payload("list", f"{BASE}x", body, "application/jsonl", "0" * 40, None, dict(about)))


def test_the_connector_is_found_with_its_manifest() -> None:
    manifest = REGISTRY.manifest
    assert connector("jmicro").standin is standin
    assert (manifest.schema_name, manifest.keeps_identifiers, manifest.rights) == (
        "jmicro", True, "reuse_with_attribution",
    )  # fmt: skip
    assert (manifest.country, manifest.languages, manifest.address) == ("JP", ("ja", "en"), "")
    assert next(iter(JmicroSpider(REGISTRY).start())).kind == "list"


@pytest.mark.parametrize("variant", ["full", "array"])
def test_a_whole_file_gives_every_listing_and_where_it_stood(variant: str) -> None:
    found, extract = _read(_payload(variant))
    assert len(found) == extract.rows == LISTED
    assert extract.issues == []
    assert found[0].places["at"] == "line 1"
    assert found[0].places["title"] == "/title"
    assert set(found[0].places) - {"at"} == found[0].listing.model_fields_set


def test_an_index_leads_to_its_files_and_holds_no_listing() -> None:
    payload = _payload("index")
    asks = list(JmicroSpider(REGISTRY).follow(payload))
    assert [ask.url.rpartition("/")[2] for ask in asks] == ["part-1.jsonl", "part-2.jsonl", "part-3.jsonl"]
    assert all(ask.url.startswith(f"{BASE}registry/") for ask in asks)
    assert sum(int(dict(ask.about)["count"]) for ask in asks) == LISTED
    assert _read(payload)[0] == []
    assert list(JmicroSpider(REGISTRY).follow(_payload("full"))) == []
    assert list(JmicroSpider(REGISTRY).follow(_payload("index", kind="file"))) == []


@pytest.mark.parametrize(
    ("index", "urls"),
    [
        (b'{"files":["a.jsonl","/b.jsonl"]}', [f"{BASE}a.jsonl", "http://127.0.0.1:1/b.jsonl"]),
        (b'{"files":[{"url":"https://other.example/c"}]}', ["https://other.example/c"]),
        (b'{"files":[]}', []),
    ],
)
def test_an_index_names_files_by_address(index: bytes, urls: list[str]) -> None:
    payload = Payload("list", f"{BASE}index.json", index, "application/json", "0" * 40)
    assert [ask.url for ask in JmicroSpider(REGISTRY).follow(payload)] == urls


@pytest.mark.parametrize(
    "index",
    [b'{"files":{}}', b'{"files":[7]}', b'{"files":[{"count":3}]}', b'{"files":[{"url":"a","count":"many"}]}',
     b'{"files":[{"url":"a","count":-1}]}', b'{"files":[{"url":"a","count":true}]}'],
)  # fmt: skip
def test_an_index_of_another_shape_stops_the_run(index: bytes) -> None:
    payload = Payload("list", f"{BASE}index.json", index, "application/json", "0" * 40)
    with pytest.raises(StructureBroken) as error:
        list(JmicroSpider(REGISTRY).follow(payload))
    assert error.value.issues[0].code == "structure_changed"


@pytest.mark.parametrize(
    ("variant", "code"),
    [
        ("login", "needs_access"), ("maintenance", "maintenance_page"), ("soft-404", "soft_missing"),
        ("blank-body", "page_empty"), ("truncated", "page_truncated"), ("mojibake", "charset_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_list_stops_the_run(variant: str, code: str) -> None:
    with pytest.raises(StructureBroken) as error:
        _read(_payload(variant))
    assert error.value.issues[0].code == code


def test_a_cut_file_is_told_by_the_count_of_its_index() -> None:
    found, extract = _read(_payload("truncated-file", "registry/part-3.jsonl", "file", count="29", file="part-3.jsonl"))
    assert (len(found), extract.rows, extract.stated) == (28, 28, 29)
    assert [issue.code for issue in extract.issues] == ["row_invalid"]


@pytest.mark.parametrize("cut", range(1, 400, 7))
def test_a_file_cut_anywhere_in_its_last_line_is_never_taken_for_whole(cut: int) -> None:
    body = b"".join(line + b"\n" for line in lines(0)[:2])
    with pytest.raises(StructureBroken) as error:
        _of(body[: -1 - cut])
    assert error.value.issues[0].code == "page_truncated"


def test_a_last_line_without_a_line_end_is_whole_when_it_is_json() -> None:
    assert len(_of(b"\n".join(lines(0)[:2]))[0]) == 2


def test_a_broken_line_and_blank_lines_leave_the_others() -> None:
    found, extract = _read(_payload("broken-line"))
    assert (len(found), extract.rows, extract.blank) == (LISTED - 1, LISTED, 2)
    assert [(issue.code, issue.place) for issue in extract.issues] == [("row_invalid", "line 4")]


def test_personal_data_is_refused_masked_and_told() -> None:
    payload = _payload("personal-data")
    for secret in ("花子", "2001-02-03", "X-000000", "madeup.person"):
        assert secret.encode() not in payload.body
    found, extract = _read(payload)
    assert len(found) == LISTED - 2
    told = [(issue.code, (issue.record or "").rpartition("/")[2]) for issue in extract.issues]
    assert sorted(told) == [
        ("pii_masked", "fictional-002"), ("pii_present", "fictional-001"), ("pii_present", "fictional-003"),
    ]  # fmt: skip
    assert next(issue.params["count"] for issue in extract.issues if issue.code == "pii_masked") == 2


def test_a_second_record_under_one_identifier_is_refused() -> None:
    found, extract = _read(_payload("duplicate-id"))
    assert (len(found), extract.rows) == (LISTED, LISTED + 1)
    assert [issue.code for issue in extract.issues] == ["duplicate_identifier"]


@pytest.mark.parametrize(
    ("variant", "codes"),
    [
        ("unknown-field", ["record_invalid"]),
        ("bad-values", [*["record_invalid"] * 5, "title_missing"]),
    ],
)  # fmt: skip
def test_bad_records_are_told_one_by_one_and_skipped(variant: str, codes: list[str]) -> None:
    found, extract = _read(_payload(variant))
    assert sorted(issue.code for issue in extract.issues) == codes
    assert len(found) == LISTED - len(codes)
    assert all(issue.record and issue.place for issue in extract.issues)
    assert extract.rows == LISTED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "shift_jis", "euc-jp"])
def test_other_encodings_read_the_same(encoding: str) -> None:
    plain = b"".join(line + b"\n" for line in lines(0) if b"real-b03" in line[:80])
    payload = Payload("list", BASE, plain.decode().encode(encoding), "application/jsonl", "0" * 40, encoding)
    found = list(parse(payload, REGISTRY).found)
    assert [each.listing for each in found] == [each.listing for each in _of(plain)[0]]
