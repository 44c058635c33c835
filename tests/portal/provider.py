"""A provider of identities on loopback, of our own: as OpenID Connect says, and wrong in one way where asked."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "kakehashi", "a secret: with signs/%"


@dataclass
class StandInProvider:
    """What the provider knows and how it is wrong. `claims` replace those of its tokens; None takes one away."""

    issuer: str = ""
    fault: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    sent: list[dict[str, str]] = field(default_factory=list)

    def about(self) -> dict[str, Any]:
        issuer = "https://other.example" if self.fault == "other_issuer" else self.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def agree(self, address: str) -> dict[str, str]:
        """Do what a person does there: agree. Return what the browser takes back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (query["response_type"], query["client_id"]) == ("code", CLIENT)
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.asked)}"
        self.asked[code] = query
        return {"code": code, "state": query["state"], "iss": self.issuer}

    def token(self, form: dict[str, str], proof: str) -> tuple[int, dict[str, Any]]:
        """Give tokens for a code, once, to whoever has the verifier and the client's secret."""
        self.sent.append(form)
        query = self.asked.pop(form.get("code", ""), None)
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = base64.b64encode(b"kakehashi:a%20secret%3A%20with%20signs%2F%25").decode()
        if query is None or challenge != query["code_challenge"] or form["redirect_uri"] != query["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if proof != f"Basic {known}":
            return 401, {"error": "invalid_client"}
        moment = int(time.time())
        told = {
            "iss": self.issuer, "aud": CLIENT, "sub": "subject-1", "iat": moment, "exp": moment + 300,
            "nonce": query["nonce"], "name": "架空 花子", "email": "hanako@contoh.example", "email_verified": True,
        } | self.claims  # fmt: skip
        told = {name: value for name, value in told.items() if value is not None}
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self._signed(told)}

    def _signed(self, told: dict[str, Any]) -> str:
        if self.fault == "unsigned":
            parts = [json.dumps({"alg": "none"}), json.dumps(told)]
            return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."
        if self.fault == "shared_secret":
            return jwt.encode({"alg": "HS256"}, told, OctKey.import_key(SECRET), algorithms=["HS256"])
        key = RSAKey.generate_key(2048, {"kid": "one"}) if self.fault == "other_key" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, told, key)


@contextmanager
def provider() -> Iterator[StandInProvider]:
    """Serve a provider, and give it."""
    it = StandInProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {
                "/.well-known/openid-configuration": it.about(),
                "/keys": {"keys": [it.key.as_dict(private=False)]},
            }
            self._answer(200 if self.path in known else 404, known.get(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*it.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
