"""Every state the Moodle site can be in ends as it should, by pages and by web service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from config.messages import CodedError
from connectors.contract import Payload, Question, Registry, StructureBroken
from connectors.discovery import connector, registry
from connectors.faults import COMMON
from connectors.jvcampus.options import setting_of
from connectors.jvcampus.standin import TERM, standin
from connectors.jvcampus.standin_courses import MAILBOX, PEOPLE, courses
from connectors.jvcampus.standin_service import KEY_FILE
from connectors.standins import Listening
from crosswalks.jvcampus.model import MoodleCourse
from harvester.running.report import RunReport
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store.payloads import PayloadStore
from tests.conftest import standin_registry

LISTED = len(courses(standin.listings))
FOUND = sum(TERM in course.title for course in courses(standin.listings))
BASE = "https://lms.example/"
JV = connector("jvcampus")
Harvest = Callable[..., RunReport]

HEALTHY = {
    "full": LISTED,
    "collapsed": LISTED,
    "search": FOUND,
    "webservice": LISTED,
    "webservice-search": FOUND,
}
PASSED_OVER = {
    "flat": "passed_over_front_page",
    "webservice-all": "passed_over_front_page",
    "hidden": "passed_over_hidden",
    "webservice-hidden": "passed_over_hidden",
}
BROKEN_RUNS = {
    "truncated": "page_truncated",
    "server-error": "server_error",
    "login-redirect": "needs_access",
    "webservice-error": "service_error",
    "webservice-login": "needs_access",
    "empty": "too_few_listings",
}
FAULTS = {
    "login": "needs_access",
    "maintenance": "maintenance_page",
    "soft-404": "soft_missing",
    "blank-body": "page_empty",
    "truncated": "page_truncated",
    "mojibake": "charset_unreadable",
}
BROKEN_ANSWERS = {
    **FAULTS,
    **{f"webservice-{name}": code for name, code in FAULTS.items()},
    "webservice-truncated": "parse_failed",
    "webservice-error": "service_error",
    "webservice-denied": "needs_access",
    "webservice-bad-key": "needs_access",
}
OTHERS = (
    "card-theme", "no-custom-fields", "webservice-no-custom-fields", "search-count-mismatch",
    "webservice-count-mismatch", "webservice-bad-record", "webservice-warning", "repeated-across-pages", "badge-gone",
    "people-in-prose", "renamed", "removed", "webservice-server-error", "webservice-empty",
)  # fmt: skip


def test_every_common_fault_is_shown_by_both_transports() -> None:
    assert COMMON.keys() == {*FAULTS, "server-error"}


def test_every_variant_is_tried() -> None:
    tried = {*HEALTHY, *PASSED_OVER, *BROKEN_RUNS, *BROKEN_ANSWERS, *OTHERS}
    assert sorted(standin.variants.keys() - tried) == []


@pytest.mark.parametrize(("variant", "listed"), HEALTHY.items())
def test_every_transport_and_theme_gives_the_same_courses(harvest_standin: Harvest, variant: str, listed: int) -> None:
    report = harvest_standin("jvcampus", variant)
    assert (report.state, report.complete) == ("succeeded", True)
    assert report.published.created == listed


@pytest.mark.parametrize(("variant", "code"), PASSED_OVER.items())
def test_what_must_not_be_taken_is_counted(harvest_standin: Harvest, variant: str, code: str) -> None:
    report = harvest_standin("jvcampus", variant)
    assert report.reading.passed_over == {code: 1}
    assert report.published.created == LISTED - (1 if code == "passed_over_hidden" else 0)


@pytest.mark.parametrize(("variant", "code"), BROKEN_RUNS.items())
def test_broken_structure_stops_the_run(harvest_standin: Harvest, variant: str, code: str) -> None:
    report = harvest_standin("jvcampus", variant)
    assert report.state == "failed"
    assert code in {issue.code for issue in report.issues}
    assert report.published.created == 0


@pytest.mark.parametrize(("variant", "code"), BROKEN_ANSWERS.items())
def test_a_broken_answer_is_known_for_what_it_is(variant: str, code: str) -> None:
    source = standin_registry("jvcampus", BASE, variant)
    (ask,) = JV.spider(source).start()
    form = dict(ask.form) | {name: KEY_FILE.read_text(encoding="utf-8").strip() for name, _ in ask.secrets}
    base = f"{BASE}{variant}/"
    answer = standin.answer(Question(variant, ask.url.removeprefix(base), {}, base, ask.method, form), standin.listings)
    assert answer is not None
    media_type = answer.media_type.partition(";")[0]
    payload = Payload(ask.kind, ask.url, JV.redact(answer.body, media_type), media_type, "hash", about=dict(ask.about))
    for reads in (JV.spider(source).follow, lambda read: JV.parse(read, source).found):
        with pytest.raises(StructureBroken) as caught:
            list(reads(payload))
        assert caught.value.issues[0].code == code


@pytest.mark.parametrize("variant", ["card-theme", "no-custom-fields", "webservice-no-custom-fields"])
def test_the_same_courses_stand_in_every_dress(variant: str) -> None:
    source = standin_registry("jvcampus", BASE, variant)
    base = f"{BASE}{variant}/"
    form = {"wsfunction": "core_course_get_courses_by_field", "field": "category", "value": "12"}
    form["wstoken"] = KEY_FILE.read_text(encoding="utf-8").strip()
    served = variant.startswith("webservice")
    path = "webservice/rest/server.php" if served else "course/index.php"
    query = {"categoryid": "12", "perpage": "50", "page": "0"}
    answer = standin.answer(Question(variant, path, query, base, form=form), standin.listings)
    assert answer is not None
    kind, media_type = ("service-courses", "application/json") if served else ("category", "text/html")
    payload = Payload(kind, base + path, JV.redact(answer.body, media_type), media_type, "hash")
    read = [found.listing for found in JV.parse(payload, source).found]
    expected = [course for course in courses(standin.listings) if course.box == 12]
    assert [course.id for course in read if isinstance(course, MoodleCourse)] == [course.id for course in expected]
    fields = {field.shortname for course in read if isinstance(course, MoodleCourse) for field in course.customfields}
    assert bool(fields) == (variant == "card-theme")


@pytest.mark.parametrize("variant", ["search-count-mismatch", "webservice-count-mismatch"])
def test_a_total_that_is_not_reached_makes_the_run_incomplete(harvest_standin: Harvest, variant: str) -> None:
    report = harvest_standin("jvcampus", variant)
    assert (report.state, report.complete) == ("succeeded_with_warnings", False)
    assert {issue.code for issue in report.issues} == {"count_mismatch", "run_incomplete"}
    assert report.published.created == FOUND


def test_one_bad_record_is_skipped_and_told(harvest_standin: Harvest) -> None:
    report = harvest_standin("jvcampus", "webservice-bad-record")
    assert (report.published.created, report.reading.rejected) == (LISTED - 1, 1)
    assert {issue.code for issue in report.issues} == {"row_invalid"}


def test_a_warning_of_the_service_is_told(harvest_standin: Harvest) -> None:
    report = harvest_standin("jvcampus", "webservice-warning")
    assert report.published.created == LISTED
    assert {issue.code for issue in report.issues} == {"service_warning"}


def test_courses_that_repeat_on_other_pages_count_once(harvest_standin: Harvest) -> None:
    report = harvest_standin("jvcampus", "repeated-across-pages")
    assert report.complete
    assert report.published.created == LISTED
    assert {issue.code for issue in report.issues} == {"repeated_across_pages"}


def test_a_badge_that_is_gone_leaves_its_course(harvest_standin: Harvest) -> None:
    report = harvest_standin("jvcampus", "badge-gone")
    assert report.published.created == LISTED
    assert "page_missing" in {issue.code for issue in report.issues}


@pytest.mark.parametrize("variant", ["full", "webservice"])
def test_an_unchanged_site_writes_nothing(harvest_standin: Harvest, variant: str) -> None:
    first = harvest_standin("jvcampus", variant)
    second = harvest_standin("jvcampus", variant)
    assert second.same_as_run == first.run_id
    assert second.published.last_seq is None
    assert second.reading.unchanged == LISTED


def test_a_renamed_course_is_the_same_course(harvest_standin: Harvest) -> None:
    harvest_standin("jvcampus")
    report = harvest_standin("jvcampus", "renamed")
    assert (report.published.created, report.published.gone) == (0, 0)
    assert report.published.updated > 0


def test_a_missing_course_is_marked_and_not_taken_down(harvest_standin: Harvest) -> None:
    harvest_standin("jvcampus")
    report = harvest_standin("jvcampus", "removed")
    assert (report.published.created, report.published.gone) == (0, 1)
    assert "not_found_at_source" in {issue.code for issue in report.issues}


def test_people_stand_in_what_the_site_answers() -> None:
    page = standin.answer(Question("full", "course/index.php", {"categoryid": "12", "perpage": "50"}, BASE), 60)
    form = {"wsfunction": "core_course_get_courses", "wstoken": KEY_FILE.read_text(encoding="utf-8").strip()}
    served = standin.answer(Question("webservice", "webservice/rest/server.php", {}, BASE, "POST", form), 60)
    assert page is not None
    assert served is not None
    for person in PEOPLE:
        assert person.encode() in page.body
        assert person.encode() in served.body
    assert MAILBOX.encode() in served.body


@pytest.mark.parametrize("variant", ["full", "card-theme", "search", "webservice"])
def test_no_person_is_in_anything_that_is_kept(
    harvest_standin: Harvest, home: Path, place: Workplace, variant: str
) -> None:
    report = harvest_standin("jvcampus", variant)
    store = PayloadStore(home / "payloads", place.database)
    kept = [store.read(path.name.removesuffix(".gz")) for path in sorted((home / "payloads").rglob("*.gz"))]
    assert 0 < len(kept) <= report.reading.payloads
    needles = [person.encode() for person in (*PEOPLE, MAILBOX)]
    needles += [orjson.dumps(person)[1:-1] for person in PEOPLE]
    assert [needle for needle in needles for body in kept if needle in body] == []
    database = b"".join(path.read_bytes() for path in home.glob("kakehashi.sqlite*"))
    assert database
    assert [needle for needle in needles if needle in database] == []


def test_the_key_is_written_nowhere(harvest_standin: Harvest, home: Path) -> None:
    assert harvest_standin("jvcampus", "webservice").succeeded
    key = KEY_FILE.read_bytes().strip()
    written = [path for path in home.rglob("*") if path.is_file() and key in path.read_bytes()]
    assert written == []


def test_a_key_that_is_not_there_stops_the_run(
    place: Workplace, standins: dict[str, Listening], tmp_path: Path
) -> None:
    source = standin_registry("jvcampus", standins["jvcampus"].address, "webservice")
    options = {**source.manifest.options, "token_file": str(tmp_path / "nowhere")}
    manifest = source.manifest.model_copy(update={"options": options})
    report = harvest(place, Order(Registry(source.id, source.connector, manifest), "test", allow_loopback=True))
    assert report.state == "failed"
    assert {issue.code for issue in report.issues} == {"secret_missing"}


def test_badge_classes_are_listings_of_their_own_for_a_registry_of_that_schema(
    place: Workplace, standins: dict[str, Listening]
) -> None:
    source = standin_registry("jvcampus", standins["jvcampus"].address, "full")
    update = {"schema_name": "openbadges", "options": {**source.manifest.options, "badges": [1, 2]}}
    row = Registry("jvcampus-badges", source.connector, source.manifest.model_copy(update=update))
    report = harvest(place, Order(row, "test", allow_loopback=True))
    assert (report.state, report.published.created) == ("succeeded", 2)


def test_a_row_of_the_registry_list_can_name_the_badges(tmp_path: Path) -> None:
    rows = tmp_path / "registries.yaml"
    rows.write_text("badges: {connector: jvcampus, schema: openbadges, options: {badges: [7]}}\n", encoding="utf-8")
    assert registry("badges", rows).manifest.schema_name == "openbadges"


@pytest.mark.parametrize(
    "options",
    [
        {"transport": "telepathy"},
        {"custom_fields": {"hours": "volume.nonsense"}},
        {"box_kinds": {"11": {"kind": "institution", "country": "Japan"}}},
        {"function": "search"},
        {"unheard_of": 1},
    ],
)
def test_options_that_mean_nothing_are_told(options: dict[str, object]) -> None:
    source = standin_registry("jvcampus", "http://127.0.0.1:9", "full")
    manifest = source.manifest.model_copy(update={"options": {**source.manifest.options, **options}})
    spoilt = Registry(source.id, source.connector, manifest)
    with pytest.raises(CodedError) as caught:
        setting_of(spoilt)
    assert caught.value.issues[0].code == "connector_invalid"
