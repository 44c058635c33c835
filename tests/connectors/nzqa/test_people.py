"""No person is left in what is kept, whatever layout names them; and everything else stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.yaml_files import load_yaml
from connectors.contract import Question
from connectors.nzqa.people import redact
from connectors.nzqa.standin import answer, standin
from tests.connectors.nzqa.walk import walk

PAGES = load_yaml(Path(__file__).parent / "pages.yaml")
NAMED: dict[str, str] = PAGES["somebody_named"]


@pytest.mark.parametrize("body", NAMED.values(), ids=NAMED)
def test_nobody_is_left(body: str) -> None:
    kept = redact(body.encode(), "text/html").decode()
    assert not [word for word in ("Kiri", "04 000", "6440000000", "kiri@") if word in kept]
    assert "Level" in kept
    assert "3" in kept.replace("h3", "")
    assert [kept.count(sign) for sign in "<>"] == [body.count(sign) for sign in "<>"]


@pytest.mark.parametrize("body", PAGES["nobody_named"].values(), ids=PAGES["nobody_named"])
def test_what_names_nobody_stays(body: str) -> None:
    assert redact(body.encode(), "text/html") == body.encode()


def test_a_cut_page_stays_cut() -> None:
    body = b"<html><body><table><tr><td>Contact Details</td><td>Kiri Tauira"
    kept = redact(body, "text/html")
    assert b"Kiri" not in kept
    assert b"</" not in kept[-20:]


def test_redacting_twice_changes_nothing_more() -> None:
    for body in NAMED.values():
        once = redact(body.encode(), "text/html")
        assert redact(once, "text/html") == once


@pytest.mark.parametrize("variant", ["full", "layout-dl", "layout-strong", "layout-lines"])
def test_nobody_of_the_standin_is_kept(variant: str) -> None:
    result = walk(variant)
    kept = b"".join(payload.body for payload in result.payloads)
    kept += "".join(listing.model_dump_json() for listing in result.listings.values()).encode()
    assert not [word for word in (b"Kiri", b"Hemi", b"@body", b"04 000", b"webmaster") if word in kept]


def test_the_standin_does_name_people() -> None:
    question = Question("full", "providers/details.do", {"providerId": "000100001"}, "http://127.0.0.1/full/")
    page = answer(question, standin.listings)
    assert page is not None
    assert b"Kiri" in page.body
