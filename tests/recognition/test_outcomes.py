"""Alignment of outcomes: measured on the labelled pairs, explained by what matched, never across languages unasked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswalks.descriptor.model import Outcome
from recognition.outcomes.align import Closeness, Means, align, link
from recognition.outcomes.evaluate import PAIRS, LabelledPair, read_pairs, table, tally
from recognition.outcomes.glossary import concepts_in, load_terms, terms
from recognition.outcomes.stems import english, malay
from recognition.outcomes.words import surfaces, words_of
from recognition.subject import Reviewed
from tests.crosswalks.descriptor.strategies import outcomes as any_outcome

ALL = read_pairs()


def said(*skills: str, **texts: str) -> Outcome:
    return Outcome(text=texts, skill_refs=skills)


def test_the_labelled_pairs_are_enough_and_a_third_is_held_out() -> None:
    assert len(ALL) >= 150
    assert sum(pair.held for pair in ALL) * 3 >= len(ALL)
    assert sum("hard" in pair.kind for pair in ALL) >= 40
    assert len({(str(pair.left), str(pair.right)) for pair in ALL}) == len(ALL)


def test_nothing_that_does_not_correspond_is_shown_as_close() -> None:
    wrong = [pair.number for pair in ALL if not pair.corresponds and link(pair.left, pair.right).closeness == "close"]
    assert wrong == []


def test_held_out_pairs_are_found_no_worse_than_is_told() -> None:
    held = tally(pair for pair in ALL if pair.held)
    assert held["all"].recall is not None
    assert held["all"].recall >= 0.74
    for languages in ("en – en", "ja – ja", "ms – ms", "en – ja"):
        recall = held[languages].recall
        assert recall is not None
        assert recall >= 0.65, languages


def test_the_results_in_the_guide_are_those_of_today() -> None:
    guide = (PAIRS.parents[2] / "docs" / "comparison.md").read_text(encoding="utf-8")
    assert table(pair for pair in ALL if pair.held) in guide


@pytest.mark.parametrize("pair", ALL, ids=lambda pair: str(pair.number))
def test_a_link_is_the_same_from_both_sides_and_shows_what_matched(pair: LabelledPair) -> None:
    there, back = link(pair.left, pair.right), link(pair.right, pair.left)
    assert (there.closeness, there.means, there.skills) == (back.closeness, back.means, back.skills)
    assert (there.left_words, there.right_words) == (back.right_words, back.left_words)
    if there.closeness in {Closeness.CLOSE, Closeness.SOME}:
        assert there.left_words or there.skills or there.terms
    if there.means is Means.NOTHING:
        assert there.closeness is Closeness.NOT_COMPARED


def test_words_that_match_are_shown_as_they_stand() -> None:
    found = link(said(ja="機械学習の基本原理を説明できる。"), said(ja="機械学習の原理と限界を説明することができる。"))
    assert found.closeness is Closeness.CLOSE
    assert "機械学習" in found.left_words
    assert "説明" in found.left_words
    english_found = link(said(en="Pruning of fruit trees"), said(en="Prune a fruit tree."))
    assert english_found.left_words == ("Pruning", "fruit", "trees")
    assert english_found.right_words == ("Prune", "fruit", "tree")


def test_other_languages_are_not_compared() -> None:
    found = link(said(ja="果樹の剪定ができる。"), said(en="Prune fruit trees."))
    assert (found.closeness, found.means) == (Closeness.NOT_COMPARED, Means.NOTHING)
    assert link(said(fi="Leikkaa puita."), said(de="Bäume schneiden.")).means is Means.NOTHING


def test_a_stated_translation_a_skill_and_the_glossary_bring_languages_together() -> None:
    translated = link(said(ja="果樹の剪定ができる。", en="Prune fruit trees."), said(en="Pruning fruit trees"))
    assert (translated.closeness, translated.means, translated.language) == ("close", "translation", "en")
    skill = "http://data.europa.eu/esco/skill/S2.7"
    assert link(said(skill, ja="地図を読める。"), said(skill, fi="Lukee karttoja.")).means is Means.SKILL
    broad = "http://data.europa.eu/esco/skill/S1"
    assert link(said(broad, ja="地図を読める。"), said(broad, fi="Puhuu.")).closeness is Closeness.SOME
    named = link(said(ja="機械学習を説明できる。"), said(en="Explain machine learning."))
    assert (named.closeness, named.means) == (Closeness.CLOSE, Means.GLOSSARY)
    (term,) = named.terms
    assert (term.concept, term.left, term.right) == ("machine learning", "機械学習", "machine learning")
    assert term.sources


def test_text_whose_language_is_not_stated_is_compared_with_that_said() -> None:
    found = link(said(und="prune fruit trees"), said(en="Prune fruit trees"))
    assert (found.closeness, found.means, found.language) == (Closeness.CLOSE, Means.UNSTATED_LANGUAGE, None)
    assert link(said(und="prune fruit trees"), said(ja="果樹の剪定")).means is Means.NOTHING


def test_each_outcome_is_linked_once_and_the_rest_is_alone() -> None:
    lefts = [said(en="Prune fruit trees."), said(en="Query a database."), said(en="Read a balance sheet.")]
    rights = [said(en="Querying databases"), said(en="Pruning of fruit trees"), said(ja="帳簿をつける。")]
    found = align(lefts, rights)
    assert [(one.left, one.right) for one in found.links] == [(0, 1), (1, 0)]
    assert (found.left_alone, found.right_alone, found.not_compared) == ((2,), (2,), 3)


@settings(max_examples=60, deadline=None)
@given(any_outcome, any_outcome)
def test_any_outcome_is_close_to_itself_and_links_are_steady(one: Outcome, other: Outcome) -> None:
    assert link(one, one).closeness is Closeness.CLOSE
    assert link(one, other) == link(one, other)
    assert link(one, other).closeness is link(other, one).closeness


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["ja", "en", "ms", "mi", "fi", "und"]))
def test_words_stand_where_they_say(text: str, language: str) -> None:
    words = words_of(text, language)
    assert all(0 <= word.start < word.end <= len(text) and 0 < word.weight <= 1 for word in words)
    assert all(surface in text for surface in surfaces(text, words))
    concepts_in(text, language)


def test_every_term_of_the_glossary_has_a_source_and_names_itself() -> None:
    assert len(terms()) > 200
    assert {term.language for term in terms()} == {"en", "ja", "ms", "mi"}
    silent = [term for term in terms() if term.concept not in concepts_in(term.term, term.language)]
    assert silent == []
    with pytest.raises(ValueError, match="source"):
        load_terms(["concept\tlanguage\tterm\tsource", "tree\tja\t木\t"])


def test_longer_terms_go_before_their_parts() -> None:
    assert set(concepts_in("教師なし学習と線形回帰", "ja")) == {"unsupervised learning", "linear regression"}
    assert "supervised learning" not in concepts_in("unsupervised learning", "en")


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        (("prune", "prunes", "pruning", "pruned"), english), (("study", "studies"), english),
        (("plan", "plans", "planning"), english), (("analysis", "analyses"), english),
        (("terangkan", "menerangkan"), malay), (("tulis", "menulis", "penulisan"), malay),
        (("langkah", "langkah-langkah", "langkahnya"), malay), (("guna", "menggunakan", "gunakan"), malay),
    ],
)  # fmt: skip
def test_forms_of_a_word_meet(forms: tuple[str, ...], stem: Callable[[str], str]) -> None:
    assert len({stem(form) for form in forms}) == 1


def over(text: str, language: str, *, machine: bool = False) -> dict[int, tuple[Reviewed, ...]]:
    made = Reviewed(
        field="learning_outcomes.0.text", language=language, text=text, original_language="ms", original="-",
        machine=machine, note="contoh-1", by="架空 委員一", approved_by="架空 委員二", on="2026-04-01",
    )  # fmt: skip
    return {0: (made,)}


def test_an_approved_translation_brings_languages_together_and_says_whose_it_is() -> None:
    malay, english = [said(ms="Memangkas pokok buah-buahan.")], [said(en="Prune fruit trees.")]
    assert align(malay, english).not_compared == 1
    laid = over("Pruning fruit trees", "en")
    found = align(malay, english, over=(laid, {}))
    (one,) = found.links
    assert (one.closeness, one.means, one.language) == ("close", "reviewed_translation", "en")
    assert (one.left_reviewed, one.right_reviewed) == (laid[0][0], None)
    assert found.not_compared == 0
    (back,) = align(english, malay, over=({}, laid)).links
    assert (back.means, back.left_reviewed, back.right_reviewed) == (one.means, None, laid[0][0])


def test_what_a_machine_made_stays_called_so_and_what_sources_state_goes_first() -> None:
    malay, english = [said(ms="Memangkas pokok buah-buahan.")], [said(en="Prune fruit trees.")]
    (made,) = align(malay, english, over=(over("Pruning fruit trees", "en", machine=True), {})).links
    assert made.means is Means.MACHINE
    stated = align(
        [said(ms="Memangkas pokok.", en="Mend roofs.")], english, over=(over("Prune fruit trees.", "en"), {})
    )
    assert stated.links == ()
    both = align(
        malay, [said(de="Obstbäume schneiden.")], over=(over("果樹を剪定する。", "ja"), over("果樹の剪定", "ja"))
    )
    (one,) = both.links
    assert (one.language, one.means) == ("ja", Means.REVIEWED)
    assert None not in {one.left_reviewed, one.right_reviewed}
    assert align(malay, english, over=(over("果樹を剪定する。", "ja"), {})).not_compared == 1
