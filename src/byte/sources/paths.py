r"""How Byte writes a path, and which paths it leaves out.

A path in git is bytes; in Byte it is text that is safe in JSON, Markdown and a terminal, and that no other path
shares: UTF-8 with `/`, where a backslash is `\\`, a control or direction character is `\n`, `\t`, `\r` or `\uNNNN`,
and a byte that is not UTF-8 is `\xNN`.
"""

import fnmatch
import glob
import re
from functools import lru_cache

_UNSAFE = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:([\\ntr])|x([0-9a-f]{2})|u([0-9a-f]{4}))")
_NAMED = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNNAMED = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r"}

# Only names that no business has for its own things: `vendor`, `fixtures` and `env` may well be features.
_TEST_FOLDERS = frozenset(
    {"test", "tests", "testing", "__tests__", "unit_tests", "integration_tests", "functional_tests", "e2e_tests"}
)
_TEST_FILE = re.compile(r"(?:test_.*|.*_test|tests|conftest)\.pyi?")
_VENDORED_FOLDERS = frozenset(
    {"site-packages", "dist-packages", "node_modules", "__pycache__", "__pypackages__", "_vendor", "vendored"}
    | {".venv", "venv", ".tox", ".nox", ".eggs", "third_party"}
)
_GENERATED_FILE = re.compile(r".*_pb2(?:_grpc)?\.pyi?")


def shown(raw: bytes) -> str:
    """Byte's text for a path of git or of the file system."""
    return safe(raw.decode("utf-8", "surrogateescape"))


def safe(text: str) -> str:
    """The same escapes for text that came from the user or from a file, to be shown in a message."""
    return _UNSAFE.sub(_escape, text)


def raw(path: str) -> bytes:
    """The bytes that `shown` wrote as this path."""
    return _ESCAPE.sub(_unescape, path).encode("utf-8", "surrogateescape")


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if char in _NAMED:
        return _NAMED[char]
    code = ord(char)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def _unescape(match: re.Match[str]) -> str:
    named, byte, code = match.groups()
    if named:
        return _UNNAMED[named]
    return chr(0xDC00 + int(byte, 16)) if byte else chr(int(code, 16))


def is_python(path: str) -> bool:
    """Whether a path is that of a Python source file."""
    return path.endswith((".py", ".pyi"))


def is_test(path: str) -> bool:
    """Whether a path is that of a test or of something that only tests use."""
    *folders, name = path.split("/")
    return not _TEST_FOLDERS.isdisjoint(folders) or _TEST_FILE.fullmatch(name) is not None


def is_vendored(path: str) -> bool:
    """Whether a path holds code of others (an environment, a vendored package) or code that a tool generated."""
    *folders, name = path.split("/")
    return not _VENDORED_FOLDERS.isdisjoint(folders) or _GENERATED_FILE.fullmatch(name) is not None


def within(path: str, prefix: str) -> bool:
    """Whether a path is this file or lies in this folder; the empty prefix is the whole tree."""
    return not prefix or path == prefix or path.startswith(f"{prefix}/")


def anchored(pattern: str, folder: str) -> str:
    """A glob that was written in a folder's settings, seen from the root of the tree."""
    body = pattern.removeprefix("./").strip("/")
    # As in .gitignore: without a slash a pattern means a name anywhere.
    if "/" not in pattern.removeprefix("./").rstrip("/"):
        body = f"**/{body}"
    return f"{glob.escape(folder)}/{body}" if folder else body


def matches(pattern: str, path: str) -> bool:
    """Whether an anchored glob matches the path or a folder above it; `**` stands for any number of folders."""
    parts = _compiled(pattern)
    states = _closed({0}, parts)
    for segment in path.split("/"):
        # Both kinds of step at once, so that the time is linear whatever the pattern (settings are untrusted).
        states = _closed({step for state in states for step in _steps(state, segment, parts)}, parts)
        if len(parts) in states:
            return True
    return False


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> tuple[re.Pattern[str] | None, ...]:
    return tuple(None if part == "**" else re.compile(fnmatch.translate(part)) for part in pattern.split("/"))


def _closed(states: set[int], parts: tuple[re.Pattern[str] | None, ...]) -> set[int]:
    closed = set(states)
    for index in range(min(states, default=len(parts)), len(parts)):
        if index in closed and parts[index] is None:
            closed.add(index + 1)
    return closed


def _steps(state: int, segment: str, parts: tuple[re.Pattern[str] | None, ...]) -> tuple[int, ...]:
    if state == len(parts):
        return ()
    part = parts[state]
    if part is None:
        return (state,)
    return (state + 1,) if part.match(segment) else ()
