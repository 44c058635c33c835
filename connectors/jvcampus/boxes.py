"""Boxes: what is known of Moodle's categories, and what courses take from it.

The same category is named in several answers: by links to it, on its own page, in the web service's list.
Each says what it knows under a key of its own; `joined` puts it together for a course.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel, ConfigDict

from connectors.contract import Found
from connectors.jvcampus.options import Options
from crosswalks.jvcampus.model import Box, BoxKind, MoodleCourse
from crosswalks.openbadges.model import BadgeClass


class BoxEntry(BaseModel):
    """A category: its name, the numbers of those above it (the highest first), and what is stated of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: int
    name: str
    parents: tuple[int, ...] = ()
    kind: BoxKind | None = None
    country: str | None = None


def entry(options: Options, number: int, name: str, parents: tuple[int, ...] = ()) -> BoxEntry:
    """Return a category with what the deployment states of it."""
    stated = options.stated_box(number, name)
    kind, country = (stated.kind, stated.country) if stated else (None, None)
    return BoxEntry(id=number, name=name, parents=parents, kind=kind, country=country)


def own_key(number: int) -> str:
    """Return the key of what a category's own page or the web service says."""
    return f"box {number}"


def link_key(number: int) -> str:
    """Return the key of what a link to a category says."""
    return f"box link {number}"


def badge_key(number: str) -> str:
    """Return the key of a badge class."""
    return f"badge {number}"


def stated_of(options: Options, box: Box | None) -> Box | None:
    """Return a course's Box with what the deployment states of it by number or name."""
    stated = options.stated_box(box.id, box.name) if box else None
    if box is None or stated is None:
        return box
    institution = box.name if stated.kind == "institution" else None
    return box.model_copy(update={"kind": stated.kind, "institution": institution, "country": stated.country})


def joined(found: Found, lookups: Mapping[str, BaseModel]) -> Found:
    """Add to a course the names of its Boxes, what is stated of them, and the badge classes it links to."""
    course = cast("MoodleCourse", found.listing)
    if not lookups or not isinstance(course, MoodleCourse):
        return found
    update: dict[str, object] = {}
    if course.category is not None and course.category.id is not None:
        box = _box(course.category, course.category.id, lookups)
        if box != course.category:
            update["category"] = box
    badges = [lookups.get(badge_key(link.rpartition("=")[2])) for link in course.badge_links]
    if any(badges):
        update["badges"] = tuple(badge for badge in badges if isinstance(badge, BadgeClass))
    return Found(course.model_copy(update=update), found.places) if update else found


def _known(number: int, lookups: Mapping[str, BaseModel]) -> BoxEntry | None:
    known = lookups.get(own_key(number)) or lookups.get(link_key(number))
    return known if isinstance(known, BoxEntry) else None


def _box(box: Box, number: int, lookups: Mapping[str, BaseModel]) -> Box:
    own = _known(number, lookups)
    if own is None:
        return box
    above = [known for parent in own.parents if (known := _known(parent, lookups))]
    stated = next((known for known in (own, *reversed(above)) if known.kind), None)
    update: dict[str, object] = {"name": box.name or own.name, "path": tuple(known.name for known in above)}
    if stated is not None and box.kind is None:
        institution = stated.name if stated.kind == "institution" else None
        update |= {"kind": stated.kind, "institution": institution, "country": stated.country}
    return box.model_copy(update=update)
