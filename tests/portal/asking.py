"""A client of the API that holds every answer to what the OpenAPI document says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import orjson
from httpx2 import Response
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.accounts.keys import make_key

ROOT = "/api/v1"
_BODILESS = {301, 304}


def key_for(place: Workplace, *scopes: str) -> dict[str, str]:
    """The header of a fresh key."""
    key, _ = make_key(place.database, "test", "a test", list(scopes))
    return {"Authorization": f"Bearer {key}"}


@dataclass
class Asking:
    """Asks the API. `seen` are the operations, with statuses, that were met."""

    client: TestClient
    seen: set[tuple[str, int]] = field(default_factory=set)
    document: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.document = self.client.get(f"{ROOT}/openapi.json").json()

    def get(self, path: str, **more: Any) -> Response:
        return self._held("get", path, self.client.get(ROOT + path, **more))

    def post(self, path: str, **more: Any) -> Response:
        return self._held("post", path, self.client.post(ROOT + path, **more))

    def _held(self, method: str, path: str, found: Response) -> Response:
        operation = self._operation(method, path.partition("?")[0])
        told = operation["responses"][str(found.status_code)]
        self.seen.add((operation["operationId"], found.status_code))
        assert found.headers["x-request-id"]
        if found.status_code in _BODILESS:
            assert not found.content
            return found
        kind = found.headers["content-type"]
        (declared, content), *_ = told["content"].items()
        assert kind == declared, (path, found.status_code)
        document = {"$ref": "#/$defs/asked", "$defs": {"asked": content["schema"]}, "components": None}
        document["components"] = self.document["components"]
        errors = [
            error.message[:300] for error in Draft202012Validator(document).iter_errors(orjson.loads(found.content))
        ]
        assert not errors, (path, found.status_code, errors[:3])
        return found

    def _operation(self, method: str, path: str) -> Any:
        for template, operations in sorted(self.document["paths"].items()):
            shape = "/" if template == "/" and not path else template
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", shape), path or "/") and method in operations:
                return operations[method]
        raise AssertionError(f"the document has no {method} {path}")

    def walk(self, path: str) -> list[dict[str, Any]]:
        """Every record of a list, page after page."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path).json()
            found += page["records"]
            if page["next"] is None:
                return found
            path = page["next"].partition(ROOT)[2]
