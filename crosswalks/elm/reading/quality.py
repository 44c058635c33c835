"""External quality assurance: accreditations of the bodies that award or provide, and of the qualification.

What was judged follows from the accreditation's type. A decision that nobody knows to be positive is not carried, and
neither is an accreditation that is limited to another qualification.
"""

from __future__ import annotations

from datetime import date

from crosswalks.descriptor.model import ExternalQuality, QualityAssurance
from crosswalks.elm.reading.codes import code_of, reviewed, value_of
from crosswalks.elm.reading.identifiers import reference_of
from crosswalks.elm.reading.organisations import body
from crosswalks.elm.reading.statements import Reading
from crosswalks.elm.reading.texts import LangMap, first_page, line, merged, name_of, note_of, tag_of, text_of

_PAGES = ("elm:landingPage", "foaf:homepage", "elm:report", "elm:supplementaryDocument")
_VALID_FROM = ("dc:valid", "dc:issued")
_VALID_UNTIL = ("elm:expiryDate",)
_POSITIVE = "positive"


def quality_assurance(reading: Reading, holders: list[str], bodies: dict[str, str]) -> QualityAssurance | None:
    """Return the accreditations of the qualification and of the organisations that take part."""
    found: list[ExternalQuality] = []
    seen: dict[str, str] = {}
    refused: dict[str, str] = {}
    for holder in dict.fromkeys((*holders, *bodies)):
        if not reading.lists(holder, "elm:accreditation"):
            continue
        for one in reading.statements(holder, "elm:accreditation"):
            node = reading.follow(one, "elm:Accreditation")
            if node is None:
                reading.dropped(one, "elm_empty_target")
            elif node in seen:
                reading.mapped(one, seen[node])
            elif reason := refused.get(node) or _not_carried(reading, node, holders):
                refused[node] = reason
                reading.dropped(one, reason)
            else:
                path = f"quality_assurance.external.{len(found)}"
                decision = _decision(reading, node, path)
                if decision == ExternalQuality():
                    reading.dropped(one, "elm_empty_target")
                    continue
                found.append(decision)
                seen[node] = path
                reading.mapped(one, path)
    return QualityAssurance(external=tuple(found)) if found else None


def _not_carried(reading: Reading, node: str, holders: list[str]) -> str | None:
    """Return why an accreditation does not count for this record, or None when it does."""
    for one in reading.statements(node, "elm:limitQualification"):
        if one.value.id not in holders:
            return "elm_accreditation_elsewhere"
    for one in reading.statements(node, "elm:decision"):
        code = code_of(reading, one, "accreditation-decision")
        known = reviewed().get(("accreditation-decision", code.code or ""))
        if known is None and not any(label.lower().startswith(_POSITIVE) for label in code.labels.values()):
            reading.dropped(one, "elm_decision_unknown")
            reading.issue("elm_decision_unknown", one, value=code.shown)
            return "elm_accreditation_undecided"
    return None


def _decision(reading: Reading, node: str, path: str) -> ExternalQuality:
    judged = "unknown"
    for one in reading.statements(node, "dc:type"):
        kind, _ = value_of(reading, one, "accreditation", f"{path}.object")
        judged = kind.value if kind else judged
    named: LangMap = {}
    country = None
    for one in reading.statements(node, "elm:accreditingAgent"):
        if named:
            reading.otherwise([one], "first_value_only")
        else:
            named, country = body(reading, one, f"{path}.body", f"{path}.body_country")
    scheme = _scheme(reading, node, named, path)
    description = text_of(reading, reading.statements(node, "dc:description"), f"{path}.text")
    notes = note_of(reading, reading.statements(node, "elm:additionalNote"), f"{path}.text")
    return ExternalQuality(
        body=named or None,
        body_country=country,
        scheme=scheme or None,
        object=judged,
        decision_ref=reference_of(reading, reading.statements(node, "adms:identifier"), f"{path}.decision_ref"),
        valid_from=_day(reading, node, _VALID_FROM, f"{path}.valid_from"),
        valid_until=_day(reading, node, _VALID_UNTIL, f"{path}.valid_until"),
        text=merged([description, notes]) or None,
        url=first_page(reading, reading.statements(node, *_PAGES), f"{path}.url"),
    )


def _scheme(reading: Reading, node: str, named: LangMap, path: str) -> LangMap:
    """Return the title of an accreditation, unless it only repeats the name of the body."""
    titles = reading.statements(node, "dc:title")
    if named and {tag_of(one.value.language): line(one.text) for one in titles} == named:
        for one in titles:
            reading.normalised(one, f"{path}.body", "said_twice")
        return {}
    return name_of(reading, node, f"{path}.scheme")


def _day(reading: Reading, node: str, names: tuple[str, ...], target: str) -> date | None:
    """Return the day of the first property that states one."""
    found: date | None = None
    for one in reading.statements(node, *names):
        if found is not None:
            reading.dropped(one, "elm_second_choice")
            continue
        try:
            found = date.fromisoformat(one.text.strip()[:10])
        except ValueError:
            reading.unknown(one, "not_understood")
            reading.issue("not_understood", one, value=one.text[:200])
        else:
            reading.carried(one, target, found.isoformat(), "day_of_the_moment")
    return found
