"""Routes found by their first step: the same as if each had been tried; what may be read answers OPTIONS."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.application import application
from portal.routing import Router, Routes
from tests.portal.publishing import Publisher, name
from tests.portal.test_routes_and_roles import filled

NAME = name("jmicro", 1)
PREFLIGHT = {
    "Origin": "https://reader.example",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "if-none-match",
}


async def nobody_stopped(request: Request) -> None:
    request.state.passed = True


def told(request: Request, name: str) -> Response:
    return PlainTextResponse(f"{name} {request.state.passed}")


def test_every_route_is_found_as_if_each_was_tried_in_turn(place: Workplace) -> None:
    (routes,) = application(place.settings, place.database).routes
    assert isinstance(routes, Routes)
    for way in routes.ways:
        path = filled(way.path)
        for method in ("GET", "HEAD", "POST"):
            first = next((one for one in routes.ways if one.read(path) is not None and method in one.methods), None)
            _, found = routes.matches({"type": "http", "path": path, "method": method})
            assert found["route"] is first or (first is None and method not in found["route"].methods), (method, path)


def test_a_pattern_in_the_first_step_is_tried_in_its_place() -> None:
    router = Router()
    for path in ("/part-{name}.xml", "/a/{name}", "/{name}/b"):
        router.add(path, told, ["GET"])
    client = TestClient(Starlette(routes=[Routes([router], nobody_stopped)]))
    assert client.get("/part-1.xml").text == "1 True"
    assert client.get("/a/b").text == "b True"
    assert client.get("/c/b").text == "c True"
    assert client.get("/c/d").status_code == 404
    refused = client.post("/a/b")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")


def test_an_endpoint_that_asks_for_more_than_the_path_has_is_refused_at_the_start() -> None:
    def asks_more(request: Request, limit: int) -> Response:
        raise AssertionError((request, limit))

    def takes_a_number(request: Request, name: int) -> Response:
        raise AssertionError((request, name))

    for path, endpoint in (("/a", asks_more), ("/a/{name}", takes_a_number)):
        with pytest.raises(TypeError, match="/a"):
            Router().add(path, endpoint)


@pytest.mark.parametrize(
    "path", ["/api/v1/records", f"/api/v1/records/{NAME}", f"/mc/{NAME}", f"/mc/{NAME}.ttl", "/oai", "/ldes"]
)
def test_a_script_of_another_origin_may_ask_before_it_reads(
    client: TestClient, publisher: Publisher, path: str
) -> None:
    publisher.publish(1)
    found = client.options(path, headers=PREFLIGHT)
    assert found.status_code == 204
    assert found.headers["access-control-allow-origin"] == "*"
    assert found.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "If-None-Match" in found.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in found.headers
    assert not found.content
    plain = client.options(path)
    assert {"GET", "HEAD", "OPTIONS"} <= set(plain.headers["allow"].split(", "))
    assert "access-control-allow-methods" not in plain.headers


@pytest.mark.parametrize("path", ["/api/v1/validate", "/en/account", "/en/operators/runs", "/nothing/here"])
def test_what_not_everybody_may_read_is_offered_to_no_script(client: TestClient, path: str) -> None:
    found = client.options(path, headers=PREFLIGHT)
    assert found.status_code in {404, 405}
    assert "access-control-allow-methods" not in found.headers


def test_what_is_only_posted_says_so(client: TestClient) -> None:
    for method in ("GET", "PUT", "OPTIONS"):
        found = client.request(method, "/api/v1/validate")
        assert (found.status_code, found.headers["allow"]) == (405, "POST")
        assert found.json()["code"] == "method_refused"
