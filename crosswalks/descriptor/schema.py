"""The JSON Schema of the descriptor, for partners who check their listings before they hand them in.

`schema.json` beside this module is the published copy; `python -m crosswalks.descriptor.schema` writes it
anew. It holds what the model holds: a valid document may still have findings (see `checks.py`).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from crosswalks.descriptor.model import DESCRIPTOR_VERSION, Descriptor

PUBLISHED = Path(__file__).parent / "schema.json"
SCHEMA_ID = f"https://kakehashi.example/ns/descriptor/{DESCRIPTOR_VERSION}/schema.json"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TITLE = "Micro-credential listing (JMICRO descriptor) / マイクロクレデンシャル一覧の記録（JMICRO 記述子）"
_DESCRIPTION = (
    "One listing of a micro-credential. Only the identifier, the source record and the title are required; "
    "a field that is left out is one the source is silent about. Data about people is refused."
)
_DECIMAL = r"^\d+(\.\d+)?$"
_INITIALS = {"Id": "Identifier", "Url": "Address", "Iri": "IRI"}
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


class _Generator(GenerateJsonSchema):
    """Pydantic's generator; titles read as words, decimals are plain digits, language maps are closed."""

    def get_title_from_name(self, name: str) -> str:
        words = name.replace("_", " ").strip().capitalize()
        return _INITIALS.get(words, words)

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        found = super().decimal_schema(schema)
        for choice in found.get("anyOf", []):
            if choice.get("type") == "string":
                choice["pattern"] = _DECIMAL
        return found

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        found = super().dict_schema(schema)
        return {**found, "additionalProperties": False} if "patternProperties" in found else found

    def generate(self, schema: core_schema.CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        found = super().generate(schema, mode)
        for name, definition in found.get("$defs", {}).items():
            definition["title"] = _WORDS.sub(" ", name).capitalize()
        return {"$schema": _DRAFT, "$id": SCHEMA_ID, **found, "title": _TITLE, "description": _DESCRIPTION}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a descriptor document."""
    schema = Descriptor.model_json_schema(schema_generator=_Generator)
    for definition in schema["$defs"].values():
        if "description" in definition:
            definition["description"] = " ".join(definition["description"].split())
    return schema


@cache
def text() -> str:
    """Return the schema as it is published."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(text(), encoding="utf-8")
