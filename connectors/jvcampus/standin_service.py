"""The stand-in's web service: answers of Moodle's REST server, errors with status 200 included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from connectors.contract import Answer, Question
from connectors.jvcampus.standin_courses import (
    BOXES,
    PEOPLE,
    SAVED,
    StandInCourse,
    box,
    changed,
    courses,
    way_to,
)

KEY_FILE = Path(__file__).with_name("standin_key.yaml")
"""Holds the key that the stand-in's service asks for."""


def service_answer(question: Question, listings: int) -> Answer:
    """Answer one call."""
    form = question.form
    key = KEY_FILE.read_text(encoding="utf-8").strip()
    if form.get("wstoken") != key or question.variant == "webservice-bad-key":
        return _error("invalidtoken", "無効なトークン - トークンが見つかりません")
    function = form.get("wsfunction", "")
    if question.variant == "webservice-denied":
        return _error("accessexception", f"Access control exception: {function}")
    if question.variant == "webservice-error":
        return _error("dmlreadexception", "データベースの読み取りエラー")
    made = changed(question.variant, courses(listings))
    if function == "core_course_get_categories":
        return _json([_category(number, made) for number in range(len(BOXES))])
    if function == "core_course_get_courses_by_field" and form.get("field") == "category":
        wanted = form.get("value", "")
        found = [course for course in made if str(course.box) == wanted]
        return _json({"courses": [_record(course, question) for course in found], "warnings": _warnings(question)})
    if function == "core_course_get_courses":
        return _json([_front_page(), *(_record(course, question) for course in made)])
    if function == "core_course_search_courses":
        return _search(question, made)
    return _error("invalidrecord", "Can't find data record in database table external_functions.")


def _json(content: Any) -> Answer:
    return Answer(orjson.dumps(content), media_type="application/json; charset=utf-8")


def _error(code: str, message: str) -> Answer:
    return _json({"exception": "core\\exception\\moodle_exception", "errorcode": code, "message": message})


def _warnings(question: Question) -> list[dict[str, Any]]:
    if question.variant != "webservice-warning":
        return []
    return [{"item": "course", "itemid": 3, "warningcode": "1", "message": "No access rights in course context"}]


def _category(number: int, made: tuple[StandInCourse, ...]) -> dict[str, Any]:
    item = BOXES[number]
    way = way_to(item.id)
    return {
        "id": item.id, "name": item.name, "description": "", "descriptionformat": 1, "parent": item.parent,
        "sortorder": 10000 * (number + 1), "coursecount": sum(course.box == item.id for course in made),
        "visible": 1, "timemodified": SAVED, "depth": len(way),
        "path": "/" + "/".join(str(step.id) for step in way),
    }  # fmt: skip


def _record(course: StandInCourse, question: Question) -> dict[str, Any]:
    """Return a course with every key that a reader with rights sees, its teachers among them."""
    named = box(course.box)
    record: dict[str, Any] = {
        "id": course.id, "fullname": course.title, "displayname": course.title, "shortname": course.shortname,
        "categoryid": course.box, "categoryname": named.name if named else "", "sortorder": 10000 + course.id,
        "summary": course.summary, "summaryformat": 1, "summaryfiles": [],
        "overviewfiles": _pictures(course, question),
        "showactivitydates": True, "showcompletionconditions": True,
        "contacts": [{"id": 9, "fullname": course.teacher}],
        "enrollmentmethods": ["self", "guest"] if course.id % 2 else ["manual"],
        "customfields": [
            {"name": name, "shortname": shortname, "type": kind, "valueraw": value, "value": value}
            for shortname, name, kind, value in course.fields
        ],
        "idnumber": "", "format": "topics", "showgrades": 1, "newsitems": 5, "startdate": course.starts,
        "enddate": course.ends, "maxbytes": 0, "showreports": 0, "visible": int(not course.hidden),
        "groupmode": 0,
        "groupmodeforce": 0, "defaultgroupingid": 0, "enablecompletion": 1, "completionnotify": 0,
        "lang": course.language, "theme": "", "marker": 0, "legacyfiles": 0, "calendartype": "",
        "timecreated": SAVED,
        "timemodified": SAVED + course.id, "requested": 0, "cacherev": SAVED, "filters": [],
        "courseformatoptions": [{"name": "hiddensections", "value": 1}],
    }  # fmt: skip
    if question.variant == "webservice-bad-record" and course.id == 102:
        del record["fullname"], record["displayname"]
    return record


def _pictures(course: StandInCourse, question: Question) -> list[dict[str, Any]]:
    address = f"{question.base}webservice/pluginfile.php/{course.id}/course/overviewfiles/cover.png"
    picture = {"filename": "cover.png", "filepath": "/", "filesize": 1, "fileurl": address}
    return [{**picture, "timemodified": SAVED, "mimetype": "image/png"}]


def _front_page() -> dict[str, Any]:
    return {
        "id": 1, "shortname": "JVC", "categoryid": 0, "fullname": "架空キャンパス",
        "displayname": "架空キャンパス", "summary": "",
        "summaryformat": 1, "format": "site", "startdate": 0, "enddate": 0, "visible": 1, "lang": "",
        "contacts": [{"id": 2, "fullname": PEOPLE[2]}],
    }  # fmt: skip


def _search(question: Question, made: tuple[StandInCourse, ...]) -> Answer:
    """Return one page of the courses whose titles hold a word, as a search shows them: without dates."""
    form = question.form
    term, page, size = (
        form.get("criteriavalue", ""),
        int(form.get("page") or 0),
        int(form.get("perpage") or 20),
    )
    found = [course for course in made if term in course.title]
    kept = (
        "id", "fullname", "displayname", "shortname", "categoryid", "categoryname", "sortorder", "summary",
        "summaryformat", "summaryfiles", "overviewfiles", "contacts", "enrollmentmethods", "customfields",
    )  # fmt: skip
    records = [_record(course, question) for course in found[page * size : (page + 1) * size]]
    total = len(found) + (7 if question.variant == "webservice-count-mismatch" else 0)
    shown = [{key: record[key] for key in kept} for record in records]
    return _json({"total": total, "courses": shown, "warnings": []})
