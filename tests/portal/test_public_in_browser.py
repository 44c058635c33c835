"""The pages for everybody in Chromium: nothing that axe objects to, no sideways scrolling, all of it by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from config.settings import Settings
from connectors.standins import Listening
from harvester.running.runner import Order, harvest
from harvester.workplace import Workplace
from store.records import current_records
from tests.browser import WIDTHS, faults, overflow
from tests.conftest import standin_registry
from tests.portal.serving import served as serving

pytestmark = [pytest.mark.slow, pytest.mark.browser]
REGISTRIES = ("jmicro", "mqa", "nzqa")
LANGUAGES = ("ja", "en")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, standins: dict[str, Listening]) -> Iterator[tuple[str, list[str]]]:
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("looked-at")))
    for name in REGISTRIES:
        harvest(place, Order(standin_registry(name, standins[name].address, "full"), "test", allow_loopback=True))
    first = {one.registry: one.record_id for one in current_records(place.database)}
    with serving(place) as address:
        yield address, [first[name] for name in REGISTRIES]
    place.database.close()


def _paths(names: list[str]) -> list[str]:
    ids = ",".join(names)
    return [
        "", "search", "search?q=データ&country=JP", "search?q=zzzz", "registries", "coverage", "look-alikes", "compare",
        f"compare?ids={ids}", f"compare?ids={names[0]}@1,{names[2]}", f"mc/{names[0]}/alike", "mc/nobody",
        *(f"mc/{name}" for name in names),
    ]  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    served: tuple[str, list[str]], browser: Browser, language: str, width: int
) -> None:
    address, names = served
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for path in _paths(names):
        page.goto(f"{address}/{language}/{path}")
        assert faults(page) == [], path
        assert overflow(page) <= 0, path
    context.close()


def test_everything_is_reached_by_keyboard_and_shows_where_it_is(served: tuple[str, list[str]], tab: Page) -> None:
    address, names = served
    for path in (f"mc/{names[0]}", f"compare?ids={','.join(names)}"):
        tab.goto(f"{address}/en/{path}")
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"
        seen = []
        for _ in range(12):
            tab.keyboard.press("Tab")
            shown = tab.evaluate(
                "(() => { const one = document.activeElement, style = getComputedStyle(one);"
                " const place = Array.from(document.querySelectorAll('*')).indexOf(one);"
                " return [place, style.outlineStyle, parseFloat(style.outlineWidth)]; })()"
            )
            assert shown[1] != "none"
            assert shown[2] >= 2
            seen.append(shown[0])
        assert seen == sorted(set(seen)), "in the order of the page, nothing twice"


def test_links_and_buttons_are_large_enough_to_hit(served: tuple[str, list[str]], tab: Page) -> None:
    address, names = served
    for path in ("search", f"mc/{names[0]}"):
        tab.goto(f"{address}/ja/{path}")
        small = tab.evaluate(
            "[...document.querySelectorAll('.top a, button, .facet a, summary, input[type=checkbox]')]"
            ".filter(one => one.getBoundingClientRect().height && one.getBoundingClientRect().height < 24)"
            ".map(one => one.outerHTML.slice(0, 90))"
        )
        assert small == [], path
