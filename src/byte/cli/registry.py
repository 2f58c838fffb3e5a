"""What the commands of the registry share: its parts are imported when a command runs, and its store is opened.

A review needs neither a server nor a database: it starts faster without them, and works where they are not installed.
"""

import gc
import importlib
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import typer

from byte.model.errors import SettingsError

EXTRA: Final = "pip install 'byte-review[server]'"

KEY: Final = "BYTE_API_KEY"
"""The variable that has the API key."""

SERVER: Final = typer.Option(
    None,
    "--server",
    metavar="URL",
    envvar="BYTE_SERVER",
    help=f"The registry that runs there; its API key is in {KEY}. Without it: the store of this machine.",
)
"""The option of commands that work on a registry here or elsewhere."""

DATABASE: Final = typer.Option(
    None,
    "--database-url",
    metavar="URL",
    help="sqlite:///path or postgresql://user@host/name; else BYTE_DATABASE_URL, else a file in your data folder.",
)
"""The option that every command of the registry has."""


def part(name: str, *, what: str = "The registry", extra: str = EXTRA) -> Any:
    """A module of the registry or its server. Raises `SettingsError` where what it needs is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] == "byte":
            raise
        raise SettingsError(f"{what} needs {error.name}, which is not installed: `{extra}`.") from None


def settings(**said: Any) -> Any:
    """The settings: what the command line said before what the environment says. Raises `SettingsError`."""
    given = {name: value for name, value in said.items() if value is not None}
    module = part("byte.server.settings")
    try:
        return module.Settings(**given)
    except ValueError as error:
        raise SettingsError(module.explained(error)) from None


@contextmanager
def opened(database_url: str | None, *, create: bool = True) -> Iterator[Any]:
    """The store that a command works on. Raises `SettingsError` and `UnavailableError`."""
    gc.enable()  # a command on a large store is no short review
    store = part("byte.registry.store").Store.open(settings(database_url=database_url).url(), create=create)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def place(
    server: str | None,
    database_url: str | None = None,
    export: str | None = None,
    *,
    seconds: float = math.inf,
    altogether: float = math.inf,
) -> Iterator[Any]:
    """The registry that a command asks: at an address, in an exported file, or in the store of this machine.

    `seconds`: how long each request to an address may take, and all of them `altogether`. Raises `SettingsError` and `RegistryError`.
    """
    if sum(given is not None for given in (server, database_url, export)) > 1:
        raise SettingsError("`--server`, `--export` and `--database-url` are three places: give one of them.")
    places = part("byte.registry.places")
    if server is not None:
        limits = {} if seconds == math.inf else {"seconds": seconds, "altogether": altogether}
        yield places.Served(part("byte.registry.client").Client(server, os.environ.get(KEY), **limits))
    elif export is not None:
        yield places.Exported.of_file(export)
    else:
        with opened(database_url) as store:
            yield places.Stored(store, part("byte.registry.actors").SYSTEM)
