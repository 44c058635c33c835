"""What single pages and answers say, read directly."""

from __future__ import annotations

from typing import Any, cast

import orjson
import pytest

from connectors.contract import Answer, Ask, Extract, Payload, Question, Registry, StructureBroken
from connectors.discovery import connector, registry
from connectors.jvcampus.boxes import joined
from connectors.jvcampus.options import root_of
from connectors.jvcampus.standin import ENTRY, standin
from connectors.jvcampus.standin_courses import BOX_KINDS, courses
from crosswalks.jvcampus.model import MoodleCourse

BASE = "https://lms.example/moodle/"
JV = connector("jvcampus")


def site(**options: Any) -> Registry:
    plain = registry("jvcampus")
    update = {"address": f"{BASE}{ENTRY}", "options": {**plain.manifest.options, **options}}
    return Registry("jvcampus", "jvcampus", plain.manifest.model_copy(update=update))


def payload(
    body: str | bytes, kind: str = "category", url: str = f"{BASE}{ENTRY}?categoryid=11", **about: str
) -> Payload:
    data = body.encode() if isinstance(body, str) else body
    media_type = "application/json" if kind.startswith("service") or kind == "badge" else "text/html"
    return Payload(kind, url, JV.redact(data, media_type), media_type, "hash", about=about)


def page(inside: str) -> str:
    return f'<!DOCTYPE html><html lang="ja"><body id="page-course-index-category">{inside}</body></html>'


def courses_in(extract: Extract) -> list[MoodleCourse]:
    return [cast("MoodleCourse", found.listing) for found in extract.found]


def answered(path: str, variant: str = "full", **query: str) -> Answer:
    answer = standin.answer(Question(variant, path, query, BASE), standin.listings)
    assert answer is not None
    return answer


BOX = (
    '<div class="coursebox clearfix odd first" data-courseid="12" data-type="1">'
    '<div class="info"><h3 class="coursename"><a class="aalink" '
    'href="https://lms.example/moodle/course/view.php?id=12&amp;sesskey=x">架空 &amp; 入門</a></h3></div>'
    '<div class="content"><div class="summary"><div class="no-overflow"><p>概要</p></div></div>'
    '<ul class="teachers"><li>Teacher: <a href="/user/profile.php?id=3">架空 花子</a></li></ul>'
    '<div class="coursecat">Category: <a href="/moodle/course/index.php?categoryid=4">架空 Box</a></div>'
    '<div class="customfields-container"><div class="customfield customfield_text customfield_hours">'
    '<span class="customfieldname">Hours</span><span class="customfieldseparator">: </span>'
    '<span class="customfieldvalue">45</span></div></div></div></div>'
)


def test_a_box_of_the_default_theme() -> None:
    (course,) = courses_in(JV.parse(payload(page(f'<div class="courses">{BOX}</div>')), site()))
    assert (course.id, course.fullname, course.summary) == (12, "架空 &amp; 入門", "<p>概要</p>")
    assert course.url == "https://lms.example/moodle/course/view.php?id=12"
    assert course.category is not None
    assert (course.category.id, course.category.name) == (4, "架空 Box")
    (field,) = course.customfields
    assert (field.shortname, field.name, field.type, field.value) == ("hours", "Hours", "text", "45")
    assert course.left_out == {"personal_data": "contacts"}
    assert course.site_language == "ja"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ('<span class="highlight">架空</span>デー<span class="highlight">タ</span>', "架空データ"),
        ('<span lang="ja" class="multilang">甲</span><span lang="en" class="multilang">A &lt; B</span>',
         '<span lang="ja" class="multilang">甲</span><span lang="en" class="multilang">A &lt; B</span>'),
        ('<span class="sr-only">コース名</span> 甲 <i class="icon"></i>', "甲"),
        ("{mlang ja}甲{mlang}{mlang en}A{mlang}", "{mlang ja}甲{mlang}{mlang en}A{mlang}"),
    ],
)  # fmt: skip
def test_titles_keep_their_language_marks_and_lose_the_rest(title: str, expected: str) -> None:
    box = f'<div data-courseid="5"><a class="coursename" href="/moodle/course/view.php?id=5">{title}</a></div>'
    (course,) = courses_in(JV.parse(payload(page(box)), site()))
    assert course.fullname == expected


@pytest.mark.parametrize(
    "box",
    [
        '<li data-courseid="5"><h4 class="card-title"><a href="/moodle/course/view.php?id=5">甲</a></h4></li>',
        '<article data-courseid="5"><a href="/moodle/course/info.php?id=5"><b>甲</b></a><p>x</p></article>',
        (
            '<div data-courseid="5"><div class="card" data-courseid="5"><a class="aalink coursename" '
            'href="/moodle/course/view.php?id=5">甲</a><button data-courseid="5">★</button></div></div>'
        ),
        (
            '<div id="all" data-courseid="1"><div data-courseid="5">'
            '<a href="/moodle/course/view.php?id=5">甲</a></div></div>'
        ),
    ],
)
def test_courses_are_found_by_their_number_in_any_theme(box: str) -> None:
    (course,) = courses_in(JV.parse(payload(page(box)), site()))
    assert (course.id, course.fullname) == (5, "甲")


def test_a_course_without_a_name_is_told_and_the_others_are_read() -> None:
    extract = JV.parse(payload(page(f'<div data-courseid="7"><p>?</p></div>{BOX}')), site())
    assert [course.id for course in courses_in(extract)] == [12]
    assert [issue.code for issue in extract.issues] == ["row_invalid"]
    assert extract.rows == 2


@pytest.mark.parametrize("mark", ['<a class="dimmed"', '<a class="aalink dimmed"'])
def test_hidden_courses_are_counted(mark: str) -> None:
    extract = JV.parse(payload(page(BOX.replace('<a class="aalink"', mark))), site())
    assert courses_in(extract) == []
    assert extract.passed_over == {"passed_over_hidden": 1}


def test_a_page_cut_off_after_a_table_is_not_taken_for_whole() -> None:
    table = "<table><tr><td>第1回</td></tr></table>"
    whole = page(f"{BOX.replace('<p>概要</p>', table)}{BOX}")
    with pytest.raises(StructureBroken) as caught:
        JV.parse(payload(whole[: whole.index(table) + len(table) + 5]), site())
    assert caught.value.issues[0].code == "page_truncated"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<html><body><h1>Welcome</h1><p>Our new portal</p></body></html>", "structure_changed"),
        ("<html><body><form><input type='password'></form></body></html>", "needs_access"),
        ("<html><body><p>メンテナンス中</p></body></html>", "maintenance_page"),
    ],
)
def test_another_page_is_not_an_empty_list(body: str, code: str) -> None:
    with pytest.raises(StructureBroken) as caught:
        JV.parse(payload(body), site())
    assert caught.value.issues[0].code == code


def test_a_category_without_courses_is_an_empty_list() -> None:
    extract = JV.parse(payload(page('<div class="box generalbox">No courses</div>')), site())
    assert (courses_in(extract), extract.rows) == ([], 0)


def follow(answer: Payload, **options: Any) -> list[Ask]:
    return list(JV.spider(site(**options)).follow(answer))


def test_the_index_leads_to_every_box_and_its_pages() -> None:
    index = payload(answered(ENTRY).body, "index", f"{BASE}{ENTRY}")
    assert [ask.about for ask in follow(index)] == [(("category", "1"),), (("category", "2"),)]
    first = payload(
        answered(ENTRY, categoryid="11", perpage="5", page="0").body, url=f"{BASE}{ENTRY}?categoryid=11", category="11"
    )
    further = [ask.url for ask in follow(first, per_page=5)]
    assert [url for url in further if "page=1" in url or "page=2" in url] == [
        f"{BASE}{ENTRY}?categoryid=11&browse=courses&perpage=5&page={number}" for number in (1, 2)
    ]


def test_only_numbers_are_taken_from_links() -> None:
    links = (
        '<div class="subcategories"><a href="https://evil.example/course/index.php?categoryid=9">x</a></div>'
        '<nav class="pagination"><a href="https://evil.example/moodle/course/index.php?categoryid=11&amp;page=3">4</a></nav>'
    )
    asks = follow(payload(page(links), category="11"))
    assert asks
    assert all(ask.url.startswith(BASE) for ask in asks)


def test_collapsed_courses_are_asked_for_one_by_one() -> None:
    body = answered(ENTRY, "collapsed", categoryid="11", perpage="50").body
    listed = payload(body, category="11")
    asks = [ask for ask in follow(listed) if ask.kind == "info"]
    wanted = [course.id for course in courses(standin.listings) if course.box == 11]
    assert [int(dict(ask.about)["course"]) for ask in asks] == wanted
    assert courses_in(JV.parse(listed, site())) == []
    named = courses_in(JV.parse(listed, site(details="never")))
    assert [course.id for course in named] == wanted
    assert not [ask for ask in follow(listed, details="never") if ask.kind == "info"]


def test_the_key_is_named_and_never_in_a_request() -> None:
    spider = JV.spider(site(token_file="/run/secrets/moodle"))
    (ask,) = spider.start()
    assert (ask.method, ask.secrets) == ("POST", (("wstoken", "/run/secrets/moodle"),))
    assert "wstoken" not in ask.key + ask.url


def test_the_transport_follows_from_address_and_key() -> None:
    service = registry("jvcampus").manifest.model_copy(update={"address": f"{BASE}webservice/rest/server.php"})
    first = [next(iter(JV.spider(setting).start())).kind for setting in (
        site(), site(token_file="key"), site(transport="html", token_file="key"), Registry("jv", "jvcampus", service),
    )]  # fmt: skip
    assert first == ["index", "service-categories", "index", "service-categories"]


def test_the_service_is_searched_page_by_page() -> None:
    answer = orjson.dumps({"total": 45, "courses": [{"id": n, "fullname": "x"} for n in range(2, 22)], "warnings": []})
    asked = payload(answer, "service-search", f"{BASE}webservice/rest/server.php", search="架空", page="0")
    pages = [dict(ask.form)["page"] for ask in follow(asked, token_file="key")]
    assert pages == ["1", "2"]
    extract = JV.parse(asked, site())
    assert (len(courses_in(extract)), extract.stated, extract.stated_for) == (20, 45, "search 架空")


def test_only_the_boxes_that_are_wanted_are_asked_for() -> None:
    records = [{"id": 1, "name": "A", "path": "/1"}, {"id": 4, "name": "B", "path": "/1/4"},
               {"id": 5, "name": "C", "path": "/5"}, {"id": 6, "name": "D", "path": "/1/6", "visible": 0}]  # fmt: skip
    answer = payload(orjson.dumps(records), "service-categories", f"{BASE}webservice/rest/server.php")
    asked = [dict(ask.about)["category"] for ask in follow(answer, token_file="key", categories=[1])]
    assert asked == ["1", "4"]


def test_links_to_badge_classes_of_the_same_site_are_followed() -> None:
    summary = (
        '<a href="/moodle/badges/badgeclass.php?id=7">a</a><a href="badge_json.php?id=8">b</a>'
        '<a href="https://lms.example/moodle/badges/badge.php?hash=abc">c</a>'
        '<a href="https://other.example/badges/badgeclass.php?id=9">d</a>'
    )
    body = page(BOX.replace("<p>概要</p>", f"<p>{summary}</p>"))
    asks = [ask.url for ask in follow(payload(body, category="11")) if ask.kind == "badge"]
    assert asks == [f"{BASE}badges/badge_json.php?id=7"]


def test_boxes_above_a_course_say_what_is_stated_of_them() -> None:
    records = [{"id": 1, "name": "個別機関Box", "path": "/1"}, {"id": 13, "name": "架空大学", "path": "/1/13"},
               {"id": 131, "name": "架空学部", "path": "/1/13/131"}]  # fmt: skip
    setting = site(box_kinds={13: {"kind": "institution", "country": "DE"}})
    lookups = JV.parse(payload(orjson.dumps(records), "service-categories"), setting).lookups
    record = {"id": 2, "fullname": "甲", "categoryid": 131}
    (found,) = JV.parse(payload(orjson.dumps([record]), "service-courses"), setting).found
    box = cast("MoodleCourse", joined(found, lookups).listing).category
    assert box is not None
    assert (box.name, box.path) == ("架空学部", ("個別機関Box", "架空大学"))
    assert (box.kind, box.institution, box.country) == ("institution", "架空大学", "DE")


def test_pages_and_service_say_the_same_of_a_course() -> None:
    setting = site(box_kinds=BOX_KINDS, language="ja")
    wanted = courses(standin.listings)[4]
    shown = courses_in(JV.parse(
        payload(answered("course/info.php", id=str(wanted.id)).body, "info", course=str(wanted.id)), setting
    ))[0]  # fmt: skip
    form = {"wsfunction": "core_course_get_courses", "wstoken": "made-up-key-of-the-stand-in"}
    question = Question("webservice", "webservice/rest/server.php", {}, BASE, "POST", form)
    answer = standin.answer(question, standin.listings)
    assert answer is not None
    served = next(
        course for course in courses_in(JV.parse(payload(answer.body, "service-courses"), setting))
        if course.id == wanted.id
    )  # fmt: skip
    for name in ("id", "fullname", "summary", "enrollmentmethods", "badge_links", "site_language"):
        assert getattr(shown, name) == getattr(served, name), name
    plain = [(field.shortname, field.name, field.value) for field in served.customfields]
    assert [(field.shortname, field.name, field.value) for field in shown.customfields] == plain


@pytest.mark.parametrize(
    "address",
    [
        "https://lms.example/moodle/", "https://lms.example/moodle", "https://lms.example/moodle/course/index.php?x=1",
        "https://lms.example/moodle/webservice/rest/server.php", "https://lms.example/moodle/course/",
    ],
)  # fmt: skip
def test_any_address_of_a_site_leads_to_its_root(address: str) -> None:
    assert root_of(address) == BASE


def test_a_badge_that_is_no_badge_class_is_told() -> None:
    body = orjson.dumps({"id": "x", "error": "gone"})
    extract = JV.parse(payload(body, "badge", f"{BASE}badges/badge_json.php?id=7", badge="7"), site())
    assert [issue.code for issue in extract.issues] == ["row_invalid"]
    assert extract.lookups == {}
