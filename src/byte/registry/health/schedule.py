"""When a service is probed: from its name, its interval and the time, and nothing else.

Each service has its own place in the interval, so that thousands of them are spread evenly; each turn is a little early
or late, so that they never fall into step with something else. Both come from a hash: the same clock gives the same
turns.
Times are seconds of a clock that only grows.
"""

import hashlib
import math
from typing import Final

JITTER: Final = 0.1
"""A turn is up to this part of the interval early or late."""

SOON: Final = 5.0
"""A service that is new, or whose turn was missed, is probed within so many seconds."""


def first(name: str, interval: float, now: float) -> float:
    """When a service is probed that nobody knows anything of yet."""
    return now + _share(name, "first") * min(SOON, interval)


def following(name: str, interval: float, now: float) -> float:
    """When a service is probed next: its next turn that is not just over."""
    place = _share(name, "place")
    turn = math.floor(now / interval - place) + 1
    # A turn that was early may still lie before its place: it is not due twice.
    while (due := _turn(name, interval, place, turn)) <= now + interval * JITTER:
        turn += 1
    return due


def _turn(name: str, interval: float, place: float, turn: int) -> float:
    early_or_late = (2 * _share(name, str(turn)) - 1) * JITTER
    return interval * (turn + place + early_or_late)


def _share(name: str, what: str) -> float:
    """A number from 0 to 1 that belongs to a name."""
    digest = hashlib.blake2b(f"{what}/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
