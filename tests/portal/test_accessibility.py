"""What is said of accessibility is what the tests do: criteria, pages and rules, in both languages."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from importlib.resources import files

import pytest
from lxml import html
from starlette.testclient import TestClient

from portal.public.accessibility import accessibility
from portal.public.site import LANGUAGES
from tests.browser import STANDARDS, WIDTHS
from tests.portal.templates_seen import page_templates

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
PRINTED = {"compare_print.html", "committee_dossier_sheet.html"}
"""Sheets for paper, which no reader of pages is sent to."""


def test_every_page_is_among_those_tested() -> None:
    named = [f"{one.template}.html" for pages in accessibility().tests.pages.values() for one in pages]
    assert set(named) == page_templates() - PRINTED
    assert len(named) == len(set(named))


def test_widths_rules_and_tools_are_those_of_the_tests() -> None:
    tests = accessibility().tests
    assert set(WIDTHS) <= set(tests.widths)
    assert tests.rules == STANDARDS
    found = re.search(r"axe v([\d.]+)", AXE)
    assert found
    assert tests.tools["axe-core"] == found.group(1)
    for name in ("axe-playwright-python", "playwright"):
        assert tests.tools[name] == version(name)


def test_all_criteria_stand_there_and_none_is_called_met_by_a_person() -> None:
    found = accessibility().criteria
    assert (len(found), sum(one.level == "A" for one in found.values()), sum(one.jis for one in found.values())) == (
        55, 31, 37,
    )  # fmt: skip
    assert "4.1.1" not in found
    numbers = [tuple(map(int, number.split("."))) for number in found]
    assert numbers == sorted(numbers)
    assert not [number for number, one in found.items() if one.result == "absent" and one.rules]
    assert not {one.result for one in found.values()} & {"failed"}, "a criterion that is not met is mended, or told"


@pytest.mark.parametrize("language", LANGUAGES)
def test_policy_and_results_are_reached_from_every_page_and_tell_all(client: TestClient, language: str) -> None:
    front = html.fromstring(client.get(f"/{language}/").text)
    (address,) = front.xpath("//footer//a[contains(@href, 'accessibility')]/@href")
    policy = html.fromstring(client.get(address).text)
    (address,) = policy.xpath("//main//a[contains(@href, '/results')]/@href")
    results = html.fromstring(client.get(address).text)
    rows = results.xpath("//table[contains(@class, 'criteria')]/tbody/tr")
    assert len(rows) == len(accessibility().criteria)
    said = " ".join(results.xpath("string(//main)").split())
    assert accessibility().policy.standing["ja" if language == "ja" else "en"] in said
    assert "2026-11-21" in said
    assert "axe-core" in said
    assert json.dumps(said).count("{") == 0, "no place of a text is left open"
