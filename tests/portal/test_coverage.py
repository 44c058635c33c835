"""The coverage map: shares of what is stated, now and over time, in a table and in charts that say the same."""

from __future__ import annotations

import pytest
from lxml import html
from starlette.testclient import TestClient

from portal.public.charts import Bar, _cut, bars
from portal.public.coverage import _now, _over_time, _percent
from portal.public.entries import HEADINGS
from tests.portal.publishing import Publisher


def _cells(client: TestClient, language: str = "en") -> dict[str, str]:
    tree = html.fromstring(client.get(f"/{language}/coverage").text)
    rows = tree.xpath("//table[@class='map']/tbody/tr")
    return {row.xpath("string(th)").strip(): " ".join(row.xpath("string(td)").split()) for row in rows}


def test_shares_follow_what_is_published_changed_and_withdrawn(publisher: Publisher, client: TestClient) -> None:
    publisher.publish(1, 2, 3, assessment=[])
    publisher.publish(4)
    assert _cells(client)["Assessment"] == "25% 1"
    assert _cells(client)["Records"] == "4"
    publisher.publish(1, op="changed", assessment=[{"type": "report"}])
    assert _cells(client)["Assessment"] == "50% 2"
    publisher.delete(4)
    assert (_cells(client)["Assessment"], _cells(client)["Records"]) == ("33% 1", "3")


def test_what_may_not_be_shown_is_counted_as_stated(publisher: Publisher, client: TestClient) -> None:
    held = {"registry": "jmicro", "source_id": "n1", "rights": "facts_only", "attribution": "Example"}
    publisher.publish(1, source_record=held)
    assert _cells(client)["Learning outcomes"] == "100% 1"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_chart_has_a_name_and_its_figures_stand_in_the_table(
    publisher: Publisher, client: TestClient, language: str
) -> None:
    publisher.publish(*range(1, 8))
    tree = html.fromstring(client.get(f"/{language}/coverage").text)
    charts = tree.xpath("//*[local-name()='svg']")
    assert len(charts) == 1 + len(HEADINGS)
    assert all(chart.get("aria-label") and chart.get("role") == "img" for chart in charts)
    told = charts[0].xpath(".//*[local-name()='text'][@class='chart-figure']/text()")
    assert told == [cell.split()[0] for cell in list(_cells(client, language).values())[:-1]]
    assert client.get(f"/{language}/coverage?registry=nowhere").status_code == 200


def test_a_part_is_never_told_as_all_or_nothing() -> None:
    assert [_percent(*pair) for pair in ((0, 0), (0, 9), (1, 999), (998, 999), (9, 9))] == [
        "–",
        "0%",
        "1%",
        "99%",
        "100%",
    ]


def test_days_add_up() -> None:
    found = {"": {"2026-01-01": 4, "2026-02-01": -1}, "level": {"2026-01-01": 2, "2026-03-01": 1}}
    assert _now(found) == {"": (3, 3), "level": (3, 3)}
    assert [(day.isoformat(), told) for day, told in _over_time(found)] == [
        ("2026-01-01", {"": 4, "level": 2}), ("2026-02-01", {"": 3, "level": 2}), ("2026-03-01", {"": 3, "level": 3}),
    ]  # fmt: skip


def test_long_names_of_bars_go_on_in_a_second_line_and_lose_nothing() -> None:
    for name in (
        "NZQA register of qualifications and credentials (New Zealand)",
        "資格・クレデンシャル登録" * 4,
        "x" * 90,
    ):
        assert "".join("".join(_cut(name)).split()) == "".join(name.split())
    assert _cut("NZQA register of qualifications and credentials (New Zealand)") == [
        "NZQA register of qualifications and", "credentials (New Zealand)",
    ]  # fmt: skip
    assert _cut("NZQA 資格・クレデンシャル登録（ニュージーランド）") == [
        "NZQA 資格・クレデンシャル登録",
        "（ニュージーランド）",
    ]
    assert len(_cut("資格" * 30)) > 1
    assert bars("x", [Bar("資格" * 30, 0.5, "1")]).count("chart-name") == len(_cut("資格" * 30))
