"""Bodies → the parties of a listing: who developed it, and who is accredited to deliver it.

An awarding body is neither by being one, so it has no place here; what is missing is told by the rules.
"""

from __future__ import annotations

from crosswalks.nzqa.model import Provider
from crosswalks.nzqa.parties import ORGANISATION_NUMBER, PROVIDER_ID
from crosswalks.nzqa.wording import Wording
from crosswalks.outgoing import Outgoing


def developer(out: Outgoing) -> str | None:
    """Return the first body that is said to have developed the credential."""
    for index, body in enumerate(out.descriptor.co_providers):
        if body.role == "developer":
            source = f"co_providers.{index}"
            out.ledger.derived(f"{source}.role", "developer", "named_as_developer")
            return out.one_text(f"{source}.name", body.name, "developer", Wording.LANGUAGES)
    return None


def providers(out: Outgoing) -> tuple[Provider, ...]:
    """Return the bodies that are said to be accredited, with their numbers in the register of providers."""
    found: list[Provider] = []
    for index, body in enumerate(out.descriptor.co_providers):
        if body.role != "accredited_provider":
            continue
        source, target = f"co_providers.{index}", f"providers.{len(found)}"
        out.ledger.derived(f"{source}.role", f"{target}.name", "listed_as_accredited")
        name = out.one_text(f"{source}.name", body.name, f"{target}.name", Wording.LANGUAGES)
        number: str | None = None
        sites: list[str] = []
        for place, identifier in enumerate(body.id):
            if identifier.scheme == ORGANISATION_NUMBER and number is None:
                number, goal = identifier.value, f"{target}.number"
            elif identifier.scheme == PROVIDER_ID:
                goal = f"{target}.provider_ids.{len(sites)}"
                sites.append(identifier.value)
            else:
                continue
            out.ledger.mapped(f"{source}.id.{place}.value", goal)
            out.ledger.derived(f"{source}.id.{place}.scheme", goal, "numbering_of_the_register")
        found.append(Provider(number=number, provider_ids=tuple(sites), name=name))
    return tuple(found)
