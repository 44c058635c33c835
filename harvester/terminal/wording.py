"""Values of a descriptor as a person reads them: flat paths, labels beside codes, and where each value came from."""

from __future__ import annotations

from functools import cache
from typing import Any

from config.codelists import codelists
from config.messages import Language
from crosswalks.descriptor.schema import json_schema
from crosswalks.ledger import general


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Return every value of a document with its path; an empty map or list counts as a value."""
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in leaves(item, f"{path}.{key}" if path else key)]
    if isinstance(value, list) and value:
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, f"{path}.{index}")]
    return [(path, value)]


def coded(path: str, value: Any, language: Language) -> str:
    """Return a value as text; a value of a code list with its label."""
    if isinstance(value, bool):
        return "true" if value else "false"
    name = _lists().get(general(path))
    if name is None or value not in codelists()[name]:
        return str(value)
    label = codelists()[name].label(str(value), language)
    return label if label.casefold() == str(value) else f"{label} ({value})"


@cache
def _lists() -> dict[str, str]:
    """Return which code list a field of the descriptor takes its values from, by path without positions."""
    schema = json_schema()
    found: dict[str, str] = {}

    def walk(node: dict[str, Any], path: str) -> None:
        if reference := node.get("$ref"):
            walk(schema["$defs"][reference.rpartition("/")[2]], path)
        if "enum" in node and node.get("title") in codelists():
            found[path] = node["title"]
        for choice in node.get("anyOf", ()):
            walk(choice, path)
        if isinstance(node.get("items"), dict):
            walk(node["items"], path)
        for name, item in node.get("properties", {}).items():
            walk(item, f"{path}.{name}" if path else name)

    walk(schema, "")
    return found


def evidence_of(path: str, sources: dict[str, dict[str, str]], places: dict[str, Any], derived: str = "") -> str:
    """Return where a value came from: the source field, the rule, the quotation, its place in the payload; `derived` is
    the word that marks a value which prose was read for.
    """
    while path and path not in sources:
        path = path.rpartition(".")[0]
    entry = sources.get(path)
    if entry is None:
        return ""
    inside = (
        places.get("fields", {}).get(general(entry["source"]), "") if isinstance(places.get("fields"), dict) else ""
    )
    where = "/".join(filter(None, (str(places.get("at", "")), inside))) if entry["source"] else ""
    quote = f"«{entry['quote']}»" if entry.get("quote") else ""
    mark = derived if quote and entry["outcome"] == "derived" else ""
    return " · ".join(part for part in (entry["source"], mark, entry.get("rule", ""), quote, where) if part)
