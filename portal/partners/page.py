"""A record's page in its plainest dress: every released value, where its data are, and what search engines read."""

from __future__ import annotations

from typing import Any

import orjson
from lxml import html
from lxml.html import builder as tag

from config.messages import Issue, Language
from crosswalks.text import legal
from harvester.terminal.wording import coded, leaves
from portal.partners.signposts import Addresses

_OTHER: dict[Language, Language] = {"ja": "en", "en": "ja"}
_WORDS: dict[str, dict[Language, str]] = {
    "data": {"ja": "データ", "en": "Data"},
    "full": {"ja": "出典・履歴つきのページ", "en": "Page with sources and history"},
    "versions": {"ja": "版", "en": "Versions"},
    "other": {"ja": "English", "en": "日本語"},
    "successor": {"ja": "後継の記録", "en": "Successor"},
}


def record_page(
    descriptor: dict[str, Any], addresses: Addresses, schema_org: bytes | None, language: Language
) -> bytes:
    """Return the page of a record. `descriptor` is what may be shown of it; `schema_org` is JSON-LD for the head."""
    title, spoken = _title(descriptor["title"], language)
    head = [
        tag.META(charset="utf-8"),
        tag.TITLE(title),
        tag.LINK(rel="canonical", href=addresses.page),
        *_alternates(addresses.page),
        *(
            tag.LINK(rel="alternate", type=form.media_type, href=addresses.form(form), title=form.title[language])
            for form in addresses.forms
        ),
    ]
    if schema_org is not None:
        script = html.Element("script", type="application/ld+json")
        script.text = schema_org.decode().replace("<", "\\u003c").strip()
        head.append(script)
    rows = [
        tag.TR(tag.TH(path, scope="row"), _cell(path, value, language))
        for path, value in leaves(descriptor)
        if not path.startswith("origins.")
    ]
    forms = [
        tag.LI(tag.A(form.title[language], href=addresses.form(form), type=form.media_type)) for form in addresses.forms
    ]
    return _document(
        language,
        head,
        [
            tag.DIV(
                tag.H1(title, lang=spoken),
                tag.P(tag.A(_WORDS["other"][language], href=f"{addresses.page}?lang={_OTHER[language]}",
                            hreflang=_OTHER[language])),
                tag.P(tag.A(_WORDS["full"][language], href=_full(addresses.page, language))),
                tag.TABLE(*rows),
                tag.H2(_WORDS["data"][language]),
                tag.UL(*forms),
                tag.P(tag.A(_WORDS["versions"][language], href=addresses.versions)),
            )
        ],
    )  # fmt: skip


def _full(page: str, language: Language) -> str:
    base, _, name = page.rpartition("/mc/")
    return f"{base}/{language}/mc/{name}"


def message_page(issue: Issue, language: Language, successor: str | None = None) -> bytes:
    """Return a page with a message, and a link to what takes the place of a record."""
    told = [tag.H1(issue.text(language)), tag.P(issue.fix(language))]
    if successor:
        told.append(tag.P(tag.A(_WORDS["successor"][language], href=successor, rel="successor-version")))
    return _document(language, [tag.META(charset="utf-8"), tag.TITLE(issue.text(language))], told)


def _document(language: Language, head: list[Any], body: list[Any]) -> bytes:
    page = tag.HTML(tag.HEAD(*head), tag.BODY(*body), lang=language)
    return bytes(html.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>")) + b"\n"


def _alternates(page: str) -> list[Any]:
    pairs = [("ja", f"{page}?lang=ja"), ("en", f"{page}?lang=en"), ("x-default", page)]
    return [tag.LINK(rel="alternate", hreflang=language, href=address) for language, address in pairs]


def _title(texts: dict[str, str], language: Language) -> tuple[str, str]:
    spoken = language if language in texts else next(iter(texts))
    return legal(texts[spoken]), spoken


def _cell(path: str, value: Any, language: Language) -> Any:
    text = legal(coded(path, value, language))
    last = path.rpartition(".")[2]
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return tag.TD(tag.A(text, href=value, rel="noopener nofollow"))
    return tag.TD(text, lang=last) if last in {"ja", "en"} else tag.TD(text)


def shown(descriptor: bytes) -> dict[str, Any]:
    """Return a released descriptor (canonical JSON) as plain values."""
    values: dict[str, Any] = orjson.loads(descriptor)
    return values
