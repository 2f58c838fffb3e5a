"""`byte migrate`, `byte backup`, `byte restore`: the registry's store, looked after by hand."""

from pathlib import Path

import typer

from byte.cli.output import write
from byte.cli.registry import DATABASE, opened, part
from byte.sources import paths


def migrate(database_url: str | None = DATABASE) -> None:
    """Bring the store up to date: `byte serve` does it by itself when it starts.

    Example: `byte migrate --database-url postgresql://byte@db/registry`.
    """
    with opened(database_url) as store:
        write(f"The store {store.name} is up to date.\n")


def backup(
    file: Path = typer.Argument(help="Where to write it; there must be no such file yet."),
    database_url: str | None = DATABASE,
) -> None:
    """Write all of the registry into one file while it goes on working.

    Example: `byte backup registry-2027-01-31.backup`.
    """
    with opened(database_url, create=False) as store:
        part("byte.registry.store.backup").backup(store, file)
    write(f"The registry is in {paths.safe(str(file))}.\n")


def restore(
    file: Path = typer.Argument(help="What `byte backup` wrote."),
    database_url: str | None = DATABASE,
) -> None:
    """Fill an empty store from a backup, of the same kind of database or of the other.

    Example: `byte restore registry-2027-01-31.backup --database-url sqlite:///fresh.db`.
    """
    with opened(database_url) as store:
        part("byte.registry.store.backup").restore(store, file)
        write(f"The store {store.name} holds what {paths.safe(str(file))} does.\n")
