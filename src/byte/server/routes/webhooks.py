"""`/v1/webhooks`: where events are sent to. All of it is for admins."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Path, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from byte.registry import catalog, clock, records, webhooks
from byte.registry.store import events
from byte.registry.webhooks import Draft
from byte.server import answers, etags, models, paging
from byte.server.auth import Administrator
from byte.server.context import Given
from byte.server.problems import responses
from byte.server.routes.parameters import success
from byte.server.routing import Route

router: Final = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=Route)

_ID: Final = r"^[0-9a-f]{16}$"
_EXAMPLE_ID: Final = "5f2b8c0d9e1a4b7c"
_EXAMPLE_SECRET: Final = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

WebhookId = Annotated[
    str, Path(description="The id of the webhook.", pattern=_ID, examples=[_EXAMPLE_ID], max_length=16)
]
Url = Annotated[
    models.Url,
    Field(
        description="Where events are sent to, by POST: https, or http in a network that an admin allows.",
        examples=["https://hooks.example.com/byte"],
    ),
]
Types = Annotated[
    list[Annotated[str, Field(pattern=webhooks.TYPE, min_length=3, max_length=100)]],
    Field(
        description="The types of events that are sent; none: all.",
        max_length=webhooks.TYPES_MOST,
        examples=[["version.published", "health.changed"]],
    ),
]
OfService = Annotated[models.Name, Field(description="Only events about this service.", examples=["orders"])]
Enabled = Annotated[bool, Field(description="Whether events are sent; what happens meanwhile is sent later.")]
Secret = Annotated[
    str,
    Field(
        description="What messages are signed with: `whsec_` and the base64 of 24 to 64 random bytes.",
        pattern=webhooks.SECRET,
        max_length=100,
        examples=[_EXAMPLE_SECRET],
    ),
]


class WebhookReplace(models.Taken):
    """All that may be written of a webhook: what is left out goes back to its default. Its secret stays."""

    url: Url
    types: Types = []
    service: OfService | None = None
    enabled: Enabled = True

    def draft(self, secret: str | None = None) -> Draft:
        return Draft(url=self.url, types=tuple(self.types), service=self.service, enabled=self.enabled, secret=secret)


class WebhookCreate(WebhookReplace):
    """A new webhook."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"url": "https://hooks.example.com/byte", "types": ["version.published"]}}
    )

    secret: Secret | None = Field(default=None, description="A secret of your own; without one it is made.")


class WebhookPatch(models.Taken):
    """A merge patch of a webhook (RFC 7396): null takes a member back to its default."""

    url: Url | None = None
    types: Types | None = None
    service: OfService | None = None
    enabled: Enabled | None = None

    def applied(self, webhook: records.Webhook) -> Draft:
        """The webhook with the patch on it."""
        body = shown(webhook)
        writable = {name: body[name] for name in type(self).model_fields}
        given = self.model_dump(exclude_unset=True)
        given = {name: value for name, value in given.items() if name != "url" or value is not None}
        return WebhookReplace.model_validate(catalog.merged(writable, given)).draft()


class Webhook(models.Answered):
    """Where events are sent to."""

    id: str = Field(description="Its id.", examples=[_EXAMPLE_ID], pattern=_ID, max_length=16)
    url: Url
    types: Types
    service: OfService | None
    enabled: Enabled
    revision: models.Revision
    created_at: models.Time = models.CREATED
    updated_at: models.Time = models.UPDATED


class WebhookCreated(Webhook):
    """A webhook with its secret, which is shown this once."""

    secret: Secret


class WebhookRotation(models.Taken):
    """Another secret for a webhook."""

    secret: Secret | None = Field(default=None, description="A secret of your own; without one it is made.")
    grace_seconds: Annotated[int, models.WHOLE] = Field(
        default=webhooks.GRACE,
        ge=0,
        le=webhooks.GRACE_MOST,
        description="For how long messages are signed with the old secret too; 0: it ends now.",
        examples=[3_600],
        json_schema_extra=models.INT32,
    )


class WebhookRotated(WebhookCreated):
    """A webhook with its new secret, which is shown this once."""

    old_secret_until: models.Time | None = Field(
        description="Until when messages are signed with the old secret too.", examples=["2026-11-24T13:06:16.000000Z"]
    )


class Delivery(models.Answered):
    """How far a webhook has come."""

    delivered: int = Field(
        description="The number of the last event that arrived, or was not for it.",
        ge=0,
        examples=[1041],
        json_schema_extra=models.INT64,
    )
    last_event: int = Field(
        description="The number of the last event that there is.", ge=0, examples=[1042], json_schema_extra=models.INT64
    )
    failures: int = Field(
        description="Attempts in a row that failed; after ten the webhook is disabled.",
        ge=0,
        examples=[1],
        json_schema_extra=models.INT32,
    )
    last_error: str = Field(description="Why the last one failed.", examples=["It answered 503."], max_length=500)
    retry_at: models.Time | None = Field(
        description="When it is tried again.", examples=["2026-11-23T13:06:16.000000Z"]
    )


def shown(webhook: records.Webhook) -> dict[str, Any]:
    """A webhook as it is answered."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "types": list(webhook.types),
        "service": webhook.service,
        "enabled": webhook.enabled,
        "revision": webhook.revision,
        "created_at": clock.shown(webhook.created_at),
        "updated_at": clock.shown(webhook.updated_at),
    }


@router.get("", operation_id="list_webhooks", summary="List webhooks", response_model=models.ListOf[Webhook])
def list_webhooks(
    request: Request,
    given: Given,
    who: Administrator,
    limit: paging.Limit = paging.USUAL,
    cursor: paging.Cursor = None,
) -> Response:
    """List webhooks without their secrets, by id."""
    page = webhooks.page(given.store, who, limit, cursor)
    return answers.listing(request, [shown(webhook) for webhook in page.items], page.next)


@router.post(
    "",
    operation_id="create_webhook",
    summary="Create webhook",
    status_code=201,
    response_model=WebhookCreated,
    responses={**success(201, "It is made.", created=True), **responses("invalid")},
)
def create_webhook(request: Request, given: Given, who: Administrator, draft: WebhookCreate) -> Response:
    """Have events sent somewhere, from now on.

    Each event is a POST with the headers of Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`),
    in order, again for about three days until it is answered with 2xx. The answer has the secret, this once.
    """
    made, secret = webhooks.create(given.store, who, draft.draft(draft.secret), given.settings.allowed_networks)
    body = {**shown(made), "secret": secret}
    answer = answers.resource(request, body, made.revision, status=201, location=f"/v1/webhooks/{made.id}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get(
    "/{webhook}",
    operation_id="get_webhook",
    summary="Get webhook",
    response_model=Webhook,
    responses={**success(200, "The webhook."), **responses("not-found")},
)
def get_webhook(request: Request, given: Given, who: Administrator, webhook: WebhookId) -> Response:
    """Get a webhook, without its secret."""
    return _answer(request, webhooks.get(given.store, who, webhook))


@router.put(
    "/{webhook}",
    operation_id="replace_webhook",
    summary="Replace webhook",
    response_model=Webhook,
    responses={
        **success(200, "The webhook as it is now."),
        **responses("invalid", "not-found", "stale", "precondition-required"),
    },
)
def replace_webhook(
    request: Request,
    given: Given,
    who: Administrator,
    webhook: WebhookId,
    draft: WebhookReplace,
    if_match: etags.IfMatch = None,
) -> Response:
    """Replace a webhook; one that is enabled again is tried again at once.

    The same body again changes nothing. Its secret stays.
    """
    return _edited(request, given, who, webhook, lambda _: draft.draft(), if_match)


@router.patch(
    "/{webhook}",
    operation_id="update_webhook",
    summary="Update webhook",
    response_model=Webhook,
    responses={
        **success(200, "The webhook as it is now."),
        **responses("invalid", "not-found", "stale", "precondition-required"),
    },
)
def update_webhook(
    request: Request,
    given: Given,
    who: Administrator,
    webhook: WebhookId,
    patch: Annotated[WebhookPatch, Body(media_type="application/merge-patch+json")],
    if_match: etags.IfMatch = None,
) -> Response:
    """Change some of a webhook.

    A merge patch (RFC 7396): members replace members, null takes one back to its default; the URL has none, and stays.
    """
    return _edited(request, given, who, webhook, patch.applied, if_match)


@router.delete(
    "/{webhook}",
    operation_id="delete_webhook",
    summary="Delete webhook",
    status_code=204,
    response_class=Response,
    responses={
        204: {"description": "It is gone: nothing more is sent."},
        **responses("invalid", "not-found", "stale", "precondition-required"),
    },
)
def delete_webhook(given: Given, who: Administrator, webhook: WebhookId, if_match: etags.IfMatch = None) -> Response:
    """Remove a webhook."""
    webhooks.delete(given.store, who, webhook, etags.expected(if_match))
    return answers.nothing()


@router.post(
    "/{webhook}/secret",
    operation_id="rotate_webhook_secret",
    summary="Rotate secret of webhook",
    response_model=WebhookRotated,
    responses={
        **success(200, "The webhook with its new secret."),
        **responses("invalid", "not-found", "stale", "precondition-required"),
    },
)
def rotate_webhook_secret(
    request: Request,
    given: Given,
    who: Administrator,
    webhook: WebhookId,
    rotation: WebhookRotation,
    if_match: etags.IfMatch = None,
) -> Response:
    """Give a webhook another secret. The answer has it, this once.

    Until the old one ends, `webhook-signature` has a signature of each: a receiver that knows either takes the messages.
    """
    made, secret, until = webhooks.rotate(
        given.store, who, webhook, rotation.secret, rotation.grace_seconds, etags.expected(if_match)
    )
    ends = None if until is None else clock.shown(until)
    answer = answers.resource(request, {**shown(made), "secret": secret, "old_secret_until": ends}, made.revision)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get(
    "/{webhook}/delivery",
    operation_id="get_webhook_delivery",
    summary="Get delivery of webhook",
    response_model=Delivery,
    responses=responses("not-found"),
)
def get_webhook_delivery(request: Request, given: Given, who: Administrator, webhook: WebhookId) -> Response:
    """Get how far a webhook has come, and what keeps it."""
    found = webhooks.get(given.store, who, webhook)
    with given.store.reading() as read:
        last = events.last(read)
    body = {
        "delivered": found.delivered,
        "last_event": max(last, found.delivered),
        "failures": found.failures,
        "last_error": found.last_error,
        "retry_at": None if found.retry_at is None else clock.shown(found.retry_at),
    }
    return answers.whole(request, body)


def _edited(
    request: Request, given: Given, who: Administrator, webhook: str, edit: webhooks.Edit, if_match: str | None
) -> Response:
    expected, allow = etags.expected(if_match), given.settings.allowed_networks
    return _answer(request, webhooks.replace(given.store, who, webhook, edit, expected, allow))


def _answer(request: Request, webhook: records.Webhook) -> Response:
    return answers.resource(request, shown(webhook), webhook.revision)
