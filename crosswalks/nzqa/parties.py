"""Who takes part: the developer owns it, accredited providers may deliver it, nobody is said to award it.

So developer and providers are co-providers in those roles. The awarding body is worked out in one case only:
where the developer is also the only provider, no other body can award it. A body in New Zealand's register of
providers is in New Zealand; a body that is only named is not presumed to be.
"""

from __future__ import annotations

from config.messages import Issue
from crosswalks.descriptor.model import CoProvider, Organisation
from crosswalks.descriptor.types import Identifier
from crosswalks.nzqa.model import NzqaProposal, Provider
from crosswalks.nzqa.notes import Notes
from crosswalks.nzqa.values import maori_key
from crosswalks.text import UNDETERMINED

ORGANISATION_NUMBER = "nzqa-education-organisation"
PROVIDER_ID = "nzqa-provider"
_COUNTRY = "NZ"
_SOLE = "developer_is_the_only_accredited_provider"


def parties(listing: NzqaProposal, notes: Notes) -> tuple[Organisation | None, tuple[CoProvider, ...]]:
    """Return the awarding body, where it can be told, and everybody else by role."""
    taking_part = [*_developer(listing, notes)]
    for index, provider in enumerate(listing.providers):
        taking_part.extend(_accredited(provider, f"providers.{index}", len(taking_part), notes))
    if not listing.providers:
        notes.ledger.unknown("providers")
    return _issuer(listing, notes), tuple(taking_part)


def _developer(listing: NzqaProposal, notes: Notes) -> list[CoProvider]:
    if not listing.developer:
        notes.ledger.unknown("developer")
        return []
    notes.ledger.mapped("developer", "co_providers.0.name")
    notes.ledger.derived("developer", "co_providers.0.role", "named_as_developer")
    return [CoProvider(name={UNDETERMINED: listing.developer}, role="developer")]


def _accredited(provider: Provider, source: str, index: int, notes: Notes) -> list[CoProvider]:
    target = f"co_providers.{index}"
    if provider.towns:
        notes.ledger.dropped(f"{source}.towns", "no_descriptor_slot", value=", ".join(provider.towns))
    if not provider.name:
        numbers = ", ".join(filter(None, (provider.number, *provider.provider_ids)))
        notes.ledger.dropped(source, "provider_without_name", value=numbers)
        notes.issues.append(Issue("provider_without_name", {"ids": numbers or "-"}, place=source))
        return []
    notes.ledger.mapped(f"{source}.name", f"{target}.name")
    notes.ledger.derived(f"{source}.name", f"{target}.role", "listed_as_accredited")
    identifiers = _identifiers(provider)
    if identifiers:
        notes.ledger.defaulted(f"{target}.country", "registry_country")
    numbered = ["number"] if provider.number else []
    places = [*numbered, *(f"provider_ids.{number}" for number, _ in enumerate(provider.provider_ids))]
    for number, field in enumerate(places):
        notes.ledger.mapped(f"{source}.{field}", f"{target}.id.{number}.value")
        notes.ledger.defaulted(f"{target}.id.{number}.scheme", "numbering_of_the_register")
    country = _COUNTRY if identifiers else None
    name = {UNDETERMINED: provider.name}
    return [CoProvider(name=name, country=country, id=identifiers, role="accredited_provider")]


def _identifiers(provider: Provider) -> tuple[Identifier, ...]:
    own = (Identifier(scheme=ORGANISATION_NUMBER, value=provider.number),) if provider.number else ()
    return (*own, *(Identifier(scheme=PROVIDER_ID, value=value) for value in provider.provider_ids))


def _issuer(listing: NzqaProposal, notes: Notes) -> Organisation | None:
    if not listing.developer or len(listing.providers) != 1:
        return None
    provider = listing.providers[0]
    if not provider.name or maori_key(provider.name) != maori_key(listing.developer):
        return None
    notes.derived("issuer.name", _SOLE, "developer", "providers.0.name")
    identifiers = _identifiers(provider)
    if not identifiers:
        return Organisation(name={UNDETERMINED: listing.developer})
    notes.ledger.defaulted("issuer.country", "registry_country")
    notes.derived("issuer.id", _SOLE, "providers.0")
    return Organisation(name={UNDETERMINED: listing.developer}, country=_COUNTRY, id=identifiers)
