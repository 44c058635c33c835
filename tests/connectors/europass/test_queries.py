"""The query service is asked in ranges that together are everything, by queries it does not refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.messages import CodedError
from connectors.contract import Payload, StructureBroken
from connectors.europass import connector
from connectors.europass.options import setting_of
from connectors.europass.sparql import Range, first_ranges
from connectors.europass.spider import EuropassSpider
from tests.connectors.europass.walk import Walk, europass

NAMES = st.text("abcA01-/", max_size=6)


def covers(one: Range, name: str) -> bool:
    return name.startswith(one.start) and not name.startswith(one.without or ("\0",))


@given(NAMES, st.lists(st.lists(NAMES.filter(bool), min_size=1, max_size=4), max_size=3))
def test_a_name_is_in_exactly_one_of_the_ranges_that_a_range_is_divided_into(
    name: str, divisions: list[list[str]]
) -> None:
    ranges = [Range("Qualification", "")]
    for starts in divisions:
        first, *others = ranges
        inside = [first.start + start for start in starts]
        ranges = [*others, *first.divide([start for start in inside if covers(first, start)])]
    assert sum(covers(one, name) for one in ranges) == 1


def test_the_first_ranges_cover_every_name_once_for_each_class() -> None:
    setting = setting_of(europass("sparql"))
    for name in ("https://elsewhere.example/1", *(f"{start}x" for start in setting.options.sparql.starts)):
        for class_name in setting.options.sparql.classes:
            ranges = [one for one in first_ranges(setting) if one.class_name == class_name]
            assert sum(covers(one, name) for one in ranges) == 1


@pytest.mark.parametrize("variant", ["sparql", "sparql-split", "sparql-502"])
def test_every_query_is_a_short_get_without_an_order(variant: str, tmp_path: Path) -> None:
    walk = Walk(europass(variant), tmp_path)
    assert {ask.method for ask in walk.asks} == {"GET"}
    for ask in walk.asks:
        (query,) = parse_qs(urlsplit(ask.url).query)["query"]
        assert "order" not in query.lower()
        assert "offset" not in query.lower()
        assert len(ask.url) < 8000
        assert "contactPoint ?" not in query


def test_a_page_at_the_limit_is_divided_and_says_nothing_itself(tmp_path: Path) -> None:
    source = europass("sparql-split")
    walk = Walk(source, tmp_path)
    full = [one for one in walk.payloads if one.kind == "sparql-roots" and one.body.count(b'"root"') > 120]
    assert full
    for payload in full:
        extract = connector.parse(payload, source)
        assert (list(extract.found), extract.rows, extract.issues) == ([], 0, [])
        assert len(list(EuropassSpider(source).follow(payload))) > 1


def test_a_service_that_is_down_is_left_alone(tmp_path: Path) -> None:
    source = europass("sparql")
    spider = EuropassSpider(source)
    (ask,) = [ask for ask in spider.start() if ask.kind == "sparql-roots"][:1]
    assert list(spider.instead(ask, "server_error"))
    assert [bool(list(spider.instead(ask, "server_error"))) for _ in range(8)] == [True] * 7 + [False]
    assert not list(EuropassSpider(source).instead(ask, "page_missing"))


@pytest.mark.parametrize(
    "content",
    [
        {"results": {}},
        {"boolean": True},
        {"results": {"bindings": [1]}},
        {"results": {"bindings": [{"root": {"type": "uri", "value": "https://x.example/1"}}]}},
        [],
    ],
)
def test_an_answer_of_another_shape_stops_the_run(content: object) -> None:
    about = {"class": "Qualification", "start": "", "without": "", "divided": "0"}
    payload = Payload("sparql-roots", "https://x.example/sparql", orjson.dumps(content), "application/json", "h")
    with pytest.raises(StructureBroken) as caught:
        connector.parse(replace(payload, about=about), europass("sparql"))
    assert caught.value.issues[0].code == "structure_changed"


def test_a_record_that_does_not_come_back_is_told() -> None:
    body = orjson.dumps({"results": {"bindings": []}})
    about = {"records": "https://x.example/1\nhttps://x.example/2"}
    payload = Payload("sparql-statements", "https://x.example/q", body, "application/json", "h", None, about)
    extract = connector.parse(payload, europass("sparql"))
    assert list(extract.found) == []
    assert [issue.place for issue in extract.issues] == ["https://x.example/1", "https://x.example/2"]


@pytest.mark.parametrize(
    "options",
    [
        {"sparql": {"queries": {"roots": "SELECT ?s WHERE { $roots } order\n BY ?s"}}},
        {"sparql": {"queries": {"count": "SELECT ($ AS ?n)"}}},
        {"countries": ["Ireland"]},
        {"candidates": [{"id": "small", "most_hours": 100}]},
        {"candidates": []},
        {"candidates": [{"id": "a", "words": ["title"]}, {"id": "a", "types": ["x"]}]},
        {"transport": "telepathy"},
        {"unheard_of": 1},
    ],
)
def test_options_that_mean_nothing_are_told(options: dict[str, object]) -> None:
    with pytest.raises(CodedError) as caught:
        setting_of(europass("sparql", **options))
    assert caught.value.issues[0].code == "connector_invalid"
