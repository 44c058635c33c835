"""How a badge is earned: its criteria said once, and what edubadges states of assessment and participation.

The criteria of a badge are one passage. A kind of assessment that is read out of it joins the passage when it is the
only one; several stand beside it as kinds, each with its sentence in the ledger, and no words are said twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crosswalks.descriptor.model import Assessment, Descriptor, TeachingMethod
from crosswalks.ledger import Entry, Ledger
from crosswalks.openbadges.model import Achievement
from crosswalks.origins import origins_of

CRITERIA = "criteria.narrative"
_WORDS_IN = "en"
"""The language of the platform's own words, whatever language the badge is in."""
_Codes = Callable[[str], dict[str, str]]
_Odd = Callable[[str, str], None]


def said_once(stated: Descriptor, found: Descriptor, entries: list[Entry]) -> tuple[Descriptor, list[Entry]]:
    """Return what prose added to a badge without repeating its criteria.

    `stated` is the descriptor before its prose was read, `found` after, `entries` the ledger lines of that.
    """
    known = len(stated.assessment)
    of_criteria = {
        number
        for number in range(known, len(found.assessment))
        if any(one.source == CRITERIA and one.target == f"assessment.{number}.type" for one in entries)
    }
    passage = next((number for number, one in enumerate(stated.assessment) if one.text), None)
    if not of_criteria or passage is None:
        return found, entries
    methods, places = list(found.assessment[:known]), {}
    for number, one in enumerate(found.assessment[known:], start=known):
        if of_criteria == {number}:
            methods[passage] = methods[passage].model_copy(update={"type": one.type})
            places[number] = passage
        else:
            places[number] = len(methods)
            methods.append(one.model_copy(update={"text": None}) if number in of_criteria else one)
    told = [_moved(one, places) for one in entries if not _repeats(one, of_criteria)]
    joined = f"assessment.{passage}.type"
    wholes = [one if one.target == joined else _as_a_whole(one) for one in told]
    origins = {**stated.origins, **origins_of(wholes)}
    return found.model_copy(update={"assessment": tuple(methods), "origins": origins}), told


def _place(entry: Entry) -> tuple[int, str] | None:
    head, _, part = (entry.target or "").partition(".")
    number, _, name = part.partition(".")
    return (int(number), name) if head == "assessment" and number.isdigit() else None


def _repeats(entry: Entry, of_criteria: set[int]) -> bool:
    place = _place(entry)
    return place is not None and place[0] in of_criteria and place[1] == "text"


def _moved(entry: Entry, places: dict[int, int]) -> Entry:
    place = _place(entry)
    if place is None:
        return entry
    return entry._replace(target=f"assessment.{places.get(place[0], place[0])}.{place[1]}")


def _as_a_whole(entry: Entry) -> Entry:
    return entry._replace(target=".".join((entry.target or "").split(".")[:2]))


class Edubadges:
    """How learners take part, are assessed and are watched over, as edubadges states it.

    `codes` gives a table of values by its name, `odd` tells what is not understood.
    """

    def __init__(self, badge: Achievement, ledger: Ledger, codes: _Codes, odd: _Odd) -> None:
        self._badge, self._ledger, self._codes, self._odd = badge, ledger, codes, odd

    def add(self, values: dict[str, Any]) -> None:
        """Add to the values of a descriptor."""
        if self._badge.participation:
            methods = values.get("teaching_method", ())
            values["teaching_method"] = (*methods, self._participation(self._badge.participation, len(methods)))
        known = values.get("assessment", ())
        if method := self._assessment(len(known)):
            values["assessment"] = (*known, method)
        for number, value in enumerate(self._badge.programmes):
            self._ledger.dropped(f"programmes.{number}", "no_descriptor_slot", value=value)

    def _participation(self, words: str, number: int) -> TeachingMethod:
        if mode := self._codes("participation").get(words):
            self._ledger.normalised("participation", f"teaching_method.{number}.mode", "word_in_table", value=words)
            return TeachingMethod.model_validate({"mode": mode})
        self._ledger.mapped("participation", f"teaching_method.{number}.text")
        return TeachingMethod(text={_WORDS_IN: words})

    def _assessment(self, number: int) -> Assessment | None:
        badge, ledger, target = self._badge, self._ledger, f"assessment.{number}.supervision"
        found: dict[str, Any] = {}
        if badge.assessed_by:
            ledger.mapped("assessed_by", f"assessment.{number}.text")
            found["text"] = {_WORDS_IN: badge.assessed_by}
        said, checked = badge.supervision or "", badge.identity_checked
        code = self._codes("supervision").get(said)
        if code and (checked or (checked is None and "identity" in said)):
            ledger.normalised("supervision", target, "word_in_table", value=said)
            found["supervision"] = code
        elif said:
            self._odd("supervision", said)
        if checked is not None and "supervision" in found:
            ledger.derived("identity_checked", target, "identity_with_supervision")
        elif checked is not None:
            ledger.dropped("identity_checked", "no_place_for_this_value", value=checked)
        return Assessment.model_validate(found) if found else None
