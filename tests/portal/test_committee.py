"""The committee's pages, step by step: what each member may do, what is refused, and what is shown of it."""

from __future__ import annotations

import io
import re
import sys
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete
from sqlalchemy.exc import DatabaseError

from harvester.workplace import Workplace
from recognition.deciding import decision, decisions
from recognition.decisions.model import Status
from store.accounts import account_named, change_account
from store.audit import verify
from store.baskets import MOST, in_basket
from store.committee_tables import TranslationRow, TranslationVerdict
from store.decision_tables import Decision, DecisionStep
from store.likeness_tables import LikenessJudgement
from store.tables import sql
from store.translations import translations
from tests.portal.committee import FOREIGN, HOME, LEVEL, PLAIN, members, published
from tests.portal.publishing import Publisher, name
from tests.portal.signing_in import sign_in

ROOM = "/ja/committee"
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "javascript:alert(1)",
    "</textarea><b>x",
    "'--\u202e<svg/onload=alert(1)>",
)  # fmt: skip


def test_a_basket_is_filled_while_searching_and_is_ones_own(place: Workplace) -> None:
    published(place)
    first, second = name(FOREIGN, 1), name(PLAIN, 1)
    with members(place, "ichiko", "futaba") as (one, other):
        page = one.get("/ja/search")
        assert page.headers["cache-control"] == "no-store"
        assert f'form="to-basket" name="records" value="{first}"' in page.text
        back = one.done(f"{ROOM}/basket", records=first, next="/ja/search?q=%E6%9E%B6&page=1")
        assert back == "/ja/search?q=%E6%9E%B6&page=1&done=basket"
        assert "かごに入れました（1 件）。" in one.get(back).text
        assert f'name="records" value="{first}"' not in one.get(f"/ja/mc/{first}").text
        for elsewhere in (
            "https://evil.example/ja/search",
            "//evil.example",
            "/ja/operators",
            "/ja/search\\..",
            "/ja//x",
        ):
            assert one.done(f"{ROOM}/basket", records=second, next=elsewhere) == f"{ROOM}/basket"
        assert f'name="ids" value="{second}" form="compare" checked' in one.get(f"{ROOM}/basket").text
        assert "かごは空です" in other.get(f"{ROOM}/basket").text
        assert one.refused(f"{ROOM}/basket", records="nobody") == "record_unknown"
        one.done(f"{ROOM}/basket/take", record=first)
        assert in_basket(place.database, account_named(place.database, "ichiko")["id"]) == [second]
        one.done(f"{ROOM}/basket/take", record="")
        Publisher(place, FOREIGN).publish(*range(100, 101 + MOST))
        many = ",".join(name(FOREIGN, number) for number in range(100, 101 + MOST))
        assert one.refused(f"{ROOM}/basket", records=many) == "basket_full"
        assert len(in_basket(place.database, account_named(place.database, "ichiko")["id"])) == MOST


def test_pages_for_everybody_offer_a_basket_to_members_only(place: Workplace) -> None:
    published(place)
    with members(place, "viewer", role="viewer") as (viewer,):
        for path in (
            "/ja/search",
            f"/ja/mc/{name(FOREIGN, 1)}",
            f"/ja/compare?ids={name(FOREIGN, 1)},{name(FOREIGN, 2)}",
        ):
            seen = viewer.get(path)
            assert "to-basket" not in seen.text
            assert "サインアウト" in seen.text
            viewer.client.cookies.clear()
            public = viewer.get(path)
            assert "form" not in re.findall(r'method="post"', public.text)
            assert public.headers["etag"]
            assert "サインアウト" not in public.text
            sign_in(viewer.client, "viewer")


def test_a_dossier_is_made_graded_by_name_and_taken_along(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = published(place)
    record = name(FOREIGN, 1)
    with members(place, "ichiko", "futaba") as (one, other):
        assert one.refused(f"{ROOM}/dossiers", record=record, purpose="credit") == "dossier_receiving_missing"
        asked = {"record": record, "purpose": "credit", "receiving": "架空大学", "framework": "EQF"}
        at = one.done(f"{ROOM}/dossiers", **asked).partition("?")[0]
        page = one.get(at).text
        assert page.count("まだだれも評価していません。") == 12
        assert "この書類は情報であり、決定ではありません。" in page
        assert len(re.findall(r'<h2 id="p\d+">', page)) == 15
        row = {"view": "elements", "row": "level"}
        assert one.refused(f"{at}/mark", **row, grade="met", why=" ") == "dossier_mark_unsigned"
        assert (
            one.refused(f"{at}/mark", **row, grade="met", material="yes", why="x")
            == "dossier_material_without_difference"
        )
        assert one.refused(f"{at}/mark", **row, grade="", why="x") == "dossier_grade_unknown"
        one.done(f"{at}/mark", **row, grade="differs", material="yes", why="一段低い。")
        other.done(f"{at}/mark", **row, grade="met", why="対応表による。")
        page = one.get(at).text
        assert "架空 futaba (futaba)" in page
        assert "これまでの評価（2）" in page
        silent = {"view": "criteria", "row": "quality"}
        assert 'id="criteria-quality-differs"' in page
        other.done(f"{at}/unmark", **row, why="考え直す。")
        assert one.get(at).text.count("まだだれも評価していません。") == 12
        told = one.get(f"{at}/dossier.json").json()
        assert len(told["history"]) == 3
        assert told["dossier"]["statement"]["code"] == "dossier_informs"
        assert one.get(f"{at}/dossier.pdf").content.startswith(b"%PDF-")
        monkeypatch.setitem(sys.modules, "weasyprint", None)
        missing = one.get(f"{at}/dossier.pdf")
        assert (missing.status_code, "libpango-1.0-0" in missing.text) == (409, True)
        publisher.publish(1, op="changed", level=[{"scheme": "NZQCF", "value": "6"}])
        assert "記録はその後、版 2 に変わりました。" in one.get(at).text
        assert one.refused(f"{at}/mark", **silent, grade="met", why="") == "dossier_mark_unsigned"
        assert "dossier_unknown" in one.get(f"{ROOM}/dossiers/none").text


def test_files_of_a_dossier_hold_only_what_the_registry_releases(place: Workplace) -> None:
    source = {"registry": "nzqa", "source_id": "n1", "url": "https://list.example/1"}
    Publisher(place, FOREIGN).publish(1, level=LEVEL, source_record={**source, "rights": "facts_only"})
    with members(place, "ichiko") as (one,):
        asked = {"record": name(FOREIGN, 1), "purpose": "credit", "receiving": "架空大学"}
        at = one.done(f"{ROOM}/dossiers", **asked).partition("?")[0]
        page, told = one.get(at).text, one.get(f"{at}/dossier.json")
        evidence = {row["code"]: row for row in told.json()["dossier"]["evidence"]}
        outcomes = evidence["outcomes"]
        assert (outcomes["state"], outcomes["values"]) == ("stated", [])
        assert "dossier_value_withheld" in {remark["code"] for remark in outcomes["remarks"]}
        assert "機械学習" in page.partition('id="p7"')[2].partition('id="p8"')[0]
        rows = next(point for point in told.json()["dossier"]["points"] if point["code"] == "outcomes")["rows"]
        assert all(not row["cell"]["values"] for row in rows)


def test_one_proposes_another_approves_and_a_change_re_opens(place: Workplace) -> None:
    publisher = published(place)
    asked = {
        "record": name(FOREIGN, 1),
        "purpose": "credit",
        "receiving": "架空大学",
        "framework": "EQF",
        "why": "依頼",
    }
    with members(place, "ichiko", "futaba") as (one, other):
        at = one.done(f"{ROOM}/decisions/new", **asked).partition("?")[0]
        assert "「承認しない」という決定とは違います" not in one.get(at).text
        assert one.refused(f"{ROOM}/decisions/new", **asked) == "decision_exists"
        assert one.refused(f"{at}/propose", verdict="full", why="x", valid_until="31.3.2029") == "day_unreadable"
        one.done(f"{at}/propose", verdict="full", why="違いはない", valid_until="2099-03-31", next_review="2098-03-31")
        assert one.refused(f"{at}/approve", why="x") == "decision_same_person"
        change_account(place.database, account_named(place.database, "ichiko")["id"], shown="別の名前")
        assert one.refused(f"{at}/approve", why="x") == "decision_same_person", (
            "another name to show is no other person"
        )
        waits = other.get(ROOM).text
        assert "可決を待つ提案" in waits
        assert "全面的な承認" in waits
        other.done(f"{at}/approve", why="四月の委員会")
        (view,) = decisions(place)
        assert view.standing.status is Status.VALID
        other.done(f"{at}/proof")
        page = one.get(at).text
        assert re.search(r'href="/ja/proofs/[a-z2-7]+"', page)
        assert "2098-03-31" in one.get(f"{ROOM}/renewals?month=2098-03").text
        publisher.publish(1, op="changed", level=[{"scheme": "NZQCF", "value": "6"}])
        assert "再検討になった決定" in one.get(ROOM).text
        page = one.get(at).text
        assert "違う項目：レベル。" in page
        assert 'value="renew"' not in page
        assert '<p class="verdict"><strong>未決定</strong>' in page
        new = {**asked, "supersedes": "1", "why": "変わったため"}
        heir = one.done(f"{ROOM}/decisions/new", **new).partition("?")[0]
        one.done(f"{heir}/propose", verdict="none", why="レベルが合わない", measures="上のレベルを取る")
        other.done(f"{heir}/refuse", why="足りない")
        one.done(f"{heir}/propose", verdict="partial", covers="前半", why="前半は合う")
        other.done(f"{heir}/approve", why="五月の委員会")
        assert decision(place, 1).standing.status is Status.SUPERSEDED
        assert f'href="{heir}"' in one.get(at).text
        one.done(f"{heir}/withdraw", why="誤り")
        assert one.refused(f"{heir}/propose", verdict="full", why="x") == "decision_verdict_illegal"
        assert one.get(f"{ROOM}/decisions?stands=over").text.count("/decisions/2") == 1
    assert verify(place.database).bad is None


@pytest.mark.slow
def test_the_committees_story_is_the_same_on_either_database(any_place: Workplace) -> None:
    place = any_place
    publisher = published(place)
    record, other_record = name(FOREIGN, 1), name(PLAIN, 1)
    with members(place, "ichiko", "futaba") as (one, other):
        assert record in one.get("/ja/search?q=%E6%9E%B6&registry=nzqa").text
        one.done(f"{ROOM}/basket", records=f"{record},{other_record}", next="/ja/search")
        assert f'value="{other_record}" form="compare" checked' in one.get(f"{ROOM}/basket").text
        one.done(f"{ROOM}/translations/{other_record}", field="title", language="ja", text="例：みんなのデータ")
        assert "みんなのデータ" in other.get(f"{ROOM}/translations").text
        other.done(f"{ROOM}/translations/1/approve", why="読み比べた")
        compared = one.get(f"/ja/compare?ids={record},{other_record}").text
        assert "例：みんなのデータ" in compared
        one.done("/ja/look-alikes", first=record, second=other_record, verdict="not_same", why="別の講座")
        one.done(f"{ROOM}/watching", kind="record", subject=record)
        one.done(
            f"{ROOM}/agreements", title="架空の協定", party_1="JMICRO", registry_1=HOME, party_2="架空 NZ 機構",
            registry_2=FOREIGN, document="架空の覚書 第1号", valid_from="2026-01-01", why="原本を確かめた。",
        )  # fmt: skip
        asked = {"record": record, "purpose": "credit", "receiving": "架空大学", "framework": "EQF"}
        dossier = one.done(f"{ROOM}/dossiers", **asked).partition("?")[0]
        one.done(f"{dossier}/mark", view="elements", row="level", grade="met", why="公表された比較で対応する。")
        other.done(f"{dossier}/mark", view="criteria", row="quality", grade="differs", material="no", why="足りる。")
        assert "公表された比較で対応する。" in one.get(dossier).text
        key = dossier.rpartition("/")[2]
        at = one.done(f"{ROOM}/decisions/new", dossier=key, why="依頼", **asked).partition("?")[0]
        one.done(f"{at}/propose", verdict="conditional", conditions="面接を行う", why="違いはない",
                 valid_until="2099-03-31", next_review="2098-03-31")  # fmt: skip
        assert one.refused(f"{at}/approve", why="x") == "decision_same_person"
        assert at in other.get(ROOM).text
        other.done(f"{at}/approve", why="四月の委員会")
        other.done(f"{at}/proof")
        (proof,) = set(re.findall(r'href="(/ja/proofs/[a-z2-7]+)"', one.get(at).text))
        assert "架空大学" in one.get(proof).text
        assert "2098-03-31" in one.get(f"{ROOM}/renewals?month=2098-03").text
        publisher.publish(1, op="changed", level=[{"scheme": "NZQCF", "value": "8"}])
        assert "再検討になった決定" in one.get(ROOM).text
        assert "違う項目：レベル。" in one.get(at).text
        assert f"/ja/mc/{record}" in one.get(f"{ROOM}/watching").text
        heir = one.done(f"{ROOM}/decisions/new", **asked, supersedes="1", why="変わったため").partition("?")[0]
        one.done(f"{heir}/propose", verdict="none", why="レベルが合わない", measures="上のレベルを取る")
        other.done(f"{heir}/approve", why="五月の委員会")
        assert [view.standing.status for view in decisions(place)] == [Status.SUPERSEDED, Status.VALID]
        assert f'href="{heir}"' in one.get(at).text
        pinned = one.get(f"/en/compare.json?ids={record}@1,{other_record}").json()
        assert (pinned["subjects"][0]["version"], pinned["subjects"][0]["newest"]) == (1, 2)
    assert verify(place.database).bad is None
    for table in (TranslationRow, TranslationVerdict, LikenessJudgement, Decision, DecisionStep):
        with pytest.raises(DatabaseError), place.database.writing() as connection:
            connection.execute(delete(sql(table)))


def test_the_life_of_a_home_listing_is_recorded_by_the_committee(place: Workplace) -> None:
    published(place)
    with members(place, "ichiko", "futaba") as (one, other):
        at = one.done(f"{ROOM}/decisions/new", record=name(HOME, 1), why="申請").partition("?")[0]
        assert one.refused(f"{at}/submit", member_class="partner", why="x") == "decision_member_class"
        one.done(f"{at}/submit", member_class="ordinary", why="四月の申請")
        one.done(f"{at}/review", why="所見")
        one.done(f"{at}/propose", verdict="recognise", mark="yes", why="全項目を満たす")
        assert "認証マーク: 表示できません" in one.get(at).text
        other.done(f"{at}/approve", why="可決")
        assert "認証マーク: 表示できます" in one.get(at).text
        one.done(f"{at}/suspend", why="疑い")
        assert "認証マーク: 表示できません" in one.get(at).text


def test_agreements_are_recorded_whole_and_ended_with_a_reason(place: Workplace) -> None:
    published(place)
    told = {"title": "架空の協定", "party_1": "JMICRO", "registry_1": HOME, "party_2": "架空 NZ", "registry_2": FOREIGN,
            "valid_from": "2026-01-01", "document": "覚書", "levels": "NZQCF 7", "why": "原本"}  # fmt: skip
    with members(place, "ichiko") as (one,):
        assert one.refused(f"{ROOM}/agreements", **{**told, "valid_from": ""}) == "agreement_incomplete"
        assert one.refused(f"{ROOM}/agreements", **{**told, "levels": "NZQCF"}) == "agreement_incomplete"
        one.done(f"{ROOM}/agreements", **told)
        asked = {"record": name(FOREIGN, 1), "purpose": "credit", "receiving": "架空大学", "why": "依頼"}
        at = one.done(f"{ROOM}/decisions/new", **asked).partition("?")[0]
        assert "対象外" in one.get(at).text
        one.done(f"{ROOM}/agreements/1/end", why="満了")
        assert one.refused(f"{ROOM}/agreements/1/end", why="満了") == "agreement_ended"
        assert "対象外" not in one.get(at).text


def test_what_is_watched_tells_what_changed_since(place: Workplace) -> None:
    publisher = published(place)
    with members(place, "ichiko", "futaba") as (one, other):
        for kind, subject in (("record", name(FOREIGN, 1)), ("registry", FOREIGN), ("field", "ISCED-F:06")):
            one.done(f"{ROOM}/watching", kind=kind, subject=subject)
        assert one.refused(f"{ROOM}/watching", kind="field", subject="ISCED-F:77") == "watch_unknown"
        assert one.refused(f"{ROOM}/watching", kind="person", subject="x") == "watch_unknown"
        assert one.get(f"{ROOM}/watching").text.count("それから変わっていません。") == 3
        publisher.publish(1, op="changed", level=[{"scheme": "NZQCF", "value": "6"}], title={"ja": "架空：新しい題"})
        publisher.delete(2)
        page = one.get(f"{ROOM}/watching").text
        assert page.count("<del>5</del>") >= 2
        assert "公開終了" in page
        assert "見守っているものの変化" in one.get(ROOM).text
        other.done(f"{ROOM}/watching/stop", watch="1")
        assert 'id="w1"' in one.get(f"{ROOM}/watching").text, "nobody stops what others watch"
        one.done(f"{ROOM}/watching/seen", until="999999", watch="1")
        page = one.get(f"{ROOM}/watching").text
        assert "それから変わっていません。" in page.partition('id="w1"')[2].partition("</li>")[0]
        one.done(f"{ROOM}/watching/stop", watch="1")
        assert 'id="w1"' not in one.get(f"{ROOM}/watching").text


def test_a_translation_lies_over_its_original_for_as_long_as_that_stands(place: Workplace) -> None:
    published(place)
    record = name(PLAIN, 1)
    at, page = f"{ROOM}/translations/{record}", f"/ja/mc/{record}"
    with members(place, "ichiko", "futaba") as (one, other):
        text = {"field": "title", "language": "ja", "text": "例：みんなのデータ"}
        for wrong, code in (
            ({**text, "text": " "}, "translation_empty"),
            ({**text, "field": "issuer.name"}, "translation_place_unknown"),
            ({**text, "language": "en"}, "translation_not_needed"),
            ({**text, "text": "担当教員：山田 太郎"}, "translation_names_people"),
        ):  # fmt: skip
            assert one.refused(at, **wrong) == code
        one.done(at, **text)
        assert "みんなのデータ" not in one.get(page).text
        assert one.refused(f"{ROOM}/translations/1/approve", why="x") == "translation_same_person"
        other.done(f"{ROOM}/translations/1/approve", why="読み比べた")
        shown = one.get(page).text
        assert "例：みんなのデータ" in shown
        assert "確認済みの翻訳（原文：英語）" in shown
        assert "訳：架空 ichiko、確認：架空 futaba" in shown
        assert "(ichiko)" not in shown.partition("<main")[2]
        assert "Example: data literacy" in shown
        compared = f"compare?ids={record},{name(FOREIGN, 1)}"
        assert "確認済みの翻訳" in one.get(f"/ja/{compared}").text
        assert "確認済みの翻訳" not in one.get(f"/en/{compared}").text
        Publisher(place, PLAIN).publish(1, op="changed", title={"en": "Example: another title"})
        assert "みんなのデータ" not in one.get(page).text
        assert "原文が変わったため、表示されません。" in one.get(at).text
        assert other.refused(f"{ROOM}/translations/1/approve", why="x") == "translation_judged"
        one.done(f"{ROOM}/translations/1/withdraw", why="古い")
    (row,) = translations(place.database)
    assert [held.verdict for held in row.held] == ["approved", "withdrawn"]


def test_a_reviewed_translation_aligns_outcomes_and_leaves_with_its_names(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = [{"text": {"ms": "Memangkas pokok buah-buahan."}}]
    Publisher(place, PLAIN).publish(1, title={"ms": "Contoh: kursus pokok"}, learning_outcomes=outcomes)
    Publisher(place, FOREIGN).publish(1, learning_outcomes=[{"text": {"en": "Prune fruit trees."}}])
    record, field = name(PLAIN, 1), "learning_outcomes.0.text"
    compared = f"ids={record},{name(FOREIGN, 1)}"
    monkeypatch.setattr("portal.public.beside.pdf", lambda sheet, _base: sheet)
    with members(place, "ichiko", "futaba") as (one, other):
        assert "言語が違うため" in one.get(f"/ja/compare?{compared}").text
        at = f"{ROOM}/translations"
        one.done(f"{at}/{record}", field=field, language="en", text="Pruning fruit trees")
        assert one.get(f"/en/compare.json?{compared}").json()["alignments"][0]["links"] == []
        other.done(f"{at}/1/approve", why="読み比べた")
        told = one.get(f"/en/compare.json?{compared}").json()
        (found,) = told["alignments"][0]["links"]
        assert (found["means"], found["language"], found["right_reviewed"]) == ("reviewed_translation", "en", None)
        who = {"by": "架空 ichiko", "approved_by": "架空 futaba", "machine": False, "original_language": "ms"}
        assert who.items() <= found["left_reviewed"].items()
        rows = {row["code"]: row for heading in told["headings"] for row in heading["rows"]}
        (value,) = rows["learning_outcomes"]["cells"][0]["values"]
        assert value["texts"] == {"ms": "Memangkas pokok buah-buahan."}
        assert [who.items() <= laid.items() for laid in value["reviewed"]] == [True]
        book = load_workbook(io.BytesIO(one.get(f"/en/compare.xlsx?{compared}").content))
        cells = [[str(cell.value) for row in sheet.iter_rows() for cell in row] for sheet in book.worksheets]
        for way in (
            one.get(f"/en/compare?{compared}").text, one.get(f"/en/compare.pdf?{compared}").text,
            "\n".join(cells[0]), "\n".join(cells[2]),
        ):  # fmt: skip
            assert "Memangkas pokok" in way
            assert "Pruning fruit trees" in way
            assert "reviewed translation from Malay" in way
            assert "translated by 架空 ichiko, approved by 架空 futaba" in way
        asked = {"record": record, "purpose": "credit", "receiving": "Example University"}
        dossier = one.done(f"{ROOM}/dossiers", **asked).partition("?")[0]
        assert "translated by 架空 ichiko" in one.get(dossier.replace("/ja/", "/en/")).text
        assert "Pruning fruit trees" in one.get(f"{dossier}/dossier.json").text
        exported = one.get(f"/mc/{record}.jsonld")
        assert exported.status_code == 200
        assert "Memangkas" in exported.text
        assert "Pruning" not in exported.text
        other.done(f"{at}/1/withdraw", why="誤訳")
        assert one.get(f"/en/compare.json?{compared}").json()["alignments"][0]["not_compared"] == 1


def test_what_people_write_is_never_markup(place: Workplace) -> None:
    published(place)
    evil = " ".join(HOSTILE)
    with members(place, "ichiko", "futaba") as (one, other):
        asked = {"record": name(FOREIGN, 1), "purpose": "credit", "receiving": evil, "details": evil}
        dossier = one.done(f"{ROOM}/dossiers", **asked).partition("?")[0]
        one.done(f"{dossier}/mark", view="elements", row="level", grade="met", why=evil)
        at = one.done(f"{ROOM}/decisions/new", **asked, why=evil).partition("?")[0]
        terms = dict.fromkeys(("why", "conditions", "covers", "measures", "appeal"), evil)
        one.done(f"{at}/propose", verdict="conditional", **terms)
        other.done(f"{at}/approve", why=evil)
        one.done(f"{ROOM}/agreements", title=evil, party_1=evil, party_2="B" + evil, document=evil, address=evil,
                 valid_from="2026-01-01", why=evil)  # fmt: skip
        one.done(f"{ROOM}/translations/{name(PLAIN, 1)}", field="title", language="ja", text=evil, note=evil)
        other.done(f"{ROOM}/translations/1/approve", why=evil)
        for path in (ROOM, f"{ROOM}/dossiers", dossier, f"{ROOM}/decisions", at, f"{ROOM}/agreements",
                     f"{ROOM}/translations", f"{ROOM}/translations/{name(PLAIN, 1)}", f"/ja/mc/{name(PLAIN, 1)}",
                     f"{ROOM}/dossiers?record={evil}", f"{ROOM}/watching", f"{ROOM}/decisions/new?record={evil}",
                     f"{ROOM}/renewals?month={evil}", f"{ROOM}/decisions?stands={evil}&done={evil}"):  # fmt: skip
            page = one.get(path)
            assert page.status_code in {200, 404, 409}, path
            for bad in ("<script>", "<img src=x", "<svg/onload", 'href="javascript:', "<b>x", ">49<"):
                assert bad not in page.text, (path, bad)
        assert one.get(f"{dossier}/dossier.pdf").content.startswith(b"%PDF-")


def test_the_calendar_reads_any_month_and_no_nonsense(place: Workplace) -> None:
    with members(place, "ichiko") as (one,):
        for month in ("2026-02", "2099-12", "2000-01", "2026-13", "0000-00", "abc", "９９９９-01", "2026-1"):
            assert one.get(f"{ROOM}/renewals?month={month}").status_code == 200
        assert "2099年12月" in one.get(f"{ROOM}/renewals?month=2099-12").text
        assert str(date.today().year) in one.get(f"{ROOM}/renewals?month=nonsense").text  # noqa: DTZ011 - a year
