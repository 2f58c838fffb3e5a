"""Clients of hosted services: AWS, OpenAI, Anthropic, Stripe, Google Cloud, Docker, git."""

from byte.model.facts import Effect

_SYNC = frozenset({Effect.HTTP, Effect.BLOCKING})
_ASYNC = frozenset({Effect.HTTP})
_NONE: frozenset[Effect] = frozenset()

_STRIPE = (
    "Account", "Charge", "Coupon", "Customer", "Event", "Invoice", "InvoiceItem", "PaymentIntent", "PaymentMethod",
    "Payout", "Plan", "Price", "Product", "Refund", "SetupIntent", "Subscription", "SubscriptionItem", "Transfer",
    "billing_portal.Session", "checkout.Session",
)  # fmt: skip
_VERBS = ("create", "retrieve", "modify", "list", "delete", "search", "cancel", "confirm", "capture", "pay")
_LOCAL = ("close", "with_options", "copy", "exceptions", "meta")

CANONICAL = {
    "openai.AsyncAzureOpenAI": "openai.AsyncOpenAI",
    "openai.AzureOpenAI": "openai.OpenAI",
    "boto3.session.Session": "boto3.Session",
    "google.cloud.storage.client.Client": "google.cloud.storage.Client",
}

RETURNS = {
    "boto3.client": "boto3.Client",
    "boto3.resource": "boto3.Resource",
    "boto3.Session": "boto3.Session",
    "boto3.Session.client": "boto3.Client",
    "boto3.Session.resource": "boto3.Resource",
    "boto3.Resource.Table": "boto3.Table",
    "boto3.Resource.Bucket": "boto3.Bucket",
    "google.cloud.storage.Client.bucket": "google.cloud.storage.Bucket",
    "google.cloud.storage.Bucket.blob": "google.cloud.storage.Blob",
    "docker.from_env": "docker.DockerClient",
}

EFFECTS = {
    "boto3.Client.*": _SYNC,
    **dict.fromkeys(
        (
            f"boto3.Client.{n}"
            for n in (
                "generate_presigned_url",
                "generate_presigned_post",
                "get_paginator",
                "get_waiter",
                "can_paginate",
                "close",
                "exceptions",
                "meta",
            )
        ),
        _NONE,
    ),
    **dict.fromkeys(
        (f"boto3.Table.{n}" for n in ("get_item", "put_item", "update_item", "delete_item", "query", "scan")), _SYNC
    ),
    **dict.fromkeys((f"boto3.Bucket.{n}" for n in ("upload_file", "upload_fileobj", "download_file")), _SYNC),
    **{
        f"{cls}.{part}.*": _SYNC
        for cls in ("openai.OpenAI", "anthropic.Anthropic")
        for part in ("chat", "completions", "embeddings", "images", "audio", "responses", "messages", "models", "files")
    },
    **{
        f"{cls}.{part}.*": _ASYNC
        for cls in ("openai.AsyncOpenAI", "anthropic.AsyncAnthropic")
        for part in ("chat", "completions", "embeddings", "images", "audio", "responses", "messages", "models", "files")
    },
    **{f"stripe.{r}.{v}": _SYNC for r in _STRIPE for v in _VERBS},
    **{f"stripe.{r}.{v}_async": _ASYNC for r in _STRIPE for v in _VERBS},
    **dict.fromkeys(
        (
            f"google.cloud.storage.Blob.{n}"
            for n in (
                "upload_from_string",
                "upload_from_file",
                "upload_from_filename",
                "download_as_bytes",
                "download_as_text",
                "download_to_filename",
                "exists",
                "delete",
            )
        ),
        _SYNC,
    ),
    "google.cloud.storage.Bucket.get_blob": _SYNC,
    "git.Repo.clone_from": _SYNC,
    "huggingface_hub.snapshot_download": _SYNC,
    "huggingface_hub.hf_hub_download": _SYNC,
    "docker.DockerClient.ping": _SYNC,
    **dict.fromkeys((f"docker.DockerClient.{n}.*" for n in ("containers", "images", "volumes", "networks")), _SYNC),
}
