"""Sets of Unicode characters as sorted ranges of code points, both ends included.

Surrogates are no characters: no string of JSON text holds one by itself.
"""

import sys
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import chain, groupby
from typing import Final

Ranges = tuple[tuple[int, int], ...]

EVERY: Final[Ranges] = ((0, 0xD7FF), (0xE000, sys.maxunicode))
DIGITS: Final[Ranges] = ((0x30, 0x39),)
WORD: Final[Ranges] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACES: Final[Ranges] = (
    (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
    (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
"""`\\s` of ECMA-262: white space and line terminators."""
LINE_ENDS: Final[Ranges] = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))

_LIKED: Final = ((0x61, 0x7A), (0x30, 0x39), (0x41, 0x5A), (0x2D, 0x2E), (0x5F, 0x5F), (0x21, 0x7E), (0x20, 0x20))
_LANDMARKS: Final = (0xE9, 0x416, 0x4E00, 0xAC00, 0xF900, 0x1F600)
_NOT_ASCII: Final = 0xA1
_TRIES: Final = 64
_CACHED: Final = 256
# Beyond the assigned planes lie two ranges of private use and nothing else: 900,000 look-ups less.
_ASSIGNED: Final[Ranges] = ((0, 0x3347F), (0xE0000, 0xE01FF))
_PRIVATE: Final[Ranges] = ((0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
_CASED: Final = (
    range(0x41, 0x588), range(0x10A0, 0x1100), range(0x13A0, 0x1400), range(0x1C80, 0x1CC0), range(0x1D79, 0x1D8F),
    range(0x1E00, 0x2000), range(0x2126, 0x2189), range(0x24B6, 0x24EA), range(0x2C00, 0x2D2E), range(0xA640, 0xA800),
    range(0xAB53, 0xABC0), range(0xFB00, 0xFB07), range(0xFF21, 0xFF5B), range(0x10400, 0x10500),
    range(0x10570, 0x105BD), range(0x10C80, 0x10CF3), range(0x10D50, 0x10D86), range(0x118A0, 0x118E0),
    range(0x16E40, 0x16E80), range(0x1E900, 0x1E944),
)  # fmt: skip
"""The blocks of Unicode that hold letters with a case."""
_NAMES: Final = {
    "Letter": "L", "Cased_Letter": "LC", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt",
    "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc",
    "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
    "Punctuation": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd", "Open_Punctuation": "Ps",
    "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi", "Final_Punctuation": "Pf", "Other_Punctuation": "Po",
    "Symbol": "S", "Math_Symbol": "Sm", "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So",
    "Separator": "Z", "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C",
    "Control": "Cc", "Format": "Cf", "Private_Use": "Co", "Unassigned": "Cn",
}  # fmt: skip


def joined(pairs: Iterable[tuple[int, int]]) -> Ranges:
    """Ranges in any order, overlapping or not, as one set."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(pairs):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def others(ranges: Ranges) -> Ranges:
    """Every character that is not in a set."""
    out = []
    for first, last in EVERY:
        for low, high in ranges:
            if low > last or high < first:
                continue
            if low > first:
                out.append((first, low - 1))
            first = high + 1
        if first <= last:
            out.append((first, last))
    return tuple(out)


def contains(ranges: Ranges, code: int) -> bool:
    """Whether a code point is in a set."""
    index = bisect_right(ranges, (code, sys.maxunicode)) - 1
    return index >= 0 and ranges[index][0] <= code <= ranges[index][1]


@lru_cache(_CACHED)
def category(name: str) -> Ranges | None:
    """The characters of a general category (`L`, `Lu`, `Letter`, `gc=Lu`), `Any`, `ASCII`; None for other names."""
    name = name.removeprefix("General_Category=").removeprefix("gc=")
    if name in ("Any", "ASCII"):
        return EVERY if name == "Any" else ((0, 0x7F),)
    name = _NAMES.get(name, name)
    if name == "LC":
        return joined(part for kind in ("Lu", "Ll", "Lt") for part in _categories()[kind])
    found = [part for kind, parts in _categories().items() if name and kind.startswith(name) for part in parts]
    if name in ("C", "Cn"):
        found.extend(_unassigned())
    return joined(found) or None


def folded(ranges: Ranges) -> Ranges:
    """A set with every character that differs from one of it in case only."""
    if ranges and ranges[-1][1] < 0x80:
        return joined([*ranges, *_folded_ascii(ranges)])
    codes, groups = _cases()
    found = list(ranges)
    for low, high in ranges:
        for group in groups[bisect_left(codes, low) : bisect_right(codes, high)]:
            found.extend((code, code) for code in group if not low <= code <= high)
    return joined(found)


def liking(low: int, high: int) -> tuple[int, int]:
    """The character of a range that is shown best, after how well it is liked (less is better)."""
    for place, (first, last) in enumerate(_LIKED):
        if low <= last and high >= first:
            return place, max(low, first)
    for code in _LANDMARKS:
        if low <= code <= high:
            return len(_LIKED), code
    first = max(low, _NOT_ASCII)
    for code in range(first, min(high, first + _TRIES) + 1):
        if chr(code).isprintable():
            return len(_LIKED) + 1, code
    return len(_LIKED) + 2, low


@cache
def _categories() -> dict[str, list[tuple[int, int]]]:
    """The ranges of each general category, unassigned planes left out."""
    out: dict[str, list[tuple[int, int]]] = {"Co": list(_PRIVATE)}
    for first, last in _ASSIGNED:
        code = first
        for kind, same in groupby(map(unicodedata.category, map(chr, range(first, last + 1)))):
            count = sum(1 for _ in same)
            if kind != "Cs":
                out.setdefault(kind, []).append((code, code + count - 1))
            code += count
    return out


def _unassigned() -> Ranges:
    """What `_categories` leaves out."""
    return others(joined([*_ASSIGNED, *_PRIVATE]))


@cache
def _cases() -> tuple[list[int], list[list[int]]]:
    """The characters that have a case, in order, and with each those that differ from it in case only (simple folding)."""
    groups: dict[str, list[int]] = {}
    for code in chain.from_iterable(_CASED):
        char = chr(code)
        fold = char.casefold()
        if len(fold) > 1:
            fold = char.lower()
        groups.setdefault(fold if len(fold) == 1 else char, []).append(code)
    found = sorted((code, group) for group in groups.values() if len(group) > 1 for code in group)
    return [code for code, _ in found], [group for _, group in found]


def _folded_ascii(ranges: Ranges) -> list[tuple[int, int]]:
    """The other case of ASCII letters; the Kelvin sign is a `k`, the long s an `s`."""
    out = []
    for low, high in ranges:
        for first, last, step in ((0x41, 0x5A, 0x20), (0x61, 0x7A, -0x20)):
            if low <= last and high >= first:
                out.append((max(low, first) + step, min(high, last) + step))
    both = joined([*ranges, *out])
    out.extend((sign, sign) for letter, sign in ((0x6B, 0x212A), (0x73, 0x17F)) if contains(both, letter))
    return out
