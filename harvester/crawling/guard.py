"""What a crawl may reach: public addresses of allowed hosts, and loopback only where a stand-in was allowed.

The resolver checks the answer of the name look-up, which is the address that is then connected to; IP literals and
redirects pass it as well. The allow-list checks scheme, host and port of every request before it is sent.
"""

from __future__ import annotations

import ipaddress
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

ALLOW_LOOPBACK = "KAKEHASHI_ALLOW_LOOPBACK"
ALLOWED_HOSTS = "KAKEHASHI_ALLOWED_HOSTS"
_PORTS = {"http": 80, "https": 443}
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""Addresses of special purpose that older tables of the standard library count as public (IANA registries)."""
_ALLOCATED = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet, whatever form it is written in."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if parsed in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
        if parsed not in _ALLOCATED:
            return False
    return parsed.is_global and not parsed.is_multicast and not any(parsed in network for network in _SPECIAL)


class GuardedResolver(CachingThreadedResolver):
    """Looks names up and refuses answers that are not public.

    `refused` are the names that it refused in this crawl: on the way to the spider the reason itself is lost.
    """

    allow_loopback = False
    refused: ClassVar[set[str]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardedResolver:
        """Build the resolver; loopback is allowed only by the crawl's explicit setting."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.allow_loopback = crawler.settings.getbool(ALLOW_LOOPBACK)
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802
        """Return the address of a name. Fails with `DNSLookupError` for an address that must not be reached."""
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        loopback = _is_loopback(address)
        if (loopback and self.allow_loopback) or (not loopback and is_public(address)):
            return address
        self.refused.add(name)
        raise DNSLookupError(f"{name} leads to {address}, which a crawl must not reach")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class AllowList:
    """Refuses requests to another scheme, host or port than the registry's."""

    def __init__(self, hosts: list[str]) -> None:
        self._hosts = frozenset(hosts)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AllowList:
        """Build the list from the crawl's settings: entries are `host` or `host:port`."""
        return cls(crawler.settings.getlist(ALLOWED_HOSTS))

    def process_request(self, request: Request) -> None:
        """Let an allowed request pass. Raises `IgnoreRequest` for any other."""
        if not self.allows(request.url):
            raise IgnoreRequest("address_refused")

    def allows(self, url: str) -> bool:
        """Tell whether an address is on the list. A host without a port stands for ports 80 and 443."""
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            return False
        if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
            return False
        usual = port is None or port == _PORTS[parts.scheme]
        return (usual and parts.hostname in self._hosts) or f"{parts.hostname}:{port}" in self._hosts
