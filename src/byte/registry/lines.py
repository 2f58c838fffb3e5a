"""Lines of NDJSON, as registries are exported and imported: an owner, a service, a version, a consumer, a policy or
an override each.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Final

import msgspec

from byte.registry.errors import Fault, InvalidError
from byte.registry.records import (
    Compatibility,
    Kind,
    Lifecycle,
    Link,
    Overriding,
    Policy,
    Probe,
    Scheme,
    State,
    Use,
    Verdict,
    Weight,
)

_PATH: Final = re.compile(r" - at `\$(.*)`$")

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Line(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="type"
):
    """What a line of each type has."""


class OwnerLine(_Line, frozen=True, kw_only=True, tag="owner"):
    """A team."""

    name: str
    title: str = ""
    contacts: tuple[Link, ...] = ()
    created_at: Moment | None = None


class ProbeLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How the health of a service is asked for, in the words of the API."""

    enabled: bool = True
    path: str = Probe().path
    interval_seconds: int = Probe().interval
    timeout_seconds: int = Probe().timeout
    expected_statuses: tuple[int, ...] = ()


class ServiceLine(_Line, frozen=True, kw_only=True, tag="service"):
    """A service without its versions."""

    name: str
    kind: Kind = "rest"
    title: str = ""
    description: str = ""
    owner: str | None = None
    lifecycle: Lifecycle = "production"
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    base_url: str | None = None
    probe: ProbeLine = ProbeLine()
    created_at: Moment | None = None


class VersionLine(_Line, frozen=True, kw_only=True, tag="version"):
    """A version: its document as a JSON object, as a text (JSON or YAML), or as bytes in base 64.

    Without `service` and `label` the document says what it is of. `owner` is that of a service that is made for it.
    What only a version has that was published before (`actor`, times, a state beyond active) only an admin restores.
    """

    document: msgspec.Raw = msgspec.Raw(b"")
    document_base64: str | None = None
    service: str | None = None
    label: str | None = None
    kind: Kind | None = None
    owner: str | None = None
    state: State = "active"
    base: str | None = None
    sunset: Moment | None = None
    deprecated_at: Moment | None = None
    actor: str | None = None
    commit: str | None = None
    created_at: Moment | None = None


class ConsumerLine(_Line, frozen=True, kw_only=True, tag="consumer"):
    """What a consumer uses of a service."""

    service: str
    name: str
    uses: tuple[Use, ...] = ()
    evidence: tuple[str, ...] = ()
    created_at: Moment | None = None


class PolicyLine(_Line, frozen=True, kw_only=True, tag="policy"):
    """What is asked of new versions of a service; without one: of all that have no policy of their own."""

    service: str | None = None
    compatibility: Compatibility = Policy().compatibility
    verdict: Verdict = Policy().verdict
    severities: dict[str, Weight] = {}
    sunset: bool = False
    scheme: Scheme = Policy().scheme
    overriding: Overriding = Policy().overriding
    created_at: Moment | None = None


class OverrideLine(_Line, frozen=True, kw_only=True, tag="override"):
    """Leave that was given to publish what a policy refuses: only an admin restores it."""

    service: str
    id: str
    version: str | None = None
    rule: str | None = None
    operation: str | None = None
    reason: str
    until: Moment
    actor: str
    created_at: Moment


Line = OwnerLine | ServiceLine | VersionLine | ConsumerLine | PolicyLine | OverrideLine
_LINE: Final = msgspec.json.Decoder(Line)
_TEXT: Final = msgspec.json.Decoder(str)
_ENCODER: Final = msgspec.json.Encoder()


def longest(document: int) -> int:
    """How long a line may be (bytes) where its document may have so many: escapes and the other fields need some."""
    return 2 * document + (1 << 20)


def split(chunks: Iterable[bytes], most: int) -> Iterator[bytes | None]:
    """The lines in a stream of bytes; None for one that is too long."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            yield b"".join([*held, part]) if size + len(part) <= most else None
            held, size = [], 0
        size += len(rest)
        if size <= most:
            held.append(rest)
        else:
            held.clear()
    if size:
        yield b"".join(held) if size <= most else None


def decoded(number: int, data: bytes) -> Line:
    """A line by its type. Raises `InvalidError` with the place of what is wrong."""
    try:
        line: Line = _LINE.decode(data)
    except msgspec.ValidationError as error:
        place = _PATH.search(str(error))
        pointer = re.sub(r"[.\[]", "/", place[1].replace("]", "")) if place else ""
        said = f"Line {number} cannot be taken: {_PATH.sub('', str(error))}."
        raise InvalidError(said, (Fault(said, pointer),)) from None
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise InvalidError(f"Line {number} is not JSON: {str(error) or 'it is nested too deeply'}.") from None
    return line


def document_of(number: int, given: VersionLine) -> bytes:
    """The document of a line, as it was written."""
    raw = bytes(given.document)
    if bool(raw) == (given.document_base64 is not None):
        raise InvalidError(f"Line {number} needs one of `document` and `document_base64`.")
    if given.document_base64 is None:
        return _TEXT.decode(raw).encode() if raw.startswith(b'"') else raw
    try:
        return base64.b64decode(given.document_base64, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidError(f"Line {number} has a `document_base64` that is no base 64.") from None


def probe_of(given: ServiceLine) -> Probe:
    """The probe of a line."""
    said = given.probe
    return Probe(
        enabled=said.enabled,
        path=said.path,
        interval=said.interval_seconds,
        timeout=said.timeout_seconds,
        expect=said.expected_statuses,
    )


def probe_line(probe: Probe) -> ProbeLine:
    """A probe as a line has it."""
    return ProbeLine(
        enabled=probe.enabled,
        path=probe.path,
        interval_seconds=probe.interval,
        timeout_seconds=probe.timeout,
        expected_statuses=probe.expect,
    )


def with_document(line: VersionLine, data: bytes) -> VersionLine:
    """A line with its document: as a text, or where it is none in base 64."""
    try:
        return msgspec.structs.replace(line, document=msgspec.Raw(_ENCODER.encode(data.decode())))
    except UnicodeDecodeError:
        return msgspec.structs.replace(line, document_base64=base64.b64encode(data).decode())
