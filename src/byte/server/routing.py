"""A route that asks who is there, and looks at the query and the body, before the endpoint's own checks.

The order is fixed: key (401), scope (403), query (400), media type (415), size (413), JSON (400). So nobody without a key
learns what exists or how a body must look, and no body is read that was not going to be taken.
"""

import copy
import dataclasses
import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, Final, TypeVar, cast

import msgspec
from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Message

from byte.registry.errors import Fault, InvalidError
from byte.registry.records import Scope
from byte.server import context as contexts
from byte.server import once
from byte.server.auth import BEARER
from byte.server.problems import ProblemError

DEPTH: Final = 100
"""How deep the JSON of a body may be nested."""

_NONE: Final[frozenset[str]] = frozenset()
_SHAPES: Final = 64
"""For so many sets of query parameters a route knows what to look at; others are looked at anew."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def takes_documents(endpoint: Endpoint) -> Endpoint:
    """Marks an endpoint whose body may be as large as a document (`BYTE_DOCUMENT_LIMIT`)."""
    endpoint.__dict__["takes_documents"] = True
    return endpoint


def takes_streams(endpoint: Endpoint) -> Endpoint:
    """Marks an endpoint that reads its body piece by piece, and bounds the pieces itself."""
    endpoint.__dict__["takes_streams"] = True
    return endpoint


class Route(APIRoute):
    """The class of every route: `APIRouter(prefix="/v1", route_class=Route)`."""

    def get_route_handler(self) -> Handler:
        asked = self._handlers()
        queries = dict(_queries(self.dependant))
        needs = scope_of(self)
        has_json = self.body_field is not None
        large = getattr(self.endpoint, "takes_documents", False)
        writes = self.methods != {"GET"} and not inspect.iscoroutinefunction(self.endpoint)
        endless = getattr(self.endpoint, "takes_streams", False)
        repeatable = self.methods == {"POST"} and not endless

        async def handle(request: Request) -> Response:
            context = contexts.of(request)
            if needs is not None:
                await _admit(context, request, needs)
            _check_query(request, queries)
            if request.method not in ("GET", "DELETE") and not endless:
                limit = context.settings.document_limit if large else context.settings.body_limit
                request = _Limited(request, limit)
                if has_json:
                    await request.decode()
            inner = asked(frozenset(request.query_params) if request.scope["query_string"] else _NONE)
            if repeatable:
                inner = partial(once.answered, context, inner=inner)
            if not writes:
                return await inner(request)
            async with context.turn(request):
                return await inner(request)

        return handle

    def _handlers(self) -> Callable[[frozenset[str]], Handler]:
        """The framework's own handler for requests with some query parameters; the others have their defaults.

        It looks at each parameter that there could be anew, which takes as long as to find a page of a list.
        """

        @lru_cache(maxsize=_SHAPES)
        def handler(given: frozenset[str]) -> Handler:
            route = copy.copy(self)
            taken = [one for one in self.dependant.query_params if one.alias in given or one.field_info.is_required()]
            route.dependant = dataclasses.replace(self.dependant, query_params=taken)
            return APIRoute.get_route_handler(route)

        return handler


def scope_of(route: APIRoute) -> Scope | None:
    """The scope that a route needs; None where it is open to all."""
    return _needs(route.dependant)


def _needs(dependant: Dependant) -> Scope | None:
    for used in dependant.dependencies:
        if used.call is BEARER and used.own_oauth_scopes:
            return cast(Scope, used.own_oauth_scopes[0])
    return None


def _queries(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """The names of all query parameters, and whether each may be given more than once."""
    for field in dependant.query_params:
        text = str(field.field_info.annotation)
        yield field.alias, "list[" in text or "tuple[" in text
    for used in dependant.dependencies:
        yield from _queries(used)


async def _admit(context: contexts.Context, request: Request, needs: Scope) -> None:
    # Reading may be open to all; whatever else an anonymous asks for needs a key first (401, not 403).
    open_read = context.settings.open_read and needs == "read"
    actor = await context.keyring.actor(request.headers.get("authorization"), open_read=open_read)
    request.scope["byte.actor"] = actor
    actor.must(needs)


def _check_query(request: Request, known: Mapping[str, bool]) -> None:
    if "\x00" in request.scope["path"]:
        raise InvalidError("The path holds the character U+0000.")
    if not request.scope["query_string"]:
        return
    faults = []
    seen = set()
    for name, value in request.query_params.multi_items():
        if name not in known:
            names = ", ".join(f"`{one}`" for one in sorted(known)) or "none"
            faults.append({"parameter": name[:200], "detail": f"There is no such parameter; this path takes {names}."})
        elif name in seen and not known[name]:
            faults.append({"parameter": name, "detail": "It can be given once only."})
        elif "\x00" in value:
            faults.append({"parameter": name, "detail": "It holds the character U+0000."})
        seen.add(name)
    if faults:
        raise ProblemError("invalid", f"{faults[0]['parameter']}: {faults[0]['detail']}", faults)


class _Limited(Request):
    """A request whose body may not be larger than a limit, whether it says its length or not, and whose JSON is strict."""

    def __init__(self, request: Request, limit: int) -> None:
        declared = request.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
            raise _too_large(limit)
        inner = request.receive
        taken = 0

        async def receive() -> Message:
            nonlocal taken
            message = await inner()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _too_large(limit)
            return message

        super().__init__(request.scope, receive)
        self._value: Any = None

    async def decode(self) -> None:
        """Read the body as JSON, before the framework does: no NaN, no half of a character, no depth without end."""
        media = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await self.body()
        if not (media == "application/json" or (media.startswith("application/") and media.endswith("+json"))):
            raise ProblemError(
                "unsupported-media-type", f"The body is {media or 'of no type'}: send `application/json`."
            )
        try:
            value = msgspec.json.decode(body)
            _check_json(value)
        except RecursionError:
            raise InvalidError(f"The JSON is nested deeper than {DEPTH}.") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            fault = Fault(f"This is not JSON: {error}.")
            raise InvalidError(str(fault), (fault,)) from None
        self._value = value

    async def json(self) -> Any:
        return self._value


def _check_json(value: Any) -> None:
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEPTH:
            raise RecursionError
        if isinstance(one, str):
            if "\x00" in one:
                raise InvalidError("The body holds a text with the character U+0000, which cannot be kept.")
        elif isinstance(one, dict):
            waiting.extend((part, depth + 1) for pair in one.items() for part in pair)
        elif isinstance(one, list):
            waiting.extend((part, depth + 1) for part in one)


def _too_large(limit: int) -> HTTPException:
    # The framework hides every other error of reading a body behind a 400.
    return HTTPException(413, f"The body is larger than {limit:,} bytes.")
