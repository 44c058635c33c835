"""Published versions kept in the forms they leave in, so that a request costs no crosswalk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from store.database import Database
from store.tables import Publication, sql
from store.tables import Rendition as RenditionRow

_RENDITION = sql(RenditionRow)
_LOG = sql(Publication)
_SOME = 400
_KEPT = select(_RENDITION.c.seq, _RENDITION.c.form, _RENDITION.c.tag, _RENDITION.c.body, _RENDITION.c.withheld).where(
    _RENDITION.c.seq.in_(bindparam("seqs", expanding=True)),
    _RENDITION.c.form.in_(bindparam("forms", expanding=True)),
    _RENDITION.c.edition == bindparam("edition"),
)
"""Made once: putting a statement together costs more than it takes to run."""


class Rendition(NamedTuple):
    """One published version in one form. `tag` changes exactly when the body does.

    Without a body the form cannot hold the version; `withheld` is the issue (JSON) that says why.
    """

    seq: int
    form: str
    tag: str
    body: bytes | None
    withheld: str | None = None


def kept_renditions(
    database: Database, seqs: Collection[int], forms: Collection[str], edition: str
) -> dict[tuple[int, str], Rendition]:
    """Return what is kept of some versions in some forms, made by the rules of an edition, by number and form."""
    wanted = sorted(seqs)
    found: dict[tuple[int, str], Rendition] = {}
    for start in range(0, len(wanted), _SOME):
        asked = {"seqs": wanted[start : start + _SOME], "forms": list(forms), "edition": edition}
        with database.reading() as connection:
            found |= {(row[0], row[1]): Rendition(*row) for row in connection.execute(_KEPT, asked).all()}
    return found


def keep_renditions(database: Database, renditions: Sequence[Rendition], edition: str) -> None:
    """Keep renditions; those of another edition give way."""
    if not renditions:
        return
    rows = [{**one._asdict(), "edition": edition} for one in renditions]
    names = ("edition", "tag", "body", "withheld")
    with database.writing() as connection:
        if database.is_sqlite:
            lite = sqlite.insert(_RENDITION)
            connection.execute(
                lite.on_conflict_do_update(
                    index_elements=["seq", "form"], set_={name: lite.excluded[name] for name in names}
                ),
                rows,
            )
        else:
            post = postgresql.insert(_RENDITION)
            connection.execute(
                post.on_conflict_do_update(
                    index_elements=["seq", "form"], set_={name: post.excluded[name] for name in names}
                ),
                rows,
            )


def forget_replaced(database: Database, before: datetime) -> int:
    """Forget some renditions of versions that others took the place of before a moment, and return of how many.

    Whoever asks for one of them has it made again. Raises `CodedError` with `database_unreachable`.
    """
    later = _LOG.alias("later")
    replaced = select(later.c.seq).where(
        later.c.record_id == _LOG.c.record_id, later.c.seq > _LOG.c.seq, later.c.published_at < before
    )
    kept = select(_RENDITION.c.seq).where(_RENDITION.c.seq == _LOG.c.seq)
    wanted = select(_LOG.c.seq).where(replaced.exists(), kept.exists()).order_by(_LOG.c.seq).limit(_SOME)
    with database.writing() as connection:
        found = connection.execute(wanted).scalars().all()
        connection.execute(delete(_RENDITION).where(_RENDITION.c.seq.in_(found)))
    return len(found)
