"""A stand-in for JV-Campus's Moodle site: its public pages, its web service and its badge classes."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

import orjson

from connectors.contract import Answer, Question, StandIn
from connectors.faults import COMMON, common
from connectors.jvcampus.options import SERVICE
from connectors.jvcampus.standin_courses import (
    BOX_KINDS,
    BOXES,
    PEOPLE,
    StandInBox,
    StandInCourse,
    badge_class,
    box,
    changed,
    courses,
    way_to,
)
from connectors.jvcampus.standin_service import KEY_FILE, service_answer

ENTRY = "course/index.php"
TERM = "架空"
_BADGES = 3
_SERVICE = "webservice"


def answer(question: Question, listings: int) -> Answer | None:
    """Answer one request, or None for an address the site does not have."""
    if question.path == "login/index.php":
        return _page(
            question,
            "page-login-index",
            "ログイン",
            "<form><input type='password' name='password'></form>",
            (),
        )
    if question.variant == "login-redirect":
        return Answer(b"", status=303, headers=(("Location", f"{question.base}login/index.php"),))
    healthy = _site(question, listings)
    fault = question.variant.removeprefix(f"{_SERVICE}-")
    is_service = question.path == SERVICE
    if healthy is None or fault not in COMMON or is_service != (fault != question.variant):
        return healthy
    return common(fault, healthy)


def _site(question: Question, listings: int) -> Answer | None:
    made = changed(question.variant, courses(listings))
    if question.path == SERVICE:
        return service_answer(question, listings)
    if question.path == "badges/badge_json.php":
        return _badge(question)
    if question.path == "course/category.php":
        target = f"{question.base}{ENTRY}?categoryid={question.query.get('id', '')}"
        return Answer(b"", status=303, headers=(("Location", target),))
    if question.path == ENTRY:
        return _index(question, made)
    if question.path == "course/search.php":
        return _search(question, made)
    if question.path == "course/info.php":
        found = next((course for course in made if str(course.id) == question.query.get("id")), None)
        shown = _box_of(found, 0, question, expanded=True) if found else ""
        return (
            _page(
                question,
                "page-course-info",
                "コース概要",
                f'<div class="box generalbox info">{shown}</div>',
                (),
            )
            if found
            else None
        )
    return None


def _badge(question: Question) -> Answer | None:
    number = question.query.get("id", "")
    if not number.isdigit() or not 0 < int(number) <= _BADGES:
        return None
    own = f"{question.base}badges/badge_json.php?id={number}"
    gone = question.variant == "badge-gone"
    content: dict[str, Any] = {"id": own, "error": "無効"} if gone else badge_class(int(number), question.base)
    return Answer(orjson.dumps(content), 410 if gone else 200, "application/json; charset=utf-8")


def _page(question: Question, kind: str, heading: str, content: str, way: tuple[StandInBox, ...]) -> Answer:
    steps = [("コース", f"{question.base}{ENTRY}")]
    steps += [(item.name, f"{question.base}{ENTRY}?categoryid={item.id}") for item in way]
    crumbs = "".join(f'<li class="breadcrumb-item"><a href="{url}">{name}</a></li>' for name, url in steps)
    profile = f"{question.base}user/profile.php?id=2"
    visitor = f'<div class="logininfo">あなたは <a href="{profile}">{PEOPLE[2]}</a> です</div>'
    return Answer(
        '<!DOCTYPE html><html dir="ltr" lang="ja" xml:lang="ja"><head><meta charset="utf-8"><title>'
        f"{escape(heading)}</title></head>"
        f'<body id="{kind}" class="format-site path-course">{visitor}<header><h1>{heading}</h1>'
        f'<nav aria-label="Navigation"><ol class="breadcrumb">{crumbs}</ol></nav></header>'
        f'<a href="{question.base}login/index.php">ログイン</a><div id="region-main" role="main">'
        f"{content}</div>"
        "<footer>架空キャンパス</footer></body></html>".encode()
    )


def _index(question: Question, made: tuple[StandInCourse, ...]) -> Answer | None:
    number = question.query.get("categoryid", "")
    if question.variant == "flat":
        front = StandInCourse(1, "架空キャンパス", "JVC", 0, "")
        return _page(question, "page-course-index", "コース", _course_list(question, (front, *made), "flat"), ())
    if not number:
        tops = "".join(_category(item, question) for item in BOXES if item.parent == 0)
        listed = f'<div class="content"><div class="subcategories">{tops}</div></div>'
        tree = f'<div class="course_category_tree clearfix">{listed}</div>'
        return _page(question, "page-course-index", "コース", tree, ())
    here = box(int(number)) if number.isdigit() else None
    if here is None:
        return None
    below = "".join(_category(item, question) for item in BOXES if item.parent == here.id)
    inside = tuple(course for course in made if course.box == here.id)
    listed = _course_list(question, inside, f"category-browse-{here.id}")
    tree = f'<div class="course_category_tree clearfix"><div class="subcategories">{below}</div>{listed}</div>'
    return _page(question, "page-course-index-category", here.name, tree, tuple(way_to(here.id)))


def _category(item: StandInBox, question: Question) -> str:
    link = f'<a href="{question.base}{ENTRY}?categoryid={item.id}">{item.name}</a>'
    return (
        f'<div class="category loaded with_children" data-categoryid="{item.id}" data-depth="1" '
        'data-showcourses="5" data-type="0">'
        f'<div class="info"><h3 class="categoryname aabtn">{link}</h3></div><div class="content"></div></div>'
    )


def _course_list(question: Question, listed: tuple[StandInCourse, ...], mark: str) -> str:
    size = int(question.query.get("perpage") or 20)
    page = int(question.query.get("page") or 0)
    overlap = 1 if question.variant == "repeated-across-pages" and page else 0
    shown = listed[max(page * size - overlap, 0) : (page + 1) * size]
    make = _card if question.variant == "card-theme" else _box_of
    expanded = question.variant != "collapsed"
    rows = "".join(make(course, number, question, expanded=expanded) for number, course in enumerate(shown))
    bar = _pages(question, len(listed), size)
    if not listed:
        return '<div class="box generalbox">このカテゴリにコースはありません</div>'
    return f'{bar}<div class="courses category-browse {mark}">{rows}</div>{bar}'


def _pages(question: Question, listed: int, size: int) -> str:
    """Return the bar of further pages; they count from 0."""
    last = (listed - 1) // size if listed else 0
    if last < 1:
        return ""
    kept = {name: value for name, value in question.query.items() if name != "page"}
    links = "".join(
        f'<li class="page-item" data-page-number="{number + 1}"><a class="page-link" '
        f'href="{question.base}{question.path}?{escape(urlencode({**kept, "page": number}))}">'
        f"{number + 1}</a></li>"
        for number in sorted({*range(min(last, 8)), last})
    )
    return f'<nav class="pagination pagination-centered"><ul class="mt-1 pagination">{links}</ul></nav>'


def _search(question: Question, made: tuple[StandInCourse, ...]) -> Answer:
    term = question.query.get("search", "")
    found = tuple(course for course in made if term and term in course.title)
    total = len(found) + (7 if question.variant == "search-count-mismatch" else 0)
    listed = _course_list(question, found, "course-search-result-search")
    marks = "course-search-result course-search-result-search"
    content = f'<h2>検索結果: {total}</h2><div class="{marks}">{listed}</div>'
    return _page(question, "page-course-search", "検索結果", content, ())


def _title(course: StandInCourse, question: Question) -> str:
    if question.path == "course/search.php" and (term := question.query.get("search")):
        return course.title.replace(term, f'<span class="highlight">{escape(term)}</span>')
    return course.title


def _box_of(course: StandInCourse, number: int, question: Question, *, expanded: bool) -> str:
    """Return a course as the default theme shows it: whole, or its name alone."""
    dimmed = "dimmed" if course.hidden else "aalink"
    url = f"{question.base}course/view.php?id={course.id}"
    link = f'<a class="{dimmed}" href="{url}">{_title(course, question)}</a>'
    classes = f"coursebox clearfix {'even' if number % 2 else 'odd'}{' first' if number == 0 else ''}"
    start = f'data-courseid="{course.id}" data-type="1"'
    if not expanded:
        info = f"{question.base}course/info.php?id={course.id}"
        more = f'<a title="概要" href="{info}"><i class="icon fa fa-info-circle"></i></a>'
        return (
            f'<div class="{classes} collapsed" {start}><div class="info"><div class="coursename">{link}</div>'
            f'<div class="moreinfo">{more}</div></div><div class="content"></div></div>'
        )
    ways = ("自己登録", "ゲストアクセス") if course.id % 2 else ("手動登録",)
    icons = "".join(f'<i class="icon fa fa-sign-in fa-fw" title="{way}" aria-label="{way}"></i>' for way in ways)
    return (
        f'<div class="{classes}" {start}><div class="info"><h3 class="coursename">{link}</h3><div '
        'class="moreinfo"></div>'
        f'<div class="enrolmenticons">{icons}</div></div><div class="content">'
        f"{_content(course, question)}</div></div>"
    )


def _content(course: StandInCourse, question: Question) -> str:
    """Return what stands below a course's name, its teachers and their portraits included."""
    named = box(course.box)
    picture = f"{question.base}pluginfile.php/{course.id}/course/overviewfiles/cover.png"
    portrait = f"{question.base}pluginfile.php/9/user/icon/f2"
    teacher = (
        f'<a href="{question.base}user/profile.php?id=9"><img class="userpicture" src="{portrait}" '
        f'alt="{course.teacher}の画像">{course.teacher}</a>'
    )
    parts = []
    if course.summary:
        parts.append(f'<div class="summary"><div class="no-overflow">{course.summary}</div></div>')
    parts.append(f'<div class="courseimage"><img src="{picture}" alt=""></div>')
    parts.append(f'<ul class="teachers"><li><span class="font-weight-bold">教師: </span>{teacher}</li></ul>')
    if question.path == "course/search.php" and named:
        parts.append(
            f'<div class="coursecat">カテゴリ: <a href="{question.base}{ENTRY}?categoryid={named.id}">'
            f"{named.name}</a></div>"
        )
    if course.fields:
        fields = "".join(
            f'<div class="customfield customfield_{kind} customfield_{shortname}"><span '
            f'class="customfieldname">{name}</span>'
            f'<span class="customfieldseparator">: </span><span class="customfieldvalue">{value}</span></div>'
            for shortname, name, kind, value in course.fields
        )
        parts.append(f'<div class="customfields-container">{fields}</div>')
    return "".join(parts)


def _card(course: StandInCourse, number: int, question: Question, *, expanded: bool) -> str:  # noqa: ARG001  made like `_box_of`
    """Return a course as a theme with cards shows it: only `data-courseid` is the same."""
    url = f"{question.base}course/view.php?id={course.id}"
    named = box(course.box)
    fields = "".join(
        f'<div class="customfield customfield_{kind} customfield_{shortname}"><span '
        f'class="customfieldname">{name}</span>'
        f'<span class="customfieldvalue">{value}</span></div>'
        for shortname, name, kind, value in course.fields
    )
    return (
        '<div class="card dashboard-card" role="listitem" data-region="course-content" '
        f'data-courseid="{course.id}">'
        f'<a href="{url}" tabindex="-1"><div class="card-img dashboard-card-img"><span class="sr-only">'
        f"{_title(course, question)}</span></div></a>"
        '<div class="card-body"><span class="categoryname text-truncate">'
        f"{named.name if named else ''}</span>"
        f'<a href="{url}" class="aalink coursename mr-2"><span class="sr-only">コース名</span>'
        f"{_title(course, question)}</a>"
        f'<div class="card-text">{course.summary}</div><div class="course-contacts"><a '
        f'href="{question.base}user/profile.php?id=9">'
        f"{course.teacher}</a></div>{fields}</div></div>"
    )


_KEY = {"transport": "webservice", "token_file": str(KEY_FILE), "language": "ja"}
_SERVICE_VARIANTS = {
    "webservice": "the web service, Box by Box",
    "webservice-search": "the web service, by search with a stated total",
    "webservice-all": "the web service, every course in one answer, the front page among them",
    "webservice-hidden": "the web service with a hidden course",
    "webservice-no-custom-fields": "the web service of a site without custom fields",
    "webservice-count-mismatch": "a search whose total its courses do not reach",
    "webservice-bad-record": "one course without a name",
    "webservice-warning": "answers that carry a warning",
    "webservice-error": "an error with status 200",
    "webservice-denied": "a refusal with status 200",
    "webservice-bad-key": "a key that the site does not know",
    "webservice-empty": "the web service of a site without courses",
    **{f"{_SERVICE}-{name}": f"the web service: {text}" for name, text in COMMON.items()},
}
_SEARCH = {"search": [TERM]}
_OPTIONS: dict[str, dict[str, Any]] = {
    "full": {"box_kinds": BOX_KINDS},
    "search": _SEARCH,
    "search-count-mismatch": _SEARCH,
    **dict.fromkeys(_SERVICE_VARIANTS, _KEY),
    "webservice": {**_KEY, "box_kinds": BOX_KINDS},
    "webservice-search": {**_KEY, **_SEARCH, "per_page": 20},
    "webservice-count-mismatch": {**_KEY, **_SEARCH},
    "webservice-all": {**_KEY, "function": "all"},
    "repeated-across-pages": {"per_page": 5},
}

standin = StandIn(
    answer=answer,
    entry=ENTRY,
    listings=60,
    variants={
        "full": "courses in Boxes, page by page, with everything shown",
        "collapsed": "lists that show names alone; the rest is on each course's own page",
        "card-theme": "a theme that shows cards",
        "search": "results of a search, the word marked in every title",
        "search-count-mismatch": "a stated number of results that the courses do not reach",
        "flat": "a site without Boxes, the front page listed as a course",
        "hidden": "a hidden course shown dimmed",
        "people-in-prose": "courses whose texts tell who teaches them and how they are reached",
        "no-custom-fields": "a site without custom fields",
        "repeated-across-pages": "pages that overlap",
        "renamed": "a course with a new title",
        "removed": "a course taken away",
        "badge-gone": "badge classes that are no longer active",
        "empty": "Boxes without courses",
        "login-redirect": "every page redirects to the login page",
        **_SERVICE_VARIANTS,
        **COMMON,
    },
    options=_OPTIONS,
)
