"""How two cells of a row differ, in the fixed words; each answer says why.

Silence on either side is `not_stated` and nothing else. Texts are never judged by a machine: either they are the same
words, or they have to be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import product

from crosswalks.descriptor.types import Level
from recognition.cells import Amount, Cell, Difference, Remark, Value
from recognition.headings import Aspect
from recognition.levels import Answer, LevelComparison, compare_levels
from recognition.subject import Subject

_Found = tuple[Difference, Remark, tuple[LevelComparison, ...]]
_OPEN_CODE = "other"
_FREE_TEXT = "text"


def difference(aspect: Aspect, subjects: tuple[Subject, Subject], cells: tuple[Cell, Cell]) -> _Found:
    """Return how the second of two cells looks beside the first, why, and the level rows looked at."""
    first, second = cells
    if not first.stated or not second.stated:
        return Difference.NOT_STATED, Remark.of("cell_not_stated"), ()
    if subjects[0].content_hash == subjects[1].content_hash:
        return Difference.SAME, Remark.of("cell_same"), ()
    if aspect.kind == "levels":
        return _levels(subjects)
    told, because = _BY_KIND[aspect.kind](first, second)
    return told, because, ()


def _keys(cell: Cell) -> frozenset[str]:
    return frozenset(value.normalised or value.native for value in cell.values)


def _ranges(first: Cell, second: Cell) -> bool:
    """Tell whether equal hours are ranges that different figures stand behind: they need not be the same amount."""
    natives = [{value.native for value in cell.values} for cell in (first, second)]
    spans = any(value.hours and value.hours.least != value.hours.most for value in (*first.values, *second.values))
    return spans and natives[0] != natives[1]


def _codes(first: Cell, second: Cell) -> tuple[Difference, Remark]:
    one, other = _keys(first), _keys(second)
    if _OPEN_CODE in one & other or {_OPEN_CODE} in (one, other):
        return Difference.NOT_COMPARABLE, Remark.of("codes_open")
    if _classified(one) and _classified(other):
        shared = _schemes(one) & _schemes(other)
        if not shared:
            return Difference.NOT_COMPARABLE, Remark.of("classifications_differ")
        one, other = (frozenset(key for key in keys if key.partition(" ")[0] in shared) for keys in (one, other))
        if one != other and shared == {_FREE_TEXT}:
            return Difference.NOT_COMPARABLE, Remark.of("texts_to_be_read")
    if one == other:
        return Difference.SAME, Remark.of("cell_same")
    if within := _within_field(one, other):
        return within
    if one < other:
        return Difference.WIDER, Remark.of("cell_has_more", more=", ".join(sorted(other - one)))
    if other < one:
        return Difference.NARROWER, Remark.of("cell_has_less", less=", ".join(sorted(one - other)))
    return Difference.DIFFERENT, Remark.of("cell_other_value")


def _classified(keys: frozenset[str]) -> bool:
    """Tell whether codes name their classification, as those of fields of study do."""
    return all(" " in key for key in keys)


def _schemes(keys: frozenset[str]) -> set[str]:
    """Return the classifications; free text is one only where there is no other."""
    named = {key.partition(" ")[0] for key in keys}
    return named - {_FREE_TEXT} or named


def _within_field(one: frozenset[str], other: frozenset[str]) -> tuple[Difference, Remark] | None:
    """Tell whether one of two codes of a classification is a part of the other; a last 0 may only fill it up."""
    if len(one) != 1 or len(other) != 1:
        return None
    (first, _, code), (second, _, other_code) = (min(keys).partition(" ") for keys in (one, other))
    if first != second or not (code.isdecimal() and other_code.isdecimal()):
        return None
    if other_code.startswith(code):
        return Difference.NARROWER, Remark.of("field_part_of")
    if code.startswith(other_code):
        return Difference.WIDER, Remark.of("field_part_of")
    bare, other_bare = code.rstrip("0"), other_code.rstrip("0")
    if (len(bare) > 1 and other_code.startswith(bare)) or (len(other_bare) > 1 and code.startswith(other_bare)):
        return Difference.NOT_COMPARABLE, Remark.of("field_maybe_padded")
    return None


def _durations(first: Cell, second: Cell) -> tuple[Difference, Remark]:
    """Durations are more or less only where both count months alone, or days alone."""
    one, other = (min(_keys(cell)) for cell in (first, second))
    if one == other:
        return Difference.SAME, Remark.of("cell_same")
    amounts = [_ONE_UNIT.match(key) for key in (one, other)]
    if amounts[0] and amounts[1] and amounts[0][2] == amounts[1][2]:
        wider = int(amounts[1][1]) > int(amounts[0][1])
        return (Difference.WIDER if wider else Difference.NARROWER), Remark.of("cell_other_value")
    return Difference.NOT_COMPARABLE, Remark.of("durations_other_units")


_ONE_UNIT = re.compile(r"P(\d+)([MD])$")


def _texts(first: Cell, second: Cell) -> tuple[Difference, Remark]:
    """Texts are the same when every one has the same words in some language; else a person has to read them."""
    there = all(any(_same_words(a, b) for b in second.values) for a in first.values)
    back = all(any(_same_words(a, b) for a in first.values) for b in second.values)
    if there and back:
        return Difference.SAME, Remark.of("cell_same")
    if there:
        return Difference.WIDER, Remark.of("texts_more")
    if back:
        return Difference.NARROWER, Remark.of("texts_less")
    languages = [{_primary(tag) for value in cell.values for tag in value.texts} for cell in (first, second)]
    if "und" not in languages[0] | languages[1] and not languages[0] & languages[1]:
        return Difference.NOT_COMPARABLE, Remark.of("texts_languages_differ")
    return Difference.NOT_COMPARABLE, Remark.of("texts_to_be_read")


def _same_words(one: Value, other: Value) -> bool:
    from_one = {(_primary(tag), text.casefold().strip()) for tag, text in one.texts.items()}
    return any((_primary(tag), text.casefold().strip()) in from_one for tag, text in other.texts.items())


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _hours(first: Cell, second: Cell) -> tuple[Difference, Remark]:
    """Hours differ only where every figure of one lies above every figure of the other."""
    if _keys(first) == _keys(second) and not _ranges(first, second):
        return Difference.SAME, Remark.of("cell_same")
    amounts = [[value.hours for value in cell.values if value.hours] for cell in (first, second)]
    found = {_amounts(one, other) for one, other in product(*amounts)}
    spans = {"first": _told(first.values), "second": _told(second.values)}
    if len(found) == 1:
        (only,) = found
        if only is Difference.NOT_COMPARABLE:
            return only, Remark.of("hours_overlap", **spans)
        return only, Remark.of("hours_same" if only is Difference.SAME else "hours_apart", **spans)
    return Difference.NOT_COMPARABLE, Remark.of("hours_figures_disagree", **spans)


def _amounts(one: Amount, other: Amount) -> Difference:
    if one.least == one.most == other.least == other.most:
        return Difference.SAME
    if one.most < other.least:
        return Difference.WIDER
    if other.most < one.least:
        return Difference.NARROWER
    return Difference.NOT_COMPARABLE


def _told(values: Iterable[Value]) -> str:
    return ", ".join(sorted({value.normalised or value.native for value in values}))


def _credits(first: Cell, second: Cell) -> tuple[Difference, Remark]:
    if _keys(first) == _keys(second) and not any(value.native.endswith(" other") for value in first.values):
        return Difference.SAME, Remark.of("cell_same")
    systems = [{value.native.partition(" ")[2] for value in cell.values} for cell in (first, second)]
    if systems[0] != systems[1] or any(len(cell.values) != 1 for cell in (first, second)):
        return Difference.NOT_COMPARABLE, Remark.of("credits_own_systems")
    if "other" in systems[0]:
        return Difference.NOT_COMPARABLE, Remark.of("credits_own_systems")
    one, other = (Decimal(cell.values[0].native.partition(" ")[0]) for cell in (first, second))
    return (Difference.WIDER if other > one else Difference.NARROWER), Remark.of("credits_same_system")


def _levels(subjects: tuple[Subject, Subject]) -> _Found:
    one, other = (subject.descriptor for subject in subjects)
    same_issuer = one.id == other.id or (one.issuer is not None and one.issuer == other.issuer)
    if _level_set(one.level) == _level_set(other.level) and _comparable(one.level, same_issuer=same_issuer):
        found = tuple(compare_levels(level, level, same_issuer=same_issuer) for level in one.level)
        return Difference.SAME, Remark.of(f"level_{Answer.SAME_LEVEL}"), found
    found = tuple(compare_levels(a, b, same_issuer=same_issuer) for a, b in product(one.level, other.level))
    ranked = sorted(found, key=lambda each: list(Answer).index(each.answer))
    deciding = {told for each in found if (told := _level_difference(each)) is not Difference.NOT_COMPARABLE}
    if len(deciding) > 1:
        return Difference.NOT_COMPARABLE, Remark.of("levels_disagree"), found
    only = deciding.pop() if deciding else Difference.NOT_COMPARABLE
    return only, level_remark(ranked[0]), found


def _level_difference(found: LevelComparison) -> Difference:
    """A level that has several counterparts is wider than each of them; only one to one is the same."""
    if found.answer is Answer.SAME_LEVEL:
        return Difference.SAME
    if found.answer in {Answer.OTHER_LEVEL, Answer.DOES_NOT_CORRESPOND}:
        return Difference.DIFFERENT
    if found.answer is not Answer.CORRESPONDS:
        return Difference.NOT_COMPARABLE
    if found.one_to_one:
        return Difference.SAME
    if len(found.rows) == len(found.back):
        return Difference.NOT_COMPARABLE
    return Difference.WIDER if len(found.back) > len(found.rows) else Difference.NARROWER


def _level_set(levels: Iterable[Level]) -> set[tuple[str, str]]:
    return {(level.scheme, level.value.strip()) for level in levels}


def _comparable(levels: Iterable[Level], *, same_issuer: bool) -> bool:
    answers = (compare_levels(level, level, same_issuer=same_issuer).answer for level in levels)
    return all(answer is Answer.SAME_LEVEL for answer in answers)


def level_remark(found: LevelComparison) -> Remark:
    """Return what was found for two levels in words, with the source of the row used."""
    basis = found.basis
    one_to_one = found.answer is not Answer.CORRESPONDS or found.one_to_one
    return Remark.of(
        f"level_{found.answer}" if one_to_one else "level_corresponds_among",
        first=f"{found.a.scheme} {found.a.value}",
        second=f"{found.b.scheme} {found.b.value}",
        source=basis.source if basis else "-",
        year=basis.year if basis else "-",
    )


_BY_KIND: dict[str, Callable[[Cell, Cell], tuple[Difference, Remark]]] = {
    "codes": _codes, "hours": _hours, "credits": _credits, "texts": _texts, "outcomes": _texts,
    "duration": _durations,
}  # fmt: skip
