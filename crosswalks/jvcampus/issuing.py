"""Who stands behind a course: its Box, the institution whose Box that is, and badge classes it links to.

A Box names an institution only where the deployment states that it is that institution's own. A badge class
that the course's own text links to says that there is a digital certificate; all else it says is about the
badge.
"""

from __future__ import annotations

import re

from crosswalks.descriptor.model import FurtherInfo, Organisation
from crosswalks.jvcampus.draft import Draft
from crosswalks.jvcampus.model import Box, CourseProposal
from crosswalks.openbadges.read import is_address, technical_standard

_COUNTRY_CODE = re.compile(r"^[A-Z]{2}$")
_BADGE_NUMBER = re.compile(r"[?&]id=(\d{1,12})(?:&|$)")


def carry_box(box: Box | None, draft: Draft) -> None:
    """Keep the names of the Box and of those above it; what they say about an issuer is decided apart."""
    if box is None or box == Box():
        draft.ledger.unknown("category")
        return
    if box.id is not None:
        draft.ledger.dropped("category.id", "technical_field", value=box.id)
    names = [(f"category.path.{number}", name) for number, name in enumerate(box.path)]
    for source, name in [*names, ("category.name", box.name)]:
        texts = draft.texts(name or "", lines=False)
        if name and texts.by_language:
            draft.carried(source, f"further_info.{len(draft.further)}.label", name, texts)
            draft.further.append(FurtherInfo(label=texts.by_language))
        elif name:
            draft.ledger.dropped(source, "page_furniture", value=name)
    if box.kind == "package":
        draft.ledger.dropped("category.kind", "no_place_for_this_value", value=box.kind)


def issuer_of(box: Box | None, draft: Draft) -> Organisation | None:
    """Return who awards: as a custom field says, else the institution whose own Box it is stated to be."""
    stated = draft.single.get("issuer.name")
    own = draft.texts(box.institution, lines=False).by_language if box and box.institution else {}
    if box and box.kind == "institution":
        _from_box(draft, "category.kind", box.kind, used=bool(own) and stated is None)
    if box and box.institution:
        _from_box(draft, "category.institution", box.institution, used=bool(own) and stated is None)
    name = stated or own
    if not name or draft.issuer_country:
        if box and box.country:
            draft.ledger.dropped("category.country", "lossy_split", value=box.country)
        if not name or not draft.issuer_country:
            if draft.issuer_country:
                draft.ledger.dropped(draft.issuer_country[0], "lossy_split", value=draft.issuer_country[1])
            return None
        draft.ledger.mapped(draft.issuer_country[0], "issuer.country")
        return Organisation(name=name, country=draft.issuer_country[1])
    country = "JP"
    if box and box.country and _COUNTRY_CODE.match(box.country):
        country = box.country
        draft.ledger.derived("category.country", "issuer.country", "country_of_the_box")
    else:
        draft.ledger.defaulted("issuer.country", "registry_country")
        if box and box.country:
            draft.not_understood("category.country", box.country)
    return Organisation(name=name, country=country)


def _from_box(draft: Draft, source: str, value: str, *, used: bool) -> None:
    if used:
        draft.ledger.derived(source, "issuer.name", "individual_institution_box")
    else:
        draft.ledger.dropped(source, "lossy_split", value=value)


def carry_badges(course: CourseProposal, draft: Draft) -> None:
    """Take from linked badge classes that there is a digital certificate, and leave the rest to the badge."""
    names = {}
    for number, badge in enumerate(course.badges):
        path = f"badges.{number}"
        draft.ledger.derived(path, "certificate.form", "badge_class_linked_from_the_course")
        if "digital" not in draft.forms:
            draft.forms.append("digital")
        if standard := technical_standard(badge):
            draft.ledger.derived(f"{path}.context", "certificate.technical", "context_of_open_badges_2")
            if standard not in draft.technical:
                draft.technical.append(standard)
        draft.ledger.dropped(path, "lossy_split")
        if match := _BADGE_NUMBER.search(badge.id or ""):
            names[match.group(1)] = (f"{path}.name", badge.name)
    for number, link in enumerate(course.badge_links):
        if not is_address(link):
            draft.not_understood(f"badge_links.{number}", link)
            continue
        target = f"further_info.{len(draft.further)}"
        draft.ledger.mapped(f"badge_links.{number}", f"{target}.url")
        match = _BADGE_NUMBER.search(link)
        label = None
        if match and match.group(1) in names:
            source, name = names.pop(match.group(1))
            texts = draft.texts(name, lines=False)
            if texts.by_language:
                draft.carried(source, f"{target}.label", name, texts)
                label = texts.by_language
        draft.further.append(FurtherInfo(label=label, url=link))
