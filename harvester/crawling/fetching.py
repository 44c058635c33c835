"""One answer of one address that somebody gave us, under the guard that crawls are under.

The name is looked up once, every address found is checked, and the one that was checked is the one connected to.
Redirections are checked anew. The answer is read within a limit of bytes; a limit of time is for the caller to set.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from contextlib import closing
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from config.messages import CodedError
from harvester.crawling.guard import is_public

_PORTS = {"http": 80, "https": 443}
_MOST_HOPS = 5
_PATIENCE = 10.0
_MOVED = frozenset({301, 302, 303, 307, 308})
_PIECE = 2**16
_LONGEST = 2000


class Fetched(NamedTuple):
    """An answer: where it finally came from, its bytes, and what it says it is."""

    url: str
    body: bytes
    media_type: str


def fetched(url: str, agent: str, most: int, *, allow_loopback: bool = False) -> Fetched:
    """Fetch an address.

    Raises `CodedError` with `address_closed`, `answer_too_large`, `page_missing` or `download_failed`.
    """
    for _ in range(_MOST_HOPS + 1):
        connection, path = _connection(url, allow_loopback=allow_loopback)
        try:
            connection.request("GET", path, headers={"User-Agent": agent, "Accept": "*/*",
                                                     "Accept-Encoding": "identity"})  # fmt: skip
            with closing(connection.getresponse()) as answer:
                moved = answer.getheader("Location") if answer.status in _MOVED else None
                if moved is None:
                    return _read(url, answer, most)
                url = urljoin(url, moved)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise CodedError.of("download_failed", url=url[:_LONGEST], detail=type(error).__name__) from None
        finally:
            connection.close()
    raise CodedError.of("download_failed", url=url[:_LONGEST], detail="too many redirections")


def posted(
    url: str, body: bytes, media_type: str, agent: str, most: int, *, seconds: float, allow_loopback: bool = False
) -> Fetched:  # fmt: skip
    """Post to an address and read the answer within a limit of time; a redirection is not followed.

    Raises `CodedError` as `fetched` does.
    """
    end = time.monotonic() + seconds
    connection, path = _connection(url, allow_loopback=allow_loopback)
    connection.timeout = seconds
    try:
        connection.request("POST", path, body=body, headers={"User-Agent": agent, "Accept": "application/json",
                                                             "Content-Type": media_type,
                                                             "Accept-Encoding": "identity"})  # fmt: skip
        with closing(connection.getresponse()) as answer:
            return _read(url, answer, most, end)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CodedError.of("download_failed", url=url[:_LONGEST], detail=type(error).__name__) from None
    finally:
        connection.close()


def _read(url: str, answer: http.client.HTTPResponse, most: int, end: float | None = None) -> Fetched:
    if answer.status != 200:
        raise CodedError.of("page_missing", status=answer.status, url=url)
    if answer.getheader("Content-Encoding", "identity").lower() != "identity":
        raise CodedError.of("download_failed", url=url, detail="packed, though unpacked was asked for")
    pieces = []
    size = 0
    while piece := answer.read1(_PIECE):
        size += len(piece)
        if end is not None and time.monotonic() > end:
            raise CodedError.of("download_failed", url=url, detail="it took too long")
        if size > most:
            raise CodedError.of("answer_too_large", limit=most, url=url)
        pieces.append(piece)
    return Fetched(url, b"".join(pieces), answer.headers.get_content_type())


def _connection(url: str, *, allow_loopback: bool) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection to a checked address, and what to ask it for. Raises `CodedError`."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except ValueError:
        raise _closed(url, "no address") from None
    if parts.scheme not in _PORTS or not host or parts.username is not None or not url.isascii():
        raise _closed(url, "no address of http or https")
    address = _checked(url, host, port, allow_loopback=allow_loopback)
    if port != _PORTS[parts.scheme] and not (allow_loopback and _is_loopback(address)):
        raise _closed(url, "an unusual port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https":
        return _Secured(host, port, address), path
    return _Plain(host, port, address), path


def _checked(url: str, host: str, port: int, *, allow_loopback: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise CodedError.of("download_failed", url=url, detail="the name leads nowhere") from None
    addresses = [str(one[4][0]) for one in found]
    for address in addresses:
        if not (is_public(address) or (allow_loopback and _is_loopback(address))):
            raise _closed(url, "not a public address")
    return addresses[0]


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def _closed(url: str, detail: str) -> CodedError:
    return CodedError.of("address_closed", url=url[:_LONGEST], detail=detail)


class _Plain(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=_PATIENCE)
        self._address = address

    def connect(self) -> None:
        """Connect without looking the name up again."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class _Secured(_Plain):
    """The same, protected; the certificate must be of the name."""

    default_port = 443

    def connect(self) -> None:
        """Connect and check the certificate."""
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
