"""`byte serve`: the registry, on a fresh machine without any configuration."""

import typer

from byte.cli.output import write
from byte.cli.registry import DATABASE, part, settings


def serve(
    host: str | None = typer.Option(None, "--host", help="The address to listen at.", show_default="127.0.0.1"),
    port: int | None = typer.Option(
        None, "--port", min=0, max=65_535, help="The port to listen at; 0 takes a free one.", show_default="8080"
    ),
    database_url: str | None = DATABASE,
    workers: int | None = typer.Option(
        None, "--workers", min=1, max=64, help="Processes that answer.", show_default="1"
    ),
) -> None:
    """Serve the registry. An empty store gets a first admin key, which is printed once.

    Everything else is set by variables of the environment: docs/registry-settings.md lists them.

    Examples: `byte serve`, `byte serve --port 9000 --database-url postgresql://byte@db/registry`.
    """
    given = settings(host=host, port=port, database_url=database_url, workers=workers)
    part("byte.server.run").serve(given, write)
