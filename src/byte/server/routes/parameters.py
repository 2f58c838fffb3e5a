"""What the routes share: names in paths, words to filter by, and how successes are described."""

from typing import Annotated, Any, Final

from fastapi import Path, Query
from pydantic import BeforeValidator

from byte.registry import faults
from byte.registry.records import HealthState, Kind, Lifecycle, State, Verdict
from byte.server.models import IDENTITY

_OF_NAME: Final[dict[str, Any]] = {"pattern": faults.NAME, "min_length": 1, "max_length": faults.NAME_LENGTH}
_OF_LABEL: Final[dict[str, Any]] = {"pattern": faults.LABEL, "min_length": 1, "max_length": faults.LABEL_LENGTH}
_LINE: Final[dict[str, Any]] = {"pattern": faults.LINE, "min_length": 1}


def truth(value: Any) -> Any:
    """`true` and `false` alone: not "yes", "on" or "1"."""
    words = {"true": True, "false": False}
    if isinstance(value, str) and value not in words:
        raise ValueError("it is `true` or `false`")
    return words.get(value, value) if isinstance(value, str) else value


ServiceName = Annotated[str, Path(description="The name of the service.", examples=["orders"], **_OF_NAME)]
OwnerName = Annotated[str, Path(description="The name of the team.", examples=["shop"], **_OF_NAME)]
ConsumerName = Annotated[str, Path(description="The name of the consumer.", examples=["web-shop"], **_OF_NAME)]
VersionLabel = Annotated[str, Path(description="The label of the version.", examples=["1.4.0"], **_OF_LABEL)]
OperationId = Annotated[
    str,
    Path(
        description="The id of the operation.",
        examples=["5f2b51ca2a4d3b9c1e0f8a77"],
        pattern=IDENTITY,
        min_length=24,
        max_length=24,
    ),
]
ReviewId = Annotated[
    str,
    Path(
        description="The id of the review.",
        examples=["b94d27b9934d3e08a52e52d7"],
        pattern=IDENTITY,
        min_length=24,
        max_length=24,
    ),
]

OfService = Annotated[str | None, Query(description="Only those of this service.", examples=["orders"], **_OF_NAME)]
OfOwner = Annotated[str | None, Query(description="Only those of this team.", examples=["shop"], **_OF_NAME)]
OfVersion = Annotated[str | None, Query(description="Only those of this version.", examples=["1.4.0"], **_OF_LABEL)]
OfKind = Annotated[Kind | None, Query(description="Only those of this kind.")]
OfLifecycle = Annotated[Lifecycle | None, Query(description="Only those that are so far.")]
OfHealth = Annotated[HealthState | None, Query(description="Only those whose health is this.")]
OfState = Annotated[State | None, Query(description="Only those in this state.")]
OfVerdict = Annotated[Verdict | None, Query(description="Only those that came to this.")]
OfCommit = Annotated[
    str | None,
    Query(
        description="Only those of this revision of the source.",
        examples=["1cd7a71"],
        pattern=faults.COMMIT,
        min_length=7,
        max_length=64,
    ),
]
OfTag = Annotated[str | None, Query(description="Only those with this tag.", max_length=500, **_LINE)]
OfMethod = Annotated[
    str | None,
    Query(description="Only those with this method of HTTP.", examples=["GET"], pattern="^[A-Z]{1,20}$", max_length=20),
]
OfDeprecated = Annotated[
    bool | None,
    BeforeValidator(truth),
    Query(description="Only those that their contract calls deprecated (`true`), or does not (`false`)."),
]

_ETAG: Final[dict[str, Any]] = {
    "description": "What to send as `If-Match` to change it, as `If-None-Match` to ask whether it changed.",
    "schema": {"type": "string", "maxLength": 100, "example": '"3"'},
}
_LOCATION: Final[dict[str, Any]] = {
    "description": "Where the new resource is.",
    "schema": {"type": "string", "format": "uri-reference", "maxLength": 1_000},
}
DIGEST: Final[dict[str, Any]] = {
    "description": "The digest of the bytes.",
    "schema": {"type": "string", "maxLength": 100},
}
_DEPRECATION: Final[dict[str, Any]] = {
    "description": "Since when it is deprecated (RFC 9745).",
    "schema": {"type": "string", "maxLength": 30, "example": "@1796083200"},
}
_SUNSET: Final[dict[str, Any]] = {
    "description": "When it stops to answer (RFC 8594).",
    "schema": {"type": "string", "maxLength": 40, "example": "Wed, 30 Jun 2027 00:00:00 GMT"},
}
AGES: Final[dict[str, Any]] = {"Deprecation": _DEPRECATION, "Sunset": _SUNSET}
"""Headers of what may be deprecated, or have an end."""


def success(
    status: int, description: str, *, created: bool = False, ages: bool = False
) -> dict[int | str, dict[str, Any]]:
    """A success as `responses` of a route takes it: with its ETag, its place if it is new, its end if it may have one."""
    headers = {"ETag": _ETAG}
    if created:
        headers["Location"] = _LOCATION
    if ages:
        headers |= AGES
    return {status: {"description": description, "headers": headers}}
