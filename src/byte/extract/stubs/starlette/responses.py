class Response:
    media_type = None
    charset = "utf-8"

    def __init__(self, content=None, status_code=200, headers=None, media_type=None, background=None):
        self.status_code = status_code
        if media_type is not None:
            self.media_type = media_type
        self.background = background
        self.content = content
        self.headers = headers


class HTMLResponse(Response):
    media_type = "text/html"


class PlainTextResponse(Response):
    media_type = "text/plain"


class JSONResponse(Response):
    media_type = "application/json"


class RedirectResponse(Response):
    def __init__(self, url, status_code=307, headers=None, background=None):
        self.status_code = status_code


class StreamingResponse(Response):
    pass


class FileResponse(Response):
    def __init__(
        self,
        path,
        status_code=200,
        headers=None,
        media_type=None,
        background=None,
        filename=None,
        stat_result=None,
        method=None,
        content_disposition_type="attachment",
    ):
        self.path = path
        self.status_code = status_code
