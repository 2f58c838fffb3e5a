"""Policies, overrides, and what became of the publish that a review is of."""

import sqlalchemy as sa
from alembic import op

from byte.registry.store.tables import Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds them."""
    op.create_table(
        "policies",
        sa.Column("service", Text(), nullable=False),
        sa.Column("compatibility", Text(), nullable=False),
        sa.Column("verdict", Text(), nullable=False),
        sa.Column("severities", Text(), nullable=False),
        sa.Column("sunset", sa.Boolean(), nullable=False),
        sa.Column("scheme", Text(), nullable=False),
        sa.Column("overriding", Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_policies")),
    )
    op.create_table(
        "overrides",
        sa.Column("id", Text(), nullable=False),
        sa.Column("service", Text(), nullable=False),
        sa.Column("version", Text(), nullable=True),
        sa.Column("rule", Text(), nullable=True),
        sa.Column("operation", Text(), nullable=True),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service"], ["services.name"], name=op.f("fk_overrides_service_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_created_at_id"), "overrides", ["created_at", "id"], unique=False)
    op.create_index(
        op.f("ix_overrides_service_created_at_id"), "overrides", ["service", "created_at", "id"], unique=False
    )
    op.add_column("reviews", sa.Column("outcome", Text(), nullable=True))


def downgrade() -> None:
    """Removes them, with all that they hold."""
    op.drop_column("reviews", "outcome")
    op.drop_index(op.f("ix_overrides_service_created_at_id"), table_name="overrides")
    op.drop_index(op.f("ix_overrides_created_at_id"), table_name="overrides")
    op.drop_table("overrides")
    op.drop_table("policies")
