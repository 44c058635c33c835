"""Descriptor → ELM: one learning opportunity with its specification, outcomes, assessments and organisations.

The result is a tree of plain values whose names are those of our JSON-LD context; every serialisation is made from it.
Nothing mandatory is ever made up: what is missing and has no honest "unknown" withholds the record, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import orjson

from config.messages import Issue
from crosswalks.descriptor.model import Descriptor, ExternalQuality
from crosswalks.elm.concepts import Node
from crosswalks.elm.writing.assurance import accreditations, institutional
from crosswalks.elm.writing.draft import RECORD_PATH, Draft
from crosswalks.elm.writing.opportunity import opportunity_node
from crosswalks.elm.writing.organisations import organisation_node
from crosswalks.elm.writing.specification import specification_node

_PROVIDING = frozenset({"provider", "accredited_provider"})


@dataclass(slots=True)
class Written:
    """An ELM record, or the reason why there is none.

    `concepts` are those the record refers to. `cases` names, by path of the descriptor, what became of a value where
    that depends on the value; the ledger is made from it and the table of outgoing fields.
    """

    record: Node | None
    concepts: dict[str, Node] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    withheld: Issue | None = None
    _json: bytes = field(default=b"", repr=False, compare=False)

    def json(self) -> bytes:
        """Return the record as JSON. It is made once, so the record must not change after."""
        if not self._json:
            self._json = orjson.dumps(self.record)
        return self._json


def build(descriptor: Descriptor, modified: datetime | None = None) -> Written:
    """Carry a descriptor to ELM. `modified` is when the record last changed in the registry, if it is in one."""
    draft = Draft(descriptor)
    if not descriptor.learning_outcomes:
        return _withheld(draft, "withheld_no_outcome")
    page = descriptor.landing_page or _public_page(draft)
    if page is None:
        return _withheld(draft, "withheld_no_page")
    providers, awarding = _organisations(draft)
    if not providers:
        nobody = descriptor.issuer is None and not any(one.role in _PROVIDING for one in descriptor.co_providers)
        return _withheld(draft, "withheld_no_provider" if nobody else "withheld_no_country")
    changed = modified.isoformat() if modified else None
    specification = specification_node(draft, awarding, providers, changed)
    record = opportunity_node(draft, page, providers, specification, changed)
    return Written(record, draft.concepts, draft.cases)


def _withheld(draft: Draft, code: str) -> Written:
    return Written(None, withheld=Issue(code, record=draft.root))


def _public_page(draft: Draft) -> str | None:
    """Return the record's page in our registry, or its own address when it is none of ours."""
    if not draft.root.startswith("http"):
        return None
    draft.cases["landing_page"] = "registry_page"
    return draft.root.replace(RECORD_PATH, "/mc/")


def _organisations(draft: Draft) -> tuple[list[Node], Node | None]:
    """Return the providers, and the awarding body; the awarding body provides when nobody else is said to."""
    descriptor, base = draft.descriptor, draft.base
    judged = institutional(descriptor.quality_assurance)
    awarding = _awarding(draft, judged)
    if awarding is not None and not descriptor.co_providers:
        draft.cases["issuer.provides"] = "issuer_provides"
        return [awarding], awarding
    unjudged = organisation_node(base, descriptor.issuer, draft.concepts) if descriptor.issuer and judged else awarding
    providers: list[Node] = []
    for index, other in enumerate(descriptor.co_providers):
        node = organisation_node(base, other, draft.concepts) if other.role in _PROVIDING else None
        if node is None:
            draft.cases[f"co_providers.{index}"] = "not_provider"
        elif awarding and unjudged and node["id"] == unjudged["id"]:
            providers.append(awarding)
        else:
            providers.append(node)
    if not providers and awarding is not None:
        providers = [awarding]
        draft.cases["issuer.provides"] = "issuer_provides"
    return providers, awarding


def _awarding(draft: Draft, judged: dict[int, ExternalQuality]) -> Node | None:
    issuer = draft.descriptor.issuer
    if issuer is None:
        return None
    node = organisation_node(draft.base, issuer, draft.concepts, judged.values())
    if node is None:
        draft.cases["issuer"] = "no_country"
    elif judged:
        node = {**node, "accreditation": accreditations(draft, node, judged.values())}
        draft.cases.update(dict.fromkeys((f"quality_assurance.external.{index}" for index in judged), "accreditation"))
    return node
