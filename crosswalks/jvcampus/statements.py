"""What a descriptor states beside title and summary → custom fields, each in the words that reading knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from crosswalks.descriptor.model import CoProvider
from crosswalks.jvcampus.fields import LANGUAGES, Fields, Stated
from crosswalks.jvcampus.values import field_named_after, word_for
from crosswalks.outgoing import Outgoing, best_tag

OTHERWISE = {
    "level.scheme": "one_value_only",
    "level.value": "one_value_only",
    "credit.system": "one_value_only",
    "credit.value": "one_value_only",
    "credit_status": "no_place_for_this_value",
    "assessment.type": "another_value_first",
    "teaching_method.mode": "another_value_first",
    "language_of_instruction": "no_place_for_this_value",
    "certificate.form": "no_place_for_this_value",
    "field.scheme": "another_value_first",
    "field.code": "another_value_first",
    "co_providers.name": "another_role",
    "co_providers.role": "another_role",
    "fee.amount": "another_value_first",
    "fee.currency": "another_value_first",
    "offer.schedule": "one_value_only",
    "offer.location": "one_value_only",
    "offer.capacity": "one_value_only",
}
"""Why a value is dropped that its field could have carried."""
_SEPARATORS = re.compile(r"[、;；\n]")


def write_fields(out: Outgoing, fields: Fields) -> None:
    """Write every custom field that the descriptor has a value for."""
    one = out.descriptor
    _volume(out, fields)
    _levels(out, fields)
    _credits(out, fields)
    _method(fields, "assessment", "assessment", "type", one.assessment, "assessment_types")
    _method(fields, "mode", "teaching_method", "mode", one.teaching_method, "delivery_modes")
    fields.text("grading", "grading_scheme", one.grading_scheme)
    tags = [(f"language_of_instruction.{index}", tag) for index, tag in enumerate(one.language_of_instruction)]
    fields.words("language", tags, word_for("languages"))
    outcomes = [Stated(f"learning_outcomes.{i}.text", each.text) for i, each in enumerate(one.learning_outcomes)]
    fields.lines("outcomes", outcomes, "one_outcome_per_line")
    fields.lines("prerequisites", [Stated(f"prerequisites.{i}", each) for i, each in enumerate(one.prerequisites)])
    fields.lines("target", [Stated(f"target_group.{i}", each) for i, each in enumerate(one.target_group)])
    _field_of_study(out, fields)
    _bodies(out, fields)
    _fee(out, fields)
    _quality(out, fields)
    forms = [(f"certificate.form.{i}", form) for i, form in enumerate(one.certificate.form if one.certificate else ())]
    fields.words("certificate", forms, word_for("certificate_forms"))
    for offer in one.offer[:1]:
        fields.text("schedule", "offer.0.schedule", offer.schedule)
        fields.text("location", "offer.0.location", offer.location)
        if offer.capacity is not None:
            fields.plain("capacity", "offer.0.capacity", str(offer.capacity))


def _volume(out: Outgoing, fields: Fields) -> None:
    volume = out.descriptor.volume
    if volume is None:
        return
    for shortname, name in (("total_hours", "total_hours"), ("contact_hours", "contact_hours")):
        if (hours := getattr(volume, name)) is not None:
            fields.plain(shortname, f"volume.{name}", f"{hours:f}", stated=str(hours))
    if volume.duration:
        fields.plain("duration", "volume.duration", volume.duration)


def _levels(out: Outgoing, fields: Fields) -> None:
    """Write a level under the name of its framework; no level is converted into another one."""
    for index, level in enumerate(out.descriptor.level):
        shortname = field_named_after("scheme").get(level.scheme, "level")
        if fields.has(shortname):
            continue
        bare = shortname != "level" or level.scheme == "unspecified"
        out.ledger.derived(f"level.{index}.scheme", fields.place(), "scheme_of_the_field_or_before_the_value")
        shown = level.value if bare else f"{level.scheme} {level.value}"
        fields.plain(shortname, f"level.{index}.value", shown, stated=level.value)


def _credits(out: Outgoing, fields: Fields) -> None:
    """Write credit figures under the name of their system. Zero is none: the credit status says so, if anything."""
    for index, credit in enumerate(out.descriptor.credit):
        shortname = field_named_after("system").get(credit.system, "credits")
        if fields.has(shortname):
            continue
        if not credit.value:
            out.ledger.dropped(f"credit.{index}", "no_place_for_this_value", value=credit.value)
            continue
        out.ledger.derived(f"credit.{index}.system", fields.place(), "system_of_the_field_or_before_the_value")
        figure = f"{credit.value:f}"
        shown = figure if shortname != "credits" else f"{credit.system} {figure}"
        fields.plain(shortname, f"credit.{index}.value", shown, stated=str(credit.value))
    if status := out.descriptor.credit_status:
        fields.words("credit_status", [("credit_status", status)], word_for("credit_statuses"))


def _method(fields: Fields, shortname: str, name: str, code: str, stated: Iterable[Any], table: str) -> None:
    """Write methods in words where any has words, else their codes; a field holds one of the two."""
    texts = [Stated(f"{name}.{index}.text", each.text) for index, each in enumerate(stated) if each.text]
    if texts:
        fields.lines(shortname, texts)
        return
    codes = [(f"{name}.{i}.{code}", kind) for i, each in enumerate(stated) if (kind := getattr(each, code))]
    fields.words(shortname, codes, word_for(table))


def _field_of_study(out: Outgoing, fields: Fields) -> None:
    labelled = [Stated(f"field.{i}.label", each.label) for i, each in enumerate(out.descriptor.field) if each.label]
    if labelled:
        fields.lines("field", labelled)
        return
    for index, each in enumerate(out.descriptor.field[:1]):
        if each.code:
            out.ledger.derived(f"field.{index}.scheme", fields.place(), "scheme_before_the_code")
            fields.plain("field", f"field.{index}.code", f"{each.scheme} {each.code}", stated=each.code)


def _bodies(out: Outgoing, fields: Fields) -> None:
    issuer = out.descriptor.issuer
    if issuer is not None:
        fields.text("issuer", "issuer.name", issuer.name)
        if issuer.country:
            fields.plain("issuer_country", "issuer.country", issuer.country)
    numbered = [(i, body) for i, body in enumerate(out.descriptor.co_providers) if body.role == "provider"]
    if len(numbered) == 1:
        ((index, body),) = numbered
        out.ledger.derived(f"co_providers.{index}.role", fields.place(), "field_names_a_provider")
        fields.text("provider", f"co_providers.{index}.name", body.name)
    elif numbered:
        _several_providers(out, fields, numbered)


def _several_providers(out: Outgoing, fields: Fields, bodies: list[tuple[int, CoProvider]]) -> None:
    """Write several names with separators between them, in one language."""
    chosen = [(index, best_tag(body.name, LANGUAGES), body.name) for index, body in bodies]
    usable = [(index, tag, names) for index, tag, names in chosen if not _SEPARATORS.search(names[tag])]
    if not usable:
        return
    for index, tag, names in usable:
        out.chosen(f"co_providers.{index}.name", names, LANGUAGES)
        out.ledger.normalised(f"co_providers.{index}.name.{tag}", fields.place(), "names_in_one_field", value=tag)
        out.ledger.derived(f"co_providers.{index}.role", fields.place(), "field_names_a_provider")
    whole = "、".join(names[tag] for _, tag, names in usable)
    fields.plain_value("provider", whole)


def _fee(out: Outgoing, fields: Fields) -> None:
    fee = out.descriptor.fee
    if fee is None:
        return
    if fee.text:
        fields.text("fee", "fee.text", fee.text)
    elif fee.amount is not None:
        shown = f"{fee.amount:f} {fee.currency}" if fee.currency else f"{fee.amount:f}"
        if fee.currency:
            out.ledger.derived("fee.currency", fields.place(), "currency_behind_the_amount")
        fields.plain("fee", "fee.amount", shown, stated=str(fee.amount))


def _quality(out: Outgoing, fields: Fields) -> None:
    assurance = out.descriptor.quality_assurance
    if assurance is None:
        return
    for shortname, name in (("internal_quality", "internal"), ("quality", "undivided")):
        statements = getattr(assurance, name)
        path = f"quality_assurance.{name}"
        fields.lines(shortname, [Stated(f"{path}.{index}.text", each.text) for index, each in enumerate(statements)])
