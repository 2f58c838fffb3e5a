"""`byte keys`: API keys of a registry, by who can open its store."""

from enum import StrEnum

import typer

from byte.cli.output import write
from byte.cli.registry import DATABASE, opened, part

app = typer.Typer(name="keys", help="Issue, list and revoke API keys.", no_args_is_help=True, rich_markup_mode=None)


class Scope(StrEnum):
    """What a key allows; each includes the ones before it."""

    READ = "read"
    PUBLISH = "publish"
    ADMIN = "admin"


@app.command()
def create(
    name: str = typer.Argument(help="Whose it is, or what for: the audit names it."),
    scope: Scope = typer.Option(Scope.READ, "--scope", help="The most that it allows."),
    owner: str | None = typer.Option(None, "--owner", help="The team whose services it publishes."),
    days: int | None = typer.Option(None, "--days", min=1, max=3_650, help="Days until it ends; else it never does."),
    database_url: str | None = DATABASE,
) -> None:
    """Issue a key and print it, this once.

    Example: `byte keys create "orders CI" --scope publish --owner orders --days 365`.
    """
    keys, actors, clock = part("byte.registry.keys"), part("byte.registry.actors"), part("byte.registry.clock")
    with opened(database_url) as store:
        expires_at = None if days is None else store.clock() + days * clock.DAY
        _, token = keys.issue(store, actors.SYSTEM, name, scope.value, owner=owner, expires_at=expires_at)
    write(f"{token}\n")


@app.command("list")
def list_(database_url: str | None = DATABASE) -> None:
    """List all keys, without their secrets."""
    keys, actors, clock = part("byte.registry.keys"), part("byte.registry.actors"), part("byte.registry.clock")
    with opened(database_url, create=False) as store:
        cursor = None
        write(f"{'id':<16}  {'scope':<7}  {'ends':<27}  {'last used':<27}  {'owner':<20}  name\n")
        while True:
            page = keys.page(store, actors.SYSTEM, limit=200, cursor=cursor)
            for key in page.items:
                ends = clock.shown(key.expires_at) if key.expires_at else "never"
                used = clock.shown(key.last_used_at) if key.last_used_at else "never"
                state = "revoked" if key.revoked_at is not None else ends
                write(f"{key.id}  {key.scope:<7}  {state:<27}  {used:<27}  {key.owner or '-':<20}  {key.name}\n")
            cursor = page.next
            if cursor is None:
                return


@app.command()
def revoke(
    key: str = typer.Argument(help="The id of the key: the part between the underscores."),
    database_url: str | None = DATABASE,
) -> None:
    """End a key for good, within a second everywhere."""
    keys, actors = part("byte.registry.keys"), part("byte.registry.actors")
    with opened(database_url, create=False) as store:
        ended = keys.revoke(store, actors.SYSTEM, key)
    write(f"The key `{ended.name}` ({ended.id}) is revoked.\n")
