"""What names, texts and addresses may be, and the list of all that is wrong with something given.

The patterns are ECMA 262, Rust and Python alike, so that one text stands in the code, in the models of the API and in
its description.
"""

import re
from collections.abc import Collection, Iterable
from typing import Final, NoReturn

from byte.registry.errors import Fault, InvalidError

NAME: Final = r"^[a-z0-9]+([._-][a-z0-9]+)*$"
"""Names of services, owners, consumers and tags: they stand in paths, so that they need no escape and no case."""
LABEL: Final = r"^[A-Za-z0-9]+([._+-][A-Za-z0-9]+)*$"
"""Labels of versions: "1.4.0", "v2", "2026-01-31-preview"."""
LINE: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
"""A text of one line without control characters."""
TEXT: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
"""A text of many lines: of the control characters only tab, line feed and carriage return."""
COMMIT: Final = r"^[0-9a-fA-F]{7,64}$"
"""A revision of a source, as git writes it."""
_PORT: Final = r"(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
_GROUP: Final = r"[0-9A-Fa-f]{1,4}"
_IPV6: Final = rf"\[(({_GROUP}:){{7}}{_GROUP}|({_GROUP}(:{_GROUP}){{0,2}})?::({_GROUP}(:{_GROUP}){{0,3}})?)\]"
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_OCTET: Final = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
# A last label that begins with a digit would be read as an address in an odd form ("0x7f.1", "2130706433").
_HOST: Final = rf"(({_LABEL}\.)*[A-Za-z]([A-Za-z0-9_-]{{0,61}}[A-Za-z0-9])?|{_OCTET}(\.{_OCTET}){{3}}|{_IPV6})"
URL: Final = rf"^https?://{_HOST}{_PORT}([/?#][!-~]*)?$"
"""An address on the web: http or https, a host, no credentials."""
BASE_URL: Final = rf'^https?://{_HOST}{_PORT}(/["!$->@-~]*)?$'
"""The same without a query or a fragment: paths are put behind it."""
PATH: Final = r"^/[!-~]*$"
"""A path, perhaps with a query, relative to a base URL."""

NAME_LENGTH: Final = 100
LABEL_LENGTH: Final = 100
TITLE_LENGTH: Final = 200
TEXT_LENGTH: Final = 20_000
URL_LENGTH: Final = 2_000
TAG_LENGTH: Final = 50

_COMPILED: Final = {
    pattern: re.compile(pattern[1:-1]) for pattern in (NAME, LABEL, LINE, TEXT, COMMIT, URL, BASE_URL, PATH)
}
_SENTENCE: Final = {
    NAME: "is no name: small letters and digits, parted by single `.`, `_` or `-`",
    LABEL: "is no label: letters and digits, parted by single `.`, `_`, `+` or `-`",
    LINE: "has control characters or line breaks",
    TEXT: "has control characters",
    COMMIT: "is no commit: 7 to 64 hexadecimal digits",
    URL: "is no address: `http://` or `https://`, a host, no credentials, other characters escaped",
    BASE_URL: "is no base address: `http://` or `https://`, a host, no credentials, query or fragment",
    PATH: "is no path: it begins with `/`, and other characters are escaped",
}
_SHOWN: Final = 60


class Faults:
    """Collects what is wrong, with its place; `settle` raises all of it at once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, pointer: str, message: str) -> None:
        self.found.append(Fault(message, pointer))

    def matches(self, pointer: str, value: str, pattern: str, longest: int) -> None:
        """A text that has one of the patterns above, and is not too long."""
        if len(value) > longest:
            self.add(pointer, f"{_shown(value)} has {len(value):,} characters; {longest:,} are taken.")
        elif not _COMPILED[pattern].fullmatch(value) or not _written(value):
            self.add(pointer, f"{_shown(value)} {_SENTENCE[pattern]}.")

    def line(self, pointer: str, value: str, longest: int = TITLE_LENGTH) -> None:
        self.matches(pointer, value, LINE, longest)

    def few(self, pointer: str, values: Collection[object], most: int) -> None:
        """A list that is not too long."""
        if len(values) > most:
            self.add(pointer, f"{len(values):,} are too many: {most:,} are taken.")

    def between(self, pointer: str, value: float, least: float, most: float) -> None:
        if not least <= value <= most:
            self.add(pointer, f"{value} is not between {least} and {most}.")

    def one_of(self, pointer: str, value: str, known: Iterable[str]) -> None:
        if value not in (words := tuple(known)):
            self.add(pointer, f"{_shown(value)} is none of {', '.join(words)}.")

    def settle(self, what: str) -> None:
        """Raises `InvalidError` with all that was found."""
        if self.found:
            _refuse(what, tuple(self.found))


def like(pattern: str, value: str) -> bool:
    """Whether a text has one of the patterns above, or another that is anchored like them."""
    return (_COMPILED.get(pattern) or re.compile(pattern[1:-1])).fullmatch(value) is not None


def _written(value: str) -> bool:
    """Whether UTF-8 can write it: JSON can escape half a character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(what: str, found: tuple[Fault, ...]) -> NoReturn:
    first = f"{found[0].pointer or 'It'}: {found[0]}"
    more = f" And {len(found) - 1} more." if len(found) > 1 else ""
    raise InvalidError(f"The {what} cannot be taken. {first}{more}", found)


def _shown(value: str) -> str:
    """A value as a sentence may show it: short, and without characters that act."""
    text = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."
    return "`" + "".join(character if character.isprintable() else "\ufffd" for character in text) + "`"
