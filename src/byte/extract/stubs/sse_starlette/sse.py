from sse_starlette.event import ServerSentEvent as ServerSentEvent
from starlette.responses import Response


class EventSourceResponse(Response):
    def __init__(self, content, status_code=200, headers=None, media_type="text/event-stream", background=None, **options):
        self.status_code = status_code
