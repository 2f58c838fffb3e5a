"""The tables, as they are at the head of the migrations (a test holds the two against each other).

- Times are microseconds since the epoch, UTC. Lists and small maps are JSON text. What is long and seldom read (`body`,
  `report`, `data` of documents) is compressed (`registry.store.packing`).
- `versions.id` is the store's own number; operations and components hang on it, by their position in their version.
- `facets` says how many operations of a version answer to a filter, `tags` where they are: see `registry.store.facets`.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    TypeDecorator,
    types,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Text(TypeDecorator[str]):
    """Text that both databases order by code point and take whole.

    PostgreSQL refuses U+0000, and neither takes half of a surrogate pair: both become U+FFFD, in what is kept and in what
    is asked for, so that hostile text is kept harmlessly and found by nobody.
    """

    impl = types.Text
    cache_ok = True

    @property
    def python_type(self) -> type[str]:
        """What a cursor's key must be."""
        return str

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        """PostgreSQL orders by the server's locale unless told not to."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TEXT(collation="C"))
        return dialect.type_descriptor(sqlite.TEXT())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None else clean(value)


def clean(text: str) -> str:
    """A text without what a database refuses."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


# SQLite numbers rows by itself only where the key's type is INTEGER.
_NUMBER: Final = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")


def _text(name: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    return Column(name, Text, primary_key=key, nullable=null)


def _time(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, BigInteger, nullable=null)


def _edited() -> tuple[Column[Any], ...]:
    return Column("revision", BigInteger, nullable=False), _time("created_at"), _time("updated_at")


def _of_service(*, key: bool = False, null: bool = False, ondelete: str | None = "CASCADE") -> Column[Any]:
    return Column("service", Text, ForeignKey("services.name", ondelete=ondelete), primary_key=key, nullable=null)


def _of_version() -> Column[Any]:
    # `autoincrement`: a key of two columns numbers nothing.
    target = ForeignKey("versions.id", ondelete="CASCADE")
    return Column("version", BigInteger, target, primary_key=True, autoincrement=False)


owners: Final = Table("owners", metadata, _text("name", key=True), _text("title"), _text("contacts"), *_edited())

services: Final = Table(
    "services",
    metadata,
    _text("name", key=True),
    _text("kind"),
    _text("title"),
    _text("description"),
    Column("owner", Text, ForeignKey("owners.name"), nullable=True),
    _text("lifecycle"),
    _text("tags"),
    _text("links"),
    _text("base_url", null=True),
    _text("probe"),
    _text("health"),
    _time("health_since", null=True),
    _text("latest", null=True),
    *_edited(),
    Index(None, "kind", "name"),
    Index(None, "owner", "name"),
    Index(None, "lifecycle", "name"),
    Index(None, "health", "name"),
    Index(None, "updated_at", "name"),
    Index(None, "created_at", "name"),
)

service_tags: Final = Table(
    "service_tags",
    metadata,
    _text("tag", key=True),
    _of_service(key=True),
    Index(None, "service"),
    sqlite_with_rowid=False,
)

documents: Final = Table(
    "documents",
    metadata,
    _text("digest", key=True),
    _text("media_type"),
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

versions: Final = Table(
    "versions",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    _of_service(),
    _text("label"),
    Column("sequence", BigInteger, nullable=False),
    _text("kind"),
    _text("state"),
    _text("format"),
    _text("title"),
    _text("description"),
    _text("digest"),
    Column("document", Text, ForeignKey("documents.digest"), nullable=False),
    Column("operations", BigInteger, nullable=False),
    _text("base", null=True),
    _time("sunset", null=True),
    _time("deprecated_at", null=True),
    _text("actor"),
    _text("commit", null=True),
    *_edited(),
    Index("uq_versions_service_label", "service", "label", unique=True),
    Index("uq_versions_service_sequence", "service", "sequence", unique=True),
    Index(None, "document"),
)

operations: Final = Table(
    "operations",
    metadata,
    _of_version(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    _text("id"),
    _text("name"),
    _text("method"),
    _text("path"),
    _text("operation_id"),
    _text("summary"),
    _text("description"),
    _text("tags"),
    _text("parameters"),
    Column("deprecated", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    # Not unique: another transaction may be about to publish the same label, and versions say so more clearly.
    Index(None, "id"),
    Index(None, "version", "method", "position"),
)

Index(
    "ix_operations_deprecated",
    operations.c.version,
    operations.c.position,
    sqlite_where=operations.c.deprecated,
    postgresql_where=operations.c.deprecated,
)

facets: Final = Table(
    "facets",
    metadata,
    Column("facet", BigInteger, primary_key=True, autoincrement=False),
    _of_version(),
    Column("operations", BigInteger, nullable=False),
    Index(None, "version", "facet"),
    sqlite_with_rowid=False,
)

operation_tags: Final = Table(
    "operation_tags",
    metadata,
    _of_version(),
    Column("tag", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

components: Final = Table(
    "components",
    metadata,
    _of_version(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("key", BigInteger, nullable=False),
    _text("reference"),
    Column("body", LargeBinary, nullable=False),
    Index(None, "version", "key"),
)

consumers: Final = Table(
    "consumers",
    metadata,
    _of_service(key=True, ondelete=None),
    _text("name", key=True),
    _text("uses"),
    _text("evidence"),
    *_edited(),
    Index(None, "name", "service"),
)

uses: Final = Table(
    "uses",
    metadata,
    _text("service", key=True),
    Column("operation", BigInteger, primary_key=True, autoincrement=False),
    _text("consumer", key=True),
    Index(None, "service", "consumer"),
    sqlite_with_rowid=False,
)

reviews: Final = Table(
    "reviews",
    metadata,
    _text("id", key=True),
    _of_service(),
    _text("version", null=True),
    _text("commit", null=True),
    _text("source"),
    _text("verdict"),
    _text("outcome", null=True),
    Column("report", LargeBinary, nullable=False),
    _text("actor"),
    _time("created_at"),
    Index(None, "created_at", "id"),
    Index(None, "service", "created_at", "id"),
    Index(None, "verdict", "created_at", "id"),
)

policies: Final = Table(
    "policies",
    metadata,
    # "" is the default: no service has that name, so nothing is referred to.
    _text("service", key=True),
    _text("compatibility"),
    _text("verdict"),
    _text("severities"),
    Column("sunset", Boolean, nullable=False),
    _text("scheme"),
    _text("overriding"),
    *_edited(),
)

overrides: Final = Table(
    "overrides",
    metadata,
    _text("id", key=True),
    _of_service(),
    _text("version", null=True),
    _text("rule", null=True),
    _text("operation", null=True),
    _text("reason"),
    _time("until"),
    _text("actor"),
    _time("created_at"),
    Index(None, "service", "created_at", "id"),
    Index(None, "created_at", "id"),
)

health_checks: Final = Table(
    "health_checks",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    _of_service(),
    _time("at"),
    _text("state"),
    Column("latency_ms", Double, nullable=True),
    Column("status", BigInteger, nullable=True),
    _text("reason"),
    Index(None, "service", "at", "id"),
    Index(None, "at"),
)

health_hours: Final = Table(
    "health_hours",
    metadata,
    _of_service(key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    _text("state", key=True),
    Column("checks", BigInteger, nullable=False),
    Column("timed", BigInteger, nullable=False),
    Column("latency_sum", Double, nullable=False),
    Column("latency_max", Double, nullable=False),
    Index(None, "hour"),
    sqlite_with_rowid=False,
)

events: Final = Table(
    "events",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _text("type"),
    _text("service", null=True),
    _text("version", null=True),
    _text("subject"),
    _text("actor"),
    _time("at"),
    _text("data"),
    Index(None, "type", "number"),
    Index(None, "service", "number"),
    Index(None, "service", "type", "number"),
    Index(None, "at"),
)

counters: Final = Table(
    "counters", metadata, _text("name", key=True), Column("value", BigInteger, nullable=False), sqlite_with_rowid=False
)

keys: Final = Table(
    "keys",
    metadata,
    _text("id", key=True),
    _text("name"),
    _text("scope"),
    Column("owner", Text, ForeignKey("owners.name"), nullable=True),
    Column("hash", LargeBinary, nullable=False),
    _time("expires_at", null=True),
    _time("last_used_at", null=True),
    _time("revoked_at", null=True),
    _time("created_at"),
    Index(None, "owner"),
)

webhooks: Final = Table(
    "webhooks",
    metadata,
    _text("id", key=True),
    _text("url"),
    _text("types"),
    Column("service", Text, ForeignKey("services.name", ondelete="CASCADE"), nullable=True),
    Column("secret", LargeBinary, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("failures", BigInteger, nullable=False),
    _text("last_error"),
    _time("retry_at", null=True),
    *_edited(),
    Column("old_secret", LargeBinary, nullable=True),
    _time("old_until", null=True),
    Index(None, "service"),
)

answers: Final = Table(
    "answers",
    metadata,
    _text("who", key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    _time("at"),
    Column("answer", LargeBinary, nullable=False),
    Index(None, "at"),
)

leases: Final = Table(
    "leases", metadata, _text("name", key=True), _text("holder"), _time("until"), sqlite_with_rowid=False
)
