"""What is like a record, with reasons, and which records may be the same credential: by the search index, offline."""

from __future__ import annotations

from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue, Language
from config.settings import Settings
from portal.partners.log import PublicationLog, public_name
from portal.public.entries import coded_trait, shown_of
from portal.public.finding import Finder, registry_titles
from portal.public.site import page, told
from recognition.likeness import ONLY_BESIDE, Reason, makes_alike, reasons, traits_of
from store.alike import Wanted
from store.database import Database
from store.likeness_judgements import Judged, likeness_standing
from store.publications import LogRow, contents
from store.search import Near

_LOOKED_AT = 15
_MOST_TRAITS = 120
_ON_A_PAGE = 20
NOT_SAME = "not_same"


class Like(NamedTuple):
    """A record that is like another: how it is listed, why it is here, and what was judged of the two, if anything."""

    card: dict[str, Any]
    reasons: tuple[Reason, ...]
    judged: Judged | None


class Twin(NamedTuple):
    """A record that may be the same credential as another: kinds of signs they share, and what was judged."""

    card: dict[str, Any]
    signs: tuple[str, ...]
    judged: Judged | None

    @property
    def settled(self) -> bool:
        """Whether somebody found that the two are not the same."""
        return self.judged is not None and self.judged.verdict == NOT_SAME


class Likes:
    """Finds what is like a record."""

    def __init__(self, finder: Finder, database: Database) -> None:
        self._finder = finder
        self.database = database

    def of(self, row: LogRow, count: int, registry: str | None = None) -> list[Like]:
        """Return the records most like the one that a row of the log published, of one registry or of all."""
        self._finder.catch_up()
        one = shown_of(contents(self.database, [row.seq])[row.seq])
        wanted = [
            Wanted(coded_trait(trait), trait.weight, trait.kind in ONLY_BESIDE)
            for trait in traits_of(one)[:_MOST_TRAITS]
        ]
        near = self._finder.index.near(wanted, row.seq, max(_LOOKED_AT, 3 * count), registry)
        others = contents(self.database, [found.seq for found in near])
        judged = self._judged(row.record_id)
        likes: list[Like] = []
        for found in near:
            if len(likes) < count and found.seq in others:
                why = reasons(one, shown_of(others[found.seq]))
                if makes_alike(why):
                    likes.append(Like(found.card, why, judged.get(found.card["record"])))
        return likes

    def twins(self, row: LogRow) -> list[Twin]:
        """Return the records that share a whole title, an identifier or a page with a record.

        Those that were judged not to be the same are no candidates any more.
        """
        return [one for one in self.signed(row) if not one.settled]

    def signed(self, row: LogRow) -> list[Twin]:
        """Return them with those that were judged not to be the same."""
        self._finder.catch_up()
        judged = self._judged(row.record_id)
        found = [_twin(near, judged.get(near.card["record"])) for near in self._finder.index.twins(row.seq)]
        return sorted(found, key=lambda one: (-len(one.signs), one.card["record"]))

    def pairs(self) -> list[tuple[Twin, Twin]]:
        """Return every two records that may be the same credential, those with most signs first."""
        self._finder.catch_up()
        standing = likeness_standing(self.database)
        found = []
        for one, other, signs in self._finder.index.pairs_of_twins():
            first, second = sorted((one["record"], other["record"]))
            judged, kinds = standing.get((first, second)), _kinds(signs)
            found.append((Twin(one, kinds, judged), Twin(other, kinds, judged)))
        return sorted(found, key=lambda pair: (-len(pair[0].signs), pair[0].card["record"], pair[1].card["record"]))

    def _judged(self, record_id: str) -> dict[str, Judged]:
        standing = likeness_standing(self.database)
        return {one.other(record_id): one for pair, one in standing.items() if record_id in pair}


def _twin(near: Near, judged: Judged | None) -> Twin:
    return Twin(near.card, _kinds(near.signs), judged)


def _kinds(signs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({sign.partition(" ")[0] for sign in signs}))


class LikePages:
    """Answers with what is like a record, and with the records that may be the same."""

    def __init__(self, log: PublicationLog, likes: Likes, settings: Settings) -> None:
        self._log = log
        self._likes = likes
        self._settings = settings

    def answer(self, request: Request, language: Language, name: str) -> Response:
        """Answer with the records that are like one."""
        row = self._log.record(name)
        if row is None or row.deleted:
            return told(request, language, Issue("nothing_here", {"name": name}), 404)
        titles = registry_titles(self._settings)
        registry = request.query_params.get("registry")
        registry = registry if registry in titles else None
        content = shown_of(contents(self._likes.database, [row.seq])[row.seq])
        signed = self._likes.signed(row)
        return page(
            request, "alike.html", language, name=public_name(row, self._settings.base), title=content["title"],
            likes=self._likes.of(row, _ON_A_PAGE, registry), titles=titles, registry=registry,
            twins=[one for one in signed if not one.settled], others=[one for one in signed if one.settled],
            just_judged=_just_judged(request),
        )  # fmt: skip

    def pairs(self, request: Request, language: Language) -> Response:
        """Answer with the pairs of records that may be the same credential."""
        pairs = self._likes.pairs()
        return page(
            request, "look_alikes.html", language, titles=registry_titles(self._settings),
            pairs=[pair for pair in pairs if pair[0].judged is None][:_MOST_PAIRS],
            settled=[pair for pair in pairs if pair[0].judged is not None][:_MOST_PAIRS], total=len(pairs),
            just_judged=_just_judged(request),
        )  # fmt: skip


_MOST_PAIRS = 200


def _just_judged(request: Request) -> bool:
    return request.query_params.get("done") == "judged"


def judged_pair(log: PublicationLog, one: str, other: str) -> tuple[LogRow, LogRow]:
    """Return the rows that stand for two records, by their names.

    Raises `CodedError` with `record_unknown` or `likeness_of_one`.
    """
    rows = []
    for name in (one, other):
        row = log.record(name)
        if row is None:
            raise CodedError.of("record_unknown", name=name)
        rows.append(row)
    if rows[0].record_id == rows[1].record_id:
        raise CodedError.of("likeness_of_one", name=one)
    return rows[0], rows[1]
