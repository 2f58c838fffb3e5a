"""OpenAPI documents that a repository commits: which files are some, and their values with the lines they stand on.

JSON is read by the standard library, YAML by a reader of the part of it that such documents are written in: blocks,
flow collections, quoted and folded text. What goes beyond that (anchors, tags, merged keys) is not read.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Final

from byte.model.change import File, Snapshot
from byte.model.published import Placed, Published

_LARGEST: Final = 8 << 20
_OTHERS: Final = 400
_MOST: Final = 8
_HEAD: Final = 1 << 14
_DEEPEST: Final = 120

_NAMED: Final = re.compile(r"(?:openapi|swagger|api[-_.]?(?:spec|schema|doc|def))", re.IGNORECASE)
_ASIDE: Final = re.compile(
    r"(?:^|/)(?:tests?|__tests__|testing|testdata|test[-_]data|fixtures?|mocks?|e2e|node_modules|site-packages|vendor|"
    r"vendored|third[-_]?party|\.?venv|dist|build|locales?|i18n|translations|migrations|examples?|samples?)/",
    re.IGNORECASE,
)
_LOCKS: Final = re.compile(
    r"(?:^|/)(?:package(?:-lock)?|composer|tsconfig[^/]*|pnpm-lock|docker-compose[^/]*)\.(?:json|ya?ml)$"
)
_JSON_MARK: Final = re.compile(rb'"(?:openapi|swagger)"\s*:\s*"[23]\.')
_YAML_MARK: Final = re.compile(rb"""^["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]\.""", re.MULTILINE)
_JSON_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)


def published(snapshot: Snapshot) -> tuple[Published, ...]:
    """The OpenAPI documents of a snapshot that can be read, by path; those of tests and libraries left out."""
    found = _candidates(snapshot)
    files = [snapshot.files[path] for path in found]
    read = (parse(file.path, data) for file, data in zip(files, snapshot.read(files), strict=True) if data is not None)
    return tuple(document for document in read if document is not None)


def could_be(path: str) -> bool:
    """Whether a file may be an OpenAPI document by its name and place."""
    return path.endswith((".json", ".yaml", ".yml")) and not _ASIDE.search(path) and not _LOCKS.search(path)


def is_document(snapshot: Snapshot, path: str) -> bool:
    """Whether a file of a snapshot says at its start that it is an OpenAPI document."""
    file = snapshot.files.get(path)
    if file is None or not could_be(path) or file.kind != "file" or file.size > _LARGEST:
        return False
    (data,) = snapshot.read([file])
    return data is not None and _says(file, data)


def parse(path: str, data: bytes) -> Published | None:
    """The document in a file, None if it holds none that can be read."""
    try:
        text = data.decode("utf-8-sig")
        value = _json(text) if path.endswith(".json") else _Yaml(text).document()
    except (ValueError, RecursionError, _UnreadError):
        return None
    if not isinstance(value, Placed) or not isinstance(value.get("paths"), dict):
        return None
    version = value.get("openapi", value.get("swagger"))
    return Published(path=path, document=value) if str(version).startswith(("2.", "3.")) else None


def _candidates(snapshot: Snapshot) -> list[str]:
    """The files that say at their start that they are one."""
    files = [f for p, f in snapshot.files.items() if could_be(p) and f.kind == "file" and 100 < f.size <= _LARGEST]
    named = [f for f in files if _NAMED.search(f.path)]
    others = [f for f in files if not _NAMED.search(f.path)][:_OTHERS]
    read = [*named, *others]
    said = (f.path for f, data in zip(read, snapshot.read(read), strict=True) if data is not None and _says(f, data))
    return sorted(said)[:_MOST]


def _says(file: File, data: bytes) -> bool:
    if file.path.endswith(".json"):
        return _JSON_MARK.search(data[:_HEAD]) is not None or _JSON_MARK.search(data[-_HEAD:]) is not None
    return _YAML_MARK.search(data) is not None


# --- JSON --------------------------------------------------------------------------------------


def _json(text: str) -> Any:
    """The value of a JSON text; objects know the line of their opening brace."""
    breaks = [m.start() for m in re.finditer("\n", text)]
    opened: list[int] = []
    lines: list[int] = []
    for token in _JSON_TOKEN.finditer(text):
        kind = text[token.start()]
        if kind == "{":
            opened.append(token.start())
            if len(opened) > _DEEPEST:
                raise ValueError("nested too deeply")
        elif kind == "}" and opened:
            lines.append(bisect_right(breaks, opened.pop()) + 1)
    # The decoder finishes objects in the order of their closing braces.
    following = iter(lines)
    return json.loads(text, object_pairs_hook=lambda pairs: Placed(pairs, next(following, 1)))


# --- YAML --------------------------------------------------------------------------------------


class _UnreadError(Exception):
    """The text goes beyond what is read here."""


_KEY: Final = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#&*!|>@`%{}\[\],?-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)"""
)
_BLOCK: Final = re.compile(r"[|>][+-]?[0-9]?[+-]?\s*(?:#.*)?$")
_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT: Final = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?")
_FLOW: Final = re.compile(
    r"""\s+|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[{}\[\],]|:(?=[\s,\]}]|$)|(?:[^\s{}\[\],:"'#]|:(?![\s,\]}]))+"""
)
_WORDS: Final = {"null": None, "~": None, "": None, "true": True, "false": False}


class _Yaml:
    """Reads a text line by line; every mapping knows the line of the key or dash before it."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.at = 0
        self.first = 0

    def document(self) -> Any:
        """The first document of the text."""
        for number, line in enumerate(self.lines):
            if line.strip() and not line.startswith(("#", "%")):
                if line.rstrip() == "---":
                    self.at = number + 1
                break
            self.at = number + 1
        self.first = self.at
        start = self._peek()
        return self._block(start, self.at + 1, 0) if start is not None else None

    def _peek(self) -> int | None:
        """The indent of the next line with something on it, None at the end."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            inner = line.lstrip(" ")
            if inner and not inner.startswith("#") and inner.strip():
                if inner.startswith("\t"):
                    raise _UnreadError
                ended = line.startswith(("---", "...")) and self.at > self.first
                return None if ended and line[3:4] in ("", " ") else len(line) - len(inner)
            self.at += 1
        return None

    def _block(self, indent: int, line: int, depth: int) -> Any:
        """The value that starts on the next line at this indent."""
        if depth > _DEEPEST:
            raise _UnreadError
        text = self.lines[self.at][indent:]
        if text.startswith("- ") or text.rstrip() == "-":
            return self._sequence(indent, depth)
        if text[0] not in "[{" and _KEY.match(text):
            return self._mapping(indent, line, depth)
        self.at += 1
        return self._value(text, indent - 1, line, depth)

    def _sequence(self, indent: int, depth: int) -> list[Any]:
        out: list[Any] = []
        while self._peek() == indent:
            text = self.lines[self.at][indent:]
            if not (text.startswith("- ") or text.rstrip() == "-"):
                break
            line = self.at + 1
            inner = text[1:].lstrip(" ")
            if not _COMMENT.sub("", inner).strip():
                self.at += 1
                following = self._peek()
                deeper = following is not None and following > indent
                out.append(self._block(following, line, depth + 1) if deeper and following is not None else None)
                continue
            # What follows the dash is a block of its own, deeper by the dash and the spaces.
            width = len(text) - len(inner)
            self.lines[self.at] = " " * (indent + width) + inner
            out.append(self._block(indent + width, line, depth + 1))
        return out

    def _mapping(self, indent: int, line: int, depth: int) -> Placed:
        out = Placed((), line)
        while self._peek() == indent:
            text = self.lines[self.at][indent:]
            match = _KEY.match(text)
            if match is None:
                raise _UnreadError
            place = self.at + 1
            key = match.group(1)
            self.at += 1
            if key == "<<":
                raise _UnreadError
            out[_unquoted(key) if key[0] in "\"'" else key] = self._after(text[match.end() :], indent, place, depth)
        following = self._peek()
        if following is not None and following > indent:
            raise _UnreadError
        return out

    def _after(self, rest: str, indent: int, line: int, depth: int) -> Any:
        """What follows a key: on its line, or below it."""
        rest = rest.strip()
        if not _COMMENT.sub("", rest).strip():
            following = self._peek()
            if following is None or following < indent:
                return None
            if following == indent:
                dash = self.lines[self.at][indent:]
                inside = dash.startswith("- ") or dash.rstrip() == "-"
                return self._block(following, line, depth + 1) if inside else None
            return self._block(following, line, depth + 1)
        return self._value(rest, indent, line, depth)

    def _value(self, text: str, indent: int, line: int, depth: int) -> Any:
        """A value whose first line is read; its other lines stand deeper than the indent."""
        text = text.strip()
        if _BLOCK.match(text):
            return self._folded(indent)
        first = text[0]
        if first in "&*!@`%":
            raise _UnreadError
        if first in "\"'":
            return self._quoted(text)
        if first in "{[":
            return self._flow(text, line)
        parts = [_COMMENT.sub("", text).strip()]
        while True:
            following = self._peek()
            if following is None or following <= indent or (text != parts[0] and len(parts) == 1):
                break
            parts.append(_COMMENT.sub("", self.lines[self.at]).strip())
            self.at += 1
        return _scalar(parts[0]) if len(parts) == 1 else " ".join(parts)

    def _folded(self, indent: int) -> str:
        out: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
                break
            out.append(line.strip())
            self.at += 1
        return "\n".join(out).strip("\n")

    def _quoted(self, text: str) -> str:
        pattern = re.compile(r'"(?:[^"\\]|\\.)*"' if text[0] == '"' else r"'(?:[^']|'')*'", re.DOTALL)
        match = pattern.match(text)
        while match is None:
            if self.at >= len(self.lines):
                raise _UnreadError
            text = f"{text} {self.lines[self.at].strip()}"
            self.at += 1
            match = pattern.match(text)
        return _unquoted(match.group())

    def _flow(self, text: str, line: int) -> Any:
        tokens = self._tokens(text)
        value = _flow(tokens, next(tokens), line, 0)
        if next(tokens, None) is not None:
            raise _UnreadError
        return value

    def _tokens(self, text: str) -> Iterator[str]:
        """The tokens of a flow collection, from this line and those below until it is closed."""
        depth = 0
        while True:
            at = 0
            text = _COMMENT.sub("", text) if '"' not in text and "'" not in text else text
            while at < len(text):
                match = _FLOW.match(text, at)
                if match is None:
                    raise _UnreadError
                at = match.end()
                token = match.group()
                if token.isspace():
                    continue
                depth += (token in "{[") - (token in "}]")
                yield token
            if depth <= 0:
                return
            if self.at >= len(self.lines):
                raise _UnreadError
            text = self.lines[self.at]
            self.at += 1


def _flow(tokens: Iterator[str], token: str, line: int, depth: int) -> Any:
    if depth > _DEEPEST:
        raise _UnreadError
    if token == "[":
        out: list[Any] = []
        token = next(tokens, "")
        while token != "]":
            out.append(_flow(tokens, token, line, depth + 1))
            token = next(tokens, "")
            if token == ",":
                token = next(tokens, "")
            elif token != "]":
                raise _UnreadError
        return out
    if token == "{":
        made = Placed((), line)
        token = next(tokens, "")
        while token != "}":
            if not token or token in "[{]},:" or next(tokens, "") != ":":
                raise _UnreadError
            key = _unquoted(token) if token[0] in "\"'" else token
            made[key] = _flow(tokens, next(tokens, ""), line, depth + 1)
            token = next(tokens, "")
            if token == ",":
                token = next(tokens, "")
            elif token != "}":
                raise _UnreadError
        return made
    if not token or token in "]},:" or token[0] in "&*!":
        raise _UnreadError
    return _unquoted(token) if token[0] in "\"'" else _scalar(token)


def _scalar(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text) and len(text) < 20:
        return int(text)
    if _FLOAT.fullmatch(text) and len(text) < 40:
        return float(text)
    return text


def _unquoted(text: str) -> str:
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        return text[1:-1]
