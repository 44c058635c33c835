"""The API's record and list of records as often built: objects of the ORM, each record loaded and dumped anew."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from fastapi import FastAPI
from sqlmodel import Session, col, select

from crosswalks.descriptor.model import Descriptor
from crosswalks.descriptor.rights import releasable
from store.database import Database
from store.tables import DescriptorVersion, Publication, Record


def application(database: Database, base: str) -> FastAPI:
    """Return an application with the two operations, at the addresses of the product's."""
    app = FastAPI()

    @app.get("/api/v1/records/{name}")
    def one(name: str) -> dict[str, Any]:
        with Session(database.engine) as session:
            rows = select(Publication).where(Publication.record_id == name).order_by(col(Publication.seq).desc())
            return told(session, session.exec(rows.limit(1)).one(), base)

    @app.get("/api/v1/records")
    def listed(limit: int, after: int) -> dict[str, Any]:
        with Session(database.engine) as session:
            last = session.exec(select(Publication).order_by(col(Publication.seq).desc())).first()
            rows = session.exec(
                select(Publication).where(col(Publication.seq) > after).order_by(col(Publication.seq)).limit(limit)
            )
            return {"horizon": last.seq if last else 0, "records": [told(session, row, base) for row in rows]}

    return app


def told(session: Session, row: Publication, base: str) -> dict[str, Any]:
    """Return what the API says of a record that stands."""
    record = session.get_one(Record, row.record_id)
    version = session.get_one(DescriptorVersion, (row.run_id, row.record_id))
    released, _ = releasable(Descriptor.model_validate_json(version.content))
    return {
        "id": record.iri,
        "name": record.id,
        "registry": record.registry_id,
        "version": row.version,
        "seq": row.seq,
        "published_at": row.published_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "deleted": row.op == "delete",
        "content_hash": row.content_hash,
        "page": f"{base}/mc/{record.id}",
        "descriptor": released.model_dump(mode="json", exclude_defaults=True),
    }
