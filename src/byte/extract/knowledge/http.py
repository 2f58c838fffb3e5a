"""HTTP clients and other remote services: requests, httpx, aiohttp, boto3, gRPC."""

from byte.model.facts import Effect

_SYNC = frozenset({Effect.HTTP, Effect.BLOCKING})
_ASYNC = frozenset({Effect.HTTP})
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")

CANONICAL = {
    "requests.sessions.Session": "requests.Session",
    "requests.session": "requests.Session",
    "requests.api.get": "requests.get",
    "aiohttp.client.ClientSession": "aiohttp.ClientSession",
}

RETURNS = {
    "requests.Session": "requests.Session",
    "httpx.Client": "httpx.Client",
    "httpx.AsyncClient": "httpx.AsyncClient",
    "aiohttp.ClientSession": "aiohttp.ClientSession",
    **{f"requests.{verb}": "requests.Response" for verb in _VERBS},
    **{f"requests.Session.{verb}": "requests.Response" for verb in _VERBS},
    **{f"httpx.{verb}": "httpx.Response" for verb in _VERBS},
    **{f"httpx.Client.{verb}": "httpx.Response" for verb in _VERBS},
    **{f"httpx.AsyncClient.{verb}": "httpx.Response" for verb in _VERBS},
    **{f"aiohttp.ClientSession.{verb}": "aiohttp.ClientResponse" for verb in _VERBS},
}

EFFECTS = {
    **{f"requests.{verb}": _SYNC for verb in _VERBS},
    **{f"requests.Session.{verb}": _SYNC for verb in (*_VERBS, "send")},
    **{f"httpx.{verb}": _SYNC for verb in (*_VERBS, "stream")},
    **{f"httpx.Client.{verb}": _SYNC for verb in (*_VERBS, "stream", "send")},
    **{f"httpx.AsyncClient.{verb}": _ASYNC for verb in (*_VERBS, "stream", "send")},
    **{f"aiohttp.ClientSession.{verb}": _ASYNC for verb in (*_VERBS, "ws_connect")},
    **{f"urllib3.PoolManager.{verb}": _SYNC for verb in ("request", "urlopen")},
}
