"""The baseline: findings that a project has agreed to live with, as fingerprints and how often each may occur."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from byte.model.change import Snapshot
from byte.model.errors import SettingsError, SourceError
from byte.sources import git, paths

VERSION = 1


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    fingerprints: dict[str, int]


def of(snapshot: Snapshot, path: str) -> dict[str, int]:
    """The baseline that a snapshot holds at this path."""
    file = snapshot.files.get(path)
    content = snapshot.read([file])[0] if file is not None and git.readable(file) else None
    if content is None:
        raise SettingsError(f"There is no baseline {path} in the {snapshot.label}: write it first and add it to git.")
    return parse(content, path)


def parse(content: bytes, path: str) -> dict[str, int]:
    """Fingerprints and their counts from a baseline file; `path` is what to call it."""
    try:
        document = msgspec.json.decode(content, type=_Document)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not a baseline ({paths.safe(str(error))}): write it again.") from None
    if document.version != VERSION:
        raise SettingsError(f"{path} is a baseline of version {document.version}, not {VERSION}: write it again.")
    for fingerprint, count in document.fingerprints.items():
        if not fingerprint or count < 1:
            raise SettingsError(
                f"{path} counts `{paths.safe(fingerprint)}` {count} times, less than once: write it again."
            )
    return document.fingerprints


def render(fingerprints: Mapping[str, int]) -> bytes:
    """The bytes of a baseline file, sorted, so that git shows what was added."""
    document = {"version": VERSION, "fingerprints": {key: fingerprints[key] for key in sorted(fingerprints)}}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def write(file: Path, fingerprints: Mapping[str, int]) -> None:
    """Write a baseline file, whole or not at all."""
    draft = file.with_name(f".{file.name}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        with open(descriptor, "wb") as stream:
            stream.write(render(fingerprints))
        draft.replace(file)
    except OSError as error:
        shown = paths.safe(str(file))
        raise SourceError(
            f"The baseline {shown} cannot be written ({error.strerror}): name a path in a folder."
        ) from None
