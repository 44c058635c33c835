"""Signing in through a provider of identities, and every way in which its answer must not be believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import Response
from pydantic import SecretStr
from starlette.testclient import TestClient

from harvester.workplace import Workplace
from portal.accounts import managing
from portal.application import application
from tests.portal.provider import CLIENT, SECRET, StandInProvider, provider
from tests.portal.signing_in import HERE


@pytest.fixture
def idp() -> Iterator[StandInProvider]:
    with provider() as it:
        yield it


def portal(place: Workplace, idp: StandInProvider, **changes: Any) -> TestClient:
    settings = place.settings.model_copy(
        update={"oidc_issuer": idp.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET), **changes}
    )
    return TestClient(application(settings, place.database), base_url=HERE, follow_redirects=False)


@pytest.fixture
def client(place: Workplace, idp: StandInProvider) -> TestClient:
    managing.add(place.database, "test", "hanako", "operator", shown="花子", email="Hanako@contoh.example")
    return portal(place, idp)


def there(client: TestClient, then: str = "") -> str:
    gone = client.get("/ja/sign-in/provider", params={"next": then} if then else {})
    assert gone.status_code == 303
    return gone.headers["location"]


def back(client: TestClient, idp: StandInProvider, **changes: str) -> Response:
    taken = idp.agree(there(client))
    return client.get("/sign-in/return", params={**taken, **changes})


def test_a_known_person_is_signed_in_and_led_on(client: TestClient, idp: StandInProvider) -> None:
    assert "/ja/sign-in/provider" in client.get("/ja/sign-in").text
    address = there(client, "/ja/operators/runs")
    query = parse_qs(urlsplit(address).query)
    assert query["redirect_uri"] == [f"{HERE}/sign-in/return"]
    assert query["scope"] == ["openid email profile"]
    done = client.get("/sign-in/return", params=idp.agree(address))
    assert (done.status_code, done.headers["location"]) == (303, "/ja/operators/runs")
    assert "花子" in client.get("/ja/operators").text
    assert "__Host-kakehashi-oidc" not in client.cookies


def test_from_then_on_only_the_subject_counts(client: TestClient, place: Workplace, idp: StandInProvider) -> None:
    assert back(client, idp).status_code == 303
    idp.claims = {"email": "new@contoh.example", "name": "Somebody"}
    assert back(client, idp).status_code == 303
    idp.claims = {"sub": "subject-2"}
    refused = back(client, idp)
    assert (refused.status_code, "account_none" in refused.text) == (403, True)
    assert [row["name"] for row in managing.listed(place.database)] == ["hanako"]


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}])
def test_an_address_that_is_not_verified_opens_nothing(
    client: TestClient, idp: StandInProvider, claims: dict[str, Any]
) -> None:
    idp.claims = claims
    assert "account_none" in back(client, idp).text


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"aud": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 4_000_000_000},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_a_token_that_is_wrong_is_not_believed(
    client: TestClient, idp: StandInProvider, claims: dict[str, Any]
) -> None:
    idp.claims = claims
    refused(client, back(client, idp), "provider_untrue")


@pytest.mark.parametrize("fault", ["unsigned", "shared_secret", "other_key"])
def test_a_signature_that_is_not_the_providers_is_not_believed(
    client: TestClient, idp: StandInProvider, fault: str
) -> None:
    idp.fault = fault
    refused(client, back(client, idp), "provider_untrue")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "of another browser"}, "provider_untrue"),
        ({"iss": "https://other.example"}, "provider_untrue"),
        ({"code": "never given"}, "provider_refused"),
    ],
)
def test_a_way_back_that_is_wrong_leads_nowhere(
    client: TestClient, idp: StandInProvider, changes: dict[str, str], code: str
) -> None:
    refused(client, back(client, idp, **changes), code)


def test_a_way_back_is_for_one_browser_and_for_once(client: TestClient, place: Workplace, idp: StandInProvider) -> None:
    taken = idp.agree(there(client))
    other = portal(place, idp)
    refused(other, other.get("/sign-in/return", params=taken), "journey_over")
    assert client.get("/sign-in/return", params=taken).status_code == 303
    again = client.get("/sign-in/return", params=taken)
    assert "journey_over" in again.text


def test_refusing_there_is_told_here(client: TestClient, idp: StandInProvider) -> None:
    taken = idp.agree(there(client))
    found = client.get("/sign-in/return", params={"error": "access_denied", "state": taken["state"]})
    assert "access_denied" in found.text
    refused(client, found, "provider_refused")


def test_a_provider_that_calls_itself_otherwise_is_not_asked(client: TestClient, idp: StandInProvider) -> None:
    idp.fault = "other_issuer"
    found = client.get("/ja/sign-in/provider")
    assert (found.status_code, "provider_silent" in found.text) == (502, True)


def test_new_keys_of_the_provider_are_taken_up(client: TestClient, idp: StandInProvider) -> None:
    assert back(client, idp).status_code == 303
    idp.key = StandInProvider().key
    assert back(client, idp).status_code == 303


def test_newcomers_come_in_only_where_the_deployment_says_so(place: Workplace, idp: StandInProvider) -> None:
    client = portal(place, idp, oidc_new_role="viewer")
    assert back(client, idp).status_code == 303
    (row,) = managing.listed(place.database)
    assert (row["name"], row["shown"], row["role"], row["password"]) == (
        "hanako@contoh.example", "架空 花子", "viewer", False,
    )  # fmt: skip


def test_passwords_can_be_switched_off(place: Workplace, idp: StandInProvider) -> None:
    client = portal(place, idp, local_sign_in=False)
    page = client.get("/en/sign-in")
    assert 'name="password"' not in page.text
    assert "/en/sign-in/provider" in page.text


def refused(client: TestClient, found: Response, code: str) -> None:
    assert (found.status_code, code in found.text) == (403, True), found.text
    assert "__Host-kakehashi" not in client.cookies
    assert client.get("/en/operators").status_code == 303
