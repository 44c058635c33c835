"""What issuers and wallets can build on for one micro-credential: type, candidate of a scheme, fragment to paste.

Nothing here issues anything or is registered anywhere, and each form says so. What only an issuer can know (keys,
algorithms, which claims are mandatory or selectively disclosed) is left out. What the scheme demands beside the record
is decided by the operator, for the records of the home registry only; undecided, the form is withheld.

Sources: SD-JWT VC (draft 25), type metadata; EUDI TS11, `SchemaMeta`; OpenID4VCI 1.0, appendix on `dc+sd-jwt`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from config.messages import Issue
from config.settings import Settings
from config.yaml_files import load_yaml
from connectors.discovery import registries
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.vocabulary import properties
from crosswalks.text import UNDETERMINED
from portal.partners.log import landing
from store.publications import LogRow

FORMAT = "dc+sd-jwt"
_LABELLED = ("ja", "en")


def type_address(row: LogRow, base: str) -> str:
    """Return the name of the type that a published version describes: the address of its type metadata."""
    return f"{landing(row, base)}/versions/{row.version}.vct.json"


def type_metadata(released: Descriptor, row: LogRow, settings: Settings) -> bytes:
    """Return type metadata of SD-JWT VC; texts in Japanese and English, or in what there is instead."""
    texts = _texts(released.title)
    told: dict[str, Any] = {
        "vct": type_address(row, settings.base),
        "name": texts.get("en") or next(iter(released.title.values())).strip(),
        "description": "{en} {ja}".format_map(_note("vct", row, settings)),
        "display": [
            {"locale": tag, "name": name, **_described(released, tag)} for tag, name in texts.items()
        ],
        "claims": _claims(released, texts, "label"),
        "attribution": released.source_record.attribution,
    }  # fmt: skip
    return _json({key: value for key, value in told.items() if value})


def type_integrity(released: Descriptor, row: LogRow, settings: Settings) -> str:
    """Return the hash of the type metadata as they are written now, as `vct#integrity` of a credential has it."""
    hashed = base64.b64encode(sha256(type_metadata(released, row, settings)).digest()).decode()
    return f"sha256-{hashed}"


def issuer_fragment(released: Descriptor, row: LogRow, settings: Settings) -> bytes:
    """Return `credential_configurations_supported` of an issuer's metadata for this type, without keys and proofs.

    `vct#integrity` is of the type metadata as they stand, for the credentials of an issuer who wants to state it.
    """
    texts = _texts(released.title)
    display = [{"name": name, "locale": tag, **_described(released, tag)} for tag, name in texts.items()]
    about = {
        "specification": _rules()["specifications"]["openid4vci"],
        "registered": False,
        "note": _note("openid4vci", row, settings),
        "vct#integrity": type_integrity(released, row, settings),
        "attribution": released.source_record.attribution,
    }
    configuration = {
        "format": FORMAT,
        "vct": type_address(row, settings.base),
        "credential_metadata": {
            "display": display or [{"name": next(iter(released.title.values())).strip()}],
            "claims": _claims(released, texts, "name"),
        },
    }
    told = {key: value for key, value in about.items() if value is not None}
    return _json({"about": told, "credential_configurations_supported": {f"{row.record_id}-sd-jwt": configuration}})


def scheme_candidate(released: Descriptor, row: LogRow, settings: Settings) -> bytes | Issue:  # noqa: ARG001 - forms are written alike
    """Return the metadata of a scheme of attestations as TS11 takes it, without the identifier its catalogue gives."""
    if row.registry not in _homes(settings.registries_file):
        return Issue("wallet_scheme_not_ours", {"registry": row.registry})
    if settings.wallet_security is None or settings.wallet_binding is None:
        return Issue("wallet_scheme_undecided", {})
    return _json(
        {
            "version": f"{row.version}.0.0",
            "rulebookURI": landing(row, settings.base),
            "attestationLoS": settings.wallet_security,
            "bindingType": settings.wallet_binding,
            "supportedFormats": [FORMAT],
            "schemaURIs": [{"formatIdentifier": FORMAT, "uri": type_address(row, settings.base)}],
        }
    )


WALLET_FORMS: dict[str, Callable[[Descriptor, LogRow, Settings], bytes | Issue]] = {
    "vct": type_metadata,
    "openid4vci": issuer_fragment,
    "ts11": scheme_candidate,
}


def _texts(title: dict[str, str]) -> dict[str, str]:
    """Return a title by language: Japanese and English where it has them, else all that are known."""
    known = {tag: words.strip() for tag, words in title.items() if tag != UNDETERMINED}
    return {tag: known[tag] for tag in _LABELLED if tag in known} or known


def _described(released: Descriptor, tag: str) -> dict[str, str]:
    words = (released.description or {}).get(tag)
    return {"description": words.strip()} if words else {}


def _claims(released: Descriptor, texts: dict[str, str], named: str) -> list[dict[str, Any]]:
    """Return the claims a record states; labelled where all languages of the type have labels, as the draft demands."""
    labels = _labels() if set(texts) <= set(_LABELLED) else {}
    claims = []
    for name in _rules()["claims"]:
        if getattr(released, name) in (None, (), {}):
            continue
        claim: dict[str, Any] = {"path": [name]}
        if name in labels:
            claim["display"] = [{"locale": tag, named: labels[name][tag]} for tag in _LABELLED]
        claims.append(claim)
    return claims


def _note(form: str, row: LogRow, settings: Settings) -> dict[str, str]:
    values = {"specification": _rules()["specifications"][form], "page": landing(row, settings.base)}
    return {tag: text.format(**values) for tag, text in _rules()["note"].items()}


@cache
def _homes(listed: Path | None) -> frozenset[str]:
    return frozenset(name for name, one in registries(listed).items() if one.manifest.keeps_identifiers)


@cache
def _labels() -> dict[str, Mapping[str, str]]:
    return {**{one.path: one.labels for one in properties()}, **_rules()["labels"]}


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = load_yaml(Path(__file__).parent / "wallet.yaml")
    return rules


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"
