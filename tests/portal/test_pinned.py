"""Comparisons at addresses that stay: versions pinned, newer ones told, and the forms to take away."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote

import pytest
from lxml import html
from openpyxl import load_workbook
from starlette.testclient import TestClient

from portal import paper
from tests.portal.publishing import Publisher, name

LANGUAGES = ("ja", "en")
ONE, OTHER = name("jmicro", 1), name("jmicro", 2)


@pytest.fixture
def two(publisher: Publisher) -> Publisher:
    publisher.publish(1, 2)
    return publisher


def _exact(client: TestClient, language: str = "en") -> str:
    tree = html.fromstring(client.get(f"/{language}/compare?ids={ONE},{OTHER}").text)
    (found,) = tree.xpath("//a[@rel='canonical']/@href")
    return unquote(found)


def test_the_address_of_exact_versions_never_changes_what_it_shows(two: Publisher, client: TestClient) -> None:
    exact = _exact(client)
    assert exact.endswith(f"ids={ONE}@1,{OTHER}@1")
    before = client.get(exact).text
    assert "newer version" not in before
    key = re.search(r"<code>([0-9a-f]{20})</code>", before)
    assert key
    two.update(2, "まったく別の名称")
    after = client.get(exact).text
    assert key[1] in after
    assert "まったく別の名称" not in after
    assert "There is a newer version 2 of B (here: version 1)." in after
    current = client.get(f"/en/compare?ids={ONE},{OTHER}").text
    assert "まったく別の名称" in current
    assert key[1] not in current
    two.delete(2)
    gone = client.get(exact)
    assert gone.status_code == 200
    assert "B was withdrawn on" in gone.text
    assert client.get(f"/en/compare?ids={ONE},{OTHER}").status_code == 404


def test_two_versions_of_one_record_can_be_compared_and_stepped_through(two: Publisher, client: TestClient) -> None:
    two.update(2, "新しい名称")
    found = client.get(f"/en/compare?ids={OTHER}@1,{OTHER}@2")
    assert found.status_code == 200
    steps = html.fromstring(found.text).xpath("//p[contains(@class, 'tools')]/a[contains(., 'version')]/text()")
    assert steps == ["later version 2", "earlier version 1"]


@pytest.mark.parametrize("ids", [f"{ONE}@7,{OTHER}", f"{ONE}@0,{OTHER}", f"nobody@1,{OTHER}", f"{ONE}@1@1,{OTHER}"])
def test_versions_that_never_were_are_told(two: Publisher, client: TestClient, ids: str) -> None:
    for suffix in ("", ".json", ".xlsx"):
        assert client.get(f"/ja/compare{suffix}?ids={ids}").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_holds_every_value_as_text(publisher: Publisher, client: TestClient, language: str) -> None:
    risky = ("=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\tx", '=HYPERLINK("http://x.example")')
    outcomes = [{"text": {"ja": text}} for text in risky]
    publisher.publish(1, title={"ja": "=1+1", "en": "@one"}, learning_outcomes=outcomes)
    publisher.publish(2, title={"ja": "=2+2"}, learning_outcomes=outcomes)
    found = client.get(f"/{language}/compare.xlsx?ids={ONE},{OTHER}")
    assert found.status_code == 200
    book = load_workbook(io.BytesIO(found.content))
    assert len(book.sheetnames) == 4
    texts = []
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    assert cell.data_type == "s"
                    assert not str(cell.value).startswith(tuple("=+-@\t")) or cell.quotePrefix
                    texts.append(str(cell.value))
    whole = "\n".join(texts)
    assert all(text.strip() in whole for text in risky)


def test_the_forms_keep_what_a_registry_withholds(publisher: Publisher, client: TestClient) -> None:
    publisher.publish(1)
    held = {"registry": "jmicro", "source_id": "n2", "rights": "facts_only", "attribution": "Example"}
    publisher.publish(2, learning_outcomes=[{"text": {"en": "A secret outcome"}}], source_record=held)
    told = client.get(f"/en/compare.json?ids={ONE},{OTHER}").json()
    rows = {row["code"]: row for heading in told["headings"] for row in heading["rows"]}
    assert rows["learning_outcomes"]["cells"][1]["withheld"]
    assert rows["learning_outcomes"]["pairs"] == []
    assert told["ids"] == [f"{ONE}@1", f"{OTHER}@1"]
    book = load_workbook(io.BytesIO(client.get(f"/en/compare.xlsx?ids={ONE},{OTHER}").content))
    cells = [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert any("stated (not shown" in text for text in cells)
    assert not any("secret" in text for text in [*cells, str(told)])


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_is_set_on_paper_without_fetching_anything(two: Publisher, client: TestClient, language: str) -> None:
    found = client.get(f"/{language}/compare.pdf?ids={ONE},{OTHER}")
    assert found.status_code == 200
    assert found.headers["content-type"] == "application/pdf"
    assert found.content.startswith(b"%PDF-")
    with pytest.raises(ValueError, match="nothing is fetched"):
        paper._nothing("http://x.example/")


def test_without_pango_the_answer_names_what_to_install(
    two: Publisher, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    found = client.get(f"/en/compare.pdf?ids={ONE},{OTHER}")
    assert found.status_code == 501
    assert "libpango-1.0-0" in found.text


def test_one_pdf_is_set_at_a_time(two: Publisher, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "_PATIENCE", 0)
    with paper._BUSY:
        found = client.get(f"/en/compare.pdf?ids={ONE},{OTHER}")
    assert (found.status_code, found.headers["retry-after"]) == (503, "10")


@pytest.mark.parametrize(
    ("a", "b", "told", "never"),
    [
        ("NZQCF 8", "EQF 7", ["not levelled in the comparison", "NZQCF 8 → no level of EQF"], ["EQF none"]),
        ("HKQF 5", "NZQCF 8", ["HKQF 5 → NZQCF 7", "NZQCF 8 → HKQF: no agreement"], ["no_agreement"]),
        ("NZQCF 7", "MQF-MY 6", ["NZQCF 7 → MQF-MY 6 (bachelor's degrees as a type)"], ["2007"]),
        ("AQF 7", "EQF 6", ["not confirmed"], ["→"]), ("RQF 6", "EQF 6", ["expired"], ["→"]),
        ("MQF-MY 6", "EQF 6", ["There is no official comparison"], ["→", "Row of the table"]),
        ("JEQF 6", "NZQCF 7", ["There is no official comparison"], ["→", "Row of the table"]),
        ("CEFR B1", "CEFR B2", ["Other levels of the same framework"], ["Row of the table"]),
        ("ITSS 3", "DSS 3", ["There is no official comparison"], ["→", "Row of the table"]),
    ],
)  # fmt: skip
def test_levels_say_which_row_was_used_and_no_more(
    publisher: Publisher, client: TestClient, a: str, b: str, told: list[str], never: list[str]
) -> None:
    for number, one in enumerate((a, b), 1):
        scheme, _, value = one.partition(" ")
        publisher.publish(number, level=[{"scheme": scheme, "value": value}])
    tree = html.fromstring(client.get(f"/en/compare?ids={ONE},{OTHER}").text)
    (cell,) = tree.xpath("//tr[@id='r-level']/td[2]//div[@class='told']")
    text = re.sub(r"\s+", " ", cell.text_content())
    assert [one for one in told if one not in text] == []
    assert [one for one in never if one in text] == []
