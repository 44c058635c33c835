"""The operators' pages: what they show of runs, what can be done there, and that it is the command line's own code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from config.labels import _labels
from harvester.accepting import decide_on
from harvester.running.report import RunReport
from harvester.terminal.views import run_view
from harvester.workplace import Workplace
from portal.operators.running import _values
from store.audit import events
from store.corrections import corrections_of, standing
from store.frontier import Frontier
from store.payloads import payload_hash
from store.records import current_records
from store.runs import close_run, open_run, run
from store.schedules import schedules
from tests.portal.holding import good_and_held
from tests.portal.signing_in import mark, signed_in

ACTOR = "架空 operator (operator)"
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>&\u202e"


@pytest.fixture
def runs(place: Workplace, tmp_path: Path) -> tuple[RunReport, RunReport]:
    return good_and_held(place, tmp_path / "delivered")


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    with signed_in(place, "operator") as client:
        yield client


def text(client: TestClient, address: str, status: int = 200) -> str:
    found = client.get(address)
    assert found.status_code == status, address
    return " ".join(html.fromstring(found.text).text_content().split())


def act(client: TestClient, address: str, **fields: str) -> str:
    """Send a form, and return where it led; fails when it was not accepted."""
    done = client.post(address, data={"form": mark(client), **fields})
    assert done.status_code == 303, done.text
    return str(done.headers["location"])


def test_a_held_run_is_on_the_overview_and_its_page_says_why(
    client: TestClient, runs: tuple[RunReport, RunReport]
) -> None:
    number = runs[1].run_id
    page = html.fromstring(client.get("/en/operators").text)
    assert page.xpath(f"//ul[@class='todo']//a[@href='/en/operators/runs/{number}']")
    told = text(client, f"/en/operators/runs/{number}")
    assert "“Level (level)” was stated in 100 % of the records; now it is in 3 %." in told
    assert "field stated less often" in told
    assert "新しい説明" in told
    figures = html.fromstring(client.get(f"/en/operators/runs/{number}").text)
    names, numbers = (figures.xpath(f"//dl[@class='figures']//{tag}/text()") for tag in ("dt", "dd"))
    shown = dict(zip(names, numbers, strict=True))
    plan = run_view(client.app.state.database, number)["plan"]  # type: ignore[attr-defined]
    assert shown["New"] == str(plan["new"]) == "1"
    assert shown["Gone"] == str(plan["gone"]) == "2"
    assert shown["Changed"] == str(plan["changed"]) == "28"


def test_publishing_needs_a_reason_and_carries_who_did_it(
    client: TestClient, place: Workplace, runs: tuple[RunReport, RunReport]
) -> None:
    number = runs[1].run_id
    refused = client.post(f"/ja/operators/runs/{number}/publish", data={"form": mark(client), "why": "  "})
    assert (refused.status_code, "reason_missing" in refused.text) == (409, True)
    assert run(place.database, number)["state"] == "held"
    went = act(client, f"/ja/operators/runs/{number}/publish", why="掲載元に確かめた")
    assert went == f"/ja/operators/runs/{number}?done=published"
    assert "公開しました" in text(client, went)
    event = events(place.database)[0]
    assert (event.actor, event.action, event.details["why"]) == (ACTOR, "publish", "掲載元に確かめた")
    assert sum("新しい説明" in one for one in _published(place)) == 28
    again = client.post(f"/ja/operators/runs/{number}/publish", data={"form": mark(client), "why": "もう一度"})
    assert "run_not_held" in again.text


def test_dropping_leaves_what_is_public(
    client: TestClient, place: Workplace, runs: tuple[RunReport, RunReport]
) -> None:
    before = _published(place)
    act(client, f"/en/operators/runs/{runs[1].run_id}/drop", why="half a delivery")
    assert _published(place) == before
    assert events(place.database)[0].action == "drop"


def test_a_plan_that_was_overtaken_can_only_be_dropped(
    client: TestClient, place: Workplace, runs: tuple[RunReport, RunReport], tmp_path: Path
) -> None:
    number = runs[1].run_id
    act(client, f"/en/operators/runs/{number}/drop", why="first")
    _, second = good_and_held(place, tmp_path / "again")
    third = open_run(place.database, registry="jmicro", connector="jmicro", actor="t", address="", fingerprint="")
    close_run(place.database, third, "succeeded")
    page = html.fromstring(client.get(f"/en/operators/runs/{second.run_id}").text)
    offered = page.xpath("//section[@class='decide']//form/@action | //section[@class='decide']//button/@formaction")
    assert set(offered) == {f"/en/operators/runs/{second.run_id}/drop"}


def test_a_run_under_way_is_stopped_and_reloads_only_when_asked(client: TestClient, place: Workplace) -> None:
    number = open_run(place.database, registry="jmicro", connector="jmicro", actor="t", address="", fingerprint="")
    assert "refresh" not in client.get(f"/en/operators/runs/{number}").headers
    assert client.get(f"/en/operators/runs/{number}?live=1").headers["refresh"] == "5"
    act(client, f"/en/operators/runs/{number}/stop", why="asked to pause")
    assert run(place.database, number)["state"] == "cancelled"
    assert "refresh" not in client.get(f"/en/operators/runs/{number}?live=1").headers


def test_a_retry_of_a_registry_without_an_address_says_so(
    client: TestClient, runs: tuple[RunReport, RunReport]
) -> None:
    found = client.post(f"/en/operators/runs/{runs[0].run_id}/retry", data={"form": mark(client), "why": "again"})
    assert found.status_code == 409
    assert 'role="alert"' in found.text
    assert 'value="again"' in found.text


def test_schedules_are_paused_and_resumed(client: TestClient, place: Workplace) -> None:
    name = "nzqa"
    decide_on(place, "test", [name], "accepted", "for the test")
    act(client, f"/en/operators/schedule/{name}/pause")
    assert schedules(place.database)[name]["paused"]
    act(client, f"/en/operators/schedule/{name}/resume")
    assert not schedules(place.database)[name]["paused"]
    assert [event.actor for event in events(place.database)[:2]] == [ACTOR, ACTOR]


def test_a_new_registry_is_accepted_with_a_reason(client: TestClient, place: Workplace) -> None:
    page = html.fromstring(client.get("/en/operators").text)
    offered = page.xpath("//form[contains(@action, '/accept')]/@action")
    assert offered
    act(client, offered[0], why="agreed with the registry")
    left = html.fromstring(client.get("/en/operators").text).xpath("//form/@action")
    assert offered[0] not in left
    assert events(place.database)[0].details["why"] == "agreed with the registry"


def test_answers_are_shown_as_text_only(
    client: TestClient, place: Workplace, runs: tuple[RunReport, RunReport]
) -> None:
    answered = Frontier(place.database, runs[0].run_id).answered()
    digest = answered[0].payload_hash
    requests = client.get(f"/en/operators/runs/{runs[0].run_id}/requests").text
    assert f"/en/operators/payloads/{digest}" in requests
    page = client.get(f"/en/operators/payloads/{digest}")
    kept = place.payloads.read(digest).decode()
    assert html.fromstring(page.text).xpath("string(//pre)")[:200] == kept[:200]
    long = ("a" + "量子" * 40_000).encode()
    for body, shown in ((EVIL.encode(), True), (b"\x00\x01binary", False), (long, True)):
        digest = place.payloads.write(body)
        place.payloads.note([{"hash": digest, "size": len(body), "media_type": "text/html"}])
        assert digest == payload_hash(body)
        page = client.get(f"/en/operators/payloads/{digest}?part=1")
        tree = html.fromstring(page.text)
        assert page.headers["content-type"].startswith("text/html")
        assert not tree.xpath("//script | //img")
        assert bool(tree.xpath("//pre")) is shown
        assert "\ufffd" not in page.text
    assert client.get("/en/operators/payloads/../../etc/passwd").status_code == 404


def test_a_value_is_corrected_and_the_correction_withdrawn(
    client: TestClient, place: Workplace, runs: tuple[RunReport, RunReport]
) -> None:
    record = next(current_records(place.database, ("jmicro",))).record_id
    assert act_location(client, f"/en/operators/corrections?record={record}") == f"/en/operators/corrections/{record}"
    address = f"/en/operators/corrections/{record}"
    wrong = client.post(address, data={"form": mark(client), "field": "no.such", "value": "x", "why": "try"})
    assert (wrong.status_code, 'value="try"' in wrong.text) == (409, True)
    act(client, address, field="title.en", value=EVIL, why="seen in the syllabus")
    (row,) = standing(corrections_of(place.database, record))
    assert (row["actor"], row["field"]) == (ACTOR, "title.en")
    for page in (address, "/en/operators/corrections", f"/en/mc/{record}"):
        found = client.get(page)
        assert found.status_code in {200, 303}
        assert "<script>alert" not in found.text
        assert "onerror=alert(1)>&\u202e" not in found.text
    act(client, f"{address}/withdraw", field="title.en", why="a mistake")
    assert standing(corrections_of(place.database, record)) == []


def test_a_mapping_is_judged(client: TestClient, place: Workplace) -> None:
    tree = html.fromstring(client.get("/en/operators/mappings/mqa?row=2").text)
    fields = {
        one.get("name"): one.get("value") for one in tree.xpath("//section[@class='decide']//input[@type='hidden']")
    }
    refused = client.post("/en/operators/mappings/mqa", data={**fields, "why": "asked"})
    assert "verdict_missing" in refused.text
    done = client.post("/en/operators/mappings/mqa", data={**fields, "verdict": "confirmed", "why": "asked"})
    assert done.headers["location"] == "/en/operators/mappings/mqa?row=2&done=judged"
    assert "asked" in text(client, "/en/operators/mappings/mqa?judged=1&row=2")
    assert events(place.database)[0].actor == ACTOR


def test_a_viewer_sees_the_same_and_is_offered_nothing(place: Workplace, runs: tuple[RunReport, RunReport]) -> None:
    with signed_in(place, "viewer") as viewer:
        for path in ("", "/schedule", f"/runs/{runs[1].run_id}", "/corrections", "/mappings/mqa?row=1"):
            page = html.fromstring(viewer.get(f"/ja/operators{path}").text)
            forms = [action for action in page.xpath("//form[@method='post']/@action") if "sign-out" not in action]
            assert forms == [], path


def test_every_word_of_these_pages_is_used_and_every_built_one_is_there() -> None:
    root = Path(__file__).parents[2]
    files = [path for room in ("portal", "harvester") for path in (root / room).rglob("*")]
    code = "".join(path.read_text(encoding="utf-8") for path in files if path.suffix in {".html", ".py"})
    built = ("done_", "fetch_", "role_", "op_schedule_", "op_pause", "op_resume")
    mine = [name for name in _labels() if name.startswith(("op_", "inside_", "done_", "fetch_", "role_"))]
    assert [
        name for name in mine if not name.startswith(built) and f'"{name}"' not in code and f"'{name}'" not in code
    ] == []


def act_location(client: TestClient, address: str) -> str:
    found = client.get(address)
    assert found.status_code == 303
    return str(found.headers["location"])


def _published(place: Workplace) -> list[str]:
    return [str(one) for one in current_records(place.database, ("jmicro",))]


def test_what_is_new_or_gone_as_a_whole_comes_apart_into_its_values() -> None:
    was = [{"target_ref": "A 1", "target_title": {"und": "x"}}]
    assert list(_values("stackability", was, None)) == [
        ("stackability.0.target_ref", "A 1", None), ("stackability.0.target_title.und", "x", None),
    ]  # fmt: skip
    assert list(_values("field", None, ["a", "b"])) == [("field.0", None, "a"), ("field.1", None, "b")]
    assert list(_values("title.ja", "a", "b")) == [("title.ja", "a", "b")]
    assert list(_values("level", ["a"], {"b": 1})) == [("level", ["a"], {"b": 1})]
