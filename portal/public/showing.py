"""The record page: every value that may be shown with its source one step away, the ledger, and the versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.labels import label
from config.messages import Issue, Language
from config.settings import Settings
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import dump, load
from crosswalks.ledger import Entry, FieldOutcome, Ledger, explain
from crosswalks.prose.numbers import plain_form
from crosswalks.text import UNDETERMINED
from portal.answers import redirect
from portal.partners.forms import addressed
from portal.partners.log import MERGED, PublicationLog, landing, public_name
from portal.partners.wallet import type_address, type_integrity
from portal.public.alike import Likes
from portal.public.finding import registry_titles
from portal.public.names import Said, country_name, language_name, skill_name, spoken
from portal.public.site import page, told, web_address
from portal.public.wording import duration_words, in_one, layout, plain_value
from portal.public.wording import field_name as field_name  # noqa: PLC0414  other pages have it from here
from recognition.loading import load_subject
from recognition.reviewed import laid_over
from recognition.subject import Evidence, Subject
from store.database import Database
from store.publications import LogRow, contents
from store.records import absences, details, find_record

FACTS_ONLY = "facts_only"
PROSE_REVIEW = "prose_review"
_APART = frozenset({"descriptor_version", "id", "source_record", "origins"})
_NO_TAGS = frozenset({"url", "iri"})
_IN_HOURS = frozenset({"total_hours", "contact_hours"})
_COUNTRIES = frozenset({"country", "body_country"})
_MOST_LOST = 200
_HIDDEN = "…"
_FEW_LIKES = 5


class Line(NamedTuple):
    """One value: the names of its parts, its texts, an address it may link to, and where it came from."""

    names: tuple[str, ...]
    texts: tuple[Said, ...]
    link: str | None
    evidence: Evidence | None
    path: str = ""


class Shown(NamedTuple):
    """A field with its values; the elements of a list stay apart."""

    name: str
    groups: list[list[Line]]


class Doubt(NamedTuple):
    """A passage that speaks of a field without saying it plainly: the field's name, the passage, and its language."""

    field: str
    source: str
    quote: str
    language: str


class Section(NamedTuple):
    """Fields that are read together; those without a value by name, and whether that is for want or for rights."""

    title: str
    fields: list[Shown]
    silent: list[str]
    withheld: list[str]


class RecordPages:
    """Answers with the pages of records."""

    def __init__(self, log: PublicationLog, database: Database, settings: Settings, likes: Likes) -> None:
        self._log = log
        self._likes = likes
        self._database = database
        self._settings = settings

    def answer(self, request: Request, language: Language, name: str) -> Response:
        """Answer with a record as it stands, or with its tombstone."""
        row = self._log.record(name)
        if row is None:
            return told(request, language, Issue("nothing_here", {"name": name}), 404)
        history = self._history(row.record_id, language)
        if row.deleted:
            return self._gone(request, language, row, history)
        subject = load_subject(self._database, row.record_id)
        released, held = releasable(subject.descriptor)
        found = details(self._database, find_record(self._database, row.record_id))
        ledger = Ledger.from_json(found["ledger"]).entries
        facts_only = subject.descriptor.source_record.rights == FACTS_ONLY
        content = orjson.loads(dump(released))
        return page(
            request, "record.html", language,
            row=row, name=public_name(row, self._settings.base), title=released.title, subject=subject,
            record=subject.descriptor.source_record, titles=registry_titles(self._settings),
            sections=list(_sections(subject, content, held, language)), facts_only=facts_only,
            missing_since=absences(self._database, [row.record_id]).get(row.record_id), history=history,
            outcomes=Counter(line.outcome.value for line in ledger),
            doubts=list(_doubts(found["issues"], language)),
            tongue=partial(quoted_in, subject.descriptor),
            over=laid_over(self._database, row.record_id, released, language),
            lost=list(islice(not_carried(ledger, language, facts_only=facts_only), _MOST_LOST)),
            chips=list(_chips(content, language)), issuer=content.get("issuer"),
            likes=self._likes.of(row, _FEW_LIKES), twins=self._likes.twins(row),
            forms=[(form.title[language], f"{self._page(row)}.{form.suffix}", form.media_type)
                   for form in addressed(self._settings.elm_namespace).values()],
            vct=type_address(row, self._settings.base), integrity=type_integrity(released, row, self._settings),
        )  # fmt: skip

    def _page(self, row: LogRow) -> str:
        return f"/mc/{public_name(row, self._settings.base)}"

    def _gone(self, request: Request, language: Language, row: LogRow, history: list[dict[str, Any]]) -> Response:
        heir = self._log.record(row.successor) if row.successor else None
        name = public_name(heir, self._settings.base) if heir else None
        if name and row.reason == MERGED:
            return redirect(f"/{language}/mc/{name}", 301)
        links = {"Link": f'<{landing(row, self._settings.base)}/versions>; rel="version-history"'}
        return page(
            request, "gone.html", language, status=410, headers=links, row=row, heir=name, history=history,
            name=public_name(row, self._settings.base),
        )  # fmt: skip

    def _history(self, record_id: str, language: Language) -> list[dict[str, Any]]:
        rows = self._log.versions(record_id)
        texts = contents(self._database, [row.seq for row in rows])
        found = []
        before: dict[str, Any] | None = None
        for row in rows:
            after = _comparable(texts[row.seq]) if row.seq in texts else None
            changes = [] if before is None or after is None else list(_changes(before, after, language))
            found.append({"row": row, "changes": changes, "first": before is None})
            before = after if after is not None else before
        return found[::-1]


def quoted_in(descriptor: Descriptor, quotation: str) -> str:
    """Return the tag of the language that a quotation from prose is in, or nothing where no text holds it."""
    texts = [descriptor.description, descriptor.outcome_summary, *(one.text for one in descriptor.assessment)]
    for by_language in filter(None, texts):
        for tag, text in by_language.items():
            if quotation in plain_form(text):
                return "" if tag == UNDETERMINED else tag
    return ""


def _doubts(issues: list[dict[str, Any]], language: Language) -> Iterator[Doubt]:
    for issue in issues:
        if issue["code"] == PROSE_REVIEW:
            told = issue["params"]
            tag = told.get("language", "")
            yield Doubt(
                field_name(told["field"], language), issue["place"] or "", told["quote"],
                "" if tag == UNDETERMINED else tag,
            )  # fmt: skip


def _comparable(content: str) -> dict[str, Any]:
    released = orjson.loads(dump(releasable(load(content))[0]))
    return {key: value for key, value in released.items() if key not in _APART}


def _chips(content: Mapping[str, Any], language: Language) -> Iterator[str]:
    """Yield what a reader looks for first: field, level, credit, hours, form of participation, class."""
    for name in ("level", "credit", "field"):
        for index, element in enumerate(content.get(name) or ()):
            if whole := in_one(f"{name}.{index}", element, language):
                yield whole[0]
    for name in ("total_hours", "duration"):
        if (value := (content.get("volume") or {}).get(name)) is not None:
            yield _scalar(f"volume.{name}", value, language)
    for index, method in enumerate(content.get("teaching_method") or ()):
        if method.get("mode"):
            yield _scalar(f"teaching_method.{index}.mode", method["mode"], language)
    if kind := content.get("education_classification"):
        yield _scalar("education_classification", kind, language)


def _changes(before: dict[str, Any], after: dict[str, Any], language: Language) -> Iterator[tuple[str, str, str]]:
    for one in differences(before, after):
        values = (_flat(one.path, value, language) for value in (one.before, one.after))
        yield (field_name(one.path, language), *values)  # type: ignore[misc]  # two values


def _flat(path: str, value: Any, language: Language) -> str:
    if value is None:
        return "—"
    if isinstance(value, (dict, list)):
        return orjson.dumps(value).decode()
    return plain_value(path, value, language)


def _sections(
    subject: Subject, content: Mapping[str, Any], held: list[str], language: Language
) -> Iterator[Section]:  # fmt: skip
    hidden = {path.partition(".")[0] for path in held}
    for section in layout()["sections"]:
        fields = []
        for name in section["fields"]:
            value = content.get(name)
            elements = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            groups = [
                lines
                for index, element in elements
                if element not in (None, {}, [])
                and (
                    lines := list(_lines(subject, element, name if index is None else f"{name}.{index}", (), language))
                )
            ]
            if groups:
                fields.append(Shown(field_name(name, language), [_once(lines) for lines in groups]))
        empty = [name for name in section["fields"] if content.get(name) in (None, {}, [])]
        silent = [field_name(name, language) for name in empty if name not in hidden]
        withheld = [field_name(path, language) for path in held if path.partition(".")[0] in section["fields"]]
        yield Section(section[language], fields, silent, withheld)


def _once(lines: list[Line]) -> list[Line]:
    """Leave the evidence that neighbouring values share with the last of them."""
    told = [line.evidence.model_dump(exclude={"path"}) if line.evidence else None for line in lines]
    return [
        line._replace(evidence=None) if index + 1 < len(lines) and told[index] == told[index + 1] else line
        for index, line in enumerate(lines)
    ]


def _lines(subject: Subject, value: Any, path: str, names: tuple[str, ...], language: Language) -> Iterator[Line]:
    if isinstance(value, dict) and (whole := in_one(path, value, language)):
        text, kept = whole
        yield Line(names, (Said(text, language),), None, subject.evidence(path))
        value = {key: inner for key, inner in value.items() if key not in kept}
        if not value:
            return
    if isinstance(value, dict) and value and not is_texts(value):
        for part, inner in value.items():
            yield from _lines(subject, inner, f"{path}.{part}", (*names, field_name(part, language)), language)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _lines(subject, inner, f"{path}.{index}", names, language)
    elif isinstance(value, dict):
        yield Line(names, tuple(spoken(value, language)), None, subject.evidence(path), path)
    elif value is not None:
        text = _scalar(path, value, language)
        yield Line(names, (Said(text, language),), web_address(value), subject.evidence(path))


def is_texts(value: Mapping[str, Any]) -> bool:
    """Say whether a map holds one text in several languages; its keys are then language tags."""
    return all(isinstance(text, str) for text in value.values()) and all(
        key not in _NO_TAGS and 2 <= len(key.partition("-")[0]) <= 3 for key in value
    )


def _scalar(path: str, value: Any, language: Language) -> str:
    last = path.rpartition(".")[2]
    if last in _COUNTRIES:
        return country_name(str(value), language)
    if path.startswith("language_of_instruction"):
        return language_name(str(value), language)
    if last == "skill_refs" or ".skill_refs." in path:
        return skill_name(str(value), language)
    if last in _IN_HOURS:
        return label("page_hours", language, hours=str(value))
    if last == "duration":
        return duration_words(str(value), language)
    return plain_value(path, value, language)


def not_carried(entries: list[Entry], language: Language, *, facts_only: bool) -> Iterator[tuple[str, str, str, str]]:
    """Yield field, outcome, reason in words, and value of what a record states and the descriptor does not have."""
    for line in entries:
        if line.outcome in {FieldOutcome.DROPPED, FieldOutcome.UNKNOWN} and line.reason != "not_stated":
            value = "" if facts_only else line.value or ""
            why = explain(line._replace(value=value or _HIDDEN), language)
            yield line.source, line.outcome.value, why, value
