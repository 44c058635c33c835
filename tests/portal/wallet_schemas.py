"""What two public texts demand of a JSON document, written down from them as JSON Schema.

Type metadata: draft-ietf-oauth-sd-jwt-vc-25, sections on the format, display and claims. Fragment: OpenID4VCI 1.0,
credential issuer metadata and the appendix on `dc+sd-jwt`. Both let members stand that they do not name; here those
that are named must be right, and what only an issuer can say must be absent.
"""

from __future__ import annotations

from typing import Any

_TAG = {"type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"}
_TEXT = {"type": "string", "minLength": 1}
_URI = {"type": "string", "format": "uri", "pattern": "^https?://"}
_PATH = {
    "type": "array", "minItems": 1,
    "items": {"anyOf": [{"type": "string"}, {"type": "null"}, {"type": "integer", "minimum": 0}]},
}  # fmt: skip


def _several(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    item = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    return {"type": "array", "minItems": 1, "items": item}


TYPE_METADATA: dict[str, Any] = {
    "type": "object",
    "required": ["vct"],
    "properties": {
        "vct": _URI,
        "name": _TEXT,
        "description": _TEXT,
        "attribution": _TEXT,
        "display": _several({"locale": _TAG, "name": _TEXT, "description": _TEXT}, "locale", "name"),
        "claims": _several(
            {"path": _PATH, "display": _several({"locale": _TAG, "label": _TEXT}, "locale", "label")}, "path"
        ),
    },
    "additionalProperties": False,
}

ISSUER_FRAGMENT: dict[str, Any] = {
    "type": "object",
    "required": ["credential_configurations_supported", "about"],
    "properties": {
        "about": {"type": "object"},
        "credential_configurations_supported": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "required": ["format", "vct", "credential_metadata"],
                "properties": {
                    "format": {"const": "dc+sd-jwt"},
                    "vct": _URI,
                    "credential_metadata": {
                        "type": "object",
                        "properties": {
                            "display": _several({"name": _TEXT, "locale": _TAG, "description": _TEXT}, "name"),
                            "claims": _several(
                                {"path": _PATH, "display": _several({"name": _TEXT, "locale": _TAG}, "name", "locale")},
                                "path",
                            ),
                        },
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
