"""Home listing → descriptor: the record says everything itself; only where it was found is ours to say."""

from __future__ import annotations

from functools import cache
from typing import Any

from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.types import Identifier, Part
from crosswalks.jmicro.model import JmicroListing
from crosswalks.ledger import Crossing, Entry, FieldOutcome, Ledger

CONTENT = tuple(name for name in Descriptor.model_fields if name not in {"id", "source_record"})
"""The fields that are carried word for word."""
CARRIED = {name: Entry(name, FieldOutcome.MAPPED, name) for name in CONTENT}
SILENT = {name: Entry(name, FieldOutcome.UNKNOWN, reason="not_stated") for name in CONTENT}
_DEFAULTS = {name: Descriptor.model_fields[name].get_default() for name in CONTENT}
_ALWAYS_STATED = frozenset({"descriptor_version", "title"})
_PLACE = ("registry", "source_id", "url", "retrieved_at", "content_hash")
_OWN_SCHEME = "jmicro"


def natural_key(listing: JmicroListing) -> str:
    """Return the identifier the registry gave the record."""
    return listing.id if listing.ordinal == 1 else f"{listing.id} | {listing.ordinal}"


def own_iri(listing: JmicroListing) -> str | None:
    """Return the identifier the record brings; a second record under the same one brings none."""
    return listing.id if listing.ordinal == 1 else None


def read(listing: JmicroListing, iri: str, source: SourceRecord) -> Crossing[Descriptor]:
    """Carry one listing to the descriptor.

    Where `iri` is not the identifier the record brings, its own stays among `identifiers`.
    """
    ledger = Ledger("jmicro", "jmicro")
    values = {name: value for name, value in listing.__dict__.items() if name != "ordinal"}
    values["id"] = iri
    values["source_record"] = _found(listing.source_record, source, ledger)
    account(values, ledger)
    if iri == listing.id:
        ledger.mapped("id", "id")
    else:
        values["identifiers"] = _with_own_id(listing, ledger)
    if listing.ordinal > 1:
        ledger.derived("ordinal", "source_record.source_id", "ordinal_of_equal_keys")
    return Crossing(Descriptor.model_construct(set(values), **values), ledger)


def account(values: dict[str, Any], ledger: Ledger) -> None:
    """Note what became of every field that is carried word for word."""
    entries = ledger.entries
    for name, usual in _DEFAULTS.items():
        value = values[name]
        stated = name in _ALWAYS_STATED or (value is not usual and value != usual and _says(value))
        entries.append(CARRIED[name] if stated else SILENT[name])


def _says(value: object) -> bool:
    """Tell whether a value says anything: a part whose fields are all empty is as good as none."""
    if isinstance(value, Part):
        usual = _usual(type(value))
        for name, item in value.__dict__.items():
            if item is not usual[name] and item != usual[name] and _says(item):
                return True
        return False
    if isinstance(value, tuple):
        return any(map(_says, value))
    return True


@cache
def _usual(kind: type[Part]) -> dict[str, Any]:
    """Return what the fields of a part hold when nothing is said."""
    return {name: found.default for name, found in kind.model_fields.items()}


def _with_own_id(listing: JmicroListing, ledger: Ledger) -> tuple[Identifier, ...]:
    own = Identifier(scheme=_OWN_SCHEME, value=listing.id)
    place = f"identifiers.{len(listing.identifiers)}"
    ledger.normalised("id", place, "own_identifier_kept", value=listing.id)
    return (*listing.identifiers, own)


def _found(own: SourceRecord, found: SourceRecord, ledger: Ledger) -> SourceRecord:
    """Say where the record was found; the registry's own word on its state and the stricter rights stay."""
    for name in _PLACE:
        if (value := getattr(own, name)) is None:
            continue
        if value == getattr(found, name):
            ledger.mapped(f"source_record.{name}", f"source_record.{name}")
        else:
            ledger.dropped(f"source_record.{name}", "found_elsewhere", value=value)
    kept: dict[str, Any] = {}
    if own.status is not None:
        kept["status"] = own.status
    if own.selected_by:
        kept["selected_by"] = own.selected_by
    if own.rights is not None:
        kept["rights"] = "facts_only" if "facts_only" in {own.rights, found.rights} else own.rights
    if own.attribution is not None:
        kept["attribution"] = _both(own.attribution, found.attribution)
    for name, value in kept.items():
        path, before = f"source_record.{name}", getattr(own, name)
        if value == before:
            ledger.mapped(path, path)
        else:
            rule = "stricter_rights" if name == "rights" else "both_attributions"
            ledger.normalised(path, path, rule, value=before)
    return found.model_copy(update=kept) if kept else found


def _both(own: str, found: str | None) -> str:
    return own if not found or found in own else f"{own}; {found}"
