"""Addresses of the register. A link is only ever followed on the register's own host, below its own address.

The host has changed over the years and mirrors exist, so of a link only its path and query are taken.
"""

from __future__ import annotations

from posixpath import dirname, relpath
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

PROVIDERS = "providers/results.do"
PROVIDER = "providers/details.do"
RESULTS = "nzqf/search/results.do"


def providers_url(root: str, type_code: str) -> str:
    """Return the address of the list of all providers of one kind."""
    asked = {
        "regionCode": "0",
        "typeCode": type_code,
        "category": "",
        "copApprovalStatus": "",
        "nameQuery": "",
    }
    return urljoin(root, f"{PROVIDERS}?{urlencode(asked)}")


def provider_url(root: str, provider: str) -> str:
    """Return the address of one provider's page."""
    return urljoin(root, f"{PROVIDER}?{urlencode({'providerId': provider})}")


def results_url(root: str, provider: str, status: str = "") -> str:
    """Return the address of the list of what one provider offers, of one status only where one is given."""
    asked = {"org": provider, **({"status": status} if status else {})}
    return urljoin(root, f"{RESULTS}?{urlencode(asked)}")


def own_url(root: str, page: str, link: str) -> str | None:
    """Return where a link on a page leads, brought back to the register's own address; None if nowhere."""
    try:
        target = urlsplit(urljoin(page, link.strip()))
        query = urlencode(parse_qsl(target.query, keep_blank_values=True))
    except ValueError:
        return None
    if target.scheme not in {"http", "https"}:
        return None
    home = urlsplit(root)
    path = target.path if target.path.startswith(home.path) else home.path + target.path.lstrip("/")
    return home._replace(path=path, query=query, fragment="").geturl()


def relative(page: str, url: str) -> str:
    """Return an address as seen from a page of the same host: path and query."""
    target = urlsplit(url)
    return f"{relpath(target.path, dirname(urlsplit(page).path))}?{target.query}"


def parameter(url: str, name: str) -> str:
    """Return the value of a parameter of an address, empty when it has none."""
    try:
        found = [value for key, value in parse_qsl(urlsplit(url).query) if key.lower() == name.lower()]
    except ValueError:
        return ""
    return found[0].strip() if found else ""
