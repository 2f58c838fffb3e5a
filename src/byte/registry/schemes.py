"""How versions are numbered, and what their numbers say: semantic versions and calendar versions."""

import re
from typing import Final

import msgspec

from byte.registry.records import Scheme

_SEMVER: Final = re.compile(
    r"v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
)
_CALVER: Final = re.compile(r"v?((?:\d{2}|\d{4})(?:[.-]\d{1,3}){1,3})(?:[.+-]?[A-Za-z][0-9A-Za-z.+-]*)?")
_EXAMPLES: Final = {"semver": "2.1.0", "calver": "2027.01"}
_NAMES: Final = {"semver": "semantic", "calver": "calendar"}

Key = tuple[tuple[int, ...], tuple[tuple[int, int, str], ...]]
"""By what versions of a scheme are ordered; what is about to be one comes before it."""
_FINAL: Final = ((2, 0, ""),)


class Numbered(msgspec.Struct, frozen=True):
    """A label in a scheme: its place in the order."""

    scheme: Scheme
    key: Key

    def breaks_from(self, base: "Numbered") -> bool:
        """Whether a semantic version says that it is not compatible with another; below 1 each minor says so."""
        mine, other = self.key[0], base.key[0]
        if self.scheme != "semver":
            return False
        return mine[0] > other[0] or (mine[0] == other[0] == 0 and mine[1] > other[1])

    def next_break(self) -> str:
        """The least version that says so."""
        major, minor = self.key[0][:2]
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"


def numbered(scheme: Scheme, label: str) -> Numbered | None:
    """A label as its scheme has it; None where it is none of it."""
    if scheme == "semver" and (found := _SEMVER.fullmatch(label)):
        numbers = tuple(int(part) for part in found.groups()[:3])
        return Numbered(scheme, (numbers, _before(found[4]) if found[4] else _FINAL))
    if scheme == "calver" and (found := _CALVER.fullmatch(label)):
        return Numbered(scheme, (tuple(int(part) for part in re.split(r"[.-]", found[1])), _FINAL))
    return None


def unnumbered(scheme: Scheme, label: str) -> str:
    """What to say of a label that is none of its scheme."""
    return f"`{label}` is no {_NAMES[scheme]} version such as {_EXAMPLES[scheme]}."


def _before(text: str) -> tuple[tuple[int, int, str], ...]:
    """What comes before a release: numbers by their size and before words (semver.org, section 11)."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in text[:100].split("."))
