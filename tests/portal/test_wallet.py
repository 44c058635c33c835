"""What issuers and wallets can build on: each form after its public text, and nothing that the record does not say."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from lxml import html
from starlette.testclient import TestClient

from config.settings import Settings
from crosswalks.descriptor.vocabulary import properties
from portal.application import application
from tests.portal import publishing
from tests.portal.publishing import BASE, Publisher, name
from tests.portal.wallet_schemas import ISSUER_FRAGMENT, TYPE_METADATA

ONE = "/mc/" + name("jmicro", 1)
DECIDED = {"wallet_security": "iso_18045_moderate", "wallet_binding": "key"}
PROFILES = {
    "vct.json": "https://datatracker.ietf.org/doc/draft-ietf-oauth-sd-jwt-vc/25/",
    "openid4vci.json": "https://openid.net/specs/openid-4-verifiable-credential-issuance-1_0.html",
    "ts11.json": "http://data.europa.eu/eudi/attestationschemas.json",
}


@pytest.fixture
def decided(publisher: Publisher) -> TestClient:
    """The portal of an operator who has decided what a candidate of a scheme says."""
    settings = publisher.place.settings.model_copy(update=DECIDED)
    return TestClient(application(settings, publisher.place.database), base_url=BASE, follow_redirects=False)


def holds(schema: dict[str, Any], document: object) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(document)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": {"ja": "架空の講座"}, "description": None},
        {"title": {"en": "Example", "de": "Beispiel", "ja": " 架空の講座 "}},
        {"title": {"ms": "Contoh"}, "description": {"ms": "Contoh sahaja"}},
        {"title": {"und": "???"}},
    ],
    ids=["whole", "one language", "three languages", "another language", "no language"],
)
def test_type_and_fragment_are_as_their_texts_demand(
    client: TestClient, publisher: Publisher, changes: dict[str, Any]
) -> None:
    publisher.publish(1, **changes)
    told, fragment = (client.get(f"{ONE}.{suffix}").json() for suffix in ("vct.json", "openid4vci.json"))
    holds(TYPE_METADATA, told)
    holds(ISSUER_FRAGMENT, fragment)
    ((key, configuration),) = fragment["credential_configurations_supported"].items()
    assert configuration["vct"] == told["vct"]
    assert key.startswith(name("jmicro", 1))
    metadata = configuration["credential_metadata"]
    assert [one["path"] for one in metadata["claims"]] == [one["path"] for one in told["claims"]]
    locales = [one["locale"] for one in told.get("display", [])]
    for claim in told["claims"]:
        labelled = [one["locale"] for one in claim.get("display", [])]
        assert not labelled or set(locales) <= set(labelled)


def test_every_language_of_the_field_is_used_where_the_record_has_it(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, title={"ja": "架空の講座", "en": "Example", "de": "Beispiel"})
    told = client.get(f"{ONE}.vct.json").json()
    assert [(one["locale"], one["name"]) for one in told["display"]] == [("ja", "架空の講座"), ("en", "Example")]
    labels = {one.path: one.labels for one in properties()}
    for claim in told["claims"]:
        (field,) = claim["path"]
        shown = {one["locale"]: one["label"] for one in claim["display"]}
        assert shown == labels[field] if field != "id" else set(shown) == {"ja", "en"}


def test_only_claims_that_the_record_states_are_named(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1, level=[], credit=[])
    record, told = client.get(f"{ONE}.json").json(), client.get(f"{ONE}.vct.json").json()
    named = [claim["path"][0] for claim in told["claims"]]
    assert {"id", "title", "learning_outcomes"} <= set(named) <= set(record)
    assert not {"level", "credit", "source_record", "origins"} & set(named)
    assert not [key for claim in told["claims"] for key in claim if key in {"mandatory", "sd"}]


def test_the_name_of_a_type_is_where_it_stands_for_ever(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    first = client.get(f"{ONE}.vct.json")
    address = first.json()["vct"]
    publisher.update(1, "改訂")
    second = client.get(f"{ONE}.vct.json").json()["vct"]
    assert address != second
    publisher.delete(1)
    for vct in (address, second):
        found = client.get(vct)
        assert (found.status_code, found.json()["vct"]) == (200, vct)
        assert found.headers["content-type"].partition(";")[0] == "application/json"
        assert "immutable" in found.headers["cache-control"]
    again = client.get(address).content
    assert base64.b64encode(hashlib.sha256(again).digest()) == base64.b64encode(hashlib.sha256(first.content).digest())


def test_the_integrity_of_a_type_is_that_of_the_bytes_at_its_address(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    before = client.get(f"{ONE}.openid4vci.json").json()
    publisher.update(1, "別の題")
    for fragment in (before, client.get(f"{ONE}.openid4vci.json").json()):
        (configuration,) = fragment["credential_configurations_supported"].values()
        served = client.get(configuration["vct"].removeprefix(BASE)).content
        hashed = base64.b64encode(hashlib.sha256(served).digest()).decode()
        assert fragment["about"]["vct#integrity"] == f"sha256-{hashed}"
    page = html.fromstring(client.get(ONE.replace("/mc/", "/en/mc/")).content)
    shown = {one.findtext("code"): one.getnext().findtext("code") for one in page.xpath("//dt[code]")}
    assert shown == {"vct": configuration["vct"], "vct#integrity": f"sha256-{hashed}"}


@pytest.mark.judges
def test_a_candidate_of_a_scheme_is_valid_and_has_no_identifier(
    decided: TestClient, publisher: Publisher, judges: Path
) -> None:
    publisher.publish(1)
    publisher.update(1, "改訂")
    told = decided.get(f"{ONE}.ts11.json").json()
    schema = orjson.loads((judges / "schemas/ts11/ts11-json-cat-attestations-data-model.json").read_bytes())
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER).validate(told)
    assert "id" not in told
    assert (told["version"], told["rulebookURI"]) == ("2.0.0", BASE + ONE)
    assert (told["attestationLoS"], told["bindingType"]) == ("iso_18045_moderate", "key")
    (schema_of,) = told["schemaURIs"]
    assert decided.get(schema_of["uri"]).json()["vct"] == schema_of["uri"]


def test_what_nobody_decided_is_not_invented(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    found = client.get(f"{ONE}.ts11.json")
    assert (found.status_code, found.json()["code"]) == (404, "wallet_scheme_undecided")
    assert "ts11" not in client.get(ONE).headers["link"]


def test_a_scheme_is_never_offered_for_what_others_list(decided: TestClient, publisher: Publisher) -> None:
    Publisher(publisher.place, registry="mqa").publish(7)
    page = "/mc/" + name("mqa", 7)
    found = decided.get(f"{page}.ts11.json")
    assert (found.status_code, found.json()["code"]) == (404, "wallet_scheme_not_ours")
    assert decided.get(f"{page}.vct.json").status_code == 200


def test_a_decision_makes_the_form_anew(client: TestClient, decided: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    assert client.get(f"{ONE}.ts11.json").status_code == 404
    assert decided.get(f"{ONE}.ts11.json").status_code == 200
    assert Settings(**{**publisher.place.settings.model_dump(), **DECIDED}).wallet_binding == "key"


def test_rights_bind_and_attribution_travels(client: TestClient, publisher: Publisher) -> None:
    source = publishing.descriptor_of("jmicro", 1)["source_record"] | {"rights": "facts_only"}
    publisher.publish(1, source_record=source, title={"en": "Example"}, description={"en": "SECRETPROSE"})
    for suffix in ("vct.json", "openid4vci.json"):
        found = client.get(f"{ONE}.{suffix}")
        assert found.status_code == 200
        assert "SECRETPROSE" not in found.text
        assert not {"description", "learning_outcomes", "assessment"} & {
            claim["path"][0] for claim in _claims(found.json())
        }
        assert (found.json().get("attribution") or found.json()["about"]["attribution"]) == "Example"


def _claims(document: dict[str, Any]) -> list[dict[str, Any]]:
    if "claims" in document:
        return list(document["claims"])
    (configuration,) = document["credential_configurations_supported"].values()
    return list(configuration["credential_metadata"]["claims"])


def test_every_form_says_in_both_languages_that_it_is_not_registered(decided: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    linkset = decided.get(f"{ONE}/linkset").json()["linkset"][0]["describedby"]
    for suffix, profile in PROFILES.items():
        (shown,) = [one for one in linkset if one["href"].endswith(f".{suffix}")]
        titles = {one["language"]: one["value"] for one in shown["title*"]}
        assert "not registered" in titles["en"] == shown["title"]
        assert "登録" in titles["ja"]
        assert shown["profile"] == [profile]
    told: Callable[[str], Any] = lambda suffix: decided.get(f"{ONE}.{suffix}").json()  # noqa: E731
    assert "draft-ietf-oauth-sd-jwt-vc-25" in told("vct.json")["description"]
    assert "not registered" in told("vct.json")["description"]
    assert "登録されておらず" in told("vct.json")["description"]
    about = told("openid4vci.json")["about"]
    assert (about["registered"], set(about["note"])) == (False, {"ja", "en"})
    pages = {tag: decided.get(f"{ONE}?lang={tag}", headers={"accept": "text/html"}).text for tag in ("ja", "en")}
    assert "登録なし" in pages["ja"]
    assert "not registered" in pages["en"]


def test_a_profile_brings_each_form_and_plain_json_the_descriptor(decided: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    for suffix, profile in PROFILES.items():
        found = decided.get(ONE, headers={"accept": f'application/json;profile="{profile}"'})
        assert found.headers["content-location"].endswith(f".{suffix}")
        assert found.content == decided.get(f"{ONE}.{suffix}").content
    plain = decided.get(ONE, headers={"accept": "application/json"})
    assert plain.headers["content-location"].endswith(f"{ONE}.json")
