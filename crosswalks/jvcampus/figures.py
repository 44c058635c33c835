"""Custom fields that hold figures → descriptor: hours, durations, levels and credits.

A figure is carried only when its whole shape is known and its terms are named. Taught time never becomes
total learning time; a level without a framework has the scheme `unspecified`; a credit figure without a
system stays with the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import product
from unicodedata import normalize

from config.frameworks import credit_systems, level_schemes
from config.messages import Issue
from crosswalks.descriptor.types import Credit, Level
from crosswalks.jvcampus.draft import Draft
from crosswalks.jvcampus.markup import Texts
from crosswalks.jvcampus.model import CustomField
from crosswalks.jvcampus.values import Meaning, units, words
from crosswalks.text import UNDETERMINED, matching_key

_QUANTITY = re.compile(
    r"^(\d{1,5}(?:\.\d{1,2})?)\s{0,3}"
    r"(hours?|hrs?|h|時間|minutes?|mins?|分|回|本|lectures?|weeks?|週間?|か月間?|ヶ月間?|カ月間?|months?|日間?|days?|年間?|years?)?$"
)
_PERIODS = {"days": "D", "weeks": "W", "months": "M", "years": "Y"}
"""The letters of ISO 8601 for how long something runs."""
_DURATION = re.compile(r"^P(?=\d)(?:\d{1,4}Y)?(?:\d{1,4}M)?(?:\d{1,4}W)?(?:\d{1,4}D)?$")
_CREDIT = re.compile(r"^(\d{1,4}(?:\.\d{1,2})?)\s{0,3}(単位|ects(?:\s{0,3}(?:credits?|points?))?|credits?|points?)?$")
_SYSTEM_FIRST = re.compile(r"^([a-z][a-z\-]{2,11})\s{1,3}(\d{1,6}(?:\.\d{1,2})?)$")
_LEVEL = re.compile(r"^(?:level|レベル|lv\.?)?\s{0,3}(\S{1,20})$", re.IGNORECASE)
_HUNDREDTH = Decimal("0.01")

Handler = Callable[[Draft, str, CustomField, Meaning, Texts], None]
"""Carries one custom field whose meaning and texts are known; the string is where it stands in the listing.
"""


def finish_volume(draft: Draft) -> None:
    """Multiply lectures by their minutes, which gives taught time and never total learning time."""
    if len(draft.factors) == 2 and "contact_hours" not in draft.hours:
        (lectures_at, lectures), (minutes_at, minutes) = draft.factors["lectures"], draft.factors["minutes"]
        hours = _in_hours(lectures * minutes)
        if lectures * minutes > 0:
            draft.hours["contact_hours"] = hours
            for source in (lectures_at, minutes_at):
                draft.ledger.derived(source, "volume.contact_hours", "lectures_x_minutes")
            return
    for source, figure in draft.factors.values():
        draft.ledger.dropped(source, "lossy_split", value=figure)


def _in_hours(minutes: Decimal) -> Decimal:
    """Return minutes as hours, to a hundredth of an hour and never 0."""
    hours = max((minutes / 60).quantize(_HUNDREDTH), _HUNDREDTH)
    return hours.quantize(Decimal(1)) if hours == hours.to_integral_value() else hours.normalize()


def _hours(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    target = meaning.means.rpartition(".")[2]
    if target in draft.hours:
        repeated(draft, path, field, meaning.means)
    elif (found := _quantity(texts, meaning.unit or "hours")) and found[1] in {"hours", "minutes"} and found[0] > 0:
        figure, unit = found
        draft.hours[target] = figure if unit == "hours" else _in_hours(figure)
        rule = "number" if unit == "hours" else "minutes_to_hours"
        draft.ledger.normalised(path, f"volume.{target}", rule, value=field.value)
    else:
        _volume_note(draft, path, field, texts)


def _hours_of_some_kind(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001  handlers share one shape
    _volume_note(draft, path, field, texts)
    said = next(iter(draft.volume_notes[-1].values()))
    draft.issues.append(Issue("hours_kind_unstated", {"value": said}, place=path))


def _factor(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    name, unit = ("lectures", "times") if meaning.means == "lectures" else ("minutes", "minutes")
    found = _quantity(texts, unit)
    if name in draft.factors:
        repeated(draft, path, field, meaning.means)
    elif found and found[1] == unit:
        draft.factors[name] = (path, found[0])
    else:
        _volume_note(draft, path, field, texts)


def _duration(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    if draft.duration:
        repeated(draft, path, field, meaning.means)
        return
    for text in plain_values(texts):
        if _DURATION.match(text):
            draft.duration = text
            draft.ledger.mapped(path, "volume.duration")
            return
    found = _quantity(texts, "weeks" if meaning.unit == "weeks" else "")
    if found and found[1] in _PERIODS and found[0] > 0 and found[0] == found[0].to_integral_value():
        draft.duration = f"P{int(found[0])}{_PERIODS[found[1]]}"
        draft.ledger.normalised(path, "volume.duration", "number_with_unit", value=field.value)
    else:
        _volume_note(draft, path, field, texts)


def _volume_note(draft: Draft, path: str, field: CustomField, texts: Texts) -> None:
    """Keep a statement about volume as text, with its label."""
    labels = draft.texts(field.name or field.shortname, lines=False).by_language
    label = next(iter(labels.values()), field.shortname)
    note = {tag: f"{labels.get(tag, label)}: {text}" for tag, text in texts.by_language.items()}
    if set(note) == {UNDETERMINED}:  # a figure is of no language, its label is
        note = {tag: f"{words}: {texts.by_language[UNDETERMINED]}" for tag, words in labels.items()} or note
    draft.volume_notes.append(note)
    draft.ledger.normalised(path, "volume.text", "label_and_value")


def _level(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    target = f"level.{len(draft.levels)}"
    scheme, value, rule = _level_in(texts, meaning)
    if value == field.value:
        draft.ledger.mapped(path, f"{target}.value")
    else:
        draft.ledger.normalised(path, f"{target}.value", "level_of_its_scheme", value=field.value)
    if rule:
        draft.ledger.derived(path, f"{target}.scheme", rule)
    else:
        draft.ledger.defaulted(f"{target}.scheme", "framework_not_stated")
    draft.levels.append(Level(scheme=scheme, value=value))


def _level_in(texts: Texts, meaning: Meaning) -> tuple[str, str, str]:
    """Return scheme, value and the rule that found the scheme; a bare level has the scheme `unspecified`."""
    plain = list(plain_values(texts))
    for text, (name, scheme) in product(plain, words("level_schemes").items()):
        if matching_key(text).startswith(name) and (value := _value_in(scheme, text[len(name) :].lstrip(" :-："))):
            return scheme, value, "scheme_named_in_the_value"
    if meaning.scheme in level_schemes():
        for text in plain:
            if value := _value_in(str(meaning.scheme), text):
                return str(meaning.scheme), value, "scheme_of_the_field"
    return "unspecified", plain[0], ""


def _value_in(scheme: str, text: str) -> str | None:
    """Return a level as its scheme writes it, or None when the scheme has no such level."""
    allowed = level_schemes()[scheme].values
    if allowed is None:
        return text or None
    match = _LEVEL.match(text)
    wanted = matching_key(match.group(1)) if match else ""
    return next((value for value in allowed if matching_key(value) == wanted), None)


def _credit(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:
    statuses = words("credit_statuses")
    for text in texts.by_language.values():
        if status := statuses.get(matching_key(text)):
            _credit_status_is(draft, path, field, status)
            return
        if named := _SYSTEM_FIRST.match(matching_key(text)):
            system = {matching_key(code): code for code in credit_systems()}.get(named.group(1))
            if system and (figure := Decimal(named.group(2))):
                _credit_is(draft, path, field, system, figure, "system_named_in_the_value")
                return
        if (match := _CREDIT.match(matching_key(text))) and (system := _system(field, meaning, match.group(2))):
            figure = Decimal(match.group(1))
            if figure == 0:
                _credit_status_is(draft, path, field, "non_credit")
                return
            _credit_is(draft, path, field, system, figure, "system_named_by_the_field")
            return
        if match:
            draft.ledger.unknown(path, "not_understood", value=field.value)
            draft.issues.append(Issue("credit_system_unstated", {"value": text}, place=path))
            return
    draft.not_understood(path, field.value or "")


def _credit_is(draft: Draft, path: str, field: CustomField, system: str, figure: Decimal, rule: str) -> None:
    target = f"credit.{len(draft.credits)}"
    draft.ledger.normalised(path, f"{target}.value", "number", value=field.value)
    draft.ledger.derived(path, f"{target}.system", rule)
    draft.credits.append(Credit(system=system, value=figure))


def _system(field: CustomField, meaning: Meaning, unit: str | None) -> str | None:
    """Return the credit system that the value, the field's name or the deployment names."""
    if unit == "単位":
        return "JP-tani"
    if unit and unit.startswith("ects"):
        return "ECTS"
    return meaning.system or ("JP-tani" if "単位" in f"{field.shortname} {field.name}" else None)


def _credit_status(draft: Draft, path: str, field: CustomField, meaning: Meaning, texts: Texts) -> None:  # noqa: ARG001
    known = words("credit_statuses")
    status = next((known[key] for text in texts.by_language.values() if (key := matching_key(text)) in known), None)
    if status:
        _credit_status_is(draft, path, field, status)
    else:
        draft.not_understood(path, field.value or "")


def _credit_status_is(draft: Draft, path: str, field: CustomField, status: str) -> None:
    if draft.credit_status:
        repeated(draft, path, field, "credit_status")
        return
    draft.credit_status = status
    draft.ledger.normalised(path, "credit_status", "value_table", value=field.value)


def _quantity(texts: Texts, unit: str) -> tuple[Decimal, str] | None:
    """Return a number and its unit; `unit` is that of a bare number. None where the value is no quantity."""
    for text in texts.by_language.values():
        if match := _QUANTITY.match(matching_key(text)):
            return Decimal(match.group(1)), units().get(match.group(2) or "", unit)
    return None


def plain_values(texts: Texts) -> Iterator[str]:
    """Yield the texts of a value in compatibility form, for reading codes and addresses."""
    return (normalize("NFKC", text) for text in texts.by_language.values())


def repeated(draft: Draft, path: str, field: CustomField, target: str) -> None:
    """Keep a second field of one meaning with the source, and tell it."""
    draft.ledger.dropped(path, "lossy_split", value=field.value)
    draft.issues.append(Issue("custom_field_repeated", {"shortname": field.shortname, "field": target}, place=path))


FIGURES: dict[str, Handler] = {
    "volume.total_hours": _hours,
    "volume.contact_hours": _hours,
    "hours": _hours_of_some_kind,
    "lectures": _factor,
    "minutes_per_lecture": _factor,
    "volume.duration": _duration,
    "level": _level,
    "credit": _credit,
    "credit_status": _credit_status,
}
"""The fields that hold figures, by what they mean."""
