"""Our extension of Open Badges: what a badge class or an achievement has no field for, in terms of our own.

The terms are those of `extension_terms.tsv`; `context` makes the JSON-LD context that is published for them. A badge
that carries the extension was written from a descriptor: whatever the extension is silent about was not stated there.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from crosswalks.descriptor import model
from crosswalks.descriptor.types import (
    Credit,
    CreditStatus,
    FieldOfStudy,
    Identifier,
    LangText,
    LanguageTag,
    Level,
    McClass,
    Part,
    StackStatus,
    Text,
    Url,
)

PUBLIC_BASE = "https://kakehashi.example"
"""Where the context is published unless the deployment says otherwise."""
CONTEXT_PATH = "/ns/openbadges/v1"
"""The path of the context below the public address; it never changes its meaning."""
TERMS_PATH = "/ns/openbadges#"
OB3_TERM = "microCredential"
"""The property of an Open Badges 3.0 achievement that holds the extension."""
OB2_TERM = "extensions:microCredential"
"""The property of an Open Badges 2.0 badge class that holds the extension."""
NODE_TYPE = "MicroCredentialListing"


class ListedAt(Part):
    """Which registry lists the micro-credential, where, in what state, and what it wants said about the source."""

    registry: Text | None = None
    url: Url | None = None
    status: Text | None = None
    attribution: Text | None = None


class Extension(BaseModel):
    """What Open Badges has no field for, or only one in one language. The parts are those of the descriptor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    identifiers: tuple[Identifier, ...] = ()
    title: LangText | None = None
    description: LangText | None = None
    language_of_instruction: tuple[LanguageTag, ...] = ()
    field: tuple[FieldOfStudy, ...] = ()
    landing_page: Url | None = None
    issuer: model.Organisation | None = None
    co_providers: tuple[model.CoProvider, ...] = ()
    learning_outcomes: tuple[model.Outcome, ...] = ()
    outcome_summary: LangText | None = None
    assessment: tuple[model.Assessment, ...] = ()
    volume: model.Volume | None = None
    level: tuple[Level, ...] = ()
    teaching_method: tuple[model.TeachingMethod, ...] = ()
    quality_assurance: model.QualityAssurance | None = None
    credit: tuple[Credit, ...] = ()
    credit_status: CreditStatus | None = None
    other_recognition: tuple[model.OtherRecognition, ...] = ()
    certificate: model.Certificate | None = None
    stackability: tuple[model.StackLink, ...] = ()
    stackability_status: StackStatus | None = None
    prerequisites: tuple[LangText, ...] = ()
    grading_scheme: LangText | None = None
    fee: model.Fee | None = None
    offer: tuple[model.Offer, ...] = ()
    target_group: tuple[LangText, ...] = ()
    education_classification: McClass | None = None
    further_info: tuple[model.FurtherInfo, ...] = ()
    recognition: model.Recognition | None = None
    source: ListedAt | None = None


class Term(NamedTuple):
    """One term of the extension: the field it stands for, its name in JSON, and how its value is written.

    Forms: `node` an object, `text` a text by language, `texts` a list of those, `iri`, `plain`, or a datatype.
    """

    field: str
    name: str
    form: str
    label_ja: str


@cache
def terms() -> dict[str, Term]:
    """Return the terms by field."""
    path = Path(__file__).parent / "extension_terms.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Term(*row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
    return {row.field: row for row in rows}


@cache
def _fields_by_name() -> dict[tuple[str, str], Term]:
    """Return the terms by the field they stand below and their name in JSON."""
    return {(term.field.rpartition(".")[0], term.name): term for term in terms().values()}


def encoded(extension: Extension) -> dict[str, Any]:
    """Return the extension as JSON in its own terms, without its type."""
    return _encoded(extension.model_dump(mode="json", exclude_defaults=True), "")


def _encoded(value: dict[str, Any], above: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, item in value.items():
        term = terms()[f"{above}{name}"]
        if term.form == "node":
            below = f"{term.field}."
            parts = [_encoded(part, below) for part in item] if isinstance(item, list) else _encoded(item, below)
            made[term.name] = parts
        elif term.form == "texts":
            made[term.name] = [{"text": text} for text in item]
        else:
            made[term.name] = item
    return made


def decoded(value: dict[str, Any]) -> tuple[Extension, dict[str, Any]]:
    """Return the extension that a JSON object holds, and what of it is no term of ours, by path.

    Raises pydantic's `ValidationError` (a `ValueError`) for values that do not fit.
    """
    unknown: dict[str, Any] = {}
    content = _decoded(value, "", unknown)
    return Extension.model_validate(content), unknown


def _decoded(value: dict[str, Any], above: str, unknown: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, item in value.items():
        term = _fields_by_name().get((above, name))
        if name in {"type", "@type", "@context"} and term is None:
            continue
        if term is None:
            unknown[f"{above}.{name}" if above else name] = item
            continue
        field = term.field.rpartition(".")[2]
        parts = item if isinstance(item, list) else [item]
        if term.form == "node" and all(isinstance(part, dict) for part in parts):
            inner = [_decoded(part, term.field, unknown) for part in parts]
            made[field] = inner if isinstance(item, list) else inner[0]
        elif term.form == "texts":
            made[field] = [part.get("text") if isinstance(part, dict) else part for part in parts]
        else:
            made[field] = item
    return made


def context(base: str = PUBLIC_BASE) -> dict[str, Any]:
    """Return the JSON-LD context of the extension, as it is published at `base` + `CONTEXT_PATH`.

    An achievement (3.0) names it beside the context of Open Badges; in a badge class (2.0) the extension names it. No
    term has the name of a term of Open Badges, whose own are protected.
    """
    own = f"{base}{TERMS_PATH}"
    made: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type", NODE_TYPE: own + NODE_TYPE}
    made[OB3_TERM] = {"@id": own + OB3_TERM, "@type": "@id"}
    for term in sorted(terms().values(), key=lambda term: term.name):
        entry: dict[str, Any] = {"@id": own + term.name}
        if term.form == "text":
            entry["@container"] = "@language"
        elif term.form in {"node", "texts", "iri"}:
            entry["@type"] = "@id"
        elif term.form.startswith("xsd:"):
            entry["@type"] = "http://www.w3.org/2001/XMLSchema#" + term.form.removeprefix("xsd:")
        made[term.name] = entry
    return {"@context": made}
