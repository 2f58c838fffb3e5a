"""Sets of JSON numbers: bounds, multiples, listed and excluded values; and sets of counts.

Arithmetic is exact, on the decimal text of each number. A number is an integer if its value is one: `1.0` is.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain, islice
from math import ceil, floor, gcd, isfinite, lcm
from typing import Any, Final, Self

import msgspec

from byte.compare.schema import answers
from byte.compare.schema.answers import Answer, No, Undecided, Yes

_MOST_BITS: Final = 1100
_MOST_DIGITS: Final = 400
_TRIES: Final = 4096
_DEPTH: Final = 40
_WIDTHS: Final = {"int32": 32, "int64": 64}


class Counts(msgspec.Struct, frozen=True):
    """The whole numbers from `low` (at least 0) to `high`, without end where that is None."""

    low: int = 0
    high: int | None = None

    def intersect(self, other: Self) -> Self:
        return type(self)(max(self.low, other.low), _lesser(self.high, other.high))

    def minus(self, other: Self) -> tuple[Self, ...]:
        below = type(self)(self.low, _lesser(self.high, other.low - 1))
        if other.high is None:
            return (below,)
        return below, type(self)(max(self.low, other.high + 1), self.high)

    def included_in(self, *others: Self) -> Answer:
        """Whether each of them is in one of others."""
        return answers.inclusion(self, others)

    def is_empty(self, avoiding: Iterable[int] = ()) -> Answer:
        """Whether there is none but those; the witness is the least."""
        avoided = set(avoiding)
        for count in range(max(self.low, 0), max(self.low, 0) + len(avoided) + 1):
            if count not in avoided and self.accepts(count):
                return No(count)
        return Yes()

    def accepts(self, count: int) -> bool:
        return max(self.low, 0) <= count and (self.high is None or count <= self.high)


ANY_COUNT: Final = Counts()


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers between two bounds that are multiples of `step`, of none of `unsteps`, listed and not excluded.

    A bound that is None is none, `low_open` and `high_open` leave the bound itself out. `values` are all there may be
    where it is not None. Integers are the multiples of 1.
    """

    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False
    step: Fraction | None = None
    unsteps: tuple[Fraction, ...] = ()
    values: tuple[Fraction, ...] | None = None
    excluded: tuple[Fraction, ...] = ()

    def intersect(self, other: Self) -> Self:
        low, low_open = max(self._floor(), other._floor())
        high, high_open = min(self._ceiling(), other._ceiling())
        return type(self)(
            low=None if low == -_INFINITY else Fraction(low),
            low_open=low_open,
            high=None if high == _INFINITY else Fraction(high),
            high_open=not high_open,
            step=_common(self.step, other.step),
            unsteps=_sorted(self.unsteps + other.unsteps),
            values=_in_both(self.values, other.values),
            excluded=_sorted(self.excluded + other.excluded),
        )

    def minus(self, other: Self) -> tuple[Self, ...]:
        kind = type(self)
        cuts = []
        if other.low is not None:
            cuts.append(kind(high=other.low, high_open=not other.low_open))
        if other.high is not None:
            cuts.append(kind(low=other.high, low_open=not other.high_open))
        if other.step is not None:
            cuts.append(kind(unsteps=(other.step,)))
        cuts.extend(kind(step=step) for step in other.unsteps)
        if other.excluded:
            cuts.append(kind(values=other.excluded))
        if other.values is not None:
            cuts.append(kind(excluded=other.values))
        return tuple(self.intersect(cut) for cut in cuts)

    def included_in(self, *others: Self) -> Answer:
        """Whether each of them is in one of others."""
        return answers.inclusion(self, others)

    def is_empty(self, avoiding: Iterable[int | float] = ()) -> Answer:
        """Whether there is none but those; the witness is a simple one."""
        if self._blocked():
            return Yes()
        avoided = {*self.excluded, *(number for value in avoiding if (number := exact(value)) is not None)}
        unwritten = False
        tried = 0
        for number in islice(self._candidates(), _TRIES + 2 * len(avoided)):
            tried += 1
            if number in avoided or not self._holds(number):
                continue
            if (value := _written(number)) is not None:
                return No(value)
            unwritten = True
        if unwritten:
            return Undecided("a number that has no short decimal text")
        return Yes() if self._exhausted(tried) else Undecided("the search took too long")

    def accepts(self, value: Any) -> bool | None:
        """Whether a number is one of them; None for one that is no finite number of a usual size."""
        number = exact(value)
        if number is None:
            return None
        listed = self.values is None or number in self.values
        return listed and number not in self.excluded and self._holds(number)

    def _holds(self, number: Fraction) -> bool:
        """Whether a number has what is asked for, listed or not."""
        return (
            (self.low is None or number > self.low or (number == self.low and not self.low_open))
            and (self.high is None or number < self.high or (number == self.high and not self.high_open))
            and (self.step is None or (number / self.step).denominator == 1)
            and not any((number / step).denominator == 1 for step in self.unsteps)
        )

    def _candidates(self) -> Iterator[Fraction]:
        """All members, simple ones first, among others; an endless or a dense set has no end of them."""
        if self.values is not None:
            return iter(sorted(self.values, key=_simplicity))
        if self.step is not None:
            return self._multiples(self.step)
        return chain(self._simple(), self._between())

    def _blocked(self) -> bool:
        """Whether every multiple of the step is one that is barred."""
        return self.step is not None and any((self.step / step).denominator == 1 for step in self.unsteps)

    def _exhausted(self, tried: int) -> bool:
        """Whether as many candidates were all that there are."""
        if self.values is not None:
            return tried >= len(self.values)
        if self.step is not None:
            first, last = self._factors(self.step)
            return first is not None and last is not None and tried >= last - first + 1
        return self._point() or self._hollow()

    def _point(self) -> bool:
        return self.low is not None and self.low == self.high

    def _hollow(self) -> bool:
        return self.low is not None and self.high is not None and self.low > self.high

    def _factors(self, step: Fraction) -> tuple[int | None, int | None]:
        """The least and the greatest factor of the step that lie within the bounds."""
        first = last = None
        if self.low is not None:
            first = floor(self.low / step) + 1 if self.low_open else ceil(self.low / step)
        if self.high is not None:
            last = ceil(self.high / step) - 1 if self.high_open else floor(self.high / step)
        return first, last

    def _multiples(self, step: Fraction) -> Iterator[Fraction]:
        """The multiples of a step within the bounds, from the one next to zero on."""
        first, last = self._factors(step)
        if first is not None and last is not None and first > last:
            return
        middle = max(0, first) if first is not None else 0
        middle = min(middle, last) if last is not None else middle
        yield middle * step
        up = last is None or middle < last
        down = first is None or middle > first
        distance = 0
        while up or down:
            distance += 1
            up = up and (last is None or middle + distance <= last)
            down = down and (first is None or middle - distance >= first)
            if up:
                yield (middle + distance) * step
            if down:
                yield (middle - distance) * step

    def _simple(self) -> Iterator[Fraction]:
        """Numbers that a person would try first."""
        yield from _SIMPLE
        for bound, sign in ((self.low, 1), (self.high, -1)):
            if bound is not None:
                yield bound
                yield Fraction(floor(bound) + 1 if sign > 0 else ceil(bound) - 1)
                yield bound + sign
                yield bound + sign * _HALF
        if self.low is not None and self.high is not None:
            yield (self.low + self.high) / 2

    def _between(self) -> Iterator[Fraction]:
        """Numbers that lie between the bounds ever more densely; none where there is no room."""
        if self._point() or self._hollow():
            return
        low = self.low if self.low is not None else (self.high - 1 if self.high is not None else Fraction(0))
        width = self.high - low if self.high is not None else Fraction(1)
        parts = (10, 100, *(2**depth for depth in range(2, _DEPTH)))
        for count in parts:
            for index in range(1, min(count, 64)):
                yield low + width * index / count

    def _floor(self) -> tuple[Fraction | float, bool]:
        return (-_INFINITY if self.low is None else self.low), self.low_open

    def _ceiling(self) -> tuple[Fraction | float, bool]:
        return (_INFINITY if self.high is None else self.high), not self.high_open


_INFINITY: Final = float("inf")
_HALF: Final = Fraction(1, 2)
_SIMPLE: Final = (Fraction(0), Fraction(1), Fraction(-1), _HALF, -_HALF)

ANY_NUMBER: Final = Numbers()
ANY_INTEGER: Final = Numbers(step=Fraction(1))


def numbers(
    *,
    integer: bool = False,
    minimum: Any = None,
    maximum: Any = None,
    exclusive_minimum: Any = None,
    exclusive_maximum: Any = None,
    multiple_of: Iterable[Any] = (),
    values: Iterable[Any] | None = None,
    excluded: Iterable[Any] = (),
    format: str = "",  # noqa: A002 - the keyword's name
    narrow: bool = False,
) -> Numbers | Undecided:
    """The numbers that the keywords of JSON Schema allow (2020-12: exclusive bounds are numbers).

    `format` int32 and int64 are bounds with `narrow` only; other formats say nothing. Undecided where a keyword's value
    is no finite number of a usual size, or a multiple of zero or less is asked for.
    """
    try:
        found = Numbers(
            step=Fraction(1) if integer else None,
            values=None if values is None else _sorted(_told(value) for value in values),
            excluded=_sorted(_told(value) for value in excluded),
        )
        for low, is_open in ((minimum, False), (exclusive_minimum, True)):
            if low is not None:
                found = found.intersect(Numbers(low=_told(low), low_open=is_open))
        for high, is_open in ((maximum, False), (exclusive_maximum, True)):
            if high is not None:
                found = found.intersect(Numbers(high=_told(high), high_open=is_open))
        for step in map(_told, multiple_of):
            if step <= 0:
                return Undecided("a multiple of zero or less")
            found = found.intersect(Numbers(step=step))
    except ValueError as error:
        return Undecided(str(error))
    bits = _WIDTHS.get(format, 0) if narrow else 0
    edge = Fraction(2) ** (bits - 1)
    return found.intersect(Numbers(low=-edge, high=edge - 1)) if bits else found


def exact(value: Any) -> Fraction | None:
    """The value of a JSON number by its decimal text; None for anything else, and for sizes beyond a double's."""
    match value:
        case bool():
            return None
        case int():
            return Fraction(value) if value.bit_length() <= _MOST_BITS else None
        case float():
            return Fraction(repr(value)) if isfinite(value) else None
        case Decimal():
            usual = value.is_finite() and len(value.as_tuple().digits) <= _MOST_DIGITS
            return Fraction(value) if usual and abs(value.adjusted()) <= _MOST_DIGITS else None
    return None


def _told(value: Any) -> Fraction:
    number = exact(value)
    if number is None:
        raise ValueError("a number that is none of a usual size")
    return number


def _written(number: Fraction) -> int | float | None:
    """A number as JSON writes it, None where it takes more digits than a double has."""
    if number.denominator == 1:
        return number.numerator
    try:
        value = float(number)
    except OverflowError:
        return None
    return value if Fraction(repr(value)) == number else None


def _simplicity(number: Fraction) -> tuple[int, Fraction, bool]:
    return number.denominator, abs(number), number < 0


def _sorted(found: Iterable[Fraction]) -> tuple[Fraction, ...]:
    return tuple(sorted(set(found)))


def _common(one: Fraction | None, two: Fraction | None) -> Fraction | None:
    """The least common multiple of two steps."""
    if one is None or two is None:
        return two if one is None else one
    return Fraction(lcm(one.numerator, two.numerator), gcd(one.denominator, two.denominator))


def _in_both(one: tuple[Fraction, ...] | None, two: tuple[Fraction, ...] | None) -> tuple[Fraction, ...] | None:
    if one is None or two is None:
        return two if one is None else one
    listed = set(two)
    return tuple(number for number in one if number in listed)


def _lesser(one: int | None, two: int | None) -> int | None:
    return two if one is None else one if two is None else min(one, two)
