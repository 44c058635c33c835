"""A micro-credential of NZQA's register in its own words.

Which fields there are follows rule 6 of the Qualification and Micro-credential Listing and Operational Rules
2022; nearly all may be missing. Values stand as the pages give them. People have no field here.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from crosswalks.descriptor.types import Text
from crosswalks.listing import Listing


class Provider(BaseModel):
    """A body accredited to deliver the credential; the register calls it an education organisation.

    `number` is its four-digit organisation number. `provider_ids` are nine digits each, one for each delivery
    site, and `towns` are where those sites are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Text | None = None
    provider_ids: tuple[Text, ...] = ()
    name: Text | None = None
    towns: tuple[Text, ...] = ()


class StatedOutcome(BaseModel):
    """One item of an outcome statement. `heading` is the word its list stands under, as in `Skills`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Text
    heading: Text | None = None


class NzqaProposal(Listing):
    """The fields of one micro-credential, which may not be in the register yet and then has no number.

    `outcome_statement` is the running text of the statement and `outcomes` its items. `providers` is a set,
    kept in a fixed order. `page` is the address of the record's own page, relative to the page that lists it.
    `languages` holds the language of a field where the page itself marks it. `others` holds the values of
    labels that nobody has seen before.
    """

    number: Text | None = None
    title: Text | None = None
    version: Text | None = None
    status: Text | None = None
    type: Text | None = None
    level: Text | None = None
    credits: Text | None = None
    nzsced: Text | None = None
    purpose: Text | None = None
    outcome_statement: Text | None = None
    outcomes: tuple[StatedOutcome, ...] = ()
    pathway_education: Text | None = None
    pathway_employment: Text | None = None
    developer: Text | None = None
    standards: tuple[Text, ...] = ()
    review_period: Text | None = None
    review_date: Text | None = None
    te_hono: Text | None = None
    providers: tuple[Provider, ...] = ()
    page: Text | None = None
    languages: dict[str, Text] = Field(default_factory=dict)
    others: dict[str, Text] = Field(default_factory=dict)


class NzqaListing(NzqaProposal):
    """One micro-credential of the register, known by its register number alone."""

    number: Text
