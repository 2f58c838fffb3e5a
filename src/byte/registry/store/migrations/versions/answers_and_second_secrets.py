"""Answers that are kept for requests that are sent again, and the secret that a webhook had before."""

import sqlalchemy as sa
from alembic import op

from byte.registry.store.tables import Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the table of answers, and room for a second secret."""
    op.create_table(
        "answers",
        sa.Column("who", Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("who", "key", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_at"), "answers", ["at"], unique=False)
    op.add_column("webhooks", sa.Column("old_secret", sa.LargeBinary(), nullable=True))
    op.add_column("webhooks", sa.Column("old_until", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Takes both away: an old secret is no longer signed with."""
    op.drop_column("webhooks", "old_until")
    op.drop_column("webhooks", "old_secret")
    op.drop_table("answers")
