"""How much and at which level: volume, duration, contact hours, levels, credit. Nothing is converted.

Days of a volume are hours written another way (official tools turn `PT60H` into `P2DT12H`); weeks, months and years are
not, and stay in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import unquote

from config.frameworks import level_schemes
from crosswalks.descriptor.model import Volume
from crosswalks.descriptor.types import Credit, Level
from crosswalks.elm.profile import vocabulary
from crosswalks.elm.reading.codes import Code, code_of, not_listed, note_label, official, reviewed, tell_labels
from crosswalks.elm.reading.statements import Reading, Statement
from crosswalks.elm.reading.texts import LangMap, line, merged, number_with_unit
from crosswalks.text import UNDETERMINED

_HOURS = re.compile(r"^P(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,9})(?:\.0{1,9})?S)?)?\Z")
_DURATION = re.compile(
    r"^P(?=.)([0-9]{1,9}Y)?([0-9]{1,9}M)?([0-9]{1,9}W)?([0-9]{1,9}D)?(T(?=.)([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}(\.[0-9]{1,9})?S)?)?\Z"
)
_HOUR_WORDS = frozenset({"", "h", "hour", "hours"})
_EQF_LABEL = re.compile(r"^(?:EQF)?[\s:\-]{0,3}(?:level)?\s{0,3}([1-8])\Z", re.IGNORECASE)
_OWN_LEVEL = re.compile(r"/vocab/level/([A-Za-z0-9\-]{1,40})/([^/]{1,400})\Z")
_A_YEAR = Decimal(8760)


def volume(reading: Reading, holders: list[str], activities: list[str]) -> Volume | None:
    """Return the volume of learning, the taught hours and the elapsed duration, each from its own property."""
    texts: list[LangMap] = []
    hours = _total_hours(reading, holders, texts)
    contact = _contact_hours(reading, activities, texts)
    duration = _elapsed(reading, holders, texts)
    text = merged(texts)
    if hours is None and contact is None and duration is None and not text:
        return None
    return Volume(total_hours=hours, contact_hours=contact, duration=duration, text=text or None)


def hours_of(text: str) -> Decimal | None:
    """Return the hours of a duration in days and time, or None for one in other units, or that is none."""
    match = _HOURS.match(text)
    if not match or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = Decimal(days * 86_400 + hours * 3600 + minutes * 60 + seconds) / 3600
    exact = total == total.quantize(Decimal("0.0001"))
    return Decimal(format(total.normalize(), "f")) if exact else total.quantize(Decimal("0.0001"))


def _total_hours(reading: Reading, holders: list[str], texts: list[LangMap]) -> Decimal | None:
    found: Decimal | None = None
    for one in reading.said(holders, "elm:volumeOfLearning"):
        text = one.text.strip()
        hours = hours_of(text)
        if found is not None and hours == found:
            reading.normalised(one, "volume.total_hours", "said_twice")
        elif found is not None:
            reading.further_value(one, "volume.total_hours")
        elif hours:
            found = hours
            reading.normalised(one, "volume.total_hours", "duration_in_hours")
            if hours >= _A_YEAR:
                reading.issue("elm_volume_implausible", one, value=text)
        elif words := line(text):
            texts.append({UNDETERMINED: words})
            reading.normalised(one, "volume.text", "volume_in_words")
            reading.issue("elm_volume_not_hours", one, value=words[:200])
        else:
            reading.unknown(one)
    return found


def _contact_hours(reading: Reading, activities: list[str], texts: list[LangMap]) -> Decimal | None:
    statements = [one for node in activities for one in reading.statements(node, "elm:contactHour")]
    found: Decimal | None = None
    for one in statements:
        number, unit = number_with_unit(one.text)
        plain = len(statements) == 1 and unit.lower() in _HOUR_WORDS
        hours = number if plain and number is not None and number < _A_YEAR else None
        if hours:
            found = hours
            reading.carried(one, "volume.contact_hours", str(hours), "number_of_hours")
        elif text := line(one.text):
            texts.append({UNDETERMINED: text})
            reading.normalised(one, "volume.text", "volume_in_words")
            reading.issue("not_understood", one, value=text[:200])
        else:
            reading.unknown(one)
    return found


def _elapsed(reading: Reading, holders: list[str], texts: list[LangMap]) -> str | None:
    """Return the duration of the opportunity, else the longest that the specification allows."""
    found: str | None = None
    for one in [*reading.said(holders[::-1], "elm:duration"), *reading.said(holders, "elm:maximumDuration")]:
        text = one.text.strip()
        if found is not None:
            reading.dropped(one, "elm_second_choice")
        elif _DURATION.match(text):
            found = text
            reading.carried(one, "volume.duration", text, "plain_text")
        elif words := line(text):
            texts.append({UNDETERMINED: words})
            reading.normalised(one, "volume.text", "volume_in_words")
            reading.issue("not_understood", one, value=words[:200])
        else:
            reading.unknown(one)
    return found


class Stated(NamedTuple):
    """A level as the source states it, and whether its label is the concept's own."""

    level: Level
    labelled: bool = False


def levels(reading: Reading, holders: list[str]) -> tuple[Level, ...]:
    """Return the levels with their frameworks. EQF levels that differ are all kept, with an issue."""
    found: list[Level] = []
    eqf: list[tuple[str, Statement]] = []
    for one in reading.said(holders, *_LEVELS):
        stated = _LEVELS[one.name](reading, one)
        if stated is None:
            continue
        level = stated.level
        if level.scheme == "EQF":
            eqf.append((level.value, one))
        keys = [(known.scheme, known.value) for known in found]
        if (level.scheme, level.value) not in keys:
            found.append(level)
            keys.append((level.scheme, level.value))
        target = f"level.{keys.index((level.scheme, level.value))}"
        reading.normalised(one, target, "level_table")
        if stated.labelled and found[keys.index((level.scheme, level.value))].label:
            tell_labels(reading, one, f"{target}.label")
    values = dict.fromkeys(value for value, _ in eqf)
    if len(values) > 1:
        reading.issue("elm_level_conflict", eqf[-1][1], values=", ".join(values))
    return tuple(found)


def _eqf(reading: Reading, statement: Statement) -> Stated | None:
    code = code_of(reading, statement, "eqf")
    if code.code:
        note_label(reading, statement, "eqf", code)
        return Stated(Level(scheme="EQF", value=code.code, iri=code.iri))
    for label in code.labels.values() if code.iri is None else ():
        if match := _EQF_LABEL.match(label):
            reading.issue("elm_label_for_code", statement, value=label, code=match.group(1), list="eqf")
            return Stated(Level(scheme="EQF", value=match.group(1)))
    not_listed(reading, statement, code, "eqf")
    return None


def _national(reading: Reading, statement: Statement) -> Stated | None:
    """Return a level of the EU list, by identifier only: the label "MQF" there is Malta's, and Malaysia has one too."""
    listed = vocabulary("qdr")
    iri = official(statement.text.strip())
    if not iri.startswith(listed.concepts):
        return _other_level(reading, statement)
    labels = code_of(reading, statement, "qdr").labels
    if label := listed.labels.get(iri[len(listed.concepts) :]):
        return Stated(Level(scheme="EU-NQF", value=label, iri=iri))
    reading.issue("elm_value_unknown", statement, value=iri, list="qdr")
    value = labels.get("en") or next(iter(labels.values()), iri)
    return Stated(Level(scheme="EU-NQF", value=value, iri=iri, label=labels or None), labelled=True)


def _other_level(reading: Reading, statement: Statement) -> Stated | None:
    code = code_of(reading, statement, "eqf")
    if code.code and code.iri:
        return Stated(Level(scheme="EQF", value=code.code, iri=code.iri))
    if code.iri and code.iri.startswith(vocabulary("qdr").concepts) and statement.name != "elm:NQFLevel":
        return _national(reading, statement)
    own = _OWN_LEVEL.search(code.iri or "")
    if own and own.group(1) in level_schemes():
        return _own_level(own, code)
    notation = next(iter(reading.texts(statement.value.id, "skos:notation")), "")
    label = line(code.labels.get("en") or next(iter(code.labels.values()), "") or notation or code.iri or "")
    if not label:
        reading.dropped(statement, "elm_empty_target")
        return None
    more = code.labels if list(code.labels.values()) != [label] else None
    return Stated(Level(scheme="unspecified", value=label, iri=code.iri, label=more or None), labelled=True)


def _own_level(own: re.Match[str], code: Code) -> Stated:
    """Return a level that was exported as a concept of our own."""
    scheme, value = own.group(1), unquote(own.group(2))
    labels = {} if code.labels == {"en": f"{scheme} {value}"} else code.labels
    return Stated(Level(scheme=scheme, value=value, label=labels or None), labelled=bool(labels))


_LEVELS: dict[str, Callable[[Reading, Statement], Stated | None]] = {
    "elm:EQFLevel": _eqf,
    "elm:NQFLevel": _national,
    "elm:educationLevel": _other_level,
}


def credits_of(reading: Reading, holders: list[str]) -> tuple[Credit, ...]:
    """Return the credit figures, each in the system the source names."""
    found: list[Credit] = []
    for one, node in reading.each_once(holders, "elm:creditPoint", "elm:CreditPoint", "credit", found):
        points = reading.statements(node, "elm:point") if node else [one] if one.value.id is None else []
        frameworks = reading.statements(node, "elm:framework")
        made = _credit(reading, points, frameworks, f"credit.{len(found)}")
        if made is not None:
            found.append(made)
    return tuple(found)


def _credit(reading: Reading, points: list[Statement], frameworks: list[Statement], path: str) -> Credit | None:
    if not points:
        return None
    said = points[0]
    value, unit = number_with_unit(said.text)
    if value is None:
        reading.unknown(said, "not_understood")
        reading.issue("not_understood", said, value=said.text[:200])
        return None
    for other in (*points[1:], *frameworks[1:]):
        reading.further_value(other, "credit")
    system, text = _system(reading, frameworks[:1], said, unit, path)
    if value == 0:
        reading.issue("elm_credit_zero", said)
    reading.carried(said, f"{path}.value", str(value), "number_of_credits")
    if text:
        reading.normalised(said, f"{path}.text", "figure_in_words")
    return Credit(system=system, value=value, text={UNDETERMINED: text} if text else None)


def _system(
    reading: Reading, frameworks: list[Statement], said: Statement, unit: str, path: str
) -> tuple[str, str | None]:
    """Return the credit system, and the words to keep where they say more than the system's own name."""
    named = next((system for system in ("ECTS", "ECVET") if system in unit.upper()), None)
    kept = unit if named is None or unit.upper() != named else None
    for one in frameworks:
        code = code_of(reading, one, "education-credit")
        known = reviewed().get(("education-credit", code.code or ""))
        if known is not None:
            reading.normalised(one, f"{path}.system", "label_of_code" if code.by_label else "code_table")
            note_label(reading, one, "education-credit", code)
            return known.value, line(said.text) if kept else None
        reading.normalised(one, f"{path}.text", "system_in_words")
        reading.issue("elm_value_unknown", one, value=code.shown, list="education-credit")
        if code.labels:
            tell_labels(reading, one, f"{path}.text", code.shown)
        return "other", " ".join(filter(None, (line(said.text), code.shown)))
    if named is None:
        reading.issue("elm_credit_without_framework", said, value=said.text[:200])
        reading.derived(said, f"{path}.system", "system_not_stated")
        return "other", line(said.text)
    reading.derived(said, f"{path}.system", "system_in_the_figure")
    return named, line(said.text) if kept else None
