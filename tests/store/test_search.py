"""The search index: what matches is decided by the characters of the texts, whatever the order of events."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.messages import CodedError
from store.bigrams import folded, pieces, signs
from store.search import Entry, SearchIndex

_SIGNS = "量子計算学データでーた、 AIai-ーガが"
TEXTS = st.text(alphabet=_SIGNS, min_size=1, max_size=12)


def _entry(number: int, title: str, body: str = "", **facets: str) -> Entry:
    return Entry(number, f"r{number}", (title,), (body,), tuple(facets.items()), {"number": number})


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    return SearchIndex(tmp_path / "search.sqlite", "1")


def _numbers(index: SearchIndex, query: str, **chosen: list[str]) -> list[int]:
    return [card["number"] for card in index.find(query, chosen, 0, 100).cards]


@pytest.mark.parametrize(
    ("one", "other"),
    [("データ", "でーた"), ("ﾃﾞｰﾀ", "データ"), ("コンピューター", "コンピュータ"), ("ＡＩ", "ai"), ("Māori", "maori"),
     ("データ・サイエンス", "データサイエンス")],
)  # fmt: skip
def test_ways_of_writing_meet(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_voiced_sounds_stay_apart() -> None:
    assert folded("ガス") != folded("カス")


def test_runs_of_two_kinds_are_told_apart() -> None:
    assert [(piece.text, piece.joined) for piece in pieces("AI人材、2級")] == [
        ("ai", False), ("人材", True), ("2", False), ("級", True),
    ]  # fmt: skip
    assert signs("量子").pairs.split()[1:-1] == ["量子"]


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=6), query=st.text(alphabet="量子計算学デタがガ", min_size=1, max_size=4)
)
def test_a_run_of_japanese_is_found_exactly_where_it_stands(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], query: str
) -> None:
    index = SearchIndex(tmp_path_factory.mktemp("index") / "search.sqlite", "1")
    index.write([_entry(number, "x", text) for number, text in enumerate(texts, 1)], [], 9)
    runs = [[piece.text for piece in pieces(text) if piece.joined] for text in texts]
    want = {number for number, found in enumerate(runs, 1) if any(folded(query) in run for run in found)}
    assert set(_numbers(index, query)) == want


def test_newer_entries_take_the_place_of_older_ones(index: SearchIndex) -> None:
    index.write([_entry(1, "量子")], [], 1)
    index.write([Entry(2, "r1", ("光",), (), (), {"number": 2})], [], 2)
    assert _numbers(index, "量子") == []
    assert _numbers(index, "光") == [2]
    index.write([], [("r1", "2026-11-21")], 3)
    assert _numbers(index, "") == []
    assert index.horizon() == 3


def test_what_was_seen_already_is_not_taken_in_again(index: SearchIndex) -> None:
    index.write([_entry(1, "量子")], [], 5)
    index.write([_entry(2, "光")], [], 5)
    assert _numbers(index, "") == [1]


def test_counts_of_a_facet_are_not_narrowed_by_its_own_choice(index: SearchIndex) -> None:
    index.write([_entry(1, "a", country="JP", level="X"), _entry(2, "a", country="NZ", level="X"),
                 _entry(3, "a", country="JP", level="Y")], [], 3)  # fmt: skip
    found = index.find("", {"country": ["JP"]}, 0, 10)
    assert found.total == 2
    assert found.facets == {"country": {"JP": 2, "NZ": 1}, "level": {"X": 1, "Y": 1}}
    assert index.find("", {"country": ["JP", "NZ"], "level": ["X"]}, 0, 10).total == 2
    assert index.find("", {"country": ["nowhere"]}, 0, 10).total == 0


def test_other_rules_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    SearchIndex(path, "1").write([_entry(1, "量子")], [], 1)
    assert SearchIndex(path, "1").horizon() == 1
    assert SearchIndex(path, "2").horizon() == 0


def test_two_processes_see_what_either_wrote(tmp_path: Path) -> None:
    one, other = (SearchIndex(tmp_path / "search.sqlite", "1") for _ in range(2))
    assert _numbers(other, "光") == []
    one.write([_entry(1, "光")], [], 1)
    assert _numbers(other, "光") == [1]


def test_a_file_deleted_between_questions_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    index = SearchIndex(path, "1")
    index.write([_entry(1, "光")], [], 1)
    assert _numbers(index, "光") == [1]
    path.unlink()
    assert (_numbers(index, "光"), index.horizon()) == ([], 0)
    index.write([_entry(2, "光")], [], 2)
    assert _numbers(index, "光") == [2]


def test_what_is_kept_open_is_closed_with_its_index(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    index = SearchIndex(path, "1")
    assert _numbers(index, "光") == []
    assert _open_files(path)
    index.close()
    assert not _open_files(path)
    assert _numbers(index, "光") == []
    del index
    gc.collect()
    assert not _open_files(path)


def _open_files(path: Path) -> list[str]:
    links = [str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()]
    return [one for one in links if one.startswith(str(path))]


def test_a_log_that_begins_anew_is_forgotten(index: SearchIndex) -> None:
    index.write([_entry(9, "光")], [], 9)
    assert _numbers(index, "光") == [9]
    index.clear()
    assert (index.horizon(), _numbers(index, "光")) == (0, [])


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(CodedError, match=r"search\.sqlite"):
        SearchIndex(path, "1").horizon()
