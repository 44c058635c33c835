"""Proofs as they were signed, and the public halves of the keys that signed them. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from config.messages import CodedError
from store.audit import append_event
from store.clock import now
from store.database import Database
from store.decision_tables import Proof, ProofKey
from store.tables import sql

_PROOF = sql(Proof)
_KEY = sql(ProofKey)


class ProofRow(NamedTuple):
    """A proof: its name, what it proves, the key, the signed document, and the bytes of the record it speaks of."""

    id: str
    decision_id: int
    step: int
    kid: str
    document: str
    record: str
    actor: str
    at: datetime


def keep_proof(database: Database, proof: ProofRow) -> None:
    """Keep a proof, unless one of that name is kept."""
    with database.writing() as connection:
        if connection.execute(select(_PROOF.c.id).where(_PROOF.c.id == proof.id)).first():
            return
        connection.execute(insert(_PROOF).values(proof._asdict()))
        details = {"decision": proof.decision_id, "step": proof.step, "kid": proof.kid}
        append_event(connection, proof.actor, "proof make", f"proof {proof.id}", details, proof.at)


def proof_row(database: Database, name: str) -> ProofRow:
    """Return a proof by its name. Raises `CodedError` with `proof_unknown`."""
    with database.reading() as connection:
        row = connection.execute(select(_PROOF).where(_PROOF.c.id == name)).first()
    if row is None:
        raise CodedError.of("proof_unknown", name=name)
    return ProofRow(*row)


def proofs_of(database: Database, decision_id: int | None = None) -> list[ProofRow]:
    """Return the proofs of a decision, or of all, oldest first."""
    statement = select(_PROOF).order_by(_PROOF.c.at, _PROOF.c.id)
    if decision_id is not None:
        statement = statement.where(_PROOF.c.decision_id == decision_id)
    with database.reading() as connection:
        return [ProofRow(*row) for row in connection.execute(statement)]


def keep_key(database: Database, kid: str, algorithm: str, public: dict[str, Any], actor: str, why: str) -> bool:
    """Keep the public half of a key, unless it is kept already; tell whether it was new."""
    with database.writing() as connection:
        if connection.execute(select(_KEY.c.kid).where(_KEY.c.kid == kid)).first():
            return False
        moment = now()
        values = {"kid": kid, "algorithm": algorithm, "public": public, "at": moment}
        connection.execute(insert(_KEY).values(values))
        append_event(connection, actor, "proof key", f"key {kid}", {"algorithm": algorithm, "why": why}, moment)
    return True


def public_keys(database: Database) -> list[tuple[dict[str, Any], datetime]]:
    """Return every public key there ever was and since when, oldest first."""
    with database.reading() as connection:
        return [(row.public, row.at) for row in connection.execute(select(_KEY).order_by(_KEY.c.at, _KEY.c.kid))]
