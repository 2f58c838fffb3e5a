"""Which Byte this is: what is kept between runs is good for the very code that made it."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import byte


@cache
def edition() -> str:
    """A digest of the content of this installation of Byte, its models of libraries included."""
    digest = hashlib.blake2b(digest_size=20)
    for name, file in sorted(_sources(files(byte)), key=lambda item: item[0]):
        digest.update(name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _sources(item, f"{prefix}{item.name}/")
        elif not item.name.endswith((".pyc", ".pyo")):
            yield f"{prefix}{item.name}", item
