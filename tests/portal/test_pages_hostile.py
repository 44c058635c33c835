"""Pages whose records mean harm: nothing that came from outside becomes markup, script or a link to run."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html
from starlette.testclient import TestClient

from portal.public.site import web_address
from tests.portal.publishing import Publisher, name

PAYLOADS = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "<a href=\"javascript:alert(1)\">x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "</textarea><script>alert(1)</script>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "{{ 7 * 7 }}{% for x in ().__class__.__mro__ %}{{ x }}{% endfor %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "]]><script>alert(1)</script><!--",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<form action=https://evil.example/><button>x</button></form>",
)  # fmt: skip
ADDRESSES = (
    "javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x",
    "vbscript:x", "//evil.example/x", "file:///etc/passwd", "https:", "http://", "https://a b",
    "\x01javascript:alert(1)", "https://[", "", None, 7, "https://x.example/" + "a" * 3000,
)  # fmt: skip
_ATTRIBUTES = {"href", "src", "action", "formaction", "xlink:href", "srcdoc", "data", "poster", "style", "background"}


def _evil(payload: str) -> dict[str, Any]:
    text = {"en": payload, "ja": payload, "und": payload}
    return {
        "title": text,
        "description": text,
        "landing_page": "https://evil.example/?q=%22%3E%3Cscript%3E",
        "issuer": {"name": text, "country": "JP", "former_names": [payload]},
        "identifiers": [{"scheme": payload, "value": payload}],
        "learning_outcomes": [{"text": text, "note": text}],
        "outcome_summary": text,
        "level": [{"scheme": "issuer-local", "value": payload, "label": text}],
        "field": [{"scheme": "text", "label": text}],
        "credit": [{"system": "other", "value": 1, "text": text}],
        "prerequisites": [text],
        "further_info": [{"label": text, "url": "https://evil.example/'onclick='x"}],
        "version": payload,
    }


_DRAWN = {"svg", "g", "line", "path", "polyline", "circle", "rect", "text", "title"}
"""What our own charts are made of."""


def _harmless(body: str, payload: str) -> None:
    tree = html.fromstring(body)
    assert not tree.xpath("//script | //iframe | //math | //img | //base | //style | //object | //embed")
    for drawing in tree.xpath("//svg"):
        assert drawing.get("class") == "chart", "none of our own"
        assert {part.tag for part in drawing.iter()} <= _DRAWN, payload
    assert not tree.xpath("//meta[@http-equiv]")
    assert "49" not in tree.xpath("string(//h1)")
    for element in tree.iter(html.etree.Element):
        for attribute, value in element.attrib.items():
            assert not attribute.startswith("on"), payload
            if attribute in _ATTRIBUTES:
                assert value.startswith(("/", "#", "https://", "http://")), (attribute, value)
                assert not value.startswith("//")
    forms = tree.xpath("//form/@action")
    assert all(action.startswith(("/ja/", "/en/")) for action in forms)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_record_stays_text_on_every_page(client: TestClient, publisher: Publisher, payload: str) -> None:
    publisher.publish(1, 2, **_evil(payload))
    publisher.publish(1, op="changed", **(_evil(payload) | {"description": {"en": payload + "!"}}))
    one, other = name("jmicro", 1), name("jmicro", 2)
    asked = [("/search", {}), ("/search", {"q": payload, "country": payload, "level": payload, "page": payload}),
             (f"/mc/{one}", {}), (f"/mc/{other}", {payload: payload}), ("/compare", {"ids": f"{one},{other}"}),
             ("/compare", {"ids": payload}), ("/", {}), ("/registries", {}), (f"/mc/{payload}", {})]  # fmt: skip
    for language in ("ja", "en"):
        for path, params in asked:
            found = client.get(f"/{language}{path}", params=params)
            if found.status_code in {303, 307}:
                continue
            assert found.status_code in {200, 404, 422}, path
            assert "default-src 'none'" in found.headers["content-security-policy"]
            _harmless(found.text, payload)
    shown = client.get(f"/en/mc/{one}").text
    if "&" not in payload:
        assert payload in html.fromstring(shown).text_content()
    publisher.delete(2, reason=payload)
    gone = client.get(f"/ja/mc/{other}")
    assert gone.status_code == 410
    _harmless(gone.text, payload)


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_web_addresses_become_links(address: Any) -> None:
    assert web_address(address) is None


@pytest.mark.parametrize("address", ["https://a.example/x?y=1#z", "http://127.0.0.1:8080/", "HTTPS://A.EXAMPLE/例"])
def test_web_addresses_do(address: str) -> None:
    assert web_address(address) == address


def test_the_plain_page_has_the_policy_too(client: TestClient, publisher: Publisher) -> None:
    publisher.publish(1)
    found = client.get(f"/mc/{name('jmicro', 1)}", headers={"Accept": "text/html"})
    assert "default-src 'none'" in found.headers["content-security-policy"]
