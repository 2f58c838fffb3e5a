"""Hostile text as inline Markdown that GitHub shows as the text itself.

Messages may hold `code` in backticks; everything else that Markdown or GitHub would act upon (emphasis, links, HTML,
mentions, references to issues, mathematics, table cells) comes out as plain characters.
"""

import re

from byte.report.wording import one_line, visible

_CODE = re.compile(r"`([^`]+)`")
_RUN = re.compile(r"`+")
# An underscore inside of a word is no emphasis, so `snake_case` stays readable.
_SPECIAL = re.compile(r"[\\*\[\]~$`]|(?<!\w)_+|_++(?!\w)")
_ENTITY = re.compile(r"&(?=[#\w])")
# GitHub makes links of these wherever they stand outside of code, and notifies people and other repositories.
_LINKED = re.compile(r"@|://|www\.|#\d|\bGH-\d", re.IGNORECASE)
_BLOCK_START = re.compile(r"[#+\-=>|]|\d+(?=[.)])")


def code(text: str) -> str:
    """The text as a code span, whatever backticks it holds."""
    fence = "`" * (1 + max((len(run) for run in _RUN.findall(text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _escaped(text: str) -> str:
    """Plain words with a backslash before what Markdown would act upon."""
    text = _SPECIAL.sub(lambda match: "".join(f"\\{char}" for char in match[0]), text)
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;")


def _words(text: str) -> str:
    return " ".join(code(word) if _LINKED.search(word) else _escaped(word) for word in text.split(" "))


def _joined(parts: list[str]) -> str:
    """The parts in a row; a space keeps two code spans from becoming one."""
    result = ""
    for part in parts:
        result += f" {part}" if result.endswith("`") and part.startswith("`") else part
    return result


def text(value: str) -> str:
    """A sentence: its code spans stay code, the rest is escaped; always on one line."""
    parts: list[str] = []
    for index, part in enumerate(_CODE.split(one_line(value))):
        # split() alternates: words, the inside of a code span, words, ...
        if index % 2:
            parts.append(code(part))
        elif part:
            parts.append(_words(part))
    return _joined(parts)


def block(value: str) -> str:
    """A sentence that opens a list item or a paragraph: it cannot begin a heading, a list, a quote, a table or a rule."""
    line = text(value)
    match = _BLOCK_START.match(line)
    if match is None:
        return line
    split = match.end() if match[0].isdigit() else 0
    return f"{line[:split]}\\{line[split:]}"


def cell(value: str) -> str:
    """A sentence in a table cell.

    No escape of a pipe inside of code means the same to all Markdown readers, so there it becomes a look-alike.
    """
    line = text(value.replace("|", "\u2502")) if "`" in value or _LINKED.search(value) else text(value)
    return line.replace("|", "&#124;") or "-"


def place(value: str) -> str:
    """A path, with its line: as it is where Markdown has nothing to say to it, else as code."""
    shown = visible(value)
    plain = not re.search("[ `]", shown) and text(shown) == shown
    return shown if plain else code(shown)
