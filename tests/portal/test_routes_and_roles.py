"""The table of routes and roles, held against the application: every route, every role, with and without a form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from config.settings import Settings
from harvester.workplace import Workplace
from portal.accounts.access import access_table
from portal.application import application
from store.account_tables import ROLES
from tests.portal.signing_in import HERE, account, mark, routes, sign_in

FILLED = {
    "name": "nobody", "number": "1", "number:int": "987654", "part": "9", "registry": "nowhere", "digest": "0" * 40,
    "record": "nobody", "key": "nobody", "schema": "nothing", "rest:path": "nowhere",
}  # fmt: skip
TABLE = sorted(access_table().items())


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    place = Workplace.of(Settings(home=tmp_path_factory.mktemp("roles")))
    for role in ROLES:
        account(place, role)
    yield place
    place.database.close()


@pytest.fixture(scope="module")
def clients(deployment: Workplace) -> Iterator[dict[str, TestClient]]:
    """A client for each role, and one (`public`) that is not signed in."""
    app = application(deployment.settings, deployment.database)
    found = {name: TestClient(app, base_url=HERE, follow_redirects=False) for name in ("public", *ROLES)}
    for role in ROLES:
        sign_in(found[role], role)
    yield found
    for client in found.values():
        client.close()


def filled(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace("{" + name + "}", value)
    return path


def test_every_route_has_a_row_and_every_row_a_route(deployment: Workplace) -> None:
    there, told = set(routes(deployment)), set(access_table())
    assert not there - told, "give these routes a row each in portal/accounts/routes.tsv"
    assert not told - there, "take the rows of these routes, which are not there, out of portal/accounts/routes.tsv"


def test_what_changes_something_needs_a_form_or_a_key(deployment: Workplace) -> None:
    loose = [where for where, access in TABLE if where[0] != "GET" and not access.form and access.scope is None]
    assert loose == [("POST", "/oai"), ("POST", "/sparql")], "these ask with POST too; nothing is changed by it"


@pytest.mark.parametrize("role", ["public", *ROLES])
def test_reading_is_for_whom_the_table_says(clients: dict[str, TestClient], role: str) -> None:
    client = clients[role]
    for (method, path), access in TABLE:
        if method != "GET":
            continue
        found = client.get(filled(path))
        told = (path, role, found.status_code)
        if access.public or role in access.roles:
            assert found.status_code != 403 or path == "/sign-in/return", told
            assert not found.headers.get("location", "").endswith("/sign-in"), told
            assert found.status_code < 500, told
        elif role == "public":
            assert found.status_code == 303, told
            assert found.headers["location"].startswith(f"/{path[1:3]}/sign-in?next="), told
        else:
            assert found.status_code == 403, told
            assert "role_refused" in found.text, told


@pytest.mark.parametrize("role", ["public", *ROLES])
def test_acting_is_for_whom_the_table_says_and_needs_the_form(clients: dict[str, TestClient], role: str) -> None:
    client = clients[role]
    token = mark(client) if role != "public" else "0" * 64
    ends = {path for (_, path), _ in TABLE if path.endswith(("/sign-out", "/account/password"))}
    for (method, path), access in TABLE:
        if method == "GET" or not access.form:
            continue
        for sent, its_own in (({}, False), ({"form": "0" * 64}, False), ({"form": token}, True)):
            if its_own and path in ends:
                continue
            found = client.request(method, filled(path), data={**sent, "why": "a test"})
            told = (path, role, sent, found.status_code)
            if not access.public and role not in access.roles:
                assert found.status_code == 403, told
                assert ("sign_in_needed" if role == "public" else "role_refused") in found.text, told
            elif its_own and role != "public":
                assert "form_not_ours" not in found.text, told
                assert found.status_code < 500, told
            else:
                assert found.status_code == 403, told
                assert "form_not_ours" in found.text, told


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json"},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_the_right_field(
    clients: dict[str, TestClient], headers: dict[str, str]
) -> None:
    client = clients["operator"]
    body = f"form={mark(client)}&why=x"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    address = "/en/operators/schedule/nowhere/pause"
    refused = client.post(address, content=body, headers={**kind, **headers})
    assert (refused.status_code, "form_not_ours" in refused.text) == (403, True)
    taken = client.post(address, content=body, headers={**kind, "Origin": HERE, "Sec-Fetch-Site": "same-origin"})
    assert taken.status_code == 409


def test_a_form_of_another_session_is_refused(clients: dict[str, TestClient]) -> None:
    other = mark(clients["admin"])
    found = clients["operator"].post("/en/operators/schedule/nowhere/pause", data={"form": other})
    assert "form_not_ours" in found.text


@pytest.mark.parametrize("body", [b"form=" + b"x" * 70_000, b"&".join(b"a=1" for _ in range(100)), b"form=%ff"])
def test_forms_that_are_too_large_or_broken_are_refused(clients: dict[str, TestClient], body: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert clients["operator"].post("/en/sign-out", content=body, headers=kind).status_code == 403


def test_a_route_without_a_row_is_open_to_nobody(
    deployment: Workplace, clients: dict[str, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = dict(access_table())
    del table["GET", "/robots.txt"]
    monkeypatch.setattr("portal.accounts.access.access_table", lambda: table)
    found = clients["admin"].get("/robots.txt")
    assert (found.status_code, found.json()["code"]) == (403, "route_closed")


def test_pages_for_one_person_are_kept_by_nobody(clients: dict[str, TestClient]) -> None:
    for path in ("/ja/operators", "/en/account", "/en/sign-in", "/en/accounts", "/en/operators/runs/987654"):
        found = clients["viewer"].get(path)
        assert found.headers["cache-control"] == "no-store"
        assert "content-encoding" not in found.headers
        assert "access-control-allow-origin" not in found.headers or found.status_code == 303
        if found.status_code != 303:
            policy = found.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert found.headers["strict-transport-security"]
            assert found.headers["referrer-policy"] == "same-origin"
