"""A credential and its course in schema.org's own words, as web pages carry them.

Kept out: people and contacts, pictures, ratings; their names stay in `left_out`. Keys that were reviewed and have no
place in a descriptor stay in `unplaced`, keys nobody has seen in `others`. Source: schema.org
(EducationalOccupationalCredential, Course, CourseInstance); `terms.tsv` and `unplaced.sssom.tsv` have the keys.
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from crosswalks.listing import Listing

Texts = dict[str, str]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DefinedTerm(_Closed):
    """A term, of a set that is named: a level, a competency, a field, a category."""

    id: str | None = None
    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    description: Texts | None = None
    code: str | None = None
    term_set: str | None = None
    url: str | None = None


class PropertyValue(_Closed):
    """An identifier and its scheme."""

    kinds: tuple[str, ...] = ()
    scheme: str | None = None
    value: str | None = None


class PostalAddress(_Closed):
    """Where an organisation is, as far as country and region."""

    kinds: tuple[str, ...] = ()
    country: str | None = None
    region: str | None = None


class Organization(_Closed):
    """An organisation."""

    id: str | None = None
    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    url: str | None = None
    identifiers: tuple[PropertyValue, ...] = ()
    address: PostalAddress | None = None
    same_as: tuple[str, ...] = ()


class Figure(_Closed):
    """A credit figure (StructuredValue) with its unit."""

    kinds: tuple[str, ...] = ()
    value: Decimal | None = None
    unit: str | None = None
    description: Texts | None = None


class Audience(_Closed):
    """Whom the course is for."""

    kinds: tuple[str, ...] = ()
    name: Texts | None = None


class Offer(_Closed):
    """A price."""

    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    price: Decimal | None = None
    currency: str | None = None
    description: Texts | None = None
    url: str | None = None
    category: str | None = None


class Place(_Closed):
    """Where an intake takes place."""

    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    address: PostalAddress | None = None


class CourseInstance(_Closed):
    """One intake, or one way in which the course is held."""

    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    modes: tuple[str, ...] = ()
    workload: str | None = None
    starts: str | None = None
    ends: str | None = None
    duration: str | None = None
    location: Place | None = None
    capacity: Decimal | None = None
    description: Texts | None = None
    offers: tuple[Offer, ...] = ()


class Course(_Closed):
    """The course that leads to the credential."""

    id: str | None = None
    kinds: tuple[str, ...] = ()
    name: Texts | None = None
    description: Texts | None = None
    url: str | None = None
    code: str | None = None
    providers: tuple[Organization, ...] = ()
    languages: tuple[str, ...] = ()
    teaches: tuple[DefinedTerm, ...] = ()
    levels: tuple[DefinedTerm, ...] = ()
    prerequisites: tuple[Texts, ...] = ()
    credits: tuple[Figure, ...] = ()
    time_required: str | None = None
    about: tuple[DefinedTerm, ...] = ()
    audiences: tuple[Audience, ...] = ()
    offers: tuple[Offer, ...] = ()
    instances: tuple[CourseInstance, ...] = ()
    modes: tuple[str, ...] = ()
    awarded: tuple[Texts, ...] = ()


class SchemaorgListing(Listing):
    """One credential with its course. A course that names no credential stands for one itself."""

    id: str | None = None
    kinds: tuple[str, ...] = ()
    category: tuple[DefinedTerm, ...] = ()
    name: Texts | None = None
    description: Texts | None = None
    url: str | None = None
    version: str | None = None
    identifiers: tuple[PropertyValue, ...] = ()
    provider: tuple[Organization, ...] = ()
    recognized_by: tuple[Organization, ...] = ()
    levels: tuple[DefinedTerm, ...] = ()
    competencies: tuple[DefinedTerm, ...] = ()
    attribution: str | None = None
    offers: tuple[Offer, ...] = ()
    course: Course | None = None
    left_out: tuple[str, ...] = ()
    unplaced: dict[str, str] = Field(default_factory=dict)
    others: dict[str, str] = Field(default_factory=dict)
