"""A small summary of each file, so that a review of a large project loads only the files that matter.

It tells which names a file mentions (as hashes), what it imports, whether it registers routes, and what could not be
read. Like the syntax it depends on the file's bytes alone.
"""

import re
import zlib
from collections.abc import Iterable, Iterator

import msgspec

from byte.extract import fastapi, python, symbols
from byte.model import syntax as s

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_WIDE_WORD = re.compile(rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*")
_WIDTH = 4


class ImportedName(msgspec.Struct, frozen=True, array_like=True):
    """A top-level package that a file imports absolutely; `guarded` in `try` or `if TYPE_CHECKING`."""

    name: str
    line: int
    guarded: bool


class Digest(msgspec.Struct, frozen=True, array_like=True):
    """See the module. `names` and `bases` (last names of base classes) are sorted hashes of four bytes each."""

    names: bytes
    bases: bytes
    routes: bool
    lines: int
    imports: tuple[ImportedName, ...]
    errors: tuple[int, ...]
    cut: tuple[int, ...]

    def mentions(self, *names: str) -> bool:
        """Whether any of these names may occur in the file (a hash may lie, once in millions)."""
        return any(self.has(hash_name(name)) for name in names)

    def derives(self, names: Iterable[str]) -> bool:
        """Whether a class of the file may have one of these as its base."""
        return any(_found(self.bases, hash_name(name)) for name in names)

    def has(self, wanted: bytes) -> bool:
        """Whether this hash is among the names."""
        return _found(self.names, wanted)


def _found(hashes: bytes, wanted: bytes) -> bool:
    at = hashes.find(wanted)
    while at >= 0:
        if at % _WIDTH == 0:
            return True
        at = hashes.find(wanted, at + 1)
    return False


def hash_name(name: str) -> bytes:
    """The hash under which a name is kept."""
    return zlib.crc32(name.encode("utf-8", "replace")).to_bytes(_WIDTH, "big")


def summarise(source: bytes, module: s.Module) -> Digest:
    """The digest of one file."""
    source = python.decoded(source)
    words = set(_WORD.findall(source))
    if not source.isascii():
        words.update(_WIDE_WORD.findall(source))
    names = {zlib.crc32(word).to_bytes(_WIDTH, "big") for word in words}
    return Digest(
        names=b"".join(sorted(names)),
        bases=b"".join(sorted({hash_name(name) for name in _bases(module.body)})),
        routes=_has_routes(module),
        lines=module.lines,
        imports=tuple(_imports(module.body, False)),
        errors=module.errors,
        cut=module.cut,
    )


def _bases(body: tuple[s.Stmt, ...]) -> Iterator[str]:
    """The last names of all base classes, of classes at any depth."""
    for stmt in body:
        if isinstance(stmt, s.Class):
            for base in stmt.bases:
                plain: s.Expr = base
                while isinstance(plain, (s.Subscript, s.Call)):
                    plain = plain.value if isinstance(plain, s.Subscript) else plain.func
                yield (s.dotted(plain) or "").rpartition(".")[2]
        if isinstance(stmt, (s.Class, s.Function)):
            yield from _bases(stmt.body)
        else:
            for block, _ in symbols.nested(stmt):
                yield from _bases(block)


def _has_routes(module: s.Module) -> bool:
    stack = list(module.body)
    while stack:
        stmt = stack.pop()
        if isinstance(stmt, s.Function) and any(_registers(d) for d in stmt.decorators):
            return True
        if isinstance(stmt, (s.Function, s.Class)):
            stack.extend(stmt.body)
        else:
            stack.extend(inner for block, _ in symbols.nested(stmt) for inner in block)
    return False


def _registers(decorator: s.Expr) -> bool:
    called = decorator.func if isinstance(decorator, s.Call) else None
    return isinstance(called, s.Attribute) and called.attr in fastapi.METHODS


def _imports(body: tuple[s.Stmt, ...], guarded: bool) -> Iterator[ImportedName]:
    for stmt in body:
        match stmt:
            case s.Import():
                for module, _ in stmt.names:
                    yield ImportedName(module.split(".")[0], stmt.line, guarded)
            case s.ImportFrom() if not stmt.level and stmt.module != "__future__":
                yield ImportedName(stmt.module.split(".")[0], stmt.line, guarded)
            case s.If():
                # `if TYPE_CHECKING`, `if sys.version_info`: the import is not always made.
                yield from _imports(stmt.body, True)
                yield from _imports(stmt.orelse, True)
            case s.Try():
                inner = guarded or bool(stmt.handlers)
                yield from _imports(stmt.body, inner)
                for handler in stmt.handlers:
                    yield from _imports(handler.body, True)
                yield from _imports(stmt.orelse, inner)
                yield from _imports(stmt.final, guarded)
            case s.With() | s.For() | s.While() | s.Class():
                yield from _imports(stmt.body, guarded)
            case s.Function():
                yield from _imports(stmt.body, True)
