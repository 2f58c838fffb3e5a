from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket


class _BaseRateLimiter:
    def __init__(self, *args, **options):
        pass


class RateLimiter(_BaseRateLimiter):
    async def __call__(self, request: Request, response: Response):
        pass


class WebSocketRateLimiter(_BaseRateLimiter):
    async def __call__(self, ws: WebSocket, context_key: str = ""):
        pass
