"""Laying the learning outcomes of two credentials beside each other.

Two outcomes are compared in a language that both are stated in; a stated translation counts as stated. Without one, a
translation that a person approved, a shared skill identifier or terms of the sourced glossary can bring them together.
Else they are not compared, because their languages differ. What comes out is which words, skills or terms matched:
never a figure. A link by an approved translation says so, and by whose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import product

from crosswalks.descriptor.model import Outcome
from crosswalks.text import UNDETERMINED, matching_key
from recognition.outcomes.glossary import LANGUAGES, Term, concepts_in
from recognition.outcomes.words import Word, manner, primary, surfaces, words_of
from recognition.subject import Frozen, Reviewed

BROAD_SKILL = re.compile(r"http://data\.europa\.eu/esco/skill/[A-Z]\d?$")
_TERMS_CLOSE = 0.6
Over = Mapping[int, Sequence[Reviewed]]
"""Approved translations of outcomes, by the number of the outcome."""
_NOTHING_OVER: tuple[Over, Over] = ({}, {})


class Closeness(StrEnum):
    """How much of two outcomes matched: an order for reading."""

    CLOSE = "close"
    SOME = "some"
    NONE = "none"
    NOT_COMPARED = "not_compared"


class Means(StrEnum):
    """What two outcomes were compared by. A translation is one that a source states, unless it is called otherwise."""

    TEXT = "text"
    TRANSLATION = "translation"
    REVIEWED = "reviewed_translation"
    MACHINE = "machine_translation"
    UNSTATED_LANGUAGE = "unstated_language"
    SKILL = "skill"
    GLOSSARY = "glossary"
    NOTHING = "nothing"


class Matched(Frozen):
    """A glossary term that both outcomes name, in the words of each, with the sources of both words."""

    concept: str
    left: str
    right: str
    sources: tuple[str, ...]


class Link(Frozen):
    """What two outcomes have in common. `language` is the one they were compared in.

    `left_reviewed` and `right_reviewed` are approved translations that were compared in the place of what is stated.
    """

    left: int
    right: int
    closeness: Closeness
    means: Means
    language: str | None = None
    left_words: tuple[str, ...] = ()
    right_words: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    terms: tuple[Matched, ...] = ()
    left_reviewed: Reviewed | None = None
    right_reviewed: Reviewed | None = None


class Alignment(Frozen):
    """Outcomes of two columns: the links between them, and those that have none on either side.

    `not_compared` counts the pairs whose languages differ.
    """

    first: int
    second: int
    links: tuple[Link, ...]
    left_alone: tuple[int, ...]
    right_alone: tuple[int, ...]
    not_compared: int


class _Found:
    """A link with the share that orders it among others; the share never leaves this module."""

    __slots__ = ("link", "share")

    def __init__(self, link: Link, share: float) -> None:
        self.link, self.share = link, share


def align(
    lefts: Sequence[Outcome], rights: Sequence[Outcome], *, first: int = 0, second: int = 1,
    over: tuple[Over, Over] = _NOTHING_OVER,
) -> Alignment:  # fmt: skip
    """Lay two lists of outcomes beside each other: each outcome is linked with at most one, the closest first."""
    found = [_find(lefts[i], rights[j], i, j, over) for i, j in product(range(len(lefts)), range(len(rights)))]
    linked = [one for one in found if one.link.closeness in {Closeness.CLOSE, Closeness.SOME}]
    linked.sort(key=lambda one: (-one.share, one.link.left, one.link.right))
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    links = []
    for one in linked:
        if one.link.left not in taken_left and one.link.right not in taken_right:
            taken_left.add(one.link.left)
            taken_right.add(one.link.right)
            links.append(one.link)
    return Alignment(
        first=first,
        second=second,
        links=tuple(sorted(links, key=lambda link: (link.left, link.right))),
        left_alone=tuple(index for index in range(len(lefts)) if index not in taken_left),
        right_alone=tuple(index for index in range(len(rights)) if index not in taken_right),
        not_compared=sum(one.link.closeness is Closeness.NOT_COMPARED for one in found),
    )


def link(left: Outcome, right: Outcome) -> Link:
    """Return what two outcomes have in common."""
    return _find(left, right, 0, 0, _NOTHING_OVER).link


def _find(left: Outcome, right: Outcome, i: int, j: int, over: tuple[Over, Over]) -> _Found:
    by_text = [*_by_text(left, right, i, j), *_by_reviewed(left, right, (i, j), over)]
    candidates = [*by_text, *_by_skill(left, right, i, j)]
    if not by_text and not any(one.link.closeness is Closeness.CLOSE for one in candidates):
        candidates.extend(_by_glossary(left, right, i, j))
    if not candidates:
        return _Found(Link(left=i, right=j, closeness=Closeness.NOT_COMPARED, means=Means.NOTHING), 0)
    order = list(Closeness)
    return min(candidates, key=lambda one: (order.index(one.link.closeness), -one.share))


def _shared_languages(left: Outcome, right: Outcome) -> list[tuple[str, str, str]]:
    """Return the languages in which both can be read, with the tags of the texts; one that is not stated fits any."""
    ours, theirs = ({primary(tag): tag for tag in outcome.text} for outcome in (left, right))
    shared = [(language, ours[language], theirs[language]) for language in sorted(ours.keys() & theirs.keys())]
    if shared:
        return shared
    if UNDETERMINED in ours:
        return [(UNDETERMINED, ours[UNDETERMINED], tag) for language, tag in sorted(theirs.items()) if language != "ja"]
    if UNDETERMINED in theirs:
        return [(UNDETERMINED, tag, theirs[UNDETERMINED]) for language, tag in sorted(ours.items()) if language != "ja"]
    return []


def _by_text(left: Outcome, right: Outcome, i: int, j: int) -> Iterator[_Found]:
    for language, our_tag, their_tag in _shared_languages(left, right):
        made = Link(
            left=i, right=j, closeness=Closeness.NONE, means=_means(language, left, right),
            language=None if language == UNDETERMINED else language,
        )  # fmt: skip
        yield _read(made, left.text[our_tag], right.text[their_tag], language)


def _by_reviewed(left: Outcome, right: Outcome, at: tuple[int, int], over: tuple[Over, Over]) -> Iterator[_Found]:
    """Compare in the languages that approved translations add, where both sources state no language in common."""
    if any(language != UNDETERMINED for language, _, _ in _shared_languages(left, right)):
        return
    stated = [{primary(tag): text for tag, text in outcome.text.items()} for outcome in (left, right)]
    added = [{primary(one.language): one for one in many.get(n, ())} for many, n in zip(over, at, strict=True)]
    for language in sorted((stated[0].keys() | added[0].keys()) & (stated[1].keys() | added[1].keys())):
        texts = [side.get(language) for side in stated]
        used = [None if text else side[language] for text, side in zip(texts, added, strict=True)]
        if not any(used):
            continue
        made = Link(
            left=at[0], right=at[1], closeness=Closeness.NONE, language=language, left_reviewed=used[0],
            right_reviewed=used[1],
            means=Means.MACHINE if any(one.machine for one in used if one) else Means.REVIEWED,
        )  # fmt: skip
        ours, theirs = (text or (one.text if one else "") for text, one in zip(texts, used, strict=True))
        yield _read(made, ours, theirs, language)


def _read(made: Link, ours: str, theirs: str, language: str) -> _Found:
    """Return a link with the words that two texts share, read by the rules of a language."""
    rules = manner("en" if language == UNDETERMINED else language)
    our_words, their_words = words_of(ours, language), words_of(theirs, language)
    share, keys = _share(our_words, their_words)
    if matching_key(ours) == matching_key(theirs):
        share = 1.0
    closeness = Closeness.CLOSE if share >= rules.threshold else Closeness.SOME
    update = {
        "closeness": closeness if share >= rules.some else Closeness.NONE,
        "left_words": surfaces(ours, tuple(word for word in our_words if word.key in keys)),
        "right_words": surfaces(theirs, tuple(word for word in their_words if word.key in keys)),
    }
    return _Found(made.model_copy(update=update), share)


def _means(language: str, left: Outcome, right: Outcome) -> Means:
    if language == UNDETERMINED:
        return Means.UNSTATED_LANGUAGE
    several = [{primary(tag) for tag in outcome.text} for outcome in (left, right)]
    return Means.TEXT if several[0] == several[1] else Means.TRANSLATION


def _share(ours: tuple[Word, ...], theirs: tuple[Word, ...]) -> tuple[float, set[str]]:
    """Return which share of what both say is in both, and the words that are."""
    one, other = ({word.key: word.weight for word in words} for words in (ours, theirs))
    keys = one.keys() & other.keys()
    whole = sum(one.values()) + sum(other.values())
    return (2 * sum(one[key] for key in sorted(keys)) / whole if whole else 0.0), set(keys)


def _by_skill(left: Outcome, right: Outcome, i: int, j: int) -> Iterator[_Found]:
    shared = tuple(sorted(set(left.skill_refs) & set(right.skill_refs)))
    if shared:
        closeness = Closeness.SOME if all(BROAD_SKILL.match(skill) for skill in shared) else Closeness.CLOSE
        yield _Found(Link(left=i, right=j, closeness=closeness, means=Means.SKILL, skills=shared), 0.5)


def _by_glossary(left: Outcome, right: Outcome, i: int, j: int) -> Iterator[_Found]:
    """Compare by terms of the glossary, where no language is shared and both name some."""
    for our_tag, their_tag in product(sorted(left.text), sorted(right.text)):
        our_language, their_language = primary(our_tag), primary(their_tag)
        if our_language not in LANGUAGES or their_language not in LANGUAGES:
            continue
        ours = concepts_in(left.text[our_tag], our_language)
        theirs = concepts_in(right.text[their_tag], their_language)
        if not ours or not theirs:
            continue
        shared = sorted(ours.keys() & theirs.keys())
        groups = [{term.term for term in side.values()} for side in (ours, theirs)]
        named = {side[concept].term for side in (ours, theirs) for concept in shared}
        share = len(named) / len(groups[0] | groups[1]) if shared else 0.0
        closeness = Closeness.CLOSE if share >= _TERMS_CLOSE else Closeness.SOME if shared else Closeness.NONE
        terms = tuple(_matched(concept, ours[concept], theirs[concept]) for concept in shared)
        yield _Found(Link(left=i, right=j, closeness=closeness, means=Means.GLOSSARY, terms=terms), share)


def _matched(concept: str, ours: Term, theirs: Term) -> Matched:
    sources = tuple(dict.fromkeys((ours.source, theirs.source)))
    return Matched(concept=concept, left=ours.term, right=theirs.term, sources=sources)
