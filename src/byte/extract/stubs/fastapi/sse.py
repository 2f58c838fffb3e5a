from typing import Any

from pydantic import BaseModel
from starlette.responses import StreamingResponse


class EventSourceResponse(StreamingResponse):
    media_type = "text/event-stream"


class ServerSentEvent(BaseModel):
    data: Any = None
    raw_data: str | None = None
    event: str | None = None
    id: str | None = None
    retry: int | None = None
    comment: str | None = None
