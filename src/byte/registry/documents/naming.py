"""Names that documents give, as the registry takes them (`registry.faults`): of services, versions, tags and links."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from byte.registry import faults
from byte.registry.records import Link

_RUN: Final = re.compile(r"[^A-Za-z0-9]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_KEPT: Final = frozenset("._-")
_CUT: Final = 12
_MOST_TAGS: Final = 20
_LONGEST: Final = 2_000
"""Characters of a text that are looked at for a name."""
_URL: Final = re.compile(faults.URL)
_BASE_URL: Final = re.compile(faults.BASE_URL)


def slug(text: str, longest: int = faults.NAME_LENGTH) -> str:
    """A text as a name: small letters and digits of ASCII (accents dropped), "" where nothing is left.

    A single `.`, `_` or `-` between them stays, anything else becomes `-`. What is too long ends with 12 hex digits of
    the SHA-256 of the whole, so that two long names stay two.
    """
    return _shortened(_runs(text, _KEPT).lower(), longest)


def label_of(version: str, digest: str) -> str:
    """The label of a version by what its document calls it; what may not stand in a label becomes `-`.

    A document that names none has "0-" and 12 digits of its content's digest: another content is another version then.
    """
    label = _shortened(_runs(version, _KEPT | {"+"}), faults.LABEL_LENGTH)
    return label or f"0-{digest.removeprefix('sha256:')[:_CUT]}"


def tags_of(values: Iterable[Any]) -> tuple[str, ...]:
    """Texts as tags: each once, sorted, at most twenty."""
    found = {slug(value, faults.TAG_LENGTH) for value in values if isinstance(value, str)}
    return tuple(sorted(found - {""}))[:_MOST_TAGS]


def links_of(pages: Iterable[tuple[str, Any]]) -> tuple[Link, ...]:
    """The pages (what each is, and its address) that are addresses at all."""
    return tuple(
        Link(rel, url)
        for rel, url in pages
        if isinstance(url, str) and len(url) <= faults.URL_LENGTH and _URL.fullmatch(url)
    )


def base_url_of(urls: Iterable[Any]) -> str | None:
    """The first address that requests can go to, without the slash at its end."""
    for url in urls:
        if isinstance(url, str) and len(url) <= faults.URL_LENGTH and "{" not in url and _BASE_URL.fullmatch(url):
            return url.rstrip("/")
    return None


def text_of(value: Any, longest: int = faults.TEXT_LENGTH) -> str:
    """A text of a document, "" where there is none; without control characters, cut where it is too long."""
    if not isinstance(value, str):
        return ""
    if len(value) > longest:
        value = f"{value[: longest - 3]}..."
    return value if value.isprintable() else _CONTROL.sub("\ufffd", value)


def line_of(value: Any, longest: int = faults.TITLE_LENGTH) -> str:
    """A text of a document as a title: one line, cut where it is too long."""
    if isinstance(value, str) and len(value) <= longest and value.isprintable() and "  " not in value:
        return value.strip()
    line = " ".join("".join(c if c.isprintable() else " " for c in text_of(value, 4 * longest)).split())
    return line if len(line) <= longest else f"{line[: longest - 3].rstrip()}..."


def _runs(text: str, kept: frozenset[str]) -> str:
    plain = unicodedata.normalize("NFKD", text[:_LONGEST]).encode("ascii", "ignore").decode()
    ended = _RUN.sub(lambda run: run.group() if run.group() in kept else "-", plain)
    return ended.strip("._+-")


def _shortened(name: str, longest: int) -> str:
    if len(name) <= longest:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:_CUT]
    return f"{name[: longest - _CUT - 1].rstrip('._+-')}-{mark}"
