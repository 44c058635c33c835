"""Drafts of translations by a service that speaks the API of LibreTranslate, one text at a time, when somebody asks.

What comes back is a draft of a machine: it is kept as one and shows to nobody else until a second person has approved
it. Only what a registry's terms release is sent. The address stands under the guard of crawls; this machine itself may
be asked where the setting names it.
"""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson

from config.messages import CodedError
from config.settings import Settings
from crosswalks.text import UNDETERMINED
from harvester.crawling.fetching import posted
from store.clock import now

_MOST = 2**20
_SECONDS = 30.0
_LONGEST = 8000


class Draft(NamedTuple):
    """What a machine made of a text; `note` names the model, the service and the day."""

    text: str
    note: str


def drafted(settings: Settings, text: str, source: str, target: str) -> Draft:
    """Return a draft of a text in another language.

    Raises `CodedError` with `translation_service_unset`, `translation_too_long`, `translation_service_odd`, or as
    `posted` does.
    """
    if settings.translation_service is None:
        raise CodedError.of("translation_service_unset")
    if len(text) > _LONGEST:
        raise CodedError.of("translation_too_long", most=_LONGEST)
    address = str(settings.translation_service)
    spoken = "auto" if source == UNDETERMINED else source.partition("-")[0]
    asked = {"q": text, "source": spoken, "target": target, "format": "text"}
    if settings.translation_key is not None:
        asked["api_key"] = settings.translation_key.get_secret_value()
    found = posted(
        address, orjson.dumps(asked), "application/json", settings.user_agent, _MOST, seconds=_SECONDS,
        allow_loopback=is_here(address),
    )  # fmt: skip
    return Draft(_text(address, found.body), maker_of(settings))


def maker_of(settings: Settings) -> str:
    """Return what is told beside a draft: the model as the settings name it, the service, the day."""
    host = urlsplit(str(settings.translation_service)).hostname or "-"
    return f"{settings.translation_model or '?'} · {host} · {now().date().isoformat()}"


def is_here(address: str) -> bool:
    """Tell whether an address names this machine itself, by its number or as `localhost`."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _text(address: str, body: bytes) -> str:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    text = found.get("translatedText") if isinstance(found, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise CodedError.of("translation_service_odd", url=address)
    return text.strip()[:_LONGEST]
