"""What an index has to do to hold what the store holds, service by service. Nothing here touches either."""

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from byte.registry.store.searched import Service, Version


class Add(msgspec.Struct, frozen=True):
    """All operations of a version come in, in place of those of its label that are there."""

    version: Version


class Remove(msgspec.Struct, frozen=True):
    """All operations of a version go."""

    label: str


class Follow(msgspec.Struct, frozen=True):
    """What is so of the service now, its owner, health and latest version, holds for all of its operations."""


class Turn(msgspec.Struct, frozen=True):
    """A version is in another state."""

    version: Version


Step: TypeAlias = Add | Remove | Follow | Turn


def steps(known: Service | None, now: Service | None, *, anew: bool = False) -> Iterator[Step]:
    """From what the index knows of a service to what the store has of it. What is gone goes first.

    `anew`: what stays comes in again, although the store says the same.
    """
    before = {} if known is None else known.versions
    after = {} if now is None else now.versions
    for label in before:
        if label not in after or not _same(before[label], after[label]):
            yield Remove(label)
    if now is None:
        return
    # What is searched of the service is in each of its operations.
    anew = anew or known is None or (known.title, known.kind) != (now.title, now.kind)
    for label, version in after.items():
        old = before.get(label)
        if anew or old is None or not _same(old, version):
            yield Add(version)
        elif old.state != version.state:
            yield Turn(version)
    if known is not None and (known.owner, known.health, known.latest) != (now.owner, now.health, now.latest):
        yield Follow()


def _same(one: Version, other: Version) -> bool:
    """Whether two versions of one label say the same: a service may have been made anew."""
    return (one.content, one.operations) == (other.content, other.operations)
