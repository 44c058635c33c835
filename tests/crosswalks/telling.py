"""Records that say what generated ones seldom do, so that the laws can tell when it is read or written wrongly."""

from __future__ import annotations

from typing import Any

LINKS = '<p><a href="https://a.example/s">Syllabus</a> <a href="https://a.example/t">more</a></p>'
BODY = {"kinds": ["Organization"], "name": {"en": "Example Board"}, "address": {"country": "JP"}}
INTAKE = {"kinds": ["CourseInstance"], "modes": ["online"], "description": {"en": "In the evening"}}
BOARD = {"name": {"en": "Example Board"}, "addresses": [{"country": {"en": "JP"}}]}
NUMBERED = {"scheme": "example-register", "value": "77"}

LISTINGS: dict[str, list[dict[str, Any]]] = {
    "ctdl": [
        {"name": {"en": "Bees"}, "recognized_by": [BOARD], "accredited_by": [BOARD]},
        {
            "name": {"en": "Bees"}, "part_of": [{"name": {"en": "Whole"}, "ctid": "ce-1"}],
            "requires": [{"name": {"en": "Learning outcomes"}, "description": {"en": "Keeps bees."}}],
        },
    ],
    "schemaorg": [
        {
            "name": {"en": "Bees"}, "recognized_by": [BODY],
            "provider": [{"id": "urn:example:c", "name": {"en": "Example College"}, "identifiers": [NUMBERED]}],
        },
        {
            "name": {"en": "Bees"},
            "course": {"awarded": [{"en": "https://a.example/award"}], "instances": [INTAKE, INTAKE]},
        },
    ],
    "jvcampus": [
        {
            "id": 7, "fullname": "Bees",
            "customfields": [{"shortname": "papers", "name": "Papers", "value": LINKS, "means": "further_info"}],
        },
    ],
}  # fmt: skip
DESCRIPTORS: list[dict[str, Any]] = [
    {
        "id": "https://kakehashi.example/id/mc/telling", "title": {"en": "Bees"},
        "source_record": {"registry": "jmicro", "source_id": "telling"},
        "quality_assurance": {
            "external": [{"object": "credential", "body": {"en": "Example Board"}, "body_country": "JP"}]
        },
    },
]  # fmt: skip
