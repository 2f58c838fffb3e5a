"""Files of the project that its code reads when it starts: settings in JSON, TOML or YAML, texts, folders that are walked.

A file counts as it stands in the repository; one that is not there is unknown, since the running application may have it.
"""

import json
import posixpath
import tomllib
from typing import Final

from byte.extract.evaluate import yaml_text
from byte.extract.evaluate.equality import held_by
from byte.extract.evaluate.natives.base import (
    Interp,
    NativeFunction,
    argument,
    guarded_table,
    known,
    make,
    unknown,
)
from byte.extract.evaluate.values import EMPTY, External, Instance, Value

LARGEST: Final = 500_000
_TEXT: Final = "io.TextIOWrapper"
_BYTES: Final = "io.BufferedReader"


def committed(interp: Interp, path: str) -> bytes | None:
    """The bytes of a file of the project; a relative path begins where the application is started."""
    source = getattr(interp, "source", None)
    if source is None:
        return None
    inside = path if path.startswith("/") else posixpath.join(source.root, path)
    inside = posixpath.normpath(inside).lstrip("/")
    data: bytes | None = None if inside.startswith("..") else source.content(inside)
    return data if data is not None and len(data) <= LARGEST else None


def _named(interp: Interp, value: Value) -> str:
    held = held_by(known(interp, value))
    return held if isinstance(held, str) else str(held)


def _not_known(interp: Interp) -> Value:
    return unknown(interp, "what a file holds when the application runs is not known")


def _opened(interp: Interp, path: Value, mode: Value) -> Value:
    mode = held_by(known(interp, mode))
    data = committed(interp, _named(interp, path))
    if data is None or not isinstance(mode, str) or set(mode) & set("wax+"):
        return _not_known(interp)
    if "b" in mode:
        return make(interp, _BYTES, EMPTY, name=path, _content=data)
    return make(interp, _TEXT, EMPTY, name=path, _content=_decoded(data))


def _decoded(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _open(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _opened(interp, argument(args, kwargs, 0, "file"), argument(args, kwargs, 1, "mode", "r"))


def _open_codecs(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _opened(interp, argument(args, kwargs, 0, "filename"), "r")


def _path_open(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _opened(interp, args[0], argument(args, kwargs, 1, "mode", "r"))


def _read_text(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    data = committed(interp, _named(interp, args[0]))
    return _not_known(interp) if data is None else _decoded(data)


def _read_bytes(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    data = committed(interp, _named(interp, args[0]))
    return _not_known(interp) if data is None else data


def _content(interp: Interp, value: Value) -> str | bytes | None:
    """What a text, bytes or an open file hold."""
    value = known(interp, value)
    if isinstance(value, Instance) and "_content" in value.attributes:
        value = value.attributes["_content"]
    value = held_by(value)
    return value if isinstance(value, (str, bytes)) else None


def _self(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0]


def _read(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return _content(interp, args[0]) if len(args) == 1 else _not_known(interp)


def _lines(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    found = _content(interp, args[0])
    return found.splitlines(keepends=True) if found is not None else _not_known(interp)


def _nothing(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return None


def _parsed(interp: Interp, value: Value, kind: str) -> Value:
    found = _content(interp, value)
    if found is None or len(found) > LARGEST:
        return _not_known(interp)
    text = _decoded(found) if isinstance(found, bytes) else found
    try:
        if kind == "json":
            return json.loads(text)
        return tomllib.loads(text) if kind == "toml" else yaml_text.load(text)
    except (ValueError, RecursionError):  # not of the form, or more of the form than is read
        return unknown(interp, f"the {kind.upper()} of a file is not read")


def _parser(kind: str) -> NativeFunction:
    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        loader = argument(args, kwargs, 1, "Loader", None) if kind == "yaml" else None
        if loader is not None and not (isinstance(loader, External) and loader.name.startswith("yaml.")):
            return unknown(interp, "YAML that is read in a way of its own is not known")
        return _parsed(interp, args[0] if args else next(iter(kwargs.values())), kind)

    return call


def _from_path(kind: str) -> NativeFunction:
    """A parser that takes a path or an open file."""

    def call(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
        given = known(interp, args[0] if args else next(iter(kwargs.values())))
        if not (isinstance(given, Instance) and "_content" in given.attributes):
            data = committed(interp, _named(interp, given))
            if data is None:
                return _not_known(interp)
            given = data
        return _parsed(interp, given, kind)

    return call


def _walk(interp: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`os.walk` over a folder of the project, in the order of the names."""
    top = _named(interp, argument(args, kwargs, 0, "top"))
    files = interp.source.files_below(top) if top.startswith("/") else None
    if not files:
        return unknown(interp, "what is on disk when the application runs is not known")
    tree: dict[str, tuple[list[str], list[str]]] = {"": ([], [])}
    for file in files:
        folder, _, name = file.rpartition("/")
        parts = folder.split("/") if folder else []
        for i, part in enumerate(parts):
            inner = "/".join(parts[: i + 1])
            if inner not in tree:
                tree[inner] = ([], [])
                tree["/".join(parts[:i])][0].append(part)
        tree[folder][1].append(name)

    def below(folder: str) -> list[Value]:
        folders, names = tree[folder]
        place = posixpath.join(top, folder) if folder else top
        out: list[Value] = [(place, list(folders), list(names))]
        for name in folders:
            out += below(posixpath.join(folder, name))
        return out

    return below("")


NATIVES: Final[dict[str, NativeFunction]] = guarded_table(
    {
        "builtins.open": _open,
        "codecs.open": _open_codecs,
        "io.open": _open,
        **{f"{kind}.{name}": _self for kind in (_TEXT, _BYTES) for name in ("__enter__", "__aenter__")},
        **{f"{kind}.{name}": _nothing for kind in (_TEXT, _BYTES) for name in ("close", "seek", "flush", "__exit__")},
        **{f"{kind}.read": _read for kind in (_TEXT, _BYTES)},
        **{f"{kind}.readlines": _lines for kind in (_TEXT, _BYTES)},
        "json.load": _parser("json"),
        "os.walk": _walk,
        "pathlib.Path.open": _path_open,
        "pathlib.Path.read_bytes": _read_bytes,
        "pathlib.Path.read_text": _read_text,
        "rtoml.load": _from_path("toml"),
        "rtoml.loads": _parser("toml"),
        "toml.load": _from_path("toml"),
        "toml.loads": _parser("toml"),
        "tomli.load": _parser("toml"),
        "tomli.loads": _parser("toml"),
        "tomllib.load": _parser("toml"),
        "tomllib.loads": _parser("toml"),
        "yaml.full_load": _parser("yaml"),
        "yaml.load": _parser("yaml"),
        "yaml.safe_load": _parser("yaml"),
    }
)
