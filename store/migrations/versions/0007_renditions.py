"""tombstones name their successors; published versions are kept in the forms they leave in

Revision: 0007
Follows: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("publication", sa.Column("successor", sa.String(), nullable=True))
    op.create_index("ix_publication_published_at", "publication", ["published_at", "seq"])
    op.create_table(
        "rendition",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("withheld", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["publication.seq"], name=op.f("fk_rendition_seq_publication")),
        sa.PrimaryKeyConstraint("seq", "form", name=op.f("pk_rendition")),
    )


def downgrade() -> None:
    op.drop_table("rendition")
    op.drop_index("ix_publication_published_at", table_name="publication")
    op.drop_column("publication", "successor")
