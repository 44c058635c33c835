"""Making proofs of recognition, serving the public keys, and telling how what a proof says stands today."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

import orjson
import segno

from config.messages import CodedError
from connectors.discovery import registry as find_registry
from crosswalks.descriptor.rights import releasable
from crosswalks.descriptor.serialise import dump, load
from harvester.workplace import Workplace
from recognition.cells import Remark
from recognition.deciding import DecisionView, decision
from recognition.decisions.machine import MACHINE
from recognition.decisions.model import Status
from recognition.decisions.proofs import (
    SigningKey,
    address_of,
    checked,
    claims,
    flattened,
    fresh_key,
    grantable,
    proof_name,
    read_key,
    signed,
    status_of,
)
from recognition.pinning import Lookout
from recognition.subject import Frozen
from store.clock import now
from store.proofs import ProofRow, keep_key, keep_proof, proof_row, proofs_of, public_keys
from store.secret_files import kept_secret, replace_secret

_FILE = "proof.key"


class ProofView(Frozen):
    """A proof for whoever looks: the signed document, what it says, and how that stands today.

    `said` is the content of the document; `title` that of the record; `successor` the name of a later proof of the same
    decision. `statement` says what a proof does not decide.
    """

    name: str
    address: str
    decision: int
    kid: str
    made_at: datetime
    status: Status
    reopened: tuple[Remark, ...]
    said: dict[str, Any]
    title: dict[str, str]
    document: str
    successor: str | None
    statement: Remark

    @property
    def as_json(self) -> dict[str, str]:
        """The document in the flattened JSON form."""
        return flattened(self.document)


def make_proof(place: Workplace, actor: str, number: int) -> ProofView:
    """Sign a proof of what a decision grants today; the same grant under the same key is signed once.

    Raises `CodedError` with `decision_unknown`, `proof_not_grantable`, `proof_key_unusable` or `home_unwritable`.
    """
    view = decision(place, number)
    grant = view.standing.grant
    if grant is None or not grantable(view.standing, grant):
        status = view.standing.status or view.standing.state or "-"
        raise CodedError.of("proof_not_grantable", number=number, status=str(status))
    key = signing_key(place)
    name, moment = proof_name(view.opened, grant, key.kid), now()
    descriptor, _ = releasable(load(Lookout(place).content(grant.pin.seq)))
    record = dump(descriptor)
    said = claims(view.opened, grant, base=place.settings.base, name=name, body=_body(place, view), record=record,
                  issued=int(moment.timestamp()))  # fmt: skip
    keep_proof(place.database, ProofRow(name, number, grant.number, key.kid, signed(said, key), record.decode(), actor,
                                        moment))  # fmt: skip
    return proof(place, name)


def proof(place: Workplace, name: str) -> ProofView:
    """Return a proof with how it stands today. Raises `CodedError` with `proof_unknown`."""
    row = proof_row(place.database, name)
    view = decision(place, row.decision_id)
    said = checked(row.document, jwks(place)["keys"], row.record.encode())
    later = [one.id for one in proofs_of(place.database, row.decision_id) if one.step > row.step]
    decided = said["decision"]
    body = " / ".join(dict.fromkeys(decided["body"].values()))
    return ProofView(
        name=name, address=address_of(said["iss"], name), decision=row.decision_id, kid=row.kid, made_at=row.at,
        status=status_of(view.standing, row.step), reopened=view.standing.reopened, said=said,
        title=load(row.record).title, document=row.document, successor=later[-1] if later else None,
        statement=Remark.of("proof_says", body=body, day=decided["decided_on"]),
    )  # fmt: skip


def proofs(place: Workplace, number: int | None = None) -> list[ProofView]:
    """Return the proofs of a decision, or all, oldest first."""
    return [proof(place, row.id) for row in proofs_of(place.database, number)]


def proof_record(place: Workplace, name: str) -> bytes:
    """Return the bytes of the record that a proof speaks of. Raises `CodedError` with `proof_unknown`."""
    return proof_row(place.database, name).record.encode()


def proof_picture(view: ProofView) -> bytes:
    """Return the address of a proof as a QR code in SVG."""
    out = BytesIO()
    segno.make(view.address, error="m", micro=False).save(
        out, kind="svg", scale=4, border=4, xmldecl=False, svgclass=None, lineclass=None, title=view.address
    )
    return out.getvalue()


def check_proof(place: Workplace, document: str, record: bytes | None = None) -> ProofView:
    """Check a document against our own public keys and return the proof it is, with how it stands.

    Raises `CodedError` with `proof_invalid`, or `proof_unknown` for one that was signed but is not kept here.
    """
    said = checked(document, jwks(place)["keys"], record)
    return proof(place, str(said["jti"]))


def jwks(place: Workplace) -> dict[str, list[dict[str, Any]]]:
    """Return the public keys as a JWK set (RFC 7517): those in use and all that ever were."""
    return {"keys": [public for public, _ in public_keys(place.database)]}


def signing_key(place: Workplace) -> SigningKey:
    """Return the key that proofs are signed with: the one that is set, or one made once and kept in the home.

    Raises `CodedError` with `proof_key_unusable` or `home_unwritable`.
    """
    given = place.settings.proof_key
    if given is not None:
        text = given.get_secret_value().encode()
    else:
        path = place.settings.home / _FILE
        text = kept_secret(path, lambda: fresh_key(place.settings.proof_algorithm))
    key = read_key(text)
    keep_key(place.database, key.kid, key.algorithm, key.public, MACHINE, "first use")
    return key


def rotate_key(place: Workplace, actor: str, *, why: str) -> SigningKey:
    """Make a new key and sign with that from now on; the public half of the old one stays served.

    Raises `CodedError` with `reason_missing`, `proof_key_is_set` or `home_unwritable`.
    """
    if not why.strip():
        raise CodedError.of("reason_missing")
    if place.settings.proof_key is not None:
        raise CodedError.of("proof_key_is_set")
    text = fresh_key(place.settings.proof_algorithm)
    key = read_key(text)
    signing_key(place)
    replace_secret(place.settings.home / _FILE, text)
    keep_key(place.database, key.kid, key.algorithm, key.public, actor, why)
    return key


def _body(place: Workplace, view: DecisionView) -> dict[str, str]:
    """Return who decided: the publisher of the home registry, or the body that a foreign credential was put before."""
    if view.opened.track == "foreign":
        return {"und": view.opened.receiving}
    manifest = find_registry(view.opened.registry, place.settings.registries_file).manifest
    return dict(manifest.publisher)


def said_as_text(view: ProofView) -> str:
    """Return what a proof says as indented JSON, for a page."""
    return orjson.dumps(view.said, option=orjson.OPT_INDENT_2).decode()
