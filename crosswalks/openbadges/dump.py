"""Badges as JSON-LD: achievements of Open Badges 3.0, or badge classes of 2.0, each with our extension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from crosswalks.files import write_json
from crosswalks.openbadges.extension import (
    CONTEXT_PATH,
    NODE_TYPE,
    OB2_TERM,
    OB3_TERM,
    PUBLIC_BASE,
    encoded,
)
from crosswalks.openbadges.model import Achievement, AchievementAlignment, Profile

FORMATS = {"ob3": "json", "ob2": "json"}
OB3_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OB2_CONTEXT = "https://w3id.org/openbadges/v2"

Node = dict[str, Any]


def dump(badges: Iterable[Achievement], form: str, out: BinaryIO, options: Mapping[str, str]) -> None:
    """Write one object, or an array of several. `public_base` among the options says where our context is."""
    base = options.get("public_base", PUBLIC_BASE).rstrip("/")
    write_json((badge_class(one, base) if form == "ob2" else achievement(one, base) for one in badges), out)


def achievement(badge: Achievement, base: str = PUBLIC_BASE) -> Node:
    """Return a badge as an achievement of Open Badges 3.0."""
    figure = badge.credits_available
    node: Node = {
        "@context": [OB3_CONTEXT, base + CONTEXT_PATH],
        "id": badge.id,
        "type": ["Achievement"],
        "achievementType": badge.achievement_type,
        "name": badge.name,
        "description": badge.description,
        "inLanguage": badge.language,
        "version": badge.version,
        "criteria": _criteria(badge),
        "creator": _profile(badge.issuer),
        "creditsAvailable": None if figure is None else float(figure),
        "fieldOfStudy": badge.field_of_study,
        "otherIdentifier": _identifiers(badge),
        "alignment": [_alignment(one, "Alignment") for one in badge.alignments],
    }
    if badge.extension is not None:
        node[OB3_TERM] = {"type": [NODE_TYPE], **encoded(badge.extension)}
    return _stated(node)


def badge_class(badge: Achievement, base: str = PUBLIC_BASE) -> Node:
    """Return a badge as a badge class of Open Badges 2.0; what only 3.0 has a field for is in the extension."""
    profile = _profile(badge.issuer)
    for key in ("address", "otherIdentifier"):
        profile.pop(key, None)
    node: Node = {
        "@context": OB2_CONTEXT,
        "id": badge.id,
        "type": "BadgeClass",
        "name": badge.name,
        "description": badge.description,
        "@language": badge.language,
        "version": badge.version,
        "criteria": _criteria(badge),
        "issuer": profile | {"type": "Issuer"} if profile else None,
        "alignment": [_alignment(one, "AlignmentObject") for one in badge.alignments],
    }
    if badge.extension is not None:
        node[OB2_TERM] = {
            "@context": base + CONTEXT_PATH,
            "type": ["Extension", OB2_TERM, NODE_TYPE],
            **encoded(badge.extension),
        }
    return _stated(node)


def _criteria(badge: Achievement) -> Node:
    """Return the criteria, which both versions demand: an empty object where the record has none."""
    criteria = badge.criteria
    return _stated({"id": criteria.id, "narrative": criteria.narrative}) if criteria else {}


def _profile(profile: Profile | None) -> Node:
    if profile is None:
        return {}
    address = _stated({"addressCountryCode": profile.country, "addressRegion": profile.region})
    return _stated(
        {
            "id": profile.id,
            "type": ["Profile"],
            "name": profile.name,
            "url": profile.url,
            "address": {"type": ["Address"], **address} if address else None,
            "otherIdentifier": _identifiers(profile),
        }
    )


def _identifiers(holder: Achievement | Profile) -> list[Node]:
    return [
        {"type": "IdentifierEntry", "identifier": one.identifier, "identifierType": one.identifier_type}
        for one in holder.other_identifiers
    ]


def _alignment(one: AchievementAlignment, kind: str) -> Node:
    node: Node = {
        "type": [kind],
        "targetName": one.target_name,
        "targetUrl": one.target_url,
        "targetFramework": one.target_framework,
        "targetCode": one.target_code,
        "targetType": one.target_type if kind == "Alignment" else None,
    }
    return _stated(node)


def _stated(node: Node) -> Node:
    """Return a node without what says nothing; criteria stay even if empty."""
    return {key: value for key, value in node.items() if value not in (None, "", [], {}) or key == "criteria"}
