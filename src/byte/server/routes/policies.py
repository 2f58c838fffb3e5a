"""`/v1/policy` and `/v1/services/{service}/policy`: what is asked of new versions. `.../overrides`: what is let in all the same."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from byte.registry import policies as use_cases
from byte.registry.errors import NotFoundError
from byte.registry.records import Override, Policy
from byte.registry.store import Read, overrides, policies, services
from byte.server import answers, etags, gate_models, models, paging
from byte.server.auth import Administrator, Publisher, Reader
from byte.server.context import Given
from byte.server.problems import responses
from byte.server.routes.parameters import ServiceName, success
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1", tags=["policies"], route_class=Route)
_READ: Final[dict[int | str, dict[str, Any]]] = success(200, "The policy that holds.")
_WRITTEN: Final[dict[int | str, dict[str, Any]]] = {
    **success(200, "The policy as it is now."),
    201: {**success(201, "It holds from now on.", created=True)[201], "model": gate_models.Policy},
    **responses("invalid", "not-found", "stale", "precondition-required"),
}
_GONE: Final[dict[int | str, dict[str, Any]]] = {
    204: {"description": "It is gone; what is asked by default holds."},
    **responses("invalid", "not-found", "stale", "precondition-required"),
}
Sort = Annotated[
    Literal["created_at", "-created_at"], Query(description="What the list is ordered by; `-` turns it round.")
]
OverrideId = Annotated[
    str,
    Path(
        description="The id of the override.",
        examples=["b94d27b9934d3e08a52e52d7"],
        pattern=models.IDENTITY,
        min_length=24,
        max_length=24,
    ),
]
_FINAL: Final = 1
"""An override never changes."""


@router.get(
    "/policy",
    operation_id="get_default_policy",
    summary="Get default policy",
    response_model=gate_models.Policy,
    responses=_READ,
)
def get_default_policy(request: Request, given: Given, who: Reader) -> Response:
    """Get what is asked of new versions of all services that have no policy of their own."""
    del who
    with given.store.reading() as read:
        return _answer(request, policies.of(read, policies.DEFAULT), policies.DEFAULT)


@router.put(
    "/policy",
    operation_id="replace_default_policy",
    summary="Replace default policy",
    response_model=gate_models.Policy,
    responses=_WRITTEN,
)
def replace_default_policy(
    request: Request,
    given: Given,
    who: Administrator,
    draft: gate_models.PolicyReplace,
    if_match: etags.IfMatch = None,
    if_none_match: etags.IfNoneMatch = None,
) -> Response:
    """Say what is asked of new versions by default."""
    return _put(request, given, who, draft.record(policies.DEFAULT), if_match, if_none_match)


@router.delete(
    "/policy",
    operation_id="delete_default_policy",
    summary="Delete default policy",
    status_code=204,
    response_class=Response,
    responses=_GONE,
)
def delete_default_policy(given: Given, who: Administrator, if_match: etags.IfMatch = None) -> Response:
    """Go back to what a fresh registry asks."""
    use_cases.delete_policy(given.store, who, policies.DEFAULT, etags.expected(if_match))
    return answers.nothing()


@router.get(
    "/services/{service}/policy",
    operation_id="get_policy",
    summary="Get policy",
    response_model=gate_models.Policy,
    responses={**_READ, **responses("not-found")},
)
def get_policy(request: Request, given: Given, who: Reader, service: ServiceName) -> Response:
    """Get what is asked of new versions of a service: its own policy, or the default (`inherited`)."""
    del who
    with given.store.reading() as read:
        services.get(read, service)
        return _answer(request, policies.of(read, service), service)


@router.put(
    "/services/{service}/policy",
    operation_id="replace_policy",
    summary="Replace policy",
    response_model=gate_models.Policy,
    responses=_WRITTEN,
)
def replace_policy(
    request: Request,
    given: Given,
    who: Administrator,
    service: ServiceName,
    draft: gate_models.PolicyReplace,
    if_match: etags.IfMatch = None,
    if_none_match: etags.IfNoneMatch = None,
) -> Response:
    """Say what is asked of new versions of a service.

    `If-None-Match: *` gives it a policy of its own, `If-Match` replaces the one that was read.
    """
    return _put(request, given, who, draft.record(service), if_match, if_none_match)


@router.delete(
    "/services/{service}/policy",
    operation_id="delete_policy",
    summary="Delete policy",
    status_code=204,
    response_class=Response,
    responses=_GONE,
)
def delete_policy(given: Given, who: Administrator, service: ServiceName, if_match: etags.IfMatch = None) -> Response:
    """Take the policy of a service back: the default holds for it then."""
    use_cases.delete_policy(given.store, who, service, etags.expected(if_match))
    return answers.nothing()


@router.get(
    "/services/{service}/overrides",
    operation_id="list_overrides",
    summary="List overrides",
    response_model=models.ListOf[gate_models.Override],
    responses=responses("not-found"),
)
def list_overrides(
    request: Request,
    given: Given,
    who: Reader,
    service: ServiceName,
    sort: Sort = "-created_at",
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Response:
    """List the overrides of a service, those that are over too, the newest first unless told otherwise."""
    del who
    with given.store.reading() as read:
        services.get(read, service)
        page = overrides.page(read, service, sort, limit, cursor)
        now = read.now
    return answers.listing(request, [gate_models.override_shown(one, now) for one in page.items], page.next)


@router.post(
    "/services/{service}/overrides",
    operation_id="create_override",
    summary="Create override",
    status_code=201,
    response_model=gate_models.Override,
    responses={**success(201, "It holds from now on.", created=True), **responses("invalid", "not-found")},
)
def create_override(
    request: Request, given: Given, who: Publisher, service: ServiceName, draft: gate_models.OverrideCreate
) -> Response:
    """Let in what the policy of a service refuses, for a time and with a reason.

    The policy says who may: an admin, or the owner of the service too.
    """
    made = use_cases.add_override(given.store, who, draft.record(service))
    return _granted(request, made, given.clock(), new=True)


@router.get(
    "/services/{service}/overrides/{override}",
    operation_id="get_override",
    summary="Get override",
    response_model=gate_models.Override,
    responses={**success(200, "The override."), **responses("not-found")},
)
def get_override(request: Request, given: Given, who: Reader, service: ServiceName, override: OverrideId) -> Response:
    """Get an override."""
    del who
    with given.store.reading() as read:
        return _granted(request, _found(read, service, override), read.now)


@router.delete(
    "/services/{service}/overrides/{override}",
    operation_id="delete_override",
    summary="Delete override",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "It lets nothing through any more; the events still tell of it."},
        **responses("invalid", "not-found", "stale", "precondition-required"),
    },
)
def delete_override(
    given: Given, who: Publisher, service: ServiceName, override: OverrideId, if_match: etags.IfMatch = None
) -> Response:
    """End an override before its time."""
    etags.expected(if_match)
    use_cases.end_override(given.store, who, service, override)
    return answers.nothing()


def _put(
    request: Request, given: Given, who: Administrator, draft: Policy, if_match: str | None, if_none_match: str | None
) -> Response:
    create, expected = etags.upsert(if_match, if_none_match)
    made, new = use_cases.put_policy(given.store, who, draft, expected, create=create)
    return _answer(request, made, draft.service, new=new)


def _answer(request: Request, policy: Policy, service: str, *, new: bool = False) -> Response:
    body = gate_models.policy_shown(policy, service)
    if body["inherited"]:
        return answers.whole(request, body)
    place = f"/v1/services/{service}/policy" if service else "/v1/policy"
    more: dict[str, Any] = {"status": 201, "location": place} if new else {}
    return answers.resource(request, body, policy.revision, **more)


def _found(read: Read, service: str, id: str) -> Override:
    found = overrides.get(read, id)
    if found.service != service:
        raise NotFoundError(f"There is no override `{id}` of `{service}`.")
    return found


def _granted(request: Request, override: Override, now: int, *, new: bool = False) -> Response:
    body = gate_models.override_shown(override, now)
    place = f"/v1/services/{override.service}/overrides/{override.id}"
    more: dict[str, Any] = {"status": 201, "location": place} if new else {}
    return answers.resource(request, body, _FINAL, **more)
