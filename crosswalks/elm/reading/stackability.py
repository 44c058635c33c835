"""What a credential counts towards: entitlements, and the wholes it is part of."""

from __future__ import annotations

import re
from decimal import Decimal

from crosswalks.descriptor.model import OtherRecognition, StackLink
from crosswalks.elm.reading.codes import code_of, not_listed, reviewed
from crosswalks.elm.reading.fields import OPPORTUNITY, QUALIFICATION, SPECIFICATION
from crosswalks.elm.reading.identifiers import reference_of
from crosswalks.elm.reading.statements import Reading, Statement, is_identifier
from crosswalks.elm.reading.texts import merged, name_of, note_of, own_notes, text_of

_SHARE = re.compile(r"^Share of the target: ([0-9]{1,4}(?:\.[0-9]{1,6})?)\Z")


def entitlements(reading: Reading, holders: list[str]) -> tuple[tuple[StackLink, ...], tuple[OtherRecognition, ...]]:
    """Return what the credential counts towards, and recognition of other kinds that it brings."""
    links: list[StackLink] = []
    others: list[OtherRecognition] = []
    seen: dict[str, str | None] = {}
    for one in reading.said(holders, "elm:entitlesTo"):
        if one.key not in seen:
            node = reading.follow(one, "elm:LearningEntitlementSpecification")
            seen[one.key] = _entitlement(reading, one, node, links, others)
        elif path := seen[one.key]:
            reading.mapped(one, path)
        else:
            reading.dropped(one, "elm_empty_target")
    for one in reading.said(holders, "elm:isPartOf"):
        _whole(reading, one, links)
    return tuple(links), tuple(others)


def _entitlement(
    reading: Reading,
    statement: Statement,
    node: str | None,
    links: list[StackLink],
    others: list[OtherRecognition],
) -> str | None:
    """Read one entitlement; return its path."""
    if node is None:
        reading.dropped(statement, "elm_empty_target")
        return None
    kinds = reading.statements(node, "dc:type")
    codes = [code_of(reading, one, "entitlement") for one in kinds]
    known = next((found for code in codes if (found := reviewed().get(("entitlement", code.code or "")))), None)
    if known and known.value == "other_recognition":
        path = f"other_recognition.{len(others)}"
        text = merged([
            name_of(reading, node, f"{path}.text"),
            text_of(reading, reading.statements(node, "dc:description"), f"{path}.text"),
            note_of(reading, reading.statements(node, "elm:additionalNote"), f"{path}.text"),
        ])  # fmt: skip
        reading.rest(node, "lossy_split")
        for one in kinds:
            reading.normalised(one, f"{path}.kind", "code_table")
        reading.mapped(statement, path)
        others.append(OtherRecognition(kind="other", text=text or None))
        return path
    path = f"stackability.{len(links)}"
    title = name_of(reading, node, f"{path}.target_title")
    conditions = text_of(reading, reading.statements(node, "dc:description"), f"{path}.conditions")
    share = _share(reading, node, f"{path}.share")
    others_said = [one for one in reading.statements(node, "elm:additionalNote") if not reading.told(one)]
    notes = note_of(reading, others_said, f"{path}.conditions")
    reference = reference_of(reading, reading.statements(node, "adms:identifier"), f"{path}.target_ref")
    for one, code in zip(kinds, codes, strict=True):
        if known:
            reading.derived(one, f"{path}.target_kind", "kind_of_target_not_stated")
        else:
            not_listed(reading, one, code, "entitlement")
    if not kinds or not known:
        reading.ledger.defaulted(f"{path}.target_kind", "kind_of_target_not_stated")
    reading.mapped(statement, path)
    said = merged([conditions, notes])
    links.append(
        StackLink(
            target_kind="unspecified",
            target_ref=reference,
            target_title=title or None,
            share=share,
            conditions=said or None,
        )
    )
    return path


def _share(reading: Reading, node: str, target: str) -> Decimal | None:
    """Return the share of the target, which our own export writes as a note, one for each language in XML."""
    notes = own_notes(reading, node)
    literals = [
        one for note in notes for one in reading.statements(reading.follow(note, "elm:Note"), "elm:noteLiteral")
    ]
    match = next((found for one in literals if (found := _SHARE.match(one.text))), None)
    if match is None:
        return None
    for one in (*notes, *literals):
        reading.normalised(one, target, "own_note")
    return Decimal(match.group(1))


def _whole(reading: Reading, statement: Statement, links: list[StackLink]) -> None:
    """Read what the record is part of: a stub with its title, or only its identifier."""
    path = f"stackability.{len(links)}"
    node = reading.follow(statement, SPECIFICATION, OPPORTUNITY, QUALIFICATION)
    reference = statement.text if is_identifier(statement.text) else None
    title = name_of(reading, node, f"{path}.target_title") if node else {}
    if node:
        listed = reading.statements(node, "adms:identifier")
        reading.rest(node, "lossy_split")
        if reference is None:
            reference = reference_of(reading, listed, f"{path}.target_ref")
        reading.otherwise(listed, "elm_second_choice")
    if reference is None and not title and statement.value.id is None:
        title = text_of(reading, [statement], f"{path}.target_title")
    if reference is None and not title:
        if not reading.told(statement):
            reading.dropped(statement, "elm_empty_target")
        return
    qualification = node is not None and reading.class_of(node) == QUALIFICATION
    if reading.told(statement):
        reading.normalised(statement, path, "named_in_words")
    else:
        reading.mapped(statement, path)
    if qualification:
        reading.derived(statement, f"{path}.target_kind", "class_of_the_target")
    else:
        reading.ledger.defaulted(f"{path}.target_kind", "kind_of_target_not_stated")
    links.append(
        StackLink(
            target_kind="qualification" if qualification else "unspecified",
            target_ref=reference,
            target_title=title or None,
        )
    )
