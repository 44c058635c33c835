"""Debian's Chromium, driven by Playwright: pages as people meet them, and what axe says of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

GIVEN = "KAKEHASHI_TEST_CHROMIUM"
WIDTHS = (320, 1280)
"""Widths in CSS pixels that every page is held to: a small telephone, and a desk."""
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_CONTRAST = "color-contrast"
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str | None:
    """The browser named by KAKEHASHI_TEST_CHROMIUM, or the one installed; None when there is none."""
    return os.environ.get(GIVEN) or shutil.which("chromium")


@contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    """Start the browser, and stop it at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def faults(page: Page, language: str = "", width: int = 0) -> list[str]:
    """What axe finds wrong with a page: rule, element and why, one line each.

    Contrast takes more than half of the time. It rests on the style sheet, which knows widths and no languages: where
    a page is looked at in both languages and at both widths, it is measured in Japanese on the narrow one and in
    English on the wide one.
    """
    rules = {_CONTRAST: {"enabled": not width or (language == "ja") == (width == min(WIDTHS))}}
    found = Axe().run(page, options={"runOnly": list(STANDARDS), "resultTypes": ["violations"], "rules": rules})
    return [
        f"{rule['id']} {node['target']}: {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than the window, which would need scrolling in two directions."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
