"""The registry seal on a manifest: a detached JWS, when the deployment has a key.

Source: RFC 7515 with its appendix F (detached content). It says that these bytes were handed out by whoever has the
key, and is called no more than that: it is not an advanced electronic seal. A certificate stands in `x5c`.
"""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jws
from joserfc.jwk import ECKey

from config.messages import CodedError
from config.settings import Settings

_ALGORITHM = "ES256"
_CURVE = "P-256"


def sealed(content: bytes, settings: Settings, moment: datetime) -> bytes | None:
    """Return the seal over some bytes; None when the deployment has no key. Raises `CodedError` with `seal_key_bad`."""
    if settings.seal_key is None:
        return None
    key = _key(settings.seal_key)
    header: dict[str, Any] = {"alg": _ALGORITHM, "kid": key.thumbprint(), "iat": int(moment.timestamp())}
    if settings.seal_certificate is not None:
        header |= _certificates(settings.seal_certificate, key)
    registry = jws.JWSRegistry(algorithms=[_ALGORITHM], strict_check_header=False)
    whole = jws.serialize_compact(header, content, key, registry=registry)
    head, _, signature = whole.split(".")
    return f"{head}..{signature}\n".encode()


def public_keys(settings: Settings) -> dict[str, Any]:
    """Return the set of keys that seals can be checked with (RFC 7517)."""
    if settings.seal_key is None:
        return {"keys": []}
    key = _key(settings.seal_key)
    return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": _ALGORITHM}]}


def _key(path: Path) -> ECKey:
    try:
        key = ECKey.import_key(path.read_text(encoding="ascii"))
        if key.as_dict(private=True).get("crv") != _CURVE or not key.is_private:
            raise CodedError.of("seal_key_bad", file=str(path), detail="it must be a private key on P-256")
    except (OSError, ValueError, TypeError) as error:
        raise CodedError.of("seal_key_bad", file=str(path), detail=str(error).partition("\n")[0]) from None
    return key


def _certificates(path: Path, key: ECKey) -> dict[str, Any]:
    try:
        chain = x509.load_pem_x509_certificates(path.read_bytes())
        held = chain[0].public_key()
    except (OSError, ValueError, IndexError) as error:
        raise CodedError.of("seal_key_bad", file=str(path), detail=str(error).partition("\n")[0]) from None
    mine = key.public_key
    if not isinstance(held, ec.EllipticCurvePublicKey) or held.public_numbers() != mine.public_numbers():
        raise CodedError.of("seal_key_bad", file=str(path), detail="the certificate is not for the key")
    fingerprint = base64.urlsafe_b64encode(chain[0].fingerprint(SHA256())).decode().rstrip("=")
    return {
        "x5c": [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain],
        "x5t#S256": fingerprint,
    }
