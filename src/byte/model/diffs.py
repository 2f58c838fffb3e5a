"""What a comparison of two contracts comes to: the differences, and what could not be compared."""

import msgspec

from byte.model.difference import Difference, SideName


class Problem(msgspec.Struct, frozen=True, order=True):
    """A part of one side that could not be read, and so was not compared; `line` is 0 where there is none."""

    side: SideName
    path: str
    line: int
    reason: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two contracts by the names that the user gave them, and what differs.

    `as_of` is the day (YYYY-MM-DD) that sunset dates are measured by. `ignored` differences were taken out by ignore
    files, or by the level `none` of a severity file; `unused` are the lines of ignore files that did nothing, each with
    its place.
    """

    base: str
    revision: str
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...] = ()
    as_of: str | None = None
    ignored: int = 0
    unused: tuple[str, ...] = ()

    @property
    def breaking(self) -> bool:
        """Whether any difference breaks clients."""
        return any(difference.level == "breaking" for difference in self.differences)
