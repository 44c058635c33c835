"""The ugly states a registry's page can be in, made from a healthy page. Stand-ins show them; tests expect them."""

from __future__ import annotations

from connectors.contract import Answer

LOGIN = Answer(
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1>"
    b'<form method="post" action="login"><label>User <input type="text" name="user"></label>'
    b'<label>Password <input type="password" name="password"></label><button>Sign in</button></form></body></html>'
)
MAINTENANCE = Answer(
    "<!DOCTYPE html><html><head><title>Notice</title></head><body>"
    "<h1>Penyelenggaraan sistem / Scheduled maintenance</h1>"
    "<p>メンテナンス中です。The service will be back soon.</p></body></html>".encode()
)
SOFT_404 = Answer(
    b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Page not found</h1>"
    b"<p>The page you asked for could not be found.</p></body></html>"
)
EMPTY = Answer(b"")

COMMON: dict[str, str] = {
    "login": "a login form with status 200",
    "maintenance": "a maintenance notice with status 200",
    "soft-404": "a not-found page with status 200",
    "blank-body": "an empty answer with status 200",
    "truncated": "a page that ends in the middle",
    "mojibake": "bytes that no encoding explains",
    "server-error": "status 500 on every request",
}
"""Variants that every stand-in can show, with what each is."""


def common(variant: str, healthy: Answer) -> Answer | None:
    """Return the answer of a common variant, made from the healthy one; None for other variants."""
    made = {
        "login": LOGIN,
        "maintenance": MAINTENANCE,
        "soft-404": SOFT_404,
        "blank-body": EMPTY,
        "server-error": Answer(b"<html><body>Internal error</body></html>", status=500),
    }
    if variant in made:
        return made[variant]
    if variant == "truncated":
        return Answer(healthy.body[: len(healthy.body) * 3 // 5], media_type=healthy.media_type)
    if variant == "mojibake":
        broken = bytes(byte if byte < 128 and index % 40 else 0x81 for index, byte in enumerate(healthy.body))
        return Answer(broken, media_type=healthy.media_type)
    return None
