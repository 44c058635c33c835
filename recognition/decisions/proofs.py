"""The electronic proof of a decision: what it says, how it is signed, and how it is checked. Pure.

A proof is a JWS (RFC 7515) over a small JSON document: which version of which record, what was decided by which body,
and where to ask whether that still holds. It names no person. A signature cannot be called back, so a proof never says
"valid": the page at its address does.
"""

from __future__ import annotations

import base64
import binascii
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b, sha256
from typing import Any, Literal, NamedTuple

import orjson
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, KeySet, OKPKey

from config.messages import CodedError
from recognition.decisions.model import POSITIVE, Grant, Opened, Standing, Status

Algorithm = Literal["ES256", "EdDSA"]
TYPE = "recognition-proof+jws"
ALGORITHMS: tuple[Algorithm, ...] = ("ES256", "EdDSA")
_LONGEST = 65536


class SigningKey(NamedTuple):
    """A private key with its id (RFC 7638 thumbprint) and what it signs with."""

    kid: str
    algorithm: Algorithm
    key: ECKey | OKPKey

    @property
    def public(self) -> dict[str, Any]:
        """The public half as a JWK, as it is served."""
        shown = {name: value for name, value in self.key.as_dict(private=False).items() if name in _PUBLIC}
        return {**shown, "kid": self.kid, "use": "sig", "alg": self.algorithm}


_PUBLIC = {"kty", "crv", "x", "y"}


def fresh_key(algorithm: Algorithm) -> bytes:
    """Return a new private key as a JWK."""
    key = ECKey.generate_key("P-256") if algorithm == "ES256" else OKPKey.generate_key("Ed25519")
    return orjson.dumps(key.as_dict(private=True), option=orjson.OPT_SORT_KEYS)


def read_key(text: bytes) -> SigningKey:
    """Return a private key from a JWK or PEM. Raises `CodedError` with `proof_key_unusable`."""
    try:
        key = _imported(text)
        kid = key.thumbprint()
        private = key.is_private
        curve = key.as_dict(private=False).get("crv")
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise CodedError.of("proof_key_unusable", detail=type(error).__name__) from None
    algorithm: Algorithm | None = {"P-256": ALGORITHMS[0], "Ed25519": ALGORITHMS[1]}.get(str(curve))
    if algorithm is None or not private:
        raise CodedError.of("proof_key_unusable", detail="not a private key of P-256 or Ed25519")
    return SigningKey(kid, algorithm, key)


def _imported(text: bytes) -> ECKey | OKPKey:
    if text.lstrip().startswith(b"{"):
        told = orjson.loads(text)
        return OKPKey.import_key(told) if told.get("kty") == "OKP" else ECKey.import_key(told)
    try:
        return ECKey.import_key(text)
    except (JoseError, ValueError, TypeError):
        return OKPKey.import_key(text)


def proof_name(opened: Opened, grant: Grant, kid: str) -> str:
    """Return the name of the proof of a grant under a key."""
    told = f"{opened.id} {grant.number} {kid} {grant.pin.record} {grant.pin.content_hash}"
    return base64.b32encode(blake2b(told.encode(), digest_size=10).digest()).decode().lower()


def grantable(standing: Standing, grant: Grant) -> bool:
    """Whether there can be a proof of a grant: it is in force today, and it is a recognition."""
    positive = grant.outcome is None or grant.outcome in POSITIVE
    return positive and standing.grant == grant and standing.status is Status.VALID


def status_of(standing: Standing, step: int) -> Status:
    """Return how what was granted by one step stands: what was granted again later is superseded."""
    grant = standing.grant
    if grant is None or standing.status is None or grant.number != step:
        return Status.SUPERSEDED
    return standing.status


def claims(
    opened: Opened, grant: Grant, *, base: str, name: str, body: Mapping[str, str], record: bytes, issued: int
) -> dict[str, Any]:
    """Return what a proof says. `record` are the bytes of the version as it leaves, `body` who decided, by language."""
    terms = grant.terms
    decided = {
        "kind": opened.track,
        "outcome": str(grant.outcome) if grant.outcome is not None else "recognised",
        "body": dict(body),
        "purpose": opened.purpose if opened.track == "foreign" else None,
        "decided_on": grant.decided_on.isoformat(),
        "valid_from": terms.valid_from.isoformat() if terms.valid_from else None,
        "valid_until": terms.valid_until.isoformat() if terms.valid_until else None,
        "conditions": list(terms.conditions) or None,
        "covers": terms.covers or None,
        "framework_version": terms.framework_version,
        "number": terms.number,
        "mark": terms.mark if opened.track == "home" else None,
    }
    return {
        "iss": base,
        "iat": issued,
        "jti": name,
        "sub": grant.pin.iri,
        "status_at": address_of(base, name),
        "record": {
            "registry": grant.pin.registry,
            "version": grant.pin.version,
            "content_hash": grant.pin.content_hash,
            "sha256": sha256(record).hexdigest(),
            "at": f"{address_of(base, name)}/record.json",
        },
        "decision": {key: value for key, value in decided.items() if value is not None},
    }


def address_of(base: str, name: str) -> str:
    """Return the address at which the status of a proof is told."""
    return f"{base}/proofs/{name}"


def signed(said: Mapping[str, Any], key: SigningKey) -> str:
    """Return a document in the compact form."""
    header = {"alg": key.algorithm, "kid": key.kid, "typ": TYPE}
    payload = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    with _known_names():
        return jws.serialize_compact(header, payload, key.key, algorithms=[key.algorithm])


def flattened(document: str) -> dict[str, str]:
    """Return a compact document in the flattened JSON form."""
    protected, payload, signature = document.split(".")
    return {"payload": payload, "protected": protected, "signature": signature}


def checked(document: str, keys: Sequence[Mapping[str, Any]], record: bytes | None = None) -> dict[str, Any]:
    """Return what a document says if one of these public keys signed it, and the record is the one it speaks of.

    Takes the compact and the flattened form. Raises `CodedError` with `proof_invalid`.
    """
    compact = _compact(document.strip())
    header = _header(compact)
    known = [dict(key) for key in keys if key.get("kid") == header.get("kid")]
    if header.get("typ") != TYPE:
        raise CodedError.of("proof_invalid", detail="not a proof of recognition")
    if not known:
        raise CodedError.of("proof_invalid", detail="signed with a key that is not served")
    if known[0].get("alg") != header.get("alg") or header.get("alg") not in ALGORITHMS:
        raise CodedError.of("proof_invalid", detail="another algorithm than that of its key")
    try:
        with _known_names():
            told = jws.deserialize_compact(
                compact.encode(), KeySet.import_key_set({"keys": known}), algorithms=[str(header["alg"])]
            )
        said: dict[str, Any] = orjson.loads(told.payload or b"")
    except (JoseError, ValueError, TypeError) as error:
        raise CodedError.of("proof_invalid", detail=f"the signature does not fit ({type(error).__name__})") from None
    if record is not None and sha256(record).hexdigest() != said["record"]["sha256"]:
        raise CodedError.of("proof_invalid", detail="it speaks of other bytes of the record")
    return said


def _compact(document: str) -> str:
    if len(document) > _LONGEST:
        raise CodedError.of("proof_invalid", detail="too long")
    if not document.startswith("{"):
        return document
    try:
        told = orjson.loads(document)
        return ".".join(str(told[part]) for part in ("protected", "payload", "signature"))
    except (ValueError, KeyError, TypeError):
        raise CodedError.of("proof_invalid", detail="not a JWS") from None


def _header(compact: str) -> dict[str, Any]:
    first = compact.partition(".")[0]
    try:
        told = orjson.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, binascii.Error):
        told = None
    if not isinstance(told, dict):
        raise CodedError.of("proof_invalid", detail="not a JWS")
    return told


@contextmanager
def _known_names() -> Iterator[None]:
    """Let `EdDSA` be: RFC 9864 has a newer name for it, which few libraries of verifiers read yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        yield
