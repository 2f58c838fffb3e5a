"""Keys: who may ask what. All of it is for admins."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from byte.registry import clock, faults, keys, records
from byte.registry.records import Scope
from byte.server import answers, paging, problems
from byte.server.auth import Administrator
from byte.server.context import Given
from byte.server.models import CREATED, Answered, ListOf, Moment, Name, Taken, Time
from byte.server.routing import Route

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=Route)

_ID: Final = r"^[0-9a-f]{16}$"
_EXAMPLE_ID: Final = "5f2b8c0d9e1a4b7c"
KeyId = Annotated[str, Path(description="The id of the key.", pattern=_ID, examples=[_EXAMPLE_ID], max_length=16)]


KeyName = Annotated[str, Field(pattern=faults.LINE, min_length=1, max_length=faults.NAME_LENGTH)]


class KeyCreate(Taken):
    """A key to be issued."""

    name: KeyName = Field(description="Whose it is, or what for: the audit names it.", examples=["orders CI"])
    scope: Scope = Field(description="The most that it allows; each includes the ones before it.", examples=["publish"])
    owner: Name | None = Field(
        default=None, description="The team whose services it publishes: needed with `publish`.", examples=["orders"]
    )
    expires_at: Moment | None = Field(
        default=None, description="When it ends; null for never.", examples=["2027-11-23T00:00:00Z"]
    )


class Key(Answered):
    """A key without its secret."""

    id: str = Field(description="Its id.", examples=[_EXAMPLE_ID], pattern=_ID, max_length=16)
    name: str = Field(description="Whose it is, or what for.", examples=["orders CI"], max_length=200)
    scope: Scope = Field(description="The most that it allows.", examples=["publish"])
    owner: str | None = Field(description="The team whose services it publishes.", examples=["orders"], max_length=100)
    expires_at: Time | None = Field(description="When it ends.", examples=["2027-11-23T00:00:00.000000Z"])
    last_used_at: Time | None = Field(
        description="When it was last used, a few seconds late.", examples=["2026-11-23T13:06:16.000000Z"]
    )
    revoked_at: Time | None = Field(description="When it was revoked.", examples=[None])
    created_at: Time = CREATED


class KeyIssued(Key):
    """A key with its token, which is shown this once."""

    token: str = Field(
        description="What to send as `Authorization: Bearer`. It is kept nowhere: write it down now.",
        examples=[f"byte_{_EXAMPLE_ID}_" + "A" * 43],
        max_length=100,
    )


def shown(key: records.Key) -> dict[str, Any]:
    """A key as it is answered."""
    return {
        "id": key.id,
        "name": key.name,
        "scope": key.scope,
        "owner": key.owner,
        "expires_at": _time(key.expires_at),
        "last_used_at": _time(key.last_used_at),
        "revoked_at": _time(key.revoked_at),
        "created_at": clock.shown(key.created_at),
    }


def _time(at: int | None) -> str | None:
    return None if at is None else clock.shown(at)


def _at(moment: datetime | None) -> int | None:
    return None if moment is None else clock.of(moment)


@router.get("", operation_id="list_keys", summary="List keys", response_model=ListOf[Key])
def list_keys(
    given: Given, who: Administrator, request: Request, limit: paging.Limit = paging.USUAL, cursor: paging.Cursor = None
) -> Response:
    """Keys without their secrets, revoked and expired ones too, the oldest first."""
    page = keys.page(given.store, who, limit=limit, cursor=cursor)
    return answers.listing(request, [shown(key) for key in page.items], page.next)


@router.post(
    "",
    operation_id="issue_key",
    summary="Issue a key",
    status_code=201,
    response_model=KeyIssued,
    responses=problems.responses("too-large", "unsupported-media-type"),
)
def issue_key(given: Given, who: Administrator, request: Request, body: KeyCreate) -> Response:
    """The answer has the token, this once."""
    key, token = keys.issue(given.store, who, body.name, body.scope, owner=body.owner, expires_at=_at(body.expires_at))
    return answers.made(request, {**shown(key), "token": token}, f"/v1/keys/{key.id}")


@router.get(
    "/{key}",
    operation_id="get_key",
    summary="Get a key",
    response_model=Key,
    responses=problems.responses("not-found"),
)
def get_key(given: Given, who: Administrator, request: Request, key: KeyId) -> Response:
    """A key without its secret."""
    return answers.whole(request, shown(keys.get(given.store, who, key)))


@router.delete(
    "/{key}",
    operation_id="revoke_key",
    summary="Revoke a key",
    status_code=204,
    response_class=Response,
    responses=problems.responses("not-found"),
)
def revoke_key(given: Given, who: Administrator, key: KeyId) -> Response:
    """Ends a key for good, within a second on every replica. Its record stays, for the audit."""
    keys.revoke(given.store, who, key)
    return answers.nothing()
