"""What a review reads: the files of a project at two moments."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a snapshot. `blob` is git's object id of its bytes (SHA-1 or SHA-256, hexadecimal)."""

    path: str
    blob: str
    size: int
    kind: Literal["file", "symlink", "submodule"] = "file"


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A fact: this could not be read, and why. It is reported, never rated."""

    path: str
    line: int
    reason: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a project at one git revision or in the working tree.

    `read` gives the bytes of many files at once, in the order asked; None where a file cannot be read.
    `files` is sorted by path and holds the whole tree, links and submodules by their kind; `unreadable` says what
    could not be read.
    """

    label: str
    revision: str | None
    files: Mapping[str, File]
    read: Callable[[Iterable[File]], list[bytes | None]]
    unreadable: tuple[Unreadable, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Base and head. `base` is None for an audit; `renames` maps a head path to its base path."""

    base: Snapshot | None
    head: Snapshot
    renames: Mapping[str, str] = {}

    def changed(self) -> tuple[str, ...]:
        """Head paths whose bytes are not those of the same path in base, sorted; deleted ones are not here."""
        if self.base is None:
            return tuple(self.head.files)
        old = self.base.files
        return tuple(path for path, file in self.head.files.items() if path not in old or old[path].blob != file.blob)

    def removed(self) -> tuple[str, ...]:
        """Base paths that head does not have, sorted."""
        if self.base is None:
            return ()
        return tuple(path for path in self.base.files if path not in self.head.files)
