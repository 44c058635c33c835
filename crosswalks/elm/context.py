"""Our own JSON-LD context for LOQ data: every term of the profile table. It stands in each document, so that nothing is
fetched to read one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from crosswalks.elm.profile import PREFIXES, TERMS, Generation, classes, terms


@cache
def context(generation: Generation = "elm-3.2") -> dict[str, Any]:
    """Return the context for a term namespace generation."""
    made: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type", "elm": TERMS[generation]}
    made |= dict(sorted(PREFIXES.items()))
    for name in classes():
        made[class_term(name)] = name
    for term, row in sorted(terms().items()):
        if row.form == "text":
            made[term] = {"@id": row.name, "@container": "@language"}
        elif row.form in {"node", "iri"}:
            made[term] = {"@id": row.name, "@type": "@id"}
        elif row.ranges[0] in {"xsd:string", "literal"}:
            made[term] = {"@id": row.name}
        else:
            made[term] = {"@id": row.name, "@type": row.ranges[0]}
    return made


def class_term(name: str) -> str:
    """Return the JSON name of a class."""
    return name.partition(":")[2]
