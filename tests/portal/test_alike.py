"""What is like a record on its pages, and judgements on records that may be the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import delete
from sqlalchemy.exc import DatabaseError
from starlette.testclient import TestClient

from config.messages import CodedError
from portal.application import application
from portal.partners.log import PublicationLog
from portal.public.alike import Likes, judged_pair
from portal.public.finding import Finder
from store.likeness_judgements import keep_likeness, likeness_judged, likeness_standing
from store.likeness_tables import LikenessJudgement
from store.tables import sql
from tests.cli.calling import Caller
from tests.portal.committee import members
from tests.portal.publishing import BASE, Publisher, name

LANGUAGES = ("ja", "en")


def _likes(publisher: Publisher) -> tuple[PublicationLog, Likes]:
    place = publisher.place
    log = PublicationLog(place.database, place.settings.base)
    return log, Likes(Finder(log, place.database, place.settings), place.database)


def _names(likes: Likes, log: PublicationLog, number: int, registry: str | None = None) -> list[str]:
    row = log.record(name("jmicro", number))
    assert row
    return [one.card["record"] for one in likes.of(row, 10, registry)]


def test_what_shares_rare_things_comes_before_what_shares_common_ones(publisher: Publisher) -> None:
    bare = {"learning_outcomes": [], "field": [], "level": [], "volume": None, "credit": []}
    publisher.publish(1, title={"ja": "発酵と蔵の微生物"}, **bare)
    publisher.publish(2, title={"ja": "蔵の微生物と発酵の科学"}, **bare)
    publisher.publish(3, title={"ja": "発酵食品の流通"}, **bare)
    for number in range(4, 9):
        publisher.publish(number, title={"ja": f"税法の理論 {number}"}, **bare)
    log, likes = _likes(publisher)
    assert _names(likes, log, 1) == [name("jmicro", 2), name("jmicro", 3)]
    assert name("jmicro", 1) not in _names(likes, log, 4)
    publisher.delete(2)
    assert _names(likes, log, 1) == [name("jmicro", 3)]
    publisher.update(3, "園芸の歴史")
    assert _names(likes, log, 1) in ([], [name("jmicro", 3)])


def test_a_registry_can_be_chosen_and_nothing_else_is_offered(publisher: Publisher) -> None:
    publisher.publish(1, 2)
    other = Publisher(publisher.place, "mqa")
    other.publish(1, 2)
    log, likes = _likes(publisher)
    found = _names(likes, log, 1, "mqa")
    assert found
    assert {one.partition("-")[0] for one in found} == {"mqa"}


def test_facts_only_records_are_not_found_by_their_outcomes(publisher: Publisher) -> None:
    said = {
        "learning_outcomes": [{"text": {"ja": "麹菌を顕微鏡で観察できる。"}}],
        "field": [],
        "level": [],
        "credit": [],
    }
    publisher.publish(1, title={"ja": "甲"}, volume=None, **said)
    withheld = {"registry": "jmicro", "source_id": "n2", "rights": "facts_only", "attribution": "Example"}
    publisher.publish(2, title={"ja": "乙"}, volume=None, source_record=withheld, **said)
    publisher.publish(3, title={"ja": "丙"}, volume=None, **said)
    log, likes = _likes(publisher)
    assert _names(likes, log, 1) == [name("jmicro", 3)]
    assert _names(likes, log, 2) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_tell_reasons_and_never_a_figure_of_likeness(
    publisher: Publisher, client: TestClient, language: str
) -> None:
    publisher.publish(1, 2, 3, 4, 5, 6)
    for rest in ("", "/alike", "/alike?registry=jmicro"):
        found = client.get(f"/{language}/mc/{name('jmicro', 1)}{rest}")
        assert found.status_code == 200
        tree = html.fromstring(found.text)
        reasons = tree.xpath("//dl[@class='why']/div")
        assert reasons
        assert all(one.xpath("normalize-space(dd)") for one in reasons)
        assert "%" not in tree.xpath("string(//ol[@class='likes'])")
    assert client.get(f"/{language}/mc/nobody/alike").status_code == 404


def test_a_pair_that_is_not_the_same_is_remembered_and_not_offered_again(
    publisher: Publisher, client: TestClient
) -> None:
    title = {"ja": "日本酒の醸造", "en": "Brewing sake"}
    publisher.publish(1, title=title, identifiers=[])
    Publisher(publisher.place, "mqa").publish(
        1, title=title, identifiers=[], landing_page="https://elsewhere.example/1"
    )
    log, likes = _likes(publisher)
    (pair,) = likes.pairs()
    assert pair[0].signs == ("title",)
    one, other = judged_pair(log, name("jmicro", 1), name("mqa", 1))
    database = publisher.place.database
    keep_likeness(database, other.record_id, one.record_id, "not_same", actor="A. Reviewer", reason="another house")
    assert likes.pairs()[0][0].judged
    shown = client.get("/en/look-alikes").text
    assert "There are no candidates." in shown
    assert "A. Reviewer" not in shown
    keep_likeness(database, one.record_id, other.record_id, "open", actor="B. Reviewer", reason="asked again")
    assert likeness_standing(database) == {}
    told = [(one.verdict, one.actor) for one in likeness_judged(database, one.record_id)]
    assert told == [("not_same", "A. Reviewer"), ("open", "B. Reviewer")]
    with pytest.raises(DatabaseError), database.writing() as connection:
        connection.execute(delete(sql(LikenessJudgement)))
    with pytest.raises(CodedError) as error:
        judged_pair(log, name("jmicro", 1), name("jmicro", 1))
    assert error.value.issues[0].code == "likeness_of_one"


def test_a_pair_is_judged_on_the_pages_that_show_it(publisher: Publisher) -> None:
    title = {"ja": "日本酒の醸造", "en": "Brewing sake"}
    publisher.publish(1, 2, title=title, identifiers=[])
    place, (one, two) = publisher.place, (name("jmicro", 1), name("jmicro", 2))
    at, alike = "/ja/look-alikes", f"/ja/mc/{one}/alike"
    with members(place, "ichiko") as (member,), members(place, "kanri", role="operator") as (operator,):
        assert f'name="second" value="{two}"' in member.get(at).text
        for page in (member.get("/ja/committee"), operator.get("/ja/operators")):
            assert f'href="{at}"' in page.text
        pair = {"first": one, "second": two, "why": "別の大学の講座"}
        for wrong, code in (
            ({**pair, "verdict": "not_same", "why": " "}, "reason_missing"),
            ({**pair, "verdict": "perhaps"}, "likeness_verdict_unknown"),
            ({**pair, "verdict": "same", "second": one}, "likeness_of_one"),
            ({**pair, "verdict": "same", "second": "nobody"}, "record_unknown"),
        ):
            assert member.refused(at, **wrong) == code
        assert member.client.post(at, data={**pair, "verdict": "same"}).status_code == 403, "a form without its mark"
        back = member.done(at, **pair, verdict="not_same", next=f"{alike}?registry=jmicro")
        assert back == f"{alike}?registry=jmicro&done=judged"
        page = member.get(back).text
        assert "判断を記録しました。" in page
        candidates, _, settled = page.partition('id="others"')
        assert "同じものかもしれません" not in candidates
        assert "架空 ichiko (ichiko)" in settled
        assert "別の大学の講座" in settled
        assert "同じものかもしれません" not in member.get(f"/ja/mc/{one}").text
        shown = member.get(at).text
        assert "候補はありません。" in shown
        assert "判断が済んだ組" in shown
        for elsewhere in ("https://evil.example/ja/mc/x/alike", "//evil.example/alike", f"/en/mc/{one}/alike"):
            assert operator.done(at, **pair, verdict="open", next=elsewhere) == f"{at}?done=judged"
        assert "候補はありません。" not in operator.get(at).text
    told = likeness_judged(place.database, judged_pair(PublicationLog(place.database, BASE), one, two)[0].record_id)
    assert [(one.verdict, one.actor) for one in told][:2] == [
        ("not_same", "架空 ichiko (ichiko)"), ("open", "架空 kanri (kanri)"),
    ]  # fmt: skip


def test_readers_without_that_role_see_the_verdict_and_no_form(publisher: Publisher, client: TestClient) -> None:
    publisher.publish(1, 2, title={"ja": "日本酒の醸造"}, identifiers=[])
    at = "/ja/look-alikes"
    sent = {"first": name("jmicro", 1), "second": name("jmicro", 2), "verdict": "same", "why": "x"}
    assert client.post(at, data=sent).status_code == 403
    assert 'method="post"' not in client.get(at).text
    with members(publisher.place, "viewer", role="viewer") as (viewer,):
        assert "/look-alikes" not in "".join(html.fromstring(viewer.get(at).text).xpath("//form/@action"))
        assert viewer.post(at, **sent).status_code == 403
        assert f'href="{at}"' not in viewer.get("/ja/operators").text


def test_a_log_that_is_long_is_read_in_the_background_once_a_server_began(publisher: Publisher) -> None:
    publisher.publish(*range(1, 6))
    place = publisher.place
    app = application(place.settings, place.database)
    app.state.finder.begin()
    app.state.finder._reader.join(30)
    assert app.state.finder.behind() is None
    with TestClient(app, base_url=BASE) as client:
        publisher.publish(9)
        assert "6 records" in client.get("/en/search").text


def test_the_commands(publisher: Publisher, tmp_path: Path) -> None:
    publisher.publish(1, 2, 3, title={"ja": "日本酒の醸造"}, identifiers=[])
    call = Caller(publisher.place.settings.home, tmp_path)
    one, two, three = (name("jmicro", number) for number in (1, 2, 3))
    found = call("similar", one, "--json").document
    assert {one["record"] for one in found["similar"]} == {two, three}
    assert found["may_be_the_same"][0]["signs"] == ["title"]
    shown = call("similar", one, "--lang", "ja").text
    assert "名称の語" in shown
    assert "日本酒" in shown
    assert len(call("lookalikes", "list", "--json").document["pairs"]) == 3
    kept = call("lookalikes", "judge", one, two, "--verdict", "not_same", "--why", "two houses", "--as", "A. Reviewer")
    assert (kept.status, "A. Reviewer" in kept.text) == (0, True)
    assert len(call("lookalikes", "list", "--json").document["pairs"]) == 2
    (judged,) = call("lookalikes", "list", "--judged", "--json").document["pairs"]
    assert judged["first"]["judged"]["reason"] == "two houses"
    again = call("lookalikes", "judge", one, one, "--verdict", "same", "--why", "x", "--json")
    assert (again.status, again.code) == (1, "likeness_of_one")
