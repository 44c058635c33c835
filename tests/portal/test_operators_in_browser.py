"""Operators in a browser: a held run from its sign to its publication by clicks alone, and every page held to axe."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from config.demonstration import demo_accounts, mark_demo_home
from config.settings import Settings
from harvester.workplace import Workplace
from portal.public.accessibility import accessibility
from store.audit import events
from store.frontier import Frontier
from store.records import current_records
from store.runs import open_run, run
from tests.browser import WIDTHS, faults, overflow
from tests.portal.holding import good_and_held
from tests.portal.serving import served
from tests.portal.templates_seen import templates_seen

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PASSWORDS = {one.name: one.password for one in demo_accounts()}
PICTURES = os.environ.get("KAKEHASHI_TEST_PICTURES")
"""A folder to leave pictures of the pages in, for people to look at."""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workplace, int, int]]:
    """A demonstration's home with a good run and a held one, and their numbers."""
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("browser")))
    mark_demo_home(place.settings.home)
    good, held = good_and_held(place, tmp_path_factory.mktemp("delivered"))
    yield place, good.run_id, held.run_id
    place.database.close()


@pytest.fixture(scope="module")
def address(deployment: tuple[Workplace, int, int]) -> Iterator[str]:
    with served(deployment[0]) as address:
        yield address


def enter(tab: Page, address: str, name: str, language: str = "ja") -> None:
    tab.goto(f"{address}/{language}/sign-in")
    tab.fill("#name", name)
    tab.fill("#password", PASSWORDS[name])
    tab.press("#password", "Enter")
    tab.wait_for_url(re.compile("/operators$"))


def pages(deployment: tuple[Workplace, int, int]) -> dict[str, str]:
    """Every page of these rooms, by the name of its picture."""
    place, good, held = deployment
    record = next(current_records(place.database, ("jmicro",))).record_id
    digest = Frontier(place.database, good).answered()[0].payload_hash
    running = open_run(place.database, registry="mqa", connector="mqa", actor="架空", address="", fingerprint="")
    return {
        "overview": "operators", "schedule": "operators/schedule", "runs": "operators/runs",
        "run-held": f"operators/runs/{held}", "run-good": f"operators/runs/{good}",
        "run-running": f"operators/runs/{running}", "requests": f"operators/runs/{good}/requests",
        "payload": f"operators/payloads/{digest}", "corrections": "operators/corrections",
        "correction": f"operators/corrections/{record}?field=title.en", "mappings": "operators/mappings",
        "mapping": "operators/mappings/mqa?row=2", "audit": "operators/audit", "account": "account",
        "accounts": "accounts", "turned-away": "operators/runs/99999",
    }  # fmt: skip


def test_every_page_is_for_everybody(tab: Page, address: str, deployment: tuple[Workplace, int, int]) -> None:
    wrong: list[str] = []

    def look(name: str, language: str) -> None:
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 900})
            wrong.extend(f"{name} {language} {width}: {fault}" for fault in faults(tab, language, width))
            if overflow(tab):
                wrong.append(f"{name} {language} {width}: {overflow(tab)} pixels too wide")
            if PICTURES:
                tab.screenshot(path=Path(PICTURES) / f"{name}-{language}-{width}.png", full_page=True)

    with templates_seen() as seen:
        for language in ("ja", "en"):
            tab.goto(f"{address}/{language}/sign-in")
            look("sign-in", language)
            tab.fill("#name", "admin")
            tab.fill("#password", "wrong on purpose")
            tab.press("#password", "Enter")
            expect(tab.get_by_role("alert")).to_be_visible()
            look("sign-in-wrong", language)
        enter(tab, address, "admin")
        for name, path in pages(deployment).items():
            for language in ("ja", "en"):
                tab.goto(f"{address}/{language}/{path}")
                tab.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
                look(name, language)
    assert not wrong, "\n".join(wrong)
    assert {f"{one.template}.html" for one in accessibility().tests.pages["operators"]} <= seen


def test_the_keyboard_gets_everywhere_and_shows_where_it_is(
    tab: Page, address: str, deployment: tuple[Workplace, int, int]
) -> None:
    enter(tab, address, "operator")
    tab.goto(f"{address}/en/operators/runs/{deployment[2]}")
    tab.keyboard.press("Tab")
    expect(tab.locator(":focus")).to_have_class("skip")
    seen = []
    for _ in range(60):
        tab.keyboard.press("Tab")
        focus = tab.locator(":focus")
        outline = focus.evaluate("one => getComputedStyle(one).outlineStyle")
        seen.append(focus.evaluate("one => one.id || one.textContent.trim()"))
        assert outline != "none", seen[-1]
        if seen[-1] == "Drop":
            break
    assert seen.index("why") < seen.index("Publish") < seen.index("Drop")


def test_a_held_run_is_read_and_published_by_what_the_pages_offer(
    tab: Page, address: str, deployment: tuple[Workplace, int, int]
) -> None:
    place, _, held = deployment
    tab.goto(f"{address}/ja/")
    tab.get_by_role("link", name="職員用ページ").click()
    tab.fill("#name", "operator")
    tab.fill("#password", PASSWORDS["operator"])
    tab.get_by_role("button", name="サインインする").click()
    tab.get_by_role("link", name=re.compile("中身を見て決める")).click()
    expect(tab.get_by_role("heading", name="掲載元の変化")).to_be_visible()
    expect(
        tab.get_by_text("項目「レベル (level)」は、前は記録の 100 % に書かれていましたが、今回は 3 % です。")
    ).to_be_visible()
    expect(tab.locator("#samples + .scroll ins").first).to_be_visible()
    tab.get_by_role("button", name="公開する").click()
    expect(tab).to_have_url(re.compile(f"/runs/{held}$"))
    tab.get_by_role("textbox", name="理由").first.fill("掲載元に確かめた。レベルは別の欄へ移るとのこと。")
    tab.get_by_role("button", name="公開する").click()
    expect(tab.get_by_role("status")).to_have_text("公開しました。")
    assert run(place.database, held)["state"] == "succeeded_with_warnings"
    event = events(place.database)[0]
    assert (event.actor, event.action) == ("運用 みほん (operator)", "publish")
    tab.get_by_role("link", name="English").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text(f"Run {held}")
    tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_role("status")).to_have_text("You are signed out.")
    tab.goto(f"{address}/ja/operators")
    expect(tab).to_have_url(re.compile("/ja/sign-in"))
