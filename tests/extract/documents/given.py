"""Documents as a source gives them, from texts."""

import posixpath
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from byte.extract import documents
from byte.model.contract import Contract, Source
from byte.model.errors import SourceError


def source(files: Mapping[str, str | bytes], name: str = "") -> Source:
    """The first of some files, or the one of a name; references lead to the others."""
    name = name or next(iter(files))
    data = files[name]

    def fetch(target: str) -> Source:
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(target)))
        if wanted not in files:
            raise SourceError(f"there is no file `{wanted}`")
        return source(files, wanted)

    return Source(name, name, data if isinstance(data, bytes) else data.encode(), fetch)


def read(files: Mapping[str, str | bytes] | str) -> Contract:
    """The contract in a text, or in the first of some files."""
    return documents.read(source({"api.yaml": files} if isinstance(files, str) else files))


def at(document: Any, *names: str | int) -> Any:
    """What stands under some names, one after the other."""
    for name in names:
        document = document[name]
    return document


def line(text: str, mark: str) -> int:
    """The line that holds a mark."""
    return next(number for number, held in enumerate(text.splitlines(), 1) if mark in held)
