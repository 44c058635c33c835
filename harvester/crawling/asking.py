"""Asking a registry's first address whether it is there: robots.txt, a pause, and one HEAD; nothing is kept.

The guard is the same as for a crawl: only allowed ports, only public addresses, and the address that was checked is the
one that is connected to. Redirects are told, not followed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx
from protego import Protego

from config.messages import Issue
from connectors.contract import Registry
from harvester.crawling.guard import is_public

_PORTS = {"http": 80, "https": 443}
_PATIENCE = 15.0
_LONGEST_PAUSE = 30.0
_ROBOTS_BYTES = 512 * 2**10


def shape_trouble(url: str, *, allow_loopback: bool = False) -> str | None:
    """Return what is wrong with an address as it is written, without asking anybody; None when nothing is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return str(error)
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or not host:
        return "it is no http(s) address"
    if parts.username or parts.password:
        return "it holds a name or a password"
    literal = _literal(host)
    local = host == "localhost" or (literal is not None and ipaddress.ip_address(literal).is_loopback)
    if local and allow_loopback:
        return None
    if local or (literal is not None and not is_public(literal)):
        return "it is an address of this machine or of a private network"
    if port is not None and port != _PORTS[parts.scheme]:
        return f"its port is {port}; only {_PORTS[parts.scheme]} is asked"
    return None


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks as a deployment introduces itself."""

    user_agent: str
    allow_loopback: bool = False

    def ask(self, registry: Registry) -> Issue:
        """Ask a registry's address and return how it went, as a coded message."""
        url = registry.manifest.address
        told = {"registry": registry.id, "url": url}
        try:
            return asyncio.run(asyncio.wait_for(self._ask(registry, urlsplit(url)), 4 * _PATIENCE + _LONGEST_PAUSE))
        except (OSError, ValueError, TimeoutError, httpx.HTTPError) as error:
            detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            return Issue("address_unanswered", {**told, "detail": detail})

    async def _ask(self, registry: Registry, parts: SplitResult) -> Issue:
        told: dict[str, Any] = {"registry": registry.id, "url": registry.manifest.address}
        port = parts.port or _PORTS[parts.scheme]
        address = await self._resolved(parts.hostname or "", port)
        if address is None:
            return Issue("address_not_public", told)
        async with httpx.AsyncClient(
            timeout=_PATIENCE, follow_redirects=False, trust_env=False, headers={"User-Agent": self.user_agent}
        ) as client:
            polite = registry.manifest.politeness
            pause = polite.delay
            if polite.robots:
                rules = await self._robots(client, parts, address)
                if not rules.can_fetch(registry.manifest.address, self.user_agent):
                    return Issue("robots_refused", told)
                pause = max(pause, rules.crawl_delay(self.user_agent) or 0.0)
            await asyncio.sleep(min(pause, _LONGEST_PAUSE))
            begun = time.monotonic()
            target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            answer = await client.send(self._request(client, "HEAD", parts, address, target))
        told |= {"status": answer.status_code, "seconds": round(time.monotonic() - begun, 1)}
        if answer.status_code in {401, 403, 404, 407, 410} or answer.status_code >= 500:
            return Issue("address_unanswered", {**told, "detail": f"status {answer.status_code}"})
        return Issue("doctor_asked", told)

    async def _robots(self, client: httpx.AsyncClient, parts: SplitResult, address: str) -> Protego:
        request = self._request(client, "GET", parts, address, "/robots.txt")
        answer = await client.send(request, stream=True)
        read = b""
        try:
            if answer.status_code >= 500:
                return Protego.parse("User-agent: *\nDisallow: /\n")
            if answer.status_code == 200:
                async for piece in answer.aiter_bytes():
                    read += piece
                    if len(read) > _ROBOTS_BYTES:
                        break
        finally:
            await answer.aclose()
        return Protego.parse(read[:_ROBOTS_BYTES].decode("utf-8", "replace"))

    def _request(
        self, client: httpx.AsyncClient, method: str, parts: SplitResult, address: str, target: str
    ) -> httpx.Request:
        """Build a request that goes to an address that was checked, whatever the name says by then."""
        place = f"[{address}]" if ":" in address else address
        port = f":{parts.port}" if parts.port else ""
        return client.build_request(
            method,
            f"{parts.scheme}://{place}{port}{target}",
            headers={"Host": parts.netloc.rpartition("@")[2]},
            extensions={"sni_hostname": parts.hostname or ""},
        )

    async def _resolved(self, host: str, port: int) -> str | None:
        """Return an address of a name; None when any of them must not be reached."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        return addresses[0] if addresses and all(map(self._allowed, addresses)) else None

    def _allowed(self, address: str) -> bool:
        return is_public(address) or (self.allow_loopback and ipaddress.ip_address(address).is_loopback)


def _literal(host: str) -> str | None:
    """Return a host as the address that it stands for, in whatever form of number; None for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None
