"""An Open Badges 2.0 BadgeClass or 3.0 Achievement in its own words.

Kept out: the picture, and everything about people (an issuer's e-mail and telephone, a picture's author); the
names of what was kept out stay, with the reason. `parse.py` reads them from JSON.
Source: Open Badges 2.0 (BadgeClass, Profile, AlignmentObject, Criteria) and 3.0 (Achievement, Profile, Alignment,
IdentifierEntry); the extensions of SURF's edubadges.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crosswalks.listing import Listing
from crosswalks.openbadges.extension import Extension

Reason = Literal["page_furniture", "personal_data", "technical_field", "no_descriptor_slot", "edc_envelope"]
"""Why a key of the source is not taken in."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alignment(_Closed):
    """What the badge is said to be aligned with: a skill, a standard, a course, another credential."""

    target_name: str | None = None
    target_url: str | None = None
    target_description: str | None = None
    target_framework: str | None = None
    target_code: str | None = None


class Criteria(_Closed):
    """How the badge is earned: the address of a page, words (in Markdown), or both."""

    id: str | None = None
    narrative: str | None = None


class Issuer(_Closed):
    """Who issues the badge, without any contact."""

    id: str | None = None
    name: str | None = None
    url: str | None = None
    description: str | None = None


class RelatedBadge(_Closed):
    """Another badge class that this one names, often the same in another language or version."""

    id: str
    version: str | None = None
    language: str | None = None


class BadgeClass(Listing):
    """One badge class. `left_out` names keys that were kept out and why; `others` holds unknown keys."""

    name: str = Field(min_length=1)
    id: str | None = None
    context: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    description: str | None = None
    language: str | None = None
    version: str | None = None
    criteria: Criteria | None = None
    issuer: Issuer | None = None
    alignments: tuple[Alignment, ...] = ()
    tags: tuple[str, ...] = ()
    related: tuple[RelatedBadge, ...] = ()
    endorsement: str | None = None
    left_out: dict[str, Reason] = Field(default_factory=dict)
    others: dict[str, str] = Field(default_factory=dict)


class AchievementAlignment(Alignment):
    """An alignment that may say what kind of thing it points to (3.0): a competency, a credential, a course …"""

    target_type: str | None = None


class OtherIdentifier(_Closed):
    """A further identifier and its kind, which is a term of Open Badges 3.0 or one of the issuer's (`ext:…`)."""

    identifier: str
    identifier_type: str | None = None


class Profile(Issuer):
    """The organisation behind a badge (issuer in 2.0, creator in 3.0), without any contact."""

    country: str | None = None
    region: str | None = None
    other_identifiers: tuple[OtherIdentifier, ...] = ()


class Achievement(BadgeClass):
    """A badge class of 2.0 or an achievement of 3.0, with what only one of them, or an extension, can say.

    `language` is `@language` in 2.0 and `inLanguage` in 3.0, `endorsement` the first of several, `tags` is `tag` in
    3.0. `results` holds the result descriptions. `ects`, `eqf`, `study_load` (hours), `learning_outcome`, `taught_in`,
    `participation`, `assessed_by`, `supervision`, `identity_checked` and `programmes` (identifiers of the programmes it
    belongs to) come from the extensions of edubadges, `extension` is our own.
    """

    issuer: Profile | None = None
    alignments: tuple[AchievementAlignment, ...] = ()
    achievement_type: str | None = None
    credits_available: Decimal | None = None
    field_of_study: str | None = None
    human_code: str | None = None
    specialization: str | None = None
    other_identifiers: tuple[OtherIdentifier, ...] = ()
    results: tuple[str, ...] = ()
    ects: Decimal | None = None
    eqf: str | None = None
    study_load: Decimal | None = None
    learning_outcome: str | None = None
    taught_in: str | None = None
    participation: str | None = None
    assessed_by: str | None = None
    supervision: str | None = None
    identity_checked: bool | None = None
    programmes: tuple[str, ...] = ()
    extension: Extension | None = None
