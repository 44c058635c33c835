"""What ELM has no structured place for, in words: notes in Japanese and English with the field they stand for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from config.codelists import codelist
from config.frameworks import credit_systems
from crosswalks.descriptor.model import ExternalQuality, Offer, OtherRecognition
from crosswalks.descriptor.types import Credit
from crosswalks.elm.concepts import Node, own_concept

LANGUAGES = ("en", "ja")
_FIELDS = {
    "credit": {"en": "Credit", "ja": "単位"},
    "quality": {"en": "Quality assurance", "ja": "質保証"},
    "recognition": {"en": "Other recognition", "ja": "その他の認定"},
    "volume": {"en": "Volume of learning", "ja": "学習量"},
    "teaching": {"en": "Teaching method", "ja": "授業の方法"},
    "offer": {"en": "Offer", "ja": "開講情報"},
    "audience": {"en": "Audience", "ja": "対象者"},
    "stackability": {"en": "Stackability", "ja": "積み上げ"},
    "grading": {"en": "Grading scheme", "ja": "成績評価基準"},
    "information": {"en": "Further information", "ja": "その他の情報"},
    "source": {"en": "Source", "ja": "出典"},
}


def field_names() -> list[str]:
    """Return the names of all fields that notes stand for, in every language."""
    return [name for names in _FIELDS.values() for name in names.values()]


def labelled(field: str, text: dict[str, str]) -> dict[str, str]:
    """Return a text that begins with the name of a field, in each language that has a name for it."""
    labels = _FIELDS[field]
    return {tag: f"{labels[tag]}: {words}" if tag in labels else words for tag, words in text.items()}


@lru_cache(maxsize=256)
def subject(base: str, field: str) -> Node:
    """Return the concept that says what a note is about."""
    return own_concept(base, "note", field, _FIELDS[field]["en"])


def note(iri: str, text: dict[str, str]) -> Node:
    """Return a note without a subject."""
    return {"id": iri, "type": "Note", "noteLiteral": text}


def credit_text(credit: Credit) -> dict[str, str]:
    """Return a credit figure in words, labelled; the figure and its system stay as the source gave them."""
    hours = None if credit.hours_per_unit is None else str(credit.hours_per_unit)
    words = _credit_words(credit.system, str(credit.value), hours)
    return joined(words, credit.text) if credit.text else words


@lru_cache(maxsize=4096)
def _credit_words(system: str, value: str, hours_per_unit: str | None) -> dict[str, str]:
    """Return the words of a credit figure. Many records share them."""
    labels = credit_systems()[system].labels
    words = {tag: f"{value} {labels[tag]}" for tag in LANGUAGES}
    if hours_per_unit is not None:
        words["en"] += f" ({hours_per_unit} hours each)"
        words["ja"] += f"（1単位 {hours_per_unit} 時間）"
    return labelled("credit", words)


def quality_text(decision: ExternalQuality) -> dict[str, str]:
    """Return a decision of an outside body in words, what was judged first."""
    words = {tag: codelist("QaObject").label(decision.object, tag) for tag in LANGUAGES}
    dates = " – ".join(str(day or "…") for day in (decision.valid_from, decision.valid_until))
    plain = [
        decision.decision_ref,
        dates if decision.valid_from or decision.valid_until else None,
        decision.url,
    ]
    text = joined(joined(joined(words, decision.body), decision.scheme), decision.text)
    tail = " / ".join(str(part) for part in plain if part)
    return {tag: f"{said} / {tail}" if tail else said for tag, said in text.items()}


def recognition_text(recognition: OtherRecognition) -> dict[str, str]:
    """Return a recognition other than credit in words."""
    words = {tag: codelist("OtherRecognition").label(recognition.kind, tag) for tag in LANGUAGES}
    return joined(joined(words, recognition.body), recognition.text)


def offer_text(offer: Offer) -> dict[str, str]:
    """Return an intake in words."""
    dates = " – ".join(moment or "…" for moment in (offer.starts, offer.ends)) if offer.starts or offer.ends else ""
    deadline = {
        "en": f"apply by {offer.application_deadline}",
        "ja": f"申込締切 {offer.application_deadline}",
    }
    words = {tag: dates for tag in LANGUAGES if dates}
    if offer.application_deadline:
        words = joined(words, deadline)
    return joined(joined(joined(words, offer.location), offer.schedule), offer.admission)


@lru_cache(maxsize=1024)
def label_text(code_list: str, value: str) -> dict[str, str]:
    """Return the labels of a code."""
    return {tag: codelist(code_list).label(value, tag) for tag in LANGUAGES}


def joined(first: dict[str, str], second: dict[str, str] | None) -> dict[str, str]:
    """Join two texts language by language; a language that only one of them has keeps what it has.

    Text of the second in other languages than the first's stands behind each of the first's, so that nothing is lost.
    """
    if not second:
        return first
    if not first:
        return dict(second)
    shared = {tag: words for tag, words in second.items() if tag in first}
    rest = " / ".join(words for tag, words in second.items() if tag not in first) if not shared else ""
    text = {tag: " / ".join(filter(None, (words, shared.get(tag), rest))) for tag, words in first.items()}
    if shared:
        text |= {tag: words for tag, words in second.items() if tag not in first}
    return text


@lru_cache(maxsize=1024)
def source_text(attribution: str) -> dict[str, str]:
    """Return what a source wants said about where the data come from, labelled. Many records share it."""
    return labelled("source", {"en": attribution})


def merged(texts: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return several texts as one, a line each, language by language."""
    lines: dict[str, list[str]] = {}
    for text in texts:
        for tag, words in text.items():
            lines.setdefault(tag, []).append(words)
    return {tag: "\n".join(words) for tag, words in lines.items()}
