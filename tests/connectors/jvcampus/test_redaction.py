"""People are taken out of answers, and the answers stay whole."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from connectors.jvcampus.redaction import redact

NAME = "架空 花子"
HTML = "text/html"
JSON = "application/json"

IN_PAGES = (
    '<ul class="teachers"><li>教師: <a href="/user/view.php?id=3">{}</a></li></ul>',
    "<UL id=t CLASS='x teachers'><li>{}<ul><li>{}</li></ul></li></UL>",
    "<ul class=teachers><li>{}</li></ul>",
    '<div class="course-contacts"><div>{}</div><div>{}</div></div>',
    '<a title="{}" href="https://lms.example/user/profile.php?id=3&amp;course=1"><b>{}</b></a>',
    '<img src="/pluginfile.php/3/user/icon/f1" alt="{}">',
    '<span class="userinitials size-35" title="{}">{}</span>',
    '<img class="userpicture" alt="{}の画像" src="x.png">',
    '<div class="logininfo">あなたは {} です</div>',
    '<p class="teachers">教師: {}<div>他</div>',
    '<div title="a > b" class="coursecontacts">{}</div>',
    (
        '<div class="customfield customfield_text customfield_lecturer"><span class="customfieldname">L</span>'
        '<span class="customfieldvalue">{}</span></div>'
    ),
    (
        '<div class="customfield customfield_text customfield_x"><span class="customfieldname">担当教員:</span>'
        '<span class="customfieldseparator">: </span><span class="customfieldvalue">{}</span></div>'
    ),
    (
        '<div class="customfield customfield_x"><span class="customfieldname">'
        '<span lang="ja" class="multilang">講師</span></span><div class="customfieldvalue"><b>{}</b></div></div>'
    ),
)
BEFORE, AFTER = '<div data-courseid="2"><h3>前</h3>', '<p>後 teachers</p><a href="/teachers/">教員用</a></div>'


def page(inside: str) -> bytes:
    return f"<!DOCTYPE html><html><body>{BEFORE}{inside}{AFTER}</body></html>".encode()


@pytest.mark.parametrize("template", IN_PAGES)
def test_people_leave_pages_and_nothing_else_does(template: str) -> None:
    inside = template.replace("{}", NAME)
    kept = redact(page(inside), HTML)
    assert NAME.encode() not in kept
    document = html.document_fromstring(kept.decode())
    assert document.xpath("string(//*[@data-courseid]/h3)") == "前"
    assert "後 teachers" in document.text_content()
    assert "教員用" in document.text_content()


@pytest.mark.parametrize("template", IN_PAGES)
def test_a_page_that_is_cut_off_keeps_no_name(template: str) -> None:
    whole = page(template.replace("{}", NAME))
    start = whole.index(NAME.encode())
    for end in range(start, start + len(NAME.encode()) + 40):
        assert "花".encode() not in redact(whole[:end], HTML)


@pytest.mark.parametrize("template", IN_PAGES)
def test_markup_inside_json_is_treated_alike(template: str) -> None:
    record = {"courses": [{"id": 2, "fullname": "架空", "summary": template.replace("{}", NAME)}]}
    kept = redact(orjson.dumps(record), JSON)
    assert NAME.encode() not in kept
    assert orjson.loads(kept)["courses"][0]["fullname"] == "架空"


def test_contacts_leave_json_and_the_rest_stays() -> None:
    record = {
        "id": 2, "fullname": "架空 花子入門", "contacts": [{"id": 3, "fullname": "三郎"}],
        "customfields": [
            {"shortname": "lecturer", "name": "L", "value": "三郎", "valueraw": "三郎"},
            {"shortname": "x", "name": "担当教員", "value": "三郎", "valueraw": "三郎"},
            {"shortname": "hours", "name": "Hours", "value": "3", "valueraw": "3"},
        ],
        "issuer": {"name": "架空大学", "email": "saburo@kakuu.example"},
        "image": {"id": "x.png", "author": "三郎"},
        "criteria": {"id": "https://lms.example/badges/badge.php?hash=0123abcd"},
    }  # fmt: skip
    kept = redact(orjson.dumps(record), JSON)
    assert not any(word.encode() in kept for word in ("三郎", "saburo", "0123abcd"))
    read = orjson.loads(kept)
    assert (read["fullname"], read["contacts"], read["issuer"]["name"]) == ("架空 花子入門", [], "架空大学")
    assert [field["value"] for field in read["customfields"]] == [None, None, "3"]


@pytest.mark.parametrize("escaped", [False, True])
def test_json_that_is_cut_off_keeps_no_contact(*, escaped: bool) -> None:
    name = '"三郎' if escaped else "三郎"
    record = {"courses": [{"id": 2, "contacts": [{"id": 3, "fullname": name}, {"id": 4, "fullname": name}], "x": 1}]}
    whole = orjson.dumps(record)
    for end in range(whole.index(b"contacts") + 12, len(whole)):
        kept = redact(whole[:end], JSON)
        assert "三".encode() not in kept


def test_json_without_people_stays_byte_for_byte() -> None:
    body = b'{ "courses": [ {"id": 2, "fullname": "\\u67b6\\u7a7a"} ] }'
    assert redact(body, JSON) == body


@given(st.binary(max_size=200))
def test_no_bytes_break_it(body: bytes) -> None:
    assert isinstance(redact(body, HTML), bytes)
    assert isinstance(redact(b"{" + body, JSON), bytes)


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="@＠&%\\"), max_size=80))
def test_running_text_stays_as_it_is(text: str) -> None:
    escaped = text.replace("<", "&lt;").replace(">", "&gt;")
    whole = page(f"<p>{escaped}</p>")
    assert redact(whole, HTML) == whole
