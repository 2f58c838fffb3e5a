"""The first tables."""

import sqlalchemy as sa
from alembic import op

from byte.registry.store.tables import Text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes all tables, and the counter of events."""
    op.create_table(
        "counters",
        sa.Column("name", Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "documents",
        sa.Column("digest", Text(), nullable=False),
        sa.Column("media_type", Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_documents")),
    )
    op.create_table(
        "events",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", Text(), nullable=False),
        sa.Column("service", Text(), nullable=True),
        sa.Column("version", Text(), nullable=True),
        sa.Column("subject", Text(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("data", Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"], unique=False)
    op.create_index(op.f("ix_events_service_number"), "events", ["service", "number"], unique=False)
    op.create_index(op.f("ix_events_service_type_number"), "events", ["service", "type", "number"], unique=False)
    op.create_index(op.f("ix_events_type_number"), "events", ["type", "number"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", Text(), nullable=False),
        sa.Column("holder", Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "owners",
        sa.Column("name", Text(), nullable=False),
        sa.Column("title", Text(), nullable=False),
        sa.Column("contacts", Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_owners")),
    )
    op.create_table(
        "uses",
        sa.Column("service", Text(), nullable=False),
        sa.Column("operation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consumer", Text(), nullable=False),
        sa.PrimaryKeyConstraint("service", "operation", "consumer", name=op.f("pk_uses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_uses_service_consumer"), "uses", ["service", "consumer"], unique=False)
    op.create_table(
        "keys",
        sa.Column("id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("scope", Text(), nullable=False),
        sa.Column("owner", Text(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["owners.name"], name=op.f("fk_keys_owner_owners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
    )
    op.create_index(op.f("ix_keys_owner"), "keys", ["owner"], unique=False)
    op.create_table(
        "services",
        sa.Column("name", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("title", Text(), nullable=False),
        sa.Column("description", Text(), nullable=False),
        sa.Column("owner", Text(), nullable=True),
        sa.Column("lifecycle", Text(), nullable=False),
        sa.Column("tags", Text(), nullable=False),
        sa.Column("links", Text(), nullable=False),
        sa.Column("base_url", Text(), nullable=True),
        sa.Column("probe", Text(), nullable=False),
        sa.Column("health", Text(), nullable=False),
        sa.Column("health_since", sa.BigInteger(), nullable=True),
        sa.Column("latest", Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["owners.name"], name=op.f("fk_services_owner_owners")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_services")),
    )
    op.create_index(op.f("ix_services_created_at_name"), "services", ["created_at", "name"], unique=False)
    op.create_index(op.f("ix_services_health_name"), "services", ["health", "name"], unique=False)
    op.create_index(op.f("ix_services_kind_name"), "services", ["kind", "name"], unique=False)
    op.create_index(op.f("ix_services_lifecycle_name"), "services", ["lifecycle", "name"], unique=False)
    op.create_index(op.f("ix_services_owner_name"), "services", ["owner", "name"], unique=False)
    op.create_index(op.f("ix_services_updated_at_name"), "services", ["updated_at", "name"], unique=False)
    op.create_table(
        "consumers",
        sa.Column("service", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("uses", Text(), nullable=False),
        sa.Column("evidence", Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["service"], ["services.name"], name=op.f("fk_consumers_service_services")),
        sa.PrimaryKeyConstraint("service", "name", name=op.f("pk_consumers")),
    )
    op.create_index(op.f("ix_consumers_name_service"), "consumers", ["name", "service"], unique=False)
    op.create_table(
        "health_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("service", Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("latency_ms", sa.Double(), nullable=True),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("reason", Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service"], ["services.name"], name=op.f("fk_health_checks_service_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_checks")),
    )
    op.create_index(op.f("ix_health_checks_at"), "health_checks", ["at"], unique=False)
    op.create_index(op.f("ix_health_checks_service_at_id"), "health_checks", ["service", "at", "id"], unique=False)
    op.create_table(
        "health_hours",
        sa.Column("service", Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("checks", sa.BigInteger(), nullable=False),
        sa.Column("timed", sa.BigInteger(), nullable=False),
        sa.Column("latency_sum", sa.Double(), nullable=False),
        sa.Column("latency_max", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service"], ["services.name"], name=op.f("fk_health_hours_service_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service", "hour", "state", name=op.f("pk_health_hours")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_health_hours_hour"), "health_hours", ["hour"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", Text(), nullable=False),
        sa.Column("service", Text(), nullable=False),
        sa.Column("version", Text(), nullable=True),
        sa.Column("commit", Text(), nullable=True),
        sa.Column("source", Text(), nullable=False),
        sa.Column("verdict", Text(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service"], ["services.name"], name=op.f("fk_reviews_service_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_created_at_id"), "reviews", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_reviews_service_created_at_id"), "reviews", ["service", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_reviews_verdict_created_at_id"), "reviews", ["verdict", "created_at", "id"], unique=False)
    op.create_table(
        "service_tags",
        sa.Column("tag", Text(), nullable=False),
        sa.Column("service", Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service"], ["services.name"], name=op.f("fk_service_tags_service_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tag", "service", name=op.f("pk_service_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_service_tags_service"), "service_tags", ["service"], unique=False)
    op.create_table(
        "versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.INTEGER(), "sqlite"), nullable=False),
        sa.Column("service", Text(), nullable=False),
        sa.Column("label", Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("format", Text(), nullable=False),
        sa.Column("title", Text(), nullable=False),
        sa.Column("description", Text(), nullable=False),
        sa.Column("digest", Text(), nullable=False),
        sa.Column("document", Text(), nullable=False),
        sa.Column("operations", sa.BigInteger(), nullable=False),
        sa.Column("base", Text(), nullable=True),
        sa.Column("sunset", sa.BigInteger(), nullable=True),
        sa.Column("deprecated_at", sa.BigInteger(), nullable=True),
        sa.Column("actor", Text(), nullable=False),
        sa.Column("commit", Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.digest"], name=op.f("fk_versions_document_documents")),
        sa.ForeignKeyConstraint(
            ["service"], ["services.name"], name=op.f("fk_versions_service_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
    )
    op.create_index(op.f("ix_versions_document"), "versions", ["document"], unique=False)
    op.create_index("uq_versions_service_label", "versions", ["service", "label"], unique=True)
    op.create_index("uq_versions_service_sequence", "versions", ["service", "sequence"], unique=True)
    op.create_table(
        "webhooks",
        sa.Column("id", Text(), nullable=False),
        sa.Column("url", Text(), nullable=False),
        sa.Column("types", Text(), nullable=False),
        sa.Column("service", Text(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_error", Text(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service"], ["services.name"], name=op.f("fk_webhooks_service_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_service"), "webhooks", ["service"], unique=False)
    op.create_table(
        "components",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("reference", Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["versions.id"], name=op.f("fk_components_version_versions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version", "position", name=op.f("pk_components")),
    )
    op.create_index(op.f("ix_components_version_key"), "components", ["version", "key"], unique=False)
    op.create_table(
        "facets",
        sa.Column("facet", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("operations", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["versions.id"], name=op.f("fk_facets_version_versions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("facet", "version", name=op.f("pk_facets")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_facets_version_facet"), "facets", ["version", "facet"], unique=False)
    op.create_table(
        "operation_tags",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tag", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["versions.id"], name=op.f("fk_operation_tags_version_versions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version", "tag", "position", name=op.f("pk_operation_tags")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "operations",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("method", Text(), nullable=False),
        sa.Column("path", Text(), nullable=False),
        sa.Column("operation_id", Text(), nullable=False),
        sa.Column("summary", Text(), nullable=False),
        sa.Column("description", Text(), nullable=False),
        sa.Column("tags", Text(), nullable=False),
        sa.Column("parameters", Text(), nullable=False),
        sa.Column("deprecated", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["versions.id"], name=op.f("fk_operations_version_versions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version", "position", name=op.f("pk_operations")),
    )
    op.create_index(
        "ix_operations_deprecated",
        "operations",
        ["version", "position"],
        unique=False,
        sqlite_where=sa.text("deprecated = 1"),
        postgresql_where=sa.text("deprecated"),
    )
    op.create_index(op.f("ix_operations_id"), "operations", ["id"], unique=False)
    op.create_index(
        op.f("ix_operations_version_method_position"), "operations", ["version", "method", "position"], unique=False
    )
    op.execute("INSERT INTO counters (name, value) VALUES ('events', 0)")


def downgrade() -> None:
    """Removes all tables."""

    op.drop_index(op.f("ix_operations_version_method_position"), table_name="operations")
    op.drop_index(op.f("ix_operations_id"), table_name="operations")
    op.drop_table("operations")
    op.drop_table("operation_tags")
    op.drop_index(op.f("ix_facets_version_facet"), table_name="facets")
    op.drop_table("facets")
    op.drop_index(op.f("ix_components_version_key"), table_name="components")
    op.drop_table("components")
    op.drop_index(op.f("ix_webhooks_service"), table_name="webhooks")
    op.drop_table("webhooks")
    op.drop_index("uq_versions_service_sequence", table_name="versions")
    op.drop_index("uq_versions_service_label", table_name="versions")
    op.drop_index(op.f("ix_versions_document"), table_name="versions")
    op.drop_table("versions")
    op.drop_index(op.f("ix_service_tags_service"), table_name="service_tags")
    op.drop_table("service_tags")
    op.drop_index(op.f("ix_reviews_verdict_created_at_id"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_service_created_at_id"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_created_at_id"), table_name="reviews")
    op.drop_table("reviews")
    op.drop_index(op.f("ix_health_hours_hour"), table_name="health_hours")
    op.drop_table("health_hours")
    op.drop_index(op.f("ix_health_checks_service_at_id"), table_name="health_checks")
    op.drop_index(op.f("ix_health_checks_at"), table_name="health_checks")
    op.drop_table("health_checks")
    op.drop_index(op.f("ix_consumers_name_service"), table_name="consumers")
    op.drop_table("consumers")
    op.drop_index(op.f("ix_services_updated_at_name"), table_name="services")
    op.drop_index(op.f("ix_services_owner_name"), table_name="services")
    op.drop_index(op.f("ix_services_lifecycle_name"), table_name="services")
    op.drop_index(op.f("ix_services_kind_name"), table_name="services")
    op.drop_index(op.f("ix_services_health_name"), table_name="services")
    op.drop_index(op.f("ix_services_created_at_name"), table_name="services")
    op.drop_table("services")
    op.drop_index(op.f("ix_keys_owner"), table_name="keys")
    op.drop_table("keys")
    op.drop_index(op.f("ix_uses_service_consumer"), table_name="uses")
    op.drop_table("uses")
    op.drop_table("owners")
    op.drop_table("leases")
    op.drop_index(op.f("ix_events_type_number"), table_name="events")
    op.drop_index(op.f("ix_events_service_type_number"), table_name="events")
    op.drop_index(op.f("ix_events_service_number"), table_name="events")
    op.drop_index(op.f("ix_events_at"), table_name="events")
    op.drop_table("events")
    op.drop_table("documents")
    op.drop_table("counters")
