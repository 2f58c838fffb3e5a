"""The plain part of YAML 1.1 that configuration files are written in: mappings, sequences, scalars, flow collections.

Anchors, tags, dates, directives and several documents are refused, not guessed.
"""

import re
from typing import Any, Final

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset("yes Yes YES true True TRUE on On ON".split())
_FALSE: Final = frozenset("no No NO false False FALSE off Off OFF".split())
_INT: Final = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
_OTHER_INT: Final = re.compile(r"[-+]?(0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)")
_FLOAT: Final = re.compile(r"[-+]?([0-9][0-9_]*)\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?")
_SPECIAL_FLOAT: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*")
_DATE: Final = re.compile(r"\d{4}-\d\d?-\d\d?([Tt ].*)?")
_KEY: Final = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s\[\]{},#&*!|>'"%@`?-][^#\n]*?|-[^\s#][^#\n]*?)\s*:(?=\s|$)"""
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", '"': '"', "\\": "\\", "/": "/", "e": "\x1b", " ": " "}
_DEEPEST: Final = 60


class YamlError(ValueError):
    """A text that is no YAML, or more of YAML than is read."""


def load(text: str) -> Any:
    """The value of a document, as `yaml.safe_load` gives it."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines and lines[0].startswith("%"):
        raise YamlError("a directive")
    reader = _Reader(lines)
    reader.skip()
    if reader.line is not None and reader.line.rstrip() == "---":
        reader.at += 1
    value = reader.block(-1, 0)
    reader.skip()
    if reader.line is not None and reader.line.rstrip() != "...":
        raise YamlError("more than one document, or a line that fits nowhere")
    return value


class _Reader:
    """Reads a document line by line."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0

    @property
    def line(self) -> str | None:
        return self.lines[self.at] if self.at < len(self.lines) else None

    def skip(self) -> None:
        """Go on to the next line that says something."""
        while self.line is not None and (not self.line.strip() or self.line.lstrip().startswith("#")):
            self.at += 1

    def indent(self) -> int:
        """How far the current line is indented; -1 at the end."""
        line = self.line
        if line is None or line.rstrip() in ("---", "..."):
            return -1
        if line.lstrip(" ").startswith("\t"):
            raise YamlError("a tab")
        return len(line) - len(line.lstrip(" "))

    def block(self, above: int, depth: int) -> Any:
        """The value that begins at the next line, which must be indented more than `above`."""
        if depth > _DEEPEST:
            raise YamlError("too deep")
        self.skip()
        indent = self.indent()
        if indent <= above:
            return None
        text = self.lines[self.at][indent:]
        if text == "-" or text.startswith("- "):
            return self.sequence(indent, depth)
        if _KEY.match(text):
            return self.mapping(indent, depth)
        self.at += 1
        return self.inline(text, above)

    def sequence(self, indent: int, depth: int) -> list[Any]:
        out: list[Any] = []
        while True:
            self.skip()
            text = self.lines[self.at][indent:] if self.indent() == indent else ""
            if not (text == "-" or text.startswith("- ")):
                return out
            rest = text[1:].lstrip(" ")
            if not rest or rest.startswith("#"):
                self.at += 1
                out.append(self.block(indent, depth + 1))
                continue
            inner = indent + len(text) - len(rest)
            if rest == "-" or rest.startswith("- ") or _KEY.match(rest):
                self.lines[self.at] = " " * inner + rest
                out.append(self.block(indent, depth + 1))
            else:
                self.at += 1
                out.append(self.inline(rest, indent))

    def mapping(self, indent: int, depth: int) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        while True:
            self.skip()
            if self.indent() != indent:
                if self.indent() > indent:
                    raise YamlError("a line that fits nowhere")
                return out
            text = self.lines[self.at][indent:]
            found = _KEY.match(text)
            if found is None:
                raise YamlError("a line without a key")
            key = _scalar(found[1])
            rest = text[found.end() :].strip()
            self.at += 1
            if rest and not rest.startswith("#"):
                out[key] = self.inline(rest, indent)
                continue
            self.skip()
            same = self.indent() == indent and self.lines[self.at][indent : indent + 2].rstrip() == "-"
            out[key] = self.sequence(indent, depth + 1) if same else self.block(indent, depth + 1)

    def inline(self, text: str, indent: int) -> Any:
        """A value that begins on the line of its key or dash."""
        head = text[0]
        if head in "&*!%@`?":
            raise YamlError("an anchor, a tag or a reserved character")
        if head in "|>":
            return self.literal(text, indent)
        if head in "[{":
            return self.flow(text)
        if head in "\"'":
            if not _closed(text):
                raise YamlError("a quoted text of several lines")
            return _scalar(_uncommented(text))
        parts = [_uncommented(text)]
        while parts[-1] and self.line is not None and self.line.strip() and self.indent() > indent:
            if self.line.lstrip().startswith("#") or _KEY.match(self.line.lstrip()):
                break
            parts.append(_uncommented(self.line.strip()))
            self.at += 1
        return _scalar(" ".join(parts))

    def literal(self, head: str, indent: int) -> str:
        """A text in lines of its own, after `|` or `>`."""
        marks = _uncommented(head)
        if not re.fullmatch(r"[|>][-+]?", marks):
            raise YamlError("an indented text with a given indentation")
        lines: list[str] = []
        while self.line is not None and (not self.line.strip() or self.indent() > indent):
            lines.append(self.line)
            self.at += 1
        inner = next((len(x) - len(x.lstrip(" ")) for x in lines if x.strip()), 0)
        texts = [x[inner:] for x in lines]
        end = len(texts)
        while end and not texts[end - 1].strip():
            end -= 1
        body, rest = texts[:end], texts[end:]
        if marks[0] == ">":
            if any(not x.strip() or x.startswith(" ") for x in body):
                raise YamlError("a folded text of several paragraphs")
            body = [" ".join(body)]
        text = "\n".join(body)
        unfinished = not rest and self.line is None
        return (
            text
            if marks.endswith("-") or not body or unfinished
            else text + "\n" * (1 + len(rest) if marks.endswith("+") else 1)
        )

    def flow(self, text: str) -> Any:
        """`[...]` or `{...}`, over as many lines as it takes."""
        for _ in range(2000):
            value, rest = _flow(text, 0)
            if value is not _OPEN:
                if rest.strip() and not rest.strip().startswith("#"):
                    raise YamlError("something after a flow collection")
                return value
            if self.line is None:
                break
            text += (
                " " + _uncommented(self.line.strip())
                if self.line.lstrip()[:1] not in ("'", '"')
                else f" {self.line.strip()}"
            )
            self.at += 1
        raise YamlError("a flow collection without an end")


_OPEN: Final = object()


def _flow(text: str, depth: int) -> tuple[Any, str]:
    """A value of a flow collection, and the text after it; `_OPEN` if the text ends before."""
    text = text.lstrip()
    if depth > _DEEPEST:
        raise YamlError("too deep")
    if not text:
        return _OPEN, ""
    if text[0] in "\"'":
        if not _closed(text):
            return _OPEN, ""
        end = _end_of_quoted(text)
        return _scalar(text[:end]), text[end:]
    if text[0] not in "[{":
        found = re.match(r"(?:[^,\[\]{}:#]|:(?![\s,\[\]{}]|$)|(?<=\S)#)*", text)
        assert found is not None
        plain = found[0].strip()
        if plain and plain[0] in "&*!%@`?|>":
            raise YamlError("an anchor, a tag or a reserved character")
        return _scalar(plain), text[found.end() :]
    closing = "]" if text[0] == "[" else "}"
    items: list[Any] = []
    pairs: dict[Any, Any] = {}
    rest = text[1:].lstrip()
    while True:
        if not rest:
            return _OPEN, ""
        if rest[0] == closing:
            return (items if closing == "]" else pairs), rest[1:]
        value, rest = _flow(rest, depth + 1)
        rest = rest.lstrip()
        if value is _OPEN or not rest:
            return _OPEN, ""
        if rest[0] == ":":
            if closing == "]":
                raise YamlError("a pair in a sequence")
            key = value
            rest = rest[1:].lstrip()
            value = None
            if rest and rest[0] not in ",}":
                value, rest = _flow(rest, depth + 1)
                rest = rest.lstrip()
            if value is _OPEN or not rest:
                return _OPEN, ""
            pairs[_hashable(key)] = value
        elif closing == "]":
            items.append(value)
        else:
            pairs[_hashable(value)] = None
        if rest[0] == ",":
            rest = rest[1:].lstrip()
        elif rest[0] != closing:
            raise YamlError("a flow collection that cannot be read")


def _end_of_quoted(text: str) -> int:
    """Where a quoted text ends; 0 if it does not."""
    pattern = r'"(?:[^"\\]|\\.)*"' if text[0] == '"' else r"'(?:[^']|'')*'"
    found = re.match(pattern, text, re.DOTALL)
    return found.end() if found else 0


def _closed(text: str) -> bool:
    return _end_of_quoted(text) > 0


def _uncommented(text: str) -> str:
    if text[:1] in ("'", '"'):
        end = _end_of_quoted(text)
        if end and text[end:].strip() and not text[end:].strip().startswith("#"):
            raise YamlError("something after a text")
        return text[:end] if end else text
    found = re.search(r"(^|\s)#", text)
    return (text[: found.start()] if found else text).strip()


def _scalar(text: str) -> Any:
    """The value of a scalar by its form."""
    if text[:1] == "'":
        return text[1:-1].replace("''", "'")
    if text[:1] == '"':
        return _unescaped(text[1:-1])
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return int(text.replace("_", ""))
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    if _OTHER_INT.fullmatch(text) or _SPECIAL_FLOAT.fullmatch(text) or _DATE.fullmatch(text):
        raise YamlError("a date, or a number of a rare form")
    if ": " in text or text.endswith(":"):
        raise YamlError("a mapping inside of a text")
    return text


def _unescaped(text: str) -> str:
    def replaced(found: re.Match[str]) -> str:
        kind = found[1]
        if kind[0] in "xuU":
            return chr(int(kind[1:], 16))
        if kind not in _ESCAPES:
            raise YamlError("an escape that is not read")
        return _ESCAPES[kind]

    return re.sub(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", replaced, text, flags=re.DOTALL)


def _hashable(key: Any) -> Any:
    if isinstance(key, (list, dict)):
        raise YamlError("a collection as a key")
    return key
