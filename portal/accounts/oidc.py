"""Signing in through a provider of identities: OpenID Connect, authorization code with PKCE, by Authlib.

What the provider says is believed only when its signature, issuer, audience, times and nonce are right. The way there
and back is tied to the browser by a signed cookie that lasts ten minutes and is used once.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from itsdangerous import BadData, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from config.messages import CodedError
from config.settings import Settings
from portal.accounts.secret import Secret
from store.clock import now

JOURNEY_SECONDS = 600
_SIGNED_WITH = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "ES384", "ES512", "PS384", "PS512")
"""Signatures by a key that only the provider has; never a shared secret, never none."""
_LEEWAY = 60
_PATIENCE = 10.0
_KNOWN_FOR = 3600.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Journey:
    """A way to the provider and back: what only this browser and this portal know of it."""

    state: str
    nonce: str
    verifier: str
    then: str
    language: str

    @classmethod
    def new(cls, then: str, language: str) -> Journey:
        """Begin one."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), then, language)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says somebody is."""

    issuer: str
    subject: str
    claims: dict[str, Any]


class Provider:
    """The provider of a deployment. Its addresses and keys are asked for once an hour."""

    def __init__(self, settings: Settings, secret: Secret) -> None:
        self._settings = settings
        self._secret = secret
        self._lock = threading.Lock()
        self._known: tuple[float, dict[str, Any]] | None = None
        self._keys: KeySet | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is a provider."""
        return bool(self._settings.oidc_issuer and self._settings.oidc_client_id)

    def way_there(self, journey: Journey, back: str) -> str:
        """Return the provider's address to send a browser to. Raises `CodedError` with `provider_silent`."""
        return str(
            prepare_grant_uri(
                self._about()["authorization_endpoint"], self._settings.oidc_client_id, "code", redirect_uri=back,
                scope=self._settings.oidc_scopes, state=journey.state, nonce=journey.nonce,
                code_challenge=create_s256_code_challenge(journey.verifier), code_challenge_method="S256",
            )
        )  # fmt: skip

    def way_back(self, journey: Journey, back: str, query: dict[str, str]) -> Identity:
        """Return who came back. Raises `CodedError` with `provider_refused`, `provider_untrue` or `provider_silent`."""
        if not hmac.compare_digest(query.get("state", ""), journey.state):
            raise CodedError.of("provider_untrue", detail="state")
        if "iss" in query and query["iss"] != self._settings.oidc_issuer:
            raise CodedError.of("provider_untrue", detail="iss")
        if "code" not in query:
            raise CodedError.of("provider_refused", detail=query.get("error", "-")[:100])
        told = self._token(query["code"], journey.verifier, back)
        claims = self._believed(told, journey.nonce)
        return Identity(str(claims["iss"]), str(claims["sub"]), claims)

    def packed(self, journey: Journey) -> str:
        """Return a journey as the text of a cookie."""
        kept = [journey.state, journey.nonce, journey.verifier, journey.then, journey.language]
        return self._serializer().dumps(kept)

    def unpacked(self, text: str) -> Journey:
        """Return the journey of a cookie. Raises `CodedError` with `journey_over`."""
        try:
            return Journey(*self._serializer().loads(text, max_age=JOURNEY_SECONDS))
        except BadData:
            raise CodedError.of("journey_over") from None

    def _believed(self, told: dict[str, Any], nonce: str) -> dict[str, Any]:
        """Return the claims of an identity token that is right in everything. Raises `CodedError`."""
        try:
            token = self._decoded(str(told.get("id_token", "")))
            options = {
                "iss": {"essential": True, "value": self._settings.oidc_issuer},
                "aud": {"essential": True, "value": self._settings.oidc_client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
            }
            client = self._settings.oidc_client_id
            params = {"nonce": nonce, "client_id": client, "access_token": told.get("access_token")}
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(now().timestamp()), leeway=_LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise CodedError.of("provider_untrue", detail=type(error).__name__) from None
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise CodedError.of("provider_untrue", detail="sub")
        return dict(claims)

    def _decoded(self, text: str) -> jwt.Token:
        try:
            return jwt.decode(text, self._key_set(), algorithms=list(_SIGNED_WITH))
        except (JoseError, ValueError):
            self._keys = None  # the provider may have new keys since
            return jwt.decode(text, self._key_set(), algorithms=list(_SIGNED_WITH))

    def _key_set(self) -> KeySet:
        about = self._about()
        with self._lock:
            if self._keys is None:
                self._keys = KeySet.import_key_set(cast("KeySetSerialization", _fetched(about["jwks_uri"])))
            return self._keys

    def _about(self) -> dict[str, Any]:
        """Return what the provider says of itself. Raises `CodedError` with `provider_silent`."""
        issuer = self._settings.oidc_issuer or ""
        with self._lock:
            if self._known and time.monotonic() - self._known[0] < _KNOWN_FOR:
                return self._known[1]
            about = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if about.get("issuer") != issuer or not all(_is_safe(about.get(name)) for name in names):
                raise CodedError.of("provider_silent", detail="openid-configuration")
            self._known, self._keys = (time.monotonic(), about), None
            return about

    def _token(self, code: str, verifier: str, back: str) -> dict[str, Any]:
        """Return what the provider gives for a code. Raises `CodedError`."""
        name, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        proof = (quote(name, safe=""), quote(secret.get_secret_value(), safe="")) if secret else None
        if proof is None:
            asked["client_id"] = name
        address = self._about()["token_endpoint"]
        try:
            with httpx.Client(timeout=_PATIENCE, trust_env=False, auth=proof) as client:
                answer = client.post(address, data=asked, headers={"Accept": "application/json"})
                told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise CodedError.of("provider_silent", detail=type(error).__name__) from None
        if answer.status_code != 200 or not isinstance(told, dict):
            detail = str(told.get("error", "-"))[:100] if isinstance(told, dict) else "-"
            raise CodedError.of("provider_refused", detail=detail)
        return told

    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret.key("oidc").hex(), salt="journey")


def _fetched(address: str) -> dict[str, Any]:
    """Return a document of the provider. Raises `CodedError` with `provider_silent`."""
    if not _is_safe(address):
        raise CodedError.of("provider_silent", detail="https")
    try:
        with httpx.Client(timeout=_PATIENCE, trust_env=False) as client:
            found = client.get(address).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise CodedError.of("provider_silent", detail=type(error).__name__) from None
    if not isinstance(found, dict):
        raise CodedError.of("provider_silent", detail="JSON")
    return found


def _is_safe(address: Any) -> bool:
    parts = urlsplit(address) if isinstance(address, str) else None
    return parts is not None and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))
