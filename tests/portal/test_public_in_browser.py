"""The pages for everybody in Chromium: nothing that axe objects to, nothing cut off however large, all by keyboard.

And the story of a visitor: a word of two characters, a record, and where it says what it says from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from config.settings import Settings
from connectors.standins import Listening
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from portal.public.accessibility import accessibility
from recognition.deciding import approve, propose
from recognition.decisions import Terms
from recognition.proving import make_proof
from store.records import current_records
from tests.browser import WIDTHS, faults, overflow
from tests.conftest import standin_registry
from tests.portal.committee import FOREIGN, ONE, OTHER, foreign
from tests.portal.publishing import Publisher, name
from tests.portal.serving import served as serving
from tests.portal.templates_seen import templates_seen

pytestmark = [pytest.mark.slow, pytest.mark.browser]
REGISTRIES = ("jmicro", "mqa", "nzqa")
LANGUAGES = ("ja", "en")
ENLARGED = {"200 %": 640, "400 %": 320}
"""Widths in CSS pixels that a window of 1280 pixels has when its page is enlarged."""
SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
SPACED += " p { margin-bottom: 2em !important }"
"""The spacing of success criterion 1.4.12."""


class Looked(NamedTuple):
    """A portal to look at: its address, and a record of each registry, a withdrawn one and a proof by name."""

    address: str
    names: list[str]
    gone: str
    proof: str

    def paths(self) -> list[str]:
        """Every kind of page, below its language."""
        ids = ",".join(self.names)
        return [
            "", "search", "search?q=データ&country=JP", "search?q=zzzz", "registries", "coverage",
            "coverage?registry=nzqa", "look-alikes", "compare", f"compare?ids={ids}",
            f"compare?ids={self.names[0]}@1,{self.names[2]}", f"mc/{self.names[0]}/alike", "mc/nobody", "partners",
            "accessibility", "accessibility/results", f"mc/{self.gone}", f"proofs/{self.proof}",
            *(f"mc/{one}" for one in self.names),
        ]  # fmt: skip


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory, standins: dict[str, Listening]) -> Iterator[Looked]:
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("looked-at")))
    for one in REGISTRIES:
        harvest(place, Order(standin_registry(one, standins[one].address, "full"), "test", allow_loopback=True))
    first = {one.registry: one.record_id for one in current_records(place.database)}
    publisher = Publisher(place, FOREIGN)
    publisher.publish(901, 902)
    publisher.delete(901)
    number = foreign(place, 902, "架空大学")
    propose(place, ONE, number, Terms(verdict="full"), why="違いはない。")
    approve(place, OTHER, number, why="四月の委員会で確認した。")
    with serving(place) as address:
        yield Looked(
            address, [first[one] for one in REGISTRIES], name(FOREIGN, 901), make_proof(place, OTHER, number).name
        )
    place.database.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(looked: Looked, tab: Page, language: str) -> None:
    wrong: list[str] = []
    with templates_seen() as seen:
        for path in looked.paths():
            tab.goto(f"{looked.address}/{language}/{path}")
            for width in WIDTHS:
                tab.set_viewport_size({"width": width, "height": 900})
                wrong += [f"{path} {width}: {fault}" for fault in faults(tab, language, width)]
            for enlarged, width in ENLARGED.items():
                tab.set_viewport_size({"width": width, "height": 900})
                if overflow(tab) > 0:
                    wrong.append(f"{path} {enlarged}: {overflow(tab)} pixels too wide")
    assert not wrong, "\n".join(wrong)
    assert {f"{one.template}.html" for one in accessibility().tests.pages["public"]} <= seen


def test_text_may_be_spaced_out_without_loss(looked: Looked, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 900}, bypass_csp=True)
    page = context.new_page()
    for path in ("", "search", f"mc/{looked.names[0]}", f"compare?ids={','.join(looked.names)}"):
        page.goto(f"{looked.address}/ja/{path}")
        page.add_style_tag(content=SPACED)
        assert overflow(page) <= 0, path
        cut = page.evaluate(
            "[...document.querySelectorAll('main *:not(.short):not(svg *)')].filter(one => one.clientHeight > 1"
            " && getComputedStyle(one).overflowY === 'hidden' && one.scrollHeight > one.clientHeight + 1)"
            ".map(one => one.outerHTML.slice(0, 90))"
        )
        assert cut == [], path
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_keyboard_goes_through_a_page_in_the_order_of_the_screen_and_out_again(
    looked: Looked, tab: Page, width: int
) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    for path in ("", "search?q=データ", f"mc/{looked.names[0]}", f"compare?ids={','.join(looked.names)}"):
        tab.goto(f"{looked.address}/en/{path}")
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"
        tab.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        seen: list[tuple[int, float]] = []
        while True:
            tab.keyboard.press("Tab")
            at, top, style, thick = tab.evaluate(
                "(() => { const one = document.activeElement, style = getComputedStyle(one);"
                " const box = one.getBoundingClientRect();"
                " return [one === document.body ? -1 : Array.from(document.querySelectorAll('*')).indexOf(one),"
                " box.top + scrollY, style.outlineStyle, parseFloat(style.outlineWidth)]; })()"
            )
            if at == -1 or (seen and at == seen[0][0]):
                break
            assert style != "none", path
            assert thick >= 2, path
            seen.append((at, top))
            assert len(seen) < 600, f"{path}: the keyboard does not come out again"
        order = [at for at, _ in seen]
        assert order == sorted(set(order)), f"{path}: in the order of the page, nothing twice"
        if width == min(WIDTHS):
            back = [one for one, other in pairwise(seen) if other[1] < one[1] - 60]
            assert not back, f"{path}: in one column nothing leads back up"


def test_links_and_buttons_are_large_enough_to_hit(looked: Looked, tab: Page) -> None:
    for path in ("", "search", f"mc/{looked.names[0]}", "coverage", "accessibility"):
        tab.goto(f"{looked.address}/ja/{path}")
        small = tab.evaluate(
            "[...document.querySelectorAll('.top a, .bottom a, button, .facet a, summary, input[type=checkbox]')]"
            ".filter(one => one.getBoundingClientRect().height && one.getBoundingClientRect().height < 24)"
            ".map(one => one.outerHTML.slice(0, 90))"
        )
        assert small == [], path


def test_on_a_small_screen_what_narrows_a_search_is_folded_until_asked_for(looked: Looked, tab: Page) -> None:
    tab.set_viewport_size({"width": 320, "height": 900})
    tab.goto(f"{looked.address}/ja/search")
    facets = tab.get_by_role("heading", name="絞り込み")
    expect(facets).to_be_hidden()
    tab.get_by_label("絞り込みを表示する").check()
    expect(facets).to_be_visible()
    tab.set_viewport_size({"width": 1280, "height": 900})
    expect(tab.get_by_label("絞り込みを表示する")).to_be_hidden()
    expect(facets).to_be_visible()


def test_a_visitor_searches_two_characters_and_reads_where_a_value_comes_from(looked: Looked, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    context.set_default_timeout(10_000)
    tab = context.new_page()
    tab.goto(f"{looked.address}/ja/")
    tab.get_by_label("ことば").fill("量子")
    tab.get_by_role("button", name="さがす").click()
    expect(tab.get_by_role("heading", name="1 件")).to_be_visible()
    tab.get_by_role("link", name="量子計算の基礎").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("量子計算の基礎")
    row = tab.locator("dl.values > div", has_text="学修成果").first
    row.get_by_text("出典").first.click()
    told = row.locator("details[open]").first
    expect(told).to_contain_text("JMICRO 登録簿")
    expect(told).to_contain_text("取得日時")
    expect(told).to_contain_text("元の項目")
    source = tab.get_by_role("complementary").get_by_role("link", name=re.compile("^http")).first
    expect(source).to_have_attribute("href", re.compile("^https?://"))
    expect(source).to_have_attribute("rel", re.compile("nofollow"))
    tab.get_by_role("link", name="English").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Foundations of quantum computing")
    context.close()
