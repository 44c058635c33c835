"""A course of a Moodle site in Moodle's own words, as its web service and its public pages give it.

There is no field for people. What Moodle changes without anybody changing the course (`timemodified`,
`cacherev`, sort orders) is left out, so that it never looks like a change of the listing.
Source: Moodle's external functions `core_course_*` and its public course pages.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crosswalks.listing import Listing
from crosswalks.openbadges.model import BadgeClass, Reason

BoxKind = Literal["institution", "package"]
"""個別機関Box, one institution's own, or 戦略的パッケージBox, a theme that several contribute to."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(_Closed):
    """The category of a course, which JV-Campus calls a Box, with the names of those above it, the highest
    first.

    Moodle does not say what kind of Box it is: `kind`, the `institution` and its `country` (ISO 3166) are
    there only where the deployment states them for this category or one above it.
    """

    id: int | None = None
    name: str | None = None
    path: tuple[str, ...] = ()
    kind: BoxKind | None = None
    institution: str | None = None
    country: str | None = None


class CustomField(_Closed):
    """A field that the site's administrators added. `value` is what readers see; it may hold markup.

    `means`, `unit`, `scheme` and `system` are there only where the deployment states them for its site.
    """

    shortname: str
    name: str | None = None
    type: str | None = None
    value: str | None = None
    means: str | None = None
    unit: str | None = None
    scheme: str | None = None
    system: str | None = None


class CourseProposal(Listing):
    """The fields of one course, which may not be on the site yet and then has no number.

    Texts may hold markup and language marks; dates are Unix seconds, and 0 says that there is none.

    `url` is the course's public page. `badge_links` are badge classes that the course's own text links to,
    `badges` what those say. `site_language` and `time_zone` are what the deployment states of the site.
    `left_out` names, by reason, keys of Moodle that were not taken in; `others` holds keys that nobody has
    seen.
    """

    id: int | None = Field(default=None, gt=0)
    fullname: str = Field(min_length=1)
    shortname: str | None = None
    displayname: str | None = None
    idnumber: str | None = None
    category: Box | None = None
    summary: str | None = None
    summaryformat: int | None = None
    format: str | None = None
    startdate: int | None = None
    enddate: int | None = None
    lang: str | None = None
    visible: bool | None = None
    customfields: tuple[CustomField, ...] = ()
    tags: tuple[str, ...] = ()
    enrollmentmethods: tuple[str, ...] = ()
    url: str | None = None
    badge_links: tuple[str, ...] = ()
    badges: tuple[BadgeClass, ...] = ()
    site_language: str | None = None
    time_zone: str | None = None
    left_out: dict[Reason, str] = Field(default_factory=dict)
    others: dict[str, str] = Field(default_factory=dict)


class MoodleCourse(CourseProposal):
    """A course of a site, known by its number there."""

    id: int = Field(gt=0)
