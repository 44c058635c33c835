"""Proofs of recognition as an outsider checks them: with PyJWT, the served keys, and nothing else of ours."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from config.messages import CodedError
from harvester.workplace import Workplace
from portal.proofs import proofs_router
from portal.routing import Routes
from recognition.deciding import Asked, act, approve, open_decision, propose, reopen_changed, submit
from recognition.decisions import Status, Terms
from recognition.decisions.proofs import checked, fresh_key, read_key
from recognition.proving import check_proof, jwks, make_proof, proof, proof_record, rotate_key
from store.audit import verify
from store.clock import now
from tests.portal.publishing import name
from tests.recognition.decided import FAR, FOREIGN, HOME, OTHER, WHO, decided, publish, recognised


def by_an_outsider(document: str, keys: dict[str, Any]) -> dict[str, Any]:
    """Check a document as docs/proof-of-recognition.md says."""
    header = jwt.get_unverified_header(document)
    assert header["typ"] == "recognition-proof+jws"
    key = jwt.PyJWKSet.from_dict(keys)[header["kid"]]
    assert header["alg"] in {"ES256", "EdDSA"}
    said: dict[str, Any] = jwt.decode(document, key.key, algorithms=[header["alg"]])
    return said


@pytest.fixture(params=["ES256", "EdDSA"])
def signing(place: Workplace, request: pytest.FixtureRequest) -> Workplace:
    chosen = place.settings.model_copy(update={"proof_algorithm": request.param})
    return Workplace(chosen, place.database, place.payloads)


def test_an_outsider_checks_a_proof_with_another_library(signing: Workplace) -> None:
    publish(signing)
    view = recognised(signing, valid_until=FAR, number="JM-0001", framework_version="framework-1.0")
    made = make_proof(signing, WHO, view.opened.id)
    said = by_an_outsider(made.document, jwks(signing))
    assert said == made.said
    assert said["decision"] == {
        "kind": "home", "outcome": "recognised", "decided_on": now().date().isoformat(), "valid_until": "2099-03-31",
        "number": "JM-0001", "framework_version": "framework-1.0", "mark": True,
        "body": {"ja": "一般社団法人日本マイクロクレデンシャル機構", "en": "Japan Micro-Credential Organization"},
    }  # fmt: skip
    record = proof_record(signing, made.name)
    assert sha256(record).hexdigest() == said["record"]["sha256"]
    assert json.loads(record)["id"] == said["sub"]
    assert view.standing.grant is not None
    assert said["record"]["content_hash"] == view.standing.grant.pin.content_hash
    assert made.status is Status.VALID
    assert make_proof(signing, OTHER, view.opened.id).document == made.document, "signed once"
    assert verify(signing.database).sound


def test_a_proof_names_no_person(place: Workplace) -> None:
    publish(place, FOREIGN)
    made = make_proof(place, WHO, decided(place, "conditional", conditions=("面接",)).opened.id)
    told = json.dumps(made.said, ensure_ascii=False) + proof_record(place, made.name).decode()
    assert not [word for word in (WHO, OTHER, "no substantial difference", "committee of") if word in told]
    assert made.said["decision"]["conditions"] == ["面接"]
    assert made.said["decision"]["body"] == {"und": "架空大学"}


def test_altered_documents_are_refused_by_both(signing: Workplace) -> None:
    publish(signing)
    made = make_proof(signing, WHO, recognised(signing).opened.id)
    header, payload, signature = made.document.split(".")
    said = {**made.said, "decision": {**made.said["decision"], "valid_until": "2199-01-01"}}
    other = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"recognition-proof+jws"}').decode().rstrip("=")
    signed = base64.urlsafe_b64decode(signature + "==")
    cut = base64.urlsafe_b64encode(signed[:-1] + bytes([signed[-1] ^ 1])).decode().rstrip("=")
    for wrong in (f"{header}.{other}.{signature}", f"{header}.{payload}.{cut}"):
        with pytest.raises(jwt.InvalidSignatureError):
            by_an_outsider(wrong, jwks(signing))
        with pytest.raises(CodedError, match="proof_invalid"):
            check_proof(signing, wrong)
    for wrong in (f"{none}.{payload}.", "x", "a.b.c", "{}", "[]", "", "é.é.é", made.document * 100):
        with pytest.raises(CodedError, match="proof_invalid"):
            check_proof(signing, wrong)


def test_a_document_signed_with_another_key_is_refused(signing: Workplace) -> None:
    publish(signing)
    made = make_proof(signing, WHO, recognised(signing).opened.id)
    algorithm = signing.settings.proof_algorithm
    forger = read_key(fresh_key(algorithm))
    with pytest.raises(CodedError, match="not served"):
        checked(_by(forger, made.said, forger.kid), jwks(signing)["keys"])
    with pytest.raises(CodedError, match="does not fit"):
        checked(_by(forger, made.said, made.kid), jwks(signing)["keys"])
    with pytest.raises(jwt.InvalidSignatureError):
        by_an_outsider(_by(forger, made.said, made.kid), jwks(signing))


def _by(key: Any, said: dict[str, Any], kid: str) -> str:
    private = jwt.PyJWK({**key.key.as_dict(private=True), "alg": key.algorithm}).key
    headers = {"kid": kid, "typ": "recognition-proof+jws"}
    return jwt.encode(said, private, algorithm=key.algorithm, headers=headers)


def test_a_public_key_cannot_be_used_as_a_shared_secret(place: Workplace) -> None:
    publish(place)
    made = make_proof(place, WHO, recognised(place).opened.id)
    secret = json.dumps(jwks(place)["keys"][0]).encode()
    head = json.dumps({"alg": "HS256", "kid": made.kid, "typ": "recognition-proof+jws"}).encode()
    said = json.dumps(made.said).encode()
    body = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (head, said))
    seal = base64.urlsafe_b64encode(hmac.new(secret, body.encode(), sha256).digest()).decode().rstrip("=")
    forged = f"{body}.{seal}"
    with pytest.raises(CodedError, match="another algorithm"):
        check_proof(place, forged)


def test_other_bytes_of_the_record_are_told(place: Workplace) -> None:
    publish(place)
    made = make_proof(place, WHO, recognised(place).opened.id)
    record = proof_record(place, made.name)
    assert check_proof(place, made.document, record) == made
    assert check_proof(place, json.dumps(made.as_json), record) == made
    with pytest.raises(CodedError, match="other bytes"):
        check_proof(place, made.document, record.replace(b"JP", b"NZ"))


def test_old_keys_stay_served_when_a_new_one_signs(place: Workplace) -> None:
    publish(place, HOME, 1, 2)
    first = make_proof(place, WHO, recognised(place).opened.id)
    path = place.settings.home / "proof.key"
    assert path.stat().st_mode & 0o077 == 0
    before = path.read_bytes()
    rotate_key(place, WHO, why="once a year")
    assert path.read_bytes() != before
    assert path.stat().st_mode & 0o077 == 0
    second = make_proof(place, WHO, recognised(place, 2).opened.id)
    assert first.kid != second.kid
    assert {key["kid"] for key in jwks(place)["keys"]} == {first.kid, second.kid}
    for one in (first, second):
        assert by_an_outsider(one.document, jwks(place)) == one.said
    assert not [key for key in jwks(place)["keys"] if "d" in key]


def pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


@pytest.mark.parametrize(
    "text",
    [
        pem(ec.generate_private_key(ec.SECP256R1())), pem(ed25519.Ed25519PrivateKey.generate()),
        fresh_key("ES256").decode(), fresh_key("EdDSA").decode(),
    ],
    ids=["P-256 as PEM", "Ed25519 as PEM", "P-256 as JWK", "Ed25519 as JWK"],
)  # fmt: skip
def test_the_key_can_come_from_the_settings(place: Workplace, text: str) -> None:
    publish(place)
    chosen = type(place.settings)(home=place.settings.home, proof_key=text)
    given = Workplace(chosen, place.database, place.payloads)
    made = make_proof(given, WHO, recognised(given).opened.id)
    assert by_an_outsider(made.document, jwks(given)) == made.said
    assert not (place.settings.home / "proof.key").exists()
    with pytest.raises(CodedError, match="proof_key_is_set"):
        rotate_key(given, WHO, why="w")
    assert text not in repr(given.settings)


@pytest.mark.parametrize(
    "text",
    ["nonsense", "{}", '{"kty": "EC"}', pem(rsa.generate_private_key(65537, 2048)),
     pem(ec.generate_private_key(ec.SECP384R1())), json.dumps(read_key(fresh_key("ES256")).public)],
    ids=["nonsense", "empty", "no curve", "RSA", "P-384", "public half only"],
)  # fmt: skip
def test_a_key_that_cannot_sign_is_refused(text: str) -> None:
    with pytest.raises(CodedError, match="proof_key_unusable"):
        read_key(text.encode())


def test_only_a_recognition_in_force_can_be_proved(place: Workplace) -> None:
    publisher = publish(place, FOREIGN, 1, 2, 3)
    for number, verdict in ((1, "none"), (2, "undecided")):
        with pytest.raises(CodedError, match="proof_not_grantable"):
            make_proof(place, WHO, decided(place, verdict, number).opened.id)
    opened = open_decision(place, WHO, name(FOREIGN, 3), Asked(receiving="X"), "w").opened.id
    propose(place, WHO, opened, Terms(verdict="full"), why="w")
    with pytest.raises(CodedError, match="proof_not_grantable"):
        make_proof(place, WHO, opened)
    approve(place, OTHER, opened, why="w")
    publisher.update(3, "別の名前")
    with pytest.raises(CodedError, match="proof_not_grantable"):
        make_proof(place, WHO, opened)


def test_the_status_is_told_though_the_signature_stays_good(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = publish(place, HOME, 1, 2, 3, 4)
    ends = now().date() + timedelta(days=30)
    made = {number: make_proof(place, WHO, recognised(place, number, valid_until=ends).opened.id)
            for number in (1, 2, 3, 4)}  # fmt: skip
    act(place, WHO, made[1].decision, "withdraw", why="w")
    act(place, WHO, made[2].decision, "suspend", why="w")
    publisher.update(3, "別の名前")
    propose(place, WHO, made[4].decision, Terms(verdict="renew", valid_until=FAR), why="w")
    approve(place, OTHER, made[4].decision, why="w")
    again = make_proof(place, WHO, made[4].decision)
    told = {number: proof(place, one.name) for number, one in made.items()}
    assert {number: one.status for number, one in told.items()} == {
        1: Status.WITHDRAWN, 2: Status.SUSPENDED, 3: Status.REOPENED, 4: Status.SUPERSEDED,
    }  # fmt: skip
    assert told[3].reopened
    assert (told[4].successor, again.status) == (again.name, Status.VALID)
    reopen_changed(place)
    new = open_decision(place, WHO, name(HOME, 3), Asked(supersedes=made[3].decision), "w").opened.id
    submit(place, WHO, new, member_class="special", why="w")
    act(place, WHO, new, "review", why="w")
    propose(place, WHO, new, Terms(verdict="recognise"), why="w")
    approve(place, OTHER, new, why="w")
    assert proof(place, made[3].name).status is Status.SUPERSEDED
    later = now() + timedelta(days=31)
    monkeypatch.setattr("recognition.deciding.now", lambda: later)
    act(place, WHO, made[2].decision, "withdraw", why="w")
    assert proof(place, again.name).status is Status.VALID
    for one in (*made.values(), again):
        assert by_an_outsider(one.document, jwks(place)) == one.said


def test_a_proof_of_what_has_run_out_says_so(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(place)
    made = make_proof(place, WHO, recognised(place, valid_until=now().date()).opened.id)
    assert made.status is Status.VALID
    later = now() + timedelta(days=1)
    monkeypatch.setattr("recognition.deciding.now", lambda: later)
    assert proof(place, made.name).status is Status.EXPIRED


@pytest.fixture
def client(place: Workplace) -> Iterator[TestClient]:
    async def open_door(_: Request) -> None:
        pass

    app = Starlette(routes=[Routes([proofs_router(place)], open_door)])
    with TestClient(app, base_url="https://kakehashi.example", follow_redirects=False) as client:
        yield client


def test_everything_a_checker_needs_is_served(place: Workplace, client: TestClient) -> None:
    publish(place)
    made = make_proof(place, WHO, recognised(place).opened.id)
    keys = client.get("/.well-known/jwks.json")
    assert keys.headers["content-type"] == "application/jwk-set+json"
    document = client.get(f"/proofs/{made.name}.jws")
    said = by_an_outsider(document.text, keys.json())
    assert said["status_at"] == f"https://kakehashi.example/proofs/{made.name}"
    assert sha256(client.get(said["record"]["at"]).content).hexdigest() == said["record"]["sha256"]
    flat = client.get(f"/proofs/{made.name}.json").json()
    assert f"{flat['protected']}.{flat['payload']}.{flat['signature']}" == document.text
    picture = client.get(f"/proofs/{made.name}.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")
    sent = client.get(f"/proofs/{made.name}", headers={"Accept-Language": "ja"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/ja/proofs/{made.name}")


def test_the_page_tells_the_status_in_both_languages(place: Workplace, client: TestClient) -> None:
    publisher = publish(place, HOME, 1, title={"en": "<script>alert(1)</script>"})
    made = make_proof(place, WHO, recognised(place).opened.id)
    for language, word in (("ja", "今日の効力: 有効"), ("en", "As it stands today: valid")):
        told = client.get(f"/{language}/proofs/{made.name}").text
        assert word in told
        assert made.address in told
        assert "<script>" not in told
        assert WHO not in told
        assert OTHER not in told
    publisher.publish(1, op="changed", volume={"total_hours": "99"})
    for language, words in (("ja", ("再検討中", "学習量")), ("en", ("under re-examination", "Volume of learning"))):
        told = client.get(f"/{language}/proofs/{made.name}").text
        assert all(word in told for word in words)
    for address in ("/proofs/nothing", "/ja/proofs/nothing", "/proofs/nothing/record.json", "/proofs/nothing.jws"):
        assert client.get(address).status_code == 404
