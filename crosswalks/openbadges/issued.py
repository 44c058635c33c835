"""Badges out of what was issued to somebody: the achievement of a credential (3.0), the badge of an assertion (2.0).

Only what is certified is taken out. The holder, the results and the envelope stay behind, told by name and without
their values. Whoever issued the credential stands for the badge's issuer where the badge names none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crosswalks.openbadges.model import Reason

ISSUED = frozenset({
    "Assertion", "VerifiableCredential", "AchievementCredential", "OpenBadgeCredential", "EndorsementCredential",
    "VerifiablePresentation", "Endorsement", "ClrCredential",
})  # fmt: skip
"""Types of what is issued to somebody."""
_ENVELOPE = frozenset({
    "type", "@type", "id", "@id", "name", "description", "image", "proof", "credentialSchema", "credentialStatus",
    "refreshService", "termsOfUse", "verification", "issuer", "badge",
})  # fmt: skip
"""What says nothing about the holder: marks of the credential itself, and what is taken out of it."""
_CARRIED = frozenset({"@context", "achievement", "badge"})


def taken_out(record: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], dict[str, Reason]]]:
    """Return each badge of something issued, with the names of what was left behind; none when it holds no badge."""
    subjects = [one for one in _listed(record.get("credentialSubject")) if isinstance(one, Mapping)]
    holders = [*(one.get("achievement") for one in subjects), record.get("badge")]
    badges = [badge for held in holders for badge in _listed(held) if isinstance(badge, Mapping) and "name" in badge]
    if not badges:
        return []
    left: dict[str, Reason] = dict(_left_behind(record, subjects))
    made: list[tuple[Mapping[str, Any], dict[str, Reason]]] = []
    for badge in badges:
        lifted = {"@context": record.get("@context"), **badge}
        if not (badge.get("creator") or badge.get("issuer")) and record.get("issuer"):
            made.append((lifted | {"issuer": record["issuer"]}, left))
        elif record.get("issuer"):
            made.append((lifted, {**left, "credential.issuer": "edc_envelope"}))
        else:
            made.append((lifted, left))
    return made


def _left_behind(record: Mapping[str, Any], subjects: list[Mapping[str, Any]]) -> Iterator[tuple[str, Reason]]:
    for key in record:
        if key not in _CARRIED and key not in {"credentialSubject", "issuer"}:
            yield f"credential.{key}", "edc_envelope" if key in _ENVELOPE else "personal_data"
    for subject in subjects:
        for key in subject:
            if key not in _CARRIED:
                yield f"credential.credentialSubject.{key}", "personal_data"


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
