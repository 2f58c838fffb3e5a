"""Running the application: a socket, a store, a first key, and uvicorn in one process or several."""

import gc
import logging
import os
import socket
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any, Final, TextIO

import msgspec
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from byte.model.errors import SettingsError
from byte.registry import keys
from byte.registry.store import Store
from byte.server import logs
from byte.server.app import create_app
from byte.server.context import Context
from byte.server.settings import PREFIX, Settings

_BACKLOG: Final = 2_048
EARS: Final = 16
"""How many new connections a process takes before it goes on with those that it has."""


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until a signal says stop. `announce` gets what a person wants to know once it runs.

    Raises `SettingsError` and `UnavailableError` where it cannot start.
    """
    listener = _listen(settings.host, settings.port)
    with listener:
        store = Store.open(settings.url())
        token = keys.first(store)
        announce(welcome(settings, store.name, listener.getsockname()[1], token))
        forward_logs(settings)
        if settings.workers > 1:
            store.close()
            _serve_many(settings, listener)
        else:
            _serve_one(settings, listener, store)


def application() -> FastAPI:
    """The application of one of several processes: everything comes from the environment."""
    settings = Settings()
    forward_logs(settings)
    _collect_less()
    return create_app(settings)


def welcome(settings: Settings, place: str, port: int, token: str | None) -> str:
    """What a person wants to know once it runs: where, what is kept where, the first key, what to do next."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    lines = [f"The registry answers at {base} and is kept in {place}.", ""]
    if token is not None:
        lines += ["The first admin key, shown this once:", "", f"    {token}", ""]
    shown = token or "$BYTE_KEY"
    lines += [
        f"The API for people:  {base}/docs",
        f"The API document:    {base}/openapi.json",
        "Try it:",
        "",
        f"    curl -H 'Authorization: Bearer {shown}' {base}/v1/status".replace("'", '"' if token is None else "'"),
        "",
        "Search answers as soon as its index is built: /health/ready has how far it is.",
        "More keys: `byte keys create --help`. Documents: `byte import --help`. Stop with Ctrl-C.",
    ]
    return "\n".join(lines) + "\n"


class _Server(uvicorn.Server):
    """Lets go of who waits for events as soon as it is told to stop: they would hold it up for seconds."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        app = self.config.app
        context = getattr(app.state, "byte", None) if isinstance(app, FastAPI) else None
        if isinstance(context, Context):
            context.tail.stop()
        super().handle_exit(sig, frame)


def _serve_one(settings: Settings, listener: socket.socket, store: Store) -> None:
    _collect_less()
    try:
        app = create_app(settings, store)
        server = _Server(uvicorn.Config(app, **_options(settings)))
        server.run(sockets=ears(listener))
    finally:
        store.close()


def _serve_many(settings: Settings, listener: socket.socket) -> None:
    # The processes read the environment: what the command line said must stand there.
    os.environ.update(_environment(settings))
    config = uvicorn.Config("byte.server.run:application", factory=True, workers=settings.workers, **_options(settings))
    Multiprocess(config, sockets=ears(listener)).run()


def _environment(settings: Settings) -> Mapping[str, str]:
    said = settings.model_dump(mode="json", exclude_unset=True, exclude={"database_url"})
    found = {
        f"{PREFIX}{name.upper()}": value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in said.items()
        if value is not None
    }
    return {**found, f"{PREFIX}DATABASE_URL": settings.url()}


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "lifespan": "on",
        "ws": "none",
        "proxy_headers": True,
        "forwarded_allow_ips": settings.trusted_proxies,
        "timeout_graceful_shutdown": settings.shutdown_timeout,
        "backlog": _BACKLOG,
    }


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise SettingsError(
            f"{host}:{port} cannot be listened at ({os.strerror(error.errno) if error.errno else error}): stop what uses it, or choose another "
            "with --port (0 takes a free one) or --host."
        ) from None


def ears(listener: socket.socket) -> list[socket.socket]:
    """The listening socket, several times over.

    The loop (libuv) takes one new connection of a socket each time around, however many wait; between two it serves whoever
    is connected. Under load the fiftieth client waited for seconds, with all requests answered in a tenth of one.
    """
    return [listener, *(listener.dup() for _ in range(EARS - 1))]


def forward_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """What Python's own loggers say goes into the same log: all that Byte's do, of uvicorn and asyncio warnings."""
    handler = logs.Forward(logs.logger(settings, stream))
    least = logging.getLevelNamesMapping()[settings.log_level.upper()]
    for name, level in (("byte", least), ("uvicorn", logging.WARNING), ("asyncio", logging.WARNING)):
        theirs = logging.getLogger(name)
        theirs.handlers = [handler]
        theirs.setLevel(max(least, level))
        theirs.propagate = False


def _collect_less() -> None:
    """The command line runs without the collector of cycles; a server needs it, but not on what lives for ever."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
