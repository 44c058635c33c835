"""A committee in a browser: from finding a record to a decision that is open again; and every page held to axe."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from config.demonstration import demo_accounts, mark_demo_home
from config.settings import Settings
from harvester.workplace import Workplace
from portal.accounts.demo import ensure_demo_accounts
from portal.public.accessibility import accessibility
from recognition.deciding import decisions
from recognition.decisions.model import Status
from tests.browser import WIDTHS, faults, overflow
from tests.portal.committee import FOREIGN, Made, at_work, published
from tests.portal.publishing import Publisher, name
from tests.portal.serving import served
from tests.portal.templates_seen import templates_seen

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PASSWORDS = {one.name: one.password for one in demo_accounts()}
PICTURES = os.environ.get("KAKEHASHI_TEST_PICTURES")
"""A folder to leave pictures of the pages in, for people to look at."""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workplace, Made]]:
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("committee")))
    mark_demo_home(place.settings.home)
    ensure_demo_accounts(place.database, place.settings)
    yield place, at_work(place, "committee")
    place.database.close()


def enter(tab: Page, address: str, who: str, language: str = "ja") -> None:
    tab.goto(f"{address}/{language}/sign-in")
    tab.fill("#name", who)
    tab.fill("#password", PASSWORDS[who])
    tab.press("#password", "Enter")
    tab.wait_for_url(re.compile("/committee$"))


def pages(made: Made) -> dict[str, str]:
    """Every page of this room, by the name of its picture; and those for everybody as a member sees them."""
    record = name(FOREIGN, 2)
    return {
        "home": "committee", "basket": "committee/basket", "dossiers": "committee/dossiers",
        "dossier-new": f"committee/dossiers?record={record}", "dossier": f"committee/dossiers/{made.dossier}",
        "decisions": "committee/decisions", "decision-new": "committee/decisions/new",
        "decision-begin": f"committee/decisions/new?dossier={made.dossier}",
        "decision-valid": f"committee/decisions/{made.valid}",
        "decision-reopened": f"committee/decisions/{made.reopened}",
        "decision-pending": f"committee/decisions/{made.pending}",
        "decision-fresh": f"committee/decisions/{made.fresh}", "decision-home": f"committee/decisions/{made.home}",
        "decision-submitted": f"committee/decisions/{made.submitted}", "renewals": "committee/renewals",
        "agreements": "committee/agreements", "watching": "committee/watching",
        "translations": "committee/translations", "translation": f"committee/translations/{made.translated}",
        "search": "search?done=basket", "record": f"mc/{made.translated}",
        "compare": f"compare?ids={record},{made.translated}", "refused": "committee/decisions/99999",
        "look-alikes": "look-alikes?done=judged", "alike": f"mc/{made.translated}/alike",
    }  # fmt: skip


def test_every_page_is_for_everybody(tab: Page, deployment: tuple[Workplace, Made]) -> None:
    wrong: list[str] = []
    with (
        served(deployment[0], translation_service="http://127.0.0.1:9/translate") as address,
        templates_seen() as seen,
    ):
        enter(tab, address, "committee")
        for called, path in pages(deployment[1]).items():
            for language in ("ja", "en"):
                tab.goto(f"{address}/{language}/{path}")
                tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
                for width in WIDTHS:
                    tab.set_viewport_size({"width": width, "height": 900})
                    wrong.extend(f"{called} {language} {width}: {fault}" for fault in faults(tab, language, width))
                    if overflow(tab):
                        wrong.append(f"{called} {language} {width}: {overflow(tab)} pixels too wide")
                    if PICTURES:
                        tab.screenshot(path=Path(PICTURES) / f"cm-{called}-{language}-{width}.png", full_page=True)
    assert not wrong, "\n".join(wrong)
    assert {f"{one.template}.html" for one in accessibility().tests.pages["committee"]} <= seen


def test_a_committee_finds_decides_and_is_told_when_the_record_changes(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("story")))
    mark_demo_home(place.settings.home)
    publisher = published(place)
    with served(place) as address:
        one, other = (_tab(browser) for _ in range(2))
        enter(one, address, "committee")
        _find_and_compare(one, place)
        _gather(one)
        _propose(one)
        _approve(other, address)
        _change(publisher)
        one.get_by_role("link", name="委員会").click()
        again = one.get_by_role("region", name=re.compile("再検討になった決定"))
        expect(again).to_contain_text("版 2")
        again.get_by_role("link").first.click()
        expect(one.get_by_role("heading", name="再検討になった理由")).to_be_visible()
        expect(one.get_by_role("group", name=re.compile("決定のときの版 1 からの違い"))).to_contain_text("レベル")
        expect(one.locator(".verdict")).to_contain_text("未決定")
        (view,) = decisions(place)
        assert (view.standing.status, view.steps[-1].act) == (Status.REOPENED, "reopen")
        one.context.close()
        other.context.close()
    place.database.close()


def _tab(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    context.set_default_timeout(10_000)
    return context.new_page()


def _find_and_compare(tab: Page, place: Workplace) -> None:
    tab.get_by_role("navigation", name="主なページ").get_by_role("link", name="検索").click()
    tab.fill("#q", "架空講座")
    tab.get_by_role("button", name="さがす").click()
    tab.get_by_role("complementary").get_by_role("link", name=re.compile("^NZQA")).click()
    for number in (0, 1):
        title = tab.locator(".results h3 a").nth(number).inner_text()
        tab.get_by_role("button", name=f"かごに入れる：{title}", exact=True).first.click()
        expect(tab.get_by_role("status")).to_contain_text(f"かごに入れました（{number + 1} 件）。")
    tab.get_by_role("link", name="かごを開く").click()
    tab.get_by_role("button", name="選んだものを比較").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("比較")
    assert place.database.is_sqlite


def _gather(tab: Page) -> None:
    tab.get_by_role("navigation", name="職員用メニュー").get_by_role("link", name="委員会").click()
    tab.get_by_role("navigation", name="委員会のページ").get_by_role("link", name="かご").click()
    tab.get_by_role("link", name=re.compile("評価資料を作る")).first.click()
    tab.get_by_label("目的", exact=True).select_option(label="単位の認定")
    tab.get_by_label("受け入れ側の機関").fill("架空大学")
    tab.get_by_label("受け入れ側のレベルの枠組み").select_option("EQF")
    tab.get_by_role("button", name="評価資料を作る").click()
    expect(tab.get_by_role("status")).to_have_text("評価資料を保存しました。")
    expect(tab.get_by_text("この書類は情報であり、決定ではありません。").first).to_be_visible()
    row = tab.locator("#elements-level")
    row.get_by_text("評価する").click()
    row.get_by_label("満たす").check()
    row.get_by_label("理由").fill("公表された比較で対応する。")
    row.get_by_role("button", name="名前を添えて記録する").click()
    expect(tab.locator("#elements-level")).to_contain_text("委員 みほん (committee)")


def _propose(tab: Page) -> None:
    tab.get_by_role("link", name="この資料をもとに決定を始める").click()
    tab.get_by_label("理由").fill("学部からの依頼")
    tab.get_by_role("button", name="決定を始める").click()
    tab.get_by_label("条件付きの承認").check()
    tab.get_by_label("理由").first.fill("重要な違いはない。")
    tab.get_by_role("button", name="提案する").click()
    expect(tab.get_by_role("alert")).to_contain_text("decision_terms_missing")
    expect(tab.get_by_label("条件付きの承認")).to_be_checked()
    tab.get_by_label("条件", exact=True).fill("面接を行う")
    tab.get_by_role("button", name="提案する").click()
    expect(tab.get_by_role("status")).to_have_text("提案しました。別の人の可決を待ちます。")
    expect(tab.get_by_role("button", name="可決する")).to_have_count(0)


def _approve(tab: Page, address: str) -> None:
    enter(tab, address, "committee-2")
    tab.get_by_role("region", name=re.compile("可決を待つ提案")).get_by_role("link").first.click()
    tab.get_by_label("理由").first.fill("四月の委員会で確認した。")
    tab.get_by_role("button", name="可決する").click()
    expect(tab.get_by_role("status")).to_have_text("可決しました。")
    expect(tab.locator(".verdict")).to_contain_text("条件付きの承認")
    tab.get_by_role("button", name="証明を作る").click()
    tab.get_by_role("link", name=re.compile("証明のページ")).click()
    expect(tab.get_by_role("img", name=re.compile("QR"))).to_be_visible()


def _change(publisher: Publisher) -> None:
    for number in range(1, 9):
        publisher.publish(number, op="changed", level=[{"scheme": "NZQCF", "value": "6"}])
