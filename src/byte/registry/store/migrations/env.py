"""How Alembic runs the migrations: on the connection, and in the transaction, that `registry.store.migrate` gives it."""

from alembic import context

from byte.registry.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes little in a table that exists: a later step makes it anew, and copies.
    render_as_batch=True,
)
context.run_migrations()
