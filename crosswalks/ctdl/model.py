"""A credential in CTDL, the language of Credential Engine's registry, in its own words.

Kept out: contact points, addresses beyond country and region, and pictures; their names stay in `left_out`. Keys that
were reviewed and have no place in a descriptor stay in `unplaced`, keys nobody has seen in `others`. Source: CTDL terms
of Credential Engine, as its registry publishes them (`terms.tsv` and `unplaced.sssom.tsv` have the keys).
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from crosswalks.listing import Listing

Texts = dict[str, str]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Aligned(_Closed):
    """A CredentialAlignmentObject: a term of a vocabulary or a competency, by address, code and name."""

    kinds: tuple[str, ...] = ()
    node: str | None = None
    node_name: Texts | None = None
    node_description: Texts | None = None
    code: str | None = None
    framework: str | None = None
    framework_name: Texts | None = None


class IdentifierValue(_Closed):
    """A further identifier and what kind it is."""

    kinds: tuple[str, ...] = ()
    type_name: Texts | None = None
    type: str | None = None
    code: str | None = None


class Place(_Closed):
    """Where an organisation is, as far as country and region."""

    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    country: Texts | None = None
    region: Texts | None = None


class Body(_Closed):
    """An organisation."""

    id: str | None = None
    kinds: tuple[str, ...] = ()
    ctid: str | None = None
    name: Texts | None = None
    description: Texts | None = None
    webpage: str | None = None
    identifiers: tuple[IdentifierValue, ...] = ()
    addresses: tuple[Place, ...] = ()


class DurationProfile(_Closed):
    """How long it takes: elapsed time (exact, or at least and at most), and hours of work (`time_required`)."""

    kinds: tuple[str, ...] = ()
    description: Texts | None = None
    exact: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    time_required: str | None = None


class ValueProfile(_Closed):
    """A credit figure with its unit."""

    kinds: tuple[str, ...] = ()
    value: Decimal | None = None
    unit_types: tuple[Aligned, ...] = ()
    description: Texts | None = None


class AssessmentProfile(_Closed):
    """An assessment."""

    id: str | None = None
    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    description: Texts | None = None
    methods: tuple[Aligned, ...] = ()


class ConditionProfile(_Closed):
    """A condition: what must be shown, done or had."""

    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    webpage: str | None = None
    description: Texts | None = None
    conditions: tuple[Texts, ...] = ()
    competencies: tuple[Aligned, ...] = ()
    assessments: tuple[AssessmentProfile, ...] = ()
    credit_values: tuple[ValueProfile, ...] = ()
    audiences: tuple[Aligned, ...] = ()
    audience_levels: tuple[Aligned, ...] = ()
    target_credentials: tuple[Body, ...] = ()


class CostProfile(_Closed):
    """What it costs."""

    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    description: Texts | None = None
    price: Decimal | None = None
    currency: str | None = None


class CtdlListing(Listing):
    """One credential. `ctid` is the identifier that only Credential Engine assigns."""

    id: str | None = None
    kinds: tuple[str, ...] = ()
    ctid: str | None = None
    name: Texts | None = None
    description: Texts | None = None
    webpage: str | None = None
    versions: tuple[IdentifierValue, ...] = ()
    coded_notation: str | None = None
    credential_id: str | None = None
    online_at: tuple[str, ...] = ()
    status: Aligned | None = None
    languages: tuple[str, ...] = ()
    identifiers: tuple[IdentifierValue, ...] = ()
    owned_by: tuple[Body, ...] = ()
    offered_by: tuple[Body, ...] = ()
    accredited_by: tuple[Body, ...] = ()
    approved_by: tuple[Body, ...] = ()
    recognized_by: tuple[Body, ...] = ()
    regulated_by: tuple[Body, ...] = ()
    programs: tuple[Aligned, ...] = ()
    subjects: tuple[Aligned, ...] = ()
    keywords: tuple[Texts, ...] = ()
    audience_levels: tuple[Aligned, ...] = ()
    audiences: tuple[Aligned, ...] = ()
    delivery_types: tuple[Aligned, ...] = ()
    delivery_description: Texts | None = None
    method_description: Texts | None = None
    durations: tuple[DurationProfile, ...] = ()
    non_credit: bool | None = None
    requires: tuple[ConditionProfile, ...] = ()
    entry: tuple[ConditionProfile, ...] = ()
    advanced_standing_for: tuple[ConditionProfile, ...] = ()
    part_of: tuple[Body, ...] = ()
    preparation_for: tuple[ConditionProfile, ...] = ()
    costs: tuple[CostProfile, ...] = ()
    left_out: tuple[str, ...] = ()
    unplaced: dict[str, str] = Field(default_factory=dict)
    others: dict[str, str] = Field(default_factory=dict)
