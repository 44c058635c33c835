"""When, where and at what price a listing is offered."""

from __future__ import annotations

import re
from decimal import Decimal

from crosswalks.descriptor.model import Fee, Offer
from crosswalks.elm.profile import vocabulary
from crosswalks.elm.reading.codes import Code, code_of, not_listed, note_label, tell_labels
from crosswalks.elm.reading.statements import Reading, Statement
from crosswalks.elm.reading.texts import LangMap, line, merged, name_of, note_of, number_with_unit, text_of

_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?\Z", re.ASCII)
_CURRENCY = re.compile(r"^[A-Z]{3}\Z")


def offers(reading: Reading, holders: list[str]) -> tuple[Offer, ...]:
    """Return the intake an opportunity describes, and one more for each further application deadline."""
    starts, ends, period = _period(reading, holders)
    said = reading.said(holders, "elm:applicationDeadline")
    deadlines = [found for one in said if (found := _moment(reading, one))]
    for number, (one, moment) in enumerate(deadlines):
        reading.carried(one, f"offer.{number}.application_deadline", moment, "plain_text")
    admission = note_of(reading, reading.said(holders, "elm:admissionProcedure"), "offer.0.admission")
    first = Offer(
        starts=starts,
        ends=ends,
        application_deadline=deadlines[0][1] if deadlines else None,
        location=_locations(reading, holders) or None,
        schedule=merged([_schedule(reading, holders), period]) or None,
        admission=admission or None,
    )
    if first == Offer():
        return ()
    return (first, *(Offer(application_deadline=moment) for _, moment in deadlines[1:]))


def _period(reading: Reading, holders: list[str]) -> tuple[str | None, str | None, LangMap]:
    found: dict[str, str] = {}
    label: LangMap = {}
    for one in reading.said(holders, "dc:temporal"):
        node = reading.follow(one, "dc:PeriodOfTime")
        if node is None:
            label = merged([label, text_of(reading, [one], "offer.0.schedule")])
            continue
        here = False
        for name, key in (("elm:startDate", "starts"), ("elm:endDate", "ends")):
            for said in reading.statements(node, name):
                moment = _moment(reading, said)
                if moment is None:
                    continue
                if key in found:
                    reading.further_value(said, f"offer.{key}")
                    continue
                found[key] = moment[1]
                reading.carried(said, f"offer.0.{key}", moment[1], "plain_text")
                if not here:
                    reading.mapped(one, f"offer.0.{key}")
                here = True
        labels = text_of(reading, reading.statements(node, "skos:prefLabel"), "offer.0.schedule")
        label = merged([label, labels])
        if labels and not here:
            reading.mapped(one, "offer.0.schedule")
        reading.otherwise([one], "elm_empty_target")
        _compare(reading, one, found)
    return found.get("starts"), found.get("ends"), label


def _compare(reading: Reading, statement: Statement, found: dict[str, str]) -> None:
    starts, ends = found.get("starts"), found.get("ends")
    if starts and ends and ends[:10] < starts[:10]:
        reading.issue("elm_dates_reversed", statement, starts=starts, ends=ends)


def _moment(reading: Reading, statement: Statement) -> tuple[Statement, str] | None:
    text = statement.text.strip()
    if _MOMENT.match(text):
        return statement, text
    if text:
        reading.unknown(statement, "not_understood")
        reading.issue("not_understood", statement, value=text[:200])
    else:
        reading.unknown(statement)
    return None


def _schedule(reading: Reading, holders: list[str]) -> LangMap:
    parts: list[LangMap] = []
    for one in reading.said(holders, "elm:learningSchedule"):
        code = code_of(reading, one, "learning-schedule")
        text = words_of(code, "learning-schedule")
        if code.code is None and code.iri:
            reading.issue("elm_value_unknown", one, value=code.shown, list="learning-schedule")
        if not text:
            reading.unknown(one, "elm_value_unknown")
            continue
        reading.normalised(one, "offer.0.schedule", "label_in_words")
        note_label(reading, one, "learning-schedule", code)
        if code.labels:
            tell_labels(reading, one, "offer.0.schedule")
        parts.append(text)
    parts.append(note_of(reading, reading.said(holders, "elm:scheduleInformation"), "offer.0.schedule"))
    return merged(parts)


def words_of(code: Code, name: str) -> LangMap:
    """Return a concept in words: its own labels, else the English one of the list."""
    label = vocabulary(name).labels.get(code.code or "")
    return code.labels or ({"en": label} if label else {})


def _locations(reading: Reading, holders: list[str]) -> LangMap:
    """Return where it takes place: the name of the place, else its address, else its region or country."""
    return merged([
        _location(reading, one, node) if (node := reading.follow(one, "dc:Location")) else _plain_place(reading, one)
        for one in reading.said(holders, "elm:location")
    ])  # fmt: skip


def _plain_place(reading: Reading, statement: Statement) -> LangMap:
    if statement.value.id is not None:
        reading.dropped(statement, "elm_empty_target")
        return {}
    return text_of(reading, [statement], "offer.0.location")


def _location(reading: Reading, statement: Statement, node: str) -> LangMap:
    target = "offer.0.location"
    parts = [
        text_of(reading, reading.statements(node, "elm:geographicName"), target),
        text_of(reading, reading.statements(node, "dc:description"), target),
    ]
    regions = reading.statements(node, "elm:spatialCode")
    for address in reading.statements(node, "elm:address"):
        inner = reading.follow(address, "elm:Address")
        if text := note_of(reading, reading.statements(inner, "elm:fullAddress"), target):
            parts.append(text)
            reading.mapped(address, target)
        regions = [*regions, *reading.statements(inner, "elm:countryCode")]
        reading.otherwise([address], "elm_empty_target")
    reading.otherwise(regions, "elm_second_choice")
    text = merged(parts)
    if not text:
        text = _region(reading, regions, target)
        for address in reading.statements(node, "elm:address") if text else ():
            inner = reading.follow(address, "elm:Address")
            if inner is not None and reading.first_target(inner):
                reading.mapped(address, target)
    if text:
        reading.mapped(statement, target)
    else:
        reading.dropped(statement, "elm_empty_target")
    return text


def _region(reading: Reading, statements: list[Statement], target: str) -> LangMap:
    for one in statements:
        for name in ("atu", "nuts", "country"):
            code = code_of(reading, one, name)
            if code.code and (text := words_of(code, name)):
                reading.normalised(one, target, "label_in_words")
                if code.labels:
                    tell_labels(reading, one, target)
                return text
        if code.labels:
            reading.normalised(one, target, "label_in_words")
            tell_labels(reading, one, target)
            return code.labels
    return {}


def fee(reading: Reading, holders: list[str]) -> Fee | None:
    """Return the first price; further ones are told."""
    found: Fee | None = None
    for one in reading.said(holders, "elm:priceDetail"):
        if found is not None:
            reading.further_value(one, "fee")
            continue
        node = reading.follow(one, "elm:PriceDetail")
        if node is None:
            text = text_of(reading, [one], "fee.text") if one.value.id is None else {}
            found = Fee(text=text) if text else None
            reading.otherwise([one], "elm_empty_target")
            continue
        found = _price(reading, node)
        if found is not None:
            reading.mapped(one, "fee")
        else:
            reading.dropped(one, "elm_empty_target")
    return found


def _price(reading: Reading, node: str) -> Fee | None:
    amount, currency, rest = None, None, []
    for one in reading.statements(node, "elm:amount"):
        inner = reading.follow(one, "elm:Amount")
        values = reading.statements(inner, "rdf:value", "elm:value") if inner else [one] if one.value.id is None else []
        for said in values:
            number = _number(said.text)
            if number is None or amount is not None:
                rest.append(said)
            else:
                amount = number
                reading.carried(said, "fee.amount", str(number), "decimal_number")
        reading.otherwise([one], "elm_empty_target")
        for said in reading.statements(inner, "elm:unit"):
            if currency:
                reading.further_value(said, "fee.currency")
            else:
                currency = _currency(reading, said)
        if inner is not None and (amount is not None or currency):
            reading.mapped(one, "fee.amount" if amount is not None else "fee.currency")
    text = merged([
        name_of(reading, node, "fee.text", lines=True),
        text_of(reading, reading.statements(node, "dc:description"), "fee.text"),
        note_of(reading, reading.statements(node, "elm:additionalNote"), "fee.text"),
        text_of(reading, rest, "fee.text"),
    ])  # fmt: skip
    if amount is None and currency is None and not text:
        return None
    return Fee(amount=amount, currency=currency, text=text or None)


def _number(text: str) -> Decimal | None:
    number, unit = number_with_unit(text)
    return number if not unit and "," not in text else None


def _currency(reading: Reading, statement: Statement) -> str | None:
    code = code_of(reading, statement, "currency")
    found = code.code or line(statement.text).rpartition("/")[2].upper()
    if not _CURRENCY.match(found):
        not_listed(reading, statement, code, "currency")
        return None
    reading.normalised(statement, "fee.currency", "currency_table")
    note_label(reading, statement, "currency", code)
    return found
