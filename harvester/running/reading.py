"""From payloads to proposals: parse, group by natural key, join, cross, check, and compare with what is published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel

from config.messages import CodedError, Issue, Severity
from connectors.contract import Connector, Extract, Found, Payload, Registry
from crosswalks.contract import Crosswalk
from crosswalks.descriptor.checks import check
from crosswalks.descriptor.corrections import Correction, lay
from crosswalks.descriptor.differences import differences
from crosswalks.descriptor.identity import record_id
from crosswalks.descriptor.model import Descriptor, SourceRecord
from crosswalks.descriptor.privacy import impersonal, protected, sources_of, without_people, without_words
from crosswalks.descriptor.serialise import content_hash, dump
from crosswalks.ledger import Crossing, FieldOutcome
from crosswalks.listing import Listing
from harvester.crawling.blame import blaming, whereabouts
from harvester.running.profile import Profile
from harvester.running.sameness import another_thing
from store.frontier import DOUBTED
from store.plans import Known, Proposal

_SAMPLES = 3
_OF_ANOTHER = {"page_of_another_record": False, "page_of_another_provider": True}
"""What is told of an answer that is of something else than was asked for, and whether listings look things up in it:
for what was asked for, it is as good as failed."""
_TITLES = ("title", "name", "fullname")


@dataclass(frozen=True, slots=True)
class Source:
    """A payload to read, and when it was retrieved.

    `asked` is the request, `same_as` the address of another one whose answer this may be (`repeats`).
    """

    payload: Payload
    retrieved_at: datetime
    asked: str = ""
    same_as: str = ""


class Piece(NamedTuple):
    """One find of a parser: the listing, where it came from, and the counted list it belongs to."""

    found: Found
    source: Source
    counted_in: str


class Whole(NamedTuple):
    """A whole listing: its key, the payload it mainly came from, the kinds of payload that it was joined from, and
    its plain values with their canonical JSON. Where people were masked in it, `masked` tells, and `natural` is the key
    as it was before.
    """

    found: Found
    key: str
    source: Source
    kinds: frozenset[str]
    plain: dict[str, Any]
    listing: bytes
    natural: str = ""
    masked: tuple[Issue, ...] = ()


@dataclass(slots=True)
class Reading:
    """What a run found, while and after it is read."""

    payloads: int = 0
    listings: int = 0
    blank: int = 0
    unchanged: int = 0
    rejected: int = 0
    stated: dict[str, int] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    ledger: Counter[tuple[str, FieldOutcome, str]] = field(default_factory=Counter)
    profile: Profile = field(default_factory=Profile)
    withdrawn: dict[str, int] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        """Whether every count that the registry states was met, and every request got an answer of its own."""
        return not self.doubted and not any(issue.code == "count_mismatch" for issue in self.issues)

    def find(self, issue: Issue, record: str) -> None:
        """Count a finding that stays with a record, and keep the first examples."""
        group = self.findings.get(issue.code)
        if group is None:
            group = self.findings[issue.code] = {"severity": issue.severity.value, "count": 0, "samples": []}
        group["count"] += 1
        if len(group["samples"]) < _SAMPLES:
            group["samples"].append({"record": record, "place": issue.place, "params": issue.params})


@dataclass(slots=True)
class Reader:
    """Reads the payloads of one run of one registry.

    `failed_kinds` are kinds of answer that a server failed to give, `failed_asides` those of them that listings look
    things up in: a listing that is known and may now lack such a piece keeps its known version, instead of losing
    what the piece said. `corrections` are the reviewed values that stand, by record.
    """

    registry: Registry
    connector: Connector
    crosswalk: Crosswalk
    base: str
    known: dict[str, Known]
    same_rules: bool
    previous: Callable[[list[str]], dict[str, tuple[str, str]]]
    most: int | None = None
    failed_kinds: frozenset[str] = frozenset()
    failed_asides: frozenset[str] = frozenset()
    corrections: dict[str, list[Correction]] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)

    def proposals(self, sources: Iterable[Source]) -> Iterator[Proposal]:
        """Yield what is new or changed. Raises `StructureBroken`; a bad record only ends in an issue."""
        for whole in self._listings(sources):
            found, key, listing = whole.found, whole.key, whole.listing
            if self.most is not None and self.reading.listings >= self.most:
                return
            before = self.known.get(key) or self.known.get(whole.natural)
            if before is None and not found.released:
                self.reading.passed_over["passed_over_status"] += 1
                continue
            self.reading.listings += 1
            self.reading.seen |= {key, whole.natural}
            self._observe(found.listing, whole.plain)
            listing_hash = _hash(listing)
            if before and self.same_rules and before.listing_hash == listing_hash:
                self.reading.unchanged += 1
                continue
            if before and (self.failed_kinds - whole.kinds or self._lost(whole, before)):
                self.reading.unchanged += 1
                missing = ", ".join(sorted(self.failed_kinds - whole.kinds or self.failed_kinds))
                self.reading.issues.append(Issue("known_version_kept", {"kinds": missing}, record=before.record_id))
                continue
            proposal = self._propose(whole, listing_hash, before)
            if proposal is not None:
                yield proposal
        self._compare_counts()

    def _lost(self, whole: Whole, before: Known) -> bool:
        """Tell whether a listing joined of several answers lacks what it had, while one of them may have failed."""
        if self.connector.merge is None or not self.failed_kinds:
            return False
        old = self.previous([before.record_id]).get(before.record_id)
        if old is None:
            return False
        changes = differences(orjson.loads(old[1]), orjson.loads(whole.listing))
        return any(change.kind == "LOST" for change in changes)

    def _observe(self, listing: Listing, plain: dict[str, Any]) -> None:
        """Take a listing into the profile of the run."""
        stated = listing.stated(plain)
        title = next((stated[name] for name in _TITLES if isinstance(stated.get(name), str)), "")
        self.reading.profile.observe(stated, title)

    def _propose(self, whole: Whole, listing_hash: str, before: Known | None) -> Proposal | None:
        key, source, listing, places = whole.key, whole.source, whole.listing, _places(whole.found)
        identity = before.record_id if before else record_id(self.registry.id, whole.natural)
        try:
            crossing, content, issues, words = self._cross(whole, identity)
        except CodedError as error:
            self.reading.rejected += 1
            self.reading.issues.extend(Issue(issue.code, issue.params, identity, issue.place) for issue in error.issues)
            return None
        if rejected := [issue for issue in issues if issue.severity is Severity.REJECT]:
            self.reading.rejected += 1
            self.reading.issues.extend(Issue(issue.code, issue.params, identity, issue.place) for issue in rejected)
            return None
        if words:
            listing, places = self._without(words, crossing, whole)
            listing_hash = _hash(listing)
        for issue in issues:
            self.reading.find(issue, identity)
        descriptor = crossing.value
        digest = content_hash(descriptor, content)
        if before and before.listing_hash == listing_hash and before.descriptor_hash == digest:
            self.reading.unchanged += 1
            return None
        kinds = crossing.ledger.kinds()
        self.reading.ledger.update(kinds)
        return Proposal(
            record_id=identity,
            key=key,
            iri=descriptor.id,
            op="changed" if before else "new",
            listing=listing.decode(),
            listing_hash=listing_hash,
            payload_hash=source.payload.hash,
            places=places,
            retrieved_at=source.retrieved_at,
            descriptor=content.decode(),
            descriptor_hash=digest,
            ledger=crossing.ledger.dump(),
            issues=f"[{','.join(map(_brief, issues))}]",
            outcomes=_by_outcome(kinds),
            fields=self._changed_fields(identity, content, listing) if before else "[]",
            visible=not before or before.descriptor_hash != digest,
        )

    def _cross(
        self, whole: Whole, identity: str
    ) -> tuple[Crossing[Descriptor], bytes, list[Issue], dict[str, list[str]]]:
        """Return a crossing with corrections laid over and people masked, its canonical JSON, the findings, and the
        words that only the descriptor showed to be people's, by the path of their field.
        """
        manifest, found, source = self.registry.manifest, whole.found, whole.source
        iri = self.crosswalk.iri(found.listing) if manifest.keeps_identifiers else None
        try:
            record = SourceRecord(
                registry=self.registry.id,
                source_id=whole.key,
                url=source.payload.url if source.payload.url.startswith("http") else None,
                retrieved_at=source.retrieved_at.replace(microsecond=0),
                rights=manifest.rights,
                attribution=manifest.attribution or None,
            )
            crossing = self.crosswalk.read(found.listing, iri or f"{self.base}/id/mc/{identity}", record)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise CodedError.of("record_invalid", detail=whereabouts(error)) from error
        corrected, conflicts = crossing.value, list[Issue]()
        if corrections := self.corrections.get(identity):
            corrected, lines, conflicts = lay(corrected, corrections)
            crossing.ledger.entries.extend(lines)
        content = dump(corrected)
        descriptor, masked, words = protected(corrected, content)
        issues = [*crossing.issues, *conflicts, *whole.masked, *masked, *check(descriptor)]
        if words:
            crossing.ledger.entries[:] = without_words(crossing.ledger.entries, _all(words))
            issues = [replace(one, params=without_words(one.params, _all(words))) for one in issues]
            content = dump(descriptor)
        return Crossing(descriptor, crossing.ledger), content, issues, words

    def _without(self, words: dict[str, list[str]], crossing: Crossing[Descriptor], whole: Whole) -> tuple[bytes, str]:
        """Return a listing and its places, as JSON, without words that the crossing's own texts showed to be people's.

        They are taken out of the fields that those texts were made of, and of no other: a word may stand elsewhere in
        a sense of its own.
        """
        fields = sources_of(crossing.ledger.entries, words)
        listing = whole.found.listing
        parts = {name: without_words(getattr(listing, name), _all(words)) for name in fields & _fields_of(listing)}
        places = without_words(orjson.loads(_places(whole.found)), _all(words))
        _, canonical = _written(listing.model_copy(update=parts))
        return canonical, _json(places)

    def _changed_fields(self, identity: str, content: bytes, listing: bytes) -> str:
        old = self.previous([identity]).get(identity)
        if old is None:
            return "[]"
        was, now = orjson.loads(old[0]), orjson.loads(content)
        if doubt := another_thing(was, now):
            self.reading.issues.append(Issue("identifier_of_another", doubt, record=identity))
        paths = [change.path for change in differences(was, now)]
        ours = sorted({path for path in paths if not path.startswith("source_record.")})
        if not ours:
            ours = [f"listing.{change.path}" for change in differences(orjson.loads(old[1]), orjson.loads(listing))]
        return orjson.dumps(ours).decode()

    def _listings(self, sources: Iterable[Source]) -> Iterator[Whole]:
        """Yield whole listings with unique keys. Raises `CodedError` with `connector_fault`."""
        lookups: dict[str, BaseModel] = {}
        pieces = self._pieces(sources, lookups)
        with blaming(self.registry.connector):
            if self.connector.join or self.connector.merge:
                pieces = iter(list(pieces))
            whole = self._merged(pieces) if self.connector.merge else self._distinct(pieces)
            for one in whole:
                found = one.found
                if self.reading.withdrawn.get(one.key, -1) >= found.position:
                    continue
                joined = self.connector.join(found, lookups) if self.connector.join else found
                if joined is not found:
                    plain, listing = _written(joined.listing)
                    one = one._replace(found=joined, plain=plain, listing=listing)  # noqa: PLW2901 - joined
                yield _impersonal(one, self.crosswalk.key)

    def _pieces(self, sources: Iterable[Source], lookups: dict[str, BaseModel]) -> Iterator[Piece]:
        for source in sources:
            extract = self.connector.parse(source.payload, self.registry)
            self.reading.payloads += 1
            if source.same_as and self._doubted(source, extract):
                continue
            for found in extract.found:
                yield Piece(found, source, extract.stated_for)
            lookups.update(extract.lookups)
            self._account(extract, source.payload.kind)
            self.reading.profile.made_of(source.payload.kind, extract.structure)

    def _doubted(self, source: Source, extract: Extract) -> bool:
        """Take nothing from an answer that may be that to another request, if there is anything in it."""
        anything = next(iter(extract.found), None)
        if anything is None and not extract.lookups:
            return False
        self.reading.doubted.add(source.asked)
        self.reading.issues.append(Issue(DOUBTED, {"url": source.payload.url, "other": source.same_as}))
        self._fail(source.payload.kind, aside=anything is None)
        return True

    def _fail(self, kind: str, *, aside: bool) -> None:
        self.failed_kinds |= {kind}
        if aside:
            self.failed_asides |= {kind}

    def _account(self, extract: Extract, kind: str) -> None:
        self.reading.blank += extract.blank
        self.reading.issues.extend(extract.issues)
        for issue in extract.issues:
            if self.connector.merge and issue.code in _OF_ANOTHER:
                self._fail(kind, aside=_OF_ANOTHER[issue.code])
        self.reading.rejected += sum(issue.severity is Severity.REJECT for issue in extract.issues)
        self.reading.passed_over.update(extract.passed_over)
        for name, position in extract.withdrawn.items():
            self.reading.withdrawn[name] = max(position, self.reading.withdrawn.get(name, 0))
        self.reading.rows[extract.stated_for] += extract.rows
        if extract.stated is not None:
            self.reading.stated[extract.stated_for] = extract.stated

    def _compare_counts(self) -> None:
        """Compare the number that the registry states with the rows read, counted with and without repeats."""
        for name, stated in sorted(self.reading.stated.items()):
            rows = self.reading.rows[name]
            if stated not in {rows, rows - self.reading.repeats[name]}:
                self.reading.issues.append(Issue("count_mismatch", {"stated": stated, "rows": rows, "list": name}))

    def _distinct(self, pieces: Iterator[Piece]) -> Iterator[Whole]:
        """Number equal keys within one answer; take what repeats from page to page once."""
        kinds = self.failed_kinds - self.failed_asides
        first: dict[str, tuple[int, bytes]] = {}
        numbers: Counter[str] = Counter()
        page: Source | None = None
        here = 0
        for found, source, counted_in in pieces:
            if source is not page:
                page, here = source, here + 1
                numbers.clear()
            key = self.crosswalk.key(found.listing)
            numbers[key] += 1
            listing = found.listing
            if (ordinal := numbers[key]) > 1:
                listing = found.listing.model_copy(update={"ordinal": ordinal})
                key = self.crosswalk.key(listing)
                self.reading.issues.append(Issue("duplicate_natural_key", {"key": key}, place=_at(found)))
            plain, canonical = _written(listing)
            if key in first and first[key][0] != here:
                self.reading.repeats[counted_in] += 1
                self._repeated(key, first[key][1], canonical)
                continue
            first[key] = (here, canonical)
            named = found._replace(listing=listing) if ordinal > 1 else found
            yield Whole(named, key, source, kinds, plain, canonical)

    def _repeated(self, key: str, before: bytes, after: bytes) -> None:
        if before == after:
            self.reading.issues.append(Issue("repeated_across_pages", {"key": key}))
        else:
            fields = ", ".join(change.path for change in differences(orjson.loads(before), orjson.loads(after)))
            self.reading.issues.append(Issue("conflicting_duplicates", {"key": key, "fields": fields}))

    def _merged(self, pieces: Iterator[Piece]) -> Iterator[Whole]:
        groups: dict[str, list[Piece]] = defaultdict(list)
        for piece in pieces:
            groups[self.crosswalk.key(piece.found.listing)].append(piece)
        merge = self.connector.merge
        for key, group in groups.items():
            whole, issues = merge([piece.found for piece in group]) if merge else (group[0].found, [])
            self.reading.issues.extend(issues)
            kinds = frozenset(piece.source.payload.kind for piece in group)
            yield Whole(whole, key, _main_source(whole, group), kinds, *_written(whole.listing))


def _impersonal(whole: Whole, key: Callable[[Any], str]) -> Whole:
    """Return a listing with people masked in its texts and its key."""
    listing, masked = without_people(whole.found.listing, whole.listing)
    if not masked:
        return whole._replace(natural=whole.key)
    plain, canonical = _written(listing)
    return whole._replace(
        found=whole.found._replace(listing=listing),
        key=impersonal(whole.key, key(listing)),
        plain=plain,
        listing=canonical,
        natural=whole.key,
        masked=tuple(masked),
    )


def _places(found: Found) -> str:
    """Return the places of a listing as JSON, people masked in what they quote."""
    written = _json(found.places)
    places, masked = without_people(found.places, written.encode())
    return _json(places) if masked else written


def _all(words: dict[str, list[str]]) -> frozenset[str]:
    return frozenset(word for some in words.values() for word in some)


def _fields_of(listing: Listing) -> frozenset[str]:
    return frozenset(type(listing).model_fields)


def _hash(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _main_source(whole: Found, group: list[Piece]) -> Source:
    """Return the source of a joined listing: the payload its places name, whatever order pages came in."""
    named = whole.places.get("payload")
    return next((piece.source for piece in group if piece.source.payload.hash == named), group[-1].source)


def _written(listing: Listing) -> tuple[dict[str, Any], bytes]:
    """Return a listing in plain values, and as canonical JSON."""
    plain = listing.model_dump(mode="json", exclude_defaults=True)
    return plain, orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def _by_outcome(kinds: list[tuple[str, FieldOutcome, str]]) -> dict[FieldOutcome, int]:
    counts: dict[FieldOutcome, int] = defaultdict(int)
    for _, outcome, _ in kinds:
        counts[outcome] += 1
    return counts


def _at(found: Found) -> str | None:
    at = found.places.get("at")
    return at if isinstance(at, str) else None


def _brief(issue: Issue) -> str:
    if not issue.params:
        return _bare(issue.code, issue.place)
    place = {"place": issue.place} if issue.place else {}
    return _json({"code": issue.code, **place, "params": issue.params})


@lru_cache(maxsize=4096)
def _bare(code: str, place: str | None) -> str:
    return _json({"code": code, "place": place} if place else {"code": code})


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
