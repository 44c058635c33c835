"""Where a harvest that a person asks for begins: the registry's own address, or one given for this time."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from config.messages import CodedError
from config.settings import settings
from connectors.contract import Registry
from connectors.discovery import registry as find_registry
from harvester.crawling.folder import door_of


def source_at(
    name: str, address: str | None = None, options: tuple[str, ...] = (), *, allow_loopback: bool = False
) -> Registry:
    """Return a registry at the address it is to be harvested from, with options (`name=value`) laid over its own.

    Raises `CodedError` with `registry_unknown`, `address_invalid`, `option_invalid`, `address_missing` or
    `loopback_refused`.
    """
    source = _changed(find_registry(name, settings().registries_file), address, options)
    if not door_of(source.manifest):
        raise CodedError.of("address_missing", registry=name)
    if not allow_loopback and _is_this_machine(source.manifest.address):
        raise CodedError.of("loopback_refused", address=source.manifest.address)
    return source


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_this_machine(address: str) -> bool:
    """Tell it by the name alone; the crawl itself refuses names that only lead here."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _changed(source: Registry, address: str | None, options: tuple[str, ...]) -> Registry:
    if address is not None and not _is_web_address(address):
        raise CodedError.of("address_invalid", address=address)
    changes: dict[str, Any] = {"address": address} if address else {}
    if options:
        changes["options"] = {**source.manifest.options, **dict(map(_option, options))}
    return replace(source, manifest=source.manifest.model_copy(update=changes)) if changes else source


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise CodedError.of("option_invalid", option=text)
    return name.strip(), value
